"""A barcode as bars: Code 128, set B (ISO/IEC 15417), for what is printed on an outer envelope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Of each value the widths of three bars and three spaces, in turn; the last is the stop.
_WIDTHS_TOLD: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232 2331112"
)
_WIDTHS: Final = tuple(_WIDTHS_TOLD.split())
_START_B: Final = 104
_STOP: Final = 106
QUIET: Final = 10
"""How many narrowest widths are left white at either end."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Black bars, each with where it begins and how wide it is, in narrowest widths."""

    width: int
    bars: tuple[tuple[int, int], ...]


def values_of(text: str) -> list[int]:
    """The values of a barcode: start, characters from space to ~, check, stop."""
    values = [_START_B, *(ord(character) - 32 for character in text)]
    if not all(0 <= value < 95 for value in values[1:]):
        raise ValueError("a character that Code 128 B has not")
    check = (_START_B + sum(place * value for place, value in enumerate(values))) % 103
    return [*values, check, _STOP]


def bars_of(text: str) -> Bars:
    """The bars of a text, with the quiet zones at both ends."""
    bars = tuple(_bars(values_of(text)))
    return Bars(bars[-1][0] + bars[-1][1] + QUIET, bars)


def _bars(values: list[int]) -> Iterator[tuple[int, int]]:
    at = QUIET
    for value in values:
        for place, width in enumerate(map(int, _WIDTHS[value])):
            if place % 2 == 0:
                yield at, width
            at += width
