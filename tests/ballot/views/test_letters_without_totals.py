"""Letters whose number says who has voted: no page tells it while the poll goes on."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from ballot.letters import TELLS_OF_VOTES
from ballot.services.codes import PURPOSE as VOTING_CODE
from ballot.services.codes import PURPOSE_ADDED as CODE_ADDED
from ballot.services.suspend_poll import suspend_poll
from office.models import Dispatch, Job, Letter
from office.permissions import ACTS
from office.services.dispatches import release_letters
from office.services.letters import prepare_dispatch, queue_letters
from tests.ballot.views.world import World, now, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


def made(here: World, purpose: str) -> Dispatch:
    """1,234 letters, of which 3 are held and one came back, and their job half done."""
    assert here.election.roll is not None
    dispatch = prepare_dispatch(purpose, reference=here.election.roll.public_id, tranche_size=7)
    queue_letters(dispatch.pk, ((f"{purpose}-{n}", None) for n in range(1234)))
    letters = Letter.objects.filter(dispatch=dispatch, recipient__startswith=purpose)
    ids = list(letters.order_by("pk").values_list("pk", flat=True)[:1231])
    Letter.objects.filter(pk__in=ids).update(state="handed_over", delivery="delivered")
    Letter.objects.filter(pk=ids[0]).update(delivery="bounced")
    letters.exclude(pk__in=ids).update(state="held", held_because="refused")
    job = release_letters(dispatch.pk, by=None, now=now())
    Job.objects.filter(pk=job.pk).update(done=1231, total=1234)
    return dispatch


def pages(dispatch: Dispatch) -> list[str]:
    """The pages of these letters and of their job, to each role that sees them."""
    job = Job.objects.get(subject_kind="dispatch", subject_id=str(dispatch.pk))
    shown = []
    for role in ACTS["see_letters"].roles:
        client = sign_in(Client(), staff(role))
        asked = [reverse("dispatches"), reverse("dispatch", args=[dispatch.pk])]
        if role in ACTS["see_job"].roles:
            asked += [reverse(name, args=[job.pk]) for name in ("job", "job_fragment", "job_json")]
        shown += [client.get(path).text for path in asked]
    return shown


def tells(page: str) -> bool:
    return re.search(r'1,23[0-4]|"(done|total)": 123|tranche 177', page) is not None


@pytest.mark.parametrize("purpose", TELLS_OF_VOTES)
def test_letters_that_tell_of_votes_have_no_totals_before_the_close(purpose: str) -> None:
    here = world().to("polling")
    dispatch = made(here, purpose)

    polling = pages(dispatch)
    suspend_poll(here.election_id, reason="A court has ordered it.", **here.by_two)
    suspended = pages(dispatch)

    assert not any(map(tells, polling + suspended))
    listed, page = polling[:2]
    assert "Not told before the close" in listed and ">3</td>" in listed
    assert "Sending" in page and '<dd class="app-figures__value">3</dd>' in page
    assert "Look at the held letters" in page and "Look at the letters that came back" in page


def test_their_totals_are_told_after_the_close_and_of_letters_to_everybody_at_once() -> None:
    here = world().to("polling")
    codes, added = made(here, VOTING_CODE), made(here, CODE_ADDED)
    during = pages(codes)

    here._closed()

    assert all(map(tells, during + pages(added)))
