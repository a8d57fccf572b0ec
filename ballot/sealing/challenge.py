"""The opening of a challenged paper: its bytes, its text, and the paper made again from it.

An elector who has seen the tracker may challenge instead of casting.  The device then gives every
number that it drew, and another device makes the paper again: the same words show that the device
had sealed what it showed.  A challenged paper is never signed and never counted.

Source: Benaloh 2006; sealing §6.7.  Whoever holds an opening knows what was marked: it is meant
to be public, and the elector is told so before.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from ballot.sealing.ballot import (
    CREDENTIAL,
    SealedVote,
    check_place,
    seal_vote,
    tracker_hash,
    vote_transcript,
)
from ballot.sealing.errors import BallotRejected, Malformed
from ballot.sealing.native import ORDER
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.scalars import Rng, random_scalar
from ballot.sealing.setting import Setting

VERSION: Final = b"\x01"
_FINGERPRINT: Final = 32
_HEAD: Final = len(VERSION) + _FINGERPRINT + CREDENTIAL
_VOTE: Final = 68
_CONDITION: Final = "challenge.form"


@dataclass(frozen=True, slots=True)
class OpenedVote:
    """What one contest's sealed vote was made of: the ranking's number v, and r and k."""

    ranking: int
    randomness: int
    nonce: int

    def to_bytes(self) -> bytes:
        """Give its 68 bytes: v 4 | r 32 | k 32 (sealing §6.7)."""
        drawn = self.randomness.to_bytes(32, "big") + self.nonce.to_bytes(32, "big")
        return self.ranking.to_bytes(4, "big") + drawn


@dataclass(frozen=True, slots=True)
class PaperOpening:
    """All that a sealed paper was made of; `unit` is empty unless units are weighted."""

    fingerprint: bytes
    credential: bytes
    section: str
    unit: str
    votes: tuple[OpenedVote, ...]

    @classmethod
    def parse(
        cls, wire: bytes, *, setting: Setting, spaces: Sequence[RankingSpace]
    ) -> PaperOpening:
        """Read an opening, and refuse what is none of this election (sealing §6.7).

        spaces: of the contests, in the order of the paper.
        Raises: Malformed "challenge.form"; RankingRejected "ranking.index".
        """
        if wire[:1] != VERSION or wire[1 : 1 + _FINGERPRINT] != setting.fingerprint:
            raise Malformed(_CONDITION, field="version or fingerprint")
        credential = wire[1 + _FINGERPRINT : _HEAD]
        section, rest = _read_text(wire[_HEAD:])
        unit, rest = _read_text(rest)
        if len(rest) != _VOTE * len(spaces) or not section:
            raise Malformed(_CONDITION, field="length")
        votes = tuple(
            _read_vote(rest[_VOTE * number :][:_VOTE], space)
            for number, space in enumerate(spaces)
        )
        return cls(setting.fingerprint, credential, section, unit, votes)

    def to_bytes(self) -> bytes:
        """Give its bytes (sealing §6.7)."""
        place = _write_text(self.section) + _write_text(self.unit)
        votes = b"".join(vote.to_bytes() for vote in self.votes)
        return VERSION + self.fingerprint + self.credential + place + votes

    def to_text(self) -> str:
        """Give it as text: base64url without padding (sealing §6.7; RFC 4648 §5)."""
        return base64.urlsafe_b64encode(self.to_bytes()).rstrip(b"=").decode("ascii")


@dataclass(frozen=True, slots=True)
class RemadePaper:
    """A paper made again from its opening: its votes, one a contest, and its tracker."""

    votes: tuple[SealedVote, ...]
    tracker: bytes


def draw_opening(
    choices: Sequence[int],
    *,
    setting: Setting,
    section: str,
    unit: str = "",
    credential: bytes,
    rng: Rng,
) -> PaperOpening:
    """Draw what a paper is sealed with, so that it can be opened (sealing §6.1, §6.7).

    choices: one a contest, the number of a ranking.  rng gives, for each, r and then k.
    """
    votes = tuple(
        OpenedVote(choice, randomness=random_scalar(rng), nonce=random_scalar(rng))
        for choice in choices
    )
    return PaperOpening(setting.fingerprint, credential, section, unit, votes)


def read_opening(
    text: str, *, setting: Setting, spaces: Sequence[RankingSpace]
) -> PaperOpening:
    """Read an opening as text: only the one text that its bytes have is taken.

    Spec:   sealing §6.7.
    Raises: as PaperOpening.parse.
    """
    try:
        wire = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(_CONDITION, field="text") from error
    opening = PaperOpening.parse(wire, setting=setting, spaces=spaces)
    if opening.to_text() != text:
        raise Malformed(_CONDITION, field="text")
    return opening


def make_again(
    opening: PaperOpening, *, setting: Setting, contests: Sequence[str]
) -> RemadePaper:
    """Make a paper from its opening: equations 1 to 4 for each vote, and the tracker, 10.

    Spec:   sealing §6.7.
    Raises: Malformed "challenge.form", where no paper can be made so; "name".
    """
    check_place(contests, opening.section, opening.unit)
    try:
        votes = tuple(
            seal_vote(
                vote.ranking,
                randomness=vote.randomness,
                nonce=vote.nonce,
                setting=setting,
                begun=vote_transcript(setting, contest, opening.section, opening.unit),
                credential=opening.credential,
            )
            for contest, vote in zip(contests, opening.votes, strict=True)
        )
    except ArithmeticError as error:  # c2 is infinite: only who knows the key's secret finds it.
        raise Malformed(_CONDITION, field="r") from error
    return RemadePaper(votes, tracker_hash(opening.credential, votes, setting=setting))


def refuse_cast(paper: RemadePaper, *, cast: Collection[bytes]) -> None:
    """Refuse to open a paper that was cast: it would tell how an elector voted.

    cast:   trackers of ballots that were cast.
    Spec:   sealing §6.7.
    Raises: BallotRejected "challenge.cast".
    """
    if paper.tracker in cast:
        raise BallotRejected("challenge.cast")


def _read_text(wire: bytes) -> tuple[str, bytes]:
    """Read a text in UTF-8 behind its length of one byte; give it and what follows."""
    size = wire[0] if wire else 0
    if len(wire) < 1 + size:
        raise Malformed(_CONDITION, field="length")
    try:
        return wire[1 : 1 + size].decode("utf-8"), wire[1 + size :]
    except UnicodeDecodeError as error:
        raise Malformed(_CONDITION, field="section or unit") from error


def _write_text(text: str) -> bytes:
    octets = text.encode("utf-8")
    return bytes([len(octets)]) + octets


def _read_vote(wire: bytes, space: RankingSpace) -> OpenedVote:
    ranking, randomness, nonce = (
        int.from_bytes(part, "big") for part in (wire[:4], wire[4:36], wire[36:])
    )
    if not 0 < randomness < ORDER or not 0 < nonce < ORDER:
        raise Malformed(_CONDITION, field="r or k")
    space.ranking(ranking)  # Refuses a number outside the space.
    return OpenedVote(ranking, randomness, nonce)
