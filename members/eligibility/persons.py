"""One person, one entry: which of somebody's records on the list they vote under.

A member who is also an affiliated supporter has two records, and one vote. Every record is
decided by itself; of those that may vote, the one in the section with the lowest precedence
number is entered, and between two of one section the one that was listed first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from members.eligibility.deciding import Facts, Verdict, decide
from members.eligibility.rules import Rules


@dataclass(frozen=True, slots=True)
class Record:
    """One of a person's records: its id, its section's precedence, and the facts of it."""

    id: int
    precedence: int
    facts: Facts


def decide_person(records: Iterable[Record], rules: Rules) -> dict[int, Verdict]:
    """Decide all records of one person together: the verdict on each, by its id.

    At most one is eligible. What stands in Facts.entered is not believed but worked out.
    """
    given = {each.id: replace(each, facts=replace(each.facts, entered=True)) for each in records}
    verdicts = {number: decide(each.facts, rules) for number, each in given.items()}
    eligible = [given[number] for number, verdict in verdicts.items() if verdict.eligible]
    for passed_over in sorted(eligible, key=_in_order)[1:]:
        facts = replace(passed_over.facts, entered=False)
        verdicts[passed_over.id] = decide(facts, rules)
    return verdicts


def _in_order(record: Record) -> tuple[int, int]:
    return record.precedence, record.id
