"""A court suspends the poll and lets it go on: its order is on the board, and on the pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ballot.services.suspend_poll import resume_poll, suspend_poll
from office.models import Approval
from office.services.approvals import approve_act
from tests.ballot.factories import REASON, code_of_refusal, content, election, kinds, now
from tests.ballot.views.world import world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db

ORDER = {"court": "High Court", "dated": "2016-08-08", "reference": "[2016] EWHC 2058 (QB)"}
IN_WORDS = "By order of High Court of 8 August 2016, [2016] EWHC 2058 (QB)."


def test_an_order_suspends_the_poll_and_another_lets_it_go_on() -> None:
    run = election(at="polling")
    lifted = {**ORDER, "dated": "2016-08-12", "reference": "[2016] EWCA Civ 817"}

    suspend_poll(run.election_id, reason=REASON, order=ORDER, **run.by_two)
    resume_poll(run.election_id, reason=REASON, order=lifted, **run.by_two)

    assert content(run, "suspension") == {"order": ORDER, "reason": REASON}
    assert content(run, "resumption")["order"] == lifted
    assert run.state == "polling"


def test_without_a_court_the_board_says_that_there_is_no_order() -> None:
    run = election(at="polling")

    suspend_poll(run.election_id, reason=REASON, **run.by_two)

    assert content(run, "suspension") == {"order": None, "reason": REASON}


@pytest.mark.parametrize(
    ("part", "text", "code"),
    [
        ("court", " ", "order.incomplete"),
        ("reference", "x" * 201, "order.incomplete"),
        ("court", "High\u200b Court", "text.hidden-character"),
        ("dated", "2999-01-01", "order.not-yet-made"),
    ],
)
def test_an_order_that_is_not_whole_is_refused_and_the_poll_stays_open(
    part: str, text: str, code: str
) -> None:
    run = election(at="polling")
    before = kinds(run)

    def suspend(order: dict[str, str]) -> None:
        suspend_poll(run.election_id, reason=REASON, order=order, **run.by_two)

    assert code_of_refusal(lambda: suspend({**ORDER, part: text})) == code
    assert (run.state, kinds(run)) == ("polling", before)
    suspend(ORDER)

    assert run.state == "suspended"


def test_both_officers_and_every_elector_read_whose_order_it_is(client: Client) -> None:
    here = world().to("polling")
    sign_in(client, here.officers[0])
    act = reverse("act_suspend_poll", args=[here.slug])

    half = client.post(act, {"reason": REASON, "court": "High Court"})
    ahead = client.post(act, {"reason": REASON, **ORDER, "dated": "2999-01-01"})
    client.post(act, {"reason": REASON, **ORDER})
    approval = Approval.objects.get()
    approve_act(approval.pk, by=here.officers[1].pk, now=now())
    pages = [client.get(reverse(name, args=[here.slug])).text
             for name in ("booth", "election", "board")]

    assert "all three, or none" in half.text
    assert "date lies ahead" in ahead.text
    assert approval.sentence.endswith(IN_WORDS)
    assert [IN_WORDS in page for page in pages] == [True, True, True]
    assert "stays good" in pages[0]
