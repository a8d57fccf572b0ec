"""Fixing the boxes: the sealed votes of one contest and section, in the board's order, by a hash.

Sections with too few ballots are pooled, by the notice's rule. A ballot that was set aside is in
no box.
"""

from __future__ import annotations

import numpy as np

from ballot.mapping.notice import contest_code
from ballot.models import Box, Contest, Election
from ballot.pooling import box_label, pool_sections
from ballot.sealing.batch import CheckedBallots
from ballot.sealing.box import Box as SealedBox
from ballot.sealing.box import box_hash, join_boxes
from ballot.sealing.setting import BoxName
from ballot.selectors import setting_of
from ballot.services.board import store_blob
from ballot.services.register_account import SectionAccount
from members.selectors import sections


def fix_boxes(
    election: Election,
    contest: Contest,
    accounts: list[SectionAccount],
    checked: dict[str, CheckedBallots],
) -> list[Box]:
    """Store the boxes of one contest: one a section, and one for those that are pooled."""
    names = {one.code: one.name for one in accounts}
    pools = pool_sections({one.code: one.counted for one in accounts}, election.smallest_box)
    fixed = []
    for number, codes in enumerate(pools):
        name = BoxName(contest_code(contest), codes)
        parts = [
            checked[code].box(contest_code(contest))
            if code in checked
            else _nothing_cast(contest, code)
            for code in codes
        ]
        label = box_label([names[code] for code in codes])
        fixed.append(_store_box(election, contest, number, label, join_boxes(name, parts)))
    return fixed


def _nothing_cast(contest: Contest, code: str) -> SealedBox:
    """A section that is pooled though nobody in it has voted: no vote of its own in the box."""
    none = np.empty((0, 64), dtype=np.uint8)
    return SealedBox(BoxName(contest_code(contest), (code,)), none, none)


def _store_box(
    election: Election, contest: Contest, number: int, label: str, sealed: SealedBox
) -> Box:
    box = Box.objects.create(
        contest=contest,
        number=number,
        label=label,
        ballots=len(sealed),
        digest=box_hash(sealed, setting=setting_of(election)),
        sealed=store_blob([sealed.to_bytes()]),
    )
    box.sections.set(sections().filter(code__in=sealed.name.sections))
    return box
