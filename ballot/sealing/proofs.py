"""Two small proofs about one secret: that one knows it, and that it stands behind two points.

Source: Schnorr 1991; Chaum and Pedersen 1992; both made non-interactive by a hash of the whole
statement (Bernhard, Pereira and Warinschi 2012), and given as (commitment, response).  The secret
is a trustee's: it is touched by constant-time calls alone.  A nonce is made of the secret and the
whole statement besides randomness (RFC 6979 §3.6), so that no fault of the randomness gives one
nonce to two statements.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Final

from ballot.canonical import Part, transcript_hash, wide_reduce, xof
from ballot.sealing import native
from ballot.sealing.errors import Malformed
from ballot.sealing.native import ORDER
from ballot.sealing.scalars import Rng, random_scalar

KNOWLEDGE: Final = 33 + 32
EQUALITY: Final = 33 + 33 + 32


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A proof that somebody knows x with X = x·G (sealing §9.2)."""

    commitment: bytes
    response: bytes

    @classmethod
    def parse(cls, wire: bytes) -> Knowledge:
        """Read its 65 bytes.  Raises: Malformed "proof.length", "proof.point", "proof.scalar"."""
        _check_shape(wire, KNOWLEDGE)
        return cls(wire[:33], wire[33:])

    def to_bytes(self) -> bytes:
        """Give its 65 bytes."""
        return self.commitment + self.response


@dataclass(frozen=True, slots=True)
class Equality:
    """A proof that one x stands behind X = x·G and Z = x·B (sealing §10.2)."""

    of_base: bytes
    of_other: bytes
    response: bytes

    @classmethod
    def parse(cls, wire: bytes) -> Equality:
        """Read its 98 bytes.  Raises: Malformed "proof.length", "proof.point", "proof.scalar"."""
        _check_shape(wire, EQUALITY)
        return cls(wire[:33], wire[33:66], wire[66:])

    def to_bytes(self) -> bytes:
        """Give its 98 bytes."""
        return self.of_base + self.of_other + self.response


def _check_shape(wire: bytes, size: int) -> None:
    if len(wire) != size:
        raise Malformed("proof.length", expected=size, found=len(wire))
    for at in range(0, size - 32, 33):
        try:
            native.read_point(wire[at : at + 33])
        except native.NotAPoint as error:
            raise Malformed("proof.point") from error
    if int.from_bytes(wire[-32:], "big") >= ORDER:
        raise Malformed("proof.scalar")


def prove_knowledge(use: str, *statement: Part, secret: int, rng: Rng) -> Knowledge:
    """Prove knowledge of `secret`, for a statement that names its point (sealing §9.2, eq. 27)."""
    nonce = _nonce(use, *statement, secret=secret, rng=rng)
    commitment = native.write_point(native.base_times(nonce))
    challenge = _challenge(use, *statement, commitment)
    return Knowledge(commitment, _answer(nonce, challenge, secret))


def knows(proof: Knowledge, use: str, *statement: Part, point: bytes) -> bool:
    """Check a proof of knowledge of x with point = x·G (sealing §9.2, eq. 28)."""
    challenge = _challenge(use, *statement, proof.commitment)
    response = int.from_bytes(proof.response, "big")
    left = native.times_plus_base(point, -challenge, response)
    return left == native.read_point(proof.commitment)


def prove_equality(
    use: str, *statement: Part, secret: int, other: bytes, rng: Rng
) -> Equality:
    """Prove that secret·G and secret·other, which the statement names, share the secret.

    Spec: sealing §10.2, eq. 41.
    """
    nonce = _nonce(use, *statement, secret=secret, rng=rng)
    of_base = native.write_point(native.base_times(nonce))
    of_other = native.write_point(native.secret_times_one(other, nonce))
    challenge = _challenge(use, *statement, of_base, of_other)
    return Equality(of_base, of_other, _answer(nonce, challenge, secret))


def equal(
    proof: Equality, use: str, *statement: Part, point: bytes, other: bytes, product: bytes
) -> bool:
    """Check that one x stands behind point = x·G and product = x·other (sealing §10.4, eq. 42)."""
    challenge = _challenge(use, *statement, proof.of_base, proof.of_other)
    response = int.from_bytes(proof.response, "big")
    of_base = native.times_plus_base(point, -challenge, response)
    of_other = native.add(native.times(other, response), native.times(product, -challenge))
    return of_base == native.read_point(proof.of_base) and of_other == native.read_point(
        proof.of_other
    )


def _nonce(use: str, *statement: Part, secret: int, rng: Rng) -> int:
    """Draw a proof's nonce from the secret, the statement and 32 random bytes (sealing §3.3)."""
    seed = transcript_hash("proof-nonce", secret.to_bytes(32, "big"), rng(32), use, *statement)
    block = count()
    return random_scalar(lambda size: xof(seed, size, offset=size * next(block)))


def _challenge(use: str, *statement: Part) -> int:
    return wide_reduce(transcript_hash(use, *statement), ORDER)


def _answer(nonce: int, challenge: int, secret: int) -> bytes:
    return native.secret_answer(nonce, challenge, secret).to_bytes(32, "big")
