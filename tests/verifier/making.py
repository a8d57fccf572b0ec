"""What the verifier's tests check: the published vectors, and a small election made here.

The prover below is written from docs/spec/sealing.md over the verifier's own arithmetic. It can be
told to cheat at one place and be honest everywhere else, as somebody would who tries.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tests.verifier.given import vectors
from verifier.ballots import Cast, Paper
from verifier.boxes import BoxName, box_hash
from verifier.canonical import Hashed, digest, stream, wide_reduction
from verifier.generators import generators
from verifier.group import GENERATOR, ORDER, Point, add, encode, multiply
from verifier.setting import Setting
from verifier.sums import weighted

G = GENERATOR
NAME = BoxName("leader", ("member",))


@dataclass(frozen=True)
class Tally:
    """sealing-tally.json, read."""

    given: Any = field(default_factory=lambda: vectors("sealing-tally"))

    @property
    def setting(self) -> Setting:
        key = bytes.fromhex(self.given["ceremony"]["key"]["public_key"])
        return Setting(bytes.fromhex(self.given["tally"]["fingerprint"]), key)

    @property
    def paper(self) -> Paper:
        return Paper(self.setting, ("leader",))

    @property
    def casts(self) -> list[Cast]:
        return [Cast(bytes.fromhex(wire), "member") for wire in self.given["tally"]["ballots"]]

    def rows(self, number: int) -> bytes:
        return bytes.fromhex(self.given["tally"]["boxes"][number]["rows"])


# --- a prover ---


def scalars(rng: random.Random, count: int) -> list[int]:
    return [rng.randrange(1, ORDER) for _ in range(count)]


def sealed_pairs(rng: random.Random, Y: Point, choices: Sequence[int]) -> list[tuple[Point, Point]]:
    """Seal the rankings of these numbers: equation (1)."""
    pairs = []
    for choice, r in zip(choices, scalars(rng, len(choices)), strict=True):
        pairs.append((times(r, G), plus(multiply(choice + 1, G), times(r, Y))))
    return pairs


def times(factor: int, place: Point) -> Point:
    product = multiply(factor, place)
    assert product is not None
    return product


def plus(*places: Point | None) -> Point:
    total = None
    for place in places:
        total = add(total, place)
    assert total is not None
    return total


def rows_of(pairs: Sequence[tuple[Point, Point]]) -> bytes:
    return b"".join(encode(c1) + encode(c2) for c1, c2 in pairs)


def joined(places: Sequence[Point]) -> bytes:
    return b"".join(map(encode, places))


def numbers(values: Sequence[int]) -> bytes:
    return b"".join((value % ORDER).to_bytes(32, "big") for value in values)


def make_mix(
    setting: Setting,
    pairs: Sequence[tuple[Point, Point]],
    *,
    mixer: str = "server",
    seed: int = 1,
    cheat: str = "",
) -> bytes:
    """Shuffle and prove as §8 says, but for the one thing that `cheat` names.

    c1, c2:       adds G to that half of the third pair after the mix.
    commitment:   commits to no permutation, but so that the sum of all is right.
    chain:        gives a wrong response for the third link.
    """
    rng = random.Random(seed)
    n, Y = len(pairs), setting.key_point
    H0, *H = generators(0, n + 1)
    order = rng.sample(range(n), n)
    again, r, r_hat = scalars(rng, n), scalars(rng, n), scalars(rng, n)
    after = [
        (plus(pairs[j][0], times(s, G)), plus(pairs[j][1], times(s, Y)))
        for j, s in zip(order, again, strict=True)
    ]
    if cheat in {"c1", "c2"}:
        a, b = after[2]
        after[2] = (plus(a, G), b) if cheat == "c1" else (a, plus(b, G))
    c = [plus(times(r[j], G), H[order.index(j)]) for j in range(n)]
    if cheat == "commitment":
        c[2], c[3] = plus(c[2], H0), plus(c[3], times(-1, H0))
    bound = (setting.fingerprint, setting.key, *NAME.parts, mixer, n)
    S = digest("mix-weights", *bound, rows_of(pairs), rows_of(after), joined(c))
    drawn = stream(S, 0, 20 * n)
    u = [int.from_bytes(drawn[20 * i : 20 * i + 20], "big") for i in range(n)]
    u_after = [u[j] for j in order]
    links, R = [H0], 0
    for i in range(n):
        links.append(plus(times(r_hat[i], G), times(u_after[i], links[-1])))
        R = (r_hat[i] + u_after[i] * R) % ORDER
    w, w_hat, w_after = scalars(rng, 4), scalars(rng, n), scalars(rng, n)
    t_hat = [plus(times(w_hat[i], G), times(w_after[i], links[i])) for i in range(n)]
    t = [
        times(w[0], G),
        times(w[1], G),
        plus(times(w[2], G), weighted(H, w_after)),
        plus(times(-w[3], G), weighted([a for a, _ in after], w_after)),
        plus(times(-w[3], Y), weighted([b for _, b in after], w_after)),
    ]
    gamma = wide_reduction(
        digest("mix-challenge", S, joined(links[1:]), joined(t_hat), *map(encode, t))
    )
    s = [
        w[0] + gamma * sum(r),
        w[1] + gamma * R,
        w[2] + gamma * sum(x * y for x, y in zip(u, r, strict=True)),
        w[3] + gamma * sum(x * y for x, y in zip(u_after, again, strict=True)),
    ]
    s_hat = [x + gamma * y for x, y in zip(w_hat, r_hat, strict=True)]
    s_after = [x + gamma * y for x, y in zip(w_after, u_after, strict=True)]
    if cheat == "chain":
        s_hat[2] += 1
    return b"".join(
        (
            box_hash(setting, NAME, rows_of(pairs)),
            rows_of(after),
            joined(c),
            joined(links[1:]),
            joined(t_hat),
            numbers(s_after),
            numbers(s_hat),
            joined(t),
            numbers(s),
        )
    )


def make_ballot(
    paper: Paper, secret: int, votes: Sequence[tuple[int, int]], *, section: str = "member"
) -> Cast:
    """Seal and sign a paper of (choice, r) for each contest, as §6 says."""
    setting, Y = paper.setting, paper.setting.key_point
    if times(secret, G)[1] & 1:
        secret = ORDER - secret
    credential = encode(times(secret, G))[1:]
    parts: list[bytes | str] = []
    for contest, (choice, r) in zip(paper.contests, votes, strict=True):
        pair = joined([times(r, G), plus(multiply(choice + 1, G), times(r, Y))])
        voted = (setting.fingerprint, setting.key, contest, section, "", credential)
        parts += [contest, pair + _proof(pair, r, voted)]
    bound = (setting.fingerprint, setting.key, section, "", credential)
    signature = sign(secret, digest("paper", *bound, *parts))
    wires = [part for part in parts if isinstance(part, bytes)]
    return Cast(b"".join((credential, *wires, signature)), section)


def _proof(pair: bytes, r: int, bound: Sequence[Hashed]) -> bytes:
    """Return A 33 | s 32: equations (2) to (4)."""
    k = r + 99
    A = encode(times(k, G))
    e = wide_reduction(digest("vote", *bound, pair[:33], pair[33:], A))
    return A + numbers([k + e * r])


def sign(secret: int, message: bytes) -> bytes:
    """Sign as BIP 340 does, by a secret whose point has an even y, with a nonce for tests alone."""
    k = secret ^ 0x5555
    R = times(k, G)
    if R[1] & 1:
        k = ORDER - k
    x, key = R[0].to_bytes(32, "big"), times(secret, G)[0].to_bytes(32, "big")
    tag = sha256(b"BIP0340/challenge").digest()
    e = int.from_bytes(sha256(tag + tag + x + key + message).digest(), "big")
    return x + numbers([k + e * secret])
