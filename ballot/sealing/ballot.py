"""One sealed ballot: sealing, signing, its bytes, its check at intake, its tracker.

For each contest the number v of the ranking becomes an ElGamal pair, c1 = r·G and
c2 = (v + 1)·G + r·Y, with a proof that whoever sealed it knows r, bound to all that docs/spec
lists, so that it can be neither copied nor moved; then the credential signs the whole paper.

Source: ElGamal 1985; Schnorr 1991; Bernhard, Pereira and Warinschi 2012; BIP 340; Benaloh 2006
for the tracker that is shown before the choice to cast.  A ballot sealed here is one of a
rehearsal or a test: an elector's is sealed in the elector's browser, by the same specification.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from btclib_secp256k1 import ssa

from ballot.canonical import framed, transcript, transcript_hash, wide_reduce
from ballot.sealing import native
from ballot.sealing.claims import holds
from ballot.sealing.codes import VotingKey
from ballot.sealing.errors import BallotRejected, Malformed
from ballot.sealing.native import ORDER
from ballot.sealing.scalars import Rng, random_scalar
from ballot.sealing.setting import Setting, check_name
from ballot.sealing.wordlist import WORDS

CREDENTIAL: Final = 32
VOTE: Final = 131
SIGNATURE: Final = 64
TRACKER_WORDS: Final = 12


@dataclass(frozen=True, slots=True)
class SealedVote:
    """One contest's sealed vote: c1 33 | c2 33 | commitment 33 | response 32 (sealing §6.2)."""

    c1: bytes
    c2: bytes
    commitment: bytes
    response: bytes

    def to_bytes(self) -> bytes:
        """Give its 131 bytes."""
        return self.c1 + self.c2 + self.commitment + self.response


@dataclass(frozen=True, slots=True)
class SealedBallot:
    """A whole paper, sealed and signed: credential 32 | its votes | signature 64 (sealing §6.2)."""

    credential: bytes
    votes: tuple[SealedVote, ...]
    signature: bytes

    @classmethod
    def parse(cls, wire: bytes, *, contests: int) -> SealedBallot:
        """Read a sealed ballot, and refuse what has not its shape (sealing §6.2).

        Raises: Malformed: "ballot.length", "ballot.point", "ballot.scalar", "ballot.credential".
        """
        return _read(wire, contests)[0]

    def to_bytes(self) -> bytes:
        """Give its bytes on the wire."""
        return self.credential + b"".join(vote.to_bytes() for vote in self.votes) + self.signature


def ballot_size(contests: int) -> int:
    """Give the length in bytes of a sealed ballot for so many contests (sealing §6.2)."""
    return CREDENTIAL + VOTE * contests + SIGNATURE


def seal_ballot(
    choices: Sequence[int],
    *,
    setting: Setting,
    contests: Sequence[str],
    section: str,
    unit: str = "",
    key: VotingKey,
    rng: Rng,
) -> SealedBallot:
    """Seal and sign a paper: seal_votes, then sign_ballot."""
    votes = seal_votes(
        choices,
        setting=setting,
        contests=contests,
        section=section,
        unit=unit,
        credential=key.credential,
        rng=rng,
    )
    return sign_ballot(
        votes, setting=setting, contests=contests, section=section, unit=unit, key=key, rng=rng
    )


def seal_votes(
    choices: Sequence[int],
    *,
    setting: Setting,
    contests: Sequence[str],
    section: str,
    unit: str = "",
    credential: bytes,
    rng: Rng,
) -> tuple[SealedVote, ...]:
    """Seal one choice a contest, each the number of a ranking in its contest's space.

    Spec: sealing §6.1.  rng gives, for each contest, r and then the proof's nonce.
    """
    check_place(contests, section, unit)
    return tuple(
        seal_vote(
            choice,
            randomness=random_scalar(rng),
            nonce=random_scalar(rng),
            setting=setting,
            begun=vote_transcript(setting, contest, section, unit),
            credential=credential,
        )
        for choice, contest in zip(choices, contests, strict=True)
    )


def seal_vote(
    choice: int,
    *,
    randomness: int,
    nonce: int,
    setting: Setting,
    begun: Any,
    credential: bytes,
) -> SealedVote:
    """Seal one choice with given randomness r and nonce k, both from 1 below the order.

    begun: the vote transcript up to the unit.  Spec: sealing §6.1, equations 1 to 4.
    """
    c1 = native.write_point(native.base_times(randomness))
    c2 = native.times_plus_base(setting.point, randomness, choice + 1)
    if c2 is None:
        raise ArithmeticError("A sealed vote is infinite: r was not drawn at random.")
    commitment = native.write_point(native.base_times(nonce))
    vote = SealedVote(c1, native.write_point(c2), commitment, bytes(32))
    response = (nonce + _challenge(begun, credential, vote) * randomness) % ORDER
    return SealedVote(vote.c1, vote.c2, vote.commitment, response.to_bytes(32, "big"))


def sign_ballot(
    votes: Sequence[SealedVote],
    *,
    setting: Setting,
    contests: Sequence[str],
    section: str,
    unit: str = "",
    key: VotingKey,
    rng: Rng,
) -> SealedBallot:
    """Sign a sealed paper with its credential: the act that casting needs and challenging lacks.

    Spec: sealing §6.3.  rng gives the 32 auxiliary bytes of BIP 340.
    """
    message = paper_message(
        setting,
        contests=contests,
        section=section,
        unit=unit,
        credential=key.credential,
        votes=votes,
    )
    signature = ssa.sign(message, key.secret, rng(32))
    return SealedBallot(key.credential, tuple(votes), signature)


def check_ballot(
    wire: bytes,
    *,
    setting: Setting,
    contests: Sequence[str],
    section: str,
    unit: str = "",
) -> SealedBallot:
    """Check one sealed ballot at intake, whole and directly, and give it back read.

    Spec:   sealing §6.4.
    Cost:   for a contest, three square roots and two multiplications; and one signature.
    Raises: Malformed as SealedBallot.parse; BallotRejected: "ballot.repeated" (two c1 alike,
            or two c2), "ballot.proof" (which contest), "ballot.signature".
    """
    check_place(contests, section, unit)
    ballot, points = _read(wire, len(contests))
    for alike in ({vote.c1 for vote in ballot.votes}, {vote.c2 for vote in ballot.votes}):
        if len(alike) < len(ballot.votes):
            raise BallotRejected("ballot.repeated")
    for number, (contest, vote) in enumerate(zip(contests, ballot.votes, strict=True)):
        begun = vote_transcript(setting, contest, section, unit)
        c1, commitment = points[number]
        challenge = _challenge(begun, ballot.credential, vote)
        if not holds(commitment, c1, challenge, int.from_bytes(vote.response, "big")):
            raise BallotRejected("ballot.proof", contest=number)
    message = paper_message(
        setting,
        contests=contests,
        section=section,
        unit=unit,
        credential=ballot.credential,
        votes=ballot.votes,
    )
    if not ssa.verify(message, ballot.credential, ballot.signature):
        raise BallotRejected("ballot.signature")
    return ballot


def vote_transcript(setting: Setting, contest: str, section: str, unit: str) -> Any:
    """Begin the transcript of a vote's challenge: what it shares with its neighbours (§6.1)."""
    return transcript("vote", setting.fingerprint, setting.key, contest, section, unit)


def paper_transcript(setting: Setting, section: str, unit: str) -> Any:
    """Begin the transcript that a credential signs: what papers of a place share (§6.3)."""
    return transcript("paper", setting.fingerprint, setting.key, section, unit)


def paper_message(
    setting: Setting,
    *,
    contests: Sequence[str],
    section: str,
    unit: str,
    credential: bytes,
    votes: Sequence[SealedVote],
) -> bytes:
    """Give the 32 bytes that a credential signs (sealing §6.3)."""
    stream = paper_transcript(setting, section, unit)
    stream.update(framed(credential))
    for contest, vote in zip(contests, votes, strict=True):
        stream.update(framed(contest) + framed(vote.to_bytes()))
    message: bytes = stream.digest()
    return message


def tracker_hash(
    credential: bytes, votes: Sequence[SealedVote], *, setting: Setting
) -> bytes:
    """Give the tracker of a sealed paper: known before it is signed, and no two papers share it.

    Spec: sealing §6.6.
    """
    parts = (setting.fingerprint, setting.key, credential)
    return transcript_hash("tracker", *parts, *(vote.to_bytes() for vote in votes))


def tracker_words(tracker: bytes) -> tuple[str, ...]:
    """Show a tracker as twelve words: its first 132 bits, eleven a word (sealing §6.6)."""
    first = int.from_bytes(tracker, "big") >> 256 - 11 * TRACKER_WORDS
    return tuple(WORDS[first >> shift & 2047] for shift in range(121, -1, -11))


def check_place(contests: Sequence[str], section: str, unit: str) -> None:
    """Refuse names that the transcripts could not bind.  Raises: Malformed "name"."""
    for name in (*contests, section, *([unit] if unit else [])):
        check_name(name)


def _read(wire: bytes, contests: int) -> tuple[SealedBallot, list[tuple[bytes, bytes]]]:
    """Read a ballot, and the points of each vote's c1 and commitment (sealing §6.2)."""
    if len(wire) != ballot_size(contests):
        raise Malformed("ballot.length", expected=ballot_size(contests), found=len(wire))
    votes, points = [], []
    for number in range(contests):
        vote = wire[CREDENTIAL + VOTE * number :][:VOTE]
        votes.append(SealedVote(vote[:33], vote[33:66], vote[66:99], vote[99:]))
        points.append(_read_points(votes[-1], number))
        if int.from_bytes(votes[-1].response, "big") >= ORDER:
            raise Malformed("ballot.scalar", contest=number)
    ballot = SealedBallot(wire[:CREDENTIAL], tuple(votes), wire[-SIGNATURE:])
    try:
        native.read_point(b"\x02" + ballot.credential)
    except native.NotAPoint as error:
        raise Malformed("ballot.credential") from error
    return ballot, points


def _read_points(vote: SealedVote, number: int) -> tuple[bytes, bytes]:
    try:
        native.read_point(vote.c2)
        return native.read_point(vote.c1), native.read_point(vote.commitment)
    except native.NotAPoint as error:
        raise Malformed("ballot.point", contest=number) from error


def _challenge(begun: Any, credential: bytes, vote: SealedVote) -> int:
    """Give the proof's challenge e (sealing §6.1, equation 3)."""
    stream = begun.copy()
    stream.update(
        framed(credential) + framed(vote.c1) + framed(vote.c2) + framed(vote.commitment)
    )
    return wide_reduce(stream.digest(), ORDER)
