"""Row 4: guessing voting codes. Prevents, by arithmetic; the live limiter stands in
tests/ballot/views/test_elector.py.
"""

from __future__ import annotations

import os
from fractions import Fraction

from ballot.limits import IDENTIFY_REFUSED_BY_ADDRESS
from ballot.sealing.codes import make_codes, read_code

ELECTORS = 654_006
ALPHABET = 32
CHARACTERS = 20
SECONDS_A_DAY = 86_400
A_YEAR = 365 * SECONDS_A_DAY


def chance_of_a_hit(guesses: int, *, bits: int) -> Fraction:
    """No more than this: each guess hits one of the electors' codes by chance alone."""
    return Fraction(guesses * ELECTORS, 2**bits)


def test_a_code_has_a_hundred_random_bits() -> None:
    codes = make_codes(500, rng=os.urandom)

    assert len(set(codes)) == 500
    assert all(len(code) == CHARACTERS + 1 and read_code(code) == code for code in codes)
    assert ALPHABET**CHARACTERS == 2**100
    # Each place takes every value: no bit is lost on the way from the random source.
    for place in range(CHARACTERS):
        assert len({code[place] for code in codes}) > ALPHABET * 3 // 4


def test_online_a_thousand_addresses_for_three_weeks_hit_nobody() -> None:
    # Every address at the limit's full pace, all the poll long.
    a_second = Fraction(IDENTIFY_REFUSED_BY_ADDRESS.most, IDENTIFY_REFUSED_BY_ADDRESS.window_s)
    guesses = int(1000 * a_second * 21 * SECONDS_A_DAY)

    assert chance_of_a_hit(guesses, bits=100) < Fraction(1, 10**14)


def test_offline_ten_thousand_million_keys_a_second_for_a_year_hit_nobody() -> None:
    guesses = 10**10 * A_YEAR

    # All the published keys are searched at once; a code of 65 bits would fall within a day.
    assert chance_of_a_hit(guesses, bits=100) < Fraction(1, 5 * 10**6)
    assert chance_of_a_hit(10**10 * SECONDS_A_DAY, bits=65) > 1
