"""Showing that the share file still opens (sealing §9.7, trustees §5.2)."""

from __future__ import annotations

import os

from ballot.sealing.sharefile import prove_share
from ballot.trustee.errors import NotYet
from ballot.trustee.published import key_on_board
from ballot.trustee.session import Session
from ballot.trustee.share import my_share


def prove_held(session: Session) -> str:
    """Open the share file, hold it against the key on the board, and prove it; say so.

    The question is the board's root, which nobody could foretell and all can look up.
    Raises: NotYet, Refused "share.key" and those of the ceremony, Trouble.
    """
    concluded, begun = session.record.last("key"), session.record.last("ceremony")
    if concluded is None or (begun is not None and begun.number > concluded.number):
        raise NotYet("The board does not show the key yet.")
    key, _ = key_on_board(session.record)
    share = my_share(session, key)
    checkpoint = session.copy.checkpoint
    proof = prove_share(share, question=checkpoint.root, rng=os.urandom)
    session.server.post("held", {"proof": proof.hex(), "size": checkpoint.size})
    return "You have shown that your share file still opens."
