"""Why a person is, or is not, on a roll, in words; and what it would be today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from members.eligibility import Facts, Rules, Value, decide_person, facts_used, sentence
from members.eligibility.deciding import ELIGIBLE
from members.mapping import (
    ENTERED_ELSEWHERE,
    facts_of_member,
    facts_of_verdict,
    named_facts,
    names_in_facts,
    record_of_member,
    rules_of_row,
)
from members.models import AmendedEntry, Member, RollEntry, Verdict
from members.models.amendments import Reason
from members.selectors.amendments import is_struck
from members.selectors.rules import rules_of


@dataclass(frozen=True, slots=True)
class Why:
    """The verdict on one record of a member, for a person to read.

    votes_as: the person's other record, under which they are on the roll, if there is one;
              then they vote, though this record by itself does not.
    """

    eligible: bool
    rule: str
    sentence: str
    facts: Mapping[str, Value]
    votes_as: Member | None = None

    @property
    def has_vote(self) -> bool:
        """Whether the person votes, under this record or another."""
        return self.eligible or self.votes_as is not None


_NOT_THERE = "This number was not on the membership list when the roll was frozen."


def why(member_id: int, *, roll_id: int) -> Why | None:
    """Why a member is, or is not, on a roll: from the verdict stored at the freeze.

    None where neither this record nor another of the person's was on the membership list, now or
    once, when it was frozen. An amendment since comes before the verdict; one of the person's other
    record, before a verdict that does not let this one vote.
    """
    own = _amended([member_id], roll_id=roll_id)
    told = own or _as_frozen(member_id, roll_id=roll_id)
    if told is not None and told.eligible:
        return told
    others = other_records(member_id)
    if own is None:
        told = _amended(others, roll_id=roll_id) or told
    live = next((each for each in others if is_entered(each, roll_id=roll_id)), None)
    votes_as = Member.objects.select_related("section").get(pk=live) if live else None
    if told is None and votes_as is None:
        return None
    if told is None:
        return Why(False, ENTERED_ELSEWHERE, _NOT_THERE, {}, votes_as)
    rule = ENTERED_ELSEWHERE if told.eligible else told.rule
    return replace(told, eligible=False, rule=rule, votes_as=votes_as)


def other_records(member_id: int) -> list[int]:
    """The keys of the other records of this member's person; none of somebody who is not there."""
    member = Member.objects.filter(pk=member_id).first()
    if member is None:
        return []
    return [each.pk for each in records_of_person(member) if each.pk != member_id]


def is_entered(member_id: int, *, roll_id: int) -> bool:
    """Whether a record has an entry on a roll that is not struck off."""
    entries = RollEntry.objects.filter(roll_id=roll_id, member_id=member_id)
    return any(not is_struck(entry) for entry in entries)


def _as_frozen(member_id: int, *, roll_id: int) -> Why | None:
    verdict = (
        Verdict.objects.select_related("section", "unit", "roll__rules", "entered_as__section")
        .filter(roll_id=roll_id, member_id=member_id)
        .first()
    )
    if verdict is None:
        return None
    rules = rules_of_row(verdict.roll.rules)
    names = names_in_facts(verdict)
    return _told(verdict.rule, facts_of_verdict(verdict), rules, names, verdict.entered_as)


def _amended(members: Sequence[int], *, roll_id: int) -> Why | None:
    """What the last amendment that added, restored or struck off one of these records says."""
    line = (
        AmendedEntry.objects.select_related("amendment")
        .filter(entry__roll_id=roll_id, entry__member_id__in=members)
        .exclude(change=AmendedEntry.Change.CORRECTED)
        .order_by("-amendment__number")
        .first()
    )
    if line is None:
        return None
    is_on = line.change != AmendedEntry.Change.STRUCK
    words = (
        f"{'Added to' if is_on else 'Struck off'} the roll after it was frozen, by its amendment "
        f"{line.amendment.number}: {Reason(line.amendment.reason).label.lower()}."
    )
    rule = ELIGIBLE if is_on else f"amended:{line.amendment.reason}"
    return Why(is_on, rule, words, {})


def judge_today(member_id: int, *, rules_id: int) -> Why:
    """What the verdict on a member would be if the roll were frozen as the list stands now."""
    found = Member.objects.select_related("section", "unit").get(pk=member_id)
    rules = rules_of(rules_id)
    person = {each.pk: each for each in records_of_person(found)}
    verdicts = decide_person(map(record_of_member, person.values()), rules)
    verdict = verdicts[found.pk]
    entered = next((person[key] for key, each in verdicts.items() if each.eligible), None)
    elsewhere = entered if entered != found else None
    facts = replace(facts_of_member(found), entered=verdict.rule != ENTERED_ELSEWHERE)
    return _told(verdict.rule, facts, rules, names_in_facts(found), elsewhere)


def records_of_person(member: Member) -> list[Member]:
    """Every record of the person whom a member's record stands for, that one among them."""
    person = member.merged_into_id or member.pk
    rows = Member.objects.filter(Q(pk=person) | Q(merged_into_id=person))
    return list(rows.select_related("section", "unit").order_by("section__precedence", "pk"))


def _told(
    rule: str, facts: Facts, rules: Rules, names: Mapping[str, str], votes_as: Member | None
) -> Why:
    used = named_facts(facts_used(rule, facts, rules), names)
    return Why(rule == ELIGIBLE, rule, sentence(rule, facts, rules, names), used, votes_as)
