"""Every act of an election, by every role and nobody, at every state.

What each answers is worked out from the permission table and from the table of acts, and compared
with what comes. The state of one election that has been declared is set in the database to
each in turn, and whatever a request does is undone.

Who is refused is refused before a page is made, which is asked of the view itself. Who is let in is
given the whole page: an officer at every state, the other roles at one state each in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ballot.lifecycle import State
from ballot.models import Election, Entry
from ballot.views.act_table import ACTS, DeskAct, How
from office.models import Approval, AuditRecord, Job
from office.permissions import ACTS as TABLE
from tests.ballot.views.visitors import Visitor, at_every_state, is_asked, visitors
from tests.ballot.views.world import World, world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db

WRONG_STATE = "This can be done only in the state"


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written within is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def kept(here: World) -> tuple[Any, ...]:
    """What an act would leave behind."""
    rows = (Approval, Job, AuditRecord, Entry)
    return here.election.state, *(model._default_manager.count() for model in rows)


def test_every_act_pressed_by_any_role_at_any_state_is_refused_or_taken_as_the_tables_say() -> None:
    here, everybody = world().to("declared"), visitors()
    # An act of its state: nominations are taken again once their hour has passed.
    Election.objects.filter(pk=here.election_id).update(nominations_close_at=timezone.now())
    differing = {}

    for turn, state in enumerate(at_every_state(here)):
        for number, visitor in enumerate(everybody):
            for place, act in enumerate(ACTS.values()):
                if not is_asked(visitor, place + number, turn) and visitor.may(act.demands):
                    continue
                if not _answers_as_the_tables_say(act, visitor, state, here):
                    differing[state.value, visitor.name, act.name] = state in act.states

    assert differing == {}


def _answers_as_the_tables_say(
    act: DeskAct, visitor: Visitor, state: State, here: World
) -> bool:
    path = reverse(f"act_{act.name}", args=[here.slug])
    if not visitor.may(act.demands):
        return visitor.status(path, "POST") == (302 if visitor.person is None else 404)
    before = kept(here)
    with undone():
        answer = visitor.client.post(path, {})
        is_untouched = kept(here) == before
    if state in act.states:
        return WRONG_STATE not in answer.content.decode()
    return answer.status_code == 200 and is_untouched


def test_an_act_of_two_is_only_proposed_and_by_nobody_carried_out_alone() -> None:
    here = world().to("declared")
    person = Visitor("officer", here.officers[0])
    by_two = [act for act in ACTS.values() if act.how is How.BY_TWO]

    assert {act.name for act in by_two} == {
        act.name for act in ACTS.values() if TABLE[act.demands].needs_two
    }
    for state in at_every_state(here):
        for act in by_two:
            with undone():
                person.client.post(reverse(f"act_{act.name}", args=[here.slug]),
                                   {"reason": "A reason of ten letters or more."})
                assert here.election.stage is state, act.name
                assert Approval.objects.filter(act=act.name).count() <= (state in act.states)


@pytest.mark.parametrize("name", ["open_poll", "open_box", "count", "declare"])
def test_opening_counting_and_declaring_demand_that_the_officer_proves_who_they_are(
    client: Client, name: str
) -> None:
    here = world().to("declared")
    path = reverse(f"act_{name}", args=[here.slug])

    stale = sign_in(client, here.officers[0], fresh=False).post(path, {})
    fresh = sign_in(Client(), here.officers[0]).post(path, {})

    assert stale.status_code == 302
    assert stale["Location"].startswith("/accounts/")
    assert "reauthenticate" in stale["Location"]
    assert fresh.status_code == 200
    assert WRONG_STATE in fresh.text
