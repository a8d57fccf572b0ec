"""The job of a dispatch: hand over all that is released, in turns that outlive their worker."""

from __future__ import annotations

import math
from typing import Final

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from office.kinds import Unfinished, Work
from office.models import Dispatch, Letter
from office.progress import JobStopped, Report
from office.selectors import letter_counts
from office.services.sender import TRY_AGAIN_S
from office.services.sending import Sent, send_letters
from office.services.side_by_side import send_side_by_side

MAIL_SERVER_REST_S: Final = 30
ONE_CONNECTION_DOES: Final = 600
"""Letters a minute: a dispatch of so slow a pace goes over one connection, in smaller bursts."""


def work_letters(work: Work) -> Unfinished | None:
    """The job of a dispatch: send all that is released, in turns, and say how far it is."""
    dispatch_id = int(work.subject_id)
    counts = letter_counts(dispatch_id)
    gone = counts.handed_over + counts.held + counts.cancelled
    work.report(stage="Handing letters to the mail server", done=gone,
                total=released_letters(dispatch_id), unit="letters")

    def onward(
        *,
        done: int | None = None,
        total: int | None = None,
        stage: str | None = None,
        unit: str | None = None,
    ) -> None:
        work.report(done=None if done is None else gone + done, total=total, stage=stage, unit=unit)

    sent = _send(dispatch_id, report=onward)
    if sent.is_mail_down:
        work.report(stage="The mail server does not answer; trying again in half a minute")
        return Unfinished(after_s=MAIL_SERVER_REST_S)
    if sent.rests:
        work.report(stage=sent.rests)
        return Unfinished(after_s=MAIL_SERVER_REST_S)
    if not sent.is_over:
        return Unfinished()
    if Dispatch.objects.filter(pk=dispatch_id, state=Dispatch.State.PAUSED).exists():
        raise JobStopped
    again = Letter.objects.filter(
        dispatch_id=dispatch_id, state=Letter.State.WAITING, not_before__isnull=False
    ).aggregate(first=Min("not_before"))["first"]
    if again is None:
        return None
    left_s = math.ceil((again - timezone.now()).total_seconds())
    return Unfinished(after_s=min(max(left_s, 1), TRY_AGAIN_S))


def _send(dispatch_id: int, *, report: Report) -> Sent:
    """One turn of as many senders as the mail server may be asked to hear at once."""
    pace = Dispatch.objects.get(pk=dispatch_id).letters_a_minute
    if settings.MAIL_CONNECTIONS == 1 or (pace and pace <= ONE_CONNECTION_DOES):
        return send_letters(dispatch_id, report=report)
    return send_side_by_side(dispatch_id, connections=settings.MAIL_CONNECTIONS, report=report)


def released_letters(dispatch_id: int) -> int:
    """How many letters of the dispatch have been released, whatever became of them."""
    dispatch = Dispatch.objects.get(pk=dispatch_id)
    return Letter.objects.filter(
        dispatch=dispatch, tranche__lte=dispatch.released_tranche
    ).count()
