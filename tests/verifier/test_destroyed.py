"""A board whose ballots were destroyed: what is left is checked, and no more may be missing."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ballot.models import Entry
from tests.ballot.destroying import archived, destroyed, papers
from tests.ballot.factories import no_triggers
from tests.verifier.bundles import failures, results, verified, written
from tests.witness.boards import program
from verifier.board import Board
from verifier.board import Entry as Told
from verifier.bundle import Folder
from verifier.destroyed import check_destroyed
from verifier.failure import Failed
from verifier.log import Log
from verifier.notes import Checkpoint

GONE = {"credentials", "ballots", "set aside", "reconciliation", "boxes"}
KEYS = {"keys": {"sha256": "ab" * 32, "size_bytes": 32}}
NOTICE = {"after_count": {"keep_days": 365}}
LEAVES = [bytes([number]) * 32 for number in range(8)]


@pytest.mark.django_db
def test_what_is_left_is_checked_and_a_copy_from_before_shows_it_all(tmp_path: Path) -> None:
    run = archived(sections=("member", "affiliated"), electors=8, smallest_box=1)
    before = verified(written(run, tmp_path, "before.zip"))
    ballot = papers(run)[0]
    with no_triggers():
        Entry.objects.filter(pk=ballot.pk).update(body=b"")
    cut = verified(written(run, tmp_path, "cut.zip"))
    with no_triggers():
        Entry.objects.filter(pk=ballot.pk).update(body=bytes(ballot.body))
    destroyed(run)

    after = verified(written(run, tmp_path))

    assert before["verdict"] == "PASS"
    compared = program("verify-diff", tmp_path / "before.zip", tmp_path / "all.zip")
    assert compared.returncode == 0, compared.stderr
    assert ("entries", "destruction.missing", f"entry {ballot.number}") in failures(cut)
    assert failures(after) == []
    assert (after["verdict"], after["status"]) == ("DESTROYED", 4)
    told = results(after)
    assert {name for name in told if told[name] == "NOT MADE"} == GONE
    assert all(told[name] == "PASS" for name in told.keys() - GONE)
    assert any("had the ballots" in note for note in after["notes"])


def board(at: str = "2027-01-02T00:00:00Z", **changed: Any) -> Board:
    """A board of eight entries; 7 destroyed 2 and 3, unless it is told otherwise."""
    said = {
        "blobs": ["ab" * 32],
        "entries": {"ballot": 1, "challenge": 1, "envelope": 0, "postal-paper": 0},
        "kept_until": "2027-01-01",
        "leaves": sha256(LEAVES[2] + LEAVES[3]).hexdigest(),
        "officers": ["Ann", "Ben"],
    }
    kinds = {0: "notice", 1: "opening", 4: "reconciliation", 5: "declaration", 6: "archive",
             7: "destruction"}  # fmt: skip
    contents = {0: NOTICE, 4: KEYS, 7: said | changed}
    times = {5: "2026-01-01T00:00:00Z", 7: at}
    made = Board(destroyed=[2, 3])
    made.acts = [
        Told(number, kind, times.get(number, ""), contents.get(number, {}), LEAVES[number])
        for number, kind in kinds.items()
    ]
    return made


def log() -> Log:
    return Log(Folder(Path()), Checkpoint("votes.example", 8, bytes(32)), LEAVES)


@pytest.mark.parametrize(
    ("changed", "condition"),
    [
        ({"leaves": "00" * 32}, "destruction.leaves"),
        ({"entries": {"ballot": 1, "challenge": 0, "envelope": 0, "postal-paper": 0}},
         "destruction.entries"),
        ({"blobs": ["cd" * 32]}, "destruction.blobs"),
    ],
)  # fmt: skip
def test_a_certificate_of_something_else_fails(changed: dict[str, Any], condition: str) -> None:
    check_destroyed(board(), log())

    with pytest.raises(Failed) as failed:
        check_destroyed(board(**changed), log())

    assert failed.value.check == condition


@pytest.mark.parametrize("officers", [["Ann"], ["Ann", "Ben", "Cy"]])
def test_two_officers_order_it(officers: list[str]) -> None:
    check_destroyed(board(), log())

    with pytest.raises(Failed) as failed:
        check_destroyed(board(officers=officers), log())

    assert failed.value.check == "destruction.order"


@pytest.mark.parametrize("changed", [
    {"kept_until": "2026-12-30"},
    {"kept_until": "2027-01-03", "at": "2027-01-04T00:00:00Z"},
    {"at": "2026-12-31T23:59:59Z"},
])  # fmt: skip
def test_it_waits_for_the_days_of_keeping_by_any_zone_s_clocks(changed: dict[str, Any]) -> None:
    check_destroyed(board(at="2027-01-01T10:00:00Z"), log())
    check_destroyed(board(kept_until="2026-12-31"), log())
    check_destroyed(board(kept_until="2027-01-02"), log())

    with pytest.raises(Failed) as failed:
        check_destroyed(board(**changed), log())

    assert failed.value.check == "destruction.order"


def test_an_act_may_not_be_among_what_was_destroyed() -> None:
    early, late = board(), board()
    early.destroyed, late.destroyed = [0, 3], [3, 5]

    for one in (early, late):
        with pytest.raises(Failed) as failed:
            check_destroyed(one, log())
        assert failed.value.check == "destruction.place"


def test_a_copy_from_before_has_the_papers_and_the_same_leaves() -> None:
    kept = board(entries={"ballot": 0, "challenge": 2, "envelope": 0, "postal-paper": 0})
    kept.destroyed = []
    kept.acts += [Told(number, "challenge", "", {}, LEAVES[number]) for number in (2, 3)]

    check_destroyed(kept, log())

    more = board(entries={"ballot": 2, "challenge": 0, "envelope": 0, "postal-paper": 0})
    more.destroyed, more.acts = [], [*more.acts, *kept.acts[-2:]]
    with pytest.raises(Failed) as failed:
        check_destroyed(more, log())
    assert failed.value.check == "destruction.entries"
