"""Reading the messages of a ceremony: objects with exactly the fields they must have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ballot.sealing import native
from ballot.sealing.errors import Malformed
from ballot.sealing.native import ORDER

Proof = TypeVar("Proof")


class Fields:
    """An object's fields, read by kind; what does not fit is refused with the condition given."""

    def __init__(self, value: Any, condition: str, *names: str) -> None:
        self._condition = condition
        if not isinstance(value, Mapping) or set(value) != set(names):
            raise Malformed(condition, expected=names)
        self._value = value

    def _refuse(self, name: str) -> Malformed:
        return Malformed(self._condition, field=name)

    def integer(self, name: str) -> int:
        """Read a whole number from 0 to 255."""
        value = self._value[name]
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 256:
            raise self._refuse(name)
        return value

    def text(self, name: str) -> str:
        """Read a text."""
        value = self._value[name]
        if not isinstance(value, str):
            raise self._refuse(name)
        return value

    def items(self, name: str) -> list[Any]:
        """Read a list."""
        value = self._value[name]
        if not isinstance(value, list | tuple):
            raise self._refuse(name)
        return list(value)

    def octets(self, name: str, size: int) -> bytes:
        """Read so many bytes in lower-case hexadecimal."""
        return self._octets(name, self.text(name), size)

    def _octets(self, name: str, text: str, size: int) -> bytes:
        try:
            octets = bytes.fromhex(text)
        except ValueError as error:
            raise self._refuse(name) from error
        if octets.hex() != text or len(octets) != size:
            raise self._refuse(name)
        return octets

    def point(self, name: str) -> bytes:
        """Read a compressed point, on the curve."""
        return self._point(name, self.text(name))

    def points(self, name: str) -> tuple[bytes, ...]:
        """Read a list of compressed points, on the curve."""
        texts = self.items(name)
        if not all(isinstance(text, str) for text in texts):
            raise self._refuse(name)
        return tuple(self._point(name, text) for text in texts)

    def _point(self, name: str, text: str) -> bytes:
        octets = self._octets(name, text, 33)
        try:
            native.read_point(octets)
        except native.NotAPoint as error:
            raise self._refuse(name) from error
        return octets

    def scalar(self, name: str) -> int:
        """Read a number from 1 below the order."""
        number = int.from_bytes(self.octets(name, 32), "big")
        if not 0 < number < ORDER:
            raise self._refuse(name)
        return number

    def proof(self, name: str, parse: Callable[[bytes], Proof], size: int) -> Proof:
        """Read a proof of so many bytes with its parser."""
        try:
            return parse(self.octets(name, size))
        except Malformed as error:
            raise self._refuse(name) from error

    def value(self, name: str) -> Any:
        """Give a field that has a parser of its own."""
        return self._value[name]
