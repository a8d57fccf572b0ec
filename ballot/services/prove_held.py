"""Taking the proof that a trustee's share file still opens (sealing spec, 9.7).

Before the opening every trustee of the key gives one; in the last days of the poll each is asked
again, and who does not answer is named while the quorum can still be looked after.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ballot.ceremonies import DUE_BEFORE_CLOSE
from ballot.lifecycle import State
from ballot.mapping.keys import held_content
from ballot.models import Checkpoint, Election, Entry, ShareHeld
from ballot.sealing.errors import SealingError
from ballot.sealing.sharefile import check_share_proof
from ballot.selectors import key_of
from ballot.services.board import append_entry
from ballot.services.moves import lock_election, require_state
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def take_held_proof(
    election_id: int, *, number: int, size: int, proof: bytes, now: datetime
) -> None:
    """Take a trustee's proof. A second one for the same state of the board changes nothing.

    size: of the checkpoint whose root was the question. proof: 65 bytes.
    """
    election = lock_election(election_id)
    trustee = election.trustees.filter(number=number).first()
    if trustee is None:
        raise Refusal("held.no-such-trustee", f"There is no trustee number {number}.")
    if trustee.proofs.filter(size=size).exists():
        return
    require_state(election, State.FROZEN, State.POLLING, State.SUSPENDED)
    checkpoint = _question(election, size, now=now)
    try:
        check_share_proof(key_of(election), number, bytes(checkpoint.root), proof)
    except SealingError as refused:
        raise Refusal(
            "held.does-not-check",
            f"The proof does not show that the share is held ({refused.condition}).",
            status=422,
        ) from refused
    content = held_content(trustee=number, size=size, proof=proof)
    entry = append_entry(election, kind="share-held", content=content, now=now)
    ShareHeld.objects.create(trustee=trustee, size=size, proved_at=now, entry=entry)
    record("hold_share", subject=("trustee", str(trustee.pk)), by=None, now=now)


def _question(election: Election, size: int, *, now: datetime) -> Checkpoint:
    """The signed state of the board that was asked about, unless it is too old to show anything."""
    checkpoint = Checkpoint.objects.filter(election=election, size=size).first()
    if checkpoint is None:
        raise Refusal("held.no-such-checkpoint", f"The board signed no state of {size} entries.")
    key = Entry.objects.filter(election=election, kind="key").order_by("-number").first()
    is_before_key = key is None or size <= key.number
    is_stale = (
        election.stage != State.FROZEN and checkpoint.signed_at < now - DUE_BEFORE_CLOSE
    )
    if is_before_key or is_stale:
        raise Refusal("held.too-old", "The proof answers a state of the board that is too old. "
                      "Read the newest checkpoint, and prove it anew.")
    return checkpoint
