"""The transcript hash over many rows at once, by the same bytes as `ballot.canonical`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from ballot.canonical import LABEL, framed
from ballot.sealing.native import ORDER
from ballot.sealing.workers import Octets

_STREAM: Final = framed(LABEL + "xof")
_FIRST, _SECOND = bytes(8), (1).to_bytes(8, "big")


def framed_rows(columns: Sequence[Octets]) -> tuple[bytes, int]:
    """Frame each row's parts, one after the other; give all rows end to end, and one's length.

    columns: arrays (N, width), one for each part.  Spec: sealing §2.2.
    """
    size = sum(8 + column.shape[1] for column in columns)
    rows = np.empty((len(columns[0]), size), np.uint8)
    at = 0
    for column in columns:
        width = column.shape[1]
        rows[:, at : at + 8] = np.frombuffer(width.to_bytes(8, "big"), np.uint8)
        rows[:, at + 8 : at + 8 + width] = column
        at += 8 + width
    return rows.tobytes(), size


def digest_rows(begun: Any, columns: Sequence[Octets]) -> list[bytes]:
    """Finish a begun transcript with each row's parts (sealing §2.2)."""
    stream, size = framed_rows(columns)
    digests = []
    for at in range(0, len(stream), size):
        transcript = begun.copy()
        transcript.update(stream[at : at + size])
        digests.append(transcript.digest())
    return digests


def reduce_rows(seeds: Sequence[bytes]) -> list[int]:
    """Reduce each seed widely, as `wide_reduce` does (sealing §2.4)."""
    sha = hashlib.sha256
    prefix = _STREAM
    return [
        int.from_bytes(
            sha(prefix + seed + _FIRST).digest() + sha(prefix + seed + _SECOND).digest(), "big"
        )
        % ORDER
        for seed in seeds
    ]
