"""Why a person is, or is not, on a roll, in words; and what it would be today."""

from __future__ import annotations

from collections.abc import Mapping
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
from members.models import AmendedEntry, Member, Verdict
from members.models.amendments import Reason
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


def why(member_id: int, *, roll_id: int) -> Why | None:
    """Why a member is, or is not, on a roll: from the verdict stored at the freeze.

    None where the member was not on the membership list, now or once, when it was frozen. An
    amendment since comes before the verdict.
    """
    since = _amended(member_id, roll_id=roll_id)
    if since is not None:
        return since
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


def _amended(member_id: int, *, roll_id: int) -> Why | None:
    """What the last amendment that added, restored or struck off this member says."""
    line = (
        AmendedEntry.objects.select_related("amendment")
        .filter(entry__roll_id=roll_id, entry__member_id=member_id)
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
