"""Taking what a trustee hands in, a mix or a part: kept as it came, and checked by a worker.

What is cheap to see is seen at once: the size, whose turn it is, the mix's signature, the part's
hash. So nothing is stored but what a holder of a share meant to send. The rest takes minutes for
half a million ballots. The same bytes may be handed in again at any time (trustees §4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Box, HandedIn, Mix, PartialOpening, Trustee
from ballot.sealing.opening import part_commitment
from ballot.selectors import setting_of, whole_blob
from ballot.services.board import CHUNK_BYTES, set_down, store_blob
from ballot.services.mix_box import record_mix, require_next, require_signed, trustees_mix
from ballot.services.moves import lock_election, require_state
from ballot.services.open_box import require_revealable, reveal_part
from office.kinds import Unfinished
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.jobs import open_job

CHECK_JOB: Final = "check_handed_in"


def mix_bytes(box: Box) -> int:
    """How many bytes a mix of a box has (sealing §8.4)."""
    return 325 + 229 * box.ballots


def part_bytes(box: Box) -> int:
    """How many bytes a part of a box has (sealing §10.3)."""
    return 32 + 1 + 33 * box.ballots + 98


def hand_in_mix(
    box: Box,
    *,
    trustee: Trustee,
    number: int,
    signature: bytes,
    pieces: Iterable[bytes],
    now: datetime,
) -> None:
    """Keep a trustee's mix until it is checked.

    number: of the mix, within the box, from 2.  pieces: its bytes, in any cut, read once.
    The mix of theirs that is on the board changes nothing.
    """
    made = trustees_mix(box, trustee=trustee.number, number=number, signature=signature)
    with set_down(pieces) as content, transaction.atomic():
        _require_size(content, mix_bytes(box))
        election = lock_election(box.contest.election_id)
        digest = hashlib.sha256(content).digest()
        if Mix.objects.filter(box=box, trustee=trustee, content__sha256=digest).exists():
            return
        require_state(election, State.VERIFIED)
        require_next(made)
        require_signed(made, content)
        _keep(box, trustee, HandedIn.Kind.MIX, content, now=now, number=number,
              signature=signature)


def hand_in_part(
    box: Box, *, trustee: Trustee, pieces: Iterable[bytes], now: datetime
) -> None:
    """Keep a trustee's part until it is checked. What is on the board already changes nothing."""
    with set_down(pieces) as content, transaction.atomic():
        _require_size(content, part_bytes(box))
        election = lock_election(box.contest.election_id)
        commitment = part_commitment(
            content, setting=setting_of(election), number=trustee.number
        )
        opening = require_revealable(box, number=trustee.number, commitment=commitment)
        if opening.content_id is not None:
            return
        require_state(election, State.MIXED)
        _keep(box, trustee, HandedIn.Kind.PART, content, now=now)


def _require_size(content: memoryview, expected: int) -> None:
    if len(content) != expected:
        raise Refusal(
            "handed-in.size",
            f"{len(content):,} bytes came, and it has {expected:,}. Hand it in once more.",
            status=422,
        )


def _keep(
    box: Box, trustee: Trustee, kind: str, content: memoryview, *, now: datetime, **rest: Any
) -> None:
    blob = store_blob(_cut(content))
    kept, _ = HandedIn.objects.update_or_create(
        box=box, trustee=trustee, kind=kind,
        defaults={"content": blob, "state": HandedIn.State.WAITING, "message": "", **rest},
    )  # fmt: skip
    open_job(CHECK_JOB, subject=("handed_in", str(kept.pk)), by=None, now=now)


def _cut(content: memoryview) -> Iterator[bytes]:
    for start in range(0, len(content), CHUNK_BYTES):
        yield bytes(content[start : start + CHUNK_BYTES])


def check_handed_in(
    handed_in_id: int, *, now: datetime, processes: int = 1, report: Report = silent
) -> Unfinished | None:
    """Check what was handed in, and put it on the board, or say why not.

    Unfinished: something else was handed in meanwhile, and waits.
    """
    related = ("box__contest__election", "trustee", "content")
    kept = HandedIn.objects.select_related(*related).filter(pk=handed_in_id).first()
    if kept is None or kept.state != HandedIn.State.WAITING:
        return None
    same = HandedIn.objects.filter(pk=kept.pk, content=kept.content_id)
    try:
        if not _is_on_board(kept):
            _take(kept, now=now, processes=processes, report=report)
    except Refusal as refusal:
        settled = same.update(state=HandedIn.State.REFUSED, message=refusal.sentence)
    else:
        settled, _ = same.delete()
    return None if settled else Unfinished()


def _is_on_board(kept: HandedIn) -> bool:
    """Whether a worker who was killed had put it there before."""
    if kept.kind == HandedIn.Kind.MIX:
        table: Any = Mix.objects
    else:
        table = PartialOpening.objects
    found = table.filter(box=kept.box, trustee=kept.trustee, content=kept.content_id)
    return bool(found.exists())


def _take(kept: HandedIn, *, now: datetime, processes: int, report: Report) -> None:
    content = whole_blob(kept.content)
    if kept.kind == HandedIn.Kind.MIX:
        record_mix(
            kept.box_id, trustee=kept.trustee.number, number=kept.number or 0, content=content,
            signature=bytes(kept.signature or b""), now=now, processes=processes, report=report,
        )  # fmt: skip
    else:
        reveal_part(
            kept.box_id, number=kept.trustee.number, content=content, by=None, now=now,
            processes=processes, report=report,
        )  # fmt: skip
