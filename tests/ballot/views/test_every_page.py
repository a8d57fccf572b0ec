"""Every page of an election's desk, by every role and nobody, at every state.

What each answers is worked out from the permission table, and compared with what comes. One
election that has been declared has everything that a page could show; its state is then set in the
database to each in turn.

Who is refused is refused before a page is made, which is asked of the view itself. Who is let in is
given the whole page: an officer at every state, the other roles at one state each in turn.
"""

from __future__ import annotations

import pytest

from ballot.differences import DISPUTED
from ballot.lifecycle import State, is_before
from ballot.models import (
    Candidate,
    CastDispute,
    CountsDiffer,
    Credential,
    Envelope,
    EnvelopeReceipt,
    Incident,
    IncidentEntry,
    IncidentKind,
    NominatingBody,
    Nomination,
    Recount,
)
from ballot.services.codes import PURPOSE as VOTING_CODE
from tests.ballot.factories import REASON, no_triggers
from tests.ballot.views.visitors import Visitor, at_every_state, is_asked, visitors
from tests.ballot.views.world import World, now, world
from tests.office.urls import Route, routes

pytestmark = pytest.mark.django_db

HERE = "desk/elections/<slug:slug>/"
PAPERS = f"{HERE}papers/<int:candidate_id>/"
# What this election has none of, an outside issuer and joint tickets among it: nobody finds a page
# there, whatever their role.
ABSENT = ("<int:decision_id>", "<int:bulk_id>", f"{HERE}issuer/", f"{PAPERS}ask-second/",
          f"{PAPERS}consent/")
# What is there from the close on, and in no void election; until then a refusal says so.
FROM_CLOSE = f"{HERE}verification/"


def desk_routes() -> list[Route]:
    return [route for route in routes() if route.pattern.startswith(HERE)]


def belongings(here: World) -> dict[str, str]:
    """Give the election one of everything that an address names; return how it names each."""
    candidate = Candidate.objects.filter(contest__election=here.election_id).earliest("pk")
    of_election = {"election_id": here.election_id}
    officer, entry = here.officers[0], here.entries()[0]
    with no_triggers():
        body = NominatingBody.objects.create(kind="CLP", name="Aberavon", **of_election)
        nomination = Nomination.objects.create(
            body=body, contest=candidate.contest, candidate=candidate, number=1, made_at=now()
        )
        recount = Recount.objects.create(
            contest=candidate.contest, asked_by=officer, grounds=REASON, asked_at=now()
        )
        evidence = CountsDiffer.objects.create(
            contest=candidate.contest, found_by="count", found_at=now(), first={}, second={},
            differences=[],
        )
        CastDispute.objects.create(roll_entry_id=entry.pk, said_at=now(), **of_election)
        envelope = _envelope(here, entry.pk)
        _incident(here)
    return {
        "<slug:slug>": here.slug,
        "<int:contest_id>": str(candidate.contest_id),
        "<int:candidate_id>": str(candidate.pk),
        "<int:body_id>": str(body.pk),
        "<int:nomination_id>": str(nomination.pk),
        "<int:recount_id>": str(recount.pk),
        "<int:evidence_id>": str(evidence.pk),
        "<int:first>": str(envelope.pk),
        "<int:count>": "1",
        # A trustee, an incident, a postal paper, and the place of a contest.
        "<int:number>": "1",
        "<slug:code>": DISPUTED,
        "<str:section>": entry.section.code,
        "<slug:section>": entry.section.code,
        "<slug:kind>": VOTING_CODE,
        "<int:decision_id>": str(10**9),
        "<int:bulk_id>": str(10**9),
    }


def _envelope(here: World, entry_id: int) -> Envelope:
    """An envelope that came, and so a postal paper."""
    envelope = Envelope.objects.create(
        election_id=here.election_id, roll_entry_id=entry_id, barcode="1" * 21
    )
    credential = Credential.objects.filter(election=here.election_id).earliest("pk")
    EnvelopeReceipt.objects.create(
        envelope=envelope, credential=credential, came_at=now(),
        outcome=EnvelopeReceipt.Outcome.RECEIVED,
    )
    return envelope


def _incident(here: World) -> None:
    incident = Incident.objects.create(
        election_id=here.election_id, number=1, kind=IncidentKind.SERVICE, happened_at=now(),
        found_by="The office",
    )
    IncidentEntry.objects.create(
        incident=incident, number=1, said="The pages were slow.", written_by=here.officers[0],
        written_at=now(),
    )


def address(route: Route, given: dict[str, str]) -> str:
    """A route's address with what this election has."""
    path = "/" + route.pattern
    for name, value in given.items():
        path = path.replace(name, value)
    assert "<" not in path, f"{route.pattern}: say in this test what stands there"
    return path


def is_let_in(route: Route, visitor: Visitor) -> bool:
    return visitor.may(route.act or "") and not any(one in route.pattern for one in ABSENT)


def opens_with(route: Route, state: State) -> set[int]:
    """What somebody who is let in is answered: the page, or that it takes a form alone."""
    is_early = is_before(state, State.CLOSED) or state is State.VOID
    return {409} if route.pattern.startswith(FROM_CLOSE) and is_early else {200, 405}


def test_every_page_of_the_desk_is_closed_to_whom_the_table_does_not_name() -> None:
    here, everybody = world().to("declared"), visitors()
    given = belongings(here)
    pages = [(route, address(route, given)) for route in desk_routes()]
    differing = {}

    for state in at_every_state(here):
        for visitor in everybody:
            expected = 302 if visitor.person is None else 404
            for route, path in pages:
                if visitor.may(route.act or ""):
                    continue
                status = visitor.status(path)
                if status != expected:
                    differing[state.value, visitor.name, route.pattern] = status

    assert len(pages) > 40
    assert differing == {}


def test_every_page_of_the_desk_opens_at_every_state_to_whom_the_table_names() -> None:
    here, everybody = world().to("declared"), visitors()
    given = belongings(here)
    pages = [(route, address(route, given)) for route in desk_routes()]
    differing = {}

    for turn, state in enumerate(at_every_state(here)):
        for place, (route, path) in enumerate(pages):
            for number, visitor in enumerate(everybody):
                if not is_asked(visitor, place + number, turn) or not is_let_in(route, visitor):
                    continue
                status = visitor.client.get(path).status_code
                if status not in opens_with(route, state):
                    differing[state.value, visitor.name, route.pattern] = status

    assert differing == {}
