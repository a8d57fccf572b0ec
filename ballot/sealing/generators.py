"""The shuffle's generators: points whose logarithms nobody knows, the same for every election."""

from __future__ import annotations

from typing import Final

from ballot.canonical import transcript_hash, xof
from ballot.sealing import native
from ballot.sealing.native import Points
from ballot.sealing.workers import FEWEST_FOR_WORKERS, Progress, shared, spread

_BLOCK: Final = 2_048
_SEED: Final = transcript_hash("generators")
_made: list[Points] = []  # The longest list this process has made; a longer one begins with it.


def generators(
    count: int, *, processes: int = 1, progress: Progress | None = None
) -> Points:
    """Give H₀, H₁, …, so many (count, 64): derived, never read from a message.

    Spec: sealing §3.5 (BIP 324).  Cost: 8.5 to 13 µs each, once in a process.
    """
    if not _made or len(_made[0]) < count:
        points = shared((count, 64))

        def derive(start: int, stop: int) -> None:
            stream = xof(_SEED, 64 * (stop - start), offset=64 * start)
            native.points_from_stream(stream, points[start:stop])

        few = count < FEWEST_FOR_WORKERS
        spread(derive, count, block=_BLOCK, processes=1 if few else processes, progress=progress)
        _made[:] = [points]
    return _made[0][:count]
