"""Numbers with their nouns: what is one is told as one, and what is many with its thousands."""

from __future__ import annotations

from typing import Any

import pytest

from ballot.services.register_account import SectionAccount
from ballot.services.verification_sums import _register
from ballot.showing.sentences import in_words
from ballot.showing.wording import how_many, many


def test_a_number_brings_its_noun_and_where_it_is_asked_its_verb() -> None:
    assert [how_many(n, "ballot") for n in (0, 1, 2, 1200)] == [
        "0 ballots", "1 ballot", "2 ballots", "1,200 ballots",
    ]
    assert how_many(1, "elector is", "electors are") == "1 elector is"
    assert how_many(2, "elector is", "electors are") == "2 electors are"
    assert many(["a"], "box", "boxes") == "1 box"


@pytest.mark.parametrize(
    ("kind", "of_one", "of_two"),
    [
        ("profile", {"papers": 1, "papers_rejected": 0}, {"papers": 2, "papers_rejected": 0}),
        ("archive", {"version": 1, "size": 1, "root": "00"},
         {"version": 1, "size": 2, "root": "00"}),
        ("credentials", {"sections": [{"credentials": 1}]}, {"sections": [{"credentials": 2}]}),
        ("envelopes", {"sections": [{"envelopes": 1}]}, {"sections": [{"envelopes": 2}]}),
    ],
)
def test_an_entry_of_one_is_told_as_of_one(
    kind: str, of_one: dict[str, Any], of_two: dict[str, Any]
) -> None:
    nouns = {"profile": ("1 paper,", "2 papers,"), "archive": ("1 entry:", "2 entries:"),
             "credentials": ("1 voting code,", "2 voting codes,"),
             "envelopes": ("1 postal envelope was", "2 postal envelopes were")}

    said = [in_words(kind, content, zone="UTC")[1] for content in (of_one, of_two)]

    for noun, sentence in zip(nouns[kind], said, strict=True):
        assert noun in sentence


def test_one_envelope_that_was_received_is_told_as_one_in_the_verification() -> None:
    account = SectionAccount(
        code="member", name="Member", frozen=2, added=0, struck=0, electors=2, struck_voted=0,
        issued=2, marks=2, ballots=1, set_aside=0, votes=1, on_board=1, envelopes=1,
        envelopes_on_board=1, at_odds=0, postal=1,
    )

    said = _register(account, [("online", 1), ("by post", 1)]).parts

    assert said.startswith("2 marks (1 online + 1 by post) = 1 ballot cast online + ")
    assert "+ 1 envelope received;" in said
