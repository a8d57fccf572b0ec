"""Papers as a profile. Spec: counting §2.1, §2.2, §2.3, §2.4."""

from __future__ import annotations

import pytest

from ballot.counting import parse_profile
from ballot.counting.errors import PapersRefused
from ballot.counting.profile import Section
from tests.counting.boxes import NAMES, box


def test_valid_unmarked_and_rejected_papers_are_kept_apart():
    profile = box("3 Ann", "2 Bob Ann", "4", "0 Carol", rejected={"all": 5})

    assert profile.sections == (Section("all", (((0,), 3), ((1, 0), 2)), 4, 5),)
    assert profile.valid == 5


def test_the_order_in_which_papers_come_makes_no_difference():
    assert box("3 Ann", "2 Bob Ann") == box("2 Bob Ann", "3 Ann")


def test_who_withdrew_does_not_stand():
    assert box("1 Ann", withdrawn=[1]).standing == (0, 2)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"candidates": ()}, "there is no candidate"),
        ({"candidates": ("Ann", "")}, "a name is empty, or begins or ends with a space"),
        ({"candidates": ("Ann", "Bob ")}, "a name is empty, or begins or ends with a space"),
        ({"candidates": ("Ann", "x" * 201)}, "a name is too long or has an unprintable character"),
        ({"candidates": ("Ann", "B\x07b")}, "a name is too long or has an unprintable character"),
        ({"candidates": ("Ann", "Ann")}, "two candidates have the same name: Ann"),
        ({"title": "a\nb"}, "a name is too long or has an unprintable character"),
        ({"papers": {}}, "there is no section"),
        ({"papers": {"": {}}}, "a name is empty, or begins or ends with a space"),
        ({"rejected": {"x": 1}}, "rejected papers are given for an unknown section: x"),
        ({"rejected": {"all": -1}}, "not a number of papers: -1"),
        ({"withdrawn": {5}}, "a withdrawn candidate is not on the paper"),
        ({"places": 0}, "there is no place to fill"),
        ({"papers": {"all": {(5,): 1}}}, "(5,) in section all ranks a candidate not on the paper"),
        ({"papers": {"all": {(0, 0): 1}}}, "(0, 0) in section all ranks a candidate twice"),
        ({"papers": {"all": {(0,): -1}}}, "not a number of papers: -1"),
        ({"papers": {"all": {(0,): 1.0}}}, "not a number of papers: 1.0"),
        ({"papers": {"all": {(): True}}}, "not a number of papers: True"),
    ],
)
def test_papers_that_make_no_profile_are_refused_with_the_reason(changed, reason):
    given = {"candidates": NAMES, "papers": {"all": {(0,): 1}}, "title": "Chair"}

    def parse(given):
        given = dict(given)
        return parse_profile(given.pop("candidates"), given.pop("papers"), **given)

    assert parse(given).valid == 1
    with pytest.raises(PapersRefused) as refusal:
        parse(given | changed)
    assert refusal.value.reason == reason
