"""Opening a box: each trustee's part with its proof, and what a quorum of parts gives.

Source: Desmedt and Frankel 1989 for threshold ElGamal; Chaum and Pedersen 1992 for the equality of
logarithms, one proof for a whole box by weights that the box and the factors determine.
A part does not depend on who else opens: any quorum of parts, whenever they came, opens the box.
A trustee's software must open one list per box, ever, and none that only the server has mixed:
that is for whoever calls this to see to, and docs/spec/sealing.md §10.6 says how.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ballot.canonical import transcript_hash, xof
from ballot.sealing import native
from ballot.sealing.box import Box, box_hash, parse_columns
from ballot.sealing.errors import Malformed, OpeningRejected
from ballot.sealing.keys import ElectionKey, KeyShare, PublicShare
from ballot.sealing.native import Points
from ballot.sealing.proofs import EQUALITY, Equality, equal, prove_equality
from ballot.sealing.scalars import WEIGHT, Rng
from ballot.sealing.setting import Setting
from ballot.sealing.shuffle import check_not_empty
from ballot.sealing.sums import weighted_sum, weighted_sums
from ballot.sealing.workers import FEWEST_FOR_WORKERS, Octets, Progress, Stages, shared, spread

_BLOCK: Final = 512
_HEAD: Final = 33  # the box's hash and the trustee's number


@dataclass(frozen=True, slots=True, eq=False)
class PartOpening:
    """One trustee's part: the factors x·c1 of the whole box, and one proof for them all."""

    box_hash: bytes
    number: int
    factors: Points = field(repr=False)
    proof: Equality

    def to_bytes(self) -> bytes:
        """Give its bytes: 131 and 33 a pair (sealing §10.3)."""
        factors = native.write_points(self.factors).tobytes()
        return self.box_hash + bytes([self.number]) + factors + self.proof.to_bytes()


def read_part(message: bytes, *, box: Box, processes: int = 1) -> PartOpening:
    """Read a trustee's part of a box (sealing §10.3).

    Raises: Malformed: "opening.length", "opening.point"; the proof's own.
    """
    size = _HEAD + 33 * len(box) + EQUALITY
    if len(message) != size:
        raise Malformed("opening.length", expected=size, found=len(message))
    wire = np.frombuffer(message, np.uint8)[_HEAD:-EQUALITY].reshape(len(box), 33)
    [factors] = parse_columns([wire], "opening.point", processes=processes)
    return PartOpening(message[:32], message[32], factors, Equality.parse(message[-EQUALITY:]))


def open_part(
    box: Box,
    *,
    setting: Setting,
    key: ElectionKey,
    share: KeyShare,
    rng: Rng,
    processes: int = 1,
    progress: Progress | None = None,
) -> PartOpening:
    """Compute a trustee's part of a mixed box, with its proof.

    Spec:   sealing §10.1 and §10.2.
    Cost:   one multiplication in constant time, and a sum by 128 bits, a pair (40 to 65 µs).
    Raises: ShuffleRejected "shuffle.empty"; OpeningRejected "opening.key", "opening.share";
            "opening.proof" where the machine miscomputed: nothing of it leaves.
    """
    check_not_empty(box)
    _check_key(setting, key)
    trustee = key.trustee(share.number)
    if trustee.point != native.write_point(native.base_times(share.secret)):
        raise OpeningRejected("opening.share", trustee=share.number)
    count = len(box)
    processes = processes if count >= FEWEST_FOR_WORKERS else 1
    stages = Stages(progress, count, 9, 1)
    factors = shared((count, 64))
    spread(
        lambda start, stop: native.secret_times(
            box.c1[start:stop], share.secret, factors[start:stop]
        ),
        count,
        block=_BLOCK,
        processes=processes,
        progress=stages.following(),
    )
    fixed = box_hash(box, setting=setting)
    seed = _seed(setting, fixed, share.number, trustee.point, factors)
    total = _sure(
        weighted_sum(
            box.c1, _weights(seed, count), processes=processes, progress=stages.following()
        )
    )
    product = native.secret_times_one(total, share.secret)
    statement = (seed, native.write_point(total), native.write_point(product))
    proof = prove_equality(
        "opening-challenge", *statement, secret=share.secret, other=total, rng=rng
    )
    # A computing fault, and then the same nonce again without it, would give the share away.
    _require_proved(proof, statement, trustee, total, product)
    return PartOpening(fixed, share.number, factors, proof)


def repeatable(size: int) -> bytes:
    """Give zeros in place of randomness, where a lost part must be made again as it was.

    The proof's nonce is then made of the share and of all that is opened, and of nothing else
    (sealing §10.2).  Good for open_part alone: no random scalar can be drawn from it.
    """
    return bytes(size)


def _require_proved(
    proof: Equality,
    statement: tuple[bytes, bytes, bytes],
    trustee: PublicShare,
    total: bytes,
    product: bytes,
) -> None:
    point = native.read_point(trustee.point)
    if not equal(
        proof, "opening-challenge", *statement, point=point, other=total, product=product
    ):
        raise OpeningRejected("opening.proof", trustee=trustee.number)


def check_part(
    box: Box,
    part: PartOpening,
    *,
    setting: Setting,
    key: ElectionKey,
    processes: int = 1,
    progress: Progress | None = None,
) -> None:
    """Check that a trustee opened this very box, all of it, with the share they published.

    Spec:   sealing §10.4.
    Cost:   two sums by 128 bits a pair (9 to 14 µs).
    Raises: OpeningRejected: "opening.key", "opening.count", "opening.box", "opening.proof";
            Malformed "key.trustee"; ShuffleRejected "shuffle.empty".
    """
    check_not_empty(box)
    _check_key(setting, key)
    trustee = key.trustee(part.number)
    if len(part.factors) != len(box):
        raise OpeningRejected("opening.count", expected=len(box), found=len(part.factors))
    if part.box_hash != box_hash(box, setting=setting):
        raise OpeningRejected("opening.box", trustee=part.number)
    processes = processes if len(box) >= FEWEST_FOR_WORKERS else 1
    seed = _seed(setting, part.box_hash, part.number, trustee.point, part.factors)
    sums = weighted_sums(
        [box.c1, part.factors], _weights(seed, len(box)), processes=processes, progress=progress
    )
    total, product = (_sure(one) for one in sums)
    statement = (seed, native.write_point(total), native.write_point(product))
    _require_proved(part.proof, statement, trustee, total, product)


def part_commitment(part: bytes | memoryview, *, setting: Setting, number: int) -> bytes:
    """Give the hash that a trustee publishes before any part is revealed (sealing §10.3)."""
    parts = (setting.fingerprint, setting.key, number, part)
    return transcript_hash("opening-commitment", *parts)


def check_revealed(part: bytes, commitment: bytes, *, setting: Setting, number: int) -> None:
    """Check that a part is the one committed to (sealing §10.3).

    Raises: OpeningRejected "opening.commitment".
    """
    if part_commitment(part, setting=setting, number=number) != commitment:
        raise OpeningRejected("opening.commitment", trustee=number)


def _check_key(setting: Setting, key: ElectionKey) -> None:
    if setting.key != key.public_key:
        raise OpeningRejected("opening.key")


def _seed(
    setting: Setting, fixed: bytes, number: int, point: bytes, factors: Points
) -> bytes:
    """Hash what a part claims: the seed of its weights (sealing §10.2, equation 39)."""
    return transcript_hash(
        "opening-weights",
        setting.fingerprint,
        setting.key,
        fixed,
        number,
        point,
        native.write_points(factors).tobytes(),
    )


def _weights(seed: bytes, count: int) -> Octets:
    return np.frombuffer(xof(seed, WEIGHT * count), np.uint8).reshape(count, WEIGHT)


def _sure(point: bytes | None) -> bytes:
    """Refuse an infinite sum, which no box can be made to have but by a chance of 2**-128."""
    if point is None:
        raise OpeningRejected("opening.infinite")
    return point
