"""Why a person is, or is not, on a roll, in words; and what it would be today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from members.eligibility import Value, decide, facts_used, sentence
from members.eligibility.deciding import ELIGIBLE
from members.mapping import (
    facts_of_member,
    facts_of_verdict,
    named_facts_of_member,
    rules_of_row,
)
from members.models import AmendedEntry, Member, Verdict
from members.models.amendments import Reason
from members.models.people import Standing
from members.selectors.people import display_names
from members.selectors.rules import rules_of


@dataclass(frozen=True, slots=True)
class Why:
    """The verdict on one member, for a person to read."""

    eligible: bool
    rule: str
    sentence: str
    facts: Mapping[str, Value]


def why(member_id: int, *, roll_id: int) -> Why | None:
    """Why a member is, or is not, on a roll: from the verdict stored at the freeze.

    None where the member was not on the membership list, now or once, when it was frozen. An
    amendment since comes before the verdict.
    """
    since = _amended(member_id, roll_id=roll_id)
    if since is not None:
        return since
    verdict = (
        Verdict.objects.select_related("section", "unit", "roll__rules")
        .filter(roll_id=roll_id, member_id=member_id)
        .first()
    )
    if verdict is None:
        return None
    facts = facts_of_verdict(verdict)
    rules = rules_of_row(verdict.roll.rules)
    words = sentence(verdict.rule, facts, rules, dict(Standing.choices))
    used = facts_used(verdict.rule, facts, rules)
    return Why(verdict.rule == ELIGIBLE, verdict.rule, words, used)


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
    verdict = decide(facts_of_member(found), rules)
    named = named_facts_of_member(found)
    words = sentence(verdict.rule, named, rules, display_names())
    return Why(verdict.eligible, verdict.rule, words, facts_used(verdict.rule, named, rules))
