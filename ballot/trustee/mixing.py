"""This trustee's own mixes: made on what was checked, signed, kept until the board shows them.

Spec: sealing §8, §8.6; trustees §5.3.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import Final

from ballot.sealing.keys import KeyShare
from ballot.sealing.maker import sign_mix
from ballot.sealing.mixing import mix
from ballot.sealing.proofs import KNOWLEDGE
from ballot.trustee.boxes import FixedBox, fixed_boxes, place_of, read_fixed
from ballot.trustee.errors import NotYet, Trouble
from ballot.trustee.mixes import MixShown, check_mixes, mixes_of
from ballot.trustee.poll import Poll, read_poll
from ballot.trustee.seat import SeatBox
from ballot.trustee.server import Contradicted
from ballot.trustee.session import Session
from ballot.trustee.share import my_share

_MIXES: Final = "mixes"


def mix_boxes(session: Session) -> str:
    """Mix every box that wants a mix and has none of this trustee's; say what was done.

    Raises: NotYet while nothing can be done; Refused, Trouble.
    """
    poll = read_poll(session.record)
    boxes = [fixed for fixed in fixed_boxes(session.record) if fixed.ballots]
    sent = [_mix_one(session, poll, fixed) for fixed in boxes].count(True)
    if not sent:
        raise NotYet("Waiting for mixes to be checked, and shown on the board.")
    return "You have handed in every mix that was wanted of you."


def _mix_one(session: Session, poll: Poll, fixed: FixedBox) -> bool:
    """Hand in this trustee's mix of a box, if it is wanted and not there; say whether it was."""
    shown = mixes_of(session.record, fixed.place, poll)
    mixers = {one.trustee for one in shown}
    # Whatever the notice wants: a box that no trustee has mixed is not opened.
    is_enough = len(shown) >= poll.mixes_wanted and any(mixers)
    if session.seat.number in mixers or is_enough or not shown:
        return False
    name = _kept_name(fixed, shown)
    kept = session.folder.read(name)
    if kept is None:
        kept = _made(session, poll, fixed)
        session.folder.write(name, kept)
    signature, content = kept[:KNOWLEDGE], kept[KNOWLEDGE:]
    if _is_handed_in(session, fixed, content):
        return False
    contest, box = fixed.place
    path = f"boxes/{contest}/{box}/mix/{len(shown) + 1}/{signature.hex()}"
    try:
        session.server.post(path, content)
    except Contradicted as overtaken:
        raise NotYet(str(overtaken)) from overtaken
    session.console.say(f"You have mixed {fixed.where}: {fixed.ballots} ballots.")
    return True


def _made(session: Session, poll: Poll, fixed: FixedBox) -> bytes:
    """Check the box and its mixes, mix it once more, and sign that: signature 65 | mix."""
    share = my_share(session, poll.key)
    before = read_fixed(fixed, poll=poll, blob=session.copy.blob, jobs=session.jobs)
    before = check_mixes(session, fixed, before, poll)
    content = mix(
        before,
        setting=poll.setting,
        mixer=poll.key.trustee(share.number).name,
        rng=os.urandom,
        processes=session.jobs,
        progress=session.console.progress(f"mixing {fixed.where}"),
    ).to_bytes()
    return _signed(content, fixed, poll, share) + content


def _signed(content: bytes, fixed: FixedBox, poll: Poll, share: KeyShare) -> bytes:
    return sign_mix(
        content,
        name=fixed.name,
        setting=poll.setting,
        key=poll.key,
        share=share,
        rng=os.urandom,
    )


def _is_handed_in(session: Session, fixed: FixedBox, content: bytes) -> bool:
    """Say whether the server has this mix already.  Raises: Trouble where it has refused it."""
    box = seat_box(session, fixed)
    if box is None or box.handed_in != sha256(content).hexdigest():
        return False
    if box.refused:
        raise Trouble(f"The server has refused your mix of {fixed.where}: {box.refused}")
    return True


def seat_box(session: Session, fixed: FixedBox) -> SeatBox | None:
    """Give a box as the seat names it."""
    found = [one for one in session.seat.boxes if (one.contest, one.number) == fixed.place]
    return found[0] if found else None


def _kept_name(fixed: FixedBox, shown: list[MixShown]) -> str:
    """Name a kept mix after what it was made upon: it is of no use upon anything else."""
    contest, box = fixed.place
    return f"{_MIXES}/{contest}-{box}-after-{shown[-1].content.sha256}"


def forget_mixes(session: Session) -> None:
    """Remove the kept mixes of boxes in which the board shows one of this trustee's."""
    shown = session.record.all("mix")
    places = {place_of(entry.content) for entry in shown}
    mine = {place_of(e.content) for e in shown if e.content.value("trustee") == session.seat.number}
    wanted = {f"{_MIXES}/{contest}-{box}" for contest, box in places - mine}
    for kept in session.folder.names(_MIXES):
        if kept.partition("-after-")[0] not in wanted:
            session.folder.remove(kept)
