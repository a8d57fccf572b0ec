"""The election's key, as the ceremony leaves it, and who still holds a share of it (§9.6, §9.7)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import lcm, prod

from verifier.claims import false_claims, knowledge
from verifier.failure import Failed
from verifier.group import Anywhere, Point, encode, multiply
from verifier.record import Record
from verifier.setting import check_name
from verifier.sums import weighted

MOST_TRUSTEES = 9


@dataclass(frozen=True, slots=True)
class Trustee:
    """A trustee who is left at the end of the ceremony, and point: X_j = x_j·G of their share."""

    number: int
    name: str
    point: Point


@dataclass(frozen=True, slots=True)
class Key:
    """The election's key Y, how many shares open what it sealed, and whose they are.

    transcript: T of (34), 32 bytes, where the key was made here from its ceremony; else empty.
    """

    point: Point
    quorum: int
    trustees: tuple[Trustee, ...]
    transcript: bytes = field(default=b"", compare=False)

    @property
    def encoded(self) -> bytes:
        return encode(self.point)

    def trustee(self, number: int, where: str) -> Trustee:
        """Return a trustee by number.

        Raises: Failed (key.trustee).
        """
        for trustee in self.trustees:
            if trustee.number == number:
                return trustee
        raise Failed("key.trustee", where, f"The key has no trustee {number}.")


def read_key(value: object, where: str = "the key") -> Key:
    """Read a key from its JSON, and check that the shares behind its points belong together.

    Raises: Failed (key.fields, .trustees, .quorum, .shares; name).
    """
    fields = Record(value, {"public_key", "quorum", "trustees"}, "key.fields", where)
    trustees = tuple(_read_trustee(item, where) for item in fields.list_of("trustees"))
    numbers = [trustee.number for trustee in trustees]
    if numbers != sorted(set(numbers) & set(range(1, MOST_TRUSTEES + 1))):
        raise Failed("key.trustees", where, "Their numbers are 1 to 9, each once, in order.")
    key = Key(fields.point("public_key"), fields.number("quorum"), trustees)
    check_key(key, where)
    return key


def _read_trustee(value: object, where: str) -> Trustee:
    fields = Record(value, {"name", "number", "point"}, "key.fields", where)
    name = check_name(fields.text("name"), where)
    return Trustee(fields.number("number"), name, fields.point("point"))


def check_key(key: Key, where: str) -> None:
    """Check that any quorum of the points gives the key by (43), and the first quorum - 1 do not.

    Raises: Failed (key.quorum, key.shares).
    """
    if not 1 <= key.quorum <= len(key.trustees):
        raise Failed("key.quorum", where, "A quorum is one trustee at least, and all at most.")
    if _gives(key, key.trustees[: key.quorum - 1]):
        raise Failed("key.shares", where, "Fewer trustees than the quorum have the whole key.")
    for some in combinations(key.trustees, key.quorum):
        if not _gives(key, some):
            names = ", ".join(trustee.name for trustee in some)
            raise Failed("key.shares", where, f"The shares of {names} do not give the key.")


def _gives(key: Key, some: Collection[Trustee]) -> bool:
    denominator, factors = scaled_factors([trustee.number for trustee in some])
    together: Anywhere = weighted([trustee.point for trustee in some], factors)
    return together == multiply(denominator, key.point)


def scaled_factors(numbers: Collection[int]) -> tuple[int, list[int]]:
    """Return the λ of (43) as whole numbers over one denominator (§10.5)."""
    fractions = [
        prod((Fraction(m, m - j) for m in numbers if m != j), start=Fraction(1)) for j in numbers
    ]
    denominator = lcm(*(fraction.denominator for fraction in fractions))
    return denominator, [int(fraction * denominator) for fraction in fractions]


def check_still_held(key: Key, number: int, question: bytes, proof: bytes) -> None:
    """Check that a trustee showed, when asked, that their share still opens: equation (37).

    Raises: Failed (key.trustee, share.proof, proof.*).
    """
    where = f"share of trustee {number}"
    trustee = key.trustee(number, where)
    statement = ("held", key.encoded, number, encode(trustee.point), question)
    if false_claims([knowledge("share-proof", statement, trustee.point, proof, where)]):
        raise Failed("share.proof", where, "They have not shown that they hold it.")
