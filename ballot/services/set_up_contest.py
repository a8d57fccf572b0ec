"""Putting a post on the paper, and taking it off, before the notice of poll fixes the paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.counting.weighting import MOST_PARTS
from ballot.gates import GateRefused, read_gates, write_gates
from ballot.lifecycle import State
from ballot.models import Candidate, Contest, Method, NamesOrder, VotesOfWithdrawn
from ballot.names import clean_line
from ballot.selectors import may_be_struck
from ballot.services.board import append_entry
from ballot.services.joint_tickets import ticket_posts
from ballot.services.legible import clean_typed
from ballot.services.moves import lock_election, require_state
from office.refusal import Refusal
from office.services.audit import record

REOPEN_NOMINATIONS: Final = "Re-open nominations"
MOST_CONTESTS: Final = 8
# Sections that are opened together have their points added, and the count takes a million.
MOST_POINTS: Final = 1_000


@transaction.atomic
def add_contest(
    election_id: int,
    *,
    title: str,
    method: str,
    by: int | None,
    now: datetime,
    max_preferences: int | None = None,
    reopen_nominations: bool = False,
    stop: str = "majority",
    tie_rule: str = "earlier-stages-then-lot",
    gates: str = "",
    statement_words: int = 500,
    names_order: str = "alphabet",
    votes_of_withdrawn: str = "pass-on",
    places: int = 1,
    weights: Mapping[str, int] | None = None,
    points: int | None = None,
    points_floor: int = 0,
    ticket: Mapping[str, str] | None = None,
) -> int:
    """Add a post to the paper of a draft; return the contest's id.

    places:       how many are elected; several by the single transferable vote alone.
    weights:      section code → whole parts of the whole; None: one paper is one vote.
    points:       what every section is worth, 1 to 1,000; None: no fixed amount.
    points_floor: a section with fewer votes is worth as many points as votes; 0: there is none.
    ticket:       the `first` and `second` post of two who stand together; None: nobody does.
    """
    election = lock_election(election_id)
    require_state(election, State.DRAFT)
    position = election.contests.count()
    if position >= MOST_CONTESTS:
        raise Refusal("contest.too-many", f"A paper carries at most {MOST_CONTESTS} contests.")
    title = clean_typed(clean_line, "title", title)
    if not title:
        raise Refusal("contest.no-title", "Give the contest a title, the post that is filled.")
    _require_countable(method, places, reopens=reopen_nominations)
    _require_weights(method, weights)
    _require_points(method, points, floor=points_floor, has_weights=bool(weights))
    contest = Contest(
        election=election,
        position=position,
        title=title,
        method=Method(method).value,
        max_preferences=1 if method == Method.PLURALITY else max_preferences,
        reopen_nominations=reopen_nominations,
        stop=stop,
        tie_rule=tie_rule,
        gates=_gates(gates),
        statement_words=statement_words,
        names_order=NamesOrder(names_order).value,
        votes_of_withdrawn=VotesOfWithdrawn(votes_of_withdrawn).value,
        places=places,
        weights=dict(weights) if weights else None,
        points=points,
        points_floor=points_floor,
        ticket=ticket_posts(ticket),
    )
    contest.save(force_insert=True)
    if reopen_nominations:
        Candidate.objects.create(
            contest=contest, name=REOPEN_NOMINATIONS, is_reopen_nominations=True
        )
    record("edit_contest", subject=("contest", str(contest.pk)), by=by, now=now)
    return contest.pk


def _gates(text: str) -> str:
    """Gates as they are kept and published: in one spelling, one a line."""
    try:
        return "\n".join(write_gates(read_gates(text)))
    except GateRefused as wrong:
        raise Refusal("contest.gate", f"“{wrong.line}”: {wrong}") from wrong


def _require_countable(method: str, places: int, *, reopens: bool) -> None:
    """Refuse places that no method of docs/spec/counting.md fills."""
    if places < 1 or (places > 1 and (method != Method.SINGLE_TRANSFERABLE_VOTE or reopens)):
        raise Refusal(
            "contest.places",
            "Several places are filled by the single transferable vote, without “Re-open "
            "nominations” on the paper.",
        )


def _require_weights(method: str, weights: Mapping[str, int] | None) -> None:
    """Refuse weights that no method of docs/spec/counting.md counts with."""
    if weights and (
        method == Method.SINGLE_TRANSFERABLE_VOTE
        or not all(type(parts) is int and 0 < parts <= MOST_PARTS for parts in weights.values())
    ):
        raise Refusal(
            "contest.weights",
            "Sections are weighted in whole parts from 1, and not under the single transferable "
            "vote.",
        )


def _require_points(method: str, points: int | None, *, floor: int, has_weights: bool) -> None:
    """Refuse points that no method of docs/spec/counting.md counts with, and a floor without any.

    A floor above the points would make a section just below it worth more than one above.
    """
    if points is None and floor:
        raise Refusal("contest.floor", "A floor is for sections that are worth points.")
    if points is not None and (
        method == Method.SINGLE_TRANSFERABLE_VOTE or has_weights or not 1 <= points <= MOST_POINTS
    ):
        raise Refusal(
            "contest.points",
            f"Sections are worth 1 to {MOST_POINTS:,} points each, without weights, and not under "
            "the single transferable vote.",
        )
    if points is not None and not 0 <= floor <= points:
        raise Refusal("contest.floor", "The floor is no higher than the points of a section.")


@transaction.atomic
def remove_contest(contest_id: int, *, by: int | None, now: datetime) -> None:
    """Take a post off the paper; the later ones move up.

    The notice has published it, once it is out: then only a post for which nobody stands is
    struck, and the board says so. Otherwise one such post would hold up all the others.
    """
    contest = Contest.objects.select_related("election").get(pk=contest_id)
    election = lock_election(contest.election_id)
    require_state(election, State.DRAFT, State.NOMINATING)
    if election.stage == State.NOMINATING:
        if not may_be_struck(contest):
            raise Refusal(
                "contest.stands",
                "Only a contest in which nobody stands is struck, and never the last one.",
            )
        append_entry(election, kind="contest-struck", content={"contest": contest.title}, now=now)
    record("edit_contest", subject=("contest", str(contest.pk)), by=by, now=now)
    contest.delete()
    for position, kept in enumerate(election.contests.order_by("position")):
        if kept.position != position:
            Contest.objects.filter(pk=kept.pk).update(position=position)
