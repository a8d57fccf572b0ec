"""What a declaration says, and the sums that it must give before it can be published.

Made from the counts and from the reconciliation as it stands on the board. `require_sums` reads the
finished content alone, as anybody will: what it refuses is never proposed, approved or published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from ballot.counting.shown import NOTHING, percent
from ballot.mapping.notice import contest_code
from ballot.models import Contest, Election, TurnoutBase
from ballot.selectors import standing
from ballot.services.as_published import newest
from ballot.showing.wording import how_many
from ballot.who_stands import is_reopening
from office.refusal import Refusal

Content = dict[str, Any]
Counted = Mapping[int, tuple[Content, str]]
"""Contest's id → its sheet, and what became of the second count."""


def declared_content(election: Election, counts: Counted, *, version: int) -> Content:
    """What is declared of every contest, and of every section.

    counts: of every contest that went to a poll.
    """
    polled = bool(counts)
    sections = newest(election, "reconciliation")["sections"] if polled else []
    told = [
        {
            name: one[name]
            for name in ("ballots", "code", "counted", "issued", "marks", "set_aside")
        }
        for one in sections
    ]
    return {
        "contests": [
            _contest(contest, counts.get(contest.pk), told)
            for contest in election.contests.order_by("position")
        ],
        "sections": told,
        "version": version,
    }


def _contest(
    contest: Contest, counted: tuple[Content, str] | None, sections: list[Content]
) -> Content:
    told: Content = {"code": contest_code(contest), "title": contest.title}
    if counted is None:
        return told | {"elected": [one.name for one in standing(contest)], "unopposed": True}
    sheet, second = counted
    return told | {
        "elected": sheet["elected"],
        "nominations_reopen": is_reopening(contest, sheet["elected"]),
        "second_count": second,
        "sheet": sheet,
        "turnout": _turnout(contest, sheet, sections),
        "unopposed": False,
    }


def _turnout(contest: Contest, sheet: Content, sections: list[Content]) -> Content:
    """The turnout by the notice's base: who voted, or valid papers, of the papers issued."""
    base = contest.election.turnout_base
    issued = sum(one["issued"] for one in sections)
    voted = sum(one["marks"] for one in sections)
    part = sheet["valid"] if base == TurnoutBase.VALID else voted
    return {"base": base, "issued": issued, "part": part, "percent": share(part, issued)}


def share(part: int, whole: int) -> str:
    """A share with one decimal, a half rounded up; of nothing, a dash (counting §7.8)."""
    return percent(Fraction(part, whole)) if whole else NOTHING


def require_sums(content: Content) -> None:
    """Refuse content whose figures do not add up, naming every sum that does not hold."""
    wrong = list(_wrong_sums(content))
    if wrong:
        raise Refusal(
            "declaration.sums",
            f"The figures do not add up, and nothing is published: {' '.join(wrong)}",
        )


def _wrong_sums(content: Content) -> Iterator[str]:
    counted = sum(one["counted"] for one in content["sections"])
    for section in content["sections"]:
        if not 0 <= section["set_aside"] <= section["ballots"] <= section["marks"]:
            yield f"Section {section['code']} has more ballots than voters."
        if not section["counted"] + section["set_aside"] <= section["marks"] <= section["issued"]:
            yield f"Section {section['code']} has more voters than papers were issued."
    for contest in content["contests"]:
        if not contest["unopposed"]:
            yield from (f"{contest['title']}: {what}" for what in _wrong_in(contest, counted))


def _wrong_in(contest: Content, counted: int) -> Iterator[str]:
    sheet = contest["sheet"]
    papers = sheet["valid"] + sheet["blank"] + sheet["rejected"]
    if papers != counted:
        yield f"{how_many(papers, 'paper')} came out of the boxes, and {counted} went in."
    for kind in ("valid", "blank", "rejected"):
        if sum(section[kind] for section in sheet["sections"]) != sheet[kind]:
            yield f"the {kind} papers by section are not {sheet[kind]}."
    # Under `stv` the figures of sections are rounded apart from the whole (counting §13.7).
    is_whole = sheet["method"] != "stv"
    for number, stage in enumerate(sheet["stages"], start=1):
        yield from _wrong_at(stage, number, sheet["valid"])
        if is_whole:
            yield from _wrong_by_section(stage, number)
    if contest["elected"] != sheet["elected"] or not sheet["elected"]:
        yield "the sheet elects another."


def _wrong_at(stage: Content, number: int, valid: int) -> Iterator[str]:
    figures = [*stage["votes"].values(), stage["exhausted"]]
    if sum(map(Fraction, figures)) != valid:
        yield f"votes and exhausted papers of stage {number} are not {valid}."


def _wrong_by_section(stage: Content, number: int) -> Iterator[str]:
    sections = list(stage["sections"].values())
    for name, votes in stage["votes"].items():
        if sum(section["votes"][name] for section in sections) != votes:
            yield f"the votes of {name} at stage {number} are not those of the sections."
    if sum(section["exhausted"] for section in sections) != stage["exhausted"]:
        yield f"the exhausted papers of stage {number} are not those of the sections."
