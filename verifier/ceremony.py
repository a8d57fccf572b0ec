"""The key ceremony: everything that was published in it, checked as each trustee should have (§9).

Whether a message is by the trustee it names is for the board to show (§9.1). Whether a share was
dealt falsely is seen only where its holder complained.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from verifier.canonical import digest, write
from verifier.chacha import open_sealed
from verifier.claims import Claim, false_claims, knowledge
from verifier.equality import Equality, check_equality
from verifier.failure import Failed
from verifier.group import GENERATOR, ORDER, Anywhere, Point, encode, multiply
from verifier.keys import MOST_TRUSTEES, Key, Trustee, check_key
from verifier.messages import (
    Complaint,
    Confirmation,
    Dealing,
    Reveal,
    Share,
    read_commitment,
    read_complaint,
    read_confirmation,
    read_dealing,
    read_reveal,
)
from verifier.setting import check_name
from verifier.sums import totals

IDENTIFIER_BYTES = 16


class _Numbered(Protocol):
    """A message that a trustee publishes once."""

    @property
    def number(self) -> int: ...


Message = TypeVar("Message", bound=_Numbered)


@dataclass(frozen=True, slots=True)
class Frame:
    """A ceremony's identifier (16 bytes), quorum, and trustees' names, numbered from 1 (§9.1)."""

    identifier: bytes
    quorum: int
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in self.names:
            check_name(name, "a trustee of the ceremony")
        if not 1 <= len(self.names) <= MOST_TRUSTEES or len(set(self.names)) < len(self.names):
            raise Failed(
                "ceremony.trustees", "the ceremony", "Trustees are 1 to 9, of different names."
            )
        if not 1 <= self.quorum <= len(self.names):
            raise Failed("ceremony.quorum", "the ceremony", "A quorum is 1 to all of the trustees.")
        if len(self.identifier) != IDENTIFIER_BYTES:
            raise Failed(
                "ceremony.identifier", "the ceremony", "Its identifier is not 16 bytes long."
            )

    @property
    def numbers(self) -> range:
        return range(1, len(self.names) + 1)

    @property
    def hash(self) -> bytes:
        """Return C of equation (25)."""
        return digest("ceremony", self.identifier, self.quorum, len(self.names), *self.names)

    def others(self, number: int) -> list[int]:
        return [other for other in self.numbers if other != number]


@dataclass(frozen=True, slots=True)
class Published:
    """All messages of a ceremony, each as the JSON that was read, in any order."""

    commitments: Sequence[object]
    reveals: Sequence[object]
    dealings: Sequence[object]
    complaints: Sequence[object]
    confirmations: Sequence[object]


def check_ceremony(frame: Frame, published: Published) -> Key:
    """Check a whole ceremony, and return the key that it made.

    Spec:   equations (25) to (36).
    Raises: Failed (ceremony.*, key.*, proof.*), naming the trustee. That a dealer is out is none.
    """
    reveals = _check_reveals(frame, published)
    R = digest("ceremony-reveals", frame.hash, _in_order(published.reveals, "number"))
    dealings = _one_each(map(read_dealing, published.dealings), frame.numbers, "dealing")
    dealt = _Dealt(frame, R, reveals, dealings)
    out = _not_whole(dealt)
    out |= _dealt_falsely(dealt, out, _read_complaints(frame, published.complaints))
    left = [number for number in frame.numbers if number not in out]
    if len(left) < frame.quorum:
        raise Failed("ceremony.quorum", "the ceremony", f"Of its trustees {len(left)} are left.")
    key = _key(frame, [reveals[number] for number in left])
    confirmations = _one_each(
        map(read_confirmation, published.confirmations), frame.numbers, "confirmation"
    )
    T = _transcript(frame, published)
    _check_confirmations(key, T, confirmations)
    check_key(key, "the ceremony's key")
    return replace(key, transcript=T)


# --- messages, and whose they are ---


def _one_each(messages: Iterable[Message], numbers: Iterable[int], kind: str) -> dict[int, Message]:
    """Return messages by trustee, if each is of one of these, and none has two."""
    known, found = set(numbers), dict[int, Message]()
    for message in messages:
        where = f"{kind} of trustee {message.number}"
        if message.number not in known:
            raise Failed("ceremony.number", where, "There is no such trustee.")
        if message.number in found:
            raise Failed("ceremony.twice", where, "There are two, and none may be chosen.")
        found[message.number] = message
    return found


def _all_of(messages: Mapping[int, object], numbers: Iterable[int], check: str, kind: str) -> None:
    for number in numbers:
        if number not in messages:
            raise Failed(check, f"{kind} of trustee {number}", "It is missing.")


def _in_order(values: Sequence[object], *fields: str) -> bytes:
    """Return canonical JSON of messages that have been read, in the order of the trustees."""

    def place(value: object) -> list[int]:
        assert isinstance(value, dict), "Only an object has been read as a message."
        return [value[field] for field in fields]

    return write(sorted(values, key=place))


# --- committing and revealing (§9.2) ---


def _check_reveals(frame: Frame, published: Published) -> dict[int, Reveal]:
    commitments = _one_each(
        map(read_commitment, published.commitments), frame.numbers, "commitment"
    )
    _all_of(commitments, frame.numbers, "ceremony.missing", "commitment")
    reveals = _one_each(map(read_reveal, published.reveals), frame.numbers, "reveal")
    _all_of(reveals, frame.numbers, "ceremony.missing", "reveal")
    for value in published.reveals:
        number = read_reveal(value).number
        hashed = digest("ceremony-commitment", frame.hash, number, write(value))
        if hashed != commitments[number].digest:
            where = f"reveal of trustee {number}"
            raise Failed("ceremony.commitment", where, "It is not what was committed to.")
    _check_degrees(frame, reveals)
    _check_possession(frame, reveals)
    _refuse_repeated(reveals)
    return reveals


def _check_degrees(frame: Frame, reveals: Mapping[int, Reveal]) -> None:
    for number, reveal in reveals.items():
        if len(reveal.coefficients) != frame.quorum:
            where = f"reveal of trustee {number}"
            raise Failed("ceremony.degree", where, "It has not as many coefficients as a quorum.")


def _check_possession(frame: Frame, reveals: Mapping[int, Reveal]) -> None:
    """Check that each trustee knows what is behind a₀·G and E: equation (28)."""
    claims, places = [], []
    for number, reveal in reveals.items():
        for text, X, proof in (
            ("key", reveal.coefficients[0], reveal.knows_key),
            ("encryption", reveal.encryption, reveal.knows_encryption),
        ):
            where = f"reveal of trustee {number}, {text}"
            statement = (frame.hash, number, text, encode(X))
            claims.append(knowledge("ceremony-possession", statement, X, proof, where))
            places.append(where)
    for position in false_claims(claims):
        raise Failed(
            "ceremony.possession", places[position], "They have not shown that they know it."
        )


def _refuse_repeated(reveals: Mapping[int, Reveal]) -> None:
    owners: dict[Point, int] = {}
    for number, reveal in reveals.items():
        for place in (reveal.coefficients[0], reveal.encryption):
            if owners.setdefault(place, number) != number:
                where = f"reveal of trustee {number}"
                raise Failed(
                    "ceremony.repeated", where, f"Trustee {owners[place]} has this point, too."
                )


# --- dealing, and complaining of it (§9.3 to §9.5) ---


@dataclass(frozen=True, slots=True)
class _Dealt:
    """What shares are judged by. R: equation (29)."""

    frame: Frame
    R: bytes
    reveals: Mapping[int, Reveal]
    dealings: Mapping[int, Dealing]


def _not_whole(dealt: _Dealt) -> set[int]:
    """Return who is out since they dealt not at all, or not whole, which all can see."""
    out = set(dealt.frame.numbers) - dealt.dealings.keys()
    claims: list[Claim] = []
    dealers: list[int] = []
    for number, dealing in dealt.dealings.items():
        if sorted(share.recipient for share in dealing.shares) != dealt.frame.others(number):
            out.add(number)
            continue
        for share in dealing.shares:
            claims.append(_knows_ephemeral(dealt, number, share))
            dealers.append(number)
    return out | {dealers[position] for position in false_claims(claims)}


def _knows_ephemeral(dealt: _Dealt, dealer: int, share: Share) -> Claim:
    E, K = dealt.reveals[share.recipient].encryption, share.ephemeral
    statement = (dealt.R, dealer, share.recipient, encode(E), encode(K), share.sealed)
    where = f"dealing of trustee {dealer} to {share.recipient}"
    return knowledge("ceremony-dealing-key", statement, K, share.knows_ephemeral, where)


def _dealt_falsely(dealt: _Dealt, out: set[int], complaints: Sequence[Complaint]) -> set[int]:
    """Return the dealers of whom a complaint is upheld; of who is out already none is heard (§9.5).

    Raises: Failed (ceremony.complaint), for a complaint that is not upheld.
    """
    heard = [complaint for complaint in complaints if complaint.dealer not in out]
    for complaint in heard:
        share = _share_complained_of(dealt, complaint)
        _check_opened(dealt, complaint, share)
        if _share_is_good(dealt, complaint, share):
            raise Failed("ceremony.complaint", _where(complaint), "The share is good.")
    return {complaint.dealer for complaint in heard}


def _share_complained_of(dealt: _Dealt, complaint: Complaint) -> Share:
    for share in dealt.dealings[complaint.dealer].shares:
        if share.recipient == complaint.complainant:
            return share
    # A dealing that is whole has a share for everybody but its dealer.
    raise Failed("ceremony.complaint", _where(complaint), "Nobody deals to themselves.")


def _where(complaint: Complaint) -> str:
    return f"complaint of trustee {complaint.complainant} about {complaint.dealer}"


def _read_complaints(frame: Frame, values: Sequence[object]) -> list[Complaint]:
    complaints = [read_complaint(value) for value in values]
    seen = set()
    for complaint in complaints:
        both = (complaint.complainant, complaint.dealer)
        if not set(both) <= set(frame.numbers):
            raise Failed("ceremony.number", _where(complaint), "There are no such two trustees.")
        if both in seen:
            raise Failed("ceremony.twice", _where(complaint), "There are two; none may be chosen.")
        seen.add(both)
    return complaints


def _check_opened(dealt: _Dealt, complaint: Complaint, share: Share) -> None:
    """Check that Z is d·K for the d behind E = d·G: the proof over (33)."""
    dealer, j = complaint.dealer, complaint.complainant
    E, K, Z = dealt.reveals[j].encryption, share.ephemeral, complaint.opened
    check_equality(
        Equality(E, K, Z),
        complaint.proof,
        use="ceremony-complaint",
        statement=(dealt.R, dealer, j, encode(E), encode(K), encode(Z)),
        check="ceremony.complaint",
        where=_where(complaint),
    )


def _share_is_good(dealt: _Dealt, complaint: Complaint, share: Share) -> bool:
    """Open a share with Z, and say whether it is f(j) of its dealer: equations (30) to (32)."""
    dealer, j = complaint.dealer, complaint.complainant
    E, K, Z = dealt.reveals[j].encryption, share.ephemeral, complaint.opened
    key = digest("ceremony-dealing", dealt.R, dealer, j, encode(E), encode(K), encode(Z))
    opened = open_sealed(key, share.sealed)
    if opened is None:
        return False
    s = int.from_bytes(opened, "big")
    return 0 < s < ORDER and multiply(s, GENERATOR) == _at(j, dealt.reveals[dealer].coefficients)


# --- the key (§9.6) ---


def _at(j: int, coefficients: Sequence[Anywhere]) -> Anywhere:
    """Return Σ jᵏ·(aₖ·G): what a share for trustee j is to be, times G."""
    return totals([[multiply(j**k, place) for k, place in enumerate(coefficients)]])[0]


def _key(frame: Frame, reveals: Sequence[Reveal]) -> Key:
    """Add up the polynomials of who is left: equations (35) and (36)."""
    columns = zip(*(reveal.coefficients for reveal in reveals), strict=True)
    together = totals(columns)
    numbers = sorted(reveal.number for reveal in reveals)
    trustees = tuple(Trustee(j, frame.names[j - 1], _finite(_at(j, together))) for j in numbers)
    return Key(_finite(together[0]), frame.quorum, trustees)


def _finite(place: Anywhere) -> Point:
    if place is None:
        raise Failed(
            "ceremony.infinite", "the ceremony", "The key, or a share's point, is infinite."
        )
    return place


def _transcript(frame: Frame, published: Published) -> bytes:
    """Return T of equation (34)."""
    return digest(
        "ceremony-transcript",
        frame.hash,
        _in_order(published.commitments, "number"),
        _in_order(published.reveals, "number"),
        _in_order(published.dealings, "number"),
        _in_order(published.complaints, "dealer", "complainant"),
    )


def _check_confirmations(key: Key, T: bytes, confirmations: Mapping[int, Confirmation]) -> None:
    """Check that each trustee who is left has shown to hold their share of this key.

    What somebody who is out confirms is passed over, or they could end the ceremony with it.
    """
    numbers = [trustee.number for trustee in key.trustees]
    _all_of(confirmations, numbers, "ceremony.unconfirmed", "confirmation")
    claims = []
    for trustee in key.trustees:
        confirmation = confirmations[trustee.number]
        where = f"confirmation of trustee {trustee.number}"
        if confirmation.public_key != key.point:
            raise Failed("ceremony.confirmation", where, "It is of another key.")
        statement = (T, key.encoded, trustee.number, encode(trustee.point))
        claims.append(
            knowledge("share-proof", statement, trustee.point, confirmation.holds_share, where)
        )
    for position in false_claims(claims):
        where = f"confirmation of trustee {numbers[position]}"
        raise Failed("ceremony.confirmation", where, "They have not shown that they hold a share.")
