"""The demonstration’s nominations: those of constituency parties for Labour’s leader in 2016.

285 nominated Jeremy Corbyn and 53 Owen Smith, between 22 July and 15 August, as advice; nearly as
many nominated nobody (New Statesman, August 2016). The figures are those; on which day each came
is not on record, and here they are spread evenly. The names of the parties are made up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from django.conf import settings
from django.urls import reverse

from ballot.models import Election
from ballot.services.nominate import nominate
from ballot.services.nominating_bodies import import_bodies
from ballot.services.publish_notice import publish_notice
from ballot.services.set_up import create_election, edit_election
from ballot.services.set_up_candidate import add_candidate
from ballot.services.set_up_contest import add_contest
from members.services import save_rules

TITLE: Final = "Nominations as in 2016"
PARTIES: Final = 640
NOMINATED: Final = (("Jeremy Corbyn", 285), ("Owen Smith", 53))
FIRST: Final = datetime(2016, 7, 22, 19, tzinfo=UTC)
DAYS: Final = 25
"""From 22 July to 15 August 2016, both counted."""
RULES: Final = {
    "format": 1, "joined_by": None, "paid_up_on": None, "standings": ["good"],
    "minimum_age": None, "age_on": None, "sections": ["member"], "units": [],
}


def take_nominations_of_2016(*, helped_routes: str, by: int, now: datetime) -> str:
    """An election that takes nominations, with those of 2016 in it; return where they show.

    Everything is written with its hour of now, but the nominations with theirs.
    """
    rules_id = save_rules(TITLE, body=RULES, by=by, now=now)
    election_id = create_election(
        title=TITLE, party=settings.PARTY_NAME, by=by, now=now, demonstration=True
    )
    edit_election(
        election_id, by=by, now=now, returning_officer="Ruth Adeyemi", rules_id=rules_id,
        helped_routes=helped_routes, opens_at=now + timedelta(days=30),
        closes_at=now + timedelta(days=60),
        summary="The nominations that constituency parties made in Labour’s contest of 2016: the "
        "figures are those on record, and which party made which is made up.",
    )
    contest_id = add_contest(election_id, title="Leader", method="av", by=by, now=now)
    people = [
        add_candidate(contest_id, name=name, by=by, now=now) for name, _ in NOMINATED
    ]
    import_bodies(election_id, content=_list(), by=by, now=now)
    publish_notice(election_id, by=by, now=now)
    _nominate(election_id, contest_id, people)
    return reverse("nominations", args=[Election.objects.get(pk=election_id).slug])


def _list() -> bytes:
    return "\n".join(("kind,name", *constituency_parties())).encode()


def constituency_parties() -> list[str]:
    """The lines of a list of nominating bodies that name each of them."""
    return [f"CLP,Constituency party {number}" for number in range(1, PARTIES + 1)]


def _nominate(election_id: int, contest_id: int, people: list[int]) -> None:
    bodies = Election.objects.get(pk=election_id).nominating_bodies.order_by("pk")
    parties = iter(bodies.values_list("pk", flat=True))
    for candidate_id, (_, number) in zip(people, NOMINATED, strict=True):
        nominate_over_days(islice(parties, number), contest_id=contest_id,
                           candidate_id=candidate_id, first=FIRST, days=DAYS)


def nominate_over_days(
    bodies: Iterable[int], *, contest_id: int, candidate_id: int, first: datetime, days: int
) -> None:
    """A candidate's nominations by these bodies over the days, as evenly as whole ones can be."""
    nominating = list(bodies)
    for place, body in enumerate(nominating):
        nominate(body, contest_id=contest_id, candidate_id=candidate_id, by=None,
                 now=first + timedelta(days=place * days // len(nominating)))
