"""What the pages show of an election's post: figures, tellers, and how far the papers are."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ballot.lifecycle import State
from ballot.mapping.notice import contest_code
from ballot.models import Contest, Election, Envelope, PostalRuling, Reason, Teller
from ballot.postal import (
    BEFORE_CLOSE,
    Kind,
    Paper,
    PostOfSection,
    is_accounted,
    named_tellers,
    papers_of,
    post_by_section,
)
from ballot.selectors import contested, on_paper, ranking_space
from ballot.showing.code128 import Bars, bars_of
from members.selectors import entries_by_public_id


@dataclass(frozen=True, slots=True)
class PostShown:
    """The post of an election.

    settled: how many papers two tellers have settled.  to_rule: those that wait for the officer.
    begun: those that one teller has read alone.  to_name: whether some teller is not named yet.
    is_boxed: past the register's verification, which fixes the boxes.
    """

    sections: tuple[PostOfSection, ...]
    tellers: tuple[Teller, ...]
    named: frozenset[int]
    to_name: bool
    papers: int
    settled: int
    to_rule: tuple[Paper, ...]
    begun: tuple[Paper, ...]
    is_opened: bool
    is_accounted: bool
    is_boxed: bool
    takes_tellers: bool
    issues: bool
    receives: bool


def post_of(election: Election) -> PostShown:
    """The post as it stands now."""
    papers = papers_of(election)
    tellers = tuple(election.tellers.all())
    named = named_tellers(election)
    return PostShown(
        sections=tuple(post_by_section(election)),
        tellers=tellers,
        named=named,
        to_name=any(one.number not in named for one in tellers),
        papers=len(papers),
        settled=sum(paper.agrees for paper in papers),
        to_rule=tuple(paper for paper in papers if paper.needs_ruling),
        begun=tuple(paper for paper in papers if paper.waits_for_other),
        is_opened=election.envelopes_opened_at is not None,
        is_accounted=is_accounted(election),
        is_boxed=election.stage not in {State.CLOSED, State.VOID},
        takes_tellers=election.stage in BEFORE_CLOSE,
        issues=election.postal_papers and election.stage in {State.POLLING, State.SUSPENDED},
        receives=election.envelopes.exists()
        and election.stage not in {State.DECLARED, State.ARCHIVED, State.VOID},
    )


@dataclass(frozen=True, slots=True)
class Label:
    """What goes on an outer envelope."""

    number: str
    name: str
    barcode: str
    bars: Bars


def labels_of(election: Election, *, first: int, count: int) -> list[Label]:
    """The labels of envelopes that were issued together, from one on."""
    rows = Envelope.objects.filter(election=election, pk__gte=first).select_related("roll_entry")
    return [
        Label(
            row.roll_entry.number,
            f"{row.roll_entry.given_name} {row.roll_entry.family_name}".strip(),
            row.barcode,
            bars_of(row.barcode),
        )
        for row in rows.order_by("pk")[:count]
    ]


@dataclass(frozen=True, slots=True)
class ToBeIssued:
    """Somebody to whom an envelope would be issued."""

    number: str
    name: str
    section: str


def people_of(electors: Sequence[str]) -> list[ToBeIssued]:
    """These electors, by their pseudonyms, in their order; who is on no roll is left out."""
    pseudonyms = [uuid.UUID(one) for one in electors]
    found = entries_by_public_id(pseudonyms)
    return [
        ToBeIssued(entry.number, entry.full_name, entry.section.name)
        for entry in (found[one] for one in pseudonyms if one in found)
    ]


# --- a teller's page -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContestToRead:
    """A contest as a teller reads it: how many may be ranked, and the names in their order."""

    code: str
    title: str
    preferences: int
    names: tuple[str, ...]


def contests_to_read(election: Election) -> list[ContestToRead]:
    """The contests on the paper, in its order, with the names in theirs."""
    return [
        ContestToRead(
            contest_code(contest),
            contest.title,
            ranking_space(contest).preferences,
            tuple(candidate.name for candidate in on_paper(contest)),
        )
        for contest in contested(election)
    ]


def reading_words(paper: Paper) -> str:
    """What a teller is told of a paper once they have handed in what they made of it."""
    place = f"Paper {paper.number} of {paper.section.name}"
    if paper.needs_ruling:
        return f"{place} waits for the returning officer to rule on it."
    if paper.is_empty:
        return f"{place}: both of you found no paper in the envelope."
    if paper.agrees:
        return f"{place} is settled: both of you read the same."
    return f"{place} is handed in. The other teller reads it next."


def waiting_for(election: Election, teller: Teller) -> list[str]:
    """The papers that this teller is waited for, in words, with what was ruled on them."""
    titles = {code: contest.title for code, contest in contests_by_code(election)}
    return [line for paper in papers_of(election) for line in _waits(paper, teller, titles)]


def _waits(paper: Paper, teller: Teller, titles: Mapping[str, str]) -> Iterator[str]:
    if paper.is_read or paper.needs_ruling:
        return
    begun = [one for one in paper.readings if one.other_id == teller.pk]
    ruled = paper.rulings and not any(one.teller_id == teller.pk for one in paper.readings)
    if begun or ruled:
        with_whom = f", with {begun[0].teller.name}" if begun else ""
        said = f" {ruling_words(paper.rulings[-1], titles)}" if paper.rulings else ""
        yield f"{paper.section.name}, paper {paper.number}{with_whom}.{said}"


def ruling_words(ruling: PostalRuling, titles: Mapping[str, str]) -> str:
    """What was ruled on a paper; titles: of the contests, by their codes."""
    if not ruling.rejected:
        return "Ruled: it is good, read it again."
    told = "; ".join(
        f"“{titles[code]}” is rejected ({Reason(reason).label.lower()})"
        for code, reason in sorted(ruling.rejected.items())
    )
    return f"Ruled: {told}. Read the rest again."


def doubt_words(paper: Paper) -> str:
    """Why a paper waits for a ruling."""
    if paper.waits_for_other:
        one = paper.readings[0]
        return f"Read by {one.teller.name}, and waits for {one.other.name}"
    doubts = [Reason(one.doubt).label for one in paper.readings if one.kind == Kind.DOUBTFUL]
    if not doubts:
        return "The two tellers read it differently"
    return f"Doubted: {', '.join(doubts).lower()}"


def contests_by_code(election: Election) -> list[tuple[str, Contest]]:
    return [(contest_code(contest), contest) for contest in contested(election)]
