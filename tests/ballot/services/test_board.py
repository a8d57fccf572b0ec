"""The board: entries without a gap, ballots in shuffled batches, blobs by their hash."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from django.db import connection

from ballot.canonical import read_canonical
from ballot.mapping.ballots import ballot_content
from ballot.mapping.entry import entry_body
from ballot.models import Blob, BlobChunk, Entry, SealedBallot
from ballot.selectors import read_blob, whole_blob
from ballot.services import board
from ballot.services.board import append_ballots, append_entry, store_blob
from ballot.services.tend_polls import tend_polls
from office.models import Letter
from tests.ballot.factories import (
    Run,
    cast,
    cast_all,
    election,
    entries,
    kinds,
    sealed,
)

pytestmark = pytest.mark.django_db

WHEN = datetime(2026, 9, 1, 9, 30, 15, 999, tzinfo=UTC)


def numbers(run: Run) -> list[int]:
    found = Entry.objects.filter(election=run.election_id).order_by("number")
    return list(found.values_list("number", flat=True))


def test_an_entry_is_canonical_and_says_which_election_when_and_what() -> None:
    run = election()

    entry = append_entry(run.election, kind="notice", content={"b": 1, "a": "é"}, now=WHEN)

    assert bytes(entry.body) == (
        f'{{"at":"2026-09-01T09:30:15Z","content":{{"a":"é","b":1}},'
        f'"election":"{run.election.public_id}","kind":"notice","number":0,'
        '"version":"hustings/v1"}'
    ).encode()


def test_elections_are_numbered_apart_each_without_a_gap() -> None:
    one, other = election(at="nominated"), election(at="nominating", title="Deputy leader")

    append_entry(one.election, kind="withdrawal", content={}, now=WHEN)

    assert (numbers(one), numbers(other)) == ([0, 1, 2], [0])


def test_a_ballot_on_the_board_is_the_ballot_that_was_cast_and_bears_no_time() -> None:
    run = election(at="polling")
    wire = sealed(run, entries(run)[0], (0, 1))
    from tests.ballot.factories import cast_wire

    cast_wire(run, wire)
    assert append_ballots(run.election) == 1

    entry = Entry.objects.get(kind="ballot")
    assert bytes(entry.body) == entry_body(
        election=run.election.public_id, kind="ballot", number=entry.number, at=None,
        content=ballot_content(wire[:32], [wire[32:163]], wire[163:]),
    )
    body = read_canonical(bytes(entry.body))
    assert isinstance(body, dict) and body["at"] is None


def test_appending_again_adds_nothing() -> None:
    run = election(at="polling")
    cast_all(run)

    assert (append_ballots(run.election), append_ballots(run.election)) == (7, 0)

    assert kinds(run).count("ballot") == 7


def test_the_order_within_a_batch_is_drawn_anew_each_time() -> None:
    run = election(at="polling", electors=12, rankings=((0,),) * 12)
    cast_all(run)

    append_ballots(run.election)

    on_board = Entry.objects.filter(kind="ballot").order_by("number")
    order = list(on_board.values_list("ballot_id", flat=True))
    # The chance that twelve stay in their order is one in 479,001,600.
    assert sorted(order) == list(SealedBallot.objects.order_by("pk").values_list("pk", flat=True))
    assert order != sorted(order)


def test_many_ballots_go_on_in_batches_without_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    run = election(at="polling")
    cast_all(run)
    monkeypatch.setattr(board, "BATCH_BALLOTS", 3)

    assert append_ballots(run.election) == 7

    assert numbers(run) == list(range(len(numbers(run))))
    first_batch = Entry.objects.filter(kind="ballot").order_by("number")[:3]
    oldest = SealedBallot.objects.order_by("pk")[:3]
    # A batch is shuffled within itself, and holds the oldest that were not on the board yet.
    assert {one.ballot_id for one in first_batch} == {one.pk for one in oldest}


def test_the_clock_puts_ballots_on_the_board_and_queues_one_notice_each() -> None:
    run = election(at="polling")
    other = election(at="polling", title="Deputy leader")
    cast_all(run)
    cast(other, entries(other)[0], (0,))

    assert tend_polls() == 8
    assert tend_polls() == 0

    notices = Letter.objects.filter(purpose="cast-notice").values_list("recipient", flat=True)
    assert sorted(notices) == sorted(
        str(entry.public_id) for entry in [*entries(run), entries(other)[0]]
    )
    assert kinds(run).count("ballot") == 7


def test_the_clock_looks_only_a_little_way_back_and_the_close_through_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="polling")
    cast_all(run)
    # As if the last ballot had been put on the board before the others were committed.
    monkeypatch.setattr(board, "BATCH_BALLOTS", 1)
    newest = SealedBallot.objects.order_by("pk").last()
    assert newest is not None
    board.append_batch(run.election, newest.pk - 1)
    monkeypatch.setattr(board, "LOOK_BACK_BALLOTS", 3)

    by_the_clock = board.append_new_ballots(run.election)
    by_the_close = append_ballots(run.election)

    assert (by_the_clock, by_the_close) == (2, 4)
    assert kinds(run).count("ballot") == 7


def test_a_ballot_stands_on_the_board_once_whoever_appends() -> None:
    from django.db import IntegrityError, transaction

    run = election(at="polling")
    cast(run, entries(run)[0], (0,))
    append_ballots(run.election)
    entry = Entry.objects.get(kind="ballot")

    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(election=run.election, number=entry.number + 1, kind="ballot",
                             body=b"again", ballot=entry.ballot)

    assert kinds(run).count("ballot") == 1


def test_bytes_are_stored_once_in_pieces_and_come_back() -> None:
    data = bytes(range(256)) * 12_300

    first = store_blob([data[:7], data[7:2_000_000], data[2_000_000:]])
    again = store_blob([data])

    assert first == again and Blob.objects.count() == 1
    assert bytes(first.sha256) == hashlib.sha256(data).digest()
    assert first.size_bytes == len(data)
    sizes = [len(chunk.content) for chunk in BlobChunk.objects.filter(blob=first)]
    assert sizes == [1 << 20, 1 << 20, 1 << 20, len(data) - 3 * (1 << 20)]
    assert b"".join(read_blob(first)) == whole_blob(first) == data


def test_no_bytes_are_a_blob_too() -> None:
    assert whole_blob(store_blob([])) == b""

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ballot_blobchunk")
        assert cursor.fetchone() == (0,)
