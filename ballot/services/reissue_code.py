"""Sending an elector a new code: it comes into force, and the old one dies, on confirmation.

Nobody can void a code by asking for another: the new one goes to the frozen address only, and
does nothing until whoever reads that mailbox confirms it by POST. Who has voted gets none. With an
outside issuer the server makes no code: it asks the issuer for one.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from django.db import transaction
from django.db.models import QuerySet

from ballot.canonical import Json
from ballot.issuance.lists import Kind
from ballot.lifecycle import State
from ballot.models import Credential, Dated, Election, RegisterMark
from ballot.sealing.codes import make_code, voting_key
from ballot.selectors import roll_of
from ballot.services.board import append_entry
from ballot.services.codes import PURPOSE_AGAIN, PURPOSES
from ballot.services.issuer_requests import ask_for_code, asked_for
from ballot.services.moves import lock_election, require_state
from ballot.timetable import require_in_time
from members.selectors import entry_by_public_id, is_struck, postal_entries
from office.refusal import Refusal
from office.services.audit import record
from office.services.dispatches import cancel_letters_to
from office.services.letters import queue_letter

PURPOSE: Final = PURPOSE_AGAIN
MOST_CODES: Final = 6


class OnRoll(Protocol):
    """A roll entry, as far as it is asked for here."""

    pk: int
    public_id: uuid.UUID


@transaction.atomic
def reissue_code(
    election_id: int, *, recipient: uuid.UUID, by: int | None, now: datetime,
    seconded_by: int | None = None, by_post: bool = False,
) -> None:
    """Make a new code for an elector and queue its letter; the old code stays good meanwhile.

    by_post: the letter is printed and goes to the postal address on the roll.

    seconded_by: where two officers corrected the elector's address. The limit is against asking
    again and again, and whoever asked so often must not keep that correction from its elector.
    """
    election = lock_election(election_id)
    require_state(election, State.POLLING, State.SUSPENDED)
    entry = entry_by_public_id(roll_of(election).pk, recipient)
    if is_struck(entry):
        raise Refusal("reissue.not-on-roll", "This elector was struck off the roll.", status=404)
    if by is not None and seconded_by is None:
        require_in_time(election, Dated.REISSUE_AT_DESK, now=now)
    # Before the marks: whoever may not see them must not learn of one from what is refused first.
    if by_post:
        _require_postal(election, recipient)
    if RegisterMark.objects.filter(election=election, roll_entry=entry.pk).exists():
        raise Refusal("reissue.has-voted", "This elector has voted. There is nothing to send.")
    held = Credential.objects.filter(election=election, roll_entry=entry.pk)
    attempt = held.count() + asked_for(entry.pk) + 1
    if seconded_by is None and attempt > MOST_CODES:
        raise Refusal(
            "reissue.too-many",
            f"{MOST_CODES} codes have been made for this elector. Offer a helped route instead.",
        )
    if election.issuer is not None:
        ask_for_code(election, entry.pk, kind=Kind.REISSUE, now=now)
    else:
        _make_code(election, entry, held, by_post=by_post)
    # Of whom the trail does not say: it outlasts the register, and who has voted gets no code.
    record("reissue_code", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
           now=now, parameters={"attempt": attempt})


def _require_postal(election: Election, recipient: uuid.UUID) -> None:
    """Refuse a printed letter where the server prints none, or there is nowhere to send it."""
    if election.issuer is not None:
        raise Refusal(
            "reissue.issuer-prints",
            "The outside issuer makes and prints the letters of this election. Ask for a new link, "
            "and tell the issuer that it is to go by post.",
        )
    if recipient not in postal_entries([recipient]):
        raise Refusal(
            "reissue.no-postal-address",
            "The roll has no postal address for this elector that may be used. Offer one of the "
            "other ways to vote.",
        )


def _make_code(
    election: Election, entry: OnRoll, held: QuerySet[Credential], *, by_post: bool
) -> None:
    """Make the code and queue its letter."""
    recipient = entry.public_id
    # An earlier code that nobody confirmed is overtaken by this one.
    held.filter(force=Credential.Force.WAITING).update(force=Credential.Force.REVOKED)
    cancel_letters_to(PURPOSE, recipients=[str(recipient)])
    code = make_code(rng=os.urandom)
    attempt = held.count() + 1
    Credential.objects.create(
        election=election,
        roll_entry_id=entry.pk,
        attempt=attempt,
        public_key=voting_key(code, election_id=election.public_id.bytes).credential,
        force=Credential.Force.WAITING,
    )
    queue_letter(
        PURPOSE,
        reference=roll_of(election).public_id,
        recipient=str(recipient),
        attempt=attempt,
        enclosure=code.encode(),
        by_post=by_post,
    )


@transaction.atomic
def confirm_reissue(election_id: int, *, credential: bytes, now: datetime) -> None:
    """Bring a new code into force; its holder has proved that they hold it. Twice does no harm.

    credential: the public half, 32 bytes, whose proof of possession the caller has checked.
    """
    # Under the election's lock, before the credentials' as in a cast: what comes into force does
    # so before the close, and its entry stands before the close's.
    election = lock_election(election_id)
    require_state(election, State.POLLING, State.SUSPENDED)
    asked = Credential.objects.filter(election=election, public_key=credential).first()
    if asked is None:
        raise Refusal("reissue.unknown", "This code is not one of this election's.", status=403)
    held = _held_with(asked)
    asked = held[asked.pk]
    if asked.force == Credential.Force.IN_FORCE:
        return
    if asked.force == Credential.Force.REVOKED:
        raise Refusal("reissue.overtaken", "A newer code has been sent. Use the newest link.",
                      status=403)
    if RegisterMark.objects.filter(election=election, roll_entry=asked.roll_entry_id).exists():
        raise Refusal("reissue.has-voted", "A ballot has been cast by this elector already, and "
                      "it stands.")
    revoked = [one for one in held.values() if one.force == Credential.Force.IN_FORCE]
    Credential.objects.filter(pk__in=[one.pk for one in revoked]).update(
        force=Credential.Force.REVOKED
    )
    Credential.objects.filter(pk=asked.pk).update(force=Credential.Force.IN_FORCE)
    # Whoever confirms holds the new code: no letter with a code need reach this elector any more.
    for purpose in PURPOSES:
        cancel_letters_to(purpose, recipients=[str(asked.roll_entry.public_id)])
    append_entry(election, kind="reissue", content=_content(election, asked, revoked), now=now)


def _held_with(credential: Credential) -> dict[int, Credential]:
    """Every credential of the same elector by its key, each row locked, in one order.

    A cast under the old one holds its row, so it is either finished before this goes on, or finds
    its credential revoked.
    """
    rows = Credential.objects.select_for_update().filter(roll_entry=credential.roll_entry_id)
    return {one.pk: one for one in rows.order_by("pk")}


def _content(
    election: Election, issued: Credential, revoked: Sequence[Credential]
) -> dict[str, Json]:
    """The entry of a reissue."""
    return {
        "credential": bytes(issued.public_key).hex(),
        "revoked": [bytes(one.public_key).hex() for one in revoked],
        **_signatures(election, issued, revoked),
    }


def _signatures(
    election: Election, issued: Credential, revoked: Sequence[Credential]
) -> dict[str, Json]:
    """What the outside issuer signed of a reissue (sealing §5.5); null where there is none."""
    if election.issuer is None:
        return {"revocations": None, "signature": None}
    if issued.signature is None or any(one.revocation is None for one in revoked):
        raise Refusal(
            "reissue.not-signed",
            "The issuer has not signed that the code before dies. Ask for a new link once more.",
            status=409,
        )
    return {
        "revocations": [bytes(one.revocation or b"").hex() for one in revoked],
        "signature": bytes(issued.signature).hex(),
    }
