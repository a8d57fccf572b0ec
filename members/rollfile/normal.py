"""Normal forms, for matching only: nothing here is ever shown or printed on an envelope.

Two values with one normal form are taken for the same number, postcode, address or name.
The value as it was given is kept beside it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NOT_ALNUM = re.compile(r"[\s\-/.]+")
# No district ends in I or O: where one seems to, it is 1 or 0.
_UK_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-HJ-NP-Z]?[0-9][A-Z]{2}")
# Read at a place where a letter (or a digit) must stand, these are the usual slips.
_TO_DIGIT = str.maketrans("OIL", "011")
_TO_LETTER = str.maketrans("01", "OI")
# Straight and curly apostrophes, primes, accents used as apostrophes, and full stops vanish;
# hyphens and dashes part words. O'Neill, O’Neill and ONeill are one name.
_NAME_SIGNS: Final = str.maketrans(
    dict.fromkeys("'’‘ʼ`´′.,", "") | dict.fromkeys("-‐‑‒–—_/", " ")
)
# Letters that Unicode does not take apart into a base and a mark.
_UNDIVIDED: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"}
)


def number_key(number: str) -> str:
    """The membership number for matching: capitals, no punctuation, no leading zeros.

    Leading zeros go only where the whole number is digits, because spreadsheets drop them.
    """
    plain = number if number.isdigit() else _NOT_ALNUM.sub("", number.upper())
    return plain.lstrip("0") or "0" if plain.isdigit() else plain


def email_key(email: str) -> str:
    """The e-mail address for matching: without spaces around it and without case."""
    return email.strip().casefold()


def postcode_key(postcode: str) -> str:
    """The postcode for matching: capitals, one shape, and the usual slips put right.

    A British postcode has one space before its last three characters, 0 for O and 1 for I
    where a digit must stand, and the reverse. Anything else is capitals without punctuation.
    """
    plain = _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", postcode).upper())
    if 5 <= len(plain) <= 7:
        area, inward = plain[:-3], plain[-3:]
        inward = inward[0].translate(_TO_DIGIT) + inward[1:].translate(_TO_LETTER)
        for outward in (area, _with_mended_district(area)):
            if _UK_POSTCODE.fullmatch(outward + inward):
                return f"{outward} {inward}"
    return plain


def _with_mended_district(area: str) -> str:
    letter = area[0].translate(_TO_LETTER)
    return letter + area[1:-1] + area[-1].translate(_TO_DIGIT)


def fold(text: str) -> str:
    """Letters without case, marks or signs: Siân and SIAN, O'Neill and O’Neill are one."""
    if text.isascii() and text.isalpha():
        return text.lower()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
        text = text.translate(_UNDIVIDED)
    return " ".join(text.lower().translate(_NAME_SIGNS).split())


def name_key(family_name: str, given_name: str) -> str:
    """The name for matching and for the order of lists: family name, then given names."""
    return fold(f"{family_name} {given_name}")


def unit_key(unit: str) -> str:
    """The name of a unit (constituency, branch, affiliate) for matching."""
    return fold(unit.replace("&", " and "))


def tidy(text: str) -> str:
    """The value as it is kept: composed letters, single spaces, nothing around it."""
    return " ".join(unicodedata.normalize("NFC", text).split())
