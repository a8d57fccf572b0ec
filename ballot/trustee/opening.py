"""Opening: commit to this trustee's parts, and reveal them once a quorum has committed.

Everything is made again from the board before (trustees §5.4).  A part can be made again as it was
(sealing §10.2), so none is kept; what is kept is which list it opens.  Spec: sealing §10.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from ballot.canonical import Json
from ballot.sealing.box import Box, box_hash
from ballot.sealing.keys import KeyShare
from ballot.sealing.maker import check_commitment_maker, sign_commitment
from ballot.sealing.opening import open_part, part_commitment, repeatable
from ballot.sealing.proofs import KNOWLEDGE
from ballot.trustee.boxes import FixedBox, of_box, recomputed
from ballot.trustee.cast import check_cast
from ballot.trustee.errors import NotYet, Refused, Trouble, checking
from ballot.trustee.keys_named import keys_named
from ballot.trustee.mixes import check_mixes, mixes_of, require_mixed
from ballot.trustee.mixing import seat_box
from ballot.trustee.opened import remember
from ballot.trustee.poll import Poll, read_poll
from ballot.trustee.record import Entry
from ballot.trustee.roll import Roll
from ballot.trustee.session import Session
from ballot.trustee.share import my_share


@dataclass(frozen=True, slots=True)
class Part:
    """This trustee's part of a box: what it opens, its bytes, and the signed commitment."""

    fixed: FixedBox
    box: Box
    content: bytes
    commitment: bytes
    signature: bytes


def commit(session: Session) -> str:
    """Check everything, and publish the hash of this trustee's part of each box; say so.

    Raises: Refused, Trouble, NotYet.
    """
    poll = read_poll(session.record)
    parts = _parts(session, poll)
    sent = 0
    for part in parts:
        if _committed(session, poll, part.fixed).get(session.seat.number) is None:
            said: dict[str, Json] = {
                "commitment": part.commitment.hex(), "signature": part.signature.hex()
            }  # fmt: skip
            session.server.post(f"{_path(part)}/commitment", said)
            sent += 1
    if not sent:
        raise NotYet("You have committed to your part of every box: waiting for the others.")
    return f"You have committed to your part of {_boxes(sent)}."


def reveal(session: Session) -> str:
    """Reveal this trustee's parts, once the board shows that a quorum has committed to every box.

    Raises: NotYet before that; Refused, Trouble.
    """
    poll = read_poll(session.record)
    _require_quorum(session, poll)
    sent = 0
    for part in _parts(session, poll):
        if not _is_handed_in(session, part):
            session.server.post(f"{_path(part)}/part", part.content)
            sent += 1
    if not sent:
        raise NotYet("Your part of every box is handed in: the server checks it.")
    return f"You have revealed your part of {_boxes(sent)}."


def _require_quorum(session: Session, poll: Poll) -> None:
    """Check on the board, and nowhere else, that so many have committed (sealing §10.3)."""
    for fixed, _ in _checked_boxes(session, poll):
        committed = _committed(session, poll, fixed)
        if session.seat.number not in committed:
            raise NotYet(f"The board does not show your commitment for {fixed.where} yet.")
        if len(committed) < poll.key.quorum:
            raise NotYet(
                f"{len(committed)} of the {poll.key.quorum} trustees who are needed have committed "
                f"to {fixed.where}."
            )


def _committed(session: Session, poll: Poll, fixed: FixedBox) -> dict[int, bytes]:
    """Give the commitments for a box on the board, by trustee, each signed with their share.

    One that a server wrote in a trustee's name is none: else it had a quorum by itself, and the
    part of the one who reveals first before anybody else is bound (sealing §10.3).

    Raises: Refused "opening.trustee", "opening.twice", "opening.maker".
    """
    found: dict[int, bytes] = {}
    known = {one.number for one in poll.key.trustees}
    for entry in of_box(session.record, "opening-commitment", fixed.place):
        number = entry.content.number("trustee")
        if number not in known:
            raise Refused("opening.trustee", entry.where, f"The key has no trustee {number}.")
        if number in found:
            why = f"Trustee {number} has committed to {fixed.where} already."
            raise Refused("opening.twice", entry.where, why)
        found[number] = _signed_commitment(entry, fixed, poll, number)
    return found


def _signed_commitment(entry: Entry, fixed: FixedBox, poll: Poll, number: int) -> bytes:
    """Read a commitment, and check that the trustee's share signed it (sealing §10.3, 49)."""
    commitment = entry.content.octets("commitment", 32)
    signature = entry.content.octets("signature", KNOWLEDGE)
    why = f"Trustee {number} did not sign it: somebody else commits in their name."
    with checking(entry.where, why):
        check_commitment_maker(
            commitment,
            signature,
            name=fixed.name,
            setting=poll.setting,
            key=poll.key,
            number=number,
        )
    return commitment


def _parts(session: Session, poll: Poll) -> list[Part]:
    """Make this trustee's parts, hold them against the board, and remember what they open.

    Raises: Refused "opening.own-commitment", "opening.second-list", and whatever fails before.
    """
    boxes = _checked_boxes(session, poll)
    share = my_share(session, poll.key)
    parts = [_part(session, poll, share, fixed, box) for fixed, box in boxes]
    for part in parts:
        own = _committed(session, poll, part.fixed).get(share.number)
        if own is not None and own != part.commitment:
            why = (
                "The board has a commitment in your name to another part than the one that the "
                "ballots and mixes give, signed with your share. Either you opened another list "
                "elsewhere, or somebody else has your share."
            )
            raise Refused("opening.own-commitment", part.fixed.where, why)
    lists = [(part.box.name, part.content[:32]) for part in parts]
    remember(session.folder, poll.setting, lists)
    return parts


def _part(session: Session, poll: Poll, share: KeyShare, fixed: FixedBox, box: Box) -> Part:
    made = ("part", fixed.place, box_hash(box, setting=poll.setting))
    if made not in session.checked:
        with checking(fixed.where, "Your part of it cannot be made."):
            content = open_part(
                box,
                setting=poll.setting,
                key=poll.key,
                share=share,
                rng=repeatable,
                processes=session.jobs,
                progress=session.console.progress(f"opening {fixed.where}"),
            ).to_bytes()
        commitment = part_commitment(content, setting=poll.setting, number=share.number)
        signature = sign_commitment(
            commitment,
            name=box.name,
            setting=poll.setting,
            key=poll.key,
            share=share,
            rng=os.urandom,
        )
        session.checked[made] = Part(fixed, box, content, commitment, signature)
    part: Part = session.checked[made]
    return part


def _checked_boxes(session: Session, poll: Poll) -> list[tuple[FixedBox, Box]]:
    """Check the ballots, the boxes made of them, and every mix; give each box after its last.

    Spec: trustees §5.4.  Raises: Refused, naming the check and the place.
    """
    boxes = _boxes_of_ballots(session, poll)
    return [(fixed, _mixed(session, fixed, box, poll)) for fixed, box in boxes]


def _mixed(session: Session, fixed: FixedBox, box: Box, poll: Poll) -> Box:
    require_mixed(mixes_of(session.record, fixed.place, poll), fixed, poll)
    return check_mixes(session, fixed, box, poll)


def _boxes_of_ballots(session: Session, poll: Poll) -> Sequence[tuple[FixedBox, Box]]:
    # After the reconciliation no ballot comes and none is set aside: once a run is enough.
    record = session.record
    counted = record.ballot_count, len(record.all("set-aside", "ballots-stand"))
    done = ("boxes", poll.setting.fingerprint, counted)
    if done not in session.checked:
        named = keys_named(record, blob=session.copy.blob)
        named.require_no_more_than_people(Roll(record))
        cast = check_cast(
            record,
            poll,
            named,
            jobs=session.jobs,
            progress=session.console.progress("checking every ballot"),
        )
        session.checked[done] = recomputed(record, poll=poll, cast=cast)
        left = sum(len(one.counted) - int(one.counted.sum()) for one in cast.values())
        session.console.say(
            f"Set aside by the notice's rule: {left} of {record.ballot_count} ballots."
        )
    found: list[tuple[FixedBox, Box]] = session.checked[done]
    return found


def _is_handed_in(session: Session, part: Part) -> bool:
    """Say whether the server has this part already.  Raises: Trouble where it has refused it."""
    box = seat_box(session, part.fixed)
    if box is None:
        return False
    if session.seat.number in box.revealed:
        return True
    if box.handed_in != sha256(part.content).hexdigest():
        return False
    if box.refused:
        raise Trouble(f"The server has refused your part of {part.fixed.where}: {box.refused}")
    return True


def _path(part: Part) -> str:
    contest, number = part.fixed.place
    return f"boxes/{contest}/{number}"


def _boxes(count: int) -> str:
    return "one box" if count == 1 else f"{count} boxes"
