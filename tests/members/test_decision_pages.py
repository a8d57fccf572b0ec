"""Standing decisions at the desk, and their figures in public."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members import services
from members.models import Appeal, Decision, LookUp, Member
from members.models.decisions import Reason
from members.selectors import decisions as asked
from members.selectors.decisions import Counts, WeekTotal
from members.views.weekly_bars import weekly_bars
from office.models import Approval, AuditRecord
from office.permissions import Role
from office.services.approvals import approve_act
from tests.members.factories import NOW, frozen, imported, person
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db

NAMED = {"kind": "suspension", "reason": "abuse", "evidence": "Minute 7."}
PROPOSAL = {**NAMED, "appeal_days": "14"}


def member(number: str = "0000123") -> Member:
    return Member.objects.get(number=number)


def made(number: str = "0000123", *, weeks: int = 0, **given: str) -> Decision:
    """A decision of these weeks after NOW."""
    at = NOW + timedelta(weeks=weeks)
    whole = {"kind": "suspension", "reason": "abuse", "evidence": "Minute 7.", **given}
    decision_id = services.propose_standing(
        member(number).pk, by=staff(Role.MEMBERSHIP_ADMINISTRATOR).pk, now=at, **whole
    )
    approve_act(Approval.objects.latest("pk").pk, by=officer().pk, now=at)
    return Decision.objects.get(pk=decision_id)


def lodged(decision: Decision) -> Appeal:
    services.lodge_appeal(decision.pk, grounds="Not me.", by=None, now=NOW)
    return Appeal.objects.get(decision=decision)


def text_of(client: Client, name: str, *args: int, expected: int = 200) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == expected
    return response.content.decode()


# --- the desk --------------------------------------------------------------------------------


def test_a_proposal_is_read_by_membership_number_which_is_not_kept_with_it() -> None:
    imported(person())
    services.propose_standing(member().pk, by=officer().pk, now=timezone.now(), **NAMED)
    second, observer = officer(), staff(Role.SCRUTINEER)

    shown = text_of(sign_in(Client(), second), "approvals")
    seen_by_observer = text_of(sign_in(Client(), observer), "approvals")

    by_key = f"is made on member record {member().pk}: suspension"
    assert "is made on membership number 0000123: suspension" in shown and by_key not in shown
    assert by_key in seen_by_observer and "0000123" not in seen_by_observer
    assert by_key in Approval.objects.get().sentence
    look = LookUp.objects.get()
    assert (look.by, look.kind, look.hits, look.words_mac) == (second, "search", 1, "")


def test_a_member_is_excluded_and_reinstated_led_by_the_pages_alone() -> None:
    imported(person(), person(number="2"))
    frozen()
    keeper = sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))
    first, second = officer(), officer()
    approver, panel = sign_in(Client(), first), sign_in(Client(), second)

    assert reverse("decide", args=[member().pk]) in text_of(keeper, "member", member().pk)
    sent = keeper.post(reverse("decide", args=[member().pk]), PROPOSAL)
    decision = Decision.objects.get()
    assert sent.headers["Location"] == reverse("decision", args=[decision.pk])
    page = text_of(approver, "decision", decision.pk)
    assert "Minute 7." in page
    assert "Waits for a second officer" in page
    assert "Standing now" in page and "Good standing" in page and "Days to appeal" in page
    assert "There can be none before the decision is approved." in page
    assert sent.headers["Location"] in text_of(approver, "approvals")
    approver.post(reverse("approve", args=[Approval.objects.get().pk]))
    assert member().standing == "suspended"
    assert "As the list stands now they would not be" in text_of(keeper, "decision", decision.pk)

    # The clock of the pages is the machine's: the appeal is in time.
    assert keeper.post(reverse("appeal", args=[decision.pk]), {"grounds": ""}).status_code == 400
    lodger = sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))
    lodger.post(reverse("appeal", args=[decision.pk]), {"grounds": "Told by telephone."})
    assert Appeal.objects.get().lodged_by is not None
    assert "You took part in the decision" in text_of(approver, "decision", decision.pk)
    outcome = reverse("outcome", args=[decision.pk])
    given = {"outcome": "upheld", "answer": "Mistaken."}
    assert approver.post(outcome, given).status_code == 403
    assert "You lodged this appeal" in text_of(lodger, "decision", decision.pk)
    assert "Decide the appeal" not in text_of(lodger, "decision", decision.pk)
    assert "Decide the appeal" in text_of(panel, "decision", decision.pk)
    assert lodger.post(outcome, given).status_code == 403
    assert panel.post(outcome, {"outcome": "upheld", "answer": ""}).status_code == 400
    assert panel.post(outcome, given).status_code == 302

    assert member().standing == "good"
    page = text_of(keeper, "decision", decision.pk)
    assert "Overturned on appeal" in page
    assert "Mistaken." in page


def test_a_proposal_with_an_unfitting_reason_says_which_fit(client: Client) -> None:
    imported(person())
    keeper = sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))
    address = reverse("decide", args=[member().pk])

    refused = keeper.post(address, {**PROPOSAL, "reason": "arrears"})
    assert refused.status_code == 400
    assert "For this decision choose one of: “supports or stands" in refused.content.decode()
    lifting = {**PROPOSAL, "kind": "reinstatement", "reason": "made-in-error"}
    refused = keeper.post(address, lifting)
    assert "No decision stands that could be lifted." in refused.content.decode()
    assert not Decision.objects.exists()
    assert keeper.post(address, PROPOSAL).status_code == 302


def test_of_a_death_no_days_to_appeal_are_asked_and_the_page_says_that_nobody_is_told(
    client: Client,
) -> None:
    imported(person(), person(number="2"))
    keeper = sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))
    death = {"kind": "death", "reason": "death-notified", "evidence": "A letter."}
    address = reverse("decide", args=[member("2").pk])

    page = text_of(keeper, "decide", member().pk)
    assert "Of a death nobody is written to" in page
    assert "(not of a death or a reinstatement)" in page and "(optional)" not in page
    for days in ("", "0"):
        refused = keeper.post(address, {**NAMED, "appeal_days": days})
        assert refused.status_code == 400
    assert "Say how many days" in keeper.post(address, {**NAMED, "appeal_days": ""}).text
    assert keeper.post(address, {**death, "appeal_days": "0"}).status_code == 302
    keeper.post(reverse("decide", args=[member().pk]), {**death, "appeal_days": ""})

    assert [row.appeal_days for row in Decision.objects.all()] == [14, 14]


def test_the_list_shows_states_and_open_appeals(client: Client) -> None:
    imported(person(), person(number="2"))
    desk = sign_in(client, officer())
    assert "No decision has been proposed." in text_of(desk, "decisions")
    lodged(made())
    made("2")

    page = text_of(desk, "decisions")

    assert "Appeals that wait for their outcome" in page
    assert page.count("Stands</td>") == 2
    assert "Standing decisions and appeals" in text_of(desk, "members")
    assert f"Decision {Decision.objects.earliest('pk').pk}: suspension" in text_of(
        desk, "member", member().pk
    )


def test_letters_to_print_are_of_those_without_mail_and_withhold_what_is_withheld(
    client: Client,
) -> None:
    imported(
        person(email=""),
        person(number="2"),
        person(number="3", email="", address_withheld="yes", address_1="9 Safe House"),
        person(number="4", email=""),
    )
    settled = lodged(made())
    services.decide_appeal(settled.pk, upheld=False, answer="=Upheld it stays.",
                           by=officer().pk, now=NOW)  # fmt: skip
    for number in ("2", "3"):
        made(number)
    made("4", kind="death", reason="death-notified")
    desk = sign_in(client, officer())

    assert desk.get(reverse("notices_to_print")).status_code == 405
    response = desk.post(reverse("notices_to_print"))
    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(content)))

    assert [row["address"].split("\n")[0] for row in rows] == [
        "4 Inkle Row", "Withheld: write the envelope from the member’s page.", "4 Inkle Row",
    ]  # fmt: skip
    assert [row["letter"].split()[0] for row in rows] == ["decision", "decision", "appeal"]
    assert "YOU MAY APPEAL" in rows[0]["text"]
    assert "Minute 7" not in content
    assert "Safe House" not in content
    assert AuditRecord.objects.get(act="print_letters").parameters == {
        "decisions": 2, "appeals": 1,
    }  # fmt: skip


def test_decisions_are_closed_to_other_roles() -> None:
    imported(person())
    decision = made()
    other = sign_in(Client(), staff(Role.SCRUTINEER))

    for name, args in (("decisions", []), ("decision", [decision.pk]), ("decide", [member().pk])):
        assert other.get(reverse(name, args=args)).status_code == 404
    assert other.post(reverse("notices_to_print")).status_code == 404
    for name in ("appeal", "outcome"):
        assert other.post(reverse(name, args=[decision.pk])).status_code == 404
    assert other.post(reverse("decide", args=[member().pk]), PROPOSAL).status_code == 404
    assert Decision.objects.count() == 1


def test_what_is_not_there_is_not_found(client: Client) -> None:
    imported(person())
    desk = sign_in(client, officer())
    decision = made()

    text_of(desk, "decision", 10**9, expected=404)
    text_of(desk, "decide", 10**9, expected=404)
    assert desk.post(reverse("outcome", args=[decision.pk])).status_code == 404


def test_evidence_is_shown_as_text(client: Client) -> None:
    imported(person())
    decision = made(evidence="<script>alert(1)</script>")

    page = text_of(sign_in(client, officer()), "decision", decision.pk)

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


# --- the figures -----------------------------------------------------------------------------


def test_the_figures_count_each_event_in_its_week_by_section_and_reason(client: Client) -> None:
    imported(person(), person(number="2", section="registered"), person(number="3"))
    appeal = lodged(made())
    made("2", weeks=1, kind="exclusion", reason="other-party")
    services.propose_standing(member("3").pk, kind="suspension", reason="abuse", evidence="x",
                              by=officer().pk, now=NOW)  # fmt: skip
    services.decide_appeal(appeal.pk, upheld=True, answer="x", by=officer().pk,
                           now=NOW + timedelta(weeks=2))  # fmt: skip

    rows = asked.totals()

    assert [(row.week, row.section, row.counts) for row in rows] == [
        (date(2016, 8, 22), "Members", Counts(2, 1, 1, 0)),
        (date(2016, 8, 29), "Registered supporters", Counts(1, 1, 0, 0)),
        (date(2016, 9, 5), "Members", Counts(0, 0, 0, 1)),
    ]
    response = client.get(reverse("decision_totals_csv"))
    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert content.splitlines()[1] == (
        '"2016-08-22","Members","suspension","abuse of another person","2","1","1","0"'
    )


def test_a_week_begins_at_midnight_on_the_clocks_of_the_party(client: Client) -> None:
    imported(person())
    sunday = datetime(2016, 8, 28, 23, 30, tzinfo=UTC)
    services.propose_standing(member().pk, by=officer().pk, now=sunday, **NAMED)

    assert [row.week for row in asked.totals()] == [date(2016, 8, 29)]
    page = text_of(client, "decision_totals")
    assert "weeks begin on Monday, on the clocks of Europe/London." in page


def test_the_public_page_has_figures_a_plot_and_no_name(client: Client) -> None:
    imported(person(), person(number="2"))
    assert "No decision has been proposed." in text_of(client, "decision_totals")
    lodged(made())
    made("2", reason="conduct")

    page = text_of(client, "decision_totals")

    assert page.count("<rect class=") == 2
    assert "Week of 22 August 2016, abuse of another person: 1" in page
    for caption in ("By reason", "By section", "By week", "By kind of decision"):
        assert caption in page
    for word in ("Fallowes", "0000123", "Minute 7"):
        assert word not in page
    assert reverse("decision_totals") in text_of(client, "roll_enquiry")


def week_total(reason: str, *, weeks: int = 0, approved: int = 1) -> WeekTotal:
    week = date(2016, 8, 22) + timedelta(weeks=weeks)
    return WeekTotal(week, "Members", "exclusion", reason, Counts(approved=approved))


def test_columns_are_stacked_to_their_sum_and_keep_empty_weeks() -> None:
    chart = weekly_bars(
        [week_total("a", approved=3), week_total("b"), week_total("a", weeks=9, approved=2)]
    )

    assert chart is not None
    first = [part for part in chart.parts if part.x == 0]
    assert [(part.y, part.height) for part in first] == [(50, 150), (0, 50)]
    (last,) = [part for part in chart.parts if part.x]
    assert (last.x, last.height, chart.tallest) == (9 * 60, 100, 4)


def test_rare_reasons_are_drawn_together_and_nothing_is_lost() -> None:
    rows = [week_total(reason.label, approved=n + 1) for n, reason in enumerate(Reason)]

    chart = weekly_bars(rows)

    assert chart is not None
    assert len(chart.key) == 8
    assert chart.key[-1] == ("other reasons", "app-series-exhausted")
    assert sum(part.height for part in chart.parts) == 200
    assert chart.tallest == sum(row.counts.approved for row in rows)


def test_without_an_approval_there_is_no_plot() -> None:
    assert weekly_bars([]) is None
    assert weekly_bars([week_total("a", approved=0)]) is None


def test_a_hundred_weeks_stay_within_the_picture() -> None:
    chart = weekly_bars([week_total("a"), week_total("a", weeks=149)])

    assert chart is not None
    assert max(part.x + part.width for part in chart.parts) <= 600
    assert timezone.now().date() > chart.last
