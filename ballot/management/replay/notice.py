"""The draft, its timetable and the notice of poll, as they were in 2016 and where they can be."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings

from ballot.management.replay.hours import hour
from ballot.management.replay.play import OFFICER, TWO, Play
from ballot.services.plan_dates import plan_dates
from ballot.services.publish_notice import publish_notice
from ballot.services.set_up import create_election, edit_election
from ballot.services.set_up_contest import add_contest
from members.services import save_rules

TITLE: Final = "Leader 2016, replayed"
CLOSES: Final = hour(9, 21, 12)
CLOSES_LATER: Final = hour(9, 21, 15)
REMINDERS: Final = (hour(9, 14, 9), hour(9, 19, 14))
DATES: Final = {
    "notice": hour(7, 12, 18),
    "nominations-open": hour(7, 12, 18),
    "candidates": hour(8, 15, 18),
    "freeze": hour(8, 19, 9),
    "dispatch": hour(9, 3, 9),
    "reissue-at-desk": hour(9, 19, 17),
    "reissue-by-page": CLOSES,
    "count": hour(9, 23, 9),
    "declaration": hour(9, 24, 11, 45),
}
RULES: Final = {
    "format": 2, "joined_by": "2016-01-12", "joined_by_in": {"registered": "2016-07-20"},
    "paid_up_on": "2016-08-19", "paid_up_on_in": {"registered": None, "affiliated": None},
    "grace_days": 0, "standings": ["good"], "minimum_age": None, "age_on": None,
    "sections": ["affiliated", "member", "registered"], "units": [], "levy_sections": [],
}
"""Members: joined by 12 January, and not in arrears when the papers are issued."""


def publish(play: Play) -> None:
    """Set the election up, date it, publish the notice, and amend it once."""
    play.journal.begin(
        "Draft and notice",
        "The rules are those of 2016: three sections, one vote each and all of one weight; members "
        "who joined by 12 January; papers by post as well. The order of names by lot, the second "
        "mix and the days of challenge are the product’s.",
    )
    with play.act(hour(7, 12, 10), OFFICER, "Set up the election, its rules and its contest") as at:
        _draft(play, now=at)
    with play.act(hour(7, 12, 11), OFFICER, "Date the timetable") as at:
        moved = {step: play.hours.moved(date) for step, date in DATES.items()}
        plan_dates(play.election_id, dates=moved, by=play.officer, now=at)
    with play.act(hour(7, 12, 18), OFFICER, "Publish the notice of poll") as at:
        publish_notice(play.election_id, by=play.officer, now=at)
    with play.act(hour(7, 14, 9), TWO, "Amend the notice: where a complaint goes") as at:
        play.two("amend_notice", now=at, reason="The committee’s address was left out.",
                 changes={"complaints": "To the procedures committee, in writing."})
    _compare(play)


def _draft(play: Play, *, now: datetime) -> None:
    by = play.officer
    rules = save_rules("Leader 2016", body=RULES, by=by, now=now)
    play.election_id = create_election(
        title=TITLE, party=settings.PARTY_NAME, by=by, now=now, demonstration=True
    )
    moved = play.hours.moved
    edit_election(
        play.election_id, by=by, now=now, returning_officer="The returning officer of the replay",
        scrutineer="The scrutineer of the replay", rules_id=rules,
        helped_routes="None: this is a replay, and nobody votes in it but the replay itself.",
        summary="Labour’s contest of 2016, replayed at a fraction of its size.",
        nominations_close_at=moved(hour(8, 15, 12)), opens_at=moved(hour(8, 22, 9)),
        closes_at=moved(CLOSES), reminder_at=moved(REMINDERS[0]),
        last_reminder_at=moved(REMINDERS[1]), ballot_of_excluded="set-aside", postal_papers=True,
    )
    add_contest(
        play.election_id, title="Leader", method="av", gates="20% of MP", statement_words=250,
        names_order="lot", by=by, now=now,
    )


def _compare(play: Play) -> None:
    expect, election = play.journal.expect, play.election
    expect("state of the election", "nominating", election.state)
    amended = election.entries.filter(kind="notice-amendment").count()
    expect("amendments of the notice on the board", 1, amended)
    expect("the complaints’ address as amended", "To the procedures committee, in writing.",
           election.complaints)
