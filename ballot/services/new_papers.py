"""Whether postal papers are new: no part of them stands anywhere else (sealing §6.10).

What verifier and trustees would refuse must not reach the board, where nothing is taken off again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ballot.models import ChallengedVote, Credential, Election, SealedVote
from ballot.sealing.ballot import CREDENTIAL, SIGNATURE, VOTE
from office.refusal import Refusal

_POINT: Final = 33


def require_new(election: Election, wires: Sequence[bytes], *, others: Iterable[bytes]) -> None:
    """Refuse papers under an elector's credential, and those that repeat a part of anything.

    wires: of the papers (sealing §6.2), checked already.  others: of papers that they stand beside.
    """
    credentials = [wire[:CREDENTIAL] for wire in wires]
    points = [point for wire in wires for point in _points(wire)]
    found = {*credentials, *points}
    beside = (part for wire in others for part in (wire[:CREDENTIAL], *_points(wire)))
    issued = Credential.objects.filter(election=election, public_key__in=credentials)
    if (
        len(found) < len(credentials) + len(points)
        or any(part in found for part in beside)
        or issued.exists()
        or any(_stands(half, points) for half in ("c1", "c2"))
    ):
        raise Refusal(
            "post.copied",
            "A postal paper is sealed under an elector’s key, or repeats a part of another ballot. "
            "Nothing was kept. The tellers’ page never does so: let two officers look at the "
            "tellers’ computers, and let the paper be read again.",
        )


def _points(wire: bytes) -> Iterator[bytes]:
    """The c1 and c2 of every vote."""
    for at in range(CREDENTIAL, len(wire) - SIGNATURE, VOTE):
        yield wire[at : at + _POINT]
        yield wire[at + _POINT : at + 2 * _POINT]


def _stands(half: str, points: Sequence[bytes]) -> bool:
    """Whether one of the points is a ballot's, or a challenged paper's."""
    known = {f"{half}__in": points}
    return (
        SealedVote.objects.filter(**known).exists()
        or ChallengedVote.objects.filter(**known).exists()
    )
