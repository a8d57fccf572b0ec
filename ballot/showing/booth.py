"""What the booth's page shows: the paper, where its two questions go, and what every proof binds.

The same for every elector, and worked out anew for each page: nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.urls import reverse

from ballot.lifecycle import State, is_before
from ballot.mapping.notice import contest_code
from ballot.models import Candidate, Contest, Election, Method, NamesOrder, VotesOfWithdrawn
from ballot.selectors import contested, key_of
from ballot.showing.closed import closed_sentence, result_sentence
from ballot.tickets import ticket_sentence
from ballot.times import in_zone
from ballot.who_stands import withdrawal_entries


@dataclass(frozen=True, slots=True)
class HelpedRoute:
    """A way to vote without this page."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class PaperCandidate:
    """One row of the paper; `position` is the number by which a sealed ranking refers to it."""

    position: int
    name: str
    statement: str
    photo_url: str
    is_ron: bool
    withdrawn_sentence: str = ""
    withdrawal_entry: int | None = None
    """The entry of the board by which votes for this candidate are passed over."""


@dataclass(frozen=True, slots=True)
class PaperContest:
    """One contest as it stands on the paper."""

    code: str
    title: str
    description: str
    is_plurality: bool
    preferences: int
    has_ron: bool
    order_sentence: str
    is_shuffled: bool
    candidates: tuple[PaperCandidate, ...]

    @property
    def candidate_count(self) -> int:
        return len(self.candidates)


@dataclass(frozen=True, slots=True)
class Booth:
    """Everything that the page templates/ballot/booth.html needs."""

    title: str
    is_open: bool
    closed_sentence: str
    result_sentence: str
    election_url: str
    closes_at_text: str
    election_id: str
    fingerprint: str
    public_key: str
    identify_url: str
    confirm_url: str
    cast_url: str
    challenge_url: str
    check_url: str
    is_checked_elsewhere: bool
    is_exported: bool
    reissue_url: str
    receipt_url: str
    helped_routes: tuple[HelpedRoute, ...]
    contests: tuple[PaperContest, ...]


def booth_of(election: Election, *, now: datetime, is_exported: bool = False) -> Booth:
    """The booth as it stands now: with the paper while the poll is open, else with the reason.

    is_exported: whether it is to be served from another origin, and asks this one by its name.
    """
    def url(name: str) -> str:
        return (settings.ORIGIN if is_exported else "") + reverse(name, args=[election.slug])

    # What checks a device is best not of the server that gave it the booth.
    others = (settings.ORIGIN,) if is_exported else settings.BOOTH_ORIGINS
    checker = others[0] if others else settings.ORIGIN
    closed = closed_sentence(election, now=now)
    return Booth(
        title=election.title,
        is_open=not closed,
        closed_sentence=closed,
        result_sentence=result_sentence(election, now=now),
        election_url=url("election"),
        closes_at_text=in_zone(election.closes_at, election.zone) if election.closes_at else "",
        election_id=election.public_id.hex,
        fingerprint=bytes(election.fingerprint or b"").hex(),
        public_key="" if closed else key_of(election).public_key.hex(),
        identify_url=url("identify"),
        confirm_url=url("confirm"),
        cast_url=url("cast"),
        challenge_url=url("challenge"),
        check_url=checker + reverse("device_check", args=[election.slug]),
        is_checked_elsewhere=bool(others),
        is_exported=is_exported,
        reissue_url=url("reissue"),
        receipt_url=url("board"),
        helped_routes=routes_now(election, closed=closed),
        contests=() if closed else tuple(_papers(election)),
    )


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What the page templates/ballot/device_check.html needs; all else it reads from the board."""

    title: str
    board_url: str
    is_exported: bool


def check_page_of(election: Election, *, is_exported: bool = False) -> CheckPage:
    """The page on which a second device makes a challenged paper again."""
    board_url = settings.ORIGIN if is_exported else ""
    board_url += reverse("board", args=[election.slug])
    return CheckPage(election.title, board_url, is_exported)


def helped_routes(election: Election) -> tuple[HelpedRoute, ...]:
    """The other ways to vote, one a line of what the officer wrote."""
    lines = (line.strip() for line in election.helped_routes.splitlines())
    return tuple(HelpedRoute(line) for line in lines if line)


def routes_now(election: Election, *, closed: str) -> tuple[HelpedRoute, ...]:
    """The other ways to vote for as long as there are any: until the close, and not suspended.

    closed: why no ballot can be cast now, as `closed_sentence` says it.
    """
    if is_before(election.stage, State.POLLING) or not closed:
        return helped_routes(election)
    return ()


def photo_url(election: Election, candidate_id: int, *, has_photo: bool) -> str:
    """The address of a candidate's photograph; empty where there is none."""
    return reverse("candidate_photo", args=[election.slug, candidate_id]) if has_photo else ""


def _papers(election: Election) -> Iterator[PaperContest]:
    rows: dict[int, list[PaperCandidate]] = {}
    photographed = with_photo(election)
    left = withdrawal_entries(election)
    for row in _on_papers(election):
        url = photo_url(election, row.pk, has_photo=row.pk in photographed)
        gone = left.get((row.contest.title, row.name)) if row.withdrawn_at else None
        rows.setdefault(row.contest_id, []).append(_row(row, url, gone))
    for contest in contested(election):
        yield _paper(contest, tuple(rows.get(contest.pk, ())))


_ONE_CHOICE: Final = (
    "Has withdrawn, and can no longer be chosen. Votes cast before count for nobody."
)
_WITHDRAWN: Final[dict[str, str]] = {
    VotesOfWithdrawn.PASS_ON: "Has withdrawn, and can no longer be chosen. Votes cast before pass "
    "on to the next preference.",
    VotesOfWithdrawn.STAND: "Has withdrawn. A vote for this candidate counts all the same; if they "
    "are elected, nominations open again.",
}


def _row(row: Candidate, url: str, entry: int | None) -> PaperCandidate:
    """A row of the paper. Of who withdrew it says so, and what becomes of a vote for them."""
    rule = row.contest.votes_of_withdrawn
    has_one_choice = row.contest.method == Method.PLURALITY
    words = _ONE_CHOICE if has_one_choice and rule == VotesOfWithdrawn.PASS_ON else _WITHDRAWN[rule]
    return PaperCandidate(
        position=row.position or 0,
        name=row.name,
        statement=row.statement,
        photo_url=url,
        is_ron=row.is_reopen_nominations,
        withdrawn_sentence=words if row.withdrawn_at else "",
        withdrawal_entry=entry if rule == VotesOfWithdrawn.PASS_ON else None,
    )


def _on_papers(election: Election) -> Iterator[Candidate]:
    """Every candidate on the paper, without the photographs' bytes."""
    rows = Candidate.objects.filter(contest__election=election, position__isnull=False)
    rows = rows.select_related("contest").defer("photo")
    yield from rows.order_by("contest_id", "position")


def with_photo(election: Election) -> frozenset[int]:
    """The ids of the candidates who handed in a photograph."""
    rows = Candidate.objects.filter(contest__election=election, photo__isnull=False)
    return frozenset(rows.values_list("pk", flat=True))


_ORDER: Final[dict[str, str]] = {
    NamesOrder.ALPHABET: "The names are in alphabetical order.",
    NamesOrder.LOT: "The names are in an order that was drawn by lot.",
    NamesOrder.SHUFFLED: "The order of the names was shuffled on this device, and means nothing.",
}


def _paper(contest: Contest, candidates: tuple[PaperCandidate, ...]) -> PaperContest:
    most = contest.max_preferences or len(candidates)
    return PaperContest(
        code=contest_code(contest),
        title=contest.title,
        description=ticket_sentence(contest.ticket),
        is_plurality=contest.method == Method.PLURALITY,
        preferences=min(most, len(candidates)),
        has_ron=contest.reopen_nominations,
        order_sentence=_ORDER[contest.names_order],
        is_shuffled=contest.names_order == NamesOrder.SHUFFLED,
        candidates=candidates,
    )
