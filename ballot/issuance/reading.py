"""Reading canonical JSON that somebody else wrote: an object of exactly these members, or no."""

from __future__ import annotations

import re
from typing import Any, Final

from ballot.canonical import NotCanonical, read_canonical
from ballot.issuance.errors import FileRefused

_CONTROL: Final = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f]")


class Read:
    """An object's members, read by kind; what does not fit is refused."""

    def __init__(self, value: Any, *names: str, what: str) -> None:
        """what: the file in words, "the card".  Raises: FileRefused "issuer-file.form"."""
        self._what = what
        if not isinstance(value, dict) or set(value) != set(names):
            raise self.refused("its members are not those of such a file")
        self._value = value

    def refused(self, why: str) -> FileRefused:
        return FileRefused(
            "issuer-file.form", f"This is not {self._what}, or it is damaged: {why}."
        )

    def text(self, name: str, *, longest: int = 1000, may_be_empty: bool = True) -> str:
        """Read a text of one line or more, without control characters but line ends."""
        value = self._value[name]
        if not isinstance(value, str) or len(value) > longest or not (value or may_be_empty):
            raise self.refused(f"“{name}” is no text that fits")
        if _CONTROL.search(value):
            raise self.refused(f"“{name}” holds a control character")
        return value

    def line(self, name: str, *, longest: int = 300, may_be_empty: bool = True) -> str:
        """Read a text of one line."""
        text = self.text(name, longest=longest, may_be_empty=may_be_empty)
        if "\n" in text:
            raise self.refused(f"“{name}” has more than one line")
        return text

    def lines(self, name: str) -> tuple[str, ...]:
        """Read a list of lines."""
        items = self._value[name]
        if not isinstance(items, list):
            raise self.refused(f"“{name}” is no list")
        return tuple(
            Read({name: one}, name, what=self._what).line(name, longest=2000) for one in items
        )

    def number(self, name: str) -> int:
        """Read a whole number from 0."""
        value = self._value[name]
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.refused(f"“{name}” is no number")
        return value

    def flag(self, name: str) -> bool:
        """Read true or false."""
        value = self._value[name]
        if not isinstance(value, bool):
            raise self.refused(f"“{name}” is neither true nor false")
        return value

    def octets(self, name: str, size: int) -> bytes:
        """Read so many bytes in lower-case hexadecimal."""
        return self._octets(name, self._value[name], size)

    def items(self, name: str) -> list[Any]:
        """Read a list of what has a parser of its own."""
        value = self._value[name]
        if not isinstance(value, list):
            raise self.refused(f"“{name}” is no list")
        return value

    def value(self, name: str) -> Any:
        """Give a member that has a parser of its own."""
        return self._value[name]

    def _octets(self, name: str, text: Any, size: int) -> bytes:
        try:
            octets = bytes.fromhex(text)
        except (TypeError, ValueError) as wrong:
            raise self.refused(f"“{name}” is no hexadecimal number") from wrong
        if octets.hex() != text or len(octets) != size:
            raise self.refused(f"“{name}” is not {size} bytes in hexadecimal")
        return octets


def read_object(octets: bytes, *names: str, form: str, what: str) -> Read:
    """Read an object from canonical JSON and look that it says it is of the form expected.

    Raises: FileRefused "issuer-file.form".
    """
    try:
        value = read_canonical(octets.rstrip(b"\n"))
    except NotCanonical as wrong:
        raise FileRefused("issuer-file.form", f"This is not {what}, or it is damaged.") from wrong
    read = Read(value, "format", *names, what=what)
    if read.value("format") != form:
        raise read.refused("it says that it is another file")
    return read
