"""The count that is checked and the verifier's own agree in every figure, on 400 elections.

Each election is drawn from its number: few papers, so that ties are common; sections, withdrawn
candidates, papers of every length, rejected ones, both methods and both stops. Where the rules
leave a tie, a lot is drawn among those who are left and the count begins anew, as officers do.
In the second two hundred sections are weighted or several places are filled (counting §12, §13).
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import pytest

from ballot.counting import UnsettledTie, count, parse_profile, parse_rules
from ballot.counting.sheet import full_document
from tests.verifier.given import failure
from verifier.canonical import write
from verifier.count import count_papers
from verifier.papers import Profile
from verifier.rules import read_rules
from verifier.sheets import SENTENCE, full_sheet

ELECTIONS: Final = 200
NAMES: Final = ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Re-open nominations")
SECTIONS: Final = ("affiliated", "member", "overseas", "registered")
Papers = dict[tuple[int, ...], int]


@dataclass
class Election:
    """Papers by section and rules as JSON, for either count."""

    candidates: tuple[str, ...]
    papers: dict[str, Papers]
    rejected: dict[str, int]
    withdrawn: frozenset[int]
    rules: dict[str, Any]
    places: int = 1

    def theirs(self) -> dict[str, Any]:
        """Count by the core. Raises: UnsettledTie."""
        profile = parse_profile(
            self.candidates,
            self.papers,
            withdrawn=self.withdrawn,
            rejected=self.rejected,
            title="Leader",
            places=self.places,
        )
        return full_document(count(profile, parse_rules(self.rules)))

    def ours(self) -> dict[str, Any]:
        """Count by the verifier. Raises: Failed."""
        profile = Profile(self.candidates, self.papers, self.withdrawn, self.places)
        rules = read_rules(self.rules)
        return full_sheet(profile, rules, count_papers(profile, rules), as_json=self.rules,
                          title="Leader", rejected=self.rejected)  # fmt: skip


def drawn(seed: int) -> Election:
    rng = random.Random(seed)
    size = rng.randint(2, 6)
    candidates = (*NAMES[: size - 1], rng.choice((NAMES[size - 1], NAMES[-1])))
    sections = sorted(rng.sample(SECTIONS, rng.randint(1, 4)))
    ties = ["earlier-stages"] if rng.random() < 0.7 else []
    return Election(
        candidates=candidates,
        papers={section: _papers(rng, size) for section in sections},
        rejected={section: rng.choice((0, 0, 1, 3)) for section in sections},
        withdrawn=frozenset(place for place in range(size - 1) if rng.random() < 0.1),
        rules={
            "method": rng.choice(("av", "av", "av", "plurality")),
            "stop": rng.choice(("majority", "two")),
            "bulk_exclusion": False,
            "ties": ties,
            "percentages": "continuing",
        },
    )


def drawn_otherwise(seed: int) -> Election:
    """The same, but by weights, by points with or without a floor, or for several places."""
    election, rng = drawn(seed), random.Random(f"otherwise {seed}")
    sections = list(election.papers)
    how = rng.choice(("weights", "points", "points by section", "stv", "stv"))
    if how == "stv":
        election.places = rng.randint(1, 3)
        election.rules |= {"method": "stv", "stop": "majority"}
    elif how == "weights":
        election.rules["weights"] = {section: rng.randint(1, 3) for section in sections}
    else:
        by_section = {section: rng.randint(10, 20) for section in sections}
        election.rules["points"] = 100 if how == "points" else by_section
        if rng.random() < 0.5:
            election.rules["floor"] = rng.randint(1, 10)
    return election


def _papers(rng: random.Random, size: int) -> Papers:
    """Few papers, of every length from none to all; some sections have none at all."""
    papers: Counter[tuple[int, ...]] = Counter()
    for _ in range(rng.choice((0, 3, 6, 12, 40))):
        papers[tuple(rng.sample(range(size), rng.randint(0, size)))] += 1
    return dict(papers)


def settled(election: Election, seed: int) -> tuple[dict[str, Any], int]:
    """Count by the core, drawing a lot at each tie; return its sheet and how many lots it took.

    At each the verifier refuses to decide, too.
    """
    rng, lots = random.Random(seed), 0
    while True:
        try:
            return election.theirs(), lots
        except UnsettledTie as tie:
            assert failure(election.ours).check == "count.tie"
            among = sorted(tie.left)
            lot = {"lot": rng.sample(among, len(among)), "among": among}
            election.rules["ties"] = [*election.rules["ties"], lot]
            lots += 1


def figures(sheet: dict[str, Any]) -> Any:
    """A sheet without its sentences, which are prose."""
    stages = [{name: stage[name] for name in stage if name != SENTENCE}
              for stage in sheet["stages"]]  # fmt: skip
    return {**sheet, "stages": stages}


@pytest.mark.parametrize("seed", range(ELECTIONS))
def test_both_counts_agree_in_every_figure(seed: int) -> None:
    election = drawn(seed)

    theirs, _ = settled(election, seed)

    assert write(figures(election.ours())) == write(figures(theirs))


@pytest.mark.parametrize("seed", range(ELECTIONS, 2 * ELECTIONS))
def test_both_counts_agree_on_weighted_sections_and_several_places(seed: int) -> None:
    election = drawn_otherwise(seed)

    theirs, _ = settled(election, seed)

    assert write(figures(election.ours())) == write(figures(theirs))


@pytest.mark.parametrize("ties", [["earlier-stages"], []])
@pytest.mark.parametrize("seed", range(4))
def test_both_counts_agree_whose_surplus_of_equal_ones_passes_on_first(
    ties: list[str], seed: int
) -> None:
    papers = {(0, 2): 10, (1, 3): 10, (2,): 3, (3,): 3, (4,): 1}
    rules = {"method": "stv", "stop": "majority", "bulk_exclusion": False, "ties": ties,
             "percentages": "continuing"}  # fmt: skip
    election = Election(NAMES[:5], {"member": papers}, {"member": 0}, frozenset(), rules, 3)

    theirs, lots = settled(election, seed)

    assert theirs["stages"][0]["tie"]["for"] == "surplus"
    assert lots >= 1
    assert write(figures(election.ours())) == write(figures(theirs))


def test_the_other_elections_are_of_every_kind() -> None:
    elections = [drawn_otherwise(seed) for seed in range(ELECTIONS, 2 * ELECTIONS)]
    counted = [settled(election, seed)[0] for seed, election in enumerate(elections, ELECTIONS)]
    ties = [stage["tie"] for sheet in counted for stage in sheet["stages"] if stage["tie"]]

    kinds = [{"weights", "points", "floor"} & one.rules.keys() for one in elections]
    assert all(kind in kinds for kind in (set(), {"weights"}, {"points"}, {"points", "floor"}))
    assert {one.places for one in elections} == {1, 2, 3}
    assert {tie["for"] for tie in ties} >= {"exclusion", "election"}
    assert any("elected_by" in stage and isinstance(stage["elected_by"], dict)
               and len(stage["elected_by"]) > 1 for one in counted for stage in one["stages"])


def test_the_elections_are_of_every_kind() -> None:
    elections = [drawn(seed) for seed in range(ELECTIONS)]
    counted = [settled(election, seed) for seed, election in enumerate(elections)]
    ties = [stage["tie"] for sheet, _ in counted for stage in sheet["stages"] if stage["tie"]]

    assert {len(one.candidates) for one in elections} == {2, 3, 4, 5, 6}
    assert {len(one.papers) for one in elections} == {1, 2, 3, 4}
    assert {(one.rules["method"], one.rules["stop"]) for one in elections} == {
        (method, stop) for method in ("av", "plurality") for stop in ("majority", "two")
    }
    assert {tie["settled_by"] for tie in ties} == {"earlier-stages", "lot"}
    assert {tie["for"] for tie in ties} == {"exclusion", "election"}
    assert any(lots > 1 for _, lots in counted)
    assert any(one.withdrawn for one in elections)
    assert any(NAMES[-1] in sheet["elected"] for sheet, _ in counted)
    lengths = {len(ranking) for one in elections for papers in one.papers.values()
               for ranking in papers}  # fmt: skip
    assert lengths == set(range(7))
