"""The desk offers an act of exactly those elections of which its service takes it.

The state of one election that has been declared is set in the database to each in turn, now and
after all its days, with post and without; of each act it is asked whether the desk offers it, and
then the service itself is called, and whatever it does is undone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from ballot.models import Election, Envelope
from ballot.sealing.postal import make_barcode
from ballot.services.suspend_poll import suspend_poll
from ballot.views.act_table import ACTS, DeskAct, How, besides_business
from office.acts import registered_act
from office.models import Approval
from office.refusal import Refusal
from office.services.approvals import approve_act
from tests.ballot.factories import no_triggers
from tests.ballot.views.visitors import at_every_state
from tests.ballot.views.world import World, named, now, world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db

REASON = "A reason of ten letters or more."
OF_THE_STATE = {
    "archive.may-be-challenged", "again.begun", "again.nothing", "destruction.kept-by-notice",
    "destruction.ordered", "destruction.twice", "election.wrong-state", "envelope.not-offered",
    "names.drawn", "names.not-by-lot", "poll.closed", "poll.extend-first", "post.accounted",
    "post.none", "post.not-opened", "post.opened",
}
"""What a service refuses an election for as it stands, whatever is given to it."""
SAME = {
    "election.no-such-move": "election.wrong-state",
    "destruction.not-archived": "election.wrong-state",
}
"""A service may leave its state to the table of arrows, or refuse it in words of its own."""


def given(act: DeskAct) -> dict[str, Any]:
    """What an act is given, as far as it is asked for."""
    own: dict[str, dict[str, Any]] = {
        "amend_notice": {"changes": {"complaints": "Write to the panel."}},
        "correct_candidate": {"candidate": named("Ash Amin").pk, "statement": "Ash hears.",
                              "without_photograph": False},
        "draw_names": {"seed": "26143 55216", "source": "Dice, before the agents."},
        "extend_poll": {"closes_at": (now() + timedelta(days=900)).isoformat()},
        "issue_envelopes": {"electors": []},
        "set_key": {"trustees": [SimpleNamespace(name="Ann"), SimpleNamespace(name="Ben")],
                    "quorum": 2},
    }
    with_reason = "reason" in getattr(act.form, "base_fields", {})
    return own.get(act.name, {}) | ({"reason": REASON} if with_reason else {})


def refusal_of(asked: Callable[[], object]) -> str:
    """The code of the refusal, or nothing; what falls in any other way has passed the state."""
    with undone():
        try:
            with transaction.atomic():
                asked()
        except Refusal as refusal:
            return SAME.get(refusal.code, refusal.code)
        except Exception as fallen:  # A state that was only set lacks what led to it.
            assert not isinstance(fallen, TypeError), fallen
    return ""


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written within is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def service(act: DeskAct, here: World, moment: datetime) -> Callable[[], object]:
    """The act's service, ready to be called of this election."""
    first, second = (officer.pk for officer in here.officers)
    if act.how is How.BY_TWO:
        return lambda: registered_act(act.name).function(
            str(here.election_id), by=first, seconded_by=second, now=moment, **given(act)
        )
    run = act.run
    assert run is not None
    return lambda: run(here.election_id, first, moment, given(act))


def with_post(here: World) -> None:
    """Have one envelope issued."""
    Election.objects.filter(pk=here.election_id).update(postal_papers=True)
    Envelope.objects.create(election=here.election, roll_entry=here.entries()[0],
                            barcode=make_barcode(rng=os.urandom))


def after_the_close(here: World) -> None:
    """Have the envelopes opened, once the hour of the close has passed."""
    Election.objects.filter(pk=here.election_id).update(
        envelopes_opened_at=now(), opens_at=now() - timedelta(days=2),
        closes_at=now() - timedelta(seconds=1),
    )


def test_the_desk_offers_what_the_service_takes_and_nothing_else() -> None:
    here = world().to("declared")
    in_time = now()

    for moment, prepare in (
        (in_time, None), (in_time + timedelta(days=8), with_post),
        (in_time + timedelta(days=800), after_the_close),
    ):
        if prepare is not None:
            with no_triggers():
                prepare(here)
        differing, offered, asked = compared(here, moment)
        assert differing == {}
        assert 0 < offered < asked


def compared(here: World, moment: datetime) -> tuple[dict[tuple[str, str], Any], int, int]:
    """Where desk and service differ, how many acts are offered, and how many were asked."""
    differing, offered, asked = {}, 0, 0
    for state in at_every_state(here):
        for act in ACTS.values():
            if act.how is How.BY_JOB:
                continue
            desk = refusal_of(partial(act.require, here.election, now=moment))
            taken = refusal_of(service(act, here, moment))
            asked, offered = asked + 1, offered + (not desk)
            if desk != taken and (desk or taken in OF_THE_STATE):
                differing[state.value, act.name] = desk, taken
    return differing, offered, asked


def test_the_desk_says_what_a_suspended_poll_needs_before_it_goes_on() -> None:
    here = world().to("polling")
    client = sign_in(Client(), here.officers[0])

    def told() -> list[str]:
        return [client.get(reverse(name, args=[here.slug])).text
                for name in ("desk_election", "desk_timetable")]

    before = told()
    suspend_poll(here.election_id, reason=REASON, **here.by_two)
    in_time = told()
    Election.objects.filter(pk=here.election_id).update(
        opens_at=now() - timedelta(days=2), closes_at=now() - timedelta(seconds=1)
    )
    late, go_on = told(), client.get(reverse("act_resume_poll", args=[here.slug])).text

    assert not any("The poll is suspended" in page for page in before)
    assert all("its close does not move by itself" in page for page in in_time)
    assert all("its close has passed" in page for page in late)
    assert reverse("act_extend_poll", args=[here.slug]) in late[0]
    assert "Extend it first" in go_on and ACTS["resume_poll"].button not in go_on


@pytest.mark.parametrize("state", ["closed", "counted"])
def test_what_the_notice_says_may_be_amended_until_the_result_is_declared(state: str) -> None:
    here = world().to(state)
    client = sign_in(Client(), here.officers[0])
    path = reverse("act_amend_notice", args=[here.slug])
    form = client.get(path).context["form"]
    as_it_is = {name: form[name].value() or "" for name in form.fields}

    offered = path in client.get(reverse("desk_election", args=[here.slug])).text
    client.post(path, {**as_it_is, "complaints": "Write to the panel.", "reason": REASON})
    approve_act(Approval.objects.get().pk, by=here.officers[1].pk, now=now())

    assert offered
    assert here.election.complaints == "Write to the panel."


def test_an_act_that_the_state_allows_and_the_service_would_refuse_is_not_offered() -> None:
    here = world().to("declared")
    client = sign_in(Client(), here.officers[0])
    dashboard, archive = (
        reverse(name, args=[here.slug]) for name in ("desk_election", "act_archive_election")
    )

    before = client.get(dashboard).text, client.get(archive), client.post(archive, {})
    after = {act.name for act in besides_business(here.election, now=now() + timedelta(days=60))}

    assert archive not in before[0]
    assert "may still be challenged" in before[1].text
    assert ACTS["archive_election"].button not in before[1].text
    assert "may still be challenged" in before[2].text
    assert not Approval.objects.exists()
    assert "archive_election" in after
