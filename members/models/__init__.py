"""The membership list, what was imported into it, and the rolls frozen from it."""

from __future__ import annotations

from members.models.amendments import AmendedEntry, Amendment, BulkAmendment, BulkLine, BulkRefused
from members.models.contacts import (
    ContactChange,
    ContactDispute,
    ContactDraft,
    ContactFlag,
    ContactFreeze,
)
from members.models.decisions import Appeal, Decision, KeptStanding
from members.models.dry_runs import DryRun, DryRunMove
from members.models.enquiries import RollEnquiry
from members.models.history import Change
from members.models.imports import (
    DestroyedFile,
    ImportBatch,
    ImportPiece,
    ImportTotal,
    MendableRow,
    RefusedRow,
)
from members.models.lookups import AccessRequest, ExportRecord, LookUp
from members.models.pairs import Pair, PairSearch
from members.models.people import Member, Register, Section, Unit
from members.models.requests import CorrectionRequest, OwnPageLink
from members.models.retention import Destruction
from members.models.rolls import EligibilityRules, Roll, RollEntry, RollTotal, Verdict
from members.models.searching import SearchDue, SearchRow, SearchWord
from members.models.sources import ImportSource, SavedMapping
from members.models.undoing import MemberReference, UndoneMember

__all__ = [
    "AccessRequest",
    "AmendedEntry",
    "Amendment",
    "Appeal",
    "BulkAmendment",
    "BulkLine",
    "BulkRefused",
    "Change",
    "ContactChange",
    "ContactDispute",
    "ContactDraft",
    "ContactFlag",
    "ContactFreeze",
    "CorrectionRequest",
    "Decision",
    "DestroyedFile",
    "Destruction",
    "DryRun",
    "DryRunMove",
    "EligibilityRules",
    "ExportRecord",
    "ImportBatch",
    "ImportPiece",
    "ImportSource",
    "ImportTotal",
    "KeptStanding",
    "LookUp",
    "Member",
    "MemberReference",
    "MendableRow",
    "OwnPageLink",
    "Pair",
    "PairSearch",
    "RefusedRow",
    "Register",
    "Roll",
    "RollEnquiry",
    "RollEntry",
    "RollTotal",
    "SavedMapping",
    "SearchDue",
    "SearchRow",
    "SearchWord",
    "Section",
    "UndoneMember",
    "Unit",
    "Verdict",
]
