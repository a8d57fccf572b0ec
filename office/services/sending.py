"""Turns of sending: of one sender of a dispatch, and by the sweep of letters that need no release.

What one sender does with each letter, so that none is sent twice, is office.services.sender; what
a sender that died left behind is found here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from django.db import connection, transaction
from django.utils import timezone

from office.models import Dispatch
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record
from office.services.dispatches import cancel_what_came_back
from office.services.refused import REFUSED_IN_A_ROW, RefusedInARow, RefusedLetters
from office.services.sender import CutOff, MailServerDown, Sender

log = logging.getLogger(__name__)

TURN_S = 600
"""A sender's turn within one task; a dispatch takes as many turns as it needs."""
ABANDONED_S = 600
"""A claim whose sender has done nothing for so long is taken for abandoned."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How a sender's turn ended.

    is_over:       no letter is left that could go now.
    is_mail_down:  the mail server could not be reached, or took no further letter.
    is_cut_off:    and it broke off in the middle of one, which is held.
    rests:         why the letters that are left wait, where their purpose says so.
    """

    handed_over: int
    is_over: bool
    is_mail_down: bool = False
    is_cut_off: bool = False
    rests: str = ""


def send_letters(
    dispatch_id: int,
    *,
    report: Report = silent,
    turn_s: float = TURN_S,
    wait: Callable[[float], None] = time.sleep,
    share: int = 1,
    refused: RefusedLetters | None = None,
) -> Sent:
    """Send the released letters of a dispatch that wait, for one turn.

    Called outside any transaction: each step commits by itself. Several senders may run at
    once; each letter is claimed by one.

    share:   how many senders keep the dispatch's pace between them.
    refused: the refused in a row of all these; None where there is one sender.
    """
    sender = Sender(
        dispatch_id, report=report, wait=wait, share=share, refused=refused or RefusedLetters()
    )
    ends_at = time.monotonic() + turn_s
    try:
        while time.monotonic() < ends_at:
            if why := sender.rests():
                return Sent(sender.handed_over, is_over=False, rests=why)
            if not sender.send_batch():
                return Sent(sender.handed_over, is_over=True)
    except CutOff:
        return Sent(sender.handed_over, is_over=False, is_mail_down=True, is_cut_off=True)
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


def settle_abandoned_letters() -> tuple[int, int]:
    """Find what senders that died left behind; return (waiting again, held in doubt)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_letter SET"
            " state = CASE WHEN handing_over THEN 'held' ELSE 'waiting' END,"
            " held_because = CASE WHEN handing_over THEN 'in-doubt' ELSE '' END,"
            " claim = CASE WHEN handing_over THEN claim ELSE NULL END, claimed_at = NULL"
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
