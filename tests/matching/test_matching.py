"""Who is taken for whom, and why: on lists of a few records, each case a sentence."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import md5

import numpy as np
import pytest

from members.matching import Level, compare
from members.matching.blocking import MOST
from members.matching.names import root_of, sound_of
from tests.matching.lists import (
    CARYS,
    carys,
    columns_of,
    found_in,
    pairs_in,
    score_of,
)


def test_one_record_is_nobodys_double_and_an_empty_list_has_none() -> None:
    assert pairs_in() == []
    assert pairs_in(CARYS) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"unit": 8},
        {"family_name": "Ravensworth"},
        {"family_name": "Fallowes-Ravensworth"},
        {"family_name": "FALLOWES", "given_name": "C"},
        {"family_name": "Falowes", "email": ""},
        {"email": "partner@example.org", "phone": "01990 000002"},
        {"date_of_birth": None, "email": "", "phone": ""},
        {"date_of_birth": date(1980, 2, 28)},
        {"postcode": "ZY9 9ZZ", "address": "1 Later Street", "unit": 9},
        {"postcode": "ZY9 9ZZ", "address": "1 Later Street", "email": "", "phone": ""},
        {"given_name": "Fallowes", "family_name": "Carys"},
        {"postcode": "", "date_of_birth": None, "email": "", "phone": ""},
    ],
    ids=str,
)
def test_the_same_person_with_another_record_is_found(changed: dict[str, object]) -> None:
    stranger = carys(3, given_name="Owain", family_name="Quayle", postcode="VX1 1AB",
                     date_of_birth=date(1970, 1, 2), email="o@example.org", phone="", address="")

    assert pairs_in(CARYS, carys(2, **changed), stranger) == [(1, 2)]


def test_spellings_of_one_name_are_the_same_name() -> None:
    one = carys(1, family_name="O'Neill", given_name="Siân")
    other = carys(2, family_name="O’NEILL", given_name="Sian")

    levels = compare(one, other)

    assert levels["family_name"] == levels["given_name"] == Level.SAME


def test_a_couple_of_one_household_is_two_electors() -> None:
    partner = carys(2, given_name="Owain", date_of_birth=date(1979, 11, 3))
    same_again = carys(2, unit=8)

    assert pairs_in(CARYS, partner) == []
    assert pairs_in(CARYS, same_again) == [(1, 2)]


def test_twins_are_more_likely_two_people_than_one() -> None:
    twin = carys(2, given_name="Owain")
    again = carys(2)

    assert score_of(CARYS, twin) < 0 < score_of(CARYS, again)


def test_father_and_son_of_one_name_are_shown_far_below_a_second_record() -> None:
    son = carys(2, date_of_birth=date(2001, 7, 14))
    again = carys(2)

    assert score_of(CARYS, son) + 8 < score_of(CARYS, again)


def test_a_rare_name_says_more_than_a_common_one() -> None:
    others = [carys(n, postcode=f"VX{n % 20} 1AB", address=f"{n} Mill", email=f"{n}@example.org",
                    phone="", date_of_birth=date(1950, 1, 1) + timedelta(days=n))
              for n in range(10, 400)]  # fmt: skip
    one, other = carys(1, phone=""), carys(2, postcode="", address="", email="", phone="")

    assert score_of(one, other) > score_of(one, other, among=others) + 3


def test_names_that_go_together_are_not_counted_twice() -> None:
    def others(given: str) -> list[object]:
        return [carys(n, given_name=given, postcode=f"VX{n % 20} 1AB", address="", email="",
                      phone="", date_of_birth=None) for n in range(10, 3000)]  # fmt: skip

    apart = [*others("Owain")]
    together = [*others("Carys")]
    both = (carys(1, email=""), carys(2, email=""))

    assert score_of(*both, among=together) < score_of(*both, among=apart) - 3  # type: ignore[arg-type]


def test_day_and_month_the_wrong_way_round_are_seen() -> None:
    one = carys(1, date_of_birth=date(1980, 2, 11))

    assert compare(one, carys(2, date_of_birth=date(1980, 11, 2)))["date_of_birth"] == (
        Level.SWAPPED
    )
    assert compare(one, carys(2, date_of_birth=date(1980, 2, 12)))["date_of_birth"] == Level.ALIKE
    assert compare(one, carys(2, date_of_birth=date(1981, 3, 12)))["date_of_birth"] == (
        Level.DIFFERENT
    )
    assert compare(one, carys(2, date_of_birth=None))["date_of_birth"] == Level.BLANK


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Bill", "William", Level.ALIKE),
        ("W", "William", Level.ALIKE),
        ("Mary Ann", "Mary", Level.ALIKE),
        ("Wiliam", "William", Level.ALIKE),
        ("William", "Owain", Level.DIFFERENT),
        ("William", "", Level.BLANK),
    ],
)
def test_given_names_are_compared_as_people_write_them(
    one: str, other: str, level: Level
) -> None:
    levels = compare(carys(1, given_name=one), carys(2, given_name=other))

    assert levels["given_name"] == level


@pytest.mark.parametrize(
    ("other", "level"),
    [
        ("Blackmore-Hale", Level.ALIKE),
        ("Hale", Level.SAME),
        ("De Hale", Level.ALIKE),
        ("Quayle Smith", Level.DIFFERENT),
    ],
)
def test_a_part_of_a_double_name_is_like_the_whole(other: str, level: Level) -> None:
    levels = compare(carys(1, family_name="Hale"), carys(2, family_name=other))

    assert levels["family_name"] == level


def test_a_postcode_of_the_same_district_is_alike_and_slips_in_it_are_nothing() -> None:
    near = compare(CARYS, carys(2, postcode="QA1 9ZZ"))["postcode"]
    slip = compare(CARYS, carys(2, postcode="qai2bd"))["postcode"]

    assert (near, slip) == (Level.ALIKE, Level.SAME)


def test_a_telephone_number_is_one_with_and_without_the_country() -> None:
    same = compare(CARYS, carys(2, phone="+44 1990 000001"))["phone"]
    short = compare(CARYS, carys(2, phone="0001"))["phone"]

    assert (same, short) == (Level.SAME, Level.BLANK)


def test_only_pairs_with_a_fresh_record_are_looked_at_where_asked() -> None:
    records = (carys(1), carys(2), carys(3))

    some = pairs_in(*records, fresh=np.array([False, False, True]))
    none = found_in(*records, fresh=np.zeros(3, dtype=bool))

    assert sorted(some) == [(1, 3), (2, 3)]
    assert len(none.first) == 0 and none.compared == 0
    assert len(pairs_in(*records)) == 3


def test_the_likeliest_comes_first_and_each_pair_once() -> None:
    found = found_in(CARYS, carys(2, email="other@example.org"), carys(3))

    assert (int(found.first[0]), int(found.second[0])) == (1, 3)
    assert sorted(found.score, reverse=True) == list(found.score)
    assert len(set(zip(found.first.tolist(), found.second.tolist(), strict=True))) == 3


def test_how_far_the_search_is_is_told_after_each_block() -> None:
    told: list[int] = []

    found_in(CARYS, carys(2), after_block=told.append)

    assert told == list(range(1, 9))


def letters(seed: str) -> str:
    """A name that is like no other."""
    return md5(seed.encode()).hexdigest().translate(str.maketrans("0123456789", "ghijklmnop"))[:9]


def strangers(count: int, **same: object) -> list[object]:
    """As many different people, alike in nothing but what is given."""
    return [
        carys(n, **{"given_name": letters(f"given {n}"), "family_name": letters(f"family {n}"),
                    "date_of_birth": date(1930 + n % 70, 1 + n // 70 % 12, 13 + n % 15),
                    "postcode": f"VX{n % 20} {n % 10}AB{n}", "address": f"{n} Mill",
                    "email": f"{n}@example.org", "phone": f"01990 {n:06d}", **same})  # type: ignore[arg-type]
        for n in range(100, 100 + count)
    ]  # fmt: skip


def test_what_hundreds_share_costs_no_square() -> None:
    crowd = strangers(20 * MOST, email="office@example.org")

    found = found_in(*crowd)  # type: ignore[arg-type]

    assert found.compared < 100 * len(crowd)
    assert not found.first.size


def test_a_large_block_is_split_and_its_doubles_are_found_still() -> None:
    crowd = strangers(3 * MOST, email="office@example.org")
    double = [carys(1, email="office@example.org"), carys(2, email="office@example.org")]

    assert pairs_in(*crowd, *double) == [(1, 2)]  # type: ignore[arg-type]


def test_a_block_that_no_split_makes_small_is_said_with_its_size() -> None:
    crowd = [carys(n, given_name="", email="", phone="", date_of_birth=None, unit=None, address="")
             for n in range(1, MOST + 12)]  # fmt: skip

    found = found_in(*crowd)

    assert {(each.block, each.blocks, each.records) for each in found.skipped} == {
        ("postcode", 1, MOST + 11)
    }


def test_a_block_without_a_split_is_said_too() -> None:
    crowd = [carys(n) for n in range(1, MOST + 2)]

    skipped = {each.block for each in found_in(*crowd).skipped}

    assert "name and first line of the address" in skipped


def test_a_block_of_the_largest_size_is_compared_whole() -> None:
    crowd = [carys(n) for n in range(1, MOST + 1)]

    assert len(pairs_in(*crowd)) == MOST * (MOST - 1) // 2


def test_records_come_in_any_order_and_the_answer_is_the_same() -> None:
    records = [carys(5), carys(2, family_name="Ravensworth"), carys(9)]

    assert pairs_in(*records) == pairs_in(*reversed(records))
    assert columns_of(records).ids.tolist() == [2, 5, 9]


def test_short_forms_and_sounds() -> None:
    assert root_of("bill") == root_of("william") == root_of("will james") == "william"
    assert root_of("beth") == "bethany"
    assert sound_of("clarke") == sound_of("clerk") == sound_of("klark")
    assert sound_of("macaskill") == sound_of("mac askill")
    assert sound_of("ahi") == "ahi"
