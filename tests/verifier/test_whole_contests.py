"""Whole contests, drawn from a number: cast, mixed, opened and declared by the services.

The verifier, run as a stranger runs it, passes each; and those are declared whom a third count, a
slow one of paper by paper, elects by the papers that were cast.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from ballot.counting import UnsettledTie
from ballot.models import Contest
from ballot.opened_papers import counted
from ballot.selectors import contested, on_paper
from ballot.services.count_papers import record_lot
from tests.ballot.factories import WITNESSES, Run, bring, cast, content, election, entries
from tests.counting.naive import count_naively
from tests.verifier.bundles import failures, verified, written

pytestmark = pytest.mark.django_db

NAMES = ("Ash Amin", "Birch Bell", "Cedar Cox", "Dale Dunn", "Elm Ede")
SECTIONS = ("member", "affiliated", "registered")
ELECTORS = 9


def drawn(rng: random.Random) -> Run:
    """A poll of two contests, in one to three sections, of which the small ones are pooled."""
    size = rng.randint(2, 4)
    return election(
        at="polling",
        electors=ELECTORS,
        sections=SECTIONS[: rng.randint(1, 3)],
        smallest_box=rng.randint(1, 4),
        demonstration=False,
        candidates=NAMES[:size],
        stop=rng.choice(("majority", "two")),
        reopen_nominations=rng.random() < 0.5,
        rankings=(),
        other_contests=({"title": "Deputy", "candidates": NAMES[-2:], "method": "plurality"},),
    )


def cast_some(run: Run, rng: random.Random) -> list[list[list[str]]]:
    """Let most electors vote, each paper of any length; return the papers of each contest."""
    papers: list[list[list[str]]] = []
    rankings: list[list[tuple[int, ...]]] = []
    voters = rng.sample(entries(run), rng.randint(ELECTORS - 3, ELECTORS))
    for contest in contested(run.election):
        names = [one.name for one in on_paper(contest)]
        most = contest.max_preferences or len(names)
        chosen = [tuple(rng.sample(range(len(names)), rng.randint(0, most))) for _ in voters]
        rankings.append(chosen)
        papers.append([[names[place] for place in ranking] for ranking in chosen])
    for voter, *ranked in zip(voters, *rankings, strict=True):
        cast(run, voter, *ranked)
    return papers


def settle(run: Run, contest: Contest, rng: random.Random) -> list[list[int]]:
    """Draw lots for a contest until its count ends; return them, each in the order drawn."""
    lots: list[list[int]] = []
    while True:
        try:
            counted(contest)
            return lots
        except UnsettledTie as tie:
            among = sorted(tie.left)
            lots.append(rng.sample(among, len(among)))
            record_lot(contest.pk, drawn=lots[-1], among=among, witnesses=WITNESSES, **run.by)


def naive(contest: Contest, papers: list[list[str]], lots: list[list[int]]) -> list[str]:
    names = [one.name for one in on_paper(contest)]
    told: dict[str, Any] = count_naively(
        papers,
        names,
        method=contest.method,
        ties=("earlier-stages", *([names[place] for place in lot] for lot in lots)),
        stop=contest.stop,
    )
    return list(told["elected"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_verifier_passes_a_whole_contest_and_it_elects_whom_a_third_count_elects(
    seed: int, tmp_path: Path
) -> None:
    rng = random.Random(seed)
    run = drawn(rng)
    papers = cast_some(run, rng)
    bring(run, to="opened")
    lots = [settle(run, contest, rng) for contest in contested(run.election)]
    bring(run, to="declared")

    report = verified(written(run, tmp_path))

    assert failures(report) == []
    assert report["verdict"] == "PASS"
    declared = [one["elected"] for one in content(run, "declaration")["contests"]]
    assert declared == [
        naive(contest, *known)
        for contest, *known in zip(contested(run.election), papers, lots, strict=True)
    ]
