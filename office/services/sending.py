"""Turns of sending: of a dispatch by its job, of letters that wait for no release by the sweep.

What one sender does with each letter, so that none is sent twice, is office.services.sender; what
a sender that died left behind is found here.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from office.kinds import Unfinished, Work
from office.models import Dispatch, Letter
from office.progress import JobStopped, Report, silent
from office.refusal import Refusal
from office.selectors import letter_counts
from office.services.audit import record
from office.services.dispatches import cancel_what_came_back
from office.services.sender import (
    REFUSED_IN_A_ROW,
    TRY_AGAIN_S,
    MailServerDown,
    RefusedInARow,
    Sender,
)

log = logging.getLogger(__name__)

TURN_S = 600
"""A sender's turn within one task; a dispatch takes as many turns as it needs."""
ABANDONED_S = 600
"""A claim whose sender has done nothing for so long is taken for abandoned."""
MAIL_SERVER_REST_S = 30


@dataclass(frozen=True, slots=True)
class Sent:
    """How a sender's turn ended.

    is_over:       no letter is left that could go now.
    is_mail_down:  the mail server could not be reached; nothing of it was sent.
    rests:         why the letters that are left wait, where their purpose says so.
    """

    handed_over: int
    is_over: bool
    is_mail_down: bool = False
    rests: str = ""


def send_letters(
    dispatch_id: int,
    *,
    report: Report = silent,
    turn_s: float = TURN_S,
    wait: Callable[[float], None] = time.sleep,
) -> Sent:
    """Send the released letters of a dispatch that wait, for one turn.

    Called outside any transaction: each step commits by itself. Several senders may run at
    once; each letter is claimed by one.
    """
    sender = Sender(dispatch_id, report=report, wait=wait)
    ends_at = time.monotonic() + turn_s
    try:
        while time.monotonic() < ends_at:
            if why := sender.rests():
                return Sent(sender.handed_over, is_over=False, rests=why)
            if not sender.send_batch():
                return Sent(sender.handed_over, is_over=True)
    except MailServerDown:
        return Sent(sender.handed_over, is_over=False, is_mail_down=True)
    except RefusedInARow:
        _pause(dispatch_id)
        raise Refusal(
            "letters.refused-in-a-row",
            f"The mail server refused {REFUSED_IN_A_ROW} letters in a row, so sending was paused."
            " Look at its log, put it right, and go on sending.",
            status=HTTPStatus.BAD_GATEWAY,
        ) from None
    finally:
        sender.close()
    return Sent(sender.handed_over, is_over=False)


def _pause(dispatch_id: int) -> None:
    with transaction.atomic():
        paused = Dispatch.objects.filter(pk=dispatch_id, state=Dispatch.State.SENDING).update(
            state=Dispatch.State.PAUSED
        )
        if paused:
            record("pause_letters", subject=("dispatch", str(dispatch_id)), by=None,
                   now=timezone.now(), parameters={"because": "refused-in-a-row"})


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

    sent = send_letters(dispatch_id, report=onward)
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


def released_letters(dispatch_id: int) -> int:
    """How many letters of the dispatch have been released, whatever became of them."""
    dispatch = Dispatch.objects.get(pk=dispatch_id)
    return Letter.objects.filter(
        dispatch=dispatch, tranche__lte=dispatch.released_tranche
    ).count()


def settle_abandoned_letters() -> tuple[int, int]:
    """Find what senders that died left behind; return (waiting again, held in doubt)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_letter SET"
            " state = CASE WHEN handing_over THEN 'held' ELSE 'waiting' END,"
            " held_because = CASE WHEN handing_over THEN 'in-doubt' ELSE '' END,"
            " claim = CASE WHEN handing_over THEN claim ELSE NULL END"
            " WHERE state = 'claimed'"
            " AND claimed_at < clock_timestamp() - make_interval(secs => %s)"
            " RETURNING state, dispatch_id",
            [ABANDONED_S],
        )
        rows = cursor.fetchall()
    for dispatch_id in {row[1] for row in rows}:
        cancel_what_came_back(dispatch_id)
    states = [row[0] for row in rows]
    return states.count("waiting"), states.count("held")


def send_at_once(*, turn_s: float = 60) -> int:
    """Send the letters that wait for no release: answers, notices. Called by the sweep."""
    handed_over = 0
    for dispatch_id in _dispatches_at_once():
        try:
            handed_over += send_letters(dispatch_id, turn_s=turn_s).handed_over
        except Refusal as refusal:
            # That dispatch is paused now; the others go on.
            log.warning("dispatch %s: %s", dispatch_id, refusal.code)
    return handed_over


def _dispatches_at_once() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.id FROM office_dispatch d WHERE d.at_once AND d.state = 'sending'"
            " AND EXISTS (SELECT FROM office_letter l WHERE l.dispatch_id = d.id"
            " AND l.state = 'waiting'"
            " AND (l.not_before IS NULL OR l.not_before <= clock_timestamp())) ORDER BY d.id"
        )
        return [row[0] for row in cursor.fetchall()]
