"""A challenged paper, made again from what the elector's device drew (sealing §6.7).

Nothing of it is on the board, or in a bundle: the elector brings it, from device to device.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.ballots import Cast, tracker
from verifier.canonical import digest, wide_reduction
from verifier.failure import Failed
from verifier.group import GENERATOR, ORDER, SCALAR_BYTES, Anywhere, add, encode, multiply, scalar
from verifier.keys import Key
from verifier.opening import Contest, Poll
from verifier.setting import check_name, check_unit
from verifier.signature import PUBLIC_KEY_BYTES
from verifier.words import words_of

CHECK = "challenge.form"
WHERE = "the challenged paper"
VERSION = b"\1"
FINGERPRINT_BYTES = 32
INDEX_BYTES = 4
VOTE_BYTES = INDEX_BYTES + 2 * SCALAR_BYTES


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a device drew for one contest: the number v of the ranking, and the scalars r and k."""

    v: int
    r: int
    k: int


@dataclass(frozen=True, slots=True)
class Given:
    """What a device gives of a paper that is challenged. unit: the empty text, where there is none.

    credential: 32 bytes; drawn: one a contest, in the order of the paper.
    """

    credential: bytes
    section: str
    unit: str
    drawn: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Challenged:
    """A challenged paper as it was made again. rankings: names, the most preferred first."""

    given: Given
    tracker: bytes
    rankings: tuple[tuple[str, ...], ...]

    @property
    def words(self) -> list[str]:
        return words_of(self.tracker)


def make_again(text: str, poll: Poll, key: Key) -> Challenged:
    """Make a challenged paper again from its opening, or from the address that ends with that.

    Spec:   equations (1) to (4) and (10).
    Raises: Failed (challenge.form, ranking.index, name).
    """
    given = read_opening(text, poll)
    votes = [
        _sealed(poll, key, given, contest, drawn)
        for contest, drawn in zip(poll.contests, given.drawn, strict=True)
    ]
    cast = Cast(b"".join((given.credential, *votes)), given.section, given.unit)
    rankings = tuple(
        tuple(contest.candidates[place] for place in contest.space.ranking(drawn.v))
        for contest, drawn in zip(poll.contests, given.drawn, strict=True)
    )
    return Challenged(given, tracker(poll.setting(key), cast, len(votes)), rankings)


def read_opening(text: str, poll: Poll) -> Given:
    """Read the bytes of an opening.

    Raises: Failed (challenge.form, name).
    """
    rest = _Bytes(_read_base64(text.strip().rpartition("#")[2]))
    if rest.take(1) != VERSION:
        raise Failed(CHECK, WHERE, "It is not of version 1.")
    if rest.take(FINGERPRINT_BYTES) != poll.fingerprint:
        raise Failed(CHECK, WHERE, "It is of another election than this bundle.")
    credential = rest.take(PUBLIC_KEY_BYTES)
    section = rest.text()
    if not section:
        raise Failed(CHECK, WHERE, "It names no section.")
    check_name(section, f"{WHERE}, section")
    unit = check_unit(rest.text(), f"{WHERE}, unit")
    drawn = tuple(_read_drawn(rest, contest) for contest in poll.contests)
    rest.end()
    return Given(credential, section, unit, drawn)


class _Bytes:
    """Bytes that are read piece by piece, to their end."""

    def __init__(self, content: bytes) -> None:
        self._left = content

    def take(self, length: int) -> bytes:
        if length > len(self._left):
            raise Failed(CHECK, WHERE, "It is too short for this paper.")
        taken, self._left = self._left[:length], self._left[length:]
        return taken

    def text(self) -> str:
        """Return a text behind its length in one byte."""
        try:
            return self.take(self.take(1)[0]).decode()
        except UnicodeDecodeError:
            raise Failed(CHECK, WHERE, "A text in it is not UTF-8.") from None

    def end(self) -> None:
        if self._left:
            raise Failed(CHECK, WHERE, "It is too long for this paper.")


def _read_base64(text: str) -> bytes:
    """Read base64url without padding, in its one spelling."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        content = b""
    if base64.urlsafe_b64encode(content).decode().rstrip("=") != text:
        raise Failed(CHECK, WHERE, "It is no base64url without padding, in its one spelling.")
    return content


def _read_drawn(rest: _Bytes, contest: Contest) -> Drawn:
    where = f"{WHERE}, {contest.code}"
    v = int.from_bytes(rest.take(INDEX_BYTES), "big")
    r, k = (scalar(rest.take(SCALAR_BYTES), CHECK, where) for _ in range(2))
    if not (r and k):
        raise Failed(CHECK, where, "A number that seals it is 0.")
    if v >= contest.space.size:
        raise Failed("ranking.index", where, "No ranking of the contest has this number.")
    return Drawn(v, r, k)


def _sealed(poll: Poll, key: Key, given: Given, contest: Contest, drawn: Drawn) -> bytes:
    """Seal a vote with what was drawn: c1 33 | c2 33 | A 33 | s 32."""
    c1, A = multiply(drawn.r, GENERATOR), multiply(drawn.k, GENERATOR)
    c2 = add(multiply(drawn.v + 1, GENERATOR), multiply(drawn.r, key.point))
    c1_wire, c2_wire, A_wire = _encoded([c1, c2, A], contest)
    bound = (poll.fingerprint, key.encoded, contest.code, given.section, given.unit)
    e = wide_reduction(digest("vote", *bound, given.credential, c1_wire, c2_wire, A_wire))
    s = (drawn.k + e * drawn.r) % ORDER
    return b"".join((c1_wire, c2_wire, A_wire, s.to_bytes(SCALAR_BYTES, "big")))


def _encoded(places: Sequence[Anywhere], contest: Contest) -> list[bytes]:
    """Write points; one that is infinite has no form, and no device gave it (§3.1)."""
    written = []
    for place in places:
        if place is None:
            raise Failed(CHECK, f"{WHERE}, {contest.code}", "It seals its vote as no point.")
        written.append(encode(place))
    return written
