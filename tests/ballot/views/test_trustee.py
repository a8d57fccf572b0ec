"""What a trustee's software is answered (docs/spec/trustees.md), request by request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ballot.canonical import canonical
from ballot.models import Blob, Box, CeremonyMessage, HandedIn, Mix
from ballot.sealing.keys import KeyShare
from ballot.sealing.maker import sign_mix
from ballot.selectors import key_of, setting_of
from ballot.services.give_seat import show_new_seat
from ballot.services.hand_in import check_handed_in, mix_bytes
from ballot.services.mix_box import mix_boxes
from ballot.services.stored_boxes import box_name
from ballot.views import trustee as trustee_view
from office.models import Job, StaffMember
from tests.ballot.factories import (
    Run,
    begin,
    boxes,
    commitment_of,
    election,
    give_parts,
    mix_of,
    now,
    part_of,
    signed_by,
)
from tests.office.factories import sign_in
from tests.security.looking import forget_limits

pytestmark = pytest.mark.django_db


class Seat:
    """A trustee's software with the secret of a new seat; no cookie, no token."""

    def __init__(self, run: Run, number: int) -> None:
        secret = show_new_seat(run.election_id, number=number, by=run.officers[0], now=now())
        self._client = Client(enforce_csrf_checks=True)
        self._headers = {"Authorization": f"Seat {secret}"}
        self._place = f"/trustee/{run.election.slug}/"

    def get(self) -> dict[str, Any]:
        answer = self._client.get(f"{self._place}seat", headers=self._headers)
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
        return dict(answer.json())

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, str]:
        """The status, and the code of a refusal."""
        answer = self._client.post(
            self._place + path, body, content_type="application/octet-stream",
            headers=self._headers | headers,
        )
        return answer.status_code, answer.json().get("code", "")


def mixing() -> Run:
    """A real election of three ballots that the server has mixed."""
    run = election(at="verified", demonstration=False, electors=3, rankings=((0,), (1,), (2,)))
    mix_boxes(run.election_id, **run.by)
    return run


def test_the_officer_reads_that_trustees_are_waited_for_once_the_server_has_mixed() -> None:
    run = election(at="verified", demonstration=False, electors=3, rankings=((0,), (1,), (2,)))
    desk = sign_in(Client(), StaffMember.objects.get(pk=run.officers[0]))
    page = f"/desk/elections/{run.election.slug}/"
    waits = "Now trustees mix, one after the other"
    assert waits not in desk.get(page).content.decode()

    mix_boxes(run.election_id, **run.by)

    assert waits in desk.get(page).content.decode()


def work(run: Run) -> None:
    for row in HandedIn.objects.all():
        check_handed_in(row.pk, now=now())


def committed(run: Run, box: Box, commitment: bytes, share: KeyShare) -> bytes:
    """The signature of a commitment in the third trustee's name, with this share."""
    return signed_by(run, box, KeyShare(3, share.public_key, share.secret), commitment)


def test_a_message_that_is_not_of_its_form_is_refused_before_it_is_looked_at() -> None:
    run = election(at="frozen", demonstration=False, electors=3)
    begin(run)
    seat = Seat(run, 1)

    for body in (b"", b"{", b"[]", b'{"step":"commitment"}', b'{"message":{}, "step":"reveal"}',
                 canonical({"message": {}, "step": 1}),
                 canonical({"message": {}, "more": 1, "step": "reveal"})):  # fmt: skip
        assert seat.post("ceremony", body) == (400, "seat.malformed"), body
    large = canonical({"message": {"digest": "0" * 65536, "number": 1}, "step": "commitment"})
    assert seat.post("ceremony", large) == (413, "request.too-large")
    for size in (0, -1, True, "1", 2**31):
        body = canonical({"proof": "00", "size": size})
        assert seat.post("held", body) == (400, "seat.malformed")
    good = canonical({"message": {"digest": "00" * 32, "number": 1}, "step": "commitment"})
    assert seat.post("ceremony", good) == (200, "")

    told = seat.get()
    assert told["done"]["commitment"] == [1] and told["due"] is None
    assert told["waits_for"] == "Not done yet: Ben Ray, Cy Ode (committed)."
    assert told["ceremony"]["quorum"] == 2 and told["key"] is None and told["boxes"] == []


@pytest.mark.parametrize("taken", [begin, lambda run: Seat(run, 1)], ids=["anew", "new seat"])
def test_a_message_on_its_way_when_its_seat_is_taken_away_is_not_taken(
    taken: Callable[[Run], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = election(at="frozen", demonstration=False, electors=3)
    begin(run)
    seat, read = Seat(run, 1), trustee_view._object

    def slowly(*given: Any) -> dict[str, Any]:
        taken(run)
        return read(*given)

    monkeypatch.setattr(trustee_view, "_object", slowly)
    said = canonical({"message": {"digest": "00" * 32, "number": 1}, "step": "commitment"})

    assert seat.post("ceremony", said) == (403, "seat.unknown")
    assert not CeremonyMessage.objects.exists()


def test_the_seat_gives_exactly_what_the_specification_names() -> None:
    run = mixing()

    told = Seat(run, 2).get()

    assert set(told) == {
        "election", "trustee", "ceremony", "done", "out", "failed", "key", "held", "mixes_wanted",
        "boxes", "due", "waits_for",
    }
    assert set(told["election"]) == {"id", "slug", "title", "rehearsal", "state", "board"}
    assert told["done"]["confirmation"] == told["held"] == [1, 2, 3]
    (box,) = told["boxes"]
    assert box == {
        "contest": "contest-1", "box": 0, "label": "Members", "ballots": 3, "committed": [],
        "revealed": [], "handed_in": None,
        "mixes": [{"mixer": "server", "number": 1, "trustee": None}],
    }
    assert (told["due"], told["waits_for"]) == ("mix", "")


def test_a_mix_is_kept_as_it_came_and_stands_on_the_board_once_it_is_checked() -> None:
    run = mixing()
    seat, (box,) = Seat(run, 1), boxes(run)
    made, signature = mix_of(run, box, run.shares[0])
    path = f"boxes/contest-1/0/mix/2/{signature.hex()}"

    blobs = Blob.objects.count()
    assert seat.post(path, made[:-1]) == (422, "handed-in.size")
    assert seat.post(path, made + b"0") == (413, "request.too-large")
    changed = made[:40] + bytes([made[40] ^ 1]) + made[41:]
    assert seat.post(path, changed) == (422, "mix.does-not-check")
    assert seat.post(path.replace("/mix/2", "/mix/3"), made) == (409, "mix.overtaken")
    assert seat.post(path.replace("contest-1", "contest-2"), made) == (404, "box.none")
    # Nothing is stored but what a holder of a share meant to send.
    assert Blob.objects.count() == blobs
    assert seat.post(path, made) == (202, "")

    assert seat.get()["boxes"][0]["handed_in"]["state"] == "waiting"
    assert seat.get()["waits_for"] == "What you handed in is being checked."
    assert Job.objects.filter(kind="check_handed_in").count() == 1
    work(run)
    assert Mix.objects.get(number=2).mixer == "Ann Lee"
    assert seat.get()["boxes"][0]["handed_in"] is None and run.state == "mixed"
    # The same again is answered as the first was.
    assert seat.post(path, made) == (202, "")
    assert HandedIn.objects.count() == 0 and len(made) == mix_bytes(box)


def test_a_mix_that_is_false_is_refused_by_the_worker_in_words() -> None:
    run = mixing()
    seat, (box,) = Seat(run, 1), boxes(run)
    made, good = mix_of(run, box, run.shares[0])
    false = made[:-1] + bytes([made[-1] ^ 1])
    signature = sign_mix(false, name=box_name(box), setting=setting_of(run.election),
                         key=key_of(run.election), share=run.shares[0], rng=bytes)

    assert seat.post(f"boxes/contest-1/0/mix/2/{signature.hex()}", false) == (202, "")
    work(run)

    told = seat.get()["boxes"][0]["handed_in"]
    assert told["state"] == "refused" and "does not pass its check (shuffle." in told["message"]
    assert seat.get()["due"] == "mix"
    assert seat.post(f"boxes/contest-1/0/mix/2/{good.hex()}", made) == (202, "")
    work(run)
    assert run.state == "mixed"


def test_another_s_seat_neither_commits_nor_opens_and_wrong_secrets_are_counted() -> None:
    run = election(at="mixed", demonstration=False, electors=3, rankings=((0,), (1,), (2,)))
    place = f"/trustee/{run.election.slug}/boxes/contest-1/0/"
    seat = Seat(run, 1)
    assert seat.get()["due"] == "commit"
    assert seat.post("boxes/contest-1/0/commitment", b'{"commitment":"00"}') == (
        400, "seat.malformed",
    )
    # The seat alone is not enough: a commitment binds its trustee for good.
    third, (box,), (other, _, mine) = Seat(run, 3), boxes(run), run.shares
    made = commitment_of(run, 3, part_of(run, box, mine))
    for digest, share in ((bytes(32), mine), (made, other)):
        signed = committed(run, box, made, share)
        said = canonical({"commitment": digest.hex(), "signature": signed.hex()})
        assert third.post("boxes/contest-1/0/commitment", said) == (422, "opening.not-signed")
    assert third.get()["boxes"][0]["committed"] == []
    said = canonical({"commitment": made.hex(), "signature": committed(run, box, made, mine).hex()})
    for _ in range(2):
        assert third.post("boxes/contest-1/0/commitment", said) == (200, "")
    assert third.get()["boxes"][0]["committed"] == [3]

    give_parts(run)
    told = seat.get()
    assert told["boxes"][0]["revealed"] == [1, 2] and told["due"] is None

    forget_limits()
    stranger = Client(enforce_csrf_checks=True)
    statuses = [
        stranger.post(f"{place}commitment", b"{}", content_type="application/json",
                      headers={"Authorization": "Seat " + "A" * 32}).status_code
        for _ in range(62)
    ]
    assert statuses == [403] * 60 + [429] * 2
    # Whoever has a seat is not kept out by others' guesses.
    assert seat.get()["election"]["state"] == "mixed"
    forget_limits()
