"""The boxes as they are stored: read only while they are what the board says of them.

Between the close and the opening a box rests in the database for days. Whoever mixes or opens it
takes it from here, where its rows, its bytes and its hash are compared with the reconciliation,
and every mix and part with its own entry.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db import transaction

from ballot.mapping.boxes import mix_content, part_content
from ballot.mapping.notice import contest_code
from ballot.models import Box
from ballot.sealing.box import PAIR, box_hash
from ballot.sealing.box import Box as SealedBox
from ballot.sealing.setting import BoxName
from ballot.sealing.shuffle import read_mix
from ballot.selectors import setting_of, whole_blob
from ballot.services.as_published import require_box_as_fixed, told
from ballot.services.moves import lock_election
from office.refusal import Refusal


def sealed_box(box: Box, *, processes: int = 1) -> SealedBox:
    """The sealed votes of a box as the close fixed them, or a refusal where they are others."""
    election = box.contest.election
    require_box_as_fixed(box)
    rows = np.frombuffer(whole_blob(box.sealed), dtype=np.uint8).reshape(-1, PAIR)
    sealed = SealedBox.parse(box_name(box), rows, processes=processes)
    if box_hash(sealed, setting=setting_of(election)) != bytes(box.digest):
        raise Refusal(
            "box.not-as-fixed",
            f"The votes stored for the box of {box} do not give the hash that fixed it after the "
            "close. Somebody has changed the database.",
        )
    return sealed


def mixed_box(box: Box, *, processes: int = 1) -> SealedBox:
    """A box as the last mixer left it; as it was fixed, where nobody has mixed yet."""
    current = sealed_box(box, processes=processes)
    with transaction.atomic():
        # Mixes are stored under this lock: rows and entries are read as of one moment.
        lock_election(box.contest.election_id)
        related = ("box__contest", "content", "trustee")
        steps = list(box.mixes.select_related(*related).order_by("number"))
        published = _told_of(box, "mix")
    if [mix_content(step) for step in steps] != published:
        raise Refusal(
            "mix.not-as-published",
            f"The mixes of {box} in the database are not those on the board. Somebody has changed "
            "the database.",
        )
    for step in steps:
        current = read_mix(whole_blob(step.content), before=current, processes=processes).after
    return current


def revealed_parts(box: Box) -> list[bytes]:
    """The parts of a box that its trustees have revealed, by the trustees' numbers.

    Called under the election's lock, so that rows and entries are of one moment.
    """
    openings = box.openings.filter(content__isnull=False).order_by("trustee__number")
    parts = [
        (opening, opening.content)
        for opening in openings.select_related("box__contest", "trustee", "content")
        if opening.content is not None
    ]
    published = sorted(_told_of(box, "part"), key=lambda part: int(part["trustee"]))
    if [part_content(*part) for part in parts] != published:
        raise Refusal(
            "opening.not-as-published",
            f"The trustees' parts of {box} in the database are not those on the board. Somebody "
            "has changed the database.",
        )
    return [whole_blob(content) for _, content in parts]


def box_name(box: Box) -> BoxName:
    """A box as the proofs name it: its contest and the sections pooled in it."""
    codes = box.sections.order_by("code").values_list("code", flat=True)
    return BoxName(contest_code(box.contest), tuple(codes))


def _told_of(box: Box, kind: str) -> list[Any]:
    """What the board's entries of a kind say of one box, in their order."""
    place = (contest_code(box.contest), box.number)
    return [
        content
        for content in told(box.contest.election, kind)
        if (content["contest"], content["box"]) == place
    ]
