"""Figures and sentences for people. Spec: counting §7.8, §7.9."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ballot.counting import count
from ballot.counting.shown import percent
from ballot.counting.words import listed, rules_sentence, sentences
from tests.counting.boxes import NAMES, av, box, plurality


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(26032, 49922), "52.1%"),
        (Fraction(1, 2000), "0.1%"),
        (Fraction(999, 2000000), "0.0%"),
        (Fraction(0), "0.0%"),
        (Fraction(1), "100.0%"),
        (Fraction(1, 3), "33.3%"),
        (Fraction(2, 3), "66.7%"),
    ],
)
def test_a_percentage_has_one_decimal_and_a_half_is_rounded_up(share, text):
    assert percent(share) == text


def test_names_are_listed_as_one_says_them():
    assert [listed(NAMES[:n]) for n in range(4)] == ["", "Ann", "Ann and Bob", "Ann, Bob and Carol"]


def test_a_stage_says_how_papers_moved_and_what_was_decided():
    profile = box("1200 Ann", "1100 Bob", "5 Carol Bob", "2 Carol Ann", "1 Carol")

    assert sentences(count(profile, av(stop="majority"))) == (
        "Ann had 1,200 first preferences on 2,308 valid papers (52.0% of valid papers). "
        "Ann was elected with 1,200 of 2,308 votes (52.0% of continuing votes).",
    )
    assert sentences(count(profile, av(stop="two"))) == (
        "Ann had 1,200 first preferences on 2,308 valid papers (52.0% of valid papers). "
        "Carol, with the fewest, 8 votes, was excluded.",
        "The 8 papers of Carol passed on: 2 to Ann and 5 to Bob; 1 paper was exhausted. "
        "Ann was elected with 1,202 of 2,307 votes (52.1% of continuing votes).",
    )


def test_a_tie_says_how_it_was_settled():
    profile = box("5 Ann", "3 Bob", "2 Carol", "1 Dave Carol", "1 Eve Carol", candidates=NAMES)
    ties = ["earlier-stages", {"lot": [4, 1]}]

    told = sentences(count(profile, av(ties=ties)))

    assert told[0].endswith(
        "Nobody had more than half of the continuing votes; Dave and Eve were tied for the fewest "
        "votes, and the tie was settled by lot; Eve was excluded."
    )
    equal = sentences(count(box("2 Ann", "2 Bob", candidates=NAMES[:2]), av(ties=[{"lot": [0]}])))
    assert equal == (
        "Ann and Bob had 2 first preferences each on 4 valid papers (50.0% of valid papers). "
        "Ann and Bob were tied for the fewest votes, and the tie was settled by lot; "
        "Ann was excluded; Bob was elected as the only candidate left.",
    )


def test_a_tie_settled_by_an_earlier_stage_names_it():
    profile = box("5 Ann", "3 Bob", "2 Carol", "1 Dave Carol", candidates=NAMES[:4])

    told = sentences(count(profile, av(ties=["earlier-stages"])))

    assert "settled by the votes at stage 1; Carol was excluded." in told[1]


def test_several_excluded_at_once_are_told_together():
    lines = ("9 Ann", "8 Bob", "2 Carol", "1 Dave", "1 Eve")
    profile = box(*lines, candidates=NAMES)

    first, second = sentences(count(profile, av(bulk_exclusion=True)))

    assert first.endswith("Dave, Eve and Carol, with 4 votes together, were excluded at once.")
    assert second.startswith(
        "The 4 papers of Dave, Eve and Carol had nowhere to pass; 4 papers were exhausted."
    )


def test_nothing_to_count_and_nothing_to_pass_on_are_said():
    nobody = count(box("3", withdrawn={1, 2}), av())
    no_vote = count(box("1 Ann", "1 Bob"), av(ties=[{"lot": [1]}]))

    assert sentences(nobody) == (
        "There was no valid paper. Ann was elected as the only candidate left.",
    )
    assert sentences(no_vote)[1].startswith("There was no paper of Carol to pass on.")


def test_plurality_says_with_how_many_votes():
    assert sentences(count(box("1 Ann"), plurality())) == (
        "Ann had 1 first preference on 1 valid paper (100.0% of valid papers). "
        "Ann was elected with 1 vote (100.0% of continuing votes).",
    )
    tied = count(box("1 Ann", "1 Bob"), plurality(ties=[{"lot": [0]}]))
    assert "Ann and Bob were tied for the most votes, and the tie was settled by lot; Bob was" in (
        sentences(tied)[0]
    )


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (plurality(), "Plurality: the candidate with the most votes is elected."),
        (
            av(stop="two", bulk_exclusion=True),
            "Alternative vote: the count goes on until two candidates are left; several are "
            "excluded at once where it cannot alter the result.",
        ),
    ],
)
def test_the_rules_are_told_in_a_sentence(rules, words):
    assert rules_sentence(rules) == words
