"""What pages show, from plain values: trackers as typed, hours as clocks show them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.sealing.ballot import tracker_words
from ballot.showing.trackers import NoTracker, tracker_range
from ballot.showing.turnout import percent_of
from ballot.times import from_clock, in_zone


@given(st.binary(min_size=32, max_size=32))
def test_a_tracker_lies_in_the_range_of_its_own_words_and_in_no_wider(tracker: bytes) -> None:
    low, high = tracker_range(" ".join(tracker_words(tracker)))

    assert low <= tracker <= high
    assert int.from_bytes(high, "big") - int.from_bytes(low, "big") == (1 << 124) - 1
    assert tracker_words(low) == tracker_words(high) == tracker_words(tracker)
    assert tracker_range(tracker.hex().upper()) == (tracker, tracker)


@given(st.binary(min_size=32, max_size=32))
def test_numbers_commas_and_the_first_four_letters_are_enough(tracker: bytes) -> None:
    words = tracker_words(tracker)
    numbered = ", ".join(f"{n}. {word[:4].capitalize()}" for n, word in enumerate(words, start=1))

    assert tracker_range(numbered) == tracker_range(" ".join(words))


@pytest.mark.parametrize("typed", ["", "zoo", "zoo " * 13, "00" * 31, "xyzzy " * 12])
def test_what_is_no_tracker_is_refused_in_words(typed: str) -> None:
    assert tracker_range("zoo " * 12)
    with pytest.raises(NoTracker):
        tracker_range(typed)


def test_an_hour_is_read_from_the_clocks_of_its_zone() -> None:
    summer = from_clock(datetime(2026, 6, 30, 9, 0), "Europe/London")
    winter = from_clock(datetime(2026, 12, 1, 9, 0), "Europe/London")

    assert summer == datetime(2026, 6, 30, 8, 0, tzinfo=UTC)
    assert winter == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    assert in_zone(summer, "Europe/London") == "Tuesday 30 June 2026 at 09:00 (BST)"


def test_an_hour_that_no_clock_shows_is_none_and_one_shown_twice_is_the_first() -> None:
    assert from_clock(datetime(2026, 3, 29, 1, 30), "Europe/London") is None
    twice = from_clock(datetime(2026, 10, 25, 1, 30), "Europe/London")

    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York"])
def test_at_the_ends_of_the_calendar_no_clock_is_read(zone: str) -> None:
    assert from_clock(datetime(2, 1, 1), zone)
    assert from_clock(datetime(9998, 12, 31, 23, 59), zone)

    assert from_clock(datetime(1, 1, 1), zone) is None
    assert from_clock(datetime(9999, 12, 31, 23, 59), zone) is None


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "–"), (0, 5, "0.0%"), (1, 8, "12.5%"), (1, 3, "33.3%"), (2, 3, "66.7%"),
     (1, 2000, "0.1%"), (5, 5, "100.0%")],
)
def test_a_percentage_has_one_decimal_and_a_half_goes_up(part: int, whole: int, words: str) -> None:
    assert percent_of(part, whole) == words
