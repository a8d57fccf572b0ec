"""The membership list, whom the rules keep off the roll, and the freeze."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from ballot.management.replay.hours import hour
from ballot.management.replay.play import KEEPER, KEEPER_AND_OFFICER, TWO, Play
from ballot.rehearsal_steps import import_list
from ballot.selectors import roll_of
from ballot.services.freeze_roll import freeze_roll
from members.selectors import electors_amended, member_numbered, statement_of
from members.services import add_section, propose_standing
from office.kinds import Work
from office.selectors import waiting_approval
from office.services.approvals import approve_act

COLUMNS: Final = (
    "number,given_name,family_name,email,address_1,postcode,section,unit,joined_on,paid_until,"
    "standing"
)
ON_PAPER: Final = 50
"""One member in so many has no e-mail address, and is written to by post."""
DUMMIES: Final = 24
"""Electors of the rehearsal of a withdrawal, in a section of their own."""
REHEARSAL: Final = "rehearsal"
_FIRST: Final = {"member": "A", "affiliated": "B", "registered": "C"}


def freeze(play: Play) -> None:
    """Import the list, exclude who is not on the electoral register, and freeze the roll."""
    figures = play.figures
    play.journal.begin(
        "The roll",
        "The list has everybody who might have voted: members in arrears and members who joined "
        "after the freeze date as well, whom the rules keep off, and registered supporters who "
        "were not found on the electoral register, each excluded by a decision with its reason. "
        "Members who joined late were admitted by the High Court and refused by the Court of "
        "Appeal, ten days before the dispatch: what stands is the second judgment’s rule.",
    )
    with play.act(hour(8, 17, 9), KEEPER, "Import the membership list") as now:
        add_section(REHEARSAL, name="Rehearsal", by=play.staff["keeper"], now=now)
        import_list(iter([_list(play)]), file_name="members-2016.csv", by=play.staff["keeper"],
                    now=now)
    words = f"Exclude {figures.not_on_register} who are not on the electoral register, one by one"
    with play.act(hour(8, 18, 9), KEEPER_AND_OFFICER, words) as now:
        for number in numbers("X", figures.not_on_register):
            decide(play, number, kind="exclusion", reason="not-on-register", now=now,
                   evidence="Not found at the address given; no answer within 72 hours.")
        told = play.send_waiting()
    play.journal.expect("notices of these decisions sent", figures.not_on_register, told)
    with play.act(hour(8, 19, 9), TWO, "Freeze the roll") as now:
        play.two("freeze_roll", now=now)
        play.work("freeze_roll", lambda work: _freeze(work, now=now))
    _compare(play)


def numbers(first: str, size: int) -> list[str]:
    """Membership numbers of one kind of people, in their order."""
    return [f"{first}{number:06d}" for number in range(1, size + 1)]


def is_on_paper(number: str) -> bool:
    """Whether an elector has no e-mail address: some of the members on the roll."""
    return number.startswith(_FIRST["member"]) and int(number[1:]) % ON_PAPER == 0


def _list(play: Play) -> bytes:
    figures = play.figures
    lines = [COLUMNS]
    for section, first in _FIRST.items():
        on_roll = numbers(first, figures.on_frozen_roll(section))
        lines += _lines(on_roll, section, joined="2015-05-01", paid="2016-12-31")
    lines += _lines(numbers("L", figures.joined_late), "member", joined="2016-03-01",
                    paid="2016-12-31")
    lines += _lines(numbers("U", figures.in_arrears), "member", joined="2015-05-01",
                    paid="2016-02-28")
    lines += _lines(numbers("X", figures.not_on_register), "registered", joined="2016-07-19",
                    paid="")
    lines += _lines(numbers("Z", DUMMIES), REHEARSAL, joined="2015-05-01", paid="2016-12-31")
    return ("\n".join(lines) + "\n").encode()


def _lines(people: Sequence[str], section: str, *, joined: str, paid: str) -> Iterator[str]:
    for place, number in enumerate(people):
        email = "" if is_on_paper(number) else f"{number.lower()}@replay.invalid"
        unit = f"Constituency party {place % 12 + 1}" if section == "member" else ""
        yield (f"{number},Elector,Number {number},{email},{place + 1} Inkle Row,QA1 2BD,{section},"
               f"{unit},{joined},{paid},good")


def decide(
    play: Play, number: str, *, kind: str, reason: str, evidence: str, now: datetime
) -> int:
    """One decision on one person’s standing, proposed by the administrator, made by an officer.

    Returns the decision's id.
    """
    member = member_id(number)
    decision = propose_standing(member, kind=kind, reason=reason, evidence=evidence,
                                by=play.staff["keeper"], now=now)
    approval = waiting_approval("decide_standing", subject=("member", str(member)), now=now)
    if approval is None:
        raise LookupError(f"no proposal waits for {number}")
    approve_act(approval.pk, by=play.officer, now=now)
    return decision


def member_id(number: str) -> int:
    member = member_numbered(number)
    if member is None:
        raise LookupError(f"nobody has the number {number}")
    return member.pk


def _freeze(work: Work, *, now: datetime) -> None:
    freeze_roll(int(work.subject_id), now=now, report=work.report, **work.parameters)


def _compare(play: Play) -> None:
    figures, expect = play.figures, play.journal.expect
    roll = roll_of(play.election).pk
    frozen = {one.code: one.frozen for one in electors_amended(roll)}
    for section in figures.issued:
        expect(f"electors on the frozen roll: {section}", figures.on_frozen_roll(section),
               frozen.get(section))
    removed: Counter[str] = Counter()
    for told in statement_of(roll).sections:
        for one in told.removed:
            removed[f"{told.code}, {one.rule}"] += one.people
    asked = {
        "member, joined:not_met": figures.joined_late, "member, paid:not_met": figures.in_arrears,
        "registered, standing:not_met": figures.not_on_register,
        "rehearsal, section:not_met": DUMMIES,
    }
    for rule, people in asked.items():
        expect(f"kept off the roll: {rule}", people, removed.pop(rule, 0))
    expect("kept off it by any other rule", 0, removed.total())
