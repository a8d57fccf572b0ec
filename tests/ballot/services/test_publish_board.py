"""The board's tree and its signed checkpoints: what is published is what stands in the entries."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.db import Error, connection, transaction

from ballot import published
from ballot.board.checkpoint import open_checkpoint
from ballot.board.proof_file import check_proof_file
from ballot.board.tiles import ENTRIES, Tile, check_bundle, read_bundle
from ballot.board.tree import check_consistency, leaf_hashes, root_of
from ballot.canonical import read_canonical
from ballot.mapping.entry import WITHHELD, log_entry
from ballot.models import Checkpoint, Entry, LogTile
from ballot.services import publish_board as publishing
from ballot.services.close_poll import close_poll_early
from ballot.services.publish_board import publish_board, publish_due
from ballot.services.tend_polls import tend_boards, tend_polls
from ballot.services.void_election import void_election
from office.refusal import Refusal
from tests.ballot.factories import REASON, Run, cast_all, election, no_triggers, now

pytestmark = pytest.mark.django_db


def logged(run: Run) -> list[bytes]:
    rows = Entry.objects.filter(election=run.election_id).order_by("number")
    return [log_entry(row.kind, bytes(row.body)) for row in rows]


def newest(run: Run) -> Checkpoint:
    found = published.newest_checkpoint(run.election)
    assert found is not None
    return found


def holds(run: Run) -> bool:
    """Whether the newest checkpoint is signed by the notice's key, and is of just the entries."""
    entries = logged(run)
    row = newest(run)
    signed, _ = open_checkpoint(row.note.encode(), keys=[published.board_key(run.election)])
    return (
        signed.size == row.size == len(entries)
        and signed.root == bytes(row.root) == root_of(leaf_hashes(entries))
    )


def test_a_checkpoint_is_of_every_entry_and_signed_by_the_key_that_the_notice_names() -> None:
    run = election(at="polling", electors=4, rankings=((0,),) * 4)

    assert publish_board(run.election_id, now=now()) == len(logged(run))

    assert holds(run)
    assert published.board_key(run.election).name == f"localhost:8000/board/{run.election.slug}"
    assert publish_board(run.election_id, now=now()) is None
    assert Checkpoint.objects.filter(size=len(logged(run))).count() == 1


def test_each_checkpoint_continues_the_one_before_over_tiles_that_fill_and_grow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publishing, "CHUNK_ENTRIES", 100)
    run = election(at="coded", electors=3)
    # The first was signed for the trustees, who show that they hold their shares upon it.
    sizes = [newest(run).size, publish_board(run.election_id, now=now())]
    for more in (1, 254, 3, 700):
        _fill(run, more)
        sizes.append(publish_board(run.election_id, now=now()))
        assert holds(run)

    rows = list(Checkpoint.objects.order_by("size"))
    assert [row.size for row in rows] == sizes
    for before, after in pairwise(rows):
        proof = published.proof_of_growth(after, since=before.size)
        check_consistency(
            old=before.size, old_root=bytes(before.root), size=after.size,
            root=bytes(after.root), proof=proof,
        )  # fmt: skip
    widths = LogTile.objects.order_by("level", "number").values_list("level", "number", "hashes")
    size = rows[-1].size
    assert [(level, number, len(held) // 32) for level, number, held in widths] == [
        *((0, number, min(256, size - 256 * number)) for number in range(-(-size // 256))),
        (1, 0, size // 256),
    ]


def _fill(run: Run, count: int) -> None:
    """So many more entries, as nobody but a test writes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ballot_entry (election_id, number, kind, body)"
            " SELECT %s, top + n, 'suspension', convert_to('entry ' || n, 'UTF8')"
            " FROM generate_series(1, %s) n,"
            " (SELECT max(number) AS top FROM ballot_entry WHERE election_id = %s) AS last",
            [run.election_id, count, run.election_id],
        )


def test_bundles_hold_the_entries_of_their_tile_and_proofs_hold_for_every_entry() -> None:
    run = election(at="polling", electors=5, rankings=((0,),) * 5)
    _fill(run, 300)
    publish_board(run.election_id, now=now())
    row, entries = newest(run), logged(run)

    for number in (0, 1):
        width = min(256, len(entries) - 256 * number)
        octets = published.tile_octets(
            run.election, Tile(ENTRIES, number, width), size=row.size
        )
        hashes = published.tile_octets(run.election, Tile(0, number, width), size=row.size)
        assert octets and hashes
        held = read_bundle(octets, width=width)
        assert held == entries[256 * number :][:256]
        check_bundle(held, hashes)
    for number in (0, 7, 255, 256, len(entries) - 1):
        proved = check_proof_file(
            published.proof_of_entry(row, number).octets(), entry=entries[number],
            keys=[published.board_key(run.election)],
        )  # fmt: skip
        assert proved.index == number


def test_nothing_is_given_out_that_no_checkpoint_covers() -> None:
    run = election(at="coded", electors=3)
    publish_board(run.election_id, now=now())
    size = newest(run).size
    _fill(run, 3)

    for level in (ENTRIES, 0):
        assert published.tile_octets(run.election, Tile(level, 0, size), size=size)
        assert published.tile_octets(run.election, Tile(level, 0, size + 1), size=size) is None
    assert published.tile_octets(run.election, Tile(1, 0, 1), size=size) is None


def test_what_gives_the_result_away_is_in_the_log_by_its_hash_alone() -> None:
    run = election(at="counted", rankings=((0,),) * 8)
    publish_board(run.election_id, now=now())

    told: list[Any] = [read_canonical(entry) for entry in logged(run)]

    withheld = [entry for entry in told if entry["kind"] in WITHHELD]
    assert {entry["kind"] for entry in withheld} == {"part", "profile", "count"}
    assert all("content" not in entry for entry in withheld)
    assert all("content" in entry for entry in told if entry["kind"] not in WITHHELD)
    assert holds(run)


def test_a_checkpoint_is_signed_at_most_every_ten_seconds_and_at_once_with_the_close(
    django_capture_on_commit_callbacks: Any,
) -> None:
    run = election(at="polling", electors=3)
    moment = now() + timedelta(seconds=10)
    assert tend_boards(now=moment) == 1
    cast_all(run)
    assert tend_polls() > 0
    assert publish_due(run.election, now=moment + timedelta(seconds=9)) is None
    assert publish_due(run.election, now=moment + timedelta(seconds=9.8)) == len(logged(run))

    with django_capture_on_commit_callbacks(execute=True):
        close_poll_early(run.election_id, reason=REASON, **run.by_two)

    assert holds(run)
    assert Entry.objects.order_by("number").last().kind == "close"  # type: ignore[union-attr]


def test_a_draft_that_became_void_keeps_no_other_board_from_being_published() -> None:
    draft, run = election(title="Called in error"), election(at="nominating")
    void_election(draft.election_id, reason=REASON, **draft.by_two)

    assert tend_boards(now=now()) == 1

    assert Checkpoint.objects.get().election == run.election


def test_another_key_than_the_notices_signs_nothing_and_stops_no_act(
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    run = election(at="polling", electors=3)
    before = newest(run)
    settings.BOARD_KEY = bytes(range(32))

    with pytest.raises(Refusal, match="HUSTINGS_BOARD_KEY") as refused:
        publish_board(run.election_id, now=now())

    assert refused.value.code == "board.other-key"
    assert tend_boards(now=now() + timedelta(seconds=10)) == 0
    assert "HUSTINGS_BOARD_KEY" in caplog.text
    with django_capture_on_commit_callbacks(execute=True):
        close_poll_early(run.election_id, reason=REASON, **run.by_two)
    assert run.state == "closed"
    assert newest(run) == before


def test_a_board_that_moves_keeps_the_name_that_its_notice_gave(
    settings: Any,
) -> None:
    run = election(at="coded", electors=3)
    settings.ORIGIN = "https://elsewhere.example.org"

    publish_board(run.election_id, now=now())

    assert newest(run).note.splitlines()[0] == f"localhost:8000/board/{run.election.slug}"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ballot_logtile",
        "UPDATE ballot_logtile SET hashes = sha256(hashes)",
        "UPDATE ballot_logtile SET hashes = substring(hashes FROM 1 FOR 32)",
        "UPDATE ballot_logtile SET number = number + 1",
        "UPDATE ballot_checkpoint SET root = sha256(root)",
        "DELETE FROM ballot_checkpoint",
    ],
)
def test_the_database_keeps_what_was_published(statement: str) -> None:
    run = election(at="coded", electors=3)
    publish_board(run.election_id, now=now())

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_entry_rewritten_behind_our_backs_no_longer_fits_its_tile() -> None:
    run = election(at="coded", electors=3)
    publish_board(run.election_id, now=now())
    with no_triggers(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ballot_entry SET body = set_byte(body, 60, get_byte(body, 60) # 1)"
            " WHERE number = 1"
        )
    _fill(run, 1)
    publish_board(run.election_id, now=now())

    assert not holds(run)


def test_the_board_key_is_in_no_representation() -> None:
    key = publishing.signing_key("example.org/board/x")

    assert settings.BOARD_KEY.hex() not in repr(key)
