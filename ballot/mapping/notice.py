"""The notice of poll and the statement of persons nominated: contests and their rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from ballot.canonical import Json
from ballot.mapping.entry import utc
from ballot.models import Candidate, Contest, Election


def contest_content(
    contest: Contest, candidates: Iterable[Candidate]
) -> dict[str, Json]:
    """A contest as the notice and the statement of persons nominated name it."""
    return {
        "candidates": [candidate.name for candidate in candidates],
        "gates": contest.gates.splitlines(),
        "max_preferences": contest.max_preferences,
        "method": contest.method,
        "names_order": contest.names_order,
        "places": contest.places,
        "points": contest.points,
        "points_floor": contest.points_floor,
        "position": contest.position,
        "reopen_nominations": contest.reopen_nominations,
        "stop": contest.stop,
        "ticket": contest.ticket,
        "tie_rule": contest.tie_rule,
        "title": contest.title,
        "unopposed": contest.unopposed,
        "votes_of_withdrawn": contest.votes_of_withdrawn,
        "weights": contest.weights,
    }


def notice_content(
    election: Election,
    contests: Iterable[Contest],
    rules: Json,
    *,
    board: str,
    dates: Mapping[str, datetime],
    words: Json,
) -> dict[str, Json]:
    """The notice of poll: everything that is settled before anybody stands.

    board: the public key that signs this board, with its name (docs/spec/board.md, 5.2).
    dates: of the timetable, without the election's own hours, in its order.
    words: the notice as people read it: each part a `heading` and its `paragraphs`.
    """
    return {
        "board": board,
        "closes_at": utc(election.closes_at),
        "complaints": election.complaints,
        "contests": [contest_content(contest, ()) for contest in contests],
        "deputy": election.deputy,
        "eligibility": rules,
        "helped_routes": election.helped_routes,
        "after_cast": after_cast_content(election),
        "after_count": after_count_content(election),
        "issuer": issuer_content(election),
        "letters_in_welsh": election.letters_in_welsh,
        "mixes_wanted": election.mixes_wanted,
        "nominations_close_at": utc(election.nominations_close_at),
        "opens_at": utc(election.opens_at),
        "party": election.party,
        "postal_papers": election.postal_papers,
        "rehearsal": election.demonstration,
        "reminders": [
            utc(at) for at in (election.reminder_at, election.last_reminder_at) if at
        ],
        "returning_officer": election.returning_officer,
        "scrutineer": election.scrutineer,
        "smallest_box": election.smallest_box,
        "timetable": [{"at": utc(at), "step": step} for step, at in dates.items()],
        "title": election.title,
        "turnout_by_section_shows_during_the_poll": election.turnout_by_section,
        "words": words,
        "zone": election.zone,
    }


def issuer_content(election: Election) -> Json:
    """Who makes the codes outside, and the key that they sign with; null: the server does."""
    if election.issuer is None:
        return None
    return {"key": election.issuer["key"], "name": election.issuer["name"]}


def after_cast_content(election: Election) -> dict[str, Json]:
    """What becomes of a ballot whose elector is struck off after casting, by the reason."""
    return {
        "dead": election.ballot_of_dead,
        "duplicate": "set-aside",
        "excluded": election.ballot_of_excluded,
        "resigned": election.ballot_of_resigned,
    }


def after_count_content(election: Election) -> dict[str, Json]:
    """What the notice says of recounts, turnout, challenges, and how long all is kept."""
    return {
        "challenge_days": election.challenge_days,
        "keep_days": election.keep_days,
        "recount_margin_permille": election.recount_margin_permille,
        "recount_on_request": election.recount_on_request,
        "turnout_base": election.turnout_base,
    }


def contest_code(contest: Contest) -> str:
    """The name by which a contest is bound into every proof: stable, and not its title."""
    return f"contest-{contest.position + 1}"
