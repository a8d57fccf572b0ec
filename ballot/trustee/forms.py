"""Reading what others wrote, the board's entries and the server's answers: by kind, or refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ballot.trustee.errors import Refused

_HEX: Final = re.compile(r"(?:[0-9a-f]{2})*")


@dataclass(frozen=True, slots=True)
class BlobNamed:
    """Bytes that an entry names by their hash (bundle §2.3)."""

    sha256: str
    size_bytes: int


class Form:
    """An object of which members are read by kind; where it stands is said in each refusal.

    Every reader raises: Refused "entry.form".
    """

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, Mapping):
            raise Refused("entry.form", where, "What stands there is no object.")
        self._value = value
        self.where = where

    def has(self, name: str) -> bool:
        """Say whether there is such a member."""
        return name in self._value

    def value(self, name: str) -> Any:
        """Give a member that has a parser of its own, or may be null."""
        if name not in self._value:
            raise self._refusal(name)
        return self._value[name]

    def text(self, name: str) -> str:
        """Read a text."""
        value = self.value(name)
        if not isinstance(value, str):
            raise self._refusal(name)
        return value

    def number(self, name: str) -> int:
        """Read a whole number from 0."""
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._refusal(name)
        return value

    def numbers(self, name: str) -> list[int]:
        """Read a list of whole numbers from 0."""
        return [Form({name: one}, self.where).number(name) for one in self.items(name)]

    def truth(self, name: str) -> bool:
        """Read a true or a false."""
        value = self.value(name)
        if not isinstance(value, bool):
            raise self._refusal(name)
        return value

    def items(self, name: str) -> list[Any]:
        """Read a list."""
        value = self.value(name)
        if not isinstance(value, list):
            raise self._refusal(name)
        return value

    def texts(self, name: str) -> list[str]:
        """Read a list of texts."""
        return [Form({name: one}, self.where).text(name) for one in self.items(name)]

    def octets(self, name: str, size: int | None = None) -> bytes:
        """Read bytes in lower-case hexadecimal, so many where a size is given."""
        text = self.text(name)
        if not _HEX.fullmatch(text) or (size is not None and len(text) != 2 * size):
            raise self._refusal(name)
        return bytes.fromhex(text)

    def all_octets(self, name: str, size: int) -> list[bytes]:
        """Read a list of bytes in lower-case hexadecimal, so many each."""
        return [Form({name: one}, self.where).octets(name, size) for one in self.items(name)]

    def form(self, name: str) -> Form:
        """Read an object within."""
        return Form(self.value(name), f"{self.where}, {name}")

    def forms(self, name: str) -> list[Form]:
        """Read a list of objects."""
        return [
            Form(one, f"{self.where}, {name} {place}")
            for place, one in enumerate(self.items(name), 1)
        ]

    def blob(self, name: str) -> BlobNamed:
        """Read the name of a blob (bundle §2.3)."""
        named = self.form(name)
        named.octets("sha256", 32)
        return BlobNamed(named.text("sha256"), named.number("size_bytes"))

    def _refusal(self, name: str) -> Refused:
        return Refused("entry.form", self.where, f"Its member {name} is not as it must be.")
