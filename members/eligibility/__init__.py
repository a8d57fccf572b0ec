"""Who may vote, and why: rules as data, and one decision over a person's facts.

Pure: the day is in the rules, the facts are arguments, and the same facts under the same
rules always have the same verdict. Nothing here knows how people are stored.
"""

from __future__ import annotations

from members.eligibility.deciding import (
    Facts,
    Outcome,
    Question,
    Value,
    Verdict,
    decide,
    facts_used,
    failing,
    judge,
    reason_in_words,
    sentence,
    settle,
)
from members.eligibility.errors import RulesRefused
from members.eligibility.persons import Record, decide_person
from members.eligibility.rules import (
    FORMAT,
    Rules,
    changes_in_words,
    rules_from_json,
    rules_in_words,
    rules_to_json,
)

__all__ = [
    "FORMAT",
    "Facts",
    "Outcome",
    "Question",
    "Record",
    "Rules",
    "RulesRefused",
    "Value",
    "Verdict",
    "changes_in_words",
    "decide",
    "decide_person",
    "facts_used",
    "failing",
    "judge",
    "reason_in_words",
    "rules_from_json",
    "rules_in_words",
    "rules_to_json",
    "sentence",
    "settle",
]
