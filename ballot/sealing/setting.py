"""What every challenge of an election binds: its fingerprint, its key, and the place of a vote.

Source: Bernhard, Pereira and Warinschi 2012: a challenge that leaves part of the statement out
lets a proof be moved to another statement.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from ballot.sealing import native
from ballot.sealing.errors import Malformed

LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Setting:
    """An election as its proofs see it (sealing §3.4).

    fingerprint: 32 bytes, the hash of the entry that opens the poll.
    key:         33 bytes, the election's public key Y, compressed.
    """

    fingerprint: bytes
    key: bytes
    point: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.fingerprint) != 32:
            raise Malformed("setting.fingerprint", size_bytes=len(self.fingerprint))
        try:
            object.__setattr__(self, "point", native.read_point(self.key))
        except native.NotAPoint as error:
            raise Malformed("setting.key") from error


@dataclass(frozen=True, slots=True)
class BoxName:
    """Which box: a contest, the sections whose votes lie in it, and a unit where units weigh.

    Spec: sealing §7.1.  Sections are kept in order of their UTF-8 bytes, each once.
    """

    contest: str
    sections: tuple[str, ...]
    unit: str = ""

    def __post_init__(self) -> None:
        check_name(self.contest)
        for section in self.sections:
            check_name(section)
        if self.unit:
            check_name(self.unit)
        ordered = tuple(sorted(set(self.sections), key=lambda name: name.encode()))
        if not ordered or len(ordered) != len(self.sections):
            raise Malformed("name.sections", sections=self.sections)
        object.__setattr__(self, "sections", ordered)

    def parts(self) -> tuple[str | int, ...]:
        """Give the name as parts of a transcript."""
        return (self.contest, len(self.sections), *self.sections, self.unit)


def check_name(name: str) -> None:
    """Refuse a name that is empty, over 64 bytes, or not in Unicode's composed normal form.

    Spec:   sealing §3.4.
    Raises: Malformed "name".
    """
    try:
        size = len(name.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise Malformed("name") from error
    if not 0 < size <= LONGEST_NAME or not unicodedata.is_normalized("NFC", name):
        raise Malformed("name", name=name)
