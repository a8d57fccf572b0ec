"""A proposal that the election has overtaken: said at once, waiting for nobody, removed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import Election
from ballot.services.amend_notice import amend_notice
from ballot.services.close_poll import close_poll_early
from ballot.services.withdraw_candidate import withdraw_candidate
from office.models import Approval
from office.refusal import Refusal
from office.services.approvals import approve_act, propose_act, why_not
from tests.ballot.views.world import World, named, now, world
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db

REASON = "A reason of ten letters or more."
OVER = "This can no longer be carried out."


def proposed(here: World, act: str, **given: object) -> Approval:
    return propose_act(act, subject=("election", str(here.election_id)), by=here.officers[0].pk,
                       now=now(), parameters=given)


def told(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).text


def test_what_the_close_overtook_is_said_on_every_page_and_no_longer_counted() -> None:
    here = world().to("polling")
    later = (now() + timedelta(days=9)).isoformat()
    overtaken = proposed(here, "extend_poll", closes_at=later, reason=REASON)
    proposed(here, "void_election", reason=REASON)
    one, two = (sign_in(Client(), officer) for officer in here.officers)
    before = told(two, "desk"), told(two, "approvals"), told(one, "desk_election", here.slug)

    close_poll_early(here.election_id, reason=REASON, **here.by_two)
    desk, approvals = told(two, "desk"), told(two, "approvals")
    own, dashboard = told(one, "approvals"), told(one, "desk_election", here.slug)
    act = told(one, "act_extend_poll", here.slug)

    assert "2 proposals wait for a second officer" in before[0]
    assert "You can decide 2 of them." in before[0]
    assert before[1].count("Approve and carry out") == 2 and OVER not in before[1] + before[2]
    assert "1 proposal waits for a second officer" in desk
    assert "You can decide it." in desk and "You can decide" not in told(one, "desk")
    assert "1 proposal can no longer be carried out" in desk
    assert approvals.count("Approve and carry out") == 1
    assert OVER not in dashboard
    assert "1 proposal of this election can no longer be carried out, and is to be rem" in dashboard
    assert "2 proposals of this election" not in dashboard and "no longer" not in before[2]
    for page in (approvals, own, act):
        assert page.count(OVER) == page.count("What was proposed:") == 1
        assert "The election stands at “Poll closed”." in page
    assert reverse("approve", args=[overtaken.pk]) not in approvals
    assert "Remove it" in approvals and "Remove it" in own


def test_a_proposal_leads_to_the_election_that_it_is_about_and_the_page_to_the_desk() -> None:
    here = world().to("polling")
    proposed(here, "void_election", reason=REASON)

    page = told(sign_in(Client(), here.officers[1]), "approvals")

    address = reverse("desk_election", args=[here.slug])
    assert f'It is about <a class="govuk-link" href="{address}">' in page
    assert f'<a class="govuk-breadcrumbs__link" href="{reverse("desk")}">Desk</a>' in page


def test_the_page_of_the_election_asks_of_each_proposal_once_whether_it_still_can_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = world().to("polling")
    proposed(here, "void_election", reason=REASON)
    asked: list[int] = []

    def counted(approval: Approval, **given: object) -> None:
        asked.append(approval.pk)

    for module in ("ballot.showing.dashboard", "office.templatetags.office"):
        monkeypatch.setattr(f"{module}.why_not", counted)

    page = told(sign_in(Client(), here.officers[0]), "desk_election", here.slug)

    assert "If it is approved:" in page and len(asked) == 1


def test_who_proposed_it_withdraws_it_and_another_refuses_it_with_the_reason_on_the_page() -> None:
    here = world().to("polling")
    both = [proposed(here, act, reason=REASON) for act in ("suspend_poll", "close_poll_early")]
    one, two = (sign_in(Client(), officer) for officer in here.officers)
    close_poll_early(here.election_id, reason=REASON, **here.by_two)

    with pytest.raises(Refusal, match=r"election\.wrong-state"):
        approve_act(both[0].pk, by=here.officers[1].pk, now=now())
    one.post(reverse("withdraw", args=[both[0].pk]))
    page = told(two, "approvals")
    (reason,) = re.findall(r'name="reason" value="([^"]+)"', page)
    two.post(reverse("refuse", args=[both[1].pk]), {"reason": reason})

    for approval in both:
        approval.refresh_from_db()
    assert [approval.state for approval in both] == ["withdrawn", "refused"]
    assert both[1].reason.endswith("The election stands at “Poll closed”.")
    assert OVER not in told(two, "approvals")


def test_a_proposal_of_what_is_gone_or_has_changed_says_so() -> None:
    here = world().to("polling")
    ash = named("Ash Amin")
    gone = proposed(here, "correct_candidate", candidate=ash.pk, statement="Ash hears.",
                    without_photograph=False, reason=REASON)
    changed = proposed(here, "amend_notice", changes={"deputy": "Dee Putty"}, reason=REASON)
    waits = proposed(here, "close_poll_early", reason=REASON)
    assert [why_not(one, now=now()) for one in (gone, changed, waits)] == [None, None, None]

    withdraw_candidate(ash.pk, **here.by)
    amend_notice(here.election_id, changes={"deputy": "Ann Other"}, reason=REASON, **here.by_two)

    found = [why_not(one, now=now()) for one in (gone, changed, waits)]
    assert [refusal and refusal.code for refusal in found] == [
        "approval.gone", "approval.changed", None,
    ]
    page = told(sign_in(Client(), here.officers[1]), "approvals")
    assert page.count(OVER) == 2 and page.count("Approve and carry out") == 1


def test_a_proposal_that_has_only_to_wait_for_its_hour_still_waits() -> None:
    here = world().to("coded")
    opening = proposed(here, "open_poll")
    Election.objects.filter(pk=here.election_id).update(opens_at=now() + timedelta(days=1))

    assert why_not(opening, now=now()) is None
    assert "Approve and carry out" in told(sign_in(Client(), here.officers[1]), "approvals")


def test_whoever_approves_a_declaration_is_led_to_the_count_sheet() -> None:
    here = world(rankings=[(0,)] * 8).to("counted")
    proposed(here, "declare")
    second = sign_in(Client(), here.officers[1])

    card = told(second, "approvals")

    sheet = reverse("act_declare", args=[here.slug])
    assert "<strong>If it is approved:</strong> The result of" in card
    assert f'<a class="govuk-link" href="{sheet}">Read what would change</a>' in card
    assert "Ash Amin" in second.get(sheet).text
