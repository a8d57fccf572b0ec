"""The election's key, the trustees' shares of it, and how a quorum puts shares together.

Source: Shamir 1979; Feldman 1987; Pedersen 1991.  The secret key is f(0) of a polynomial of degree
quorum - 1 that nobody holds; trustee j holds f(j).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, Final

from ballot.sealing import native
from ballot.sealing.errors import Malformed
from ballot.sealing.fields import Fields
from ballot.sealing.native import ORDER
from ballot.sealing.setting import check_name

MOST_TRUSTEES: Final = 9


@dataclass(frozen=True, slots=True)
class PublicShare:
    """What is published of a trustee's share: number, name, and share·G in 33 bytes."""

    number: int
    name: str
    point: bytes


@dataclass(frozen=True, slots=True)
class ElectionKey:
    """The key that a ceremony ends with: public_key (33 bytes), quorum, trustees (sealing §9.6)."""

    public_key: bytes
    quorum: int
    trustees: tuple[PublicShare, ...]

    def trustee(self, number: int) -> PublicShare:
        """Give a trustee's public share.  Raises: Malformed "key.trustee"."""
        for share in self.trustees:
            if share.number == number:
                return share
        raise Malformed("key.trustee", trustee=number)

    def to_json(self) -> dict[str, Any]:
        """Give it as a canonical JSON value."""
        return {
            "public_key": self.public_key.hex(),
            "quorum": self.quorum,
            "trustees": [
                {"name": share.name, "number": share.number, "point": share.point.hex()}
                for share in self.trustees
            ],
        }

    @classmethod
    def parse(cls, value: Any) -> ElectionKey:
        """Read it, and check that it is one: the shares' points are those of one polynomial.

        Raises: Malformed "key.fields", "key.quorum", "key.trustees", "key.shares".
        """
        fields = Fields(value, "key.fields", "public_key", "quorum", "trustees")
        shares = []
        for item in fields.items("trustees"):
            one = Fields(item, "key.fields", "name", "number", "point")
            shares.append(PublicShare(one.integer("number"), one.text("name"), one.point("point")))
            check_name(shares[-1].name)
        key = cls(fields.point("public_key"), fields.integer("quorum"), tuple(shares))
        numbers = [share.number for share in shares]
        if numbers != sorted(set(numbers)) or not set(numbers) <= set(range(1, MOST_TRUSTEES + 1)):
            raise Malformed("key.trustees", numbers=tuple(numbers))
        if not 1 <= key.quorum <= len(shares):
            raise Malformed("key.quorum", quorum=key.quorum)
        key.check_shares()
        return key

    def check_shares(self) -> None:
        """Check that every quorum's shares give this key, and that fewer do not.

        One quorum and each other trustee put in for its last are enough: that fixes every share.
        Spec: sealing §9.6.  Raises: Malformed "key.shares".
        """
        key = native.read_point(self.public_key)
        first = self.trustees[: self.quorum - 1]
        if _put_together(first) == key:
            raise Malformed("key.shares", fewer_suffice=len(first))
        for last in self.trustees[self.quorum - 1 :]:
            if _put_together((*first, last)) != key:
                raise Malformed("key.shares", trustee=last.number)


@dataclass(frozen=True, slots=True)
class KeyShare:
    """A trustee's secret share, and the key it is a share of: what a share file holds."""

    number: int
    public_key: bytes
    secret: int = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Give it as a canonical JSON value: a secret, to be sealed in a share file."""
        return {
            "number": self.number,
            "public_key": self.public_key.hex(),
            "secret": self.secret.to_bytes(32, "big").hex(),
        }

    @classmethod
    def parse(cls, value: Mapping[str, Any]) -> KeyShare:
        """Read it.  Raises: Malformed "share.fields"."""
        fields = Fields(value, "share.fields", "number", "public_key", "secret")
        return cls(fields.integer("number"), fields.point("public_key"), fields.scalar("secret"))


def _put_together(shares: Sequence[PublicShare]) -> bytes | None:
    """Give the key that these public shares come to."""
    factors = lagrange([share.number for share in shares])
    return native.add(
        *(
            native.times(native.read_point(share.point), factor)
            for share, factor in zip(shares, factors, strict=True)
        )
    )


def lagrange(numbers: Sequence[int]) -> list[int]:
    """Give each trustee's factor: the sum of factor times share is the secret (sealing §10.5)."""
    return [
        fraction.numerator * pow(fraction.denominator, -1, ORDER) % ORDER
        for fraction in _fractions(numbers)
    ]


def whole_lagrange(numbers: Sequence[int]) -> tuple[int, list[int]]:
    """Give a scale, and each factor times the scale as a small whole number (sealing §10.5).

    With small factors an opening is put together by adding points a few times, not multiplying.
    """
    fractions = _fractions(numbers)
    scale = lcm(*(fraction.denominator for fraction in fractions))
    return scale, [int(fraction * scale) for fraction in fractions]


def _fractions(numbers: Sequence[int]) -> list[Fraction]:
    fractions = []
    for number in numbers:
        fraction = Fraction(1)
        for other in numbers:
            if other != number:
                fraction *= Fraction(other, other - number)
        fractions.append(fraction)
    return fractions
