"""A second count by the single transferable vote, slow and plain, one paper at a time.

Each paper keeps its history: what it left with whom. Shares nothing with ballot/counting.
"""

from __future__ import annotations

from fractions import Fraction

from tests.counting.naive import Tied


class _Paper:
    def __init__(self, ranking):
        self.ranking = ranking
        self.left = []  # (with whom, value)
        self.value = Fraction(1)
        self.holder = None

    def move(self, hopeful):
        self.holder = next((name for name in self.ranking if name in hopeful), "nobody")


def count_stv_naively(papers, standing, places, ties=()):
    """papers: lists of names; ties: "earlier-stages" or a list of names as drawn.

    Returns each stage's votes by name and exhausted value, and who is elected in order.
    """
    papers = [_Paper(ranking) for ranking in papers if ranking]
    out, elected, spent = set(), [], set()
    for paper in papers:
        paper.move(standing)
    stages = [_totals(papers, standing)]
    quota = (sum(stages[0][0].values())) // (places + 1) + 1
    while True:
        votes = stages[-1][0]
        hopeful = [name for name in standing if name not in out and name not in elected]
        won = [name for name in hopeful if votes[name] >= quota]
        elected += sorted(won, key=lambda name: (-votes[name], standing.index(name)))
        hopeful = [name for name in hopeful if name not in won]
        if len(hopeful) + len(elected) <= places:
            elected += sorted(hopeful, key=lambda name: (-votes[name], standing.index(name)))
            return stages, elected
        if len(elected) == places:
            return stages, elected
        over = {n: votes[n] for n in elected if n not in spent and votes[n] > quota}
        if over:
            name = _pick(over, max, stages, ties)
            spent.add(name)
            kept = Fraction(quota) / votes[name]
            for paper in papers:
                if paper.holder == name:
                    paper.left.append((name, paper.value * kept))
                    paper.value *= 1 - kept
                    paper.move(hopeful)
        else:
            name = _pick({n: votes[n] for n in hopeful}, min, stages, ties)
            out.add(name)
            hopeful.remove(name)
            if len(hopeful) + len(elected) <= places:
                elected += sorted(hopeful, key=lambda n: (-votes[n], standing.index(n)))
                return stages, elected
            for paper in papers:
                if paper.holder == name:
                    paper.move(hopeful)
        stages.append(_totals(papers, [n for n in standing if n not in out]))


def _totals(papers, names):
    votes = dict.fromkeys(names, Fraction(0))
    exhausted = Fraction(0)
    for paper in papers:
        for name, value in paper.left:
            votes[name] += value
        if paper.holder == "nobody":
            exhausted += paper.value
        else:
            votes[paper.holder] += paper.value
    return votes, exhausted


def _pick(votes, best, stages, ties):
    sought = best(votes.values())
    tied = {name for name in votes if votes[name] == sought}
    for rule in ties:
        if len(tied) == 1:
            break
        if rule == "earlier-stages":
            for earlier, _ in stages[:-1]:
                at_that = best(earlier[name] for name in tied)
                tied = {name for name in tied if earlier[name] == at_that}
        elif set(rule) >= tied:
            drawn = [name for name in rule if name in tied]
            tied = {drawn[0] if best is min else drawn[-1]}
    if len(tied) > 1:
        raise Tied(tied)
    return tied.pop()
