"""Papers for tests: made from a few words, or from the stages that were published."""

from __future__ import annotations

from itertools import pairwise

from ballot.counting import parse_profile, parse_rules

NAMES = ("Ann", "Bob", "Carol", "Dave", "Eve")


def box(*lines, candidates=NAMES[:3], **other):
    """A profile of one section from lines such as "12 Ann Bob"; "3" is three unmarked papers."""
    return parse_profile(candidates, {"all": rankings(lines, candidates)}, **other)


def rankings(lines, candidates=NAMES[:3]):
    found = {}
    for line in lines:
        number, *names = line.split()
        found[tuple(candidates.index(name) for name in names)] = int(number)
    return found


def av(**other):
    return parse_rules({"method": "av"} | other)


def plurality(**other):
    return parse_rules({"method": "plurality"} | other)


def papers_giving(stages):
    """The simplest papers that give published stages: the candidates and the rankings.

    Whoever gains by an exclusion gains from first preferences of the excluded; the other papers of
    the excluded rank nobody else. The published figures are such that this is possible.
    """
    first = stages[0]
    names = tuple(first)
    left = dict(first)
    papers = {}
    for before, after in pairwise(stages):
        excluded = [name for name in names if name in before and name not in after]
        for name in (name for name in names if name in after):
            gained = after[name] - before[name]
            for source in excluded:
                moved = min(gained, left[source])
                left[source] -= moved
                gained -= moved
                papers[names.index(source), names.index(name)] = moved
            assert gained == 0
    return names, papers | {(names.index(name),): number for name, number in left.items()}
