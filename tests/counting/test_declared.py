"""Real contests, counted again. Figures and their sources: tests/elections/README.md.

Spec: counting §1, §4.3, §5.1, §7.8, §12.2, §12.4.
"""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path

import pytest

from ballot.counting import count, parse_profile, sheet
from ballot.counting.blt import parse_blt
from ballot.counting.figures import rounded
from ballot.counting.papers_csv import parse_papers_csv
from ballot.counting.rules import Base
from ballot.counting.shown import percent
from ballot.counting.stages import stages
from tests.counting.boxes import av, papers_giving, plurality

ELECTIONS = Path(__file__).parent.parent / "elections"
CONTESTS = json.loads((ELECTIONS / "declared-results.json").read_text())
DECLARED = {contest["id"]: contest for contest in CONTESTS}
WITH_STAGES = ["labour-2015-deputy", "labour-2020-deputy", "plaid-2018-leader"]
BY_SECTION = ["labour-2016-leader", "labour-2015-leader", "labour-2020-leader"]


def published(contest):
    """The published stages in the form of the sheet."""
    return [
        {
            "votes": {name: votes for name, votes in stage.items() if name != "exhausted"},
            "exhausted": stage.get("exhausted", 0),
        }
        for stage in DECLARED[contest]["stages"]
    ]


def counted(document):
    return [{"votes": s["votes"], "exhausted": s["exhausted"]} for s in document["stages"]]


@pytest.mark.parametrize("contest", ["snp-2023-leader", "labour-2010-parliamentary"])
def test_a_complete_box_gives_every_published_stage(contest):
    profile = parse_blt((ELECTIONS / DECLARED[contest]["papers"]).read_bytes())

    document = sheet.document(count(profile, av()))

    assert counted(document) == published(contest)
    assert document["elected"] == [DECLARED[contest].get("declared", "David Miliband")]
    assert document["valid"] == sum(published(contest)[0]["votes"].values())


@pytest.mark.parametrize("contest", WITH_STAGES)
def test_papers_made_from_published_stages_give_those_stages_and_the_declared_winner(contest):
    names, papers = papers_giving(DECLARED[contest]["stages"])

    document = sheet.document(count(parse_profile(names, {"all": papers}), av()))

    assert counted(document) == published(contest)
    assert document["elected"] == [DECLARED[contest]["declared"]]


def test_the_published_first_and_last_stage_of_the_greens_are_given_and_both_percentages():
    names, papers = papers_giving(DECLARED["green-2020-leader"]["stages"])

    result = count(parse_profile(names, {"all": papers}), av())

    first, *_, last = counted(sheet.document(result))
    assert [first, last] == published("green-2020-leader")
    winner = names.index("Bartley and Berry")
    # 4,238 of 7,358 is 57.597 %; the party's page cut it to 57.5 %.
    assert percent(stages(result)[-1].share(winner, Base.VALID)) == "57.6%"
    assert percent(stages(result)[-1].share(winner, Base.CONTINUING)) == "61.8%"
    assert sheet.document(result)["stages"][0]["excluded"] == ["RON"]


@pytest.mark.parametrize("contest", BY_SECTION)
@pytest.mark.parametrize("rules", [av(), plurality()])
def test_sections_and_their_total_are_as_declared_at_the_only_stage(contest, rules):
    declared = DECLARED[contest]
    names = tuple(declared["votes"])
    papers = {
        section: {(names.index(name),): votes[index] for name, votes in declared["votes"].items()}
        for index, section in enumerate(declared["sections"])
    }

    result = count(parse_profile(names, papers), rules)

    (stage,) = sheet.full_document(result)["stages"]
    for index, section in enumerate(declared["sections"]):
        of_section = {name: votes[index] for name, votes in declared["votes"].items()}
        assert stage["sections"][section]["votes"] == of_section
    assert stage["votes"] == {name: sum(votes) for name, votes in declared["votes"].items()}
    assert result.valid == declared["valid"]
    assert [names[winner] for winner in result.elected] == [declared["declared"]]


def test_the_box_of_2016_is_counted_from_its_file_by_section():
    profile = parse_papers_csv((ELECTIONS / "labour-2016-leader.csv").read_bytes())

    result = count(profile, plurality())

    declared = DECLARED["labour-2016-leader"]
    (stage,) = stages(result)
    assert result.sections == tuple(declared["sections"])
    assert dict(zip(result.candidates, map(list, stage.votes), strict=True)) == declared["votes"]
    assert [percent(stage.share(c, Base.VALID)) for c in (0, 1)] == ["61.8%", "38.2%"]


def test_in_2015_members_alone_would_not_have_given_a_majority():
    votes = DECLARED["labour-2015-leader"]["votes"]
    members = {(index,): votes[name][0] for index, name in enumerate(votes)}

    result = count(parse_profile(tuple(votes), {"members": members}), av())

    first = sheet.document(result)["stages"][0]
    assert first["excluded"] == ["Liz Kendall"]
    assert percent(stages(result)[0].share(0, Base.VALID)) == "49.6%"


def test_the_first_stage_of_2010_is_given_by_section_and_unweighted_in_total():
    declared = DECLARED["labour-2010-leader-college"]
    votes = declared["votes_stage_1"]
    names = tuple(votes)
    papers = {
        section: {(names.index(name),): votes[name][index] for name in names}
        for index, section in enumerate(declared["sections"])
    }

    result = count(parse_profile(names, papers), plurality())

    (stage,) = stages(result)
    assert dict(zip(names, map(list, stage.votes), strict=True)) == votes
    assert stage.total(names.index("Ed Miliband")) > stage.total(names.index("David Miliband"))
    assert stage.continuing_votes == 338374


def test_the_college_of_2010_is_counted_stage_by_stage_and_the_leader_at_first_loses():
    declared = DECLARED["labour-2010-leader-college"]
    profile = parse_papers_csv((ELECTIONS / declared["papers"]).read_bytes())
    thirds = dict.fromkeys(declared["sections"], 1)

    result = count(profile, av(weights=thirds))

    first, *between, last = sheet.document(result)["stages"]
    whole = {name: Fraction(share) for name, share in first["weighted"].items()}
    assert whole == {n: Fraction(str(s)) for n, s in declared["shares_percent"][0].items()}
    assert last["weighted"] == {"Ed Miliband": "50.653", "David Miliband": "49.347"}
    shares = [
        {name: percent(Fraction(figure) * Fraction(1, 100)).removesuffix("%")
         for name, figure in stage["weighted"].items()}
        for stage in between
    ]
    assert shares == declared["stages_percent"]
    by_section = sheet.full_document(result)["stages"][-1]["sections"]
    for index, section in enumerate(declared["sections"]):
        of_section = {n: votes[index] for n, votes in declared["votes_stage_4"].items()}
        assert by_section[section]["votes"] == of_section
    leader = max(whole, key=whole.__getitem__)
    assert (leader, result.candidates[result.elected[0]]) == ("David Miliband", "Ed Miliband")
    assert sum(last["votes"].values()) == 175519 + 147220


def test_each_published_stage_of_canada_sums_and_is_rounded_so_again():
    declared = DECLARED["cpc-2020-leader"]
    for stage in declared["stages_points"]:
        points = [Fraction(figure) for figure in stage.values()]
        assert sum(points) == 100 * declared["ridings"]
        assert rounded(points, 2) == tuple(stage.values())


def test_papers_made_for_338_ridings_sum_to_33800_points_at_every_stage():
    names = tuple(DECLARED["cpc-2020-leader"]["stages_points"][0])
    chance = random.Random("338 ridings")
    ridings = {}
    for number in range(338):
        papers = {}
        for _ in range(chance.randint(3, 40)):
            ranking = tuple(chance.sample(range(4), chance.randint(1, 4)))
            papers[ranking] = papers.get(ranking, 0) + chance.randint(1, 9)
        ridings[f"riding {number}"] = papers | {(0, 1, 2, 3): 1}
    lot = {"lot": [0, 1, 2, 3]}

    shown = sheet.document(
        count(parse_profile(names, ridings), av(points=100, stop="two", ties=[lot]))
    )["stages"]

    assert len(shown) == 3
    for stage in shown:
        assert sum(Fraction(figure) for figure in stage["weighted"].values()) == 33800


def test_two_contests_on_one_paper_of_2020_have_valid_totals_of_their_own():
    votes = DECLARED["labour-2020-leader"]["votes"]
    of_leader = {(index,): sum(votes[name]) for index, name in enumerate(votes)}
    names, of_deputy = papers_giving(DECLARED["labour-2020-deputy"]["stages"])

    leader = count(parse_profile(tuple(votes), {"all": of_leader}), av())
    deputy = count(parse_profile(names, {"all": of_deputy}), av())

    assert leader.valid - deputy.valid == 29589
    assert [leader.candidates[c] for c in leader.elected] == ["Keir Starmer"]
    assert [names[c] for c in deputy.elected] == ["Angela Rayner"]


def test_rejected_papers_are_counted_apart_as_in_2022():
    declared = DECLARED["conservative-2022-leader"]
    names = tuple(declared["votes"])
    papers = {"members": {(i,): declared["votes"][name] for i, name in enumerate(names)}}

    profile = parse_profile(names, papers, rejected={"members": declared["rejected"]})
    result = count(profile, plurality())

    assert result.rejected == 654
    assert result.valid == sum(declared["votes"].values()) == 141725
    assert [names[winner] for winner in result.elected] == [declared["declared"]]
