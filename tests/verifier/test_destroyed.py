"""A board whose ballots were destroyed: what is left is checked, and no more may be missing."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ballot.models import Entry
from tests.ballot.destroying import archived, destroyed, papers, void
from tests.ballot.factories import no_triggers
from tests.verifier.bundles import failures, results, verified, written
from tests.witness.boards import program
from verifier.board import Board
from verifier.board import Entry as Told
from verifier.bundle import Folder
from verifier.destroyed import check_destroyed, checks_gone
from verifier.failure import Failed
from verifier.log import Log
from verifier.notes import Checkpoint

GONE = {"credentials", "ballots", "set aside", "reconciliation", "boxes"}
KEYS = {"keys": {"sha256": "ab" * 32, "size_bytes": 32}}
MIX = {"content": {"sha256": "cd" * 32, "size_bytes": 9}}
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


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["coded", "polling", "mixed"])
def test_of_a_void_election_what_is_left_is_checked_and_there_is_no_result(
    tmp_path: Path, at: str
) -> None:
    run = void(at=at, smallest_box=1)
    before = verified(written(run, tmp_path, "before.zip"))
    destroyed(run)

    after = verified(written(run, tmp_path))

    compared = program("verify-diff", tmp_path / "before.zip", tmp_path / "all.zip")
    assert compared.returncode == 0, compared.stderr
    assert failures(before) == failures(after) == []
    assert (after["verdict"], after["status"]) == ("NOT YET", 3)
    told = results(after)
    reasons = {check["name"] for check in after["checks"] if "destroyed" in check["figure"]
               and check["result"] == "NOT MADE"}  # fmt: skip
    assert reasons == GONE | {"mixes"}
    for name in results(before).keys() - reasons:
        assert told[name] == results(before)[name], name
    assert any("declared void" in note for note in after["notes"])
    assert any("the boxes destroyed" in note for note in after["notes"])


@pytest.mark.django_db
def test_an_entry_cut_from_a_void_board_is_missed_before_and_after_the_destruction(
    tmp_path: Path,
) -> None:
    run = void()
    ballot = papers(run)[0]
    with no_triggers():
        Entry.objects.filter(pk=ballot.pk).update(body=b"")
    cut = verified(written(run, tmp_path, "cut.zip"))
    with no_triggers():
        Entry.objects.filter(pk=ballot.pk).update(body=bytes(ballot.body))
    destroyed(run)
    whole = verified(written(run, tmp_path, "whole.zip"))
    opening = Entry.objects.get(election=run.election, kind="opening")
    with no_triggers():
        Entry.objects.filter(pk=opening.pk).update(body=b"")

    tampered = verified(written(run, tmp_path))

    assert ("entries", "destruction.missing", f"entry {ballot.number}") in failures(cut)
    assert failures(whole) == []
    assert "entries" in {name for name, _, _ in failures(tampered)}


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


def void_board(at: str = "2027-01-02T00:00:00Z", **changed: Any) -> Board:
    """A board that became void at entry 5; 7 destroyed 2 and 6, of which 6 came after the void."""
    said = {
        "blobs": ["ab" * 32, "cd" * 32],
        "entries": {"ballot": 2, "challenge": 0, "envelope": 0, "postal-paper": 0},
        "kept_until": "2027-01-01",
        "leaves": sha256(LEAVES[2] + LEAVES[6]).hexdigest(),
        "officers": ["Ann", "Ben"],
    }
    kinds = {0: "notice", 1: "opening", 3: "amendment", 4: "mix", 5: "void", 7: "destruction"}
    contents = {0: NOTICE, 3: {"keys": {"sealed": "ab" * 32}}, 4: MIX, 7: said | changed}
    times = {5: "2026-01-01T00:00:00Z", 7: at}
    made = Board(destroyed=[2, 6])
    made.acts = [
        Told(number, kind, times.get(number, ""), contents.get(number, {}), LEAVES[number])
        for number, kind in kinds.items()
    ]
    return made


@pytest.mark.parametrize(
    ("changed", "condition"),
    [
        ({"officers": ["Ann"]}, "destruction.order"),
        ({"kept_until": "2026-12-30"}, "destruction.order"),
        ({"kept_until": "2027-01-03", "at": "2027-01-04T00:00:00Z"}, "destruction.order"),
        ({"at": "2026-12-31T23:59:59Z"}, "destruction.order"),
        ({"leaves": "00" * 32}, "destruction.leaves"),
        ({"entries": {"ballot": 1, "challenge": 0, "envelope": 0, "postal-paper": 0}},
         "destruction.entries"),
        ({"blobs": ["ef" * 32]}, "destruction.blobs"),
    ],
)  # fmt: skip
def test_of_a_void_election_the_days_run_from_the_void(
    changed: dict[str, Any], condition: str
) -> None:
    check_destroyed(void_board(), log())
    check_destroyed(void_board(kept_until="2026-12-31"), log())
    check_destroyed(void_board(kept_until="2027-01-02"), log())

    with pytest.raises(Failed) as failed:
        check_destroyed(void_board(**changed), log())

    assert failed.value.check == condition


@pytest.mark.parametrize("gone", [[0, 6], [2, 8]])
def test_of_a_void_election_too_no_act_may_be_among_what_was_destroyed(gone: list[int]) -> None:
    check_destroyed(void_board(), log())
    cut = void_board()
    cut.destroyed = gone

    with pytest.raises(Failed) as failed:
        check_destroyed(cut, log())

    assert failed.value.check == "destruction.place"


def test_a_mix_goes_of_a_void_election_alone() -> None:
    check_destroyed(void_board(), log())
    declared = board(blobs=["cd" * 32])
    declared.acts.append(Told(4, "mix", "", MIX, LEAVES[4]))

    with pytest.raises(Failed) as failed:
        check_destroyed(declared, log())

    assert failed.value.check == "destruction.blobs"


def test_where_nobody_had_cast_the_lists_of_keys_are_gone_all_the_same() -> None:
    nothing = {"ballot": 0, "challenge": 0, "envelope": 0, "postal-paper": 0}
    empty = void_board(entries=nothing, leaves=sha256(b"").hexdigest())
    empty.destroyed = []

    check_destroyed(empty, log())

    assert checks_gone(empty) == GONE | {"mixes"}
    assert checks_gone(board()) == GONE
    kept = void_board()
    kept.destroyed = []
    assert checks_gone(kept) == frozenset()
