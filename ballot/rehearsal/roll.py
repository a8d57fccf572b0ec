"""The synthetic roll of a rehearsal: people who do not exist, by section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ballot.rehearsal.outcome import Listener, now
from ballot.rehearsal.plan import Plan, section_codes, section_name, voting
from ballot.rehearsal_steps import import_list
from members.services import add_section


def _electors_by_section(plan: Plan) -> dict[str, int]:
    """Electors a section: its papers, and its share of those who do not vote."""
    papers = {
        section.name: section.valid + section.blank for section in voting(plan)
    }
    spare = max(plan.electors - sum(papers.values()), 0)
    total = sum(papers.values())
    electors = {name: number + spare * number // total for name, number in papers.items()}
    first = next(iter(electors))
    electors[first] += max(plan.electors - sum(electors.values()), 0)
    return electors


def import_roll(plan: Plan, *, by: int, listener: Listener) -> None:
    """Make the sections, and import a list that fills each."""
    electors = _electors_by_section(plan)
    codes = section_codes(plan)
    for name in electors:
        add_section(codes[name], name=section_name(name), by=by, now=now())
    listener.report(total=sum(electors.values()), unit="rows")
    import_list(_roll_file(electors, codes), file_name="rehearsal.csv", by=by, now=now(),
                report=listener.report)


def _roll_file(electors: Mapping[str, int], codes: Mapping[str, str]) -> Iterator[bytes]:
    """A list of people who do not exist, in the documented form."""
    yield b"number,given_name,family_name,email,postcode,section,joined_on,standing\n"
    number = 0
    for name, size in electors.items():
        code = codes[name]
        for first in range(0, size, 10_000):
            lines = [
                f"R{number + place + 1:07d},Elector,Number {number + place + 1},"
                f"r{number + place + 1}@rehearsal.invalid,,{code},2015-01-01,good"
                for place in range(min(10_000, size - first))
            ]
            number += len(lines)
            yield ("\n".join(lines) + "\n").encode()
