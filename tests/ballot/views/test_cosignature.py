"""A witness that cannot be reached hands its cosignatures in, and the board's page names it.

Spec: board §9.3.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from ballot import limits, published
from ballot.board.cosignature import WitnessSigningKey, check_cosignatures
from ballot.board.note import Note, Signature, read_note
from ballot.models import Checkpoint, Cosignature
from ballot.services.publish_board import publish_board
from ballot.services.suspend_poll import suspend_poll
from ballot.times import in_zone
from ballot.witnesses import Witness
from tests.ballot.factories import REASON, Run, election, now
from tests.witness.boards import make_witness, program

pytestmark = pytest.mark.django_db

MINE = WitnessSigningKey("press.example/witness", bytes(range(32)))
STRANGER = WitnessSigningKey("stranger.example/witness", bytes(32))
MOMENT_S = 1_790_000_000


@pytest.fixture(autouse=True)
def one_witness(settings: Any) -> None:
    cache.clear()
    settings.WITNESSES = (Witness(MINE.public()),)


def published_run() -> Run:
    run = election(at="polling", electors=3)
    publish_board(run.election_id, now=now())
    return run


def newest(run: Run) -> Checkpoint:
    found = published.newest_checkpoint(run.election)
    assert found is not None
    return found


def own_note(run: Run) -> Note:
    return read_note(newest(run).note.encode())


def cosigned(run: Run, *, moment_s: int = MOMENT_S) -> Signature:
    return MINE.cosign(own_note(run).text, moment_s=moment_s)


def hand_in(run: Run, *lines: Signature, text: str = "") -> HttpResponse:
    note = Note(text or own_note(run).text, lines)
    return send(run, note.octets())


def send(run: Run, octets: bytes) -> HttpResponse:
    browser = Client(enforce_csrf_checks=True)
    return browser.post(  # type: ignore[return-value]
        f"/board/{run.election.slug}/cosignature", octets, content_type="text/plain"
    )


def page(run: Run) -> str:
    return Client().get(f"/board/{run.election.slug}/").content.decode()


def test_a_named_witness_hands_its_cosignature_in_and_it_stands_below_the_state() -> None:
    run = published_run()
    size = newest(run).size

    answer = hand_in(run, cosigned(run))
    again = hand_in(run, cosigned(run, moment_s=MOMENT_S + 5))

    assert (answer.status_code, again.status_code) == (200, 200)
    assert answer.content.decode() == f"Taken, for the state of {size} entries.\n"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    served = Client().get(f"/board/{run.election.slug}/checkpoint").content
    (found,) = check_cosignatures(read_note(served), [MINE.public()], quorum=1)
    assert found.moment_s == MOMENT_S
    assert Cosignature.objects.count() == 1
    when = in_zone(Cosignature.objects.get().cosigned_at, run.election.zone)
    assert f"press.example/witness, {when}" in page(run)


def test_what_is_not_a_named_witness_s_true_line_below_our_own_state_is_refused() -> None:
    run = published_run()
    text = own_note(run).text
    size = newest(run).size
    true = cosigned(run)
    false = Signature(true.name, true.key_id, true.content[:-1] + bytes([true.content[-1] ^ 1]))
    too_late = cosigned(run, moment_s=2**62)
    elsewhere = text[:-3] + ("E=\n" if text.endswith("A=\n") else "A=\n")
    smaller = text.replace(f"\n{size}\n", f"\n{size - 1}\n")

    refused = {
        "a stranger": hand_in(run, STRANGER.cosign(text, moment_s=MOMENT_S)),
        "the board alone": send(run, newest(run).note.encode()),
        "a false line": hand_in(run, false),
        "a time past all calendars": hand_in(run, too_late),
        "another size": hand_in(run, MINE.cosign(smaller, moment_s=MOMENT_S), text=smaller),
        "another root": hand_in(run, true, text=elsewhere),
        "a size past all numbers": hand_in(run, true, text=text.replace(f"\n{size}\n", "\n9" * 1
                                                                       + "9" * 17 + "\n")),
        "no note": send(run, b"nonsense"),
        "nothing": send(run, b""),
        "too much": send(run, b"x" * 65_537),
    }  # fmt: skip

    assert {what: answer.status_code for what, answer in refused.items()} == {
        "a stranger": 403, "the board alone": 403, "a false line": 403,
        "a time past all calendars": 403, "another size": 404, "another root": 404,
        "a size past all numbers": 404, "no note": 400, "nothing": 400, "too much": 413,
    }  # fmt: skip
    assert not Cosignature.objects.exists()
    assert hand_in(run, STRANGER.cosign(text, moment_s=9), true).status_code == 200
    assert [one.witness for one in Cosignature.objects.all()] == [MINE.name]


def test_an_older_state_that_was_signed_may_still_be_cosigned() -> None:
    run = published_run()
    line, text = cosigned(run), own_note(run).text
    suspend_poll(run.election_id, reason=REASON, **run.by_two)
    publish_board(run.election_id, now=now())

    assert hand_in(run, line, text=text).status_code == 200

    assert newest(run).cosignatures.count() == 0
    assert Cosignature.objects.get().checkpoint.size < newest(run).size


def test_an_address_that_asks_too_often_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    run = published_run()
    few = limits.Limit("cosignature-address", 2, 60)
    monkeypatch.setattr(limits, "COSIGNATURE_BY_ADDRESS", few)

    statuses = [send(run, b"nonsense").status_code for _ in range(3)]

    assert statuses == [400, 400, 429]


def test_a_draft_has_no_board_to_cosign_and_a_get_is_none() -> None:
    run = election(at="draft")

    assert send(run, b"x").status_code == 404
    assert Client().get(f"/board/{run.election.slug}/cosignature").status_code == 405


def test_the_page_says_how_far_behind_the_newest_cosigned_state_is() -> None:
    run = published_run()
    assert "None yet" in page(run)
    size = newest(run).size
    moment = int((timezone.now() - timedelta(minutes=12, seconds=5)).timestamp())
    assert hand_in(run, cosigned(run, moment_s=moment)).status_code == 200
    assert "Last cosigned" not in page(run)

    suspend_poll(run.election_id, reason=REASON, **run.by_two)
    publish_board(run.election_id, now=now())

    told = page(run).replace("\N{NO-BREAK SPACE}", " ")
    assert f"Last cosigned: {size} entries, 12 minutes ago, by press.example/witness" in told


@pytest.mark.django_db(transaction=True)
def test_a_witness_behind_a_wall_watches_and_hands_in_over_the_network(
    live_server: Any, settings: Any, tmp_path: Path
) -> None:
    run = published_run()
    witness = make_witness(tmp_path)
    settings.WITNESSES = (Witness(witness),)
    key = published.board_key(run.election).text()
    url = live_server.url.replace("127.0.0.1", "localhost")

    def watch() -> Any:
        return program("watch", f"{url}/board/{run.election.slug}/", "--key", key,
                       "--state", tmp_path, "--once", "--submit")  # fmt: skip

    first = watch()
    suspend_poll(run.election_id, reason=REASON, **run.by_two)
    publish_board(run.election_id, now=now())
    second = watch()

    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    assert "grown" in second.stdout and "the board took the cosignature" in second.stdout
    assert Cosignature.objects.count() == 2
    assert check_cosignatures(published.note_of(newest(run)), [witness], quorum=1)
