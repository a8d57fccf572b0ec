"""A receipt's tracker as a person types it: twelve words, or all of it in hexadecimal digits."""

from __future__ import annotations

import re

from ballot.sealing.ballot import TRACKER_WORDS
from ballot.sealing.wordlist import WORDS

_BITS = 256
_WORD_BITS = 11
_HEX = re.compile(r"[0-9a-f]{64}\Z")
_PLACES = {word: place for place, word in enumerate(WORDS)}
# The first four letters of every word of the list are its own (BIP 39).
_SHORT = {word[:4]: place for place, word in enumerate(WORDS)}


class NoTracker(ValueError):
    """What was typed is no tracker; the message says why, for the person."""


def tracker_range(text: str) -> tuple[bytes, bytes]:
    """The lowest and the highest tracker that begins as was typed.

    Words are the first 132 bits; so few that a chance meeting is as good as impossible.
    Raises: NoTracker.
    """
    digits = "".join(text.split()).lower()
    if _HEX.match(digits):
        whole = bytes.fromhex(digits)
        return whole, whole
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) != TRACKER_WORDS:
        raise NoTracker(
            f"A tracker has {TRACKER_WORDS} words; there are {len(words)} here. Type them in "
            "their order, or all 64 digits of the line “In full”."
        )
    first = 0
    for word in words:
        first = first << _WORD_BITS | _place(word)
    rest = _BITS - _WORD_BITS * TRACKER_WORDS
    low = first << rest
    return low.to_bytes(32, "big"), (low | (1 << rest) - 1).to_bytes(32, "big")


def _place(word: str) -> int:
    place = _PLACES.get(word, _SHORT.get(word) if len(word) == 4 else None)
    if place is None:
        raise NoTracker(f"“{word}” is not one of the words that trackers are made of.")
    return place
