"""The boxes: as the close fixed them, as they were mixed, as trustees opened them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ballot.canonical import Json
from ballot.mapping.blobs import blob_reference
from ballot.mapping.notice import contest_code
from ballot.models import Blob, Box, Mix, PartialOpening


def box_content(box: Box) -> dict[str, Json]:
    """A box as the close fixed it, within the reconciliation."""
    return {
        "ballots": box.ballots,
        "contest": contest_code(box.contest),
        "digest": bytes(box.digest).hex(),
        "number": box.number,
        "sealed": blob_reference(box.sealed),
        "sections": list(box.sections.order_by("code").values_list("code", flat=True)),
    }


def mix_content(step: Mix) -> dict[str, Json]:
    """One mixer's mix of a box, with its proof; of a trustee, with their signature."""
    return {
        "box": step.box.number,
        "contest": contest_code(step.box.contest),
        "content": blob_reference(step.content),
        "mixer": step.mixer,
        "number": step.number,
        "signature": bytes(step.signature).hex() if step.signature is not None else None,
        "trustee": step.trustee.number if step.trustee is not None else None,
    }


def commitment_content(opening: PartialOpening) -> dict[str, Json]:
    """What a trustee promises to reveal of a box, by its hash, signed with their share."""
    return {
        "box": opening.box.number,
        "commitment": bytes(opening.commitment).hex(),
        "contest": contest_code(opening.box.contest),
        "signature": bytes(opening.signature).hex(),
        "trustee": opening.trustee.number,
    }


def part_content(opening: PartialOpening, content: Blob) -> dict[str, Json]:
    """A trustee's part of a box, as revealed."""
    return {
        "box": opening.box.number,
        "content": blob_reference(content),
        "contest": contest_code(opening.box.contest),
        "trustee": opening.trustee.number,
    }


def profile_lines(profile: Iterable[tuple[int, int]]) -> bytes:
    """An opened box as bytes: a line a ranking, its number and its papers, in their order."""
    return "".join(f"{ranking},{papers}\n" for ranking, papers in sorted(profile)).encode()


def profile_content(box: Box, *, papers: int, rejected: int, lines: bytes) -> dict[str, Json]:
    """What an opened box holds. lines: those of profile_lines, which a blob keeps."""
    named = Blob(sha256=hashlib.sha256(lines).digest(), size_bytes=len(lines))
    return {
        "box": box.number,
        "contest": contest_code(box.contest),
        "papers": papers,
        "papers_rejected": rejected,
        "profile": blob_reference(named),
    }
