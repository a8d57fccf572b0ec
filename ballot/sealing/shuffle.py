"""A mix: a box re-encrypted in another order, with the proof that it holds the same votes.

Source: Terelius and Wikström 2010, Wikström 2009; the pseudo-code of Haenni, Locher, Koenig and
Dubuis 2017, §3.3, whose commitments stand in the proof here in place of the challenge, so that a
checker can fold equations together.  This module has what mixer and checker share: the parts of a
mix, its bytes, its challenges.  `mixing` makes one, `mix_check` checks one.

Letters as in docs/spec/sealing.md §8: N pairs; a, b the box before, a', b' after; pi the
permutation; c its commitment; u the weights; ĉ (`chain`) the chain, t̂ (`chain_commitments`) its
commitments; t1 to t4 the other commitments; gamma the challenge; s1 to s4, s' (`s_weights`),
ŝ (`s_chain`) the responses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ballot.canonical import transcript_hash, wide_reduce, xof
from ballot.sealing import native
from ballot.sealing.box import PAIR, Box, parse_columns
from ballot.sealing.errors import Malformed, ShuffleRejected
from ballot.sealing.native import ORDER, Points
from ballot.sealing.scalars import first_too_large, read_scalars, write_scalars
from ballot.sealing.setting import Setting, check_name
from ballot.sealing.workers import Octets

WEIGHT_SIZE: Final = 20  # Bytes of u_i: a false permutation passes once in 2**160 / N.
COMMITMENTS: Final = 5  # t1, t2, t3, t4 for c1, t4 for c2
RESPONSES: Final = 4
_ROW: Final = PAIR + 3 * 33 + 2 * 32
_ONCE: Final = 32 + 33 * COMMITMENTS + 32 * RESPONSES


@dataclass(frozen=True, slots=True, eq=False)
class ShuffleProof:
    """What proves a mix (sealing §8.3)."""

    permutation: Points = field(repr=False)  # c, (N, 64)
    chain: Points = field(repr=False)  # ĉ, (N, 64)
    chain_commitments: Points = field(repr=False)  # t̂, (N, 64)
    s_weights: Octets = field(repr=False)  # s', (N, 32)
    s_chain: Octets = field(repr=False)  # ŝ, (N, 32)
    commitments: tuple[bytes, ...]  # t1, t2, t3, t4 for c1, t4 for c2: points of 64 bytes
    responses: tuple[int, ...]  # s1, s2, s3, s4


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """A mix: the hash of the box it took, the box it gives, and the proof (sealing §8)."""

    before_hash: bytes
    after: Box
    proof: ShuffleProof

    def to_bytes(self) -> bytes:
        """Give its bytes: 325 and 229 a pair (sealing §8.4)."""
        proof = self.proof
        points = (proof.permutation, proof.chain, proof.chain_commitments)
        return b"".join(
            [
                self.before_hash,
                self.after.to_bytes(),
                *(native.write_points(column).tobytes() for column in points),
                proof.s_weights.tobytes(),
                proof.s_chain.tobytes(),
                *(native.write_point(point) for point in proof.commitments),
                write_scalars(proof.responses).tobytes(),
            ]
        )


def read_mix(message: bytes, *, before: Box, processes: int = 1) -> Mix:
    """Read a mix of a box, and refuse what has not its shape (sealing §8.4).

    Cost:   five square roots a pair.
    Raises: Malformed: "shuffle.length", "shuffle.point", "shuffle.scalar".
    """
    count = len(before)
    if len(message) != _ONCE + _ROW * count:
        raise Malformed("shuffle.length", expected=_ONCE + _ROW * count, found=len(message))
    reader = _Reader(message)
    before_hash = reader.take(32).tobytes()
    pairs = reader.rows(count, PAIR)
    columns = [pairs[:, :33], pairs[:, 33:], *(reader.rows(count, 33) for _ in range(3))]
    c1, c2, permutation, chain, chain_commitments = parse_columns(
        columns, "shuffle.point", processes=processes
    )
    s_weights, s_chain = reader.rows(count, 32), reader.rows(count, 32)
    [commitments] = parse_columns([reader.rows(COMMITMENTS, 33)], "shuffle.point")
    responses = read_scalars(reader.rows(RESPONSES, 32))
    for column in (responses, read_scalars(s_weights), read_scalars(s_chain)):
        if first_too_large(column) is not None:
            raise Malformed("shuffle.scalar", row=first_too_large(column))
    proof = ShuffleProof(
        permutation,
        chain,
        chain_commitments,
        s_weights,
        s_chain,
        tuple(point.tobytes() for point in commitments),
        tuple(responses),
    )
    return Mix(before_hash, Box(before.name, c1, c2), proof)


class _Reader:
    """Takes bytes from the front of a message whose length was checked."""

    def __init__(self, message: bytes) -> None:
        self._left = np.frombuffer(message, np.uint8)

    def take(self, size: int) -> Octets:
        taken, self._left = self._left[:size], self._left[size:]
        return taken

    def rows(self, count: int, width: int) -> Octets:
        return self.take(count * width).reshape(count, width)


def statement_hash(
    before: Box, after: Box, permutation: Points, *, setting: Setting, mixer: str
) -> bytes:
    """Hash what a mix claims, with the permutation's commitment: the seed of the weights.

    Spec: sealing §8.2, equation 13.
    """
    check_name(mixer)
    return transcript_hash(
        "mix-weights",
        setting.fingerprint,
        setting.key,
        *before.name.parts(),
        mixer,
        len(before),
        before.to_bytes(),
        after.to_bytes(),
        native.write_points(permutation).tobytes(),
    )


def weights(statement: bytes, count: int) -> Octets:
    """Give the weights u_1 … u_N, 160 bits each, (N, 20) (sealing §8.2, equation 14)."""
    stream = xof(statement, WEIGHT_SIZE * count)
    return np.frombuffer(stream, np.uint8).reshape(count, WEIGHT_SIZE)


def challenge(statement: bytes, proof: ShuffleProof) -> int:
    """Give the challenge gamma, over the statement and every commitment (sealing §8.3, eq. 17)."""
    seed = transcript_hash(
        "mix-challenge",
        statement,
        native.write_points(proof.chain).tobytes(),
        native.write_points(proof.chain_commitments).tobytes(),
        *(native.write_point(point) for point in proof.commitments),
    )
    return wide_reduce(seed, ORDER)


def check_not_empty(box: Box) -> None:
    """Refuse an empty box: there is nothing in it to mix or to open.

    Raises: ShuffleRejected "shuffle.empty".
    """
    if len(box) == 0:
        raise ShuffleRejected("shuffle.empty")
