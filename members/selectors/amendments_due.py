"""Frozen rolls that a decision on somebody's standing left behind, and the amendment each needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from members.eligibility.deciding import Outcome, Question
from members.models import AmendedEntry, Appeal, Decision, Member, Roll, RollEntry, Verdict
from members.models.amendments import Kind as Amends
from members.models.amendments import Reason
from members.models.decisions import Kind
from members.selectors.decisions import decision
from members.selectors.rolls import standing_rolls
from members.selectors.verdicts import is_entered, judge_today, records_of_person
from office.times import day_words

_STRUCK_FOR: Final[Mapping[str, Reason]] = {
    Kind.SUSPENSION: Reason.EXCLUDED,
    Kind.EXCLUSION: Reason.EXCLUDED,
    Kind.EXPULSION: Reason.EXCLUDED,
    Kind.RESIGNATION: Reason.RESIGNED,
    Kind.DEATH: Reason.DIED,
    Kind.ARREARS: Reason.NOT_ENTITLED,
}


_OF_STANDING: Final = f"{Question.STANDING}:{Outcome.NOT_MET}"


@dataclass(frozen=True, slots=True)
class AtOdds:
    """A frozen roll, after its amendments, that says of a person what it would not say today.

    record: whose entry an amendment strikes off, or whose it adds or restores.
    """

    roll: Roll
    is_on_it: bool
    sentence_today: str
    record: int


def rolls_at_odds(member_id: int) -> list[AtOdds]:
    """The frozen rolls on which a person stands, or does not, and would not, or would, today.

    Asked of the person, not of one record: who is on a roll under another number is on it. Each
    needs an amendment of two officers, or its rule for ballots that were cast already.
    """
    member = Member.objects.get(pk=member_id)
    found = []
    for roll in standing_rolls().filter(destruction__isnull=True):
        is_on_it, record = _place(member, roll_id=roll.pk)
        today = judge_today(member_id, rules_id=roll.rules_id)
        if is_on_it != today.has_vote:
            found.append(AtOdds(roll, is_on_it, today.sentence, record))
    return found


def _place(member: Member, *, roll_id: int) -> tuple[bool, int]:
    """Whether a person is on a roll, and the record that an amendment would be about.

    Who was struck off is restored under the record of their entry; who was never on it is added
    under the one that stands for the person.
    """
    struck = None
    for each in records_of_person(member):
        if is_entered(each.pk, roll_id=roll_id):
            return True, each.pk
        if RollEntry.objects.filter(roll_id=roll_id, member=each).exists():
            struck = each.pk
    return False, struck or member.merged_into_id or member.pk


@dataclass(frozen=True, slots=True)
class AmendmentDue:
    """The amendment that a decision calls for, as it is proposed. The grounds name nobody."""

    member_id: int
    kind: str
    reason: str
    reason_words: str
    grounds: str


def amendment_due(decision_id: int, *, roll_id: int) -> AmendmentDue | None:
    """The amendment of a roll that a decision, or the appeal against it, calls for now.

    None where the roll agrees with it, and where what they differ about is not this decision.
    """
    made = decision(decision_id)
    if made is None or made.decided_at is None:
        return None
    for odds in rolls_at_odds(made.member_id):
        if odds.roll.pk == roll_id:
            return due_of(made, odds)
    return None


def due_of(made: Decision, odds: AtOdds) -> AmendmentDue | None:
    takes_away = made.kind != Kind.REINSTATEMENT and made.ended_at is None
    if takes_away != odds.is_on_it:
        return None
    if not takes_away and not _kept_them_off(made, odds):
        return None
    reason = _STRUCK_FOR[made.kind] if takes_away else Reason.REINSTATED
    kind = Amends.REMOVE if takes_away else Amends.ADD
    return AmendmentDue(
        odds.record, kind.value, reason.value, str(reason.label), _grounds(made)
    )


def _kept_them_off(made: Decision, odds: AtOdds) -> bool:
    """Whether what ended is why the person is not on the roll, and ended after that was settled.

    The last word of an amendment about them, where there is one, else the verdicts of the freeze:
    who was struck off as a double, or not paid up, is not restored because of an old suspension.
    """
    is_reinstatement = made.kind == Kind.REINSTATEMENT
    ended = made.decided_at if is_reinstatement else made.ended_at
    if ended is None:
        return False
    line = (
        AmendedEntry.objects.filter(entry__roll=odds.roll, entry__member=odds.record)
        .exclude(change=AmendedEntry.Change.CORRECTED)
        .select_related("amendment")
        .order_by("-amendment__number")
        .first()
    )
    if line is not None:
        reasons = set(_STRUCK_FOR.values()) if is_reinstatement else {_STRUCK_FOR[made.kind]}
        return line.amendment.reason in reasons and ended >= line.amendment.made_at
    records = records_of_person(made.member)
    kept_off = Verdict.objects.filter(roll=odds.roll, member__in=records, rule=_OF_STANDING)
    return ended >= odds.roll.frozen_at and kept_off.exists()


def _grounds(made: Decision) -> str:
    appeal = Appeal.objects.filter(decision=made, outcome=Appeal.Outcome.UPHELD).first()
    label = Kind(made.kind).label
    if appeal is not None and appeal.decided_at is not None:
        return f"Appeal against decision {made.pk} ({label}), upheld {_day(appeal.decided_at)}."
    if made.kind != Kind.REINSTATEMENT and made.ended_at is not None:
        return f"Decision {made.pk} ({label}) ceased to stand {_day(made.ended_at)}."
    if made.decided_at is None:
        raise ValueError("a decision that was not made is no ground for an amendment")
    return f"Decision {made.pk} ({label}), approved {_day(made.decided_at)}."


def _day(moment: datetime) -> str:
    return f"on {day_words(moment)}"
