"""An act that cannot be taken back says so beside its button, and no other act does."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ballot.views.act_table import ACTS
from office.services.approvals import propose_act
from tests.ballot.views.world import STATES, now, world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db

UNDONE_BY = {
    "publish_candidates": "nominations are taken again",
    "reopen_nominations": "who stands is published anew",
    "freeze_roll": "the freeze is withdrawn",
    "set_key": "the ceremony is begun anew",
    "send_codes": "the freeze is withdrawn, and the codes are destroyed unsent",
    "suspend_poll": "the poll goes on",
    "resume_poll": "the poll is suspended again",
    "begin_again": "the draft is declared void",
}
"""What can be taken back, and how. Nothing undoes any other act of the table."""
FOR_GOOD = ACTS.keys() - UNDONE_BY.keys()
SAYS_SO = "cannot be taken back"


def test_it_is_known_of_every_act_whether_it_can_be_taken_back() -> None:
    said = {name for name, act in ACTS.items() if act.is_grave and SAYS_SO in act.warning}

    assert UNDONE_BY.keys() <= ACTS.keys()
    assert said == FOR_GOOD
    assert {"publish_notice", "open_poll", "close_poll", "close_poll_early", "verify_register",
            "mix_box", "open_box", "count", "declare"} <= said


def test_the_page_of_an_act_says_so_beside_its_button(client: Client) -> None:
    here = world()
    sign_in(client, here.officers[0])
    said: dict[str, bool] = {}

    for state in STATES:
        if state != "draft":
            getattr(here, f"_{state}")()
        for name, act in ACTS.items():
            if here.election.stage in act.states:
                answer = client.get(reverse(f"act_{name}", args=[here.slug]))
                if answer.context["may_go_on"]:
                    said[name] = SAYS_SO in answer.text

    assert {"publish_notice", "freeze_roll", "suspend_poll", "count", "declare"} <= said.keys()
    assert said == {name: name in FOR_GOOD for name in said}


def test_whoever_approves_it_reads_it_beside_the_button_as_well(client: Client) -> None:
    here = world().to("polling")
    first, second = here.officers[:2]
    for act in ("void_election", "suspend_poll"):
        propose_act(act, subject=("election", str(here.election_id)), by=first.pk, now=now(),
                    parameters={"reason": "A reason of ten letters or more."})

    page = sign_in(client, second).get(reverse("approvals")).text

    assert page.count("Approve and carry out") == 2
    assert page.count("Once you approve it, it cannot be taken back.") == 1
