"""What every challenge of an election binds, and the names in it (§3.4)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from verifier.failure import Failed
from verifier.group import Point, point

FINGERPRINT_BYTES = 32
LONGEST_NAME_BYTES = 64


@dataclass(frozen=True, slots=True)
class Setting:
    """One election. fingerprint: 32 bytes, the hash of the entry that opens the poll; key: 33."""

    fingerprint: bytes
    key: bytes

    def __post_init__(self) -> None:
        if len(self.fingerprint) != FINGERPRINT_BYTES:
            raise Failed("setting.fingerprint", "the election", "It is not 32 bytes long.")
        point(self.key, "setting.key", "the election")

    @property
    def key_point(self) -> Point:
        return point(self.key, "setting.key", "the election")


def check_name(text: str, where: str) -> str:
    """Return the name of a contest, section, unit, mixer or trustee, if it may be one.

    Raises: Failed (name).
    """
    try:
        length = len(text.encode())
    except UnicodeEncodeError:
        raise Failed("name", where, "It holds half of a surrogate pair.") from None
    if not 1 <= length <= LONGEST_NAME_BYTES:
        raise Failed("name", where, f"It has {length} bytes, and may have 1 to 64.")
    if not unicodedata.is_normalized("NFC", text):
        raise Failed("name", where, "It is not in normal form C.")
    return text


def check_unit(text: str, where: str) -> str:
    """Return a unit's name, or the empty text where units are not weighted."""
    return text and check_name(text, where)
