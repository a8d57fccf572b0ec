"""What may be asked of the membership list; nothing here writes. One subject a module.

Inside members the modules are imported by name. What stands here is what ballot may ask.
"""

from __future__ import annotations

from members.selectors import imports, levy, pairs, people, rolls, rules, verdicts
from members.selectors.people import sections
from members.selectors.rolls import (
    entries_by_public_id,
    entry_by_public_id,
    entry_numbered,
    recompute_commitment,
    roll_commitment,
    roll_totals,
    rolls_due_for_destruction,
    totals_by,
)
from members.selectors.rules import rules_rows, rules_told

__all__ = [
    "entries_by_public_id",
    "entry_by_public_id",
    "entry_numbered",
    "imports",
    "levy",
    "pairs",
    "people",
    "recompute_commitment",
    "roll_commitment",
    "roll_totals",
    "rolls",
    "rolls_due_for_destruction",
    "rules",
    "rules_rows",
    "rules_told",
    "sections",
    "totals_by",
    "verdicts",
]
