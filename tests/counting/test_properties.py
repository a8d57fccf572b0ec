"""What holds of every count, looked for by Hypothesis.

Spec: counting §2.1, §4.2, §5.2, §5.3, §5.4, §6.1, §7.7.
"""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from ballot.counting import count, parse_profile, sheet
from ballot.counting.errors import UnsettledTie
from ballot.counting.events import Tie
from ballot.counting.rules import EarlierStages, Lot, Method, Rules, Stop
from ballot.counting.stages import stages
from tests.counting.boxes import NAMES
from tests.counting.naive import Tied, count_naively

# The single transferable vote and weighted sections have properties of their own (test_stv.py,
# test_weighting.py).
ONE_PLACE = (Method.PLURALITY, Method.ALTERNATIVE_VOTE)


@st.composite
def contests(draw, *, methods=ONE_PLACE, always_settled=False):
    """Names, papers by section as lists of rankings, withdrawn, and rules."""
    size = draw(st.integers(1, 5))
    ranking = st.lists(st.sampled_from(range(size)), unique=True).map(tuple)
    sections = {
        name: draw(st.lists(ranking, max_size=14)) for name in ("north", "south")
    }
    withdrawn = draw(st.sets(st.sampled_from(range(size)), max_size=size - 1))
    lot = Lot(tuple(draw(st.permutations(range(size)))))
    some = [(lot,), (EarlierStages(), lot)]
    rules = Rules(
        draw(st.sampled_from(methods)),
        draw(st.sampled_from(Stop)),
        ties=draw(st.sampled_from(some if always_settled else [*some, (), (EarlierStages(),)])),
    )
    return NAMES[:size], sections, frozenset(withdrawn), rules


def profile_of(names, sections, withdrawn):
    papers = {
        section: {ranking: rankings.count(ranking) for ranking in rankings}
        for section, rankings in sections.items()
    }
    return parse_profile(names, papers, withdrawn=withdrawn)


def outcome(names, sections, withdrawn, rules):
    """The sheet, or the tied."""
    try:
        result = count(profile_of(names, sections, withdrawn), rules)
    except UnsettledTie as tie:
        return set(tie.left_names)
    return sheet.document(result)


@given(contests())
def test_a_slow_second_count_agrees(contest):
    names, sections, withdrawn, rules = contest
    papers = [[names[c] for c in ranking] for rankings in sections.values() for ranking in rankings]
    standing = [name for c, name in enumerate(names) if c not in withdrawn]
    ties = [
        "earlier-stages" if isinstance(rule, EarlierStages) else [names[c] for c in rule.drawn]
        for rule in rules.ties
    ]

    found = outcome(*contest)

    try:
        expected = count_naively(papers, standing, method=rules.method, ties=ties, stop=rules.stop)
    except Tied as tied:
        assert found == tied.tied
    else:
        got = [
            {key: stage[key] for key in ("votes", "exhausted", "excluded")}
            for stage in found["stages"]
        ]
        assert {"valid": found["valid"], "stages": got, "elected": found["elected"]} == expected


@given(contests(always_settled=True))
def test_votes_are_conserved_at_every_stage_and_in_every_section(contest):
    names, sections, withdrawn, rules = contest

    result = count(profile_of(names, sections, withdrawn), rules)

    for stage in stages(result):
        for index, rankings in enumerate(sections.values()):
            votes = sum(row[index] for row in stage.votes)
            assert votes + stage.exhausted[index] == sum(map(bool, rankings))
    assert len(result.elected) == 1
    assert not withdrawn & set(result.elected)


@given(contests(), st.randoms(use_true_random=False))
def test_the_order_of_the_papers_makes_no_difference(contest, chance):
    names, sections, withdrawn, rules = contest
    shuffled = {name: chance.sample(papers, len(papers)) for name, papers in sections.items()}

    assert outcome(names, shuffled, withdrawn, rules) == outcome(*contest)


@given(contests(), st.integers(0, 2**32))
def test_another_order_of_candidates_with_the_same_lot_gives_the_same_result(contest, seed):
    names, sections, withdrawn, rules = contest
    new = random.Random(seed).sample(range(len(names)), len(names))
    renamed = [names[new.index(position)] for position in range(len(names))]
    moved = {name: [tuple(new[c] for c in r) for r in papers] for name, papers in sections.items()}
    ties = tuple(
        Lot(tuple(new[c] for c in rule.drawn)) if isinstance(rule, Lot) else rule
        for rule in rules.ties
    )

    before = outcome(*contest)
    after = outcome(renamed, moved, {new[c] for c in withdrawn}, replace(rules, ties=ties))

    if isinstance(before, set):
        assert after == before
    else:
        assert after["elected"] == before["elected"]
        for one, other in zip(before["stages"], after["stages"], strict=True):
            assert (one["votes"], one["exhausted"]) == (other["votes"], other["exhausted"])
            assert one["excluded"] == other["excluded"]


@given(contests(), st.integers(0, 4))
def test_a_majority_of_first_preferences_is_elected(contest, favourite):
    names, sections, withdrawn, rules = contest
    favourite %= len(names)
    assume(favourite not in withdrawn)
    against = sum(len(papers) for papers in sections.values())
    sections = sections | {"more": [(favourite,)] * (against + 1)}

    lot = Lot(tuple(range(len(names))))

    found = outcome(names, sections, withdrawn, replace(rules, ties=(lot,)))

    assert found["elected"] == [names[favourite]]


@given(contests(always_settled=True))
def test_the_same_papers_rules_and_lots_give_the_same_events(contest):
    names, sections, withdrawn, rules = contest

    first = count(profile_of(names, sections, withdrawn), rules)
    again = count(profile_of(names, sections, withdrawn), rules)

    assert first == again


@given(contests(methods=[Method.ALTERNATIVE_VOTE], always_settled=True))
def test_bulk_exclusion_and_going_on_to_two_elect_the_same_where_nobody_is_tied(contest):
    names, sections, withdrawn, rules = contest
    profile = profile_of(names, sections, withdrawn)
    counts = [
        count(profile, replace(rules, stop=stop, bulk_exclusion=bulk))
        for stop in Stop
        for bulk in (False, True)
    ]
    assume(not any(isinstance(event, Tie) for result in counts for event in result.events))

    assert len({result.elected for result in counts}) == 1
