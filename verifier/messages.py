"""The messages of the key ceremony, read from their JSON (§9.1 to §9.6).

A point, a number or a proof that cannot be read makes a message one of another shape.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.failure import Failed
from verifier.group import Point
from verifier.record import Record

DIGEST_BYTES = 32
# A share of 32 bytes and the tag of RFC 8439.
SEALED_BYTES = 48


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a trustee publishes before all else (26)."""

    number: int
    digest: bytes


def read_commitment(value: object) -> Commitment:
    fields = Record(value, {"digest", "number"}, "ceremony.commitment-fields", "a commitment")
    return Commitment(fields.number("number"), fields.bytes_of("digest", DIGEST_BYTES))


@dataclass(frozen=True, slots=True)
class Reveal:
    """A trustee's polynomial, coefficient by coefficient times G, and their key for shares."""

    number: int
    coefficients: list[Point]
    encryption: Point
    knows_key: bytes
    knows_encryption: bytes


def read_reveal(value: object) -> Reveal:
    names = {"coefficients", "encryption", "knows_encryption", "knows_key", "number"}
    fields = Record(value, names, "ceremony.reveal-fields", "a reveal")
    return Reveal(
        fields.number("number"),
        fields.points("coefficients"),
        fields.point("encryption"),
        fields.proof("knows_key", 1),
        fields.proof("knows_encryption", 1),
    )


@dataclass(frozen=True, slots=True)
class Share:
    """A share sealed for a trustee, under a key made with K (29) to (31)."""

    recipient: int
    ephemeral: Point
    knows_ephemeral: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Dealing:
    """The shares that a trustee dealt."""

    number: int
    shares: list[Share]


def read_dealing(value: object) -> Dealing:
    fields = Record(value, {"number", "shares"}, "ceremony.dealing-fields", "a dealing")
    return Dealing(
        fields.number("number"), [_read_share(item) for item in fields.list_of("shares")]
    )


def _read_share(value: object) -> Share:
    names = {"ephemeral", "knows_ephemeral", "recipient", "sealed"}
    fields = Record(value, names, "ceremony.dealing-fields", "a share in a dealing")
    return Share(
        fields.number("recipient"),
        fields.point("ephemeral"),
        fields.proof("knows_ephemeral", 1),
        fields.bytes_of("sealed", SEALED_BYTES),
    )


@dataclass(frozen=True, slots=True)
class Complaint:
    """That a share is false, with Z, which opens it to everybody (§9.4)."""

    complainant: int
    dealer: int
    opened: Point
    proof: bytes


def read_complaint(value: object) -> Complaint:
    names = {"complainant", "dealer", "opened", "proof"}
    fields = Record(value, names, "ceremony.complaint-fields", "a complaint")
    return Complaint(
        fields.number("complainant"),
        fields.number("dealer"),
        fields.point("opened"),
        fields.proof("proof", 2),
    )


@dataclass(frozen=True, slots=True)
class Received:
    """How a trustee found their shares: complaints, by dealer; none, if all are good (§4.5)."""

    number: int
    complaints: list[object]


def read_received(value: object) -> Received:
    """Read a message `received` of bundle §4.5; what each complaint says is for the ceremony."""
    check, where = "ceremony.received-fields", "a message received"
    fields = Record(value, {"complaints", "number"}, check, where)
    received = Received(fields.number("number"), fields.list_of("complaints"))
    read = [read_complaint(item) for item in received.complaints]
    if any(complaint.complainant != received.number for complaint in read):
        raise Failed(check, where, "A complaint in it is another trustee's.")
    dealers = [complaint.dealer for complaint in read]
    if dealers != sorted(set(dealers)):
        raise Failed(check, where, "Its complaints are not one a dealer, in their order.")
    return received


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That a trustee who is left holds a share of the key (§9.6)."""

    number: int
    public_key: Point
    holds_share: bytes


def read_confirmation(value: object) -> Confirmation:
    names = {"holds_share", "number", "public_key"}
    fields = Record(value, names, "ceremony.confirmation-fields", "a confirmation")
    return Confirmation(
        fields.number("number"),
        fields.point("public_key"),
        fields.proof("holds_share", 1),
    )
