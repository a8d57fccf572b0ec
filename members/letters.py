"""The words of the letters to members: made when a letter is sent, and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from members import selectors
from members.models import Member
from office.letters import words
from office.purposes import Envelope, LetterToSend


def roll_answers(batch: Sequence[LetterToSend], *, now: datetime) -> Mapping[int, Envelope]:
    """The answers to “Am I on the roll?”: on the list or not, and on each roll that stands."""
    envelopes = {}
    for letter in batch:
        member = selectors.people.member(int(letter.recipient.removeprefix("member:")))
        if member is not None and member.email:
            subject, text, html = words("members/letters/roll_answer", _answer(member, now))
            envelopes[letter.letter_id] = Envelope(member.email, subject, text, html)
    return envelopes


def _answer(member: Member, now: datetime) -> dict[str, object]:
    rolls = [
        {"name": roll.name, "frozen_at": roll.frozen_at, "why": why}
        for roll in selectors.rolls.standing_rolls()
        if (why := selectors.verdicts.why(member.pk, roll_id=roll.pk))
    ]
    return {"member": member, "rolls": rolls, "asked_on": now}
