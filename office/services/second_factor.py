"""Renew a lost second factor: two officers take it away, and its holder sets up another.

Neither of the two is the person whose it is. What is left to sign in with is the password, and no
letter changes that until a new factor is set up (office.new_password): two officers and whoever
reads the mailbox do not open the account.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Final

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from office.invitations import OFFICE
from office.models import Approval, StaffMember
from office.refusal import Refusal
from office.renewal_letters import RENEW, RENEWED
from office.selectors import has_second_factor
from office.services.approvals import demand_two_officers, propose_act
from office.services.audit import record
from office.services.letters import queue_letter

_KIND: Final = "staff"


def propose_renewal(person_id: int, *, by: int, now: datetime) -> Approval:
    """Propose to renew somebody's second factor. Nothing happens until another approves it."""
    subject_id = str(person_id)
    demand_another(subject_id, by)
    return propose_act(RENEW, subject=(_KIND, subject_id), by=by, now=now)


@transaction.atomic
def renew_second_factor(
    subject_id: str, *, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Take away every second factor of an account, end its sessions, and tell its holder."""
    seconder = demand_two_officers(by=by, seconded_by=seconded_by)
    person = _holder(subject_id, StaffMember.objects.select_for_update())
    for officer in (by, seconder):
        demand_another(subject_id, officer)
    Authenticator.objects.filter(user=person).delete()
    person.factor_renewed_at = now
    person.save(update_fields=["factor_renewed_at"])
    record(RENEW, subject=(_KIND, subject_id), by=by, seconded_by=seconder, now=now)
    queue_letter(RENEWED, reference=OFFICE, recipient=subject_id)


def renewal_sentence(subject_id: str) -> str:
    """What will happen, for both officers."""
    person = _holder(subject_id, StaffMember.objects.all())
    return (
        f"The second factor of {person.name} will be renewed. Their authenticator app, passkeys "
        "and recovery codes no longer work, they are signed out everywhere, and a letter to their "
        "address says so and names you both. Their password then leads them to set up a new "
        "factor, and to nothing else before that. Speak with them yourself before you approve: "
        "not by e-mail."
    )


def _holder(subject_id: str, people: QuerySet[StaffMember]) -> StaffMember:
    person = people.filter(pk=int(subject_id), is_active=True).first()
    if person is None:
        raise Refusal("staff.unknown", "There is no such open account.",
                      status=HTTPStatus.NOT_FOUND)
    if not has_second_factor(person.pk):
        raise Refusal(
            "staff.no-second-factor",
            f"{person.name} has no second factor that could be renewed: their password leads "
            "them to set one up.",
        )
    return person


def demand_another(subject_id: str, officer: int) -> None:
    """Refuse an officer whose own second factor it is."""
    if int(subject_id) == officer:
        raise Refusal(
            "staff.own-factor",
            "You cannot be one of the two who renew your own second factor: ask two others.",
            status=HTTPStatus.FORBIDDEN,
        )
