"""Numbers, hashes and bytes as they are spelt in the board's texts: one spelling each.

Spec: board §5.1. Another spelling of the same value is refused, so that no two different texts say
the same and a text cannot be changed without its meaning.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from ballot.board.errors import Malformed

LARGEST: Final = 2**63 - 1
HASH_BYTES: Final = 32
_DECIMAL = re.compile("0|[1-9][0-9]{0,18}")


def read_decimal(text: str, *, condition: str) -> int:
    """Read a number from 0 to 2**63 - 1 in ASCII digits, without a sign or a leading zero."""
    if not _DECIMAL.fullmatch(text) or int(text) > LARGEST:
        raise Malformed(condition, text=text[:80])
    return int(text)


def write_base64(octets: bytes) -> str:
    """Write bytes in the standard base64 of RFC 4648 §4, with padding."""
    return base64.b64encode(octets).decode("ascii")


def read_base64(text: str, *, condition: str) -> bytes:
    """Read standard base64 in its one spelling: padded, and with no stray bit at its end."""
    try:
        octets = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Malformed(condition, text=text[:80]) from error
    if write_base64(octets) != text:
        raise Malformed(condition, text=text[:80])
    return octets


def read_hash(text: str, *, condition: str) -> bytes:
    """Read a hash of 32 bytes in base64."""
    octets = read_base64(text, condition=condition)
    if len(octets) != HASH_BYTES:
        raise Malformed(condition, text=text[:80])
    return octets


def text_lines(text: str, *, condition: str) -> list[str]:
    """Cut a text into its lines, each of which ends in a newline; give them without it."""
    if not text.endswith("\n"):
        raise Malformed(condition, text=text[-80:])
    return text[:-1].split("\n")
