"""The count (docs/spec/counting.md), and that it agrees with the one it checks."""

from __future__ import annotations

import io
import json
import random
import runpy
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.verifier.given import failure
from verifier.count import count_papers, sheet
from verifier.count_record import Count
from verifier.counting import compare
from verifier.papers import Profile
from verifier.rules import EarlierStages, Lot, Rules, read_rules
from verifier.sheets import full_sheet

NAMES = ("Ann", "Bob", "Cis", "Dee", "Eli", "Fay")
Papers = dict[tuple[int, ...], int]


def rules(**given: Any) -> Rules:
    return read_rules({"method": "av", **given})


def profile(papers: Papers, candidates: int = 3, withdrawn: Sequence[int] = ()) -> Profile:
    return Profile(NAMES[:candidates], {"member": papers}, frozenset(withdrawn))


def counted(papers: Papers, candidates: int = 3, **given: Any) -> Count:
    return count_papers(profile(papers, candidates), rules(**given))


def excluded(count: Count) -> list[tuple[int, ...]]:
    return [stage.excluded for stage in count.stages]


LEADERSHIP = {
    **{(0,): 9763, (0, 1): 9178, (0, 2): 5395, (1,): 3419, (1, 0): 9585, (1, 2): 7555},
    **{(2,): 572, (2, 1): 3331, (2, 0): 1696},
}
"""The example of counting §1."""


def test_the_example_of_the_spec_is_counted_as_it_says() -> None:
    count = counted(LEADERSHIP)

    first, second = (stage.total for stage in count.stages)
    assert (dict(first.votes), first.exhausted) == ({0: 24336, 1: 20559, 2: 5599}, 0)
    assert (dict(second.votes), second.exhausted) == ({0: 26032, 1: 23890}, 572)
    assert second.continuing_votes == 49_922
    assert excluded(count) == [(2,), ()]
    assert (count.elected, count.elected_by) == ((0,), "majority")


def test_a_majority_ends_the_count_unless_it_runs_to_two() -> None:
    papers = {(0,): 6, (1,): 3, (2, 0): 1}

    assert len(counted(papers).stages) == 1
    assert excluded(counted(papers, stop="two")) == [(2,), ()]
    assert counted(papers, stop="two").elected == (0,)


def test_half_exactly_is_no_majority() -> None:
    count = counted({(0,): 5, (1, 2): 2, (2, 1): 3}, ties=[{"lot": [0]}])

    assert excluded(count) == [(1,), (0,)]
    assert (count.elected, count.elected_by) == ((2,), "last remaining")


def test_the_last_candidate_is_elected_without_a_further_stage() -> None:
    count = counted({(0,): 3, (1,): 3}, 2, ties=[{"lot": [1]}])

    assert excluded(count) == [(1,)]
    assert (count.elected, count.elected_by) == ((0,), "last remaining")


def test_one_who_stands_alone_is_elected_even_without_a_vote() -> None:
    alone = count_papers(profile({(): 3, (1, 2): 2}, withdrawn=(1, 2)), rules())

    assert (alone.elected, alone.elected_by) == ((0,), "last remaining")
    assert alone.stages[0].total.exhausted == 2


def test_who_withdrew_is_passed_over() -> None:
    count = count_papers(profile({(0,): 2, (2, 1): 3, (2,): 4}, withdrawn=[2]), rules())

    assert dict(count.stages[0].total.votes) == {0: 2, 1: 3}
    assert count.stages[0].total.exhausted == 4
    assert count.elected == (1,)


def test_unmarked_papers_are_neither_valid_nor_exhausted() -> None:
    papers = {(): 50, (0,): 2, (1,): 1}

    assert profile(papers).valid == 3
    assert counted(papers).stages[0].total.exhausted == 0


def test_sections_are_counted_as_one_and_shown_apart() -> None:
    both = Profile(NAMES[:2], {"member": {(0,): 3, (1, 0): 1}, "affiliated": {(1,): 4}})

    count = count_papers(both, rules())

    (stage,) = count.stages
    assert dict(stage.total.votes) == {0: 3, 1: 5}
    assert {name: dict(heaps.votes) for name, heaps in stage.sections.items()} == {
        "member": {0: 3, 1: 1},
        "affiliated": {0: 0, 1: 4},
    }


@pytest.mark.parametrize(
    ("papers", "first"),
    [
        ({(0,): 10, (1,): 9, (2,): 3, (3,): 5}, (2, 3)),
        ({(0,): 10, (1,): 9, (2,): 4, (3,): 5}, (2,)),
        ({(0,): 10, (1,): 9, (2,): 3, (3,): 3}, (2, 3)),
        ({(0,): 10, (1,): 11}, (2, 3)),
    ],
    ids=["sum is less", "sum is equal", "a tie within", "nobody has any"],
)
def test_the_lowest_go_together_if_their_sum_is_less_than_the_next_has(
    papers: Papers, first: tuple[int, ...]
) -> None:
    given = {"bulk_exclusion": True, "stop": "two", "ties": [{"lot": [2, 3]}]}

    assert excluded(counted(papers, 4, **given))[0] == first


def test_at_least_two_remain_after_a_bulk_exclusion() -> None:
    count = counted({(0,): 50, (1,): 9, (2,): 1}, bulk_exclusion=True, stop="two")

    assert excluded(count) == [(2,), ()]


# --- ties ---


def test_a_tie_without_a_rule_stops_the_count() -> None:
    papers = {(0,): 3, (1,): 2, (2,): 2}
    assert counted(papers, ties=[{"lot": [2]}]).elected == (0,)

    failed = failure(counted, papers)

    assert (failed.check, failed.where) == ("count.tie", "stage 1")


def test_the_earliest_stage_at_which_they_differed_settles_a_tie() -> None:
    papers = {(0,): 5, (1,): 4, (2,): 4, (3, 1): 2, (4, 2): 2, (4, 3): 1}

    count = counted(papers, 5, ties=["earlier-stages"])

    assert excluded(count) == [(3,), (4,), (0,), (2,)]
    tie = count.stages[3].tie
    assert tie is not None
    assert [(step.rule, step.stage, step.left) for step in tie.steps] == [
        ("earlier-stages", 2, (2,))
    ]


def test_a_rule_that_leaves_several_leaves_them_alone_to_the_next_rule() -> None:
    """After Dee three have 4 votes; at stage 1 Ann had more than Bob and Cis."""
    papers = {(0,): 4, (1,): 3, (2,): 3, (3, 1): 1, (3, 2): 1, (4,): 9}

    count = counted(papers, 5, ties=["earlier-stages", {"lot": [0, 2, 1]}])

    assert excluded(count)[:2] == [(3,), (2,)]
    tie = count.stages[1].tie
    assert tie is not None
    assert tie.tied == (0, 1, 2)
    assert [(step.rule, step.left) for step in tie.steps] == [
        ("earlier-stages", (1, 2)),
        ("lot", (2,)),
    ]


@pytest.mark.parametrize(("lot", "loser"), [([1, 2], 1), ([2, 1], 2), ([2], 2), ([0, 2, 1], 2)])
def test_of_the_tied_the_one_drawn_first_is_excluded(lot: list[int], loser: int) -> None:
    count = counted({(0,): 3, (1,): 2, (2,): 2}, ties=[{"lot": lot}], stop="two")

    assert excluded(count)[0] == (loser,)


def test_a_lot_for_others_settles_nothing() -> None:
    papers = {(0,): 3, (1,): 2, (2,): 2}
    fits = {"lot": [2, 1], "among": [1, 2]}
    assert excluded(counted(papers, ties=[fits]))[0] == (2,)

    for other in ({"lot": [2, 1], "among": [0, 1, 2]}, {"lot": [0]}, {"lot": []}):
        assert failure(counted, papers, ties=[other]).check == "count.tie"
        assert excluded(counted(papers, ties=[other, fits]))[0] == (2,)


@pytest.mark.parametrize(
    ("ties", "elected"),
    [
        ([{"lot": [0, 1, 2]}], 2),
        ([{"lot": [2, 0]}], 1),
        (["earlier-stages", {"lot": [3, 2, 1]}], 0),
        ([{"lot": [0]}, {"lot": [1, 2]}], 0),
        ([{"lot": [1, 2], "among": [0, 1]}, {"lot": [1, 0]}], 2),
    ],
)
def test_under_plurality_the_tied_lose_in_the_order_drawn(ties: list[Any], elected: int) -> None:
    papers = {(0,): 3, (1,): 3, (2, 0): 3, (3,): 1}

    count = counted(papers, 4, method="plurality", ties=ties)

    assert (count.elected, count.elected_by) == ((elected,), "most votes")


@pytest.mark.parametrize(
    "ties", [[], ["earlier-stages"], [{"lot": [0]}], [{"lot": [0]}, {"lot": [1]}]]
)
def test_a_lot_that_leaves_two_undrawn_settles_no_election(ties: list[Any]) -> None:
    papers = {(0,): 3, (1,): 3, (2,): 3}

    assert failure(counted, papers, method="plurality", ties=ties).check == "count.tie"


def test_the_most_votes_elect_under_plurality_whatever_part_that_is() -> None:
    count = counted({(0,): 2, (1, 2): 3, (2, 1): 2}, method="plurality")

    assert (count.elected, len(count.stages)) == ((1,), 1)


# --- rules, papers ---


def test_what_is_left_out_of_the_rules_has_the_values_of_the_spec() -> None:
    assert read_rules({"method": "av"}) == Rules("av", "majority", False, (), "continuing")
    assert rules(ties=["earlier-stages", {"lot": [1]}, {"lot": [0], "among": [0, 1]}]).ties == (
        EarlierStages(),
        Lot((1,)),
        Lot((0,), frozenset({0, 1})),
    )


@pytest.mark.parametrize(
    "given",
    [
        *([], {}, {"method": "condorcet"}, {"method": "av", "more": 1}),
        *({"method": "av", "stop": "one"}, {"method": "stv", "stop": "two"}),
        *({"method": "av", "weights": {"a": 0}}, {"method": "av", "points": 9, "floor": 10}),
        *({"method": "av", "floor": 1}, {"method": "av", "weights": 3}),
        {"method": "av", "weights": {"a": 1}, "points": 9},
        {"method": "av", "weights": {"a": 1}, "percentages": "valid"},
        *({"method": "av", "bulk_exclusion": 1}, {"method": "av", "percentages": "all"}),
        *({"method": "av", "ties": {}}, {"method": "av", "ties": ["lot"]}),
        *({"method": "av", "ties": [{"lot": [1, 1]}]}, {"method": "av", "ties": [{"lot": ["0"]}]}),
        *({"method": "av", "ties": [{"lot": [True]}]}, {"method": "av", "ties": [{"among": [1]}]}),
        *({"method": "av", "ties": [{"lot": [-1]}]}, {"method": 1}, {"method": "av", "ties": [[]]}),
    ],
    ids=str,
)
def test_an_unknown_key_or_value_of_the_rules_is_refused(given: object) -> None:
    assert failure(read_rules, given).check == "count.rules"


@pytest.mark.parametrize("tie", [{"lot": [3]}, {"lot": [0], "among": [0, 3]}])
def test_a_lot_of_somebody_who_is_not_on_the_paper_is_refused(tie: dict[str, Any]) -> None:
    assert failure(counted, {(0,): 1}, ties=[tie]).check == "count.lot"


@pytest.mark.parametrize(
    ("names", "papers", "withdrawn"),
    [
        (("Ann", "Ann"), {}, []),
        (("Ann", "Bob"), {(0, 0): 1}, []),
        (("Ann", "Bob"), {(2,): 1}, []),
        (("Ann", "Bob"), {(0,): -1}, []),
        (("Ann", "Bob"), {}, [2]),
        (("Ann", "Bob"), {}, [0, 1]),
        ((), {}, []),
    ],
)
def test_papers_that_may_not_be_are_refused(
    names: tuple[str, ...], papers: Papers, withdrawn: list[int]
) -> None:
    Profile(("Ann", "Bob"), {"member": {(1, 0): 1, (): 0}}, frozenset([0]))

    given = (names, {"member": papers}, frozenset(withdrawn))

    assert failure(Profile, *given).check == "count.profile"


# --- the other count ---


def other_count(
    folder: Path, papers: Papers, candidates: int, withdrawn: Sequence[int], *options: str
) -> Any:
    """Have the project's own command count the papers, and return its sheet; None at a tie."""
    lines = [f"{candidates} 1", *(f"-{c + 1}" for c in withdrawn)]
    lines += [" ".join(map(str, (n, *(c + 1 for c in r), 0))) for r, n in papers.items() if n]
    lines += ["0", *(f'"{name}"' for name in NAMES[:candidates]), '"A contest"']
    file = folder / "papers.blt"
    file.write_text("\n".join(lines), encoding="utf-8")
    out = io.StringIO()
    arguments = ["counting", str(file), "--format", "json", *options]
    with (
        patch("sys.argv", arguments),
        redirect_stdout(out),
        redirect_stderr(io.StringIO()),
        pytest.raises(SystemExit) as ended,
    ):
        runpy.run_module("ballot.counting", run_name="__main__")
    return json.loads(out.getvalue()) if not ended.value.code else ended.value.code


@pytest.mark.parametrize("seed", range(200))
def test_it_agrees_with_the_count_that_it_checks(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    candidates = rng.randint(2, 6)
    papers: Papers = {}
    for _ in range(rng.randint(0, 12)):
        ranking = tuple(rng.sample(range(candidates), rng.randint(0, candidates)))
        papers[ranking] = rng.randint(1, rng.choice((2, 5, 1000)))
    withdrawn = [c for c in range(candidates - 1) if rng.random() < 0.1]
    lot = rng.sample(range(candidates), rng.randint(0, candidates))
    given: dict[str, Any] = {
        "method": rng.choice(("av", "av", "av", "plurality")),
        "stop": rng.choice(("majority", "two")),
        "bulk_exclusion": rng.random() < 0.5,
        "ties": ["earlier-stages"][: rng.randint(0, 1)] + ([{"lot": lot}] if lot else []),
    }
    options = ["--method", given["method"], "--stop", given["stop"]]
    options += ["--bulk-exclusion"] if given["bulk_exclusion"] else []
    for tie in given["ties"]:
        named = "lot:" + ",".join(NAMES[c] for c in lot) if isinstance(tie, dict) else tie
        options += ["--ties", named]

    expected = other_count(tmp_path, papers, candidates, withdrawn, *options)

    ours = profile(papers, candidates, withdrawn)
    if expected == 3:
        assert failure(count_papers, ours, read_rules(given)).check == "count.tie"
    else:
        found = count_papers(ours, read_rules(given))
        assert sheet(ours, read_rules(given), found) == expected


def test_the_figures_of_a_candidate_called_sentence_are_compared() -> None:
    # Only the prose of a stage is passed over (bundle §5, 15), whatever somebody is called.
    papers = Profile(("sentence", "B"), {"sentence": {(0,): 2, (1,): 1}})
    ours = full_sheet(
        papers,
        rules(),
        count_papers(papers, rules()),
        as_json={"method": "av"},
        title="Leader",
        rejected={"sentence": 0},
    )
    told: Any = deepcopy(ours)
    told["stages"][0]["sentence"] = "They have a majority."
    compare(ours, told, "the sheet")

    told["stages"][0]["votes"]["sentence"] = 9

    assert failure(compare, ours, told, "the sheet").check == "count.sheet"
