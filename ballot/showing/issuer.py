"""The outside issuer's page: who they are, what is asked of them, what goes into their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.urls import reverse

from ballot.issuance.card import Card
from ballot.issuance.lists import Contact, Kind, Particulars
from ballot.lifecycle import State
from ballot.models import Election, IssuerRequest
from ballot.selectors import codes_made, issuer_is_awaited
from ballot.showing.booth import helped_routes
from ballot.showing.electors import OnRoll, named
from ballot.times import in_zone
from office.links import absolute


class _Section(Protocol):
    code: str


class Entry(OnRoll, Protocol):
    """A roll entry, as far as a letter needs it."""

    public_id: UUID
    section: _Section
    email: str

    @property
    def full_name(self) -> str: ...

    @property
    def postal_lines(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class IssuerShown:
    """The page: the card, whether list or requests are due now, and how many are open."""

    name: str
    words: str
    key: str
    gives_list: bool
    takes_answers: bool
    is_awaited: bool
    issues: int
    reissues: int
    revocations: int


def issuer_of(election: Election, card: Card) -> IssuerShown:
    """What the officer sees of the issuer."""
    asked = IssuerRequest.objects.filter(election=election, state=IssuerRequest.State.OPEN)
    made = codes_made(election)
    is_running = election.stage in {
        State.FROZEN, State.POLLING, State.SUSPENDED, State.CLOSED,
    }  # fmt: skip
    return IssuerShown(
        name=card.name,
        words=card.words(),
        key=card.key.hex(),
        gives_list=election.stage == State.FROZEN and not made,
        takes_answers=is_running and made,
        is_awaited=issuer_is_awaited(election),
        issues=asked.filter(kind=Kind.ISSUE.value).count(),
        reissues=asked.filter(kind=Kind.REISSUE.value).count(),
        revocations=asked.filter(kind=Kind.REVOKE.value).count(),
    )


def particulars_of(election: Election) -> Particulars:
    """What the issuer's letters say of the election."""
    booth, notice, reissue = (
        absolute(reverse(name, args=[election.slug])) for name in ("booth", "election", "reissue")
    )
    return Particulars(
        election=election.public_id.bytes,
        title=election.title,
        party=election.party,
        returning_officer=election.returning_officer,
        closes=in_zone(election.closes_at, election.zone) if election.closes_at else "",
        demonstration=election.demonstration,
        helped_routes=tuple(route.text for route in helped_routes(election)),
        booth=booth,
        notice=notice,
        reissue=reissue,
    )


def contact_of(entry: Entry) -> Contact:
    """How the issuer greets and reaches an elector."""
    return Contact(
        pseudonym=entry.public_id.bytes,
        section=entry.section.code,
        name=entry.full_name,
        elector=named(entry),
        email=entry.email,
        address=tuple(entry.postal_lines),
    )
