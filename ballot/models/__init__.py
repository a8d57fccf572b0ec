"""The tables of the contest, one subject a file."""

from __future__ import annotations

from ballot.models.after_count import Recount, Release, ReleaseLook
from ballot.models.attestation import Attestation
from ballot.models.box import RegisterMark, SealedBallot, SealedVote, TurnoutCount
from ballot.models.challenge import Challenge, ChallengedVote
from ballot.models.credential import Credential
from ballot.models.destruction import BallotDestruction
from ballot.models.dispute import CastDispute, ReissueRequest
from ballot.models.election import Candidate, Contest, Election
from ballot.models.entry import Blob, BlobChunk, Entry
from ballot.models.explanation import Explanation
from ballot.models.incident import FROM_ELECTORS, Incident, IncidentEntry, IncidentKind
from ballot.models.issuer import IssuerFile, IssuerRequest
from ballot.models.log import Checkpoint, Cosignature, LogTile, WitnessObjection
from ballot.models.nomination import NominatingBody, Nomination, Ruling
from ballot.models.poll_desk import DailySheet, HelpdeskNote, TurnoutSnapshot
from ballot.models.post import (
    Envelope,
    EnvelopeReceipt,
    PostalReading,
    PostalRuling,
    Reason,
    RefusedCast,
    Teller,
)
from ballot.models.reminder import Reminder
from ballot.models.rules import (
    AfterCast,
    Method,
    NamesOrder,
    Stop,
    TieRule,
    TurnoutBase,
    VotesOfWithdrawn,
)
from ballot.models.set_aside import SetAside
from ballot.models.tally import (
    Box,
    Count,
    CountsDiffer,
    Declaration,
    DrawnLot,
    HandedIn,
    HandedInChunk,
    Mix,
    PartialOpening,
    Profile,
    ProfileLine,
)
from ballot.models.timetable import Dated, PlannedDate
from ballot.models.trustee import (
    CeremonyMessage,
    DemonstrationShare,
    KeyCeremony,
    ShareHeld,
    Trustee,
)

__all__ = [
    "FROM_ELECTORS", "AfterCast", "Attestation", "BallotDestruction", "Blob", "BlobChunk", "Box",
    "Candidate", "CastDispute", "CeremonyMessage", "Challenge", "ChallengedVote", "Checkpoint",
    "Contest", "Cosignature", "Count", "CountsDiffer", "Credential", "DailySheet", "Dated",
    "Declaration", "DemonstrationShare", "DrawnLot", "Election", "Entry", "Envelope",
    "EnvelopeReceipt", "Explanation", "HandedIn", "HandedInChunk", "HelpdeskNote", "Incident",
    "IncidentEntry", "IncidentKind", "IssuerFile", "IssuerRequest", "KeyCeremony", "LogTile",
    "Method", "Mix", "NamesOrder", "NominatingBody", "Nomination", "PartialOpening", "PlannedDate",
    "PostalReading", "PostalRuling", "Profile", "ProfileLine", "Reason", "Recount", "RefusedCast",
    "RegisterMark", "ReissueRequest", "Release", "ReleaseLook", "Reminder", "Ruling",
    "SealedBallot", "SealedVote", "SetAside", "ShareHeld", "Stop", "Teller", "TieRule", "Trustee",
    "TurnoutBase", "TurnoutCount", "TurnoutSnapshot", "VotesOfWithdrawn", "WitnessObjection",
]
