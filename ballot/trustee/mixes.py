"""The mixes of a box on the board, each checked, and who made it (sealing §8.5, §8.6)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ballot.sealing.box import Box
from ballot.sealing.maker import check_mix_maker
from ballot.sealing.mix_check import check_mix
from ballot.sealing.proofs import KNOWLEDGE
from ballot.sealing.shuffle import read_mix
from ballot.sealing.workers import Progress
from ballot.trustee.boxes import FixedBox, Place, of_box
from ballot.trustee.errors import Refused, checking
from ballot.trustee.forms import BlobNamed
from ballot.trustee.poll import Poll
from ballot.trustee.record import Entry, Record
from ballot.trustee.session import Session

SERVER: Final = "server"


@dataclass(frozen=True, slots=True)
class MixShown:
    """A mix as the board shows it.  trustee: 0 where it is the server's, unsigned."""

    number: int
    mixer: str
    trustee: int
    signature: bytes
    content: BlobNamed
    where: str


def mixes_of(record: Record, place: Place, poll: Poll) -> list[MixShown]:
    """Read a box's mixes in their order, and check who is said to have made each.

    Spec:   sealing §8.6, bundle §5.12.
    Raises: Refused "mix.number", "mix.mixer", "mix.twice"; Malformed "key.trustee" as Refused.
    """
    found: list[MixShown] = []
    for entry in of_box(record, "mix", place):
        shown = _read(entry)
        if shown.number != len(found) + 1:
            raise Refused("mix.number", shown.where, f"It ought to be number {len(found) + 1}.")
        _require_mixer(shown, poll)
        if shown.mixer in {one.mixer for one in found}:
            raise Refused("mix.twice", shown.where, f"{shown.mixer} has mixed this box already.")
        found.append(shown)
    return found


def _read(entry: Entry) -> MixShown:
    content = entry.content
    number = content.number("number")
    is_trustees = content.value("trustee") is not None
    return MixShown(
        number,
        content.text("mixer"),
        content.number("trustee") if is_trustees else 0,
        content.octets("signature", KNOWLEDGE) if is_trustees else b"",
        content.blob("content"),
        f"{entry.where}, mix {number} of box {content.number('box')} of {content.text('contest')}",
    )


def _require_mixer(shown: MixShown, poll: Poll) -> None:
    if shown.trustee:
        with checking(shown.where, "Its trustee has no share of the key."):
            trustee = poll.key.trustee(shown.trustee)
        if shown.mixer != trustee.name:
            why = f"Its mixer is {shown.mixer}, and its trustee is {trustee.name}."
            raise Refused("mix.mixer", shown.where, why)
    elif (shown.mixer, shown.number) != (SERVER, 1):
        why = "A mix that no trustee signed is the server's, and the first of its box."
        raise Refused("mix.mixer", shown.where, why)


def check_mixes(session: Session, fixed: FixedBox, box: Box, poll: Poll) -> Box:
    """Check every mix of a box, and give the box after the last.

    What this run has checked already is not checked twice.
    Spec:   sealing §8.5, §8.6; trustees §5.3, §5.4.
    Cost:   60 to 100 µs a pair and mix.
    Raises: Refused, naming the mix: those of mixes_of; "shuffle.…", "mix.maker", "blob.sha256".
    """
    for shown in mixes_of(session.record, fixed.place, poll):
        done = (fixed.digest, shown.number, shown.content.sha256, shown.signature)
        if done not in session.checked:
            label = f"checking mix {shown.number} of {fixed.where}"
            progress = session.console.progress(label)
            session.checked[done] = _checked(session, shown, box, poll, progress)
        box = session.checked[done]
    return box


def _checked(
    session: Session, shown: MixShown, before: Box, poll: Poll, progress: Progress
) -> Box:
    content = session.copy.blob(shown.content, shown.where)
    with checking(shown.where, "This mix does not hold: it may have changed votes."):
        if shown.trustee:
            check_mix_maker(
                content,
                shown.signature,
                name=before.name,
                setting=poll.setting,
                key=poll.key,
                number=shown.trustee,
            )
        mix = read_mix(content, before=before, processes=session.jobs)
        return check_mix(
            before,
            mix,
            setting=poll.setting,
            mixer=shown.mixer,
            rng=os.urandom,
            processes=session.jobs,
            progress=progress,
        )


def require_mixed(shown: Sequence[MixShown], fixed: FixedBox, poll: Poll) -> None:
    """Check that a box was mixed as often as the notice promises, and by a trustee.

    Spec:   sealing §8.6, §10.6; trustees §5.4.
    Raises: Refused "mix.wanted", "mix.nobody".
    """
    if not any(one.trustee for one in shown):
        why = (
            "Nobody but the server has mixed it: the server would know whose paper is whose. "
            "A trustee must mix it first."
        )
        raise Refused("mix.nobody", fixed.where, why)
    if len(shown) < poll.mixes_wanted:
        why = f"It has {len(shown)} mixes, and the notice promises {poll.mixes_wanted}."
        raise Refused("mix.wanted", fixed.where, why)
