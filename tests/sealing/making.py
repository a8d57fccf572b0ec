"""Small elections for the tests: factories with keywords, and no shared world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ballot.canonical import XofRng, framed, wide_reduce
from ballot.sealing import native
from ballot.sealing.ballot import SealedVote
from ballot.sealing.box import Box
from ballot.sealing.bulk import seal_ballots
from ballot.sealing.ceremony import make_key
from ballot.sealing.codes import VotingKey, make_code, make_codes, secrets_of, voting_key
from ballot.sealing.keys import ElectionKey, KeyShare
from ballot.sealing.messages import Ceremony
from ballot.sealing.native import ORDER
from ballot.sealing.setting import BoxName, Setting
from ballot.sealing.workers import Octets

ELECTION = bytes(range(16))
NAMES = ("Ada", "Ben", "Cai", "Dot", "Eve", "Fay", "Gus", "Hal", "Ivy")


def rng(seed: bytes = b"test") -> XofRng:
    return XofRng(seed)


def setting(secret: int = 777, fingerprint: bytes = bytes(32)) -> Setting:
    return Setting(fingerprint, native.write_point(native.base_times(secret)))


def voter(number: int = 0) -> VotingKey:
    return voting_key(make_code(rng=rng(b"voter%d" % number)), election_id=ELECTION)


def place(**changes: Any) -> dict[str, Any]:
    return {"setting": setting(), "contests": ["leader"], "section": "member", "unit": ""} | changes


def ceremony(trustees: int = 3, quorum: int = 2) -> Ceremony:
    return Ceremony(ELECTION, NAMES[:trustees], quorum)


def key(trustees: int = 3, quorum: int = 2) -> tuple[ElectionKey, tuple[KeyShare, ...]]:
    return make_key(ceremony(trustees, quorum), rng=rng(b"ceremony"))


def wires(
    choices: Sequence[int] | Sequence[Sequence[int]],
    *,
    seed: bytes = b"sealing",
    **changes: Any,
) -> Octets:
    """Seal these choices, a row each, one voter each."""
    rows = np.array(choices, np.uint32).reshape(len(choices), -1)
    codes = make_codes(len(rows), rng=rng(seed + b"codes"))
    secrets = secrets_of(codes, election_id=ELECTION)
    return seal_ballots(rows, secrets=secrets, rng=rng(seed), **place(**changes)).copy()


def box(
    choices: Sequence[int], *, seed: bytes = b"sealing", name: BoxName | None = None, **changes: Any
) -> Box:
    """Make a box of these choices."""
    wire = wires(choices, seed=seed, **changes)
    return Box.parse(name or BoxName("leader", ("member",)), wire[:, 32:98])


def vote_over(c2: bytes, *, randomness: int, begun: Any, credential: bytes) -> SealedVote:
    """Make a vote whose proof holds over somebody else's point as its c2.

    begun: the vote transcript up to the unit.
    """
    nonce = randomness + 1
    c1 = native.write_point(native.base_times(randomness))
    commitment = native.write_point(native.base_times(nonce))
    stream = begun.copy()
    for part in (credential, c1, c2, commitment):
        stream.update(framed(part))
    response = (nonce + wide_reduce(stream.digest(), ORDER) * randomness) % ORDER
    return SealedVote(c1, c2, commitment, response.to_bytes(32, "big"))


def refusal(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Give the SealingError that a call ends with; fail if it ends with none."""
    from ballot.sealing.errors import SealingError

    try:
        call(*arguments, **named)
    except SealingError as error:
        return error
    raise AssertionError("it was not refused")
