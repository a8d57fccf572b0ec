"""Checking many sealed ballots of one section together, and naming those that do not hold.

Every ballot meets the same conditions as at intake (`ballot.sealing.ballot.check_ballot`), in the
same order, and besides: no c1 of one is a c1 of an earlier one, nor a c2 a c2.  Ballots are rows of
an array (N, 96 + 131·contests), as docs/spec/sealing.md §6.2 lays them out.
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
from ballot.sealing.workers import (
    FEWEST_FOR_WORKERS,
    Octets,
    Progress,
    Stages,
    shared,
    spread,
)

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


@dataclass(frozen=True, slots=True, eq=False)
class ReadBallots:
    """Ballots in columns, their points read; `found` holds each row's first broken condition."""

    wire: Octets = field(repr=False)
    contests: int
    found: Octets = field(repr=False)
    points: Octets = field(repr=False)  # (contests, 3, N, 64): c1, c2, commitment
    keys: Octets = field(repr=False)  # (2, N, 64): the signature's R, the credential; or (2, 0, 64)

    @property
    def signatures(self) -> bool:
        """Whether the signatures were read, too."""
        return bool(self.keys.shape[1] == len(self.wire))

    def column(self, number: int, start: int, size: int, rows: slice = slice(None)) -> Octets:
        """Give `size` bytes from `start` of one contest's votes."""
        at = CREDENTIAL + VOTE * number + start
        return self.wire[rows, at : at + size]


@dataclass(frozen=True, slots=True)
class _Check:
    """Ballots under check: where they belong, and the challenges of their proofs."""

    ballots: ReadBallots
    setting: Setting
    contests: Sequence[str]
    section: str
    unit: str
    challenges: Octets  # (contests, N, 32)
    signed: Octets  # (N, 32): the signatures' challenges


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
    """Check many ballots of one section together: read_ballots, then check_read_ballots.

    wire:       (N, 96 + 131·contests).  rng: the checker's own, for weights no ballot could know.
    signatures: False only where the credentials' signatures were checked already.
    Spec:   sealing §6.5.
    Raises: BallotsRejected, naming every row that does not hold with its first condition;
            Malformed "ballot.length", "name".
    """
    stages = Stages(progress, len(wire), 1, 2)
    ballots = read_ballots(
        wire,
        contests=len(contests),
        signatures=signatures,
        processes=processes,
        progress=stages.following(),
    )
    checked = check_read_ballots(
        ballots,
        setting=setting,
        contests=contests,
        section=section,
        unit=unit,
        rng=rng,
        processes=processes,
        progress=stages.following(),
    )
    stages.finish()
    return checked


def read_ballots(
    wire: Octets,
    *,
    contests: int,
    signatures: bool = True,
    processes: int = 1,
    progress: Progress | None = None,
) -> ReadBallots:
    """Read the points of many ballots; what has no right shape is noted, to be named later.

    Spec:   sealing §6.2.
    Cost:   three square roots a contest, and two for the signature (5 µs each).
    Raises: Malformed "ballot.length".
    """
    if wire.ndim != 2 or wire.shape[1] != ballot_size(contests):
        raise Malformed("ballot.length", expected=ballot_size(contests), found=wire.shape)
    count = len(wire)
    ballots = ReadBallots(
        wire,
        contests,
        found=shared((count,)),
        points=shared((contests, 3, count, 64)),
        keys=shared((2, count if signatures else 0, 64)),
    )
    spread(
        lambda start, stop: _read_block(ballots, slice(start, stop)),
        count,
        block=_BLOCK,
        processes=processes if count >= FEWEST_FOR_WORKERS else 1,
        progress=progress,
    )
    return ballots


def check_read_ballots(
    ballots: ReadBallots,
    *,
    setting: Setting,
    contests: Sequence[str],
    section: str,
    unit: str = "",
    rng: Rng,
    processes: int = 1,
    progress: Progress | None = None,
) -> CheckedBallots:
    """Check the proofs, and the signatures if they were read, of ballots of one section.

    Spec:   sealing §6.5.
    Cost:   one sum by 128 and one by 256 bits (10 to 15 µs) a contest, and again a signature.
    Raises: BallotsRejected, naming every row that does not hold with its first condition.
    """
    check_place(contests, section, unit)
    count, many = len(ballots.wire), len(contests)
    if many != ballots.contests:
        raise Malformed("ballot.columns", contests=many, read=ballots.contests)
    processes = processes if count >= FEWEST_FOR_WORKERS else 1
    check = _Check(
        ballots,
        setting,
        contests,
        section,
        unit,
        challenges=shared((many, count, 32)),
        signed=shared((count if ballots.signatures else 0, 32)),
    )
    stages = Stages(progress, count, 1, *[2] * (many + ballots.signatures))
    spread(
        lambda start, stop: _challenge_block(check, slice(start, stop)),
        count,
        block=_BLOCK,
        processes=processes,
        progress=stages.following(),
    )
    claims = [(_proofs(check, number), _PROOF) for number in range(many)]
    if ballots.signatures:
        claims.append((_signatures(check), _SIGNATURE))
    for some, condition in claims:
        # Only of the rows that nothing was found against.
        rows = np.flatnonzero(ballots.found == 0)
        chosen = some if len(rows) == count else some.part(rows)
        false = false_claims(
            chosen, rng=rng, processes=processes, progress=stages.following()
        )
        ballots.found[rows[false]] = condition
    _find_repeated(ballots)
    stages.finish()
    if ballots.found.any():
        culprits = np.flatnonzero(ballots.found).tolist()
        raise BallotsRejected([(row, _CONDITIONS[ballots.found[row]]) for row in culprits])
    c1, c2 = tuple(ballots.points[:, 0]), tuple(ballots.points[:, 1])
    return CheckedBallots(tuple(contests), section, unit, c1, c2)


def _read_block(ballots: ReadBallots, rows: slice) -> None:
    """Read one block's points, and look at its scalars."""
    for number in range(ballots.contests):
        for part in range(3):
            column = ballots.column(number, 33 * part, 33, rows)
            read = native.try_points(column, ballots.points[number, part, rows])
            _mark(ballots, rows, _flags(read) == 0, _POINT)
        responses = read_scalars(ballots.column(number, 99, 32, rows))
        _mark(ballots, rows, np.array([one >= ORDER for one in responses]), _SCALAR)
    if ballots.signatures:
        _read_signatures(ballots, rows)
    _mark(ballots, rows, _repeats_itself(ballots.points[:, :2, rows]), _REPEATED)


def _read_signatures(ballots: ReadBallots, rows: slice) -> None:
    """Read one block's credentials and signatures' R, both x of a point of even y (BIP 340)."""
    wire = ballots.wire[rows]
    even = np.full((len(wire), 1), 2, np.uint8)
    credentials, signatures = wire[:, :CREDENTIAL], wire[:, -SIGNATURE:]
    read = native.try_points(np.hstack([even, credentials]), ballots.keys[1, rows])
    _mark(ballots, rows, _flags(read) == 0, _CREDENTIAL)
    read = native.try_points(np.hstack([even, signatures[:, :32]]), ballots.keys[0, rows])
    _mark(ballots, rows, _flags(read) == 0, _SIGNATURE)
    too_large = [response >= ORDER for response in read_scalars(signatures[:, 32:])]
    _mark(ballots, rows, np.array(too_large), _SIGNATURE)


def _repeats_itself(pairs: Octets) -> NDArray[np.bool_]:
    """Say of each row whether two of its own c1 are alike, or two of its c2."""
    heads = np.sort(_heads(pairs), axis=1)
    repeats: NDArray[np.bool_] = (heads[:, 1:] == heads[:, :-1]).any(axis=(0, 1))
    for row in np.flatnonzero(repeats).tolist():
        repeats[row] = len(_components(pairs, row)) < 2 * len(pairs)
    return repeats


def _challenge_block(check: _Check, rows: slice) -> None:
    """Compute the challenges of one block's proofs and signatures."""
    ballots = check.ballots
    wire = ballots.wire[rows]
    credentials = wire[:, :CREDENTIAL]
    for number, contest in enumerate(check.contests):
        columns = [ballots.column(number, 33 * part, 33, rows) for part in range(3)]
        begun = vote_transcript(check.setting, contest, check.section, check.unit)
        challenges = reduce_rows(digest_rows(begun, [credentials, *columns]))
        check.challenges[number, rows] = write_scalars(challenges)
    if ballots.signatures:
        messages = _messages(check, rows)
        stream = np.hstack([wire[:, -SIGNATURE:-32], credentials]).tobytes()
        digests = [
            hashlib.sha256(_TAG + _TAG + stream[at : at + 64] + message).digest()
            for at, message in zip(range(0, len(stream), 64), messages, strict=True)
        ]
        check.signed[rows] = write_scalars(
            int.from_bytes(digest, "big") % ORDER for digest in digests
        )


def _messages(check: _Check, rows: slice) -> list[bytes]:
    """Give what each credential signed (sealing §6.3, equation 5)."""
    wire = check.ballots.wire[rows]
    signed = [wire[:, :CREDENTIAL]]
    for number, contest in enumerate(check.contests):
        name = np.frombuffer(contest.encode(), np.uint8)
        signed += [np.tile(name, (len(wire), 1)), check.ballots.column(number, 0, VOTE, rows)]
    return digest_rows(paper_transcript(check.setting, check.section, check.unit), signed)


def _flags(read: bytes) -> Octets:
    return np.frombuffer(read, np.uint8)


def _mark(ballots: ReadBallots, rows: slice, broken: NDArray[np.bool_], condition: int) -> None:
    """Note a condition for the rows of a block that break it and broke none of those before.

    A bad point in any contest comes before a bad scalar in any, and so on: the order of the
    conditions, which is the order in which check_ballot meets them but for two faults in one row.
    """
    found = ballots.found[rows]
    earlier = (found == 0) | (found > condition)
    found[broken & earlier] = condition


def _find_repeated(ballots: ReadBallots) -> None:
    """Mark the rows, else without fault, with a c1 or a c2 of an earlier such row (§6.5)."""
    count = len(ballots.found)
    pairs = ballots.points[:, :2]
    suspects: set[int] = set()
    for heads in _heads(pairs).reshape(2, -1):
        order = np.argsort(heads, kind="stable")
        same = np.flatnonzero(heads[order[1:]] == heads[order[:-1]])
        # The rows of those alike in eight bytes; nearly always there are none.
        suspects.update((np.concatenate([order[same], order[same + 1]]) % count).tolist())
    seen: set[tuple[int, bytes]] = set()
    for row in sorted(suspects):
        if ballots.found[row] == 0:
            components = _components(pairs, row)
            if components & seen:
                ballots.found[row] = _REPEATED
            else:
                seen |= components


def _components(pairs: Octets, row: int) -> set[tuple[int, bytes]]:
    """Give a row's components, each with its place in the pair: 0 for c1, 1 for c2."""
    return {(place, pair[place, row].tobytes()) for pair in pairs for place in range(2)}


def _heads(pairs: Octets) -> NDArray[np.uint64]:
    """Give the first eight bytes of every c1, and of every c2, (2, contests, n)."""
    heads: NDArray[np.uint64] = np.ascontiguousarray(pairs[..., :8]).view(np.uint64)
    return heads[..., 0].swapaxes(0, 1)


def _proofs(check: _Check, number: int) -> Claims:
    c1, _, commitments = check.ballots.points[number]
    responses = check.ballots.column(number, 99, 32)
    return Claims(commitments, c1, check.challenges[number], responses)


def _signatures(check: _Check) -> Claims:
    nonces, credentials = check.ballots.keys
    return Claims(nonces, credentials, check.signed, check.ballots.wire[:, -32:])
