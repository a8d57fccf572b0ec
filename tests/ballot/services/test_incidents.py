"""The incidents book: written, added to, judged after the count, published with the declaration."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from ballot.incidents import Booked, book_of, closest_gap, gaps_of, published_book, unjudged
from ballot.models import Election, Incident, IncidentKind
from ballot.services.amend_incident import amend_incident
from ballot.services.declare import declare
from ballot.services.judge_incidents import judge_incidents
from ballot.services.legible import LONGEST_LINE
from ballot.services.open_incident import BOOK_LOCK, book_word_of_elector, open_incident
from ballot.services.record_dispute import record_dispute
from ballot.services.void_election import void_election
from office.permissions import Role
from tests.ballot.factories import (
    REASON,
    Run,
    bring,
    code_of_refusal,
    content,
    election,
    entries,
    kinds,
    now,
    recorded,
)
from tests.office.factories import staff

pytestmark = pytest.mark.django_db


def opened(run: Run, **given: Any) -> int:
    written = {
        "kind": "service", "happened_at": now() - timedelta(hours=1), "found_by": "The helpdesk",
        "said": "The pages did not answer for ten minutes.", "done": "Restarted.",
        "kept_from_voting": None,
    }
    return open_incident(run.election_id, **{**run.by, **written, **given})


@pytest.fixture
def run_counted() -> Run:
    """An election that is counted, with one incident from before the count."""
    run = election(at="opened")
    opened(run)
    bring(run, to="counted")
    return run


def test_an_incident_is_added_to_and_its_last_number_stands() -> None:
    run = election(at="nominating")

    number = opened(run, kept_from_voting=3)
    amend_incident(run.election_id, number=number, said="More were kept away.", done="",
                   kept_from_voting=5, **run.by)
    amend_incident(run.election_id, number=number, said="The cause is found.", done="Mended.",
                   kept_from_voting=None, **run.by)
    (one,) = book_of(run.election)

    assert [entry.said for entry in one.entries] == [
        "The pages did not answer for ten minutes.", "More were kept away.", "The cause is found."
    ]
    assert one.kept_from_voting == 5
    assert opened(run) == 2
    assert recorded("amend_incident", subject=("incident", f"{run.election_id}-1")) == [
        (run.officers[0], None), (run.officers[0], None)
    ]


@pytest.mark.parametrize("part", ["found_by", "said", "done"])
def test_what_would_not_show_is_refused_in_every_text_of_the_book(part: str) -> None:
    run = election(at="nominating")

    assert code_of_refusal(lambda: opened(run, **{part: "Post\u200broom"})) == (
        "text.hidden-character"
    )
    assert opened(run, **{part: "Post room"}) == 1


def test_a_number_given_after_the_judgement_asks_for_another(run_counted: Run) -> None:
    run = run_counted
    judged(run, [1])
    further = {"number": 1, "done": "", **run.by}

    amend_incident(run.election_id, said="Mended.", kept_from_voting=None, **further)
    still = unjudged(run.election)
    amend_incident(run.election_id, said="It was more.", kept_from_voting=9, **further)
    stopped = code_of_refusal(lambda: declare(run.election_id, **run.by_two))
    again = unjudged(run.election)
    judged(run, [1])

    assert (still, again, stopped) == ([], [1], "election.not-ready")
    assert unjudged(run.election) == []


def test_once_the_book_is_published_officers_alone_write_and_the_board_stays(
    run_counted: Run,
) -> None:
    run = run_counted
    keeper = {"by": staff(Role.MEMBERSHIP_ADMINISTRATOR).pk, "now": now()}
    further = {"number": 1, "said": "More is known.", "done": "", "kept_from_voting": None}
    amend_incident(run.election_id, **further, **keeper)
    judged(run, [1])
    declare(run.election_id, **run.by_two)

    refused = [
        code_of_refusal(lambda: amend_incident(run.election_id, **further, **keeper)),
        code_of_refusal(lambda: opened(run, **keeper)),
    ]
    amend_incident(run.election_id, **{**further, "kept_from_voting": 5}, **run.by)

    assert refused == ["incident.published", "incident.published"]
    assert published_book(run.election) == content(run, "incidents")["incidents"]
    assert published_book(run.election)[0]["kept_from_voting"] is None
    assert book_of(run.election)[0].kept_from_voting == 5


def test_a_word_said_after_the_count_does_not_put_off_the_declaration(run_counted: Run) -> None:
    run = run_counted
    record_dispute(run.election_id, recipient=entries(run)[0].public_id, now=now())
    waiting = unjudged(run.election)
    judged(run, [1])

    declare(run.election_id, **run.by_two)

    told = content(run, "incidents")["incidents"]
    assert waiting == [1]
    assert [(one["number"], one["material"]) for one in told] == [(1, False), (2, None)]


def books_locked(run: Run) -> int:
    """Whether this transaction keeps everybody else from the book: 1, or 0."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
            " AND objid = %s AND pid = pg_backend_pid()", [BOOK_LOCK, run.election_id],
        )
        return int(cursor.fetchone()[0])


def test_nothing_is_written_in_the_book_while_a_result_is_declared(run_counted: Run) -> None:
    run = run_counted
    judged(run, [1])

    seen: list[int] = []
    with patch(
        "ballot.services.declare.require_ready", lambda *_, **__: seen.append(books_locked(run))
    ):
        declare(run.election_id, **run.by_two)

    assert seen == [1]


def test_nothing_is_written_in_the_book_while_an_election_is_declared_void() -> None:
    run = election(at="nominating")
    opened(run)
    seen: list[int] = []

    def noted(election: Election) -> list[Booked]:
        seen.append(books_locked(run))
        return book_of(election)

    with patch("ballot.services.publish_incidents.book_of", noted):
        void_election(run.election_id, reason=REASON, **run.by_two)

    assert seen == [1]
    assert len(content(run, "incidents")["incidents"]) == 1


def test_who_found_an_incident_is_no_longer_than_its_column_in_normal_form() -> None:
    run = election(at="nominating")

    long = code_of_refusal(lambda: opened(run, found_by="\ufb2c" * 41))

    assert long == "incident.text"
    assert opened(run, found_by="\ufb2c" * 40) == 1
    assert len(Incident.objects.get().found_by) == LONGEST_LINE


def test_what_has_not_happened_yet_is_refused_and_so_is_a_draft() -> None:
    run = election(at="nominating")
    draft = election(title="Deputy 2026")

    ahead = code_of_refusal(lambda: opened(run, happened_at=now() + timedelta(hours=1)))
    empty = code_of_refusal(lambda: opened(run, said="  "))
    early = code_of_refusal(lambda: opened(draft))
    none = code_of_refusal(lambda: amend_incident(
        run.election_id, number=1, said="More.", done="", kept_from_voting=None, **run.by))

    assert (ahead, empty, early, none) == (
        "incident.ahead", "incident.text", "incident.no-book", "incident.none"
    )
    assert opened(run) == 1


def test_this_was_not_me_comes_into_the_book_by_itself_and_once() -> None:
    run = election(at="closed")
    voter = entries(run)[0]

    record_dispute(run.election_id, recipient=voter.public_id, now=now())
    record_dispute(run.election_id, recipient=voter.public_id, now=now())
    again = book_word_of_elector(
        run.election_id, kind=IncidentKind.NOT_ME, entry_id=voter.pk, found_by="The helpdesk",
        by=None, now=now(),
    )
    other = book_word_of_elector(
        run.election_id, kind=IncidentKind.DID_NOT_VOTE, entry_id=voter.pk,
        found_by="The helpdesk", by=run.officers[0], now=now(),
    )

    assert (again, other) == (1, 2)
    assert list(Incident.objects.values_list("number", "kind", "roll_entry")) == [
        (1, "not-me", voter.pk), (2, "did-not-vote", voter.pk)
    ]


def test_the_declaration_waits_for_the_judgement_and_publishes_the_book() -> None:
    run = election(at="opened")
    voter = entries(run)[0]
    record_dispute(run.election_id, recipient=voter.public_id, now=now())
    early = code_of_refusal(lambda: judged(run, [1]))
    bring(run, to="counted")

    stopped = code_of_refusal(lambda: declare(run.election_id, **run.by_two))
    stranger = code_of_refusal(lambda: judged(run, [1, 2]))
    judged(run, [1])
    declare(run.election_id, **run.by_two)
    published = content(run, "incidents")

    assert (early, stopped, stranger) == (
        "election.wrong-state", "election.not-ready", "incident.none"
    )
    assert kinds(run)[-2:] == ["incidents", "declaration"]
    (told,) = published["incidents"]
    assert (told["kind"], told["material"], told["number"]) == ("not-me", False, 1)
    assert [one["said"] for one in told["entries"]][-1] == "One vote is less than the gap."
    assert voter.number not in str(published) and voter.family_name not in str(published)


def judged(run: Run, numbers: list[int]) -> None:
    judge_incidents(run.election_id, numbers=numbers, is_material=False,
                    grounds="One vote is less than the gap.", **run.by)


def test_a_void_election_publishes_its_book_and_one_without_incidents_nothing() -> None:
    run, quiet = election(at="nominating"), election(at="nominating", title="Deputy 2026")
    opened(run)

    for one in (run, quiet):
        void_election(one.election_id, reason=REASON, **one.by_two)

    assert kinds(run) == ["notice", "incidents", "void"]
    assert kinds(quiet) == ["notice", "void"]
    assert content(run, "incidents")["incidents"][0]["material"] is None


def test_the_gap_of_a_count_is_the_closest_that_any_stage_came() -> None:
    run = election(at="counted", rankings=((0,), (0,), (0,), (0,), (0,), (1,), (1,), (2,)),
                   electors=8, stop="two")

    # 5, 2 and 1: Cedar is excluded one vote behind; then 5 stand against 2.
    assert [(one.contest, one.papers) for one in gaps_of(run.election)] == [("Leader", 1)]


def test_no_gap_is_told_of_weighted_sections_or_several_places() -> None:
    rankings = ((0,), (0,), (0,), (1,), (1,), (2,))
    weighted = election(at="counted", rankings=rankings, electors=6, title="College 2026",
                        weights={"member": 3})
    several = election(at="counted", rankings=rankings, electors=6, title="Committee 2026",
                       method="stv", places=2)
    plain = election(at="counted", rankings=rankings, electors=6)

    assert [len(gaps_of(one.election)) for one in (weighted, several, plain)] == [0, 0, 1]


def stage(excluded: list[str], **votes: int) -> dict[str, Any]:
    return {"votes": votes, "excluded": excluded}


@pytest.mark.parametrize(
    ("method", "stages", "gap"),
    [
        ("av", [stage([], Ash=60, Birch=30, Cedar=10)], 20),
        ("av", [stage(["Cedar"], Ash=45, Birch=40, Cedar=15), stage([], Ash=55, Birch=45)], 10),
        ("av", [stage(["Cedar"], Ash=45, Birch=28, Cedar=27), stage([], Ash=70, Birch=30)], 1),
        ("av", [stage(["Birch", "Cedar"], Ash=90, Birch=6, Cedar=4), stage([], Ash=100)], 80),
        ("plurality", [stage([], Ash=40, Birch=35, Cedar=25)], 5),
        ("stv", [stage([], Ash=40, Birch=35, Cedar=25)], None),
    ],
)
def test_the_closest_gap_is_worked_out_for_single_places_alone(
    method: str, stages: list[dict[str, Any]], gap: int | None
) -> None:
    sheet = {"method": method, "elected": ["Ash"], "stages": stages}
    weighted = [one | {"weighted": {"Ash": "50.500", "Birch": "49.500"}} for one in stages]

    assert closest_gap(sheet) == gap
    assert closest_gap(sheet | {"stages": weighted}) is None
