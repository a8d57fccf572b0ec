"""Setting the election's key: the outcome of the trustees' ceremony goes on the board.

Only public values come in. The shares stay with the trustees; in a demonstration alone the
server makes and holds them itself, encrypted under a key from the environment, and says so.
"""

from __future__ import annotations

import json
import os
from datetime import datetime

from django.db import transaction

from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.models import DemonstrationShare, Election, Trustee
from ballot.sealing.ceremony import make_key
from ballot.sealing.keys import ElectionKey, KeyShare
from ballot.sealing.messages import Ceremony
from ballot.services.board import append_entry
from ballot.services.moves import lock_election
from office.enclosure import seal_enclosure
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def set_key(election_id: int, *, key: ElectionKey, by: int | None, now: datetime) -> None:
    """Put the key of a finished ceremony on the board.

    key: already parsed and checked (`ElectionKey.parse`); its points are on the curve.
    """
    election = lock_election(election_id)
    require_ready(election, "set_key", now=now)
    Election.objects.filter(pk=election.pk).update(key=key.to_json())
    Trustee.objects.bulk_create(
        Trustee(election=election, number=trustee.number, name=trustee.name)
        for trustee in key.trustees
    )
    append_entry(election, kind="key", content=key.to_json(), now=now)
    record("set_key", subject=("election", str(election.pk)), by=by, now=now)


@transaction.atomic
def set_demonstration_key(
    election_id: int, *, trustees: tuple[str, ...], quorum: int, by: int | None, now: datetime
) -> None:
    """Hold the whole ceremony in the server and keep the shares: demonstrations alone."""
    election = lock_election(election_id)
    if not election.demonstration:
        raise Refusal(
            "key.not-a-demonstration",
            "The server holds shares in a demonstration alone. Make the key with the command "
            "make_trustees, on a machine of the trustees'.",
        )
    if election.stage != State.FROZEN or election.key is not None:
        raise Refusal("key.too-late", "The key is set once, after the roll is frozen.")
    ceremony = Ceremony(election.public_id.bytes, trustees, quorum)
    key, shares = make_key(ceremony, rng=os.urandom)
    set_key(election_id, key=key, by=by, now=now)
    for trustee, share in zip(election.trustees.order_by("number"), shares, strict=True):
        DemonstrationShare.objects.create(trustee=trustee, enclosure=_close(trustee, share))


def _close(trustee: Trustee, share: KeyShare) -> bytes:
    text = json.dumps(share.to_json()).encode()
    return seal_enclosure(text, purpose="share", recipient=str(trustee.pk), attempt=1)
