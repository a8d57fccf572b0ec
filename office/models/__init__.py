"""What the office keeps: staff, authorities, approvals, the audit trail, jobs, letters."""

from __future__ import annotations

from office.models.approval import Approval
from office.models.audit import AuditRecord
from office.models.development import DevelopmentMail
from office.models.job import Job
from office.models.letter import Dispatch, DomainPace, Letter, PrintBatch
from office.models.staff import StaffMember, WrittenAuthority

__all__ = [
    "Approval",
    "AuditRecord",
    "DevelopmentMail",
    "Dispatch",
    "DomainPace",
    "Job",
    "Letter",
    "PrintBatch",
    "StaffMember",
    "WrittenAuthority",
]
