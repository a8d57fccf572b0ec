"""JSON objects whose fields are exactly the named ones: keys, messages, rules."""

from __future__ import annotations

from verifier.columns import points
from verifier.failure import Failed
from verifier.group import POINT_BYTES, SCALAR_BYTES, Point, point, scalar

LOWER_CASE = frozenset("0123456789abcdef")


class Record:
    """An object with just these fields; each is read by its kind, and refused if it is of another.

    check: the condition that is broken where the object, or a field, is not as it should be.
    """

    def __init__(self, value: object, fields: set[str], check: str, where: str) -> None:
        self._check, self._where = check, where
        if not isinstance(value, dict) or value.keys() != fields:
            raise self._failed(f"Its fields are to be {', '.join(sorted(fields))}")
        self._fields: dict[str, object] = value

    def number(self, name: str) -> int:
        """Return a whole number, 0 or more."""
        return self._number(self._fields[name], name)

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return a list of whole numbers, 0 or more."""
        return tuple(self._number(item, name) for item in self.list_of(name))

    def text(self, name: str) -> str:
        value = self._fields[name]
        if not isinstance(value, str):
            raise self._failed(f"{name} is no text")
        return value

    def truth(self, name: str) -> bool:
        value = self._fields[name]
        if not isinstance(value, bool):
            raise self._failed(f"{name} is neither true nor false")
        return value

    def one_of(self, name: str, words: tuple[str, ...]) -> str:
        word = self.text(name)
        if word not in words:
            raise self._failed(f"{name} is none of {', '.join(words)}")
        return word

    def list_of(self, name: str) -> list[object]:
        value = self._fields[name]
        if not isinstance(value, list):
            raise self._failed(f"{name} is no list")
        return value

    def bytes_of(self, name: str, length: int) -> bytes:
        """Return bytes that are written in lower-case hexadecimal."""
        return self._hexadecimal(self._fields[name], name, length)

    def point(self, name: str) -> Point:
        return point(self.bytes_of(name, POINT_BYTES), self._check, self._where)

    def points(self, name: str) -> list[Point]:
        encoded = [self._hexadecimal(item, name, POINT_BYTES) for item in self.list_of(name)]
        return [point(item, self._check, self._where) for item in encoded]

    def proof(self, name: str, commitments: int) -> bytes:
        """Return the bytes of a proof: so many points, then a response below the group's order."""
        length = POINT_BYTES * commitments
        encoded = self.bytes_of(name, length + SCALAR_BYTES)
        points(encoded[:length], self._check, self._where)
        scalar(encoded[length:], self._check, self._where)
        return encoded

    def _number(self, value: object, name: str) -> int:
        # To Python, true is a number.
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._failed(f"{name} is no whole number")
        return value

    def _hexadecimal(self, value: object, name: str, length: int) -> bytes:
        if (
            not isinstance(value, str)
            or len(value) != 2 * length
            or not LOWER_CASE.issuperset(value)
        ):
            raise self._failed(f"{name} is not {length} bytes in lower-case hexadecimal")
        return bytes.fromhex(value)

    def _failed(self, why: str) -> Failed:
        return Failed(self._check, self._where, f"{why}.")
