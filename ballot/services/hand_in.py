"""Taking what a trustee hands in, a mix or a part: kept as it came, and checked by a worker.

What is cheap to see is seen at once: the size, whose turn it is, the mix's signature, the part's
hash; whose turn it is even before the bytes are read. So nothing is stored but what a holder of a
share meant to send. The rest takes minutes for half a million ballots. The bytes wait in a table of
their own, and become a blob only on the board, since a blob stays for good. The same bytes may be
handed in again at any time (trustees §4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from ballot.lifecycle import State
from ballot.models import Box, Election, HandedIn, HandedInChunk, Mix, PartialOpening, Trustee
from ballot.sealing.opening import part_commitment
from ballot.selectors import CHECK_JOB, setting_of
from ballot.services.board import CHUNK_BYTES, set_down
from ballot.services.mix_box import record_mix, require_next, require_signed, trustees_mix
from ballot.services.moves import lock_election, require_state
from ballot.services.open_box import require_revealable, require_turn_to_reveal, reveal_part
from office.kinds import Unfinished
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.jobs import open_job


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
    The mix of theirs that is on the board changes nothing: it is known by its signature.
    """
    made = trustees_mix(box, trustee=trustee.number, number=number, signature=signature)
    if _stands(made):
        return
    _require_turn_to_mix(box.contest.election, made)
    with set_down(pieces) as content, transaction.atomic():
        _require_size(content, mix_bytes(box))
        election = lock_election(box.contest.election_id)
        if _stands(made):
            return
        _require_turn_to_mix(election, made)
        require_signed(made, content)
        _keep(box, trustee, HandedIn.Kind.MIX, content, now=now, number=number,
              signature=signature)


def hand_in_part(
    box: Box, *, trustee: Trustee, pieces: Iterable[bytes], now: datetime
) -> None:
    """Keep a trustee's part until it is checked. What is on the board already changes nothing."""
    _require_turn_to_reveal(box, trustee)
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


def _stands(made: Mix) -> bool:
    """Whether this very mix is on the board: its signature is of these bytes and no others."""
    return Mix.objects.filter(
        box=made.box, trustee=made.trustee, number=made.number, signature=made.signature
    ).exists()


def _require_turn_to_mix(election: Election, made: Mix) -> None:
    require_state(election, State.VERIFIED)
    require_next(made)


def _require_turn_to_reveal(box: Box, trustee: Trustee) -> None:
    """Refuse a part before it is read. One that is on the board is read once more, to compare."""
    opening = require_turn_to_reveal(box, number=trustee.number)
    if opening.content_id is None:
        require_state(box.contest.election, State.MIXED)


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
    """Keep it in the place of what this trustee handed in before, and have it checked."""
    kept, _ = HandedIn.objects.update_or_create(
        box=box, trustee=trustee, kind=kind,
        defaults={"sha256": hashlib.sha256(content).digest(), "message": "",
                  "state": HandedIn.State.WAITING, **rest},
    )  # fmt: skip
    kept.chunks.all().delete()
    for number, chunk in enumerate(_cut(content)):
        HandedInChunk.objects.create(handed_in=kept, number=number, content=chunk)
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
    waiting = _waiting(handed_in_id)
    if waiting is None:
        return None
    kept, content = waiting
    try:
        if not _is_on_board(kept):
            _take(kept, content, now=now, processes=processes, report=report)
    except Refusal as refusal:
        is_settled = _settle(kept, refused=refusal.sentence)
    else:
        is_settled = _settle(kept)
    return None if is_settled else Unfinished()


@transaction.atomic
def _waiting(handed_in_id: int) -> tuple[HandedIn, bytes] | None:
    """What waits, and its bytes, while nothing can come in its place.

    Refuses bytes that were changed where they lie: the check ends so, and they are asked for anew.
    """
    rows = HandedIn.objects.select_for_update(of=("self",))
    related = rows.select_related("box__contest__election", "trustee")
    kept = related.filter(pk=handed_in_id, state=HandedIn.State.WAITING).first()
    if kept is None:
        return None
    content = b"".join(kept.chunks.values_list("content", flat=True))
    if hashlib.sha256(content).digest() != bytes(kept.sha256):
        raise Refusal("handed-in.damaged", "What was kept of it is not what came. Somebody has "
                      "changed the database.")
    return kept, content


@transaction.atomic
def _settle(kept: HandedIn, *, refused: str = "") -> bool:
    """Let the bytes go, and say why they were refused, if they were.

    False: something else was handed in meanwhile, and stays.
    """
    same = HandedIn.objects.select_for_update().filter(pk=kept.pk, sha256=kept.sha256)
    if not same.exists():
        return False
    kept.chunks.all().delete()
    if refused:
        same.update(state=HandedIn.State.REFUSED, message=refused)
    else:
        same.delete()
    return True


def _is_on_board(kept: HandedIn) -> bool:
    """Whether a worker who was killed had put it there before."""
    if kept.kind == HandedIn.Kind.MIX:
        table: Any = Mix.objects
    else:
        table = PartialOpening.objects
    found = table.filter(box=kept.box, trustee=kept.trustee, content__sha256=kept.sha256)
    return bool(found.exists())


def _take(
    kept: HandedIn, content: bytes, *, now: datetime, processes: int, report: Report
) -> None:
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
