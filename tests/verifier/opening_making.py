"""A key shared here, and parts made with its shares, from docs/spec/sealing.md §9.6 and §10."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.verifier.making import G, joined, numbers, plus, scalars, times
from verifier.boxes import columns
from verifier.canonical import digest, stream, wide_reduction
from verifier.columns import points
from verifier.group import ORDER, encode
from verifier.keys import Key, Trustee
from verifier.openings import Box
from verifier.sums import weighted


def make_key(numbers: Sequence[int], quorum: int, seed: int = 1) -> tuple[Key, dict[int, int]]:
    """Return a key whose trustees have these numbers, and their shares by number."""
    polynomial = scalars(random.Random(seed), quorum)
    shares = {j: sum(a * j**k for k, a in enumerate(polynomial)) % ORDER for j in numbers}
    trustees = tuple(Trustee(j, f"Trustee {j}", times(x, G)) for j, x in shares.items())
    return Key(times(polynomial[0], G), quorum, trustees), shares


def make_part(box: Box, number: int, share: int, *, cheat: int | None = None) -> bytes:
    """Open a box with a share as §10 says, but for one factor, of row `cheat`, that is G more."""
    c1 = points(columns(box.rows)[0], "box.point", "the box")
    D = [times(share, place) for place in c1]
    if cheat is not None:
        D[cheat] = plus(D[cheat], G)
    X = times(share, G)
    bound = (box.setting.fingerprint, box.setting.key, box.hash, number, encode(X))
    S = digest("opening-weights", *bound, joined(D))
    drawn = stream(S, 0, 16 * len(D))
    rho = [int.from_bytes(drawn[16 * i : 16 * i + 16], "big") for i in range(len(D))]
    A, D_star = plus(weighted(c1, rho)), plus(weighted(D, rho))
    (k,) = scalars(random.Random(number), 1)
    T = encode(times(k, G)), encode(times(k, A))
    e = wide_reduction(digest("opening-challenge", S, encode(A), encode(D_star), *T))
    proof = b"".join((*T, numbers([k + e * share])))
    return b"".join((box.hash, bytes([number]), joined(D), proof))


def commitment_to(box: Box, wire: bytes, number: int | None = None) -> bytes:
    """Return what a trustee publishes before a part; the number is read from it, if not given."""
    number = wire[32] if number is None else number
    bound = (box.setting.fingerprint, box.setting.key, number)
    return digest("opening-commitment", *bound, wire)


def signed_commitment(box: Box, number: int, share: int, commitment: bytes) -> bytes:
    """Sign a commitment in a trustee's name as §10.3 says, with this share: equation (49)."""
    X = box.key.trustee(number, "the signer").point
    (k,) = scalars(random.Random(number), 1)
    A = encode(times(k, G))
    bound = (box.setting.fingerprint, box.setting.key, *box.name.parts)
    e = wide_reduction(digest("opening-maker", *bound, number, encode(X), commitment, A))
    return A + numbers([k + e * share])
