"""The sheet in its forms. Spec: counting §7.8, §10.1, §10.2, §10.3, §10.4, §10.5."""

from __future__ import annotations

import csv
import io
import json

from ballot.counting import count, parse_profile, parse_rules, sheet
from tests.counting.boxes import NAMES, av, box, plurality


def a_count(**rules):
    return count(box("5 Ann", "4 Bob Ann", "2 Carol Bob", "1 Carol", "2"), av(**rules))


def in_sections(**rules):
    papers = {"north": {(0,): 3, (2, 1): 1}, "south": {(1,): 3, (2,): 1}}
    return count(parse_profile(NAMES[:3], papers, title="=Chair"), av(**rules))


def test_the_json_is_the_form_of_the_specification():
    assert sheet.document(a_count()) == {
        "method": "av",
        "candidates": ["Ann", "Bob", "Carol"],
        "valid": 12,
        "stages": [
            {
                "votes": {"Ann": 5, "Bob": 4, "Carol": 3},
                "exhausted": 0,
                "excluded": ["Carol"],
                "tie": None,
            },
            {"votes": {"Ann": 5, "Bob": 6}, "exhausted": 1, "excluded": [], "tie": None},
        ],
        "elected": ["Bob"],
    }


def test_a_tie_in_the_json_says_who_was_tied_and_each_step():
    profile = box("2 Ann", "2 Bob", "1 Carol Ann", "1 Dave Bob", candidates=NAMES[:4])
    ties = ["earlier-stages", {"lot": [3, 1, 0]}]

    first, second, third = sheet.document(count(profile, av(ties=ties)))["stages"]

    lot = {"rule": "lot", "drawn": ["Dave", "Bob", "Ann"]}
    assert first["tie"] == {
        "for": "exclusion",
        "tied": ["Carol", "Dave"],
        "settled_by": "lot",
        "steps": [lot | {"left": ["Dave"]}],
        "excluded": ["Dave"],
    }
    assert second["tie"] is None
    assert third["tie"]["steps"] == [{"rule": "earlier-stages", "stage": 2, "left": ["Ann"]}]
    assert third["excluded"] == ["Ann"]


def test_a_tie_settled_by_earlier_stages_names_the_stage():
    profile = box("5 Ann", "3 Bob", "2 Carol", "1 Dave Carol", candidates=NAMES[:4])

    tie = sheet.document(count(profile, av(ties=["earlier-stages"])))["stages"][1]["tie"]

    assert tie["settled_by"] == "earlier-stages"
    assert tie["steps"] == [{"rule": "earlier-stages", "stage": 1, "left": ["Carol"]}]


def test_the_full_json_holds_the_short_one_and_the_sections():
    result = in_sections()

    short, full = sheet.document(result), json.loads(json.dumps(sheet.full_document(result)))

    for short_stage, full_stage in zip(short.pop("stages"), full["stages"], strict=True):
        assert short_stage.items() <= full_stage.items()
    assert short.items() <= full.items()
    last = full["stages"][-1]
    assert last["sections"]["south"] == {"votes": {"Ann": 0, "Bob": 3}, "exhausted": 1}
    assert last["percent"] == {"Ann": "42.9%", "Bob": "57.1%"}
    assert last["transfers"] == [
        {"from": "Carol", "to": {"Bob": 1}},
        {"from": "Carol", "exhausted": 1},
    ]
    assert last["elected_by"] == "majority"
    assert full["stages"][0]["elected_by"] is None
    assert full["percentages"] == {"base": "continuing", "words": "of continuing votes"}
    assert parse_rules(full["rules"]) == result.rules


def test_the_full_json_has_the_members_that_are_specified_and_no_others():
    # counting §10.1, §10.2
    full = sheet.full_document(in_sections())

    assert set(full) == {
        *("method", "candidates", "valid", "stages", "elected"),
        *("title", "rules", "withdrawn", "blank", "rejected", "sums_agree", "percentages"),
        "sections",
    }
    assert full["sums_agree"] is True
    for stage in full["stages"]:
        assert set(stage) == {
            *("votes", "exhausted", "excluded", "tie", "continuing_votes", "elected_by"),
            *("percent", "sections", "transfers", "sentence"),
        }


def test_papers_exhausted_at_the_first_stage_come_from_nobody():
    result = count(box("2 Ann", "1 Carol", withdrawn={2}), av())

    assert sheet.full_document(result)["stages"][0]["transfers"] == [{"from": None, "exhausted": 1}]
    assert "Withdrawn: Carol." in sheet.table(result)


def test_the_table_sets_stages_side_by_side_and_names_the_base():
    text = sheet.table(a_count())

    assert text.startswith("Alternative vote: a majority of continuing votes elects.\n")
    assert "Valid papers 12; unmarked 2; rejected 0." in text
    rows = [line.split() for line in text.splitlines()]
    assert ["Bob", "4", "33.3%", "6", "54.5%"] in rows
    assert ["Carol", "3", "25.0%", "-"] in rows
    assert ["Exhausted", "0", "1"] in rows
    assert "Percentages are of continuing votes." in text
    assert text.endswith("Elected: Bob\n")


def test_the_table_of_one_electorate_in_sections_shows_candidate_by_section_by_stage():
    text = sheet.table(in_sections())

    assert text.startswith("=Chair\n")
    rows = [line.split() for line in text.split("Stage 2 by section")[1].splitlines()]
    assert ["north", "south", "Total"] in rows
    assert ["Bob", "1", "3", "4", "57.1%"] in rows
    assert ["Exhausted", "0", "1", "1"] in rows
    assert "by section" not in sheet.table(a_count())


def test_the_other_base_is_named_and_used():
    text = sheet.table(a_count(percentages="valid"))

    assert ["Bob", "4", "33.3%", "6", "50.0%"] in [line.split() for line in text.splitlines()]
    assert "Percentages are of valid papers." in text
    assert "Percentages are of all votes." in sheet.table(count(box("1 Ann"), plurality()))


def test_of_no_votes_there_is_no_percentage():
    result = count(box("3", withdrawn={1, 2}), av())

    assert ["Ann", "0", "-"] in [line.split() for line in sheet.table(result).splitlines()]


def test_the_csv_adds_up_and_runs_no_formula():
    papers = {"north": {(0,): 3, (1,): 1}, "-south": {(1,): 3}}
    result = count(parse_profile(("=1+1", "Bob"), papers), plurality())

    rows = list(csv.DictReader(io.StringIO(sheet.csv_text(result))))

    assert rows[0] == {
        "stage": "1", "section": "north", "name": "'=1+1", "votes": "3", "percent": "", "base": ""
    }
    assert {row["section"] for row in rows} == {"north", "'-south", "Total"}
    for name in ("'=1+1", "Bob", "Exhausted"):
        votes = [int(row["votes"]) for row in rows if row["name"] == name]
        assert sum(votes[:-1]) == votes[-1]
    assert [row["base"] for row in rows if row["percent"]] == ["of all votes"] * 2


def test_the_form_of_rctab_lists_exclusions_with_their_transfers():
    profile = box("9 Ann", "8 Bob", "2 Carol Bob", "1 Carol", "2 Dave Ann", candidates=NAMES[:4])

    form = sheet.rctab(count(profile, av(bulk_exclusion=True)), contest="Chair", date="2026-11-23")

    assert form == {
        "config": {"contest": "Chair", "date": "2026-11-23"},
        "results": [
            {
                "round": 1,
                "tally": {"Ann": "9", "Bob": "8", "Carol": "3", "Dave": "2"},
                "tallyResults": [
                    {"eliminated": "Dave", "transfers": {"Ann": "2"}},
                    {"eliminated": "Carol", "transfers": {"Bob": "2", "exhausted": "1"}},
                ],
            },
            {
                "round": 2,
                "tally": {"Ann": "11", "Bob": "10"},
                "tallyResults": [{"elected": "Ann", "transfers": {}}],
            },
        ],
    }
