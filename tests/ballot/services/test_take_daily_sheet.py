"""The daily sheet: once a day, when it is over, with the turnout that everybody was shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ballot.desk_figures import letters_of
from ballot.models import DailySheet, Election, TurnoutSnapshot
from ballot.services.helpdesk import note_at_helpdesk
from ballot.services.notify_casts import notify_new_casts
from ballot.services.reissue_code import reissue_code
from ballot.services.take_daily_sheet import take_due_sheet
from ballot.services.take_snapshot import take_snapshot
from ballot.services.tend_polls import tend_polls
from ballot.times import local_time
from office.models import Letter
from tests.ballot.factories import Run, cast, election, entries, now
from tests.ballot.services.acts import ACTS

pytestmark = pytest.mark.django_db


def today(run: Run) -> date:
    return local_time(now(), run.election.zone).date()


def tomorrow() -> datetime:
    return now() + timedelta(days=1)


def test_a_sheet_is_taken_once_when_the_day_of_the_poll_is_over_and_none_before() -> None:
    run = election(at="polling")
    take_snapshot(run.election, now=now())

    taken = [take_due_sheet(run.election, now=at) for at in (now(), tomorrow(), tomorrow())]

    assert taken == [False, True, False]
    assert [sheet.day for sheet in DailySheet.objects.all()] == [today(run)]


def test_a_sheet_has_the_turnout_that_everybody_was_shown_and_no_newer_one() -> None:
    run = election(at="polling", electors=4, sections=("member", "affiliated"))
    first, second = entries(run)[:2]
    cast(run, first, (0,))
    take_snapshot(run.election, now=now())
    cast(run, second, (0,))
    take_due_sheet(run.election, now=tomorrow())

    told = DailySheet.objects.get().figures

    assert (told["issued"], told["voted"]) == (4, 1)
    assert sorted(one["ballots"] for one in told["sections"]) == [0, 1]
    assert told["sections"] == TurnoutSnapshot.objects.get().figures["sections"]


def test_a_sheet_tells_letters_codes_and_complaints_and_sections_by_the_notice_alone() -> None:
    run = election(at="polling")
    elector = entries(run)[0]
    Letter.objects.filter(recipient=str(elector.public_id)).update(
        state="handed_over", enclosure=None, delivery="bounced"
    )
    reissue_code(run.election_id, recipient=elector.public_id, **run.by)
    note_at_helpdesk(run.election_id, kind="no-letter", entry_id=elector.pk, **run.by)
    note_at_helpdesk(run.election_id, kind="not-me", entry_id=elector.pk, **run.by)
    Election.objects.filter(pk=run.election_id).update(turnout_by_section=False)
    take_snapshot(run.election, now=now())
    take_due_sheet(run.election, now=tomorrow())

    told = DailySheet.objects.get().figures

    assert told["letters"] == {"sent": 1, "waiting": 6, "held": 0, "came_back": 1}
    assert told["complaints"] == {
        "printed": 0, "no-letter": 1, "page": 0, "other": 0, "incidents": 1
    }
    # Sent is not in force: only what its elector confirmed is told, which the board tells as well.
    assert told["new_codes"] == 0
    assert told["sections"] == []


def test_the_last_sheet_is_taken_after_the_close_with_the_final_turnout() -> None:
    run = election(at="polling")
    cast(run, entries(run)[0], (0,))
    ACTS["close_poll_early"](run)

    for _ in range(2):
        tend_polls()
    later = take_due_sheet(run.election, now=tomorrow() + timedelta(days=3))

    (sheet,) = DailySheet.objects.all()
    assert (sheet.day, sheet.figures["voted"], later) == (today(run), 1, False)


def test_letters_whose_number_says_who_has_voted_are_counted_for_nobody() -> None:
    run = election(at="polling")
    cast(run, entries(run)[0], (0,))
    notify_new_casts(run.election)
    assert Letter.objects.filter(purpose="cast-notice").count() == 1

    counted = letters_of(run.election, "voting-code")

    assert counted is not None and counted.waiting == 7
    for purpose in ("cast-notice", "reminder", "voting-code-again", "voting-code-added"):
        with pytest.raises(ValueError, match="says who has voted"):
            letters_of(run.election, purpose)
