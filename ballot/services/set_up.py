"""Setting up an election and its paper, before the notice of poll fixes them."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.text import slugify

from ballot.canonical import Json
from ballot.counting.weighting import MOST_PARTS
from ballot.gates import GateRefused, read_gates, write_gates
from ballot.issuance.card import read_card
from ballot.issuance.errors import FileRefused
from ballot.lifecycle import State
from ballot.models import (
    Candidate,
    Contest,
    Election,
    Method,
    NamesOrder,
    VotesOfWithdrawn,
)
from ballot.names import TextRefused, clean_line, clean_text
from ballot.selectors import may_be_struck
from ballot.services.board import append_entry
from ballot.services.candidate_papers import (
    changed,
    require_same_name,
    require_same_words,
    require_taking,
    stand_again,
)
from ballot.services.consent import require_words
from ballot.services.moves import lock_election, require_state
from ballot.services.photographs import re_encode
from office.refusal import Refusal
from office.services.audit import record

REOPEN_NOMINATIONS: Final = "Re-open nominations"
MOST_CONTESTS: Final = 8
LAST_REMINDER: Final = timedelta(hours=48)
LONGEST_LINE: Final = 120  # The columns of titles and names hold so much.

_LINES: Final = ("title", "party", "returning_officer", "deputy", "scrutineer")
_TEXTS: Final = ("summary", "helped_routes", "complaints")
_PLAIN: Final = (
    "nominations_close_at", "opens_at", "closes_at", "reminder_at", "last_reminder_at", "rules_id",
    "smallest_box", "letters_in_welsh", "mixes_wanted", "postal_papers", "zone",
    "turnout_by_section", "ballot_of_excluded", "ballot_of_dead", "ballot_of_resigned",
    "recount_margin_permille", "recount_on_request", "turnout_base", "challenge_days", "keep_days",
)
_CARD: Final = "issuer"


def _clean(cleaner: Callable[[str], str], field: str, text: str) -> str:
    """The text in normal form, which may be longer than what was typed and fitted the form."""
    try:
        clean = cleaner(text)
    except TextRefused as refused:
        raise Refusal(
            "text.hidden-character",
            f"The {field.replace('_', ' ')} holds {refused.found}, which would not show. "
            "Remove it and save again.",
        ) from refused
    if cleaner is clean_line and len(clean) > LONGEST_LINE:
        raise Refusal(
            "text.too-long",
            f"The {field.replace('_', ' ')} is longer than {LONGEST_LINE} letters. Shorten it.",
        )
    return clean


@transaction.atomic
def create_election(
    *,
    title: str,
    party: str,
    by: int | None,
    now: datetime,
    demonstration: bool = False,
    **rest: Any,
) -> int:
    """Begin an election as a draft; return its id.

    demonstration: the server may hold the trustees' shares itself. Said once, never changed.
    """
    title = _clean(clean_line, "title", title)
    if not title:
        raise Refusal("election.no-title", "Give the election a title.")
    election = Election(title=title, slug=_free_slug(title), demonstration=demonstration)
    _fill(election, {"party": party, **rest})
    election.save(force_insert=True)
    record("set_up_election", subject=("election", str(election.pk)), by=by, now=now)
    return election.pk


def _free_slug(title: str) -> str:
    stem = slugify(title)[:50] or "election"
    taken = set(Election.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    taken.add("new")  # The desk's own address for an election still to be begun.
    number = 1
    slug = stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _fill(election: Election, values: Mapping[str, Any]) -> None:
    for field, value in values.items():
        if field in _LINES:
            setattr(election, field, _clean(clean_line, field, value))
        elif field in _TEXTS:
            setattr(election, field, _clean(clean_text, field, value))
        elif field in _PLAIN:
            setattr(election, field, value)
        elif field == _CARD:
            election.issuer = _card(value)
        else:
            raise TypeError(f"an election has no {field} to set up")
    if election.zone not in zoneinfo.available_timezones():
        raise Refusal("election.no-such-zone", f"There is no time zone “{election.zone}”.")
    if election.opens_at and election.closes_at and election.closes_at <= election.opens_at:
        raise Refusal("election.closes-too-soon", "The poll must close after it opens.")
    ends, opens_at = election.nominations_close_at, election.opens_at
    if ends and opens_at and ends >= opens_at:
        raise Refusal("election.nominations-too-long",
                      "Nominations must close before the poll opens.")
    _require_reminders_in_poll(election)
    if election.mixes_wanted < 2:
        raise Refusal("election.too-few-mixes", "Every box is mixed at least twice.")
    if election.keep_days < election.challenge_days:
        raise Refusal("election.kept-too-short", "Sealed ballots are kept at least as long as the "
                      "result may be challenged.")
    if election.smallest_box < 1:
        # A section in which nobody voted would else be a box of its own with nothing in it.
        raise Refusal("election.empty-box", "The smallest box holds at least one ballot.")


def _require_reminders_in_poll(election: Election) -> None:
    """Reminders go out while the poll is open, the last within two days of its close."""
    first, last = election.reminder_at, election.last_reminder_at
    opens, closes = election.opens_at, election.closes_at
    for at in (first, last):
        if at and opens and closes and not opens < at < closes:
            raise Refusal(
                "election.reminder-outside-poll", "A reminder goes out while the poll is open."
            )
    if last and closes and last < closes - LAST_REMINDER:
        raise Refusal(
            "election.last-reminder-too-early",
            "The last reminder goes out within the 48 hours before the close.",
        )
    if first and last and first >= last:
        raise Refusal("election.reminders-out-of-order", "The last reminder comes after the first.")


def _card(octets: bytes | None) -> dict[str, Json] | None:
    """An outside issuer's card as it is kept; none where the server makes the codes."""
    if octets is None:
        return None
    try:
        return read_card(octets).to_json()
    except FileRefused as refused:
        raise Refusal(refused.code, refused.sentence) from refused


@transaction.atomic
def edit_election(election_id: int, *, by: int | None, now: datetime, **values: Any) -> None:
    """Change a draft: title, party, texts, times, rules, smallest box, number of mixes, issuer.

    issuer: the card of an outside issuer, as they gave it; None: the server makes the codes.
    """
    election = lock_election(election_id)
    require_state(election, State.DRAFT)
    _fill(election, values)
    election.save(update_fields=list(values))
    record("set_up_election", subject=("election", str(election.pk)), by=by, now=now)


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
) -> int:
    """Add a post to the paper of a draft; return the contest's id.

    places:  how many are elected; several by the single transferable vote alone.
    weights: section code → whole parts of the whole; None: one paper is one vote.
    """
    election = lock_election(election_id)
    require_state(election, State.DRAFT)
    position = election.contests.count()
    if position >= MOST_CONTESTS:
        raise Refusal("contest.too-many", f"A paper carries at most {MOST_CONTESTS} contests.")
    title = _clean(clean_line, "title", title)
    if not title:
        raise Refusal("contest.no-title", "Give the contest a title, the post that is filled.")
    _require_countable(method, places, weights, reopens=reopen_nominations)
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


def _require_countable(
    method: str, places: int, weights: Mapping[str, int] | None, *, reopens: bool
) -> None:
    """Refuse a contest that no method of docs/spec/counting.md counts."""
    if places < 1 or (places > 1 and (method != Method.SINGLE_TRANSFERABLE_VOTE or reopens)):
        raise Refusal(
            "contest.places",
            "Several places are filled by the single transferable vote, without “Re-open "
            "nominations” on the paper.",
        )
    if weights and (
        method == Method.SINGLE_TRANSFERABLE_VOTE
        or not all(type(parts) is int and 0 < parts <= MOST_PARTS for parts in weights.values())
    ):
        raise Refusal(
            "contest.weights",
            "Sections are weighted in whole parts from 1, and not under the single transferable "
            "vote.",
        )


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


@transaction.atomic
def add_candidate(
    contest_id: int,
    *,
    name: str,
    by: int | None,
    now: datetime,
    statement: str = "",
    photo: bytes | None = None,
) -> int:
    """Take a nomination with statement and photograph; return the candidate's id.

    Who had withdrawn and is nominated again stands again, with what is handed in now; they are
    asked anew for their consent, and ruled on anew.
    """
    contest = _open_contest(contest_id, now=now)
    name = _clean(clean_line, "name", name)
    if not name:
        raise Refusal("candidate.no-name", "Give the candidate's name as it shall stand.")
    candidate = contest.candidates.filter(name__iexact=name).first() or Candidate(contest=contest)
    if candidate.pk and candidate.withdrawn_at is None:
        raise Refusal("candidate.twice", f"“{name}” stands in this contest already.")
    require_same_name(candidate, name)
    before = Candidate(name=candidate.name, statement=candidate.statement)
    candidate.name = name
    candidate.statement = _clean(clean_text, "statement", statement)
    require_words(candidate.statement, most=contest.statement_words)
    candidate.photo = re_encode(photo) if photo else None
    if candidate.withdrawn_at is not None:
        stand_again(candidate, now=now)
    candidate.save()
    record("edit_contest", subject=("candidate", str(candidate.pk)), by=by, now=now,
           parameters=changed(before, candidate))
    return candidate.pk


@transaction.atomic
def edit_candidate(
    candidate_id: int,
    *,
    name: str,
    statement: str,
    by: int | None,
    now: datetime,
    photo: bytes | None = None,
) -> None:
    """Mend a nomination's name, statement or photograph while nominations are open.

    The name only while no papers stand under it, the rest until the candidate has consented.
    """
    contest = _open_contest(Candidate.objects.get(pk=candidate_id).contest_id, now=now)
    candidate = Candidate.objects.get(pk=candidate_id)
    name = _clean(clean_line, "name", name)
    others = contest.candidates.exclude(pk=candidate_id)
    if not name or others.filter(name__iexact=name).exists():
        raise Refusal("candidate.twice", "Each candidate needs a name of their own.")
    statement = _clean(clean_text, "statement", statement)
    require_words(statement, most=contest.statement_words)
    require_same_name(candidate, name)
    require_same_words(candidate, statement, photo=photo is not None)
    before = Candidate(name=candidate.name, statement=candidate.statement)
    candidate.name, candidate.statement = name, statement
    if photo:
        candidate.photo = re_encode(photo)
    candidate.save(update_fields=["name", "statement", "photo"])
    record("edit_contest", subject=("candidate", str(candidate_id)), by=by, now=now,
           parameters=changed(before, candidate))


def _open_contest(contest_id: int, *, now: datetime) -> Contest:
    contest = Contest.objects.get(pk=contest_id)
    require_taking(lock_election(contest.election_id), now=now)
    return contest

