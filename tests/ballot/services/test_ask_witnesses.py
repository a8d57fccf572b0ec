"""The server brings its boards' states to witnesses: real ones, as processes, and false ones.

Spec: board §6.4, §7.2, §7.3, §7.4.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings as django_settings
from django.core.cache import cache

from ballot import published
from ballot.board.checkpoint import Checkpoint as SignedState
from ballot.board.checkpoint import sign_checkpoint
from ballot.board.cosignature import WitnessSigningKey, check_cosignatures
from ballot.board.note import SigningKey
from ballot.board.tree import leaf_hash
from ballot.board.witness import request_to_add
from ballot.models import Checkpoint, Cosignature, WitnessObjection
from ballot.posting import post
from ballot.services import ask_witnesses
from ballot.services.ask_witnesses import ask_witness
from ballot.services.publish_board import publish_board
from ballot.services.suspend_poll import resume_poll, suspend_poll
from ballot.tasks import ask, tend
from ballot.witnesses import Witness
from tests.ballot.factories import REASON, Run, election, no_triggers, now
from tests.office.factories import officer, sign_in
from tests.witness.boards import make_witness, serving

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_is_left_alone() -> None:
    cache.clear()


def published_run() -> Run:
    run = election(at="polling", electors=3)
    publish_board(run.election_id, now=now())
    return run


def grow(run: Run) -> None:
    """Two entries more, and a newer state."""
    suspend_poll(run.election_id, reason=REASON, **run.by_two)
    resume_poll(run.election_id, reason=REASON, **run.by_two)
    assert publish_board(run.election_id, now=now())


def newest(run: Run) -> Checkpoint:
    found = published.newest_checkpoint(run.election)
    assert found is not None
    return found


@contextmanager
def witness_of(run: Run, folder: Path) -> Iterator[Witness]:
    key = make_witness(folder)
    with serving(folder, published.board_key(run.election).text()) as url:
        yield Witness(key, url)


@contextmanager
def answering(answer: Callable[[bytes], tuple[int, bytes]]) -> Iterator[str]:
    """Whatever answers at a witness's address."""

    class Asked(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, octets = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def another_state(run: Run, size: int) -> bytes:
    """A request for a state that the same key signed, of another board of a size."""
    origin = published.board_key(run.election).name
    key = SigningKey(origin, django_settings.BOARD_KEY)
    root = leaf_hash(b"fork")
    # What the root is of needs no tree here: a witness that has seen nothing asks for no proof.
    note = sign_checkpoint(SignedState(origin, size, root), key=key)
    return request_to_add(note, old_size=0, proof=[]).octets()


def test_a_witness_cosigns_each_newest_state_and_it_is_served_with_its_line(
    tmp_path: Path,
) -> None:
    run = published_run()
    with witness_of(run, tmp_path) as witness:
        assert ask_witness(witness, now=now()) == 1
        assert ask_witness(witness, now=now()) == 0
        grow(run)
        assert ask_witness(witness, now=now()) == 1

    assert Cosignature.objects.count() == 2
    note = published.note_of(newest(run))
    (cosigned,) = check_cosignatures(note, [witness.key], quorum=1)
    row = newest(run).cosignatures.get()
    assert (row.witness, int(row.cosigned_at.timestamp())) == (witness.name, cosigned.moment_s)
    assert not WitnessObjection.objects.exists()


def test_a_witness_that_knows_another_size_is_asked_again_with_the_proof_from_it(
    tmp_path: Path,
) -> None:
    run = published_run()
    with witness_of(run, tmp_path) as witness:
        ask_witness(witness, now=now())
        # As if its answer had been lost on the way.
        with no_triggers():
            Cosignature.objects.all().delete()
        assert ask_witness(witness, now=now()) == 1
        with no_triggers():
            Cosignature.objects.all().delete()
        grow(run)
        assert ask_witness(witness, now=now()) == 1

    assert newest(run).cosignatures.count() == 1


@pytest.mark.parametrize(
    ("more", "ground"), [(0, "fork"), (-1, "proof"), (5, "ahead")]
)
def test_a_witness_that_has_seen_another_board_is_an_error_that_officers_see(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, client: Any, more: int, ground: str
) -> None:
    run = published_run()
    size = newest(run).size + more
    with witness_of(run, tmp_path) as witness:
        assert post(f"{witness.url}/add-checkpoint", another_state(run, size),
                    largest_answer=999)[0] == 200  # fmt: skip
        assert ask_witness(witness, now=now()) == 0
        cache.clear()
        assert ask_witness(witness, now=now()) == 0

    objection = WitnessObjection.objects.get()
    assert (objection.ground, objection.known_size) == (ground, size)
    errors = [one for one in caplog.records if one.levelname == "ERROR"]
    assert len(errors) == 1 and witness.name in errors[0].getMessage()
    assert not Cosignature.objects.exists()
    sign_in(client, officer())
    for address in (f"/board/{run.election.slug}/", f"/desk/elections/{run.election.slug}/"):
        page = client.get(address).content.decode()
        assert f"The witness {witness.name} does not cosign" in page, address


def test_an_objection_is_no_longer_shown_once_the_witness_cosigns(tmp_path: Path) -> None:
    from ballot.showing.checkpoint import objections

    run = published_run()
    with witness_of(run, tmp_path) as witness:
        WitnessObjection.objects.create(
            checkpoint=newest(run), witness=witness.name, ground="proof", said_at=now()
        )
        assert len(objections(run.election)) == 1
        with answering(lambda body: (403, b"")) as elsewhere:
            ask_witness(Witness(witness.key, elsewhere), now=now())
        assert len(objections(run.election)) == 1
        cache.clear()
        grow(run)
        ask_witness(witness, now=now())

    assert objections(run.election) == []
    assert WitnessObjection.objects.count() == 1


def test_an_answer_that_does_not_hold_is_not_stored(caplog: pytest.LogCaptureFixture) -> None:
    run = published_run()
    mine = WitnessSigningKey("press.example/witness", bytes(range(32)))
    text = newest(run).note.partition("\n\n")[0] + "\n"
    true = mine.cosign(text, moment_s=1_790_000_000).line().encode()
    stranger = WitnessSigningKey(mine.name, bytes(32)).cosign(text, moment_s=9).line().encode()
    late = mine.cosign(text, moment_s=2**62).line().encode()

    def said(status: int, octets: bytes) -> int:
        cache.clear()
        with answering(lambda body: (status, octets)) as url:
            return ask_witness(Witness(mine.public(), url), now=now())

    wrong = [(200, b""), (200, stranger), (200, true[:-3] + b"A=\n"), (200, true[:-1]),
             (200, b"\xff\n"), (200, late), (200, b"x" * 300_000), (201, true), (302, true),
             (403, b""), (404, b""), (400, b""), (500, true), (409, b"many\n"), (409, b""),
             (409, b"3\n")]  # fmt: skip
    for status, octets in wrong:
        assert said(status, octets) == 0, (status, octets[:40])
        assert not Cosignature.objects.exists()
    assert said(200, true) == 1
    assert not WitnessObjection.objects.exists()
    assert "does not cosign" in caplog.text


def test_one_witness_that_is_away_keeps_nothing_from_the_others(
    tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    run = published_run()
    away = WitnessSigningKey("away.example/witness", bytes(range(32))).public()
    with witness_of(run, tmp_path) as witness:
        settings.WITNESSES = (Witness(away, "http://127.0.0.1:9"), witness)
        for one in settings.WITNESSES:
            ask(one.name)

    assert "the witness away.example/witness does not answer" in caplog.text
    assert [one.witness for one in newest(run).cosignatures.all()] == [witness.name]


def test_who_did_not_answer_is_left_alone_for_a_minute() -> None:
    run = published_run()
    asked = []

    def answer(body: bytes) -> tuple[int, bytes]:
        asked.append(body)
        return 503, b""

    key = WitnessSigningKey("press.example/witness", bytes(range(32))).public()
    with answering(answer) as url:
        for _ in range(3):
            ask_witness(Witness(key, url), now=now())
    assert len(asked) == 1
    assert newest(run).note.encode() in asked[0]


def test_the_beat_wakes_a_task_for_each_witness_that_has_an_address(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = election(at="polling", electors=3)
    keys = [WitnessSigningKey(name, name.encode() * 8).public() for name in ("aaaa", "bbbb")]
    settings.WITNESSES = (Witness(keys[0], "https://a.example"), Witness(keys[1]))
    woken: list[Any] = []
    monkeypatch.setattr(ask, "apply_async", lambda arguments, **named: woken.append(arguments))

    tend()

    assert woken == [("aaaa",)]
    assert newest(run).size > 0


def test_while_one_worker_asks_a_witness_no_other_begins_to(settings: Any) -> None:
    published_run()
    asked = []

    def answer(body: bytes) -> tuple[int, bytes]:
        asked.append(body)
        ask("press.example/witness")
        return 503, b""

    key = WitnessSigningKey("press.example/witness", bytes(range(32))).public()
    with answering(answer) as url:
        settings.WITNESSES = (Witness(key, url),)
        ask("press.example/witness")
        ask("nobody.example/witness")

    assert len(asked) == 1


def test_a_witness_at_which_a_worker_was_cut_off_is_left_alone_for_a_while(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_run()
    asked = []

    def cut_off(*arguments: Any, **named: Any) -> None:
        asked.append(arguments)
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(ask_witnesses, "post", cut_off)
    key = WitnessSigningKey("press.example/witness", bytes(range(32))).public()
    settings.WITNESSES = (Witness(key, "https://witness.press.example"),)

    with pytest.raises(SoftTimeLimitExceeded):
        ask("press.example/witness")
    ask("press.example/witness")

    assert len(asked) == 1
    assert 0 < ask.soft_time_limit < ask.time_limit < 2 * ask.soft_time_limit
