"""The membership list, what was imported into it, and the rolls frozen from it."""

from __future__ import annotations

from members.models.amendments import AmendedEntry, Amendment, BulkAmendment, BulkLine, BulkRefused
from members.models.enquiries import RollEnquiry
from members.models.history import Change
from members.models.imports import ImportBatch, ImportPiece, RefusedRow
from members.models.pairs import Pair, PairSearch
from members.models.people import Member, Register, Section, Unit
from members.models.retention import Destruction
from members.models.rolls import EligibilityRules, Roll, RollEntry, RollTotal, Verdict

__all__ = [
    "AmendedEntry",
    "Amendment",
    "BulkAmendment",
    "BulkLine",
    "BulkRefused",
    "Change",
    "Destruction",
    "EligibilityRules",
    "ImportBatch",
    "ImportPiece",
    "Member",
    "Pair",
    "PairSearch",
    "RefusedRow",
    "Register",
    "Roll",
    "RollEnquiry",
    "RollEntry",
    "RollTotal",
    "Section",
    "Unit",
    "Verdict",
]
