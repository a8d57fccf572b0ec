"""What waits for its check: asked for in turn, kept apart from blobs, let go of (trustees §4)."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ballot.models import Blob, Box, HandedIn, HandedInChunk, Mix, PartialOpening
from ballot.sealing.keys import KeyShare
from ballot.sealing.maker import sign_mix
from ballot.selectors import CHECK_JOB, key_of, setting_of
from ballot.services import hand_in
from ballot.services.hand_in import check_handed_in, hand_in_mix, hand_in_part
from ballot.services.mix_box import mix_boxes
from ballot.services.stored_boxes import box_name
from ballot.showing.seat import seat_of
from ballot.showing.trustees import trustees_of
from office.models import Job
from tests.ballot.factories import (
    Run,
    boxes,
    code_of_refusal,
    commit,
    election,
    mix_of,
    now,
    part_of,
)

pytestmark = pytest.mark.django_db


def mixing() -> Run:
    """A real election of three ballots that the server has mixed."""
    run = election(at="verified", demonstration=False, electors=3, rankings=((0,), (1,), (2,)))
    mix_boxes(run.election_id, **run.by)
    return run


def give_mix(run: Run, content: bytes | Iterator[bytes], signature: bytes) -> HandedIn:
    (box,) = boxes(run)
    pieces = [content] if isinstance(content, bytes) else content
    hand_in_mix(box, trustee=run.election.trustees.get(number=1), number=2, signature=signature,
                pieces=pieces, now=now())
    return HandedIn.objects.get()


def give_part(run: Run, content: bytes | Iterator[bytes]) -> None:
    (box,) = boxes(run)
    pieces = [content] if isinstance(content, bytes) else content
    hand_in_part(box, trustee=run.election.trustees.get(number=1), pieces=pieces, now=now())


def unread() -> Iterator[bytes]:
    """A body that nobody may begin to read."""
    raise AssertionError("it was read")
    yield b""


def false_mix(run: Run, box: Box, share: KeyShare) -> tuple[bytes, bytes]:
    """A mix with a false proof, which its trustee signed."""
    made, _ = mix_of(run, box, share)
    false = made[:-1] + bytes([made[-1] ^ 1])
    return false, sign_mix(false, name=box_name(box), setting=setting_of(run.election),
                           key=key_of(run.election), share=share, rng=os.urandom)


def test_a_mix_is_refused_unread_where_it_is_not_its_turn_and_done_unread_where_it_stands() -> None:
    run = election(at="verified", demonstration=False, electors=3, rankings=((0,), (1,), (2,)))
    assert code_of_refusal(lambda: give_mix(run, unread(), bytes(65))) == "mix.server-first"
    mix_boxes(run.election_id, **run.by)
    made, signature = mix_of(run, boxes(run)[0], run.shares[0])

    kept = give_mix(run, made, signature)
    check_handed_in(kept.pk, now=now())

    (box,) = boxes(run)
    assert run.state == "mixed" and Mix.objects.filter(box=box).count() == 2
    hand_in_mix(box, trustee=run.election.trustees.get(number=1), number=2, signature=signature,
                pieces=unread(), now=now())
    assert code_of_refusal(lambda: give_mix(run, unread(), bytes(65))) == "election.wrong-state"


def test_a_part_is_refused_unread_before_a_quorum_has_committed() -> None:
    run = election(at="mixed", demonstration=False, electors=3, rankings=((0,), (1,), (2,)))
    (box,) = boxes(run)
    parts = [part_of(run, box, share) for share in run.shares]

    assert code_of_refusal(lambda: give_part(run, unread())) == "opening.not-committed"
    commit(run, box, 1, parts[0])
    assert code_of_refusal(lambda: give_part(run, unread())) == "opening.too-early"
    commit(run, box, 2, parts[1])
    give_part(run, parts[0])
    check_handed_in(HandedIn.objects.get().pk, now=now())

    assert PartialOpening.objects.get(trustee__number=1).content is not None
    assert not HandedInChunk.objects.exists()
    give_part(run, parts[0])  # The same again changes nothing.
    assert code_of_refusal(lambda: give_part(run, parts[1])) == "opening.not-as-committed"


def test_what_is_refused_or_replaced_is_not_kept_and_becomes_no_blob() -> None:
    run = mixing()
    (box,) = boxes(run)
    blobs = Blob.objects.count()
    false = false_mix(run, box, run.shares[0])

    kept = give_mix(run, *false)
    assert b"".join(HandedInChunk.objects.values_list("content", flat=True)) == false[0]
    check_handed_in(kept.pk, now=now())
    kept.refresh_from_db()
    assert kept.state == "refused" and not HandedInChunk.objects.exists()

    give_mix(run, *false)
    good = mix_of(run, box, run.shares[0])
    assert give_mix(run, *good).pk == kept.pk
    assert b"".join(HandedInChunk.objects.values_list("content", flat=True)) == good[0]
    assert Blob.objects.count() == blobs
    check_handed_in(kept.pk, now=now())

    assert Mix.objects.get(box=box, number=2).trustee == run.election.trustees.get(number=1)
    assert Blob.objects.count() == blobs + 1
    assert not HandedIn.objects.exists() and not HandedInChunk.objects.exists()


def test_what_is_replaced_while_it_is_checked_stays_and_is_checked_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = mixing()
    (box,) = boxes(run)
    kept = give_mix(run, *false_mix(run, box, run.shares[0]))
    good = mix_of(run, box, run.shares[0])
    record = hand_in.record_mix

    def slowly(*given: object, **named: object) -> None:
        monkeypatch.setattr(hand_in, "record_mix", record)
        give_mix(run, *good)
        record(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(hand_in, "record_mix", slowly)

    assert check_handed_in(kept.pk, now=now()) is not None
    assert HandedIn.objects.get().state == "waiting"
    assert check_handed_in(kept.pk, now=now()) is None

    assert run.state == "mixed" and not HandedIn.objects.exists()


def test_bytes_that_were_damaged_while_they_waited_are_asked_for_again() -> None:
    run = mixing()
    made = mix_of(run, boxes(run)[0], run.shares[0])
    kept = give_mix(run, *made)
    HandedInChunk.objects.update(content=bytes(len(made[0])))

    # Its job fails by it, and the trustee is told that the check stopped.
    assert code_of_refusal(lambda: check_handed_in(kept.pk, now=now())) == "handed-in.damaged"
    give_mix(run, *made)
    check_handed_in(kept.pk, now=now())

    assert run.state == "mixed"


@pytest.mark.parametrize("end", ["failed", "stopped"])
def test_a_check_that_ended_without_an_answer_is_said_and_begun_anew_by_handing_in(
    end: str,
) -> None:
    run = mixing()
    (box,) = boxes(run)
    made = mix_of(run, box, run.shares[0])
    kept = give_mix(run, *made)
    trustee = run.election.trustees.get(number=1)
    assert seat_of(trustee, now=now())["waits_for"] == "What you handed in is being checked."
    jobs = Job.objects.filter(kind=CHECK_JOB, subject_id=str(kept.pk))
    jobs.update(state=end, finished_at=now())

    told = seat_of(trustee, now=now())
    shown = trustees_of(run.election, now=now())

    again = "Its check stopped before it ended. Hand it in again."
    assert told["due"] == "mix"
    assert told["boxes"][0]["handed_in"]["state"] == "stopped"
    assert told["boxes"][0]["handed_in"]["message"] == again
    assert shown is not None and shown.refusals == (f"Ann Lee, a mix of {box}: {again}",)
    give_mix(run, *made)
    assert seat_of(trustee, now=now())["boxes"][0]["handed_in"]["state"] == "waiting"
    assert jobs.filter(state="open").count() == 1
    check_handed_in(kept.pk, now=now())
    assert run.state == "mixed"
