"""The boxes as the reconciliation fixed them, and made again from the ballots (bundle §4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ballot.pooling import pool_sections
from ballot.sealing.box import PAIR, Box, box_hash, join_boxes
from ballot.sealing.setting import BoxName
from ballot.trustee.cast import SectionCast, nothing_cast
from ballot.trustee.errors import Refused, checking
from ballot.trustee.forms import BlobNamed, Form
from ballot.trustee.poll import Poll
from ballot.trustee.record import Entry, ReadBlob, Record

Place = tuple[str, int]
"""A box's contest and number, as requests and entries name it."""


@dataclass(frozen=True, slots=True)
class FixedBox:
    """A box as the reconciliation has it.  digest: sealing §7.2.  sealed: its pairs' blob."""

    name: BoxName
    number: int
    ballots: int
    digest: bytes
    sealed: BlobNamed
    where: str

    @property
    def place(self) -> Place:
        """Its contest and number."""
        return self.name.contest, self.number


def fixed_boxes(record: Record) -> list[FixedBox]:
    """Read the boxes of the reconciliation, in its order.  Raises: Refused "box.name"."""
    entry = record.only("reconciliation")
    return [_fixed(told) for told in entry.content.forms("boxes")]


def _fixed(told: Form) -> FixedBox:
    where = f"box {told.number('number')} of {told.text('contest')}"
    with checking(where, "It has no name that a box may have."):
        name = BoxName(told.text("contest"), tuple(told.texts("sections")))
    return FixedBox(
        name,
        told.number("number"),
        told.number("ballots"),
        told.octets("digest", 32),
        told.blob("sealed"),
        where,
    )


def read_fixed(fixed: FixedBox, *, poll: Poll, blob: ReadBlob, jobs: int) -> Box:
    """Read a box's pairs from its blob, and hold them against its digest (trustees §5.3).

    Raises: Refused "box.length", "box.point", "box.digest", "blob.sha256".
    """
    content = blob(fixed.sealed, fixed.where)
    if len(content) != PAIR * fixed.ballots:
        why = f"Its blob has {len(content)} bytes, which are not {fixed.ballots} pairs."
        raise Refused("box.length", fixed.where, why)
    rows = np.frombuffer(content, np.uint8).reshape(fixed.ballots, PAIR)
    with checking(fixed.where, "Its pairs are not points."):
        box = Box.parse(fixed.name, rows, processes=jobs)
    _require_digest(box, fixed, poll)
    return box


def recomputed(
    record: Record, *, poll: Poll, cast: Mapping[str, SectionCast]
) -> list[tuple[FixedBox, Box]]:
    """Make every box again from the ballots that are counted; give those that are not empty.

    Spec:   bundle §4.2, sealing §7.2, trustees §5.4.
    Raises: Refused "box.list", "box.small", "box.ballots", "box.digest".
    """
    fixed = fixed_boxes(record)
    _require_list(record, fixed, poll, cast)
    found = []
    for one in fixed:
        box = _made(one.name, cast)
        if len(box) != one.ballots:
            why = f"It says {one.ballots} ballots, and its sections have {len(box)} that count."
            raise Refused("box.ballots", one.where, why)
        _require_digest(box, one, poll)
        _require_large(box, one, poll, cast)
        if len(box):
            found.append((one, box))
    return found


def _require_large(
    box: Box, fixed: FixedBox, poll: Poll, cast: Mapping[str, SectionCast]
) -> None:
    """A box smaller than the notice's is opened only where it has every ballot cast (§5.4, §6).

    It has, if that few cast and none is set aside: there is nobody else to hide among then, and
    nobody chose who is left.
    """
    all_cast = sum(len(one.counted) for one in cast.values())
    if 0 < len(box) < min(poll.smallest_box, all_cast):
        why = (
            f"{len(box)} of the {all_cast} ballots cast are left in it, and the notice lets no box "
            f"have fewer than {poll.smallest_box}: whoever set the others aside could learn how "
            "these voted."
        )
        raise Refused("box.small", fixed.where, why)


def _require_list(
    record: Record, fixed: list[FixedBox], poll: Poll, cast: Mapping[str, SectionCast]
) -> None:
    """Check which boxes there are, by the notice's rule of pooling."""
    entry = record.only("reconciliation")
    counted = {one.text("code"): 0 for one in entry.content.forms("sections")}
    strangers = set(cast) - set(counted)
    if strangers:
        why = f"It leaves out sections in which ballots were cast: {', '.join(sorted(strangers))}."
        raise Refused("box.list", entry.where, why)
    counted |= {code: int(one.counted.sum()) for code, one in cast.items()}
    pools = pool_sections(counted, poll.smallest_box)
    wanted = [
        (contest, number, codes) for contest in poll.contests for number, codes in enumerate(pools)
    ]
    told = [(one.name.contest, one.number, one.name.sections) for one in fixed]
    if told != [(contest, number, _ordered(codes)) for contest, number, codes in wanted]:
        why = "Its boxes are not those that the ballots counted in each section make."
        raise Refused("box.list", entry.where, why)


def _ordered(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(codes, key=lambda code: code.encode()))


def _made(name: BoxName, cast: Mapping[str, SectionCast]) -> Box:
    contest = name.contest
    sections = [
        cast[code].box(contest) if code in cast else nothing_cast(contest, code)
        for code in name.sections
    ]
    return join_boxes(name, sections)


def _require_digest(box: Box, fixed: FixedBox, poll: Poll) -> None:
    if box_hash(box, setting=poll.setting) != fixed.digest:
        why = "Its pairs are not those of its ballots in their order: one was changed or left out."
        raise Refused("box.digest", fixed.where, why)


def place_of(content: Form) -> Place:
    """Read which box an entry is about."""
    return content.text("contest"), content.number("box")


def of_box(record: Record, kind: str, place: Place) -> list[Entry]:
    """Give the entries of a kind that are about one box, in the order of the board."""
    return [entry for entry in record.all(kind) if place_of(entry.content) == place]
