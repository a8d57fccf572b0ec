"""What is rehearsed, and what cannot be: a profile of papers, a method, so many electors."""

from __future__ import annotations

from dataclasses import dataclass

from ballot.counting import count
from ballot.counting.errors import CountingError
from ballot.counting.profile import Profile, Section
from ballot.counting.rules import EarlierStages, Rules
from ballot.counting.rules import Method as CountMethod
from ballot.names import clean_line
from ballot.services.legible import LONGEST_LINE


class NotRehearsable(ValueError):
    """A profile that cannot be rehearsed; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is rehearsed.

    electors: how many on the roll; never fewer in a section than it has papers.
    """

    profile: Profile
    method: CountMethod
    electors: int
    quorum: int = 2
    trustees: int = 3
    mixers: int = 2
    processes: int = 1


def require_rehearsable(plan: Plan) -> None:
    """Refuse, before anything is made, a profile that one contest's election cannot repeat.

    Raises: NotRehearsable.
    """
    profile = plan.profile
    if plan.mixers > 1 + plan.trustees:
        raise NotRehearsable("The server mixes once and each trustee once: name more trustees.")
    if not voting(plan):
        raise NotRehearsable("There is no paper in it.")
    if profile.withdrawn:
        raise NotRehearsable("Candidates have withdrawn in it: leave them out of the file.")
    if len(profile.candidates) < 2:
        raise NotRehearsable("Only one candidate stands in it, and there would be no poll.")
    for name in profile.candidates:
        if name != clean_line(name) or len(name) > LONGEST_LINE:
            raise NotRehearsable(f"“{name}” cannot stand on a paper as it is written.")
    names = {section_name(section.name) for section in voting(plan)}
    if len(names) < len(voting(plan)):
        raise NotRehearsable("Give its sections names that differ in their first letters.")
    try:
        count(profile, Rules(plan.method, ties=(EarlierStages(),)))
    except CountingError as refused:
        raise NotRehearsable(f"Its papers cannot be counted: {refused}") from refused


def voting(plan: Plan) -> list[Section]:
    """The sections in which there is a paper."""
    return [one for one in plan.profile.sections if one.valid + one.blank]


def section_name(name: str) -> str:
    """A section's name in the rehearsal: the standard sections have theirs already."""
    return clean_line(f"{name[:48]} (rehearsal)")


def section_codes(plan: Plan) -> dict[str, str]:
    """A code for each section, by its place: its name may be of any script and length."""
    return {
        section.name: f"rehearsal-{place}"
        for place, section in enumerate(plan.profile.sections, start=1)
    }
