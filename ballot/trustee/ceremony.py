"""The trustee's steps of the key ceremony, each after a check of all that the board shows.

What is sent is written to the folder first, and is sent again as it was after an interruption.
Spec: sealing §9, trustees §5.1.
"""

from __future__ import annotations

import os
from typing import Any

from ballot.canonical import canonical, read_canonical
from ballot.sealing.ballot import tracker_words
from ballot.sealing.ceremony import deal, finish, prepare, receive, reveal
from ballot.sealing.messages import TrusteeSecret
from ballot.sealing.sharefile import open_share, seal_share
from ballot.trustee.errors import NotYet, Refused, checking
from ballot.trustee.published import (
    STEPS,
    Published,
    Received,
    key_on_board,
    names,
    published,
)
from ballot.trustee.session import Session
from ballot.trustee.share import SHARE, keep_share, my_share


def take_step(session: Session, step: str) -> str:
    """Do one step, if the board shows that the one before it is closed; say what was done.

    Raises: NotYet; Refused, Trouble.
    """
    ceremony = _mine(session)
    if (step, session.seat.number) in ceremony.raw:
        raise NotYet(f"Your {step} is on the board.")
    before = STEPS[: STEPS.index(step)]
    if not all(map(ceremony.of_all, before)):
        raise NotYet(f"The board does not show every trustee's {before[-1]} yet.")
    name = _sent_name(ceremony, step)
    sent = session.folder.read(name)
    if sent is None:
        sent = canonical(_MAKERS[step](session, ceremony))
        session.folder.write(name, sent)
    if step == "confirmation":
        # The share file is made and was read again: what made it is wanted no more.
        session.folder.wipe(_secret_name(ceremony))
    session.server.post("ceremony", {"message": read_canonical(sent), "step": step})
    return _SAID[step]


def _mine(session: Session) -> Published:
    """Give the ceremony, with this trustee in it, and their messages as they were sent.

    Raises: NotYet; Refused "ceremony.seat", "ceremony.foreign".
    """
    found = published(session.record)
    if found is None:
        raise NotYet("The board does not show a ceremony yet.")
    number, trustees = session.seat.number, found.frame.trustees
    if number not in found.frame.numbers or trustees[number - 1] != session.seat.name:
        why = f"Trustee {number} is not {session.seat.name} in the ceremony on the board."
        raise Refused("ceremony.seat", f"entry {found.number}", why)
    require_own_messages(session, found)
    return found


def require_own_messages(session: Session, ceremony: Published) -> None:
    """Check that what the board has in this trustee's name is what was sent from here.

    Spec: sealing §9.1, trustees §5.1.  Raises: Refused "ceremony.foreign".
    """
    for step in STEPS:
        shown = ceremony.raw.get((step, session.seat.number))
        if shown is not None and shown != session.folder.read(_sent_name(ceremony, step)):
            why = (
                "It stands in your name, and was not sent from this folder. If you sent it from "
                "elsewhere, go on there; if not, somebody else writes in your name."
            )
            raise Refused("ceremony.foreign", f"your {step} on the board", why)


def _commitment(session: Session, ceremony: Published) -> dict[str, Any]:
    passphrase = session.passphrase.new()
    with checking("the ceremony", "This trustee is not in it."):
        secret, commitment = prepare(ceremony.frame, session.seat.number, rng=os.urandom)
    sealed = seal_share(secret, passphrase=passphrase, rng=os.urandom)
    session.folder.write(_secret_name(ceremony), sealed)
    return commitment.to_json()


def _reveal(session: Session, ceremony: Published) -> dict[str, Any]:
    secret = _secret(session, ceremony)
    with checking("the commitments", "Not every trustee has committed."):
        said = ceremony.said("commitment")
        return reveal(secret, ceremony=ceremony.frame, commitments=said).to_json()


def _dealing(session: Session, ceremony: Published) -> dict[str, Any]:
    reveals = ceremony.reveals()
    secret = _secret(session, ceremony)
    return deal(secret, ceremony=ceremony.frame, reveals=reveals, rng=os.urandom).to_json()


def _received(session: Session, ceremony: Published) -> dict[str, Any]:
    reveals = ceremony.reveals()
    secret = _secret(session, ceremony)
    with checking("the dealings", "They are not one of each trustee."):
        complaints = receive(
            secret,
            ceremony=ceremony.frame,
            reveals=reveals,
            dealings=ceremony.said("dealing"),
            rng=os.urandom,
        )
    for one in complaints:
        session.console.say(
            f"The share from {names(ceremony.frame, [one.dealer])} is false: you complain of it."
        )
    return Received(session.seat.number, complaints).to_json()


def _confirmation(session: Session, ceremony: Published) -> dict[str, Any]:
    """Add up the share, write the share file, and see that it opens, before saying so."""
    reveals, out = ceremony.reveals(), ceremony.out()
    if out:
        session.console.say(f"Out of the ceremony: {names(ceremony.frame, out)}.")
    secret = _secret(session, ceremony)
    with checking("the end of the ceremony", "You hold no whole share."):
        share, confirmation = finish(
            secret,
            ceremony=ceremony.frame,
            commitments=ceremony.said("commitment"),
            reveals=reveals,
            dealings=ceremony.said("dealing"),
            complaints=ceremony.complaints(),
            rng=os.urandom,
        )
    passphrase = session.passphrase.known()
    keep_share(session.folder, seal_share(share, passphrase=passphrase, rng=os.urandom))
    kept = session.folder.read(SHARE)
    if kept is None or open_share(kept, passphrase=passphrase) != share:
        raise Refused("sharefile.format", SHARE, "The disk does not give back what was written.")
    return confirmation.to_json()


_MAKERS = {
    "commitment": _commitment,
    "reveal": _reveal,
    "dealing": _dealing,
    "received": _received,
    "confirmation": _confirmation,
}
_SAID = {
    "commitment": "You have committed to your part of the key.",
    "reveal": "You have revealed your part of the key.",
    "dealing": "You have sent the others their shares.",
    "received": "You have checked the shares that the others sent you.",
    "confirmation": f"Your share file is made ({SHARE}), and you have confirmed it. "
    "Copy it to another place, and print it: python -m ballot.trustee paper.",
}


def _secret(session: Session, ceremony: Published) -> TrusteeSecret:
    """Open what is kept between the steps, under the passphrase (sealing §9.8)."""
    kept = session.folder.read(_secret_name(ceremony))
    if kept is None:
        why = (
            "What you drew for this ceremony is not in this folder. Go on where you began, or ask "
            "the returning officer to begin the ceremony anew."
        )
        raise Refused("ceremony.secret", _secret_name(ceremony), why)
    opened = session.passphrase.open(kept, "what you keep between the steps")
    if not isinstance(opened, TrusteeSecret):
        raise Refused("sharefile.format", _secret_name(ceremony), "It is of another kind.")
    return opened


def _sent_name(ceremony: Published, step: str) -> str:
    return f"ceremony/{ceremony.identifier}/{step}.json"


def _secret_name(ceremony: Published) -> str:
    return f"ceremony/{ceremony.identifier}/secret.json"


def show_conclusion(session: Session) -> bool:
    """Conclude the ceremony from the board, and show T in words, once; say whether it has ended.

    Spec:   sealing §9.6, trustees §5.1.
    Raises: Refused "key.ceremony" and those of the ceremony, Trouble.
    """
    begun, ended = session.record.last("ceremony"), session.record.last("key")
    if ended is None or (begun is not None and begun.number > ended.number):
        return False
    key, ceremony = key_on_board(session.record)
    name = f"ceremony/{ceremony.identifier}/words.txt"
    if session.folder.read(name) is not None:
        return True
    if session.folder.read(_sent_name(ceremony, "commitment")) is not None:
        # Else the share came from elsewhere, and it is the share that tells whose ceremony it was.
        require_own_messages(session, ceremony)
    if session.seat.number in {one.number for one in key.trustees}:
        my_share(session, key)
    words = " ".join(tracker_words(ceremony.transcript()))
    session.console.say(_CONCLUDED.format(words=words, quorum=key.quorum, of=len(key.trustees)))
    session.folder.write(name, f"{words}\n".encode())
    return True


_CONCLUDED = """\
The ceremony has ended: {quorum} of {of} trustees can open the boxes. Read these twelve words to the
other trustees. All must see the same:

    {words}
"""
