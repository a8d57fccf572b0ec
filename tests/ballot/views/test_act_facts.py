"""The page of an act gives the figures that it rests on, and leads whoever approves it there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import Election
from ballot.services.take_snapshot import take_snapshot
from ballot.times import in_zone
from members import services
from office.permissions import Role
from office.services.approvals import propose_act
from tests.ballot.views.world import World, now, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db

REASON = {"reason": "A reason of ten letters or more."}


def facts(here: World, act: str) -> dict[str, str]:
    """The rows of an act's page, as the second officer reads them: each value by its name."""
    page = sign_in(Client(), here.officers[1]).get(reverse(f"act_{act}", args=[here.slug]))
    for row in page.context["facts"]:
        assert row["value"] in page.text and row["url"] in page.text
    return {row["name"]: row["value"] for row in page.context["facts"]}


def close_of(here: World) -> str:
    closes_at = here.election.closes_at
    assert closes_at is not None
    return in_zone(closes_at, "Europe/London")


def test_a_freeze_shows_the_list_the_rules_and_what_a_trial_of_them_found() -> None:
    here = world().to("nominated")
    rules = here.election.rules
    assert rules is not None

    untried = facts(here, "freeze_roll")
    run = services.request_dry_run(rules.pk, by=None, now=now())
    services.work_dry_run(run, now=now())
    tried = facts(here, "freeze_roll")

    assert untried == {
        "On the membership list now": "8", "Who may vote": str(rules),
        "How many these rules admit": "They have not been tried.",
    }
    assert tried["How many these rules admit"].startswith("8, when they were last tried: ")
    second = sign_in(Client(), here.officers[1])
    assert second.get(reverse("dry_run", args=[run])).status_code == 200


def test_an_opening_shows_the_roll_how_many_letters_go_and_the_close() -> None:
    here = world().to("coded")

    shown = facts(here, "open_poll")

    assert shown == {
        "Electors on the roll": "8", "Letters with a voting code that wait": "8",
        "The close, as it stands now": close_of(here),
    }


@pytest.mark.parametrize("act", ["close_poll_early", "void_election"])
def test_what_ends_a_poll_shows_no_newer_turnout_than_everybody_is_shown(act: str) -> None:
    here = world().to("polling")
    first, second = here.entries()[:2]
    here.cast(first, (0,))
    before = facts(here, act)
    take_snapshot(here.election, now=now())
    here.cast(second, (1,))

    shown = facts(here, act)

    assert before["Ballots cast"] == "Not counted yet"
    assert shown["Ballots cast"].startswith("1, as counted on ")
    assert shown["Electors on the roll"] == "8"
    assert shown["The close, as it stands now"] == close_of(here)


@pytest.mark.parametrize("act", ["extend_poll", "suspend_poll", "close_poll"])
def test_what_moves_or_stops_a_poll_names_its_present_close(act: str) -> None:
    here = world().to("polling")

    assert facts(here, act) == {"The close, as it stands now": close_of(here)}


def test_an_extension_is_proposed_with_the_close_that_it_moves(client: Client) -> None:
    here = world().to("polling")
    sign_in(client, here.officers[0])
    later = (now() + timedelta(days=9)).isoformat()

    form = client.get(reverse("act_extend_poll", args=[here.slug])).context["form"]
    proposal = propose_act("extend_poll", subject=("election", str(here.election_id)),
                           by=here.officers[0].pk, now=now(),
                           parameters={"closes_at": later, **REASON})

    assert f"The close, as it stands now: {close_of(here)}." in form["closes_at"].help_text
    assert f"and not on {close_of(here)}." in proposal.sentence


@pytest.mark.parametrize(
    ("at", "act", "given"),
    [
        ("nominated", "freeze_roll", {}), ("frozen", "withdraw_freeze", REASON),
        ("coded", "open_poll", {}), ("polling", "close_poll_early", REASON),
        ("polling", "void_election", REASON),
    ],
)
def test_whoever_approves_is_led_to_the_figures(
    client: Client, at: str, act: str, given: dict[str, str]
) -> None:
    here = world().to(at)
    propose_act(act, subject=("election", str(here.election_id)), by=here.officers[0].pk,
                now=now(), parameters=given)

    page = sign_in(client, here.officers[1]).get(reverse("approvals")).text

    url = reverse(f"act_{act}", args=[here.slug])
    assert f'<a class="govuk-link" href="{url}">Read what would change</a>' in page
    assert facts(here, act)


def test_who_may_not_open_the_page_of_an_act_reads_its_proposal_without_a_way_there(
    client: Client,
) -> None:
    here = world().to("coded")
    proposal = propose_act("open_poll", subject=("election", str(here.election_id)),
                           by=here.officers[0].pk, now=now())
    scrutineer = sign_in(client, staff(Role.SCRUTINEER))

    watched = scrutineer.get(reverse("approvals")).text
    decided = sign_in(Client(), here.officers[1]).get(reverse("approvals")).text

    assert proposal.sentence in watched and proposal.sentence in decided
    assert "Read what would change" in decided and "Read what would change" not in watched
    assert scrutineer.get(reverse("act_open_poll", args=[here.slug])).status_code == 404


def test_a_notice_whose_opening_has_passed_says_so_before_it_goes_out(client: Client) -> None:
    here = world()
    sign_in(client, here.officers[0])
    path = reverse("act_publish_notice", args=[here.slug])

    late = client.get(path).text
    Election.objects.filter(pk=here.election_id).update(opens_at=now() + timedelta(days=1))
    in_time = client.get(path).text

    assert "The notice gives hours that have passed already: “The poll opens” on" in late
    assert "have passed already" not in in_time
