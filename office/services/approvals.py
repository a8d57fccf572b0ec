"""Acts of two officers: proposed by one, approved and carried out by another, in one transaction.

The permission table says which acts these are and who may second them; office.acts says how each
is carried out. The database refuses a person who would second their own proposal, whatever this
module does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from office.acts import is_registered, registered_act
from office.models import Approval
from office.permissions import ACTS
from office.refusal import Refusal
from office.selectors import has_invited, may, may_second
from office.services.audit import record

LASTS = timedelta(hours=72)
"""How long a proposal waits before it expires."""


@transaction.atomic
def propose_act(
    act: str,
    *,
    subject: tuple[str, str],
    by: int,
    now: datetime,
    parameters: Mapping[str, Any] | None = None,
    lasts: timedelta = LASTS,
) -> Approval:
    """Propose an act that takes two officers. Nothing happens until another approves it.

    subject:    kind and id; the id is given to the act's function when it is carried out.
    parameters: JSON values without personal data; times as ISO 8601 text.
    """
    if not may(by, act, now=now):
        raise Refusal(
            "approval.not-yours-to-propose",
            f"Your role may not propose to {_words(act)}.",
            status=HTTPStatus.FORBIDDEN,
        )
    given = _plain(parameters or {})
    sentence = registered_act(act).describe(subject[1], **given)
    expire_proposals(now=now)
    try:
        with transaction.atomic():
            approval = Approval.objects.create(
                act=act,
                subject_kind=subject[0],
                subject_id=subject[1],
                parameters=given,
                sentence=sentence,
                proposed_by_id=by,
                proposed_at=now,
                expires_at=now + lasts,
            )
    except IntegrityError as error:
        if "office_one_waiting_approval" not in str(error):
            raise
        raise Refusal(
            "approval.already-waiting",
            f"A proposal to {_words(act)} already waits for a second officer. "
            "Ask another officer to decide it, or withdraw it first.",
        ) from None
    record("propose_act", subject=subject, by=by, now=now,
           parameters={"act": act, "approval": approval.pk})
    return approval


@transaction.atomic
def approve_act(approval_id: int, *, by: int, now: datetime) -> Approval:
    """Approve another officer's proposal and carry it out, both or neither.

    If the act refuses, the refusal reaches the officer and the proposal goes on waiting.
    """
    approval = _waiting(approval_id, now=now)
    _check_seconder(approval, by=by, now=now)
    hindrance = why_barred(approval, by) or why_not(approval, now=now)
    if hindrance is not None:
        raise hindrance
    act = registered_act(approval.act)
    # Decided before it is carried out: the unique row is ours, so a second approval that races
    # with this one finds it no longer waiting and the act runs once.
    _decide(approval, Approval.State.CARRIED_OUT, by=by, now=now)
    act.function(
        approval.subject_id,
        by=approval.proposed_by_id,
        seconded_by=by,
        now=now,
        **approval.parameters,
    )
    record("approve_act", subject=approval.subject, by=approval.proposed_by_id, seconded_by=by,
           now=now, parameters={"act": approval.act, "approval": approval.pk})
    return approval


@transaction.atomic
def refuse_act(approval_id: int, *, by: int, now: datetime, reason: str) -> Approval:
    """Refuse another officer's proposal, with a reason that both can read."""
    approval = _waiting(approval_id, now=now)
    _check_seconder(approval, by=by, now=now)
    if not reason.strip():
        raise Refusal("approval.no-reason", "Say why you refuse it, in a sentence.",
                      status=HTTPStatus.BAD_REQUEST)
    _decide(approval, Approval.State.REFUSED, by=by, now=now, reason=reason.strip())
    record("refuse_act", subject=approval.subject, by=by, now=now,
           parameters={"act": approval.act, "approval": approval.pk})
    return approval


@transaction.atomic
def withdraw_proposal(approval_id: int, *, by: int, now: datetime) -> Approval:
    """Withdraw one's own proposal."""
    approval = _waiting(approval_id, now=now)
    if approval.proposed_by_id != by:
        raise Refusal(
            "approval.not-your-proposal",
            "Only the officer who proposed this can withdraw it. You can refuse it instead.",
            status=HTTPStatus.FORBIDDEN,
        )
    _decide(approval, Approval.State.WITHDRAWN, by=by, now=now)
    record("withdraw_proposal", subject=approval.subject, by=by, now=now,
           parameters={"act": approval.act, "approval": approval.pk})
    return approval


@transaction.atomic
def expire_proposals(*, now: datetime) -> int:
    """Close the proposals whose time has passed. Called by the clock and before each proposal."""
    rows = Approval.objects.select_for_update(skip_locked=True).filter(
        state=Approval.State.WAITING, expires_at__lte=now
    )
    expired = 0
    for approval in rows:
        _decide(approval, Approval.State.EXPIRED, by=None, now=now)
        record("expire_proposal", subject=approval.subject, by=None, now=now,
               parameters={"act": approval.act, "approval": approval.pk})
        expired += 1
    return expired


def why_not(approval: Approval, *, now: datetime) -> Refusal | None:
    """Why a proposal can no longer be carried out, as things stand; None where it can.

    Pages ask before they offer to approve it, and the approval itself asks. Such a proposal waits
    for nobody. What only has to wait for its hour, or for a step before it, is not hindered.
    """
    if not is_registered(approval.act):
        return _gone()
    if not may(approval.proposed_by_id, approval.act, now=now):
        return Refusal(
            "approval.proposer-lost-role",
            "The officer who proposed this may no longer propose it. Remove it; another may "
            "propose it anew.",
        )
    act = registered_act(approval.act)
    try:
        if act.precondition is not None:
            act.precondition(approval.subject_id, now=now, **approval.parameters)
        sentence = act.describe(approval.subject_id, **approval.parameters)
    except ObjectDoesNotExist:
        return _gone()
    except Refusal as refusal:
        return _gone() if refusal.status == HTTPStatus.NOT_FOUND else refusal
    if sentence != approval.sentence:
        return Refusal(
            "approval.changed",
            "What this would do has changed since it was proposed. Remove it, and propose anew.",
        )
    return None


def why_barred(approval: Approval, person_id: int) -> Refusal | None:
    """Why this person in particular cannot approve a proposal: it concerns them. None: they can.

    They can still refuse it.
    """
    bar = registered_act(approval.act).bar if is_registered(approval.act) else None
    try:
        if bar is not None:
            bar(approval.subject_id, person_id)
    except Refusal as refusal:
        return refusal
    return None


def _gone() -> Refusal:
    return Refusal(
        "approval.gone",
        "What this proposal is about is no longer there. Remove it, and propose anew what is "
        "still wanted.",
    )


def why_not_theirs(approval: Approval, *, by: int, now: datetime) -> Refusal | None:
    """Why this person cannot be the second of a proposal; None where they can."""
    if approval.proposed_by_id == by:
        return Refusal(
            "approval.own-proposal",
            "You proposed this yourself: another officer must approve it, or you withdraw it.",
            status=HTTPStatus.FORBIDDEN,
        )
    if not may_second(by, approval.act, now=now):
        return Refusal(
            "approval.not-yours-to-decide",
            f"Your role may not decide a proposal to {_words(approval.act)}.",
            status=HTTPStatus.FORBIDDEN,
        )
    if has_invited(by, approval.proposed_by_id) or has_invited(approval.proposed_by_id, by):
        return Refusal(
            "approval.invited",
            "You invited whoever proposed this, or they invited you: another officer must decide "
            "it, so that nobody is two people.",
            status=HTTPStatus.FORBIDDEN,
        )
    return None


def demand_two_officers(*, by: int, seconded_by: int | None) -> int:
    """Refuse an act that reached its service without a second, different officer; return theirs.

    Every service of such an act begins with this, so that no page can go round the approval.
    """
    if seconded_by is None or seconded_by == by:
        raise Refusal(
            "approval.two-officers",
            "This takes two officers: one proposes it, and another approves it.",
            status=HTTPStatus.FORBIDDEN,
        )
    return seconded_by


def _waiting(approval_id: int, *, now: datetime) -> Approval:
    approval = Approval.objects.select_for_update().filter(pk=approval_id).first()
    if approval is None:
        raise Refusal("approval.unknown", "There is no such proposal.",
                      status=HTTPStatus.NOT_FOUND)
    if approval.state != Approval.State.WAITING:
        outcome = approval.get_state_display()
        raise Refusal("approval.decided", f"This proposal is already {outcome}.")
    if approval.expires_at <= now:
        raise Refusal("approval.expired", "This proposal has expired: propose it anew.")
    return approval


def _check_seconder(approval: Approval, *, by: int, now: datetime) -> None:
    refusal = why_not_theirs(approval, by=by, now=now)
    if refusal is not None:
        raise refusal


def _decide(
    approval: Approval, state: Approval.State, *, by: int | None, now: datetime, reason: str = ""
) -> None:
    approval.state = state
    approval.decided_by_id = by
    approval.decided_at = now
    approval.reason = reason
    approval.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _words(act: str) -> str:
    return ACTS[act].words if act in ACTS else act


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse what JSON would not carry back unchanged: what is shown is what is carried out."""
    for name, value in parameters.items():
        _check_plain(name, value)
    return dict(parameters)


def _check_plain(name: str, value: Any) -> None:
    if isinstance(value, list):
        for each in value:
            _check_plain(name, each)
    elif isinstance(value, dict):
        for key, each in value.items():
            _check_plain(f"{name}.{key}", each)
    elif not isinstance(value, str | int | None):
        raise TypeError(f"the parameter {name} is a {type(value).__name__}: give text or numbers")
