"""A second count, slow and plain, that shares nothing with ballot/counting but its results.

One paper at a time, from the beginning at every stage, over names instead of positions; the answer
is in the form of the JSON sheet (counting §10.1), without the details of ties.
"""

from __future__ import annotations

from collections import Counter


class Tied(Exception):
    """No rule settles a tie; carries the tied names."""

    def __init__(self, tied):
        super().__init__(tied)
        self.tied = set(tied)


def count_naively(papers, standing, *, method="av", ties=(), stop="majority"):
    """papers: a list of lists of names; ties: "earlier-stages" or a list of names as drawn."""
    papers = [paper for paper in papers if paper]
    if method == "plurality":
        return _plurality(papers, standing, ties)
    stages, out = [], set()
    while True:
        continuing = [name for name in standing if name not in out]
        votes, exhausted = _sort(papers, continuing)
        stage = {"votes": votes, "exhausted": exhausted, "excluded": []}
        stages.append(stage)
        winner = _winner(votes, stop)
        if winner:
            return {"valid": len(papers), "stages": stages, "elected": [winner]}
        loser = _loser(stages, ties)
        stage["excluded"] = [loser]
        out.add(loser)
        if len(continuing) == 2:
            winner = next(name for name in continuing if name != loser)
            return {"valid": len(papers), "stages": stages, "elected": [winner]}


def _sort(papers, continuing):
    piles = Counter(
        next((name for name in paper if name in continuing), None) for paper in papers
    )
    return {name: piles[name] for name in continuing}, piles[None]


def _winner(votes, stop):
    if len(votes) == 1:
        return next(iter(votes))
    if stop == "two" and len(votes) > 2:
        return None
    for name, number in votes.items():
        if number > sum(votes.values()) - number:
            return name
    return None


def _loser(stages, ties):
    votes = stages[-1]["votes"]
    tied = {name for name in votes if votes[name] == min(votes.values())}
    for rule in ties:
        if len(tied) == 1:
            break
        if rule == "earlier-stages":
            for earlier in stages[:-1]:
                fewest = min(earlier["votes"][name] for name in tied)
                tied = {name for name in tied if earlier["votes"][name] == fewest}
        elif drawn := [name for name in rule if name in tied]:
            tied = {drawn[0]}
    if len(tied) > 1:
        raise Tied(tied)
    return tied.pop()


def _plurality(papers, standing, ties):
    votes, exhausted = _sort(papers, standing)
    tied = {name for name in votes if votes[name] == max(votes.values())}
    for rule in ties:
        if rule != "earlier-stages" and len(tied - set(rule)) <= 1:
            for name in rule:
                if len(tied) > 1:
                    tied.discard(name)
    if len(tied) > 1:
        raise Tied(tied)
    stage = {"votes": votes, "exhausted": exhausted, "excluded": []}
    return {"valid": len(papers), "stages": [stage], "elected": list(tied)}
