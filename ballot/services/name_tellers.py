"""Naming the tellers, who read postal papers, and their keys on the board before the close.

A teller's key is of a code that their own browser makes; its secret is never here (sealing spec,
6.9). Who signs in as a teller without the code seals nothing that the other's would equal.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from ballot.mapping.post import tellers_content
from ballot.models import Teller
from ballot.postal import BEFORE_CLOSE
from ballot.sealing.errors import Malformed
from ballot.sealing.postal import require_teller_key
from ballot.services.board import append_entry
from ballot.services.moves import lock_election, require_state
from office.refusal import Refusal
from office.selectors import may
from office.services.audit import record


@transaction.atomic
def take_teller_key(election_id: int, *, person: int, name: str, key: bytes, now: datetime) -> None:
    """Take the key that a teller's browser made, once: they are a teller of the election by it.

    name: by which the board knows them.  key: 32 bytes.
    """
    election = lock_election(election_id)
    require_state(election, *BEFORE_CLOSE)
    try:
        require_teller_key(key)
    except Malformed as wrong:
        raise Refusal("teller.key", "What your browser sent is no key. Load the page again.",
                      status=400) from wrong
    number = election.tellers.count() + 1
    try:
        with transaction.atomic():
            Teller.objects.create(
                election=election, person_id=person, number=number, name=name, key=key
            )
    except IntegrityError as twice:
        raise Refusal(
            "teller.has-key",
            "You have made your key for this election already. Use the code that you wrote down; "
            "if it is lost, another teller must take your place.",
        ) from twice
    record("read_papers", subject=("election", str(election.pk)), by=person, now=now,
           parameters={"teller": number})


@transaction.atomic
def name_tellers(election_id: int, *, by: int, now: datetime) -> None:
    """Put every teller who has made a key, and still holds that office, on the board."""
    election = lock_election(election_id)
    require_state(election, *BEFORE_CLOSE)
    tellers = [one for one in election.tellers.all() if may(one.person_id, "read_papers", now=now)]
    if len(tellers) < 2:
        raise Refusal("teller.too-few", "Two tellers at least must have made their keys, and be "
                      "tellers still: ask them to open their page.")
    append_entry(election, kind="tellers", content=tellers_content(tellers), now=now)
    record("name_tellers", subject=("election", str(election.pk)), by=by, now=now,
           parameters={"tellers": len(tellers)})
