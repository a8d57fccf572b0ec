"""Visitors of every role, and an election's desk walked at every state: for the tests of both."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import resolve

from ballot.lifecycle import State
from ballot.models import Election
from office.models import StaffMember
from office.permissions import ACTS as TABLE
from office.permissions import Role
from office.refusal import Refusal
from tests.ballot.factories import Run, no_triggers
from tests.ballot.views.world import World
from tests.office.factories import sign_in, staff


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


def at_every_state(here: World | Run) -> Iterator[State]:
    """Set the election to each state in turn, past the trigger that knows the arrows."""
    for state in State:
        with no_triggers():
            Election.objects.filter(pk=here.election_id).update(state=state.value)
        yield state


def is_asked(visitor: Visitor, place: int, turn: int) -> bool:
    """Whether somebody who is let in is given the page at this state: the officer at every one."""
    return visitor.name == Role.RETURNING_OFFICER or place % len(State) == turn
