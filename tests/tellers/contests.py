"""Small contests, given to both counts: as the tellers take papers, and as the core does."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, permutations
from typing import Any

from ballot.counting import count, parse_profile, parse_rules
from ballot.counting.events import Count
from ballot.counting.profile import Profile
from ballot.counting.sheet import full_document
from ballot.tellers import Opened

NAMES = ("Ann", "Bob", "Carol", "Dave", "Eve")
Ranking = tuple[int, ...]


@dataclass(frozen=True)
class Contest:
    """One contest. boxes: name → ranking by places on the paper → papers; rules: as data."""

    names: tuple[str, ...]
    boxes: Mapping[str, Mapping[Ranking, int]]
    rules: Mapping[str, Any]
    places: int = 1
    withdrawn: frozenset[int] = frozenset()
    rejected: Mapping[str, int] = field(default_factory=dict)

    def opened(self) -> Opened:
        """The papers as rows of the number that each ranking has (sealing §4.1)."""
        size = len(self.names)
        every = chain.from_iterable(permutations(range(size), n) for n in range(size + 1))
        number = {ranking: place for place, ranking in enumerate(every)}
        rows = {
            box: [(number[ranking], papers) for ranking, papers in told.items()]
            for box, told in self.boxes.items()
        }
        withdrawn = [self.names[place] for place in sorted(self.withdrawn)]
        return Opened(
            self.names, size, rows, self.rules, self.rejected, withdrawn, self.places
        )

    def counted(self) -> Count:
        """The core's count. Raises: UnsettledTie."""
        profile = parse_profile(
            self.names, self.boxes, withdrawn=self.withdrawn, rejected=self.rejected,
            places=self.places,
        )
        return count(profile, parse_rules(self.rules))

    def sheet(self) -> dict[str, Any]:
        """The sheet of the core's count. Raises: UnsettledTie."""
        sheet: dict[str, Any] = full_document(self.counted())
        return sheet


def of_profile(profile: Profile, *, rules: Mapping[str, Any], places: int = 1) -> Contest:
    """The papers of a file, as a contest by these rules."""
    boxes = {
        section.name: dict(section.papers) | ({(): section.blank} if section.blank else {})
        for section in profile.sections
    }
    return Contest(profile.candidates, boxes, rules, places)


def contest(*lines: str, rules: Mapping[str, Any], candidates: int = 3, **other: Any) -> Contest:
    """A contest from lines such as "north: 3 Ann Bob"; "north: 2" are two unmarked papers."""
    boxes: dict[str, dict[Ranking, int]] = {}
    for line in lines:
        box, _, told = line.partition(": ")
        papers, *ranked = told.split()
        ranking = tuple(NAMES.index(name) for name in ranked)
        boxes.setdefault(box, {})[ranking] = int(papers)
    return Contest(NAMES[:candidates], boxes, rules, **other)


def made_up(seed: str, *, kind: str) -> Contest:
    """A contest of a kind, with 1 to 4 boxes of few papers, so that ties are frequent.

    kind: `plurality`, `av`, `weights`, `points` or `stv`. The same seed gives the same contest.
    """
    chance = random.Random(f"{kind} {seed}")
    size = chance.choice([1, 2, 3, 4, 4, 5, 5])
    numbers = chance.choice([[1], [1, 2], [1, 1, 2, 3, 7]])
    boxes = {
        box: _papers(chance, size, numbers)
        for box in ("north", "south", "east", "west")[: chance.choice([1, 1, 2, 3, 4])]
    }
    method = kind if kind in {"plurality", "stv"} else chance.choice(["av", "av", "plurality"])
    if kind == "stv" and size > 3 and chance.choice([True, False]):
        # Two who are alike far ahead of all others: of equal surpluses there are too few by chance.
        boxes["north"] |= {(0, *range(2, size)): 20, (1,): 20}
    rules: dict[str, Any] = {"method": method, "ties": _ties(chance, size)}
    if kind in {"weights", "points"}:
        rules |= _worth(chance, kind, list(boxes))
    else:
        rules["percentages"] = chance.choice(["continuing", "valid"])
    if method == "av":
        rules["stop"] = chance.choice(["majority", "two"])
    return Contest(
        NAMES[:size], boxes, rules,
        places=chance.randint(1, 3) if kind == "stv" else 1,
        withdrawn=frozenset(chance.sample(range(size), chance.choice([0, 0, size // 3]))),
        rejected={box: chance.randint(0, 2) for box in boxes},
    )


def _papers(chance: random.Random, size: int, numbers: list[int]) -> dict[Ranking, int]:
    papers: dict[Ranking, int] = {}
    for _ in range(chance.randint(0, 9)):
        ranking = tuple(chance.sample(range(size), chance.randint(0, size)))
        papers[ranking] = papers.get(ranking, 0) + chance.choice(numbers)
    return papers


def _ties(chance: random.Random, size: int) -> list[Any]:
    everybody = list(range(size))
    lots = [
        {"lot": chance.sample(everybody, size)},
        {"lot": chance.sample(everybody, chance.randint(1, size))},
    ]
    pair = chance.sample(everybody, min(2, size))
    lots.append({"lot": pair[:1], "among": pair})
    first = chance.choice([["earlier-stages"], ["earlier-stages"], []])
    return [*first, *chance.sample(lots, chance.choice([0, 1, 2, 3]))]


def _worth(chance: random.Random, kind: str, boxes: list[str]) -> dict[str, Any]:
    if kind == "weights":
        return {"weights": {box: chance.randint(1, 4) for box in boxes}}
    points: Any = chance.choice([10, {box: chance.randint(5, 12) for box in boxes}])
    return {"points": points} | chance.choice([{}, {"floor": 5}])
