"""The messages of the key ceremony: what trustees publish, step by step (sealing §9).

Each has `to_json`, a canonical JSON value for the board, and `parse`, which refuses anything else
with Malformed and the message's own condition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from ballot.canonical import transcript_hash
from ballot.sealing.errors import CeremonyRejected, Malformed
from ballot.sealing.fields import Fields
from ballot.sealing.keys import MOST_TRUSTEES
from ballot.sealing.proofs import EQUALITY, KNOWLEDGE, Equality, Knowledge
from ballot.sealing.setting import check_name

IDENTIFIER = 16
SEALED_SHARE = 32 + 16


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A ceremony's frame: its 16-byte identifier, the trustees' names in order, the quorum.

    A trustee's number is their place in the order, from 1.
    Raises: CeremonyRejected "ceremony.trustees", "ceremony.quorum", "ceremony.identifier";
            Malformed "name".
    """

    ceremony_id: bytes
    trustees: tuple[str, ...]
    quorum: int

    def __post_init__(self) -> None:
        for name in self.trustees:
            check_name(name)
        count = len(self.trustees)
        if not 1 <= count <= MOST_TRUSTEES or len(set(self.trustees)) != count:
            raise CeremonyRejected("ceremony.trustees", trustees=self.trustees)
        if not 1 <= self.quorum <= count:
            raise CeremonyRejected("ceremony.quorum", quorum=self.quorum)
        if len(self.ceremony_id) != IDENTIFIER:
            raise CeremonyRejected("ceremony.identifier", octets=len(self.ceremony_id))

    @property
    def numbers(self) -> range:
        """The trustees' numbers."""
        return range(1, len(self.trustees) + 1)

    def digest(self) -> bytes:
        """Hash the frame: every proof of the ceremony binds it (sealing §9.1, equation 25)."""
        return transcript_hash(
            "ceremony", self.ceremony_id, self.quorum, len(self.trustees), *self.trustees
        )


@dataclass(frozen=True, slots=True)
class Commitment:
    """Step 1: the hash of what the trustee will reveal."""

    number: int
    digest: bytes

    def to_json(self) -> dict[str, Any]:
        """Give it as a canonical JSON value."""
        return {"digest": self.digest.hex(), "number": self.number}

    @classmethod
    def parse(cls, value: Any) -> Commitment:
        """Read it.  Raises: Malformed "ceremony.commitment-fields"."""
        fields = Fields(value, "ceremony.commitment-fields", "digest", "number")
        return cls(fields.integer("number"), fields.octets("digest", 32))


@dataclass(frozen=True, slots=True)
class Reveal:
    """Step 2: the polynomial's points F_0 … F_(t-1), a key to send shares to, and proofs."""

    number: int
    coefficients: tuple[bytes, ...]
    encryption: bytes
    knows_key: Knowledge
    knows_encryption: Knowledge

    def to_json(self) -> dict[str, Any]:
        """Give it as a canonical JSON value."""
        return {
            "coefficients": [point.hex() for point in self.coefficients],
            "encryption": self.encryption.hex(),
            "knows_encryption": self.knows_encryption.to_bytes().hex(),
            "knows_key": self.knows_key.to_bytes().hex(),
            "number": self.number,
        }

    @classmethod
    def parse(cls, value: Any) -> Reveal:
        """Read it.  Raises: Malformed "ceremony.reveal-fields"."""
        names = ("coefficients", "encryption", "knows_encryption", "knows_key", "number")
        fields = Fields(value, "ceremony.reveal-fields", *names)
        return cls(
            fields.integer("number"),
            fields.points("coefficients"),
            fields.point("encryption"),
            fields.proof("knows_key", Knowledge.parse, KNOWLEDGE),
            fields.proof("knows_encryption", Knowledge.parse, KNOWLEDGE),
        )


@dataclass(frozen=True, slots=True)
class SealedShare:
    """One share on its way: a fresh point K, and the share under the key that K and E_j give.

    With it, the proof that the dealer knows k: without it nobody answers (sealing §9.3).
    """

    recipient: int
    ephemeral: bytes
    sealed: bytes
    knows_ephemeral: Knowledge

    def to_json(self) -> dict[str, Any]:
        """Give it as a canonical JSON value."""
        return {
            "ephemeral": self.ephemeral.hex(),
            "knows_ephemeral": self.knows_ephemeral.to_bytes().hex(),
            "recipient": self.recipient,
            "sealed": self.sealed.hex(),
        }

    @classmethod
    def parse(cls, value: Any) -> SealedShare:
        """Read it.  Raises: Malformed "ceremony.dealing-fields"."""
        names = ("ephemeral", "knows_ephemeral", "recipient", "sealed")
        fields = Fields(value, "ceremony.dealing-fields", *names)
        return cls(
            fields.integer("recipient"),
            fields.point("ephemeral"),
            fields.octets("sealed", SEALED_SHARE),
            fields.proof("knows_ephemeral", Knowledge.parse, KNOWLEDGE),
        )


@dataclass(frozen=True, slots=True)
class Dealing:
    """Step 3: a trustee's sealed shares, one for each of the others."""

    number: int
    shares: tuple[SealedShare, ...]

    def share_for(self, recipient: int) -> SealedShare | None:
        """Give the share for one trustee, or None where the dealer left it out."""
        return next((share for share in self.shares if share.recipient == recipient), None)

    def to_json(self) -> dict[str, Any]:
        """Give it as a canonical JSON value."""
        return {"number": self.number, "shares": [share.to_json() for share in self.shares]}

    @classmethod
    def parse(cls, value: Any) -> Dealing:
        """Read it.  Raises: Malformed "ceremony.dealing-fields"."""
        fields = Fields(value, "ceremony.dealing-fields", "number", "shares")
        shares = tuple(SealedShare.parse(item) for item in fields.items("shares"))
        return cls(fields.integer("number"), shares)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Step 4: a trustee opens one sealed share to all, with a proof, because it is false."""

    dealer: int
    complainant: int
    opened: bytes
    proof: Equality

    def to_json(self) -> dict[str, Any]:
        """Give it as a canonical JSON value."""
        return {
            "complainant": self.complainant,
            "dealer": self.dealer,
            "opened": self.opened.hex(),
            "proof": self.proof.to_bytes().hex(),
        }

    @classmethod
    def parse(cls, value: Any) -> Complaint:
        """Read it.  Raises: Malformed "ceremony.complaint-fields"."""
        names = ("complainant", "dealer", "opened", "proof")
        fields = Fields(value, "ceremony.complaint-fields", *names)
        return cls(
            fields.integer("dealer"),
            fields.integer("complainant"),
            fields.point("opened"),
            fields.proof("proof", Equality.parse, EQUALITY),
        )


@dataclass(frozen=True, slots=True)
class Received:
    """Step 4, whole: that a trustee has looked at every dealing, and what they complain of.

    As it stands on the board (bundle §4.5): no complaint says that every share was good.
    """

    number: int
    complaints: tuple[Complaint, ...]

    def to_json(self) -> dict[str, Any]:
        """Give it as a canonical JSON value."""
        complaints = [complaint.to_json() for complaint in self.complaints]
        return {"complaints": complaints, "number": self.number}

    @classmethod
    def parse(cls, value: Any) -> Received:
        """Read it: complaints of the trustee's own, in the order of the dealers, one of each.

        Raises: Malformed "ceremony.received-fields", "ceremony.complaint-fields".
        """
        fields = Fields(value, "ceremony.received-fields", "complaints", "number")
        complaints = tuple(Complaint.parse(item) for item in fields.items("complaints"))
        number, dealers = fields.integer("number"), [one.dealer for one in complaints]
        if dealers != sorted(set(dealers)) or {one.complainant for one in complaints} - {number}:
            raise Malformed("ceremony.received-fields", dealers=tuple(dealers))
        return cls(number, complaints)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Step 5: a trustee has a whole share of the key all see, and proves that they hold it."""

    number: int
    public_key: bytes
    holds_share: Knowledge

    def to_json(self) -> dict[str, Any]:
        """Give it as a canonical JSON value."""
        return {
            "holds_share": self.holds_share.to_bytes().hex(),
            "number": self.number,
            "public_key": self.public_key.hex(),
        }

    @classmethod
    def parse(cls, value: Any) -> Confirmation:
        """Read it.  Raises: Malformed "ceremony.confirmation-fields"."""
        names = ("holds_share", "number", "public_key")
        fields = Fields(value, "ceremony.confirmation-fields", *names)
        return cls(
            fields.integer("number"),
            fields.point("public_key"),
            fields.proof("holds_share", Knowledge.parse, KNOWLEDGE),
        )


@dataclass(frozen=True, slots=True)
class TrusteeSecret:
    """What a trustee keeps to themselves during the ceremony, and forgets after it."""

    number: int
    coefficients: tuple[int, ...] = field(repr=False)
    encryption: int = field(repr=False)
    reveal: Reveal

    def to_json(self) -> dict[str, Any]:
        """Give it as a canonical JSON value: a secret, to be sealed like a share file."""
        return {
            "coefficients": [number.to_bytes(32, "big").hex() for number in self.coefficients],
            "encryption": self.encryption.to_bytes(32, "big").hex(),
            "number": self.number,
            "reveal": self.reveal.to_json(),
        }

    @classmethod
    def parse(cls, value: Any) -> TrusteeSecret:
        """Read it.  Raises: Malformed "ceremony.secret-fields" or the reveal's condition."""
        names = ("coefficients", "encryption", "number", "reveal")
        fields = Fields(value, "ceremony.secret-fields", *names)
        coefficients = tuple(
            Fields({"one": text}, "ceremony.secret-fields", "one").scalar("one")
            for text in fields.items("coefficients")
        )
        reveal = Reveal.parse(fields.value("reveal"))
        return cls(fields.integer("number"), coefficients, fields.scalar("encryption"), reveal)


class _Message(Protocol):
    @property
    def number(self) -> int: ...


Message = TypeVar("Message", bound=_Message)


def by_trustee(ceremony: Ceremony, messages: Sequence[Message]) -> dict[int, Message]:
    """Sort messages of one kind by trustee, at most one of each.

    Spec: sealing §9.2.  Raises: CeremonyRejected "ceremony.number", "ceremony.twice".
    """
    found: dict[int, Message] = {}
    for message in messages:
        if message.number not in ceremony.numbers:
            raise CeremonyRejected("ceremony.number", trustee=message.number)
        if message.number in found:
            raise CeremonyRejected("ceremony.twice", trustee=message.number)
        found[message.number] = message
    return {number: found[number] for number in sorted(found)}
