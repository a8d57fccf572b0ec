"""Sealed ballots: their bytes, proofs and signatures, one alone or many at once (§6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from verifier.canonical import digest, wide_reduction
from verifier.claims import Claim, false_claims
from verifier.failure import Failed, raise_all
from verifier.group import POINT_BYTES, SCALAR_BYTES, Point, point, scalar
from verifier.setting import Setting
from verifier.signature import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, public_key, signature_claim
from verifier.workers import ALONE, Workers

PAIR_BYTES = 2 * POINT_BYTES
VOTE_BYTES = 3 * POINT_BYTES + SCALAR_BYTES


@dataclass(frozen=True, slots=True)
class Paper:
    """What ballots are checked against: the election, and its contests in their order on it."""

    setting: Setting
    contests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """A sealed ballot, with the section and the unit that the roll has for its credential.

    unit: the empty text where units are not weighted.
    """

    wire: bytes
    section: str
    unit: str = ""

    @property
    def credential(self) -> bytes:
        return self.wire[:PUBLIC_KEY_BYTES]

    @property
    def signature(self) -> bytes:
        return self.wire[-SIGNATURE_BYTES:]

    def vote(self, contest: int) -> bytes:
        """Return the vote, 131 bytes, in a contest by its place on the paper, from 0."""
        return self.wire[PUBLIC_KEY_BYTES + VOTE_BYTES * contest :][:VOTE_BYTES]

    def pair(self, contest: int) -> bytes:
        """Return c1 33 | c2 33: what goes into the contest's box (§7.2)."""
        return self.vote(contest)[:PAIR_BYTES]


class _Vote(NamedTuple):
    """A sealed vote that has been read: (1) to (4)."""

    contest: str
    wire: bytes
    c1: Point
    A: Point
    s: int


def ballot_bytes(contests: int) -> int:
    """Return how long a sealed ballot is (§6.2)."""
    return PUBLIC_KEY_BYTES + VOTE_BYTES * contests + SIGNATURE_BYTES


def tracker(setting: Setting, cast: Cast, contests: int) -> bytes:
    """Return the name of a sealed ballot, 32 bytes: equation (10)."""
    votes = [cast.vote(contest) for contest in range(contests)]
    return digest("tracker", setting.fingerprint, setting.key, cast.credential, *votes)


def check_ballots(paper: Paper, casts: Sequence[Cast], workers: Workers = ALONE) -> None:
    """Check all ballots of an election, in the order of the board (§6.4, §6.5).

    Raises: ExceptionGroup of Failed, with the first condition that each false ballot breaks:
            ballot.length, .point, .scalar, .credential, .repeated, .proof, .signature; or
            ballot.twice, for a second ballot of one credential.
    Cost:   about 1.4 ms for a ballot of one vote, half of it for the signature.
    """
    failures: dict[int, Failed] = {}
    for found in workers.over(
        len(casts), lambda rows: (paper, rows.start, casts[rows.start : rows.stop]), _false_ballots
    ):
        failures.update(found)
    _look_for_repeats(paper, casts, failures)
    raise_all([failures[row] for row in sorted(failures)], "sealed ballots")


def _false_ballots(task: tuple[Paper, int, Sequence[Cast]]) -> dict[int, Failed]:
    """Check each ballot of a range by itself: the first failure of each, by row."""
    paper, start, casts = task
    failures: dict[int, Failed] = {}
    claims: list[Claim] = []
    made_by: list[tuple[int, Failed]] = []
    for row, cast in enumerate(casts, start):
        try:
            for claim, if_false in _claims(paper, cast, f"ballot {row + 1}"):
                claims.append(claim)
                made_by.append((row, if_false))
        except Failed as failure:
            failures[row] = failure
    # A ballot's claims stand in the order of its conditions, so the last one that is set here,
    # going backwards, is the first that is broken; and they come before what stopped the reading.
    for position in reversed(false_claims(claims)):
        row, if_false = made_by[position]
        failures[row] = if_false
    return failures


def _claims(paper: Paper, cast: Cast, where: str) -> Iterator[tuple[Claim, Failed]]:
    """Yield what a ballot claims, (7) and (8), each with what has failed if it is false."""
    votes = _read(paper, cast, where)
    credential = public_key(cast.credential, "ballot.credential", where)
    _refuse_repeats_within(cast, len(votes), where)
    for vote in votes:
        e = _challenge(paper.setting, cast, vote)
        place = f"{where}, contest {vote.contest}"
        if_false = Failed("ballot.proof", place, "Nobody has shown to know what seals this vote.")
        yield Claim(vote.s, vote.A, e, vote.c1), if_false
    message = _message(paper, cast)
    claim = signature_claim(credential, message, cast.signature, "ballot.signature", where)
    yield claim, Failed("ballot.signature", where, "The credential has not signed this ballot.")


def _read(paper: Paper, cast: Cast, where: str) -> list[_Vote]:
    """Read a ballot's votes: every length, point and number in them (§6.2)."""
    if len(cast.wire) != ballot_bytes(len(paper.contests)):
        raise Failed("ballot.length", where, f"It has {len(cast.wire)} bytes.")
    votes = []
    for number, contest in enumerate(paper.contests):
        wire, place = cast.vote(number), f"{where}, contest {contest}"
        c1, _, A = (
            point(wire[i : i + POINT_BYTES], "ballot.point", place)
            for i in range(0, 3 * POINT_BYTES, POINT_BYTES)
        )
        s = scalar(wire[3 * POINT_BYTES :], "ballot.scalar", place)
        votes.append(_Vote(contest, wire, c1, A, s))
    return votes


def _challenge(setting: Setting, cast: Cast, vote: _Vote) -> int:
    """Return e of equation (3)."""
    c1, c2, A = (vote.wire[i : i + POINT_BYTES] for i in range(0, 3 * POINT_BYTES, POINT_BYTES))
    bound = (setting.fingerprint, setting.key, vote.contest, cast.section, cast.unit)
    return wide_reduction(digest("vote", *bound, cast.credential, c1, c2, A))


def _message(paper: Paper, cast: Cast) -> bytes:
    """Return what the credential signs: equation (5)."""
    setting = paper.setting
    parts: list[bytes | str] = []
    for number, contest in enumerate(paper.contests):
        parts += [contest, cast.vote(number)]
    bound = (setting.fingerprint, setting.key, cast.section, cast.unit, cast.credential)
    return digest("paper", *bound, *parts)


def _marks(cast: Cast, contests: int) -> list[bytes]:
    """Return what no other ballot of the election may have: each c1, each c2, the credential.

    A c1 is held against c1s alone, and a c2 against c2s (§6.4). Points have one form, so bytes are
    compared, with the kind before them.
    """
    pairs = [cast.pair(contest) for contest in range(contests)]
    firsts = [b"c1" + pair[:POINT_BYTES] for pair in pairs]
    seconds = [b"c2" + pair[POINT_BYTES:] for pair in pairs]
    return [*firsts, *seconds, b"credential" + cast.credential]


def _refuse_repeats_within(cast: Cast, contests: int, where: str) -> None:
    marks = _marks(cast, contests)
    if len(set(marks)) < len(marks):
        raise Failed("ballot.repeated", where, "Two of its votes share a c1, or a c2.")


def _look_for_repeats(paper: Paper, casts: Sequence[Cast], failures: dict[int, Failed]) -> None:
    """Add each ballot that repeats a mark of an earlier one that holds (§6.5)."""
    seen: dict[bytes, int] = {}
    for row, cast in enumerate(casts):
        if row in failures:
            continue
        marks = _marks(cast, len(paper.contests))
        repeated = next((mark for mark in marks if mark in seen), None)
        if repeated is None:
            seen.update(dict.fromkeys(marks, row))
        else:
            failures[row] = _repeat(repeated, row, seen[repeated])


def _repeat(mark: bytes, row: int, earlier: int) -> Failed:
    where = f"ballot {row + 1}"
    if mark.startswith(b"credential"):
        return Failed("ballot.twice", where, f"Its credential cast ballot {earlier + 1} already.")
    return Failed(
        "ballot.repeated", where, f"It shares a {mark[:2].decode()} with ballot {earlier + 1}."
    )
