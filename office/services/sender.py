"""Hand letters to the mail server, each at most once.

claim a batch → render it → for each letter: commit "being handed over", hand it over, commit
"handed over" and erase its enclosure. The second commit of one letter is the first of the next,
so it costs one commit a letter and at most one letter is ever in doubt. A process that dies
leaves its claimed letters behind: those not yet being handed over were certainly not sent and
wait again; the one in doubt is held for a person. Nothing is sent twice blindly.

The limit of this: a mail server may take a letter and lose it, or take it and be cut off before
it says so; the first nobody here can see, the second is the letter in doubt.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from office.enclosure import open_enclosure
from office.models import Dispatch, Letter
from office.progress import Report
from office.purposes import Envelope, LetterToSend, purpose_named, rests
from office.services.composing import compose
from office.services.dispatches import cancel_unwanted, cancel_what_came_back
from office.services.pace import may_go, put_off
from office.services.refused import RefusedLetters
from office.services.replies import CLOSING, WentWrong, reply_code

BATCH = 50
TRY_AGAIN_S = 300
"""How long a letter waits after the mail server asked for patience (a 4xx reply)."""
TRIES = 8


class MailServerDown(Exception):
    """The mail server gives no connection, or takes no letter over this one: later, perhaps."""


class CutOff(MailServerDown):
    """The connection broke while a letter was being handed over."""


class Sender:
    """One claim on letters and one connection to the mail server."""

    def __init__(
        self, dispatch_id: int, *, report: Report, wait: Callable[[float], None], share: int,
        refused: RefusedLetters,
    ) -> None:
        self._dispatch = Dispatch.objects.get(pk=dispatch_id)
        self._claim = secrets.randbits(62)
        self._mail: BaseEmailBackend | None = None
        self._report = report
        self._wait = wait
        self._share = share
        self._refused = refused
        self._tried = 0
        self.handed_over = 0

    def rests(self) -> str:
        """Why nothing of this dispatch goes out just now; empty where it does."""
        return rests(self._dispatch.purpose, self._dispatch.reference)

    def send_batch(self) -> bool:
        """Send one batch, or put off what its domain has no room for; False: there was none."""
        # Those never put off come first: a domain that is full holds no other back.
        letters = self._claim_batch("IS NULL") or self._claim_batch("<= statement_timestamp()")
        if not letters:
            return False
        began, before = time.monotonic(), self._tried
        try:
            envelopes = purpose_named(self._dispatch.purpose).render(letters)
            self._open_mail()
            self._hand_over(letters, envelopes)
            self._report(done=self.handed_over)
        finally:
            # Whatever stopped us, a letter that was not being handed over was not sent.
            self._release()
        self._keep_pace(self._tried - before, began)
        return True

    def close(self) -> None:
        if self._mail is not None:
            self._mail.close()
            self._mail = None

    def _claim_batch(self, not_before: str) -> list[LetterToSend]:
        """Claim letters; not_before: which, as the condition on that column (no outside text)."""
        with connection.cursor() as cursor:
            cursor.execute(
                # Materialised: a plain subquery may be run again for every row, and then its
                # LIMIT limits nothing. Condition and order are those of office_letter_waiting.
                "WITH chosen AS MATERIALIZED (SELECT l.id"  # noqa: S608 - the caller's is above.
                " FROM office_letter l WHERE l.dispatch_id = %(dispatch)s AND l.state = 'waiting'"
                " AND l.tranche <= (SELECT CASE WHEN d.at_once THEN 2147483647"
                " ELSE d.released_tranche END FROM office_dispatch d"
                " WHERE d.id = %(dispatch)s AND d.state = 'sending')"
                f" AND l.not_before {not_before}"
                " ORDER BY l.not_before NULLS FIRST, l.tranche, l.id LIMIT %(batch)s"
                " FOR UPDATE SKIP LOCKED)"
                " UPDATE office_letter l SET state = 'claimed', claim = %(claim)s,"
                " claimed_at = clock_timestamp(), handing_over = false, tries = tries + 1"
                " FROM chosen WHERE l.id = chosen.id AND l.state = 'waiting'"
                " RETURNING l.id, l.recipient, l.attempt, l.enclosure",
                {"dispatch": self._dispatch.pk, "batch": BATCH, "claim": self._claim},
            )
            rows = cursor.fetchall()
        return [self._opened(*row) for row in sorted(rows)]

    def _opened(
        self, letter_id: int, recipient: str, attempt: int, sealed: memoryview | None
    ) -> LetterToSend:
        purpose = self._dispatch.purpose
        plain = None
        if sealed is not None:
            plain = open_enclosure(
                bytes(sealed), purpose=purpose, recipient=recipient, attempt=attempt
            )
        return LetterToSend(
            letter_id=letter_id,
            purpose=purpose,
            reference=self._dispatch.reference,
            recipient=recipient,
            attempt=attempt,
            enclosure=plain,
        )

    def _open_mail(self) -> None:
        if self._mail is not None:
            return
        mail = get_connection()
        try:
            mail.open()
        except WentWrong as error:
            raise MailServerDown from error
        self._mail = mail

    def _hand_over(
        self, letters: Sequence[LetterToSend], envelopes: Mapping[int, Envelope | None]
    ) -> None:
        done: int | None = None
        try:
            for letter in letters:
                envelope = envelopes.get(letter.letter_id)
                if envelope is None and letter.letter_id in envelopes:
                    cancel_unwanted(letter.letter_id, claim=self._claim)
                    continue
                if envelope is None:
                    self._hold(letter.letter_id, Letter.NO_ADDRESS)
                    continue
                if not may_go(envelope.to):
                    put_off(letter.letter_id, claim=self._claim, address=envelope.to)
                    continue
                is_ours = self._turn_over(done, letter.letter_id)
                done = None
                if not is_ours:
                    continue
                if self._give(letter, envelope):
                    done = letter.letter_id
                    self._refused.end()
                    self.handed_over += 1
                    self._report(done=self.handed_over)
        finally:
            # A report raises when a person stops the job: what was taken is taken all the same.
            self._turn_over(done, None)

    def _turn_over(self, done: int | None, starting: int | None) -> bool:
        """In one commit: this one is handed over, that one is being handed over.

        False: the letter to start is no longer ours (taken for abandoned, or cancelled).
        """
        if done is None and starting is None:
            return True
        with connection.cursor() as cursor:
            # One statement, hence one commit. A letter that was held while we were handing it
            # over (we were slow, and taken for dead) is settled by what we now know.
            cursor.execute(
                "UPDATE office_letter SET"
                " state = CASE WHEN id = %(done)s THEN 'handed_over' ELSE state END,"
                " enclosure = CASE WHEN id = %(done)s THEN NULL ELSE enclosure END,"
                " handing_over = (id IS DISTINCT FROM %(done)s),"
                # Of what has gone no hour is kept: that of the notice of a cast is the cast's.
                " held_because = '',"
                " claimed_at = CASE WHEN id = %(done)s THEN NULL ELSE clock_timestamp() END"
                " WHERE claim = %(claim)s AND ((id = %(done)s AND state IN ('claimed', 'held'))"
                " OR (id = %(starting)s AND state = 'claimed')) RETURNING id",
                {"done": done, "starting": starting, "claim": self._claim},
            )
            return starting in {row[0] for row in cursor.fetchall()} or starting is None

    def _give(self, letter: LetterToSend, envelope: Envelope) -> bool:
        """Hand one letter to the mail server. False: it did not take it, or nobody can know."""
        mail = compose(letter, envelope)
        assert self._mail is not None
        mail.connection = self._mail
        self._tried += 1
        try:
            mail.send()
        except WentWrong as error:
            self._forget_mail()
            code = reply_code(error)
            if code is None:
                # Cut off in the middle: it may have been taken.
                self._hold(letter.letter_id, "in-doubt")
                raise CutOff from None
            # A reply with a code is an answer: the server did not take it.
            self._answer(letter.letter_id, code)
            self._open_mail()
            return False
        return True

    def _answer(self, letter_id: int, code: int) -> None:
        if code == CLOSING:
            self._put_back(letter_id)
            raise MailServerDown
        if code >= 500:
            self._hold(letter_id, "refused")
            self._refused.add()
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE office_letter SET state = CASE WHEN tries < %s THEN 'waiting' ELSE 'held'"
                " END, held_because = CASE WHEN tries < %s THEN '' ELSE 'put-off' END,"
                " handing_over = false, claimed_at = NULL,"
                " not_before = clock_timestamp() + make_interval(secs => %s)"
                " WHERE id = %s AND claim = %s AND state IN ('claimed', 'held')",
                [TRIES, TRIES, TRY_AGAIN_S, letter_id, self._claim],
            )

    def _put_back(self, letter_id: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE office_letter SET handing_over = false"
                " WHERE id = %s AND claim = %s AND state = 'claimed'",
                [letter_id, self._claim],
            )

    def _hold(self, letter_id: int, because: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE office_letter SET state = 'held', held_because = %s, claimed_at = NULL,"
                " handing_over = %s"
                " WHERE id = %s AND claim = %s AND state = 'claimed'",
                [because, because == "in-doubt", letter_id, self._claim],
            )

    def _release(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE office_letter SET state = 'waiting', claim = NULL,"
                " claimed_at = NULL, tries = tries - 1"
                " WHERE dispatch_id = %s AND state = 'claimed' AND claim = %s"
                " AND NOT handing_over",
                [self._dispatch.pk, self._claim],
            )
        cancel_what_came_back(self._dispatch.pk)

    def _forget_mail(self) -> None:
        mail, self._mail = self._mail, None
        if mail is not None:
            try:
                mail.close()
            except WentWrong:
                # It is broken already, which is why it is forgotten.
                return

    def _keep_pace(self, letters: int, began: float) -> None:
        # An officer may have set another rate since the last batch.
        self._dispatch.refresh_from_db(fields=["letters_a_minute"])
        if self._dispatch.letters_a_minute:
            due_s = letters * 60 * self._share / self._dispatch.letters_a_minute
            left_s = due_s - (time.monotonic() - began)
            if left_s > 0:
                self._wait(left_s)
