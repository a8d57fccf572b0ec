"""The notice of poll and its numbered amendments: what may change, until when, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, transaction

from ballot.mapping.entry import utc
from ballot.models import Dated, Election, PlannedDate
from ballot.nominations import are_taken
from ballot.services.amend_notice import amend_notice
from ballot.services.extend_poll import extend_poll
from ballot.services.plan_dates import plan_dates
from ballot.services.publish_notice import publish_notice
from ballot.services.reissue_code import reissue_code
from ballot.services.request_reissue import request_reissue
from ballot.services.set_up import edit_election
from ballot.services.suspend_poll import suspend_poll
from members.models import RollEntry
from office.acts import registered_act
from tests.ballot.factories import (
    REASON,
    Run,
    bring,
    code_of_refusal,
    content,
    election,
    no_triggers,
    now,
)
from tests.ballot.factories import kinds as kinds_of

pytestmark = pytest.mark.django_db


def hours(count: float) -> datetime:
    """An hour ahead, to the minute."""
    return (datetime.now(UTC) + timedelta(hours=count)).replace(second=0, microsecond=0)


def dated(run: Run, **dates: datetime | None) -> None:
    plan_dates(run.election_id, **run.by,
               dates={step.replace("_", "-"): at for step, at in dates.items()})


def amend(run: Run, reason: str = REASON, **changes: Any) -> None:
    given = {
        part.replace("_", "-") if isinstance(one, datetime) else part:
        one.isoformat() if isinstance(one, datetime) else one
        for part, one in changes.items()
    }
    amend_notice(run.election_id, changes=given, reason=reason, **run.by_two)


def test_an_extension_may_pass_the_count_and_the_notice_is_amended_after_it() -> None:
    run = election(lasts=timedelta(hours=10))
    dated(run, count=hours(12), declaration=hours(14))
    bring(run, to="polling")
    later = hours(20)
    given = {"closes_at": later.isoformat(), "reason": REASON}
    said = registered_act("extend_poll").describe(str(run.election_id), **given)

    extend_poll(run.election_id, **given, **run.by_two)
    amend(run, complaints="Write to the panel.")
    early = code_of_refusal(lambda: amend(run, declaration=hours(15)))
    amend(run, declaration=hours(30))
    between = code_of_refusal(lambda: amend(run, count=hours(31)))
    amend(run, count=hours(25))

    assert "“The votes are counted” on " in said and "amend the notice too" in said
    assert (early, between) == ("timetable.order", "timetable.order")
    soon = {**given, "closes_at": hours(11).isoformat()}
    assert "later than the notice" not in registered_act("extend_poll").describe(
        str(run.election_id), **soon)


def test_a_late_extension_asks_to_amend_no_hour_that_has_passed_and_so_stands() -> None:
    run = election(lasts=timedelta(hours=10))
    dated(run, count=hours(12), declaration=hours(14))
    bring(run, to="polling")
    suspend_poll(run.election_id, reason=REASON, **run.by_two)
    Election.objects.filter(pk=run.election_id).update(opens_at=hours(-9), closes_at=hours(-5))
    with no_triggers():
        PlannedDate.objects.filter(step="count").update(at=hours(-3))

    said = registered_act("extend_poll").describe(
        str(run.election_id), closes_at=hours(20).isoformat(), reason=REASON
    )

    assert "“The result is declared” on " in said and "amend the notice too" in said
    assert "The votes are counted" not in said


def test_the_notice_is_made_from_the_rules_and_stands_on_the_board_in_words() -> None:
    run = election(lasts=timedelta(days=7))
    declared = hours(200)
    edit_election(run.election_id, **run.by, deputy="Dee Putty", scrutineer="Scrutiny Ltd",
                  complaints="Write to the panel.\nWithin a week.")
    dated(run, declaration=declared)

    publish_notice(run.election_id, **run.by)

    notice = content(run, "notice")
    words = {one["heading"]: " ".join(one["paragraphs"]) for one in notice["words"]}
    assert notice["timetable"] == [{"at": utc(declared), "step": "declaration"}]
    assert (notice["deputy"], notice["scrutineer"]) == ("Dee Putty", "Scrutiny Ltd")
    assert "Deputy, who acts with written authority: Dee Putty." in words["Who holds this poll"]
    assert words["Complaints and challenges"] == (
        "Write to the panel. Within a week. The declaration may be challenged for 28 days after "
        "the day of the declaration."
    )
    assert "alternative vote" in words["Leader"]
    assert "A tie is settled" in words["Leader"]
    assert "as a share of the papers issued" in words["Count, turnout and recount"]
    assert "The poll closes: " in words["Timetable"]
    assert "for 365 days after" in words["What is kept, and for how long"]


def test_dates_are_set_moved_and_taken_off_in_a_draft_and_in_no_other_state() -> None:
    run = election()
    dated(run, count=hours(180), declaration=hours(190))
    dated(run, count=hours(181), declaration=None)

    assert [str(one.step) for one in PlannedDate.objects.all()] == ["count"]
    publish_notice(run.election_id, **run.by)

    assert code_of_refusal(lambda: dated(run, count=hours(182))) == "election.wrong-state"


def test_dates_that_do_not_follow_one_another_are_refused_and_stop_the_notice() -> None:
    run = election()
    assert code_of_refusal(lambda: dated(run, freeze=hours(90))) == "timetable.order"
    assert code_of_refusal(lambda: dated(run, reissue_at_desk=hours(900))) == "timetable.order"
    dated(run, count=hours(24 * 7 + 1))

    edit_election(run.election_id, **run.by, closes_at=hours(24 * 9))
    refused = code_of_refusal(lambda: publish_notice(run.election_id, **run.by))
    dated(run, count=None)
    publish_notice(run.election_id, **run.by)

    assert refused == "election.not-ready"
    assert run.state == "nominating"


def test_an_amendment_is_numbered_and_says_what_was_and_what_is() -> None:
    run = election()
    before, after = hours(200), hours(210)
    dated(run, declaration=before)
    publish_notice(run.election_id, **run.by)

    amend(run, complaints="Write to the panel.", declaration=after)
    first = content(run, "notice-amendment")
    amend(run, returning_officer="Ann Other")
    second = content(run, "notice-amendment")

    assert first == {
        "number": 1, "reason": REASON,
        "texts": [{"part": "complaints", "was": "", "becomes": "Write to the panel."}],
        "hours": [{"part": "declaration", "was": utc(before), "becomes": utc(after)}],
    }
    assert second["number"] == 2
    assert run.election.returning_officer == "Ann Other"
    assert run.election.planned.get().at == after


def test_it_takes_two_officers_and_a_reason_and_changes_something() -> None:
    run = election(at="nominating")
    alone = {**run.by_two, "seconded_by": run.officers[0]}

    def alone_amends() -> None:
        amend_notice(run.election_id, changes={"deputy": "Dee"}, reason=REASON, **alone)

    assert code_of_refusal(alone_amends) == "approval.two-officers"
    assert code_of_refusal(lambda: amend(run, "short", deputy="Dee")) == "reason.length"
    assert code_of_refusal(lambda: amend(run, deputy="")) == "notice.no-change"
    assert code_of_refusal(lambda: amend(run)) == "notice.no-change"
    assert code_of_refusal(lambda: amend(run, returning_officer=" ")) == "notice.needed"
    assert code_of_refusal(lambda: amend(run, helped_routes=" ")) == "notice.needed"
    assert code_of_refusal(lambda: amend(run, deputy="x" * 121)) == "text.too-long"
    assert code_of_refusal(lambda: amend(run, deputy="D\u200bee")) == "text.hidden-character"
    assert kinds_of(run) == ["notice"]
    amend(run, deputy="Dee")

    assert run.election.deputy == "Dee"


@pytest.mark.parametrize("part", ["title", "party", "zone", "mixes_wanted", "smallest_box",
                                  "ballot_of_dead", "contests", "eligibility", "issuer"])
def test_what_candidates_stood_upon_is_never_amended(part: str) -> None:
    run = election(at="nominating")

    assert code_of_refusal(lambda: amend(run, **{part: "1"})) == "notice.stands"


def test_an_hour_that_lies_ahead_moves_to_a_later_one_and_no_other_does() -> None:
    run = election()
    dated(run, notice=hours(-1), count=hours(190))
    publish_notice(run.election_id, **run.by)

    assert code_of_refusal(lambda: amend(run, count=hours(189))) == "notice.not-later"
    assert code_of_refusal(lambda: amend(run, notice=hours(1))) == "notice.not-later"
    assert code_of_refusal(lambda: amend(run, freeze=hours(-1))) == "notice.not-later"
    assert code_of_refusal(lambda: amend(run, count=hours(9), declaration=hours(8))) == (
        "notice.not-later"
    )
    assert code_of_refusal(lambda: amend(run, declaration=hours(189))) == "timetable.order"
    # Never dated, and done by now.
    assert code_of_refusal(lambda: amend(run, nominations_open=hours(1))) == "notice.not-later"
    later = hours(191)
    amend(run, count=later)

    assert run.election.planned.get(step="count").at == later


def test_the_opening_and_the_close_move_until_the_poll_opens_and_then_by_an_extension() -> None:
    run = election(at="nominating")
    later = hours(400)
    amend(run, opening=hours(1), close=later)
    assert run.election.closes_at == later
    said = content(run, "notice-amendment")["hours"]
    assert [one["part"] for one in said] == ["opens_at", "closes_at"]

    other = election(at="polling", title="Deputy 2026")

    assert code_of_refusal(lambda: amend(other, close=hours(500))) == "notice.poll-opened"
    amend(other, complaints="Write to the panel.")


def test_the_end_of_nominations_moves_to_a_later_hour_and_is_obeyed() -> None:
    run = election(opens_in=timedelta(days=9))
    before, after = hours(24), hours(48)
    edit_election(run.election_id, **run.by, nominations_close_at=before)
    publish_notice(run.election_id, **run.by)
    between = before + timedelta(hours=1)
    assert not are_taken(run.election, now=between)

    assert code_of_refusal(lambda: amend(run, nominations_close=hours(23))) == "notice.not-later"
    amend(run, nominations_close=after)

    assert are_taken(run.election, now=between)
    assert not are_taken(run.election, now=after)
    assert content(run, "notice")["timetable"] == []
    assert content(run, "notice-amendment")["hours"] == [
        {"part": "nominations_close_at", "was": utc(before), "becomes": utc(after)}
    ]


def test_the_end_of_nominations_is_no_date_to_plan_and_keeps_to_the_order_of_the_steps() -> None:
    run = election(opens_in=timedelta(days=9))
    edit_election(run.election_id, **run.by, nominations_close_at=hours(24))

    with pytest.raises(ValueError, match="nominations-close"):
        dated(run, nominations_close=hours(25))
    assert code_of_refusal(lambda: dated(run, candidates=hours(23))) == "timetable.order"
    later = hours(25)
    dated(run, candidates=later)
    publish_notice(run.election_id, **run.by)

    assert code_of_refusal(lambda: amend(run, nominations_close=hours(26))) == "timetable.order"
    amend(run, nominations_close=later)


def test_the_database_takes_no_date_of_a_notice_back_or_to_an_earlier_hour() -> None:
    run = election()
    dated(run, count=hours(190))
    publish_notice(run.election_id, **run.by)
    row = PlannedDate.objects.filter(step=Dated.COUNT)

    for change in (lambda: row.update(at=hours(189)), row.delete,
                   lambda: row.update(step=Dated.DECLARATION)):
        with pytest.raises(Error, match="later hour alone"), transaction.atomic():
            change()
    later = hours(191)
    row.update(at=later)

    assert row.get().at == later


def test_after_the_last_hour_of_the_notice_no_new_link_is_made_by_desk_or_page() -> None:
    run = election()
    dated(run, reissue_at_desk=hours(1), reissue_by_page=hours(2))
    bring(run, to="polling")
    elector = RollEntry.objects.filter(roll=run.election.roll).first()
    assert elector is not None

    def at_desk(when: datetime) -> None:
        reissue_code(run.election_id, recipient=elector.public_id, by=run.officers[0], now=when)

    def by_page(when: datetime) -> None:
        request_reissue(run.election_id, number="1", proof="AB1 2CD", now=when)

    assert code_of_refusal(lambda: at_desk(hours(1))) == "timetable.too-late"
    assert code_of_refusal(lambda: by_page(hours(2))) == "timetable.too-late"
    at_desk(now())
    by_page(hours(1))
