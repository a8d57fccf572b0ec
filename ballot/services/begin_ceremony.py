"""Beginning the trustees' key ceremony: its frame goes on the board, and each is sent a seat.

It may be begun anew until the opening, with the same trustees or others: what was said before, and
a key that was made, then count for nothing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ballot.lifecycle import State
from ballot.mapping.keys import ceremony_content
from ballot.models import DemonstrationShare, Election, KeyCeremony, ShareHeld, Trustee
from ballot.sealing.errors import SealingError
from ballot.sealing.messages import Ceremony
from ballot.services.board import append_entry
from ballot.services.give_seat import send_seat, unseat
from ballot.services.mix_box import SERVER
from ballot.services.moves import lock_election, require_state
from office.refusal import Refusal
from office.services.audit import record


@dataclass(frozen=True, slots=True)
class NewTrustee:
    """Who is to hold a share. address: where their seat is sent; empty: the server sits for them.

    The name stands on the board, in the key and in every mix of theirs.
    """

    name: str
    address: str = ""


@transaction.atomic
def begin_ceremony(
    election_id: int,
    *,
    trustees: Sequence[NewTrustee],
    quorum: int,
    by: int | None,
    now: datetime,
) -> None:
    """Begin a key ceremony, or begin it anew, under an identifier that never was before."""
    election = lock_election(election_id)
    require_state(election, State.FROZEN)
    frame = _frame(election, trustees, quorum)
    _forget_former(election)
    Trustee.objects.bulk_create(
        Trustee(election=election, number=number, name=one.name, address=one.address)
        for number, one in enumerate(trustees, start=1)
    )
    entry = append_entry(election, kind="ceremony", content=ceremony_content(frame), now=now)
    KeyCeremony.objects.create(election=election, entry=entry)
    for trustee in election.trustees.exclude(address=""):
        send_seat(trustee)
    record("set_key", subject=("election", str(election.pk)), by=by, now=now,
           parameters={"trustees": len(trustees), "quorum": quorum})


def _frame(election: Election, trustees: Sequence[NewTrustee], quorum: int) -> Ceremony:
    names = tuple(one.name for one in trustees)
    try:
        frame = Ceremony(os.urandom(16), names, quorum)
    except SealingError as refused:
        raise Refusal(
            "ceremony.frame",
            "Name one to nine trustees, each by another name of at most 64 bytes, and a quorum of "
            f"no more than they are ({refused.condition}).",
        ) from refused
    if SERVER in names:
        raise Refusal("ceremony.frame", f"“{SERVER}” is the server's own name as a mixer. Name "
                      "the trustee otherwise.")
    addresses = [one.address.casefold() for one in trustees if one.address]
    if len(set(addresses)) < len(addresses):
        raise Refusal("ceremony.same-address", "Two trustees have one e-mail address: whoever "
                      "reads it would hold both their shares. Give each their own.")
    if election.mixes_wanted > 1 + len(names):
        raise Refusal(
            "ceremony.too-few-trustees",
            f"The notice promises {election.mixes_wanted} mixes of every box. The server makes one "
            f"and each trustee one: name {election.mixes_wanted - 1} trustees or more.",
        )
    return frame


def _forget_former(election: Election) -> None:
    """Take away the trustees of an earlier ceremony, their seats and its key: it is begun anew."""
    for trustee in election.trustees.all():
        unseat(trustee)
    ShareHeld.objects.filter(trustee__election=election).delete()
    DemonstrationShare.objects.filter(trustee__election=election).delete()
    election.trustees.all().delete()
    Election.objects.filter(pk=election.pk).update(key=None)
