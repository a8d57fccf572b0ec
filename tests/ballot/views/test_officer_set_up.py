"""The pages on which an election is set up, from its title to its notice."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ballot.lifecycle import State
from ballot.models import Candidate, Contest, Election
from ballot.services.set_up_contest import add_contest
from members.services import save_rules
from tests.ballot.views.desk import photograph
from tests.ballot.views.world import AFTER_COUNT, RULES, now, world
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db


def test_an_election_is_set_up_from_nothing_to_its_notice(client: Client) -> None:
    person = officer()
    sign_in(client, person)
    rules = save_rules("Members", body=RULES, by=person.pk, now=now())

    client.post(reverse("desk_begin"), {"title": "Leader 2026", "party": "The Party"})
    election = Election.objects.get()
    page = client.get(reverse("desk_set_up", args=[election.slug]))
    for label, beside in (("Returning officer", "needed for the notice"),
                          ("The poll opens", "needed for the notice"),
                          ("Independent scrutineer", "optional")):
        assert f'{label} <span class="govuk-!-font-weight-regular">({beside})' in page.text
    # A field that is asked and not shown is a page that cannot be saved.
    for field in page.context["form"]:
        assert f'name="{field.html_name}"' in page.content.decode(), field.name
    set_up = client.post(reverse("desk_set_up", args=[election.slug]), {
        "title": "Leader 2026", "party": "The Party", "returning_officer": "Ruth Adeyemi",
        "summary": "", "zone": "Europe/London", "opens_at": "2030-06-30T09:00",
        "closes_at": "2030-07-30T12:00", "rules_id": rules,
        "helped_routes": "Ring us.", "codes_by": "server", "smallest_box": 10, "mixes_wanted": 2,
        **AFTER_COUNT,
        "ballot_of_excluded": "set-aside", "ballot_of_dead": "stands",
        "ballot_of_resigned": "stands",
    })
    client.post(reverse("desk_contest_new", args=[election.slug]), {
        "title": "Leader", "method": "av", "stop": "majority",
        "tie_rule": "earlier-stages-then-lot", "max_preferences": "", "reopen_nominations": "on",
    })
    asked = client.get(reverse("desk_contest_new", args=[election.slug])).text
    assert 'fill <span class="govuk-!-font-weight-regular">(1 where it is left empty)' in asked
    contest = Contest.objects.get()
    client.post(reverse("desk_candidate_new", args=[election.slug, contest.pk]), {
        "name": "Ash Amin", "statement": "I listen.", "photo": photograph(),
    })
    published = client.post(reverse("act_publish_notice", args=[election.slug]))

    assert set_up.status_code == published.status_code == 302
    election.refresh_from_db()
    assert election.stage is State.NOMINATING
    assert election.opens_at is not None
    # The clocks of London are an hour ahead in June.
    assert election.opens_at.isoformat() == "2030-06-30T08:00:00+00:00"
    photo = client.get(reverse("candidate_photo", args=[
        election.slug, Candidate.objects.get(name="Ash Amin").pk]))
    assert photo.headers["Content-Type"] == "image/webp"
    assert photo.content[:4] == b"RIFF"


@pytest.mark.parametrize(
    ("is_trial", "given", "sits"),
    [(True, {}, True), (True, {"has_trustees": "on"}, False), (False, {}, False)],
)
def test_the_server_sits_for_the_trustees_in_a_trial_alone_unless_there_are_some(
    client: Client, settings: Any, is_trial: bool, given: dict[str, str], sits: bool
) -> None:
    settings.DEVELOPMENT = is_trial
    sign_in(client, officer())
    page = client.get(reverse("desk_begin")).text

    client.post(reverse("desk_begin"), {"title": "Leader 2026", "party": "The Party"} | given)

    assert Election.objects.get().demonstration is sits
    assert ("Trustees hold the key, each on a machine of their own" in page) is is_trial


def test_the_rules_of_another_election_are_not_offered(client: Client) -> None:
    here = world()
    person = here.officers[0]
    save_rules("Spare rules", body=RULES, by=person.pk, now=now())
    sign_in(client, person)
    client.post(reverse("desk_begin"), {"title": "Deputy 2026", "party": "The Party"})

    page = client.get(reverse("desk_set_up", args=["deputy-2026"])).text

    assert "Spare rules, version 1" in page
    assert "Leader 2026, version 1" not in page
    assert "is not chosen yet. Choose them under “Who may vote”; or" in page
    assert f'{reverse("rules_new")}?back=/desk/elections/deputy-2026/set-up/"' in page
    chosen = client.get(reverse("desk_set_up", args=[here.slug])).text
    assert "Their page leads back here" not in chosen


def test_an_election_without_rules_of_its_own_says_that_they_are_to_be_written(
    client: Client,
) -> None:
    sign_in(client, officer())
    client.post(reverse("desk_begin"), {"title": "Deputy 2026", "party": "The Party"})

    page = client.get(reverse("desk_set_up", args=["deputy-2026"])).text

    assert "This election has no eligibility rules of its own yet." in page
    assert "Their page leads back here, to choose them." in page


def test_an_hour_that_the_clocks_jump_over_is_refused_and_nothing_is_lost(client: Client) -> None:
    here = world()
    sign_in(client, here.officers[0])
    before = here.election.opens_at

    page = client.post(reverse("desk_set_up", args=[here.slug]), {
        "title": "Kept as typed", "party": "The Party", "zone": "Europe/London",
        "opens_at": "2030-03-31T01:30", "closes_at": "2030-07-30T12:00",
        "codes_by": "server", "smallest_box": 10, "mixes_wanted": 2,
        **AFTER_COUNT,
        "ballot_of_excluded": "set-aside", "ballot_of_dead": "stands",
        "ballot_of_resigned": "stands",
    })

    assert page.status_code == 200
    assert "The clocks jump over this hour" in page.text
    assert "Kept as typed" in page.text
    assert here.election.opens_at == before


def test_after_the_notice_only_a_contest_in_which_nobody_stands_can_be_taken_off(
    client: Client,
) -> None:
    here = world()
    empty = add_contest(here.election_id, title="Treasurer", method="av", **here.by)
    here.to("nominating")
    sign_in(client, here.officers[0])
    path = reverse("desk_paper", args=[here.slug])

    before = client.get(path).text
    client.post(reverse("desk_contest_remove", args=[here.slug, empty]))
    after = client.get(path).text

    assert before.count("Take this contest off") == 1
    assert "Take this contest off" not in after
    assert here.election.contests.get().title == "Leader"
    assert "Nobody stands in Treasurer." in client.get(reverse("board", args=[here.slug])).text
