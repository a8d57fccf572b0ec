"""Checking many sealed ballots of one section together, and naming those that do not hold.

Every ballot meets the same conditions as at intake (`ballot.sealing.ballot.check_ballot`), in the
same order, and besides: no component of one stands in an earlier one.  Ballots are rows of an
array (N, 96 + 131·contests), as docs/spec/sealing.md §6.2 lays them out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

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
from ballot.sealing.box import Box
from ballot.sealing.claims import Claims, false_claims
from ballot.sealing.errors import BallotsRejected, Malformed
from ballot.sealing.hashing import digest_rows, reduce_rows
from ballot.sealing.native import ORDER, Points
from ballot.sealing.scalars import Rng, read_scalars, write_scalars
from ballot.sealing.setting import BoxName, Setting
from ballot.sealing.workers import FEWEST_FOR_WORKERS, Octets, Progress, shared, spread

_BLOCK: Final = 1_024
_TAG: Final = hashlib.sha256(b"BIP0340/challenge").digest()
_CONDITIONS: Final = (
    "",
    "ballot.point",
    "ballot.scalar",
    "ballot.credential",
    "ballot.repeated",
    "ballot.proof",
    "ballot.signature",
)
_POINT, _SCALAR, _CREDENTIAL, _REPEATED, _PROOF, _SIGNATURE = range(1, 7)


@dataclass(frozen=True, slots=True, eq=False)
class CheckedBallots:
    """Ballots that all hold, their pairs already read: c1 and c2 for each contest, (N, 64)."""

    contests: tuple[str, ...]
    section: str
    unit: str
    c1: tuple[Points, ...] = field(repr=False)
    c2: tuple[Points, ...] = field(repr=False)

    def box(self, contest: str) -> Box:
        """Give the box of one contest's pairs, under this one section's name."""
        number = self.contests.index(contest)
        name = BoxName(contest, (self.section,), self.unit)
        return Box(name, self.c1[number], self.c2[number])


@dataclass(frozen=True, slots=True)
class _Batch:
    """The ballots being checked, in columns; `found` holds each row's first broken condition."""

    wire: Octets
    setting: Setting
    contests: Sequence[str]
    section: str
    unit: str
    signatures: bool
    found: Octets
    points: Octets  # (contests, 3, N, 64): c1, c2, commitment
    challenges: Octets  # (contests, N, 32)
    keys: Octets  # (2, N, 64): the signature's R, the credential
    signed: Octets  # (N, 32): the signature's challenge


def check_ballots(
    wire: Octets,
    *,
    setting: Setting,
    contests: Sequence[str],
    section: str,
    unit: str = "",
    rng: Rng,
    signatures: bool = True,
    processes: int = 1,
    progress: Progress | None = None,
) -> CheckedBallots:
    """Check many ballots of one section together.

    wire:       (N, 96 + 131·contests).  rng: the checker's own, for weights no ballot could know.
    signatures: False only where the credentials' signatures were checked already.
    Spec:   sealing §6.5.
    Cost:   a contest: three square roots, 10 µs for the proof; 25 µs for the signature.
    Raises: BallotsRejected, naming every row that does not hold with its first condition;
            Malformed "ballot.length".
    """
    check_place(contests, section, unit)
    if wire.ndim != 2 or wire.shape[1] != ballot_size(len(contests)):
        raise Malformed("ballot.length", expected=ballot_size(len(contests)), found=wire.shape)
    count, many = len(wire), len(contests)
    processes = processes if count >= FEWEST_FOR_WORKERS else 1
    batch = _Batch(
        wire=wire,
        setting=setting,
        contests=contests,
        section=section,
        unit=unit,
        signatures=signatures,
        found=shared((count,)),
        points=shared((many, 3, count, 64)),
        challenges=shared((many, count, 32)),
        keys=shared((2, count if signatures else 0, 64)),
        signed=shared((count if signatures else 0, 32)),
    )
    spread(
        lambda start, stop: _read_block(batch, slice(start, stop)),
        count,
        block=_BLOCK,
        processes=processes,
        progress=progress,
    )
    for number in range(many):
        _find_false(batch, _proofs(batch, number), _PROOF, rng, processes)
    if signatures:
        _find_false(batch, _signatures(batch), _SIGNATURE, rng, processes)
    _find_repeated(batch)
    if batch.found.any():
        culprits = np.flatnonzero(batch.found).tolist()
        raise BallotsRejected([(row, _CONDITIONS[batch.found[row]]) for row in culprits])
    pairs = batch.points
    return CheckedBallots(
        tuple(contests), section, unit, tuple(pairs[:, 0]), tuple(pairs[:, 1])
    )


def _read_block(batch: _Batch, rows: slice) -> None:
    """Read one block's points and scalars, and compute its challenges."""
    wire = batch.wire[rows]
    credentials = wire[:, :CREDENTIAL]
    for number, contest in enumerate(batch.contests):
        vote = wire[:, CREDENTIAL + VOTE * number :][:, :VOTE]
        columns = [vote[:, at : at + 33] for at in (0, 33, 66)]
        for part, column in enumerate(columns):
            read = native.try_points(column, batch.points[number, part, rows])
            _mark(batch, rows, _flags(read) == 0, _POINT)
        too_large = [response >= ORDER for response in read_scalars(vote[:, 99:])]
        _mark(batch, rows, np.array(too_large), _SCALAR)
        begun = vote_transcript(batch.setting, contest, batch.section, batch.unit)
        challenges = reduce_rows(digest_rows(begun, [credentials, *columns]))
        batch.challenges[number, rows] = write_scalars(challenges)
    if batch.signatures:
        _read_signatures(batch, rows)
    _mark(batch, rows, _repeats_itself(batch.points[:, :2, rows]), _REPEATED)


def _repeats_itself(pairs: Octets) -> NDArray[np.bool_]:
    """Say of each row whether two of its own components are alike."""
    heads = np.sort(_heads(pairs), axis=0)
    repeats: NDArray[np.bool_] = (heads[1:] == heads[:-1]).any(axis=0)
    for row in np.flatnonzero(repeats):
        own = [component.tobytes() for component in pairs[:, :, row].reshape(-1, 64)]
        repeats[row] = len(set(own)) < len(own)
    return repeats


def _read_signatures(batch: _Batch, rows: slice) -> None:
    """Read one block's signatures as claims: R and the credential, both of even y (BIP 340)."""
    wire = batch.wire[rows]
    even = np.full((len(wire), 1), 2, np.uint8)
    credentials, signatures = wire[:, :CREDENTIAL], wire[:, -SIGNATURE:]
    read = native.try_points(np.hstack([even, credentials]), batch.keys[1, rows])
    _mark(batch, rows, _flags(read) == 0, _CREDENTIAL)
    read = native.try_points(np.hstack([even, signatures[:, :32]]), batch.keys[0, rows])
    _mark(batch, rows, _flags(read) == 0, _SIGNATURE)
    too_large = [response >= ORDER for response in read_scalars(signatures[:, 32:])]
    _mark(batch, rows, np.array(too_large), _SIGNATURE)
    messages = _messages(batch, wire)
    stream = np.hstack([signatures[:, :32], credentials]).tobytes()
    digests = [
        hashlib.sha256(_TAG + _TAG + stream[at : at + 64] + message).digest()
        for at, message in zip(range(0, len(stream), 64), messages, strict=True)
    ]
    batch.signed[rows] = write_scalars(int.from_bytes(digest, "big") % ORDER for digest in digests)


def _messages(batch: _Batch, wire: Octets) -> list[bytes]:
    """Give what each credential signed (sealing §6.3, equation 5)."""
    signed = [wire[:, :CREDENTIAL]]
    for number, contest in enumerate(batch.contests):
        name = np.frombuffer(contest.encode(), np.uint8)
        vote = wire[:, CREDENTIAL + VOTE * number :][:, :VOTE]
        signed += [np.tile(name, (len(wire), 1)), vote]
    return digest_rows(paper_transcript(batch.setting, batch.section, batch.unit), signed)


def _flags(read: bytes) -> Octets:
    return np.frombuffer(read, np.uint8)


def _mark(batch: _Batch, rows: slice, broken: NDArray[np.bool_], condition: int) -> None:
    """Note a condition for the rows of a block that break it and broke none of those before.

    A bad point in any contest comes before a bad scalar in any, and so on: the order of the
    conditions, which is the order in which check_ballot meets them but for two faults in one row.
    """
    found = batch.found[rows]
    earlier = (found == 0) | (found > condition)
    found[broken & earlier] = condition


def _find_repeated(batch: _Batch) -> None:
    """Mark the rows, else without fault, with a component that stands in an earlier such row."""
    count = len(batch.found)
    heads = _heads(batch.points[:, :2]).ravel()
    order = np.argsort(heads, kind="stable")
    same = np.flatnonzero(heads[order[1:]] == heads[order[:-1]])
    # Those alike in eight bytes, in the order of the rows; nearly always there are none.
    suspects = np.unique(np.concatenate([order[same], order[same + 1]])).tolist()
    components = batch.points[:, :2].reshape(-1, 64)
    seen: set[bytes] = set()
    for where in sorted(suspects, key=lambda where: where % count):
        component = components[where].tobytes()
        if batch.found[where % count] == 0:
            if component in seen:
                batch.found[where % count] = _REPEATED
            seen.add(component)


def _heads(pairs: Octets) -> NDArray[np.uint64]:
    """Give the first eight bytes of c1 and c2 of each contest, (2·contests, n)."""
    heads: NDArray[np.uint64] = np.ascontiguousarray(pairs[..., :8]).view(np.uint64)
    return heads.reshape(-1, pairs.shape[2])


def _proofs(batch: _Batch, number: int) -> Claims:
    c1, _, commitments = batch.points[number]
    at = CREDENTIAL + VOTE * number + 99
    return Claims(commitments, c1, batch.challenges[number], batch.wire[:, at : at + 32])


def _signatures(batch: _Batch) -> Claims:
    return Claims(batch.keys[0], batch.keys[1], batch.signed, batch.wire[:, -32:])


def _find_false(
    batch: _Batch, claims: Claims, condition: int, rng: Rng, processes: int
) -> None:
    """Check the claims of the rows that nothing was found against, and mark the false ones."""
    rows = np.flatnonzero(batch.found == 0)
    chosen = claims if len(rows) == len(claims) else claims.part(rows)
    false = false_claims(chosen, rng=rng, processes=processes)
    batch.found[rows[false]] = condition
