"""Sealing and signing many ballots at once, for rehearsals and tests at full size.

It makes what `ballot.sealing.ballot` makes, byte for byte, from tables of multiples.  Look-ups by
secret digits are not constant in time: an elector's ballot is never sealed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballot.sealing import native
from ballot.sealing.ballot import (
    CREDENTIAL,
    SIGNATURE,
    VOTE,
    ballot_size,
    check_place,
    paper_transcript,
    vote_transcript,
)
from ballot.sealing.errors import Malformed
from ballot.sealing.hashing import digest_rows, reduce_rows
from ballot.sealing.native import ORDER, Points
from ballot.sealing.scalars import Rng, random_rows, read_scalars, write_scalars
from ballot.sealing.setting import Setting
from ballot.sealing.tables import FixedBase, add_products, fixed_base
from ballot.sealing.workers import FEWEST_FOR_WORKERS, Octets, Progress, shared, spread

_BLOCK = 1_024


@dataclass(frozen=True, slots=True)
class _Sealing:
    """What every block of ballots needs: the place, the tables, the randomness drawn before."""

    setting: Setting
    contests: Sequence[str]
    section: str
    unit: str
    choices: NDArray[np.int64]  # rows of choice_points, (N, contests)
    choice_points: Points
    base: FixedBase
    key: FixedBase
    randomness: Octets  # (contests, N, 32)
    nonces: Octets
    secrets: Octets
    auxiliary: Octets
    wire: Octets


def seal_ballots(
    choices: NDArray[np.uint32],
    *,
    setting: Setting,
    contests: Sequence[str],
    section: str,
    unit: str = "",
    secrets: Octets,
    rng: Rng,
    processes: int = 1,
    progress: Progress | None = None,
) -> Octets:
    """Seal and sign many papers of one section; give them on the wire (N, 96 + 131·contests).

    choices: numbers of rankings (N, contests), below 2**20.  secrets: (N, 32), as secrets_of.
    Spec:    sealing §6.1 to §6.3.
    Cost:    four multiplications from tables a contest, and a signature.
    """
    check_place(contests, section, unit)
    count = len(choices)
    if choices.shape != (count, len(contests)) or secrets.shape != (count, 32):
        raise Malformed("ballot.columns", choices=choices.shape, secrets=secrets.shape)
    processes = processes if count >= FEWEST_FOR_WORKERS else 1
    seen, which = np.unique(choices, return_inverse=True)
    points = b"".join(native.base_times(int(choice) + 1) for choice in seen)
    drawn = random_rows(rng, 2 * choices.size).reshape(2, len(contests), count, 32)
    sealing = _Sealing(
        setting=setting,
        contests=contests,
        section=section,
        unit=unit,
        choices=which.reshape(choices.shape),
        choice_points=np.frombuffer(points, np.uint8).reshape(-1, 64),
        base=fixed_base(native.G, 2 * choices.size, processes=processes),
        key=fixed_base(setting.point, choices.size, processes=processes),
        randomness=drawn[0],
        nonces=drawn[1],
        secrets=secrets,
        auxiliary=np.frombuffer(rng(32 * count), np.uint8).reshape(count, 32),
        wire=shared((count, ballot_size(len(contests)))),
    )
    spread(
        lambda start, stop: _seal_block(sealing, slice(start, stop)),
        count,
        block=_BLOCK,
        processes=processes,
        progress=progress,
    )
    return sealing.wire


def _seal_block(sealing: _Sealing, rows: slice) -> None:
    """Seal and sign one block of papers, into the wire."""
    pairs, credentials = native.make_keypairs(sealing.secrets[rows])
    wire = sealing.wire[rows]
    wire[:, :CREDENTIAL] = credentials
    for number in range(len(sealing.contests)):
        start = CREDENTIAL + VOTE * number
        wire[:, start : start + VOTE] = _seal_votes(sealing, rows, number, credentials)
    signed = [credentials]
    for number, contest in enumerate(sealing.contests):
        start = CREDENTIAL + VOTE * number
        name = np.frombuffer(contest.encode(), np.uint8)
        signed += [np.tile(name, (len(wire), 1)), wire[:, start : start + VOTE]]
    begun = paper_transcript(sealing.setting, sealing.section, sealing.unit)
    messages = b"".join(digest_rows(begun, signed))
    wire[:, -SIGNATURE:] = native.sign_rows(pairs, messages, sealing.auxiliary[rows])


def _seal_votes(sealing: _Sealing, rows: slice, number: int, credentials: Octets) -> Octets:
    """Seal one contest's votes of a block (sealing §6.1, equations 1 to 4): (n, 131)."""
    randomness, nonces = sealing.randomness[number, rows], sealing.nonces[number, rows]
    points = np.zeros((3, len(credentials), 64), np.uint8)
    add_products([(sealing.base, randomness)], None, points[0])
    chosen = sealing.choice_points[sealing.choices[rows, number]]
    add_products([(sealing.key, randomness)], chosen, points[1])
    add_products([(sealing.base, nonces)], None, points[2])
    c1, c2, commitments = (native.write_points(column) for column in points)
    contest = sealing.contests[number]
    begun = vote_transcript(sealing.setting, contest, sealing.section, sealing.unit)
    challenges = reduce_rows(digest_rows(begun, [credentials, c1, c2, commitments]))
    responses = [
        (k + e * r) % ORDER
        for k, e, r in zip(
            read_scalars(nonces), challenges, read_scalars(randomness), strict=True
        )
    ]
    return np.concatenate([c1, c2, commitments, write_scalars(responses)], axis=1)
