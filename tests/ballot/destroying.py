"""Elections whose notice keeps nothing any longer, and the destruction of their ballots."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ballot.destruction import PAPERS
from ballot.models import Entry
from ballot.services.archive_election import archive_election
from ballot.services.board import append_ballots
from ballot.services.declare import declare
from ballot.services.destroy_ballots import destroy_ballots
from ballot.services.order_destruction import order_destruction
from ballot.services.publish_board import publish_board
from ballot.services.void_election import void_election
from tests.ballot.factories import REASON, Run, cast_all, election, now

LONG_AGO = timedelta(days=400)


def archived(*, days_ago: timedelta = LONG_AGO, **given: Any) -> Run:
    """An election declared so long ago, and archived, with all that was cast still there."""
    run = election(at="counted", **{"rankings": ((0,), (0,), (1,)), **given})
    declare(run.election_id, **{**run.by_two, "now": now() - days_ago})
    publish_board(run.election_id, now=now())
    archive_election(run.election_id, **run.by_two)
    publish_board(run.election_id, now=now())
    return run


def void(*, at: str = "polling", days_ago: timedelta = LONG_AGO, **given: Any) -> Run:
    """An election that became void so long ago, at a point of its life, with all that was cast."""
    run = election(at=at, **{"rankings": ((0,), (0,), (1,)), **given})
    if at == "polling":
        cast_all(run)
        append_ballots(run.election)
    return made_void(run, days_ago=days_ago)


def made_void(run: Run, *, days_ago: timedelta = LONG_AGO) -> Run:
    """The same election, void since so long ago."""
    void_election(run.election_id, reason=REASON, **{**run.by_two, "now": now() - days_ago})
    publish_board(run.election_id, now=now())
    return run


def destroyed(run: Run) -> dict[str, int]:
    """Order the destruction and carry it out; how many rows of each table."""
    order_destruction(run.election_id, **run.by_two)
    return destroy_ballots(run.election_id, now=now())


def papers(run: Run) -> list[Entry]:
    """The entries that electors sent, as they stand on the board now."""
    return list(Entry.objects.filter(election=run.election, kind__in=PAPERS).order_by("number"))
