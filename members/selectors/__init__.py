"""What may be asked of the membership list; nothing here writes. One subject a module.

Inside members the modules are imported by name. What stands here is what ballot may ask.
"""

from __future__ import annotations

from members.selectors import (acts_told, amendments, amendments_due, contact_reports, contacts, decisions, dependents, differences, dry_runs, entered_twice, flag_hands, held, history, imports, levy, lookups, own_page, pairs, people, rolls, rules, searching, statement, totals, verdicts)
from members.selectors.amendment_chain import (Link, chain_of)
from members.selectors.amendment_sets import (bulk_amendment, bulk_by_section, bulks_of, members_of_bulk, refused_of_bulk)
from members.selectors.amendments import (SectionElectors, WHY_NOT, addresses_before, amendment_choices, amendment_count, amendments_of, cannot_be_amended, electors_amended, electors_now, is_struck, member_amended, reason_label, struck_by_reason)
from members.selectors.amendments_due import (AmendmentDue, amendment_due)
from members.selectors.contacts import (freezes_at as contacts_freeze_at, is_frozen as contacts_are_frozen)
from members.selectors.history import (tell_of_letters)
from members.selectors.people import (member_numbered, sections)
from members.selectors.rolls import (entries_by_public_id, entry_by_public_id, entry_numbered, entry_of, has_entries_as_frozen, recompute_commitment, roll_commitment, roll_totals, rolls_due_for_destruction, totals_by)
from members.selectors.rules import (rules_rows, rules_told)
from members.selectors.statement import (Removed, statement_of)
from members.selectors.entered_twice import (EnteredTwice, entered_twice as people_entered_twice)


__all__ = [
    "WHY_NOT",
    "AmendmentDue",
    "EnteredTwice",
    "Link",
    "Removed",
    "SectionElectors",
    "acts_told",
    "addresses_before",
    "amendment_choices",
    "amendment_count",
    "amendment_due",
    "amendments",
    "amendments_due",
    "amendments_of",
    "bulk_amendment",
    "bulk_by_section",
    "bulks_of",
    "cannot_be_amended",
    "chain_of",
    "contact_reports",
    "contacts",
    "contacts_are_frozen",
    "contacts_freeze_at",
    "decisions",
    "dependents",
    "differences",
    "dry_runs",
    "electors_amended",
    "electors_now",
    "entered_twice",
    "entries_by_public_id",
    "entry_by_public_id",
    "entry_numbered",
    "entry_of",
    "flag_hands",
    "has_entries_as_frozen",
    "held",
    "history",
    "imports",
    "is_struck",
    "levy",
    "lookups",
    "member_amended",
    "member_numbered",
    "members_of_bulk",
    "own_page",
    "pairs",
    "people",
    "people_entered_twice",
    "reason_label",
    "recompute_commitment",
    "refused_of_bulk",
    "roll_commitment",
    "roll_totals",
    "rolls",
    "rolls_due_for_destruction",
    "rules",
    "rules_rows",
    "rules_told",
    "searching",
    "sections",
    "statement",
    "statement_of",
    "struck_by_reason",
    "tell_of_letters",
    "totals",
    "totals_by",
    "verdicts",
]
