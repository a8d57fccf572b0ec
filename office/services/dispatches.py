"""Let queued letters out, or not: release, pause, resume, cancel, settle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.db.models import Q, QuerySet

from office.models import Dispatch, Job, Letter
from office.refusal import Refusal
from office.selectors import refused_letters
from office.services.audit import record
from office.services.jobs import open_job, stop_job

SEND_JOB = "office.send_letters"


@transaction.atomic
def release_letters(
    dispatch_id: int, *, by: int | None, now: datetime, tranches: int | None = None
) -> Job:
    """Let tranches go out, and open the job that sends them.

    tranches: how many more; None releases all.
    """
    dispatch = _locked(dispatch_id)
    if dispatch.state == Dispatch.State.CANCELLED:
        raise Refusal("letters.cancelled", "These letters were cancelled and cannot be sent.")
    tranche_numbers = Letter.objects.filter(dispatch=dispatch).values_list("tranche", flat=True)
    last = tranche_numbers.order_by("-tranche").first() or 0
    released = last if tranches is None else min(last, dispatch.released_tranche + tranches)
    dispatch.state = Dispatch.State.SENDING
    dispatch.released_tranche = released
    dispatch.save(update_fields=["state", "released_tranche"])
    record("release_letters", subject=_subject(dispatch), by=by, now=now,
           parameters={"tranche": released, "purpose": dispatch.purpose})
    return open_job(SEND_JOB, subject=_subject(dispatch), by=by, now=now)


@transaction.atomic
def pause_letters(dispatch_id: int, *, by: int | None, now: datetime) -> None:
    """Stop sending. What the mail server has taken is gone; the rest waits."""
    dispatch = _locked(dispatch_id)
    if dispatch.state != Dispatch.State.SENDING:
        raise Refusal("letters.not-sending", "These letters are not being sent.")
    dispatch.state = Dispatch.State.PAUSED
    dispatch.save(update_fields=["state"])
    record("pause_letters", subject=_subject(dispatch), by=by, now=now,
           parameters={"purpose": dispatch.purpose})
    for job_id in _live_jobs(dispatch):
        stop_job(job_id, by=by, now=now)


@transaction.atomic
def resume_letters(dispatch_id: int, *, by: int | None, now: datetime) -> Job | None:
    """Go on sending where it stopped. Letters that go at once need no job of their own."""
    dispatch = _locked(dispatch_id)
    if dispatch.state != Dispatch.State.PAUSED:
        raise Refusal("letters.not-paused", "These letters are not paused.")
    dispatch.state = Dispatch.State.SENDING
    dispatch.save(update_fields=["state"])
    record("resume_letters", subject=_subject(dispatch), by=by, now=now,
           parameters={"purpose": dispatch.purpose})
    if dispatch.at_once:
        return None
    return open_job(SEND_JOB, subject=_subject(dispatch), by=by, now=now)


@transaction.atomic
def cancel_letters(dispatch_id: int, *, by: int | None, now: datetime) -> int:
    """Cancel all letters of a dispatch that have not gone out, and erase their enclosures.

    A letter that is with the mail server at this moment is left to its sender, who cancels it
    if it comes back (cancel_what_came_back).
    """
    dispatch = _locked(dispatch_id)
    dispatch.state = Dispatch.State.CANCELLED
    dispatch.save(update_fields=["state"])
    cancelled = _cancel(Letter.objects.filter(dispatch=dispatch))
    record("cancel_letters", subject=_subject(dispatch), by=by, now=now,
           parameters={"purpose": dispatch.purpose, "letters": cancelled})
    for job_id in _live_jobs(dispatch):
        stop_job(job_id, by=by, now=now)
    return cancelled


def cancel_letters_to(purpose: str, *, recipients: Sequence[str]) -> int:
    """Cancel the letters of a purpose to some recipients that have not gone out.

    One act's part (a reissue, an amended roll): the caller's transaction and its audit record.
    """
    return _cancel(Letter.objects.filter(purpose=purpose, recipient__in=recipients))


def cancel_unwanted(letter_id: int, *, claim: int) -> None:
    """Cancel a claimed letter whose occasion is gone; nothing of it was sent."""
    _cancel(Letter.objects.filter(pk=letter_id, claim=claim, state=Letter.State.CLAIMED))


@transaction.atomic
def cancel_what_came_back(dispatch_id: int) -> None:
    """Cancel the letters that a sender put back or held after their dispatch was cancelled.

    The lock waits for whoever is cancelling now: their letters are then either seen here as
    cancelled, or not yet read by them.
    """
    dispatch = Dispatch.objects.select_for_update(no_key=True).get(pk=dispatch_id)
    if dispatch.state == Dispatch.State.CANCELLED:
        _cancel(Letter.objects.filter(dispatch=dispatch))


def _cancel(letters: QuerySet[Letter]) -> int:
    """Cancel those that were certainly not sent, and those held because nobody can know.

    A claimed letter is among them until it is being handed over: its sender then finds that it
    is no longer theirs.
    """
    return letters.filter(
        Q(state__in=[Letter.State.WAITING, Letter.State.HELD])
        | Q(state=Letter.State.CLAIMED, handing_over=False)
    ).update(state=Letter.State.CANCELLED, enclosure=None, handing_over=False, claim=None,
             claimed_at=None)


@transaction.atomic
def settle_letter(letter_id: int, *, was_sent: bool, by: int, now: datetime) -> None:
    """Record a person's word on a held letter: it was sent, or it shall be sent again.

    Sent again it keeps its Message-ID, so that a mailbox that has it already shows one.
    """
    letter = (
        Letter.objects.select_for_update().select_related("dispatch").filter(pk=letter_id).first()
    )
    if letter is None or letter.state != Letter.State.HELD:
        raise Refusal("letters.not-held", "This letter is not held: somebody has settled it.",
                      status=HTTPStatus.CONFLICT)
    if not letter.can_be_sent:
        # It was not sent, so its code must not be erased; and sent again it would come back.
        raise Refusal("letters.no-address", "This letter does not go by e-mail: it was not sent, "
                      "and is to be printed.", status=HTTPStatus.CONFLICT)
    letter.handing_over = False
    letter.claim = letter.claimed_at = None
    letter.held_because = ""
    if was_sent:
        letter.state = Letter.State.HANDED_OVER
        letter.enclosure = None
    else:
        letter.state = Letter.State.WAITING
        letter.not_before = None
        letter.tries = 0
    letter.save(
        update_fields=[
            "handing_over", "claim", "claimed_at", "held_because", "state", "enclosure",
            "not_before", "tries",
        ]
    )
    record("settle_letter", subject=_subject(letter.dispatch), by=by, now=now,
           parameters={"letter": letter_id, "was_sent": was_sent})
    if not was_sent:
        _send_on(letter.dispatch, by=by, now=now)


@transaction.atomic
def send_refused_again(dispatch_id: int, *, by: int, now: datetime) -> int:
    """Let all letters of a dispatch that the mail server refused wait again; return how many."""
    dispatch = _locked(dispatch_id)
    letters = refused_letters(dispatch_id).update(
        state=Letter.State.WAITING, held_because="", claim=None, not_before=None, tries=0
    )
    if not letters:
        raise Refusal("letters.not-held", "No letter of these is held as refused: somebody has "
                      "settled them.", status=HTTPStatus.CONFLICT)
    record("settle_letter", subject=_subject(dispatch), by=by, now=now,
           parameters={"letters": letters, "was_sent": False})
    _send_on(dispatch, by=by, now=now)
    return letters


def _send_on(dispatch: Dispatch, *, by: int, now: datetime) -> None:
    """Open the job for what waits again, where the dispatch is being sent and has one."""
    if not dispatch.at_once and dispatch.state == Dispatch.State.SENDING:
        open_job(SEND_JOB, subject=_subject(dispatch), by=by, now=now)


def _locked(dispatch_id: int) -> Dispatch:
    dispatch = Dispatch.objects.select_for_update().filter(pk=dispatch_id).first()
    if dispatch is None:
        raise Refusal("letters.unknown", "There is no such dispatch of letters.",
                      status=HTTPStatus.NOT_FOUND)
    return dispatch


def _subject(dispatch: Dispatch) -> tuple[str, str]:
    return "dispatch", str(dispatch.pk)


def _live_jobs(dispatch: Dispatch) -> list[int]:
    return list(
        Job.objects.filter(
            kind=SEND_JOB,
            subject_kind="dispatch",
            subject_id=str(dispatch.pk),
            state__in=[Job.State.OPEN, Job.State.CLAIMED],
        ).values_list("pk", flat=True)
    )
