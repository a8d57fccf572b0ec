"""What the eligibility rules can be asked, and what people are told under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from members.eligibility import (
    Rules,
    changes_in_words,
    failing,
    reason_in_words,
    rules_in_words,
    sentence,
)
from members.mapping import rules_of_row
from members.models import EligibilityRules
from members.selectors.people import display_names


def rules_of(rules_id: int) -> Rules:
    """The rules of a stored version, as the core reads them."""
    return rules_of_row(EligibilityRules.objects.get(pk=rules_id))


def rules_told(rules_id: int) -> tuple[str, ...]:
    """Each rule of a stored version as a sentence, with sections and units by their names."""
    return rules_in_words(rules_of(rules_id), display_names())


def verdict_examples(rules_id: int) -> list[tuple[str, str]]:
    """What somebody is told whom each of these rules keeps out: reason, and the sentence."""
    rules = rules_of(rules_id)
    names = display_names()
    return [
        (reason_in_words(rule), sentence(rule, facts, rules, names).removeprefix("Not eligible: "))
        for rule, facts in failing(rules)
    ]


def rules_rows() -> QuerySet[EligibilityRules]:
    return EligibilityRules.objects.select_related("written_by").order_by("name", "-version")


def version_of(name: str, version: int | None = None) -> EligibilityRules | None:
    """One version of the rules of this name, or their newest."""
    rows = rules_rows().filter(name=name)
    return (rows if version is None else rows.filter(version=version)).first()


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """One version of some rules, and in sentences what it changed of the one before."""

    row: EligibilityRules
    dropped: tuple[str, ...]
    added: tuple[str, ...]


def rules_versions(rows: Sequence[EligibilityRules]) -> list[RulesVersion]:
    """Versions in the order given, each with what it changed; of a first version, nothing."""
    names = display_names()
    read = {(row.name, row.version): rules_of_row(row) for row in rows}
    told = []
    for row in rows:
        before = read.get((row.name, row.version - 1))
        changed = changes_in_words(before, read[row.name, row.version], names) if before else ()
        dropped, added = changed or ((), ())
        told.append(RulesVersion(row, dropped, added))
    return told
