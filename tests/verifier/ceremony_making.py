"""A key ceremony held here, by all trustees at once, from docs/spec/sealing.md §9.

Some may deal falsely, and some may complain without reason.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from tests.verifier.making import G, plus, scalars, times
from verifier.canonical import Hashed, digest, wide_reduction, write
from verifier.ceremony import Frame, Published
from verifier.group import ORDER, Point, encode

IDENTIFIER = bytes(range(16))
Pair = tuple[int, int]


def prove(use: str, statement: Sequence[Hashed], x: int, k: int = 12345) -> str:
    """Return the proof (27) that one knows x."""
    A = encode(times(k, G))
    e = wide_reduction(digest(use, *statement, A))
    return (A + ((k + e * x) % ORDER).to_bytes(32, "big")).hex()


def prove_equality(use: str, statement: Sequence[Hashed], x: int, base: Point) -> str:
    """Return the proof (41) that one x is behind x·G and x·base."""
    k = 54321
    T = encode(times(k, G)), encode(times(k, base))
    e = wide_reduction(digest(use, *statement, *T))
    return b"".join((*T, ((k + e * x) % ORDER).to_bytes(32, "big"))).hex()


class Held:
    """A ceremony; `published` is what all see of it, and may be changed before it is checked.

    false:      (dealer, recipient) of shares that are one too many.
    garbled:    (dealer, recipient) of shares that are sealed under another key.
    groundless: (complainant, dealer) of complaints about good shares.
    secrets:    polynomials, where they are not to be random.
    confirmed:  whether those who are left confirm.
    identifier: the ceremony's, 16 bytes.
    """

    def __init__(
        self,
        trustees: int,
        quorum: int,
        *,
        false: Collection[Pair] = (),
        garbled: Collection[Pair] = (),
        groundless: Collection[Pair] = (),
        secrets: dict[int, list[int]] | None = None,
        confirmed: bool = True,
        identifier: bytes = IDENTIFIER,
    ) -> None:
        rng = random.Random(trustees * 10 + quorum)
        self.frame = Frame(identifier, quorum, tuple(f"Trustee {i + 1}" for i in range(trustees)))
        self.numbers = list(self.frame.numbers)
        self.f = {i: scalars(rng, quorum) for i in self.numbers} | (secrets or {})
        self.d = dict(zip(self.numbers, scalars(rng, trustees), strict=True))
        self.k = {(i, j): scalars(rng, 1)[0] for i in self.numbers for j in self.numbers}
        self.false, self.garbled = set(false), set(garbled)
        complained = {(j, i) for i, j in (*false, *garbled)} | set(groundless)
        reveals = [self.reveal(i) for i in self.numbers]
        self.R = digest("ceremony-reveals", self.frame.hash, write(reveals))
        self.published = Published(
            commitments=[self.commitment(reveal) for reveal in reveals],
            reveals=reveals,
            dealings=[self.dealing(i) for i in self.numbers],
            complaints=[self.complaint(j, i) for j, i in sorted(complained)],
            confirmations=[],
        )
        if confirmed:
            self.confirm([i for i in self.numbers if i not in {i for _, i in complained}])

    def commitment(self, reveal: dict[str, Any]) -> dict[str, Any]:
        i = reveal["number"]
        hashed = digest("ceremony-commitment", self.frame.hash, i, write(reveal))
        return {"digest": hashed.hex(), "number": i}

    def reveal(self, i: int) -> dict[str, Any]:
        def knows(text: str, x: int) -> str:
            statement = (self.frame.hash, i, text, encode(times(x, G)))
            return prove("ceremony-possession", statement, x)

        return {
            "coefficients": [encode(times(a, G)).hex() for a in self.f[i]],
            "encryption": encode(times(self.d[i], G)).hex(),
            "knows_encryption": knows("encryption", self.d[i]),
            "knows_key": knows("key", self.f[i][0]),
            "number": i,
        }

    def share(self, i: int, j: int) -> int:
        return sum(a * j**k for k, a in enumerate(self.f[i])) % ORDER

    def dealing(self, i: int) -> dict[str, Any]:
        return {"number": i, "shares": [self.sealed(i, j) for j in self.numbers if j != i]}

    def sealed(self, i: int, j: int) -> dict[str, Any]:
        k, E = self.k[i, j], times(self.d[j], G)
        K, Z = times(k, G), times(k, E)
        bound = (self.R, i, j, encode(E), encode(K))
        key = digest("ceremony-dealing", *bound, encode(Z))
        if (i, j) in self.garbled:
            key = bytes(32)
        share = (self.share(i, j) + ((i, j) in self.false)) % ORDER
        sealed = ChaCha20Poly1305(key).encrypt(bytes(12), share.to_bytes(32, "big"), b"")
        return {
            "ephemeral": encode(K).hex(),
            "knows_ephemeral": prove("ceremony-dealing-key", (*bound, sealed), k),
            "recipient": j,
            "sealed": sealed.hex(),
        }

    def complaint(self, j: int, i: int) -> dict[str, Any]:
        d, K = self.d[j], times(self.k[i, j], G)
        Z = times(d, K)
        statement = (self.R, i, j, *map(encode, (times(d, G), K, Z)))
        return {
            "complainant": j,
            "dealer": i,
            "opened": encode(Z).hex(),
            "proof": prove_equality("ceremony-complaint", statement, d, K),
        }

    def confirm(self, left: Sequence[int]) -> None:
        """Have those who are left confirm what has been published so far."""
        said = self.published
        by_number = [sorted(messages, key=lambda one: one["number"]) for messages in (
            said.commitments, said.reveals, said.dealings
        )]  # fmt: skip
        complaints = sorted(said.complaints, key=lambda one: (one["dealer"], one["complainant"]))
        T = digest("ceremony-transcript", self.frame.hash, *map(write, (*by_number, complaints)))
        Y = encode(plus(*(times(self.f[i][0], G) for i in left)))
        said.confirmations[:] = [self.confirmation(T, Y, j, left) for j in left]

    def confirmation(self, T: bytes, Y: bytes, j: int, left: Sequence[int]) -> dict[str, Any]:
        x = sum(self.share(i, j) for i in left) % ORDER
        statement = (T, Y, j, encode(times(x, G)))
        return {
            "holds_share": prove("share-proof", statement, x),
            "number": j,
            "public_key": Y.hex(),
        }
