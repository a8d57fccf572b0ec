"""Gates: what a candidate needs of the nominating bodies, as lines that people can read.

A gate a line; every gate must be met. Within a line `or` parts the ways to meet it, and `and` the
conditions of one way:

    10% of MP
    5% of CLP or 3 of affiliate and 2 of affiliate/union and 5% of the members of affiliate

which is Labour's rule of 2020 (docs/handbook/officer/nominations.md). A condition asks for a number
or a share of the bodies of one kind, of those of one mark among them, or of the members for whom
those bodies stand. A share is of all such bodies on the list, and is met by no less than it.
Not here: whom a body nominates, and by what right. No Django and no floating-point number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

MOST_GATES: Final = 6

_CONDITION: Final = re.compile(
    r"(?P<amount>\d{1,9}(?:\.\d{1,3})?)(?P<percent>\s*%)?\s+of\s+(?P<members>(?:the\s+)?members\s+of\s+)?"
    r"(?P<kind>[^/]+?)(?:\s*/\s*(?P<mark>[^/]+?))?",
    re.IGNORECASE,
)


class GateRefused(ValueError):
    """A line is no gate; `line` is what was written, the message what is wrong with it."""

    def __init__(self, line: str, why: str) -> None:
        self.line = line
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Body:
    """A nominating body as gates see it. members: how many it stands for."""

    kind: str
    members: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """So many bodies of a kind (and mark), or of their members; a share as hundredths of all."""

    amount: Fraction
    is_share: bool
    of_members: bool
    kind: str
    mark: str

    def __str__(self) -> str:
        number = Decimal(self.amount.numerator) / self.amount.denominator
        members = "the members of " if self.of_members else ""
        mark = f"/{self.mark}" if self.mark else ""
        return f"{number}{'%' if self.is_share else ''} of {members}{self.kind}{mark}"

    @property
    def words(self) -> str:
        """As it is told to people: “1 of affiliate with the mark union”."""
        return str(self).replace("/", " with the mark ")

    def counts(self, body: Body) -> bool:
        """Whether a body is one of those that are asked for; capitals do not matter."""
        return body.kind.casefold() == self.kind.casefold() and (
            not self.mark or body.mark.casefold() == self.mark.casefold()
        )

    def total(self, bodies: Iterable[Body]) -> int:
        """How many of the bodies, or of their members, are of what is asked for."""
        return sum(body.members if self.of_members else 1 for body in bodies if self.counts(body))

    def needed(self, everybody: Iterable[Body]) -> int:
        """The least whole number that meets it. 20% of 251 is 50.2, so 51 are needed."""
        if not self.is_share:
            return int(self.amount)
        share = self.amount * self.total(everybody) / 100
        return max(-(-share.numerator // share.denominator), 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A condition with how far a candidate has come."""

    condition: Condition
    has: int
    needed: int

    @property
    def is_met(self) -> bool:
        return self.has >= self.needed


@dataclass(frozen=True, slots=True)
class GateStanding:
    """A gate with how far a candidate has come in each way to meet it."""

    gate: Gate
    ways: tuple[tuple[Standing, ...], ...]

    @property
    def is_met(self) -> bool:
        return any(all(one.is_met for one in way) for way in self.ways)


@dataclass(frozen=True, slots=True)
class Gate:
    """Ways to meet it, any one of which will do; each of conditions, all of which must be met."""

    ways: tuple[tuple[Condition, ...], ...]

    def __str__(self) -> str:
        return " or ".join(" and ".join(str(one) for one in way) for way in self.ways)

    @property
    def words(self) -> str:
        """As it is told to people; what is written down, and on the board, is `str`."""
        return " or ".join(" and ".join(one.words for one in way) for way in self.ways)

    def needed(self, everybody: Sequence[Body]) -> dict[Condition, int]:
        """What each condition asks of anybody. everybody: all bodies on the list."""
        return {one: one.needed(everybody) for way in self.ways for one in way}

    def standing(self, nominators: Sequence[Body], needed: Mapping[Condition, int]) -> GateStanding:
        """How far somebody has come.

        nominators: the bodies that nominate them.  needed: as of all bodies on the list.
        """
        return GateStanding(self, tuple(
            tuple(Standing(one, one.total(nominators), needed[one]) for one in way)
            for way in self.ways
        ))


def read_gates(text: str) -> tuple[Gate, ...]:
    """Read gates, one a line; empty lines are passed over.

    Raises: GateRefused, with the line that is none.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_GATES:
        raise GateRefused(lines[-1], f"A contest has at most {MOST_GATES} gates.")
    return tuple(Gate(tuple(_way(way, line) for way in _parted("or", line))) for line in lines)


def write_gates(gates: Iterable[Gate]) -> list[str]:
    """The gates as lines in one spelling, as they stand in the notice."""
    return [str(gate) for gate in gates]


def kinds_named(gates: Iterable[Gate]) -> set[str]:
    """The kinds of bodies that gates ask for, in the letters of casefold."""
    return {one.kind.casefold() for gate in gates for way in gate.ways for one in way}


def _parted(word: str, text: str) -> list[str]:
    return re.split(rf"\s+{word}\s+", text, flags=re.IGNORECASE)


def _way(text: str, line: str) -> tuple[Condition, ...]:
    return tuple(_condition(part, line) for part in _parted("and", text))


def _condition(text: str, line: str) -> Condition:
    found = _CONDITION.fullmatch(text.strip())
    if found is None:
        raise GateRefused(line, f"“{text.strip()}” is no condition. Write “20% of MP”, “33 of MP” "
                                "or “5% of the members of affiliate”.")
    amount, is_share = Fraction(found["amount"]), found["percent"] is not None
    if amount <= 0 or (is_share and amount > 100):
        raise GateRefused(line, f"“{text.strip()}” asks for nothing, or for more than there is.")
    if not is_share and amount.denominator > 1:
        raise GateRefused(line, f"“{text.strip()}” asks for a part of a body.")
    return Condition(amount, is_share, found["members"] is not None, found["kind"].strip(),
                     (found["mark"] or "").strip())
