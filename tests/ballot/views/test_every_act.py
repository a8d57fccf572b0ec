"""Every act of an election and every page of its desk, by every role and nobody, at every state.

What each answers is worked out from the permission table and from the table of acts, and compared
with what comes. One election that has been declared has everything that a page could show; its
state is then set in the database to each in turn, and whatever a request does is undone.

Who is refused is refused before a page is made, which is asked of the view itself. Who is let in is
given the whole page: an officer at every state, the other roles at one state each in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from ballot.lifecycle import State
from ballot.models import Candidate, Election, Entry
from ballot.views.act_table import ACTS, DeskAct, How
from office.models import Approval, AuditRecord, Job, StaffMember
from office.permissions import ACTS as TABLE
from office.permissions import Role
from office.refusal import Refusal
from tests.ballot.factories import no_triggers
from tests.ballot.views.world import World, world
from tests.office.factories import sign_in, staff
from tests.office.urls import Route, routes

pytestmark = pytest.mark.django_db

HERE = "desk/elections/<slug:slug>/"
WRONG_STATE = "This can be done only in the state"
# What this election has none of, an outside issuer among it: nobody finds a page there, whatever
# their role.
ABSENT = ("<int:decision_id>", "<int:bulk_id>", f"{HERE}issuer/")


class Visitor:
    """Somebody of a role, signed in and freshly proved; or nobody."""

    def __init__(self, name: str, person: StaffMember | None) -> None:
        self.name, self.person, self.client = name, person, Client()
        self.roles = person and frozenset(Role(one.name) for one in person.groups.all())
        self.is_authorised = not name.endswith("without authority")
        if person:
            sign_in(self.client, person)

    def status(self, path: str, method: str = "GET") -> int:
        """What the view answers, without the page around a refusal."""
        request = RequestFactory().generic(method, path)
        request.user = self.person or AnonymousUser()
        found = resolve(path)
        try:
            return int(found.func(request, *found.args, **found.kwargs).status_code)
        except (Http404, Refusal) as refused:
            return int(getattr(refused, "status", 404))

    def may(self, act: str) -> bool:
        """What the permission table says, read here and not by the code that is tested."""
        row = TABLE[act]
        return bool(self.roles and self.roles & row.roles) and (
            self.is_authorised or not row.on_authority
        )


def visitors() -> list[Visitor]:
    deputy = staff(Role.DEPUTY, is_authorised=False)
    return [
        Visitor("nobody", None),
        Visitor("deputy without authority", deputy),
        *(Visitor(role.value, staff(role)) for role in Role),
    ]


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written within is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def at_every_state(here: World) -> Iterator[State]:
    """Set the election to each state in turn, past the trigger that knows the arrows."""
    for state in State:
        with no_triggers():
            Election.objects.filter(pk=here.election_id).update(state=state.value)
        yield state


def desk_routes() -> list[Route]:
    return [route for route in routes() if route.pattern.startswith(HERE)]


def address(route: Route, here: World) -> str:
    """A route's address with what this election has."""
    candidate = Candidate.objects.filter(contest__election=here.election_id).earliest("pk")
    given = {
        "<slug:slug>": here.slug,
        "<int:contest_id>": str(candidate.contest_id),
        "<int:candidate_id>": str(candidate.pk),
        "<int:number>": "1",
        "<int:decision_id>": str(10**9),
        "<int:bulk_id>": str(10**9),
    }
    path = "/" + route.pattern
    for name, value in given.items():
        path = path.replace(name, value)
    assert "<" not in path, f"{route.pattern}: say in this test what stands there"
    return path


def kept(here: World) -> tuple[Any, ...]:
    """What an act would leave behind."""
    rows = (Approval, Job, AuditRecord, Entry)
    return here.election.state, *(model._default_manager.count() for model in rows)


def is_asked(visitor: Visitor, place: int, turn: int) -> bool:
    """Whether somebody who is let in is given the page at this state: the officer at every one."""
    return visitor.name == Role.RETURNING_OFFICER or place % len(State) == turn


def is_let_in(route: Route, visitor: Visitor) -> bool:
    return visitor.may(route.act or "") and not any(one in route.pattern for one in ABSENT)


def test_every_page_of_the_desk_is_closed_to_whom_the_table_does_not_name() -> None:
    here, everybody = world().to("declared"), visitors()
    pages = [(route, address(route, here)) for route in desk_routes()]
    differing = {}

    for state in at_every_state(here):
        for visitor in everybody:
            expected = 302 if visitor.person is None else 404
            for route, path in pages:
                if visitor.may(route.act or ""):
                    continue
                status = visitor.status(path)
                if status != expected:
                    differing[state.value, visitor.name, route.pattern] = status

    assert len(pages) > 40
    assert differing == {}


def test_every_page_of_the_desk_opens_at_every_state_to_whom_the_table_names() -> None:
    here, everybody = world().to("declared"), visitors()
    pages = [(route, address(route, here)) for route in desk_routes()]
    differing = {}

    for turn, state in enumerate(at_every_state(here)):
        for place, (route, path) in enumerate(pages):
            for number, visitor in enumerate(everybody):
                if not is_asked(visitor, place + number, turn) or not is_let_in(route, visitor):
                    continue
                status = visitor.client.get(path).status_code
                if status not in {200, 405}:
                    differing[state.value, visitor.name, route.pattern] = status

    assert differing == {}


def test_every_act_pressed_by_any_role_at_any_state_is_refused_or_taken_as_the_tables_say() -> None:
    here, everybody = world().to("declared"), visitors()
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
