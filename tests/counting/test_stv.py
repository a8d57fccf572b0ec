"""The single transferable vote. Spec: counting §13, §13.1 to §13.8."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.counting import count, parse_profile, parse_rules, sheet
from ballot.counting.blt import parse_blt
from ballot.counting.errors import CountRefused, RulesRefused, UnsettledTie
from ballot.counting.rules import EarlierStages, Lot, Method, Rules
from ballot.counting.stages import stages
from ballot.counting.stv import droop_quota
from ballot.counting.words import rules_sentence, sentences
from tests.counting.boxes import NAMES, box
from tests.counting.naive import Tied
from tests.counting.naive_stv import count_stv_naively

STV = parse_rules({"method": "stv"})
EXAMPLE = b"""4 2
16 1 2 0
4 1 3 0
5 2 0
8 3 0
2 4 2 0
0
"Ann"
"Bob"
"Carol"
"Dave"
"Committee"
"""


def stv(**other):
    return parse_rules({"method": "stv"} | other)


def test_the_example_of_the_spec_is_counted_as_it_says():
    """Spec: §13, §13.3, §13.4, §13.5, §13.7."""
    document = sheet.document(count(parse_blt(EXAMPLE), STV))

    assert [stage["votes"] for stage in document["stages"]] == [
        {"Ann": "20.00", "Bob": "5.00", "Carol": "8.00", "Dave": "2.00"},
        {"Ann": "12.00", "Bob": "11.40", "Carol": "9.60", "Dave": "2.00"},
        {"Ann": "12.00", "Bob": "13.40", "Carol": "9.60"},
    ]
    assert [stage["excluded"] for stage in document["stages"]] == [[], ["Dave"], []]
    assert document["elected"] == ["Ann", "Bob"]
    assert (document["places"], document["quota"]) == (2, 12)


def test_the_example_is_told_in_sentences_that_name_surplus_and_quota():
    told = sentences(count(parse_blt(EXAMPLE), STV))

    assert told == (
        "Ann had 20 first preferences on 35 valid papers (57.1% of valid papers). Ann reached the "
        "quota and was elected.",
        "The surplus of 8 votes of Ann passed on: 6.40 to Bob and 1.60 to Carol. Dave, with the "
        "fewest, 2 votes, was excluded.",
        "The 2 votes of Dave passed on: 2 to Bob. Bob reached the quota and was elected.",
    )
    assert rules_sentence(STV, places=2).startswith("Single transferable vote for 2 places: ")
    assert rules_sentence(STV).startswith("Single transferable vote for 1 place: ")


def test_every_form_of_the_sheet_shows_values_with_two_decimals():
    result = count(parse_blt(EXAMPLE), STV)

    text, rows = sheet.table(result), sheet.csv_text(result)
    assert "Bob                  5.00  14.3%    11.40  32.6%    13.40  38.3%" in text
    assert "Elected: Ann and Bob" in text
    assert "2,Total,Bob,11.40,32.6%,of continuing votes\r\n" in rows
    rounds = sheet.rctab(result, contest="Committee", date="2026-11-26")["results"]
    assert rounds[0]["tallyResults"] == [
        {"elected": "Ann", "transfers": {"Bob": "6.40", "Carol": "1.60"}}
    ]
    assert rounds[1]["tallyResults"] == [{"eliminated": "Dave", "transfers": {"Bob": "2.00"}}]
    full = sheet.full_document(result)["stages"]
    assert [stage["elected_by"] for stage in full] == [{"Ann": "quota"}, {}, {"Bob": "quota"}]
    assert full[1]["transfers"] == [{"from": "Ann", "to": {"Bob": "6.40", "Carol": "1.60"}}]


@pytest.mark.parametrize(
    ("votes", "places", "quota"), [(35, 2, 12), (36, 2, 13), (100, 1, 51), (101, 1, 51), (0, 3, 1)]
)
def test_the_quota_is_the_fewest_votes_that_no_more_than_the_places_can_have(votes, places, quota):
    """Spec: §13.2."""
    assert droop_quota(votes, places) == quota
    assert quota * (places + 1) > votes >= (quota - 1) * (places + 1)


def test_what_has_no_next_preference_is_exhausted_at_its_part_and_the_quota_stays():
    """Spec: §13.4."""
    profile = box("9 Ann", "9 Ann Bob", "4 Bob", "5 Carol", places=2)

    first, second = stages(count(profile, STV))

    assert [first.total(c) for c in range(3)] == [18, 4, 5]
    assert [second.total(c) for c in range(3)] == [10, 8, 5]
    assert second.total_exhausted == 4
    assert second.excluded == (2,)


def test_a_paper_passed_on_from_a_surplus_passes_on_again_at_its_own_value():
    """Spec: §13.5."""
    profile = box(
        "12 Ann Dave Bob", "6 Bob", "7 Carol", "1 Dave Carol", candidates=NAMES[:4], places=2
    )

    first, second, third = stages(count(profile, STV))

    assert first.total(0) == 12
    assert second.total(3) == 1 + 12 * Fraction(3, 12)
    assert (third.total(1), third.total(2)) == (9, 8)


def test_those_left_are_elected_when_they_are_as_many_as_the_places():
    """Spec: §13.6."""
    profile = box("9 Ann", "2 Bob", "1 Carol", places=2)

    result = count(profile, STV)

    assert [result.candidates[c] for c in result.elected] == ["Ann", "Bob"]
    assert [e.by.value for e in stages(result)[-1].elected] == ["last remaining"]
    alone = count(box("1 Ann", candidates=NAMES[:2], places=3), STV)
    assert set(alone.elected) == {0, 1}


def test_equal_surpluses_are_parted_by_earlier_stages_or_by_lot_and_by_nothing_else():
    """Spec: §13.4."""
    profile = box(
        "10 Ann Carol", "10 Bob Dave", "3 Carol", "3 Dave", "1 Eve", candidates=NAMES, places=3
    )

    with pytest.raises(UnsettledTie) as refusal:
        count(profile, stv(ties=["earlier-stages"]))
    assert (refusal.value.purpose, refusal.value.left) == ("surplus", (0, 1))
    drawn = {"lot": [0, 1], "among": [0, 1]}
    lot_for_the_end = {"lot": [4, 3, 2, 1, 0]}
    told = sentences(count(profile, stv(ties=[drawn, lot_for_the_end])))
    assert "Ann and Bob were tied for the largest surplus, and the tie was settled by lot" in (
        told[0]
    )
    assert told[1].startswith("The surplus of 3 votes of Bob passed on")
    other = count(profile, stv(ties=[{"lot": [1], "among": [0, 1]}, lot_for_the_end]))
    assert sentences(other)[1].startswith("The surplus of 3 votes of Ann")
    with pytest.raises(UnsettledTie):
        count(profile, stv(ties=[{"lot": [4]}]))


@pytest.mark.parametrize(
    "other", [{"stop": "two"}, {"bulk_exclusion": True}, {"weights": {"all": 1}}]
)
def test_rules_that_stv_does_not_know_are_refused(other):
    """Spec: §13.1."""
    assert stv().method is Method.SINGLE_TRANSFERABLE_VOTE

    with pytest.raises(RulesRefused):
        stv(**other)


def test_several_places_are_filled_by_stv_and_by_no_other_method():
    profile = box("2 Ann", "1 Bob", places=2)
    assert count(profile, STV).places == 2

    with pytest.raises(CountRefused, match="one place"):
        count(profile, parse_rules({"method": "av"}))


def test_a_joint_ticket_is_one_candidate_with_one_name():
    """Spec: §13.8."""
    names = ("Denyer and Ramsay", "Ali", "Re-open nominations")

    result = count(parse_profile(names, {"all": {(0,): 6, (1, 0): 5}}), STV)

    assert [names[c] for c in result.elected] == ["Denyer and Ramsay"]


@st.composite
def contests(draw):
    size = draw(st.integers(1, 5))
    ranking = st.lists(st.sampled_from(range(size)), unique=True).map(tuple)
    sections = {n: draw(st.lists(ranking, max_size=12)) for n in ("north", "south")}
    withdrawn = draw(st.sets(st.sampled_from(range(size)), max_size=size - 1))
    places = draw(st.integers(1, 3))
    lot = Lot(tuple(draw(st.permutations(range(size)))))
    ties = draw(st.sampled_from([(lot,), (EarlierStages(), lot), (EarlierStages(),), ()]))
    rules = Rules(Method.SINGLE_TRANSFERABLE_VOTE, ties=ties)
    return NAMES[:size], sections, withdrawn, places, rules


def counted(names, sections, withdrawn, places, rules):
    papers = {n: {r: rs.count(r) for r in rs} for n, rs in sections.items()}
    return count(parse_profile(names, papers, withdrawn=withdrawn, places=places), rules)


@given(contests())
def test_a_slow_count_paper_by_paper_agrees(contest):
    names, sections, withdrawn, places, rules = contest
    papers = [[names[c] for c in ranking] for rs in sections.values() for ranking in rs]
    standing = [name for c, name in enumerate(names) if c not in withdrawn]
    ties = [
        "earlier-stages" if isinstance(r, EarlierStages) else [names[c] for c in r.drawn]
        for r in rules.ties
    ]

    try:
        expected = count_stv_naively(papers, standing, places, ties)
    except Tied as tied:
        with pytest.raises(UnsettledTie) as refusal:
            counted(*contest)
        assert set(refusal.value.left_names) == tied.tied
    else:
        result = counted(*contest)
        got = [
            ({names[c]: s.total(c) for c in s.continuing}, s.total_exhausted)
            for s in stages(result)
        ]
        assert (got, [names[c] for c in result.elected]) == expected


@given(contests())
def test_value_is_conserved_in_every_section_and_no_more_are_elected_than_places(contest):
    names, sections, withdrawn, places, rules = contest
    lot = Lot(tuple(range(len(names))))

    result = counted(names, sections, withdrawn, places, Rules(rules.method, ties=(lot,)))

    for stage in stages(result):
        for index, rankings in enumerate(sections.values()):
            held = sum(row[index] for row in stage.votes)
            assert held + stage.exhausted[index] == sum(map(bool, rankings))
        shown = sheet.document(result)["stages"][stage.number - 1]
        figures = [*shown["votes"].values(), shown["exhausted"]]
        assert sum(Fraction(figure) for figure in figures) == result.valid
    assert len(result.elected) == min(places, len(names) - len(withdrawn))


@given(contests(), st.permutations(range(5)))
def test_another_order_of_candidates_with_the_same_lot_gives_the_same_result(contest, order):
    names, sections, withdrawn, places, rules = contest
    new = [position for position in order if position < len(names)]
    lot = Lot(tuple(range(len(names))))
    moved = {n: [tuple(new[c] for c in r) for r in rs] for n, rs in sections.items()}
    renamed = [names[new.index(position)] for position in range(len(names))]

    before = counted(names, sections, withdrawn, places, Rules(rules.method, ties=(lot,)))
    moved_lot = Lot(tuple(new[c] for c in lot.drawn))
    after = counted(
        renamed, moved, {new[c] for c in withdrawn}, places, Rules(rules.method, ties=(moved_lot,))
    )

    assert {names[c] for c in before.elected} == {renamed[c] for c in after.elected}
