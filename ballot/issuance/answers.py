"""What the issuer gives back later: an answer to each request, signed.

Spec: issuer §6.  Canonical JSON; there are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ballot.canonical import LABEL, Json, canonical
from ballot.issuance.lists import Kind
from ballot.issuance.reading import Read, read_object

FORM: Final = LABEL + "issuer-answers"
_WHAT: Final = "a file of answers of an issuer"


@dataclass(frozen=True, slots=True)
class Revocation:
    """A credential that dies, and the signature (47); of a reissue (47a), dead once confirmed."""

    credential: bytes
    signature: bytes

    def to_json(self) -> dict[str, Json]:
        return {"credential": self.credential.hex(), "signature": self.signature.hex()}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one request.

    credential, signature: what was issued, and (46) over it; neither to a revocation.
    revocations:           of a reissue, every credential of the elector before it; of a
                           revocation, the one that was asked for; else none.
    """

    number: int
    kind: Kind
    credential: bytes | None
    signature: bytes | None
    revocations: tuple[Revocation, ...]

    def to_json(self) -> dict[str, Json]:
        """Give the answer as the file has it."""
        return {
            "credential": self.credential.hex() if self.credential else None,
            "kind": self.kind.value,
            "number": self.number,
            "revocations": [one.to_json() for one in self.revocations],
            "signature": self.signature.hex() if self.signature else None,
        }

    @classmethod
    def parse(cls, value: Any) -> Answer:
        """Read it.  Raises: FileRefused "issuer-file.form"."""
        read = Read(
            value, "credential", "kind", "number", "revocations", "signature", what=_WHAT
        )
        try:
            kind = Kind(read.line("kind"))
        except ValueError as wrong:
            raise read.refused("it answers what nobody asks") from wrong
        issues = kind != Kind.REVOKE
        if issues != (read.value("credential") is not None) or issues != (
            read.value("signature") is not None
        ):
            raise read.refused("a credential stands there that should not, or lacks its signature")
        return cls(
            number=read.number("number"),
            kind=kind,
            credential=read.octets("credential", 32) if issues else None,
            signature=read.octets("signature", 64) if issues else None,
            revocations=tuple(_revocation(one) for one in read.items("revocations")),
        )


def _revocation(value: Any) -> Revocation:
    read = Read(value, "credential", "signature", what=_WHAT)
    return Revocation(read.octets("credential", 32), read.octets("signature", 64))


@dataclass(frozen=True, slots=True)
class Answers:
    """A file of answers: for one election, of one issuer's key."""

    election: bytes
    issuer: bytes
    answers: Sequence[Answer]

    def to_bytes(self) -> bytes:
        """Give the file."""
        return canonical({
            "answers": [one.to_json() for one in self.answers], "election": self.election.hex(),
            "format": FORM, "issuer": self.issuer.hex(),
        }) + b"\n"  # fmt: skip


def read_answers(octets: bytes) -> Answers:
    """Read a file of answers.

    Raises: FileRefused "issuer-file.form"; also where a number or a key stands twice.
    """
    read = read_object(octets, "answers", "election", "issuer", form=FORM, what=_WHAT)
    answers = tuple(Answer.parse(one) for one in read.items("answers"))
    if len({one.number for one in answers}) < len(answers):
        raise read.refused("a request is answered twice")
    issued = [one.credential for one in answers if one.credential]
    if len(set(issued)) < len(issued):
        raise read.refused("a key is issued twice")
    return Answers(read.octets("election", 16), read.octets("issuer", 32), answers)
