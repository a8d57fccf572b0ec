"""Weighted sections. Spec: counting §12, §12.1 to §12.5."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ballot.counting import count, parse_profile, parse_rules, rules_data, sheet
from ballot.counting.errors import CountRefused, RulesRefused
from ballot.counting.figures import grouped, one_rounded, rounded
from ballot.counting.rules import Lot, Method, Rules, Stop
from ballot.counting.stages import stages
from ballot.counting.weighting import Weighting, parse_weighting, weigh
from ballot.counting.words import rules_sentence, sentences
from tests.counting.boxes import NAMES, av, plurality

HALVES = {"north": 1, "south": 1}


def two_sections(north, south, **other):
    return parse_profile(NAMES[:3], {"north": north, "south": south}, **other)


EXAMPLE = two_sections({(0,): 3, (1,): 1}, {(0,): 40, (1,): 60}, withdrawn={2})


@pytest.mark.parametrize("rules", [av(weights=HALVES), plurality(weights=HALVES)])
def test_the_example_of_the_spec_elects_who_has_fewer_votes_and_more_weight(rules):
    """Spec: §12, §12.2."""
    result = count(EXAMPLE, rules)

    (stage,) = sheet.document(result)["stages"]
    assert stage["votes"] == {"Ann": 43, "Bob": 61}
    assert stage["weighted"] == {"Ann": "57.500", "Bob": "42.500"}
    assert sheet.document(result)["elected"] == ["Ann"]


def test_a_stage_is_weighed_once_when_its_papers_lie_where_they_do():
    """Spec: §12.2."""
    (stage,) = stages(count(EXAMPLE, av(weights=HALVES)))

    assert stage.weighted is stage.weighted
    assert stage.weighted == weigh(stage.votes, stage.worths)
    assert [one.weighted for one in stages(count(EXAMPLE, av()))] == [()]


def test_without_weights_the_sheet_has_no_weighted_votes():
    (stage,) = sheet.document(count(EXAMPLE, av()))["stages"]

    assert "weighted" not in stage
    assert sheet.document(count(EXAMPLE, av()))["elected"] == ["Bob"]


def test_every_form_of_the_sheet_shows_raw_votes_beside_weighted_ones():
    result = count(EXAMPLE, av(weights=HALVES))

    assert "Ann                    43  57.500  57.5%" in sheet.table(result)
    assert "Percentages are of weighted votes." in sheet.table(result)
    rows = sheet.csv_text(result).splitlines()
    assert rows[0] == "stage,section,name,votes,percent,base,weighted"
    assert "1,north,Ann,3,,," in rows
    assert "1,Total,Ann,43,57.5%,of weighted votes,57.500" in rows
    assert sheet.full_document(result)["rules"]["weights"] == HALVES


def test_sentences_name_votes_and_weight():
    points = av(points=100)
    profile = two_sections({(0,): 4, (1,): 2, (2, 0): 2}, {(1,): 3, (0,): 2, (2,): 1})

    assert sentences(count(EXAMPLE, av(weights=HALVES))) == (
        "First was Ann with 43 votes, 57.500% of weighted votes, on 104 papers in all. Ann was "
        "elected with 43 of 104 votes (57.5% of weighted votes).",
    )
    first, second = sentences(count(profile, points))
    assert first.endswith(
        "Nobody had more than half of all points; Carol, with the fewest, 3 votes, 41.67 points, "
        "was excluded."
    )
    assert second.endswith("Ann was elected with 8 of 13 votes (57.5% of all points).")
    assert "(parts: north 1 and south 1)" in rules_sentence(av(weights=HALVES))
    assert "(each unit is worth 100 points; a unit with fewer than 9 votes" in (
        rules_sentence(av(points=100, floor=9))
    )


def test_a_section_without_continuing_votes_gives_nobody_anything_and_blocks_no_majority():
    """Spec: §12.3."""
    profile = two_sections({(0,): 5, (1,): 4}, {(2,): 3})

    first, second = sheet.document(
        count(profile, av(points={"north": 10, "south": 4}))
    )["stages"]

    assert first["weighted"] == {"Ann": "5.56", "Bob": "4.44", "Carol": "4.00"}
    assert first["excluded"] == ["Carol"]
    assert second["weighted"] == {"Ann": "5.56", "Bob": "4.44"}


def test_a_unit_below_the_floor_is_worth_its_votes_through_the_whole_count():
    """Spec: §12.5."""
    profile = two_sections({(0,): 5, (1,): 5}, {(2,): 2, (0,): 1})

    first, second = sheet.document(count(profile, av(points=10, floor=4)))["stages"]

    assert first["weighted"] == {"Ann": "6.00", "Bob": "5.00", "Carol": "2.00"}
    assert second["weighted"] == {"Ann": "8.00", "Bob": "5.00"}


@pytest.mark.parametrize(
    ("values", "decimals", "shown"),
    [
        ([Fraction(1, 3)] * 3, 2, ("0.34", "0.33", "0.33")),
        ([Fraction(2, 3), Fraction(1, 3)], 0, ("1", "0")),
        ([Fraction(5, 1000)], 2, ("0.01",)),
        ([Fraction(1, 8), Fraction(7, 8)], 2, ("0.13", "0.87")),
        ([0, 12], 3, ("0.000", "12.000")),
        ([], 2, ()),
    ],
)
def test_figures_are_rounded_together_so_that_they_sum(values, decimals, shown):
    """Spec: §12.4."""
    assert rounded(values, decimals) == shown


@given(st.lists(st.fractions(0, 10**6, max_denominator=997), max_size=9), st.integers(0, 3))
def test_rounded_figures_sum_to_the_rounded_sum_and_none_moves_by_a_unit(values, decimals):
    shown = [Fraction(figure) for figure in rounded(values, decimals)]

    unit = Fraction(1, 10**decimals)
    assert sum(shown) == Fraction(one_rounded(sum(values), decimals))
    assert all(abs(a - b) < unit for a, b in zip(shown, values, strict=True))


def test_thousands_are_set_apart_before_the_point_only():
    assert [grouped(text) for text in ("11328.55", "7", "1000.0001")] == [
        "11,328.55", "7", "1,000.0001"
    ]


@pytest.mark.parametrize(
    "rules",
    [
        {"weights": HALVES, "points": 100},
        {"weights": {}},
        {"weights": 3},
        {"weights": {"north": 0}},
        {"weights": {"north": True}},
        {"weights": {"north": 1_000_001}},
        {"weights": {7: 1}},
        {"weights": HALVES, "floor": 1},
        {"points": "100"},
        {"points": 100, "floor": -1},
        {"points": 100, "floor": 101},
        {"points": {"north": 9, "south": 99}, "floor": 10},
        {"weights": HALVES, "percentages": "valid"},
        {"weight": HALVES},
    ],
)
def test_rules_that_make_no_sense_are_refused(rules):
    """Spec: §12.1, §12.5."""
    assert av(weights=HALVES).weighting == Weighting((("north", 1), ("south", 1)))

    with pytest.raises(RulesRefused):
        av(**rules)


@pytest.mark.parametrize(
    "data",
    [{}, {"weights": HALVES}, {"points": 100}, {"points": 100, "floor": 100},
     {"points": {"north": 50, "south": 100}}],
)
def test_a_weighting_written_as_data_reads_back(data):
    rules = av(**data)

    assert parse_rules(rules_data(rules)) == rules
    assert {k: v for k, v in rules_data(rules).items() if k in data} == data
    assert parse_weighting(data) == rules.weighting


def test_weights_name_just_the_sections_that_there_are():
    assert count(EXAMPLE, av(weights=HALVES))

    for weights in ({"north": 1}, {**HALVES, "east": 1}):
        with pytest.raises(CountRefused, match=r"section (east|south)"):
            count(EXAMPLE, av(weights=weights))


def weighed_slowly(papers, continuing, parts):
    """Each name's weighted votes, one section and one paper at a time."""
    figures = dict.fromkeys(continuing, Fraction(0))
    for section, rankings in papers.items():
        firsts = [next((n for n in r if n in continuing), None) for r in rankings]
        live = [name for name in firsts if name is not None]
        for name in live:
            figures[name] += Fraction(parts[section], len(live))
    return figures


def excluded_slowly(papers, names, parts, lot):
    """The order in which names leave when weighted sections are counted to the end."""
    continuing, told = list(names), []
    while True:
        figures = weighed_slowly(papers, continuing, parts)
        told.append(figures)
        winner = [n for n in continuing if 2 * figures[n] > sum(figures.values())]
        if winner or len(continuing) == 1:
            return told, (winner or continuing)[0]
        fewest = min(figures.values())
        out = next(n for n in lot if n in continuing and figures[n] == fewest)
        continuing.remove(out)
        if len(continuing) == 1:
            return told, continuing[0]


@st.composite
def weighted_contests(draw):
    size = draw(st.integers(1, 4))
    ranking = st.lists(st.sampled_from(range(size)), unique=True, min_size=1).map(tuple)
    sections = {n: draw(st.lists(ranking, max_size=8)) for n in ("a", "b", "c")}
    parts = {name: draw(st.integers(1, 5)) for name in sections}
    lot = tuple(draw(st.permutations(range(size))))
    return size, sections, parts, lot


@given(weighted_contests())
def test_a_slow_weighted_count_agrees(contest):
    size, sections, parts, lot = contest
    rules = Rules(
        Method.ALTERNATIVE_VOTE, ties=(Lot(lot),), weighting=Weighting(tuple(parts.items()))
    )
    papers = {n: {r: rs.count(r) for r in rs} for n, rs in sections.items()}

    result = count(parse_profile(NAMES[:size], papers), rules)

    told, winner = excluded_slowly(sections, range(size), parts, lot)
    got = [{c: stage.weighted[c] for c in stage.continuing} for stage in stages(result)]
    assert got == told
    assert result.elected == (winner,)


@given(weighted_contests())
def test_bulk_exclusion_and_going_on_to_two_elect_the_same_by_weight(contest):
    """Spec: §12.3: shares of continuing votes never fall."""
    size, sections, parts, _ = contest
    papers = {n: {r: rs.count(r) for r in rs} for n, rs in sections.items()}
    profile = parse_profile(NAMES[:size], papers)
    rules = Rules(
        Method.ALTERNATIVE_VOTE,
        ties=(Lot(tuple(range(size))),),
        weighting=Weighting(tuple(parts.items())),
    )
    counts = [
        count(profile, replace(rules, stop=stop, bulk_exclusion=bulk))
        for stop in Stop
        for bulk in (False, True)
    ]
    assume(not any(stage.tie for result in counts for stage in stages(result)))

    assert len({result.elected for result in counts}) == 1


@given(weighted_contests())
def test_equal_parts_of_equally_large_sections_are_plain_votes(contest):
    size, sections, _, _ = contest
    first = [[ranking[0] for ranking in rankings] for rankings in sections.values()]
    whole = max(map(len, first)) or 1
    first = [[*firsts, *[0] * (whole - len(firsts))] for firsts in first]
    table = [[firsts.count(c) for firsts in first] for c in range(size)]

    weighed = weigh(table, (1, 1, 1))

    assert weighed == tuple(Fraction(sum(row), whole) for row in table)
