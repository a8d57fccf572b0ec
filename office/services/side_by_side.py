"""Several senders of one dispatch, each with a connection to the mail server of its own.

A letter costs four answers of the mail server, one after the other: over one connection the way
there and back is what a dispatch waits for. Each letter is claimed by one sender, as it is
between workers, so nothing is sent twice.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

from django.db import connection

from office.progress import JobStopped, Report
from office.services.refused import RefusedLetters
from office.services.sending import TURN_S, Sent, send_letters

REPORTED_EVERY_S: Final = 0.5


def send_side_by_side(
    dispatch_id: int, *, connections: int, report: Report, turn_s: float = TURN_S
) -> Sent:
    """Send the released letters of a dispatch over so many connections, for one turn.

    What stops one sender stops them all, each after the letter that it is handing over; so does
    a report that raises. But a sender to whom the mail server gives no connection ends its own
    turn alone: many allow fewer than are set here.

    Raises: what a sender or the report raises.
    """
    senders = _Senders(dispatch_id, connections, turn_s)
    with ThreadPoolExecutor(connections) as pool:
        turns = [pool.submit(senders.take_turn, place) for place in range(connections)]
        try:
            while wait(turns, REPORTED_EVERY_S).not_done:
                report(done=sum(senders.handed_over))
            report(done=sum(senders.handed_over))
        finally:
            senders.stop.set()
    return _together(turns)


class _Senders:
    """What the senders of one turn share. handed_over: letters, by sender."""

    def __init__(self, dispatch_id: int, connections: int, turn_s: float) -> None:
        self._dispatch_id = dispatch_id
        self._turn_s = turn_s
        self._refused = RefusedLetters()
        self.handed_over = [0] * connections
        self.stop = threading.Event()

    def take_turn(self, place: int) -> Sent:
        """One sender's turn, in a thread of its own and so with a database session of its own."""
        try:
            sent = send_letters(
                self._dispatch_id, report=self._listener(place), turn_s=self._turn_s,
                wait=self._wait, share=len(self.handed_over), refused=self._refused,
            )
        except _Stopped:
            return Sent(self.handed_over[place], is_over=False)
        except BaseException:
            self.stop.set()
            raise
        finally:
            connection.close()
        if sent.is_cut_off or sent.rests:
            self.stop.set()
        return sent

    def _listener(self, place: int) -> Report:
        def listen(
            *,
            done: int | None = None,
            total: int | None = None,
            stage: str | None = None,
            unit: str | None = None,
        ) -> None:
            self.handed_over[place] = done or 0
            self._go_on()

        return listen

    def _wait(self, seconds: float) -> None:
        self.stop.wait(seconds)
        self._go_on()

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise _Stopped


class _Stopped(JobStopped):
    """Another sender, or who listens, has stopped this turn."""


def _together(turns: list[Future[Sent]]) -> Sent:
    """How the turn of all ended; raises what stopped the first of them."""
    sent = [turn.result() for turn in turns]
    handed_over = sum(one.handed_over for one in sent)
    is_cut_off = any(one.is_cut_off for one in sent)
    return Sent(
        handed_over,
        is_over=all(one.is_over for one in sent),
        is_mail_down=is_cut_off or (not handed_over and any(one.is_mail_down for one in sent)),
        is_cut_off=is_cut_off,
        rests=next((one.rests for one in sent if one.rests), ""),
    )
