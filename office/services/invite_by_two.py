"""Invite a membership administrator or a teller: one officer proposes, another approves.

Where an act takes two people, either can be one of the two. An officer who could invite them
alone could be both, from a second mailbox.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from office.models import Approval
from office.permissions import Role
from office.services.approvals import propose_act
from office.services.staff import invite_staff, require_new

ACT = "invite_by_two"


def propose_invitation(email: str, name: str, role: Role, *, by: int, now: datetime) -> Approval:
    """Propose to invite somebody. There is no account before another officer approves it."""
    email, name = require_new(email, name)
    return propose_act(
        ACT, subject=("invitation", str(uuid.uuid4())), by=by, now=now,
        parameters={"email": email, "name": name, "role": role.value},
    )  # fmt: skip


def invite_by_two(
    subject_id: str, *, email: str, name: str, role: str, by: int, seconded_by: int | None,
    now: datetime,
) -> None:
    """Make the account and send the invitation, as two officers decided."""
    invite_staff(email, name, role, by=by, seconded_by=seconded_by, now=now)


def invitation_sentence(subject_id: str, *, email: str, name: str, role: str) -> str:
    """What will happen, for both officers."""
    return (
        f"{name} will be invited as {Role(role).words}, by a letter to {email}. Where an act takes "
        "two people they can be one of the two: approve it only if you know them, and know that "
        "they alone read this mailbox."
    )


def require_invitable(subject_id: str, *, now: datetime, email: str, name: str, role: str) -> None:
    """Refuse an address that has got an account since it was proposed."""
    require_new(email, name)
