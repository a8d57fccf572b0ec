"""Setting up: an election, its paper and its candidates, while it is a draft."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from ballot.models import Candidate, Contest
from ballot.services.publish_notice import publish_notice
from ballot.services.set_up import create_election, edit_election
from ballot.services.set_up_candidate import add_candidate, edit_candidate
from ballot.services.set_up_contest import MOST_CONTESTS, add_contest, remove_contest
from tests.ballot.factories import (
    Run,
    bring,
    code_of_refusal,
    content,
    election,
    kinds,
    now,
    recorded,
)

pytestmark = pytest.mark.django_db


def test_a_draft_is_recorded_and_says_nothing_on_the_board() -> None:
    run = election()

    assert kinds(run) == []
    done = recorded("set_up_election", subject=("election", str(run.election_id)))
    assert done == [(run.officers[0], None)] * 2


def test_two_elections_of_one_title_have_two_addresses() -> None:
    by = {"party": "The Party", "by": None, "now": now()}
    first, second, third = (
        create_election(title=title, **by) for title in ("Leader", " Leader ", "New")
    )

    slugs = [Run(one, (0, 0)).election.slug for one in (first, second, third)]
    # The desk's own page for a new election keeps its address.
    assert slugs == ["leader", "leader-2", "new-2"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"zone": "Europe/Atlantis"}, "election.no-such-zone"),
        ({"closes_at": now() - timedelta(days=9)}, "election.closes-too-soon"),
        ({"mixes_wanted": 1}, "election.too-few-mixes"),
        ({"smallest_box": 0}, "election.empty-box"),
        ({"party": "The\u200bParty"}, "text.hidden-character"),
        ({"title": "\u0958" * 61}, "text.too-long"),
        ({"helped_routes": "Ring\u202e us."}, "text.hidden-character"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(values: dict[str, object], code: str) -> None:
    run = election()
    before = run.election

    refused = code_of_refusal(lambda: edit_election(run.election_id, **run.by, **values))
    edit_election(run.election_id, **run.by, zone="Europe/Paris", smallest_box=3, mixes_wanted=3)

    assert refused == code
    assert run.election.party == before.party
    assert (run.election.zone, run.election.mixes_wanted) == ("Europe/Paris", 3)


def test_no_field_is_set_that_is_not_an_officers_to_set() -> None:
    run = election()

    for field in ("state", "demonstration", "key", "fingerprint", "slug", "roll_id"):
        with pytest.raises(TypeError, match=field):
            edit_election(run.election_id, **run.by, **{field: "x"})

    assert run.state == "draft"


def test_an_election_and_a_contest_need_titles() -> None:
    run = election()

    assert code_of_refusal(
        lambda: create_election(title="  ", party="P", by=None, now=now())
    ) == "election.no-title"
    assert code_of_refusal(
        lambda: add_contest(run.election_id, title="", method="av", **run.by)
    ) == "contest.no-title"
    assert Contest.objects.count() == 1


def test_a_paper_carries_eight_contests_and_no_more() -> None:
    run = election()
    for number in range(1, MOST_CONTESTS):
        add_contest(run.election_id, title=f"Post {number}", method="av", **run.by)

    code = code_of_refusal(
        lambda: add_contest(run.election_id, title="A ninth", method="av", **run.by)
    )

    assert code == "contest.too-many"
    assert run.election.contests.count() == MOST_CONTESTS


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"method": "av", "places": 2}, "contest.places"),
        ({"method": "stv", "places": 0}, "contest.places"),
        ({"method": "stv", "places": 2, "reopen_nominations": True}, "contest.places"),
        ({"method": "stv", "weights": {"member": 1}}, "contest.weights"),
        ({"method": "av", "weights": {"member": 0}}, "contest.weights"),
    ],
)
def test_places_and_weights_that_no_method_counts_are_refused(
    rules: dict[str, Any], code: str
) -> None:
    run = election()
    add_contest(run.election_id, title="Committee", method="stv", places=3, **run.by)
    add_contest(run.election_id, title="College", method="av", weights={"member": 2}, **run.by)

    found = code_of_refusal(
        lambda: add_contest(run.election_id, title="Other", **rules, **run.by)
    )

    assert found == code
    assert run.election.contests.count() == 3


@pytest.mark.parametrize(
    "wrong", [{"places": 2}, {"method": "stv", "weights": {"member": 1}},
              {"method": "stv", "places": 0}],
)
def test_the_database_refuses_places_and_weights_that_no_method_counts(
    wrong: dict[str, Any]
) -> None:
    contests = election().election.contests
    assert contests.update(method="stv", places=2) == 1
    contests.update(method="av", places=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        contests.update(**wrong)


def test_the_notice_waits_until_weights_name_each_section_that_may_vote() -> None:
    run = election(weights={"member": 1, "affiliated": 1})

    found = code_of_refusal(lambda: publish_notice(run.election_id, **run.by))

    assert found
    run.election.contests.update(weights={"member": 1})
    publish_notice(run.election_id, **run.by)
    assert content(run, "notice")["contests"][0]["weights"] == {"member": 1}


def test_a_contest_taken_off_the_paper_lets_the_later_ones_move_up() -> None:
    run = election(other_contests=(
        {"title": "Deputy", "candidates": ("Dot", "Eli")},
        {"title": "Treasurer", "candidates": ("Fay", "Gus"), "method": "plurality"},
    ))

    remove_contest(run.election.contests.get(title="Deputy").pk, **run.by)

    left = run.election.contests.order_by("position").values_list("position", "title")
    assert list(left) == [(0, "Leader"), (1, "Treasurer")]
    assert run.election.contests.get(title="Treasurer").max_preferences == 1


def test_a_candidates_name_stands_once_whatever_its_case_and_hides_nothing() -> None:
    run = election()
    contest = run.contest.pk

    def named(name: str) -> str:
        return code_of_refusal(lambda: add_candidate(contest, name=name, **run.by))

    assert named("ash AMIN") == "candidate.twice"
    assert named("   ") == "candidate.no-name"
    assert named("Ash\u200b Amin") == "text.hidden-character"
    # One letter when it is typed, and two in normal form.
    assert named("\u0958" * 61) == "text.too-long"
    assert Candidate.objects.count() == 3
    added = add_candidate(contest, name="  Dot   Dyer ", statement="Mine.", **run.by)
    assert Candidate.objects.get(pk=added).name == "Dot Dyer"


def test_a_candidate_is_mended_under_a_name_of_their_own() -> None:
    run = election(at="nominating")
    ash = run.contest.candidates.get(name="Ash Amin")

    code = code_of_refusal(
        lambda: edit_candidate(ash.pk, name="birch bell", statement="", **run.by)
    )
    edit_candidate(ash.pk, name="Ash Amin-Ray", statement="New words.", **run.by)

    ash.refresh_from_db()
    assert code == "candidate.twice"
    assert (ash.name, ash.statement) == ("Ash Amin-Ray", "New words.")


def test_a_photograph_is_drawn_anew_by_our_own_encoder() -> None:
    run = election()
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "red").save(out, "PNG", pnginfo=None)

    refused = code_of_refusal(
        lambda: add_candidate(run.contest.pk, name="Dot", photo=b"<svg/>", **run.by)
    )
    added = add_candidate(run.contest.pk, name="Dot", photo=out.getvalue(), **run.by)

    kept = bytes(Candidate.objects.get(pk=added).photo or b"")
    assert refused == "photograph.not-a-picture"
    assert kept[:4] == b"RIFF" and kept[8:12] == b"WEBP"


def test_the_paper_cannot_be_changed_once_the_candidates_are_named() -> None:
    run = election(at="nominating")
    contest = run.contest
    # While nominations are open, candidates come in, but the rules are the notice's.
    add_candidate(contest.pk, name="Dot", **run.by)
    acts = [
        lambda: edit_election(run.election_id, **run.by, title="Another"),
        lambda: add_contest(run.election_id, title="Deputy", method="av", **run.by),
        lambda: remove_contest(contest.pk, **run.by),
    ]
    assert [code_of_refusal(act) for act in acts] == [
        "election.wrong-state", "election.wrong-state", "contest.stands"
    ]

    bring(run, to="nominated")
    acts = [
        lambda: add_candidate(contest.pk, name="Eli", **run.by),
        lambda: edit_candidate(
            contest.candidates.get(name="Dot").pk, name="Dora", statement="", **run.by
        ),
    ]

    assert [code_of_refusal(act) for act in acts] == ["election.wrong-state"] * 2
    assert contest.candidates.count() == 4
