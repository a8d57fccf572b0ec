"""The list of nominating bodies: what a file does to it, and what is refused whole."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ballot.models import NominatingBody
from ballot.services.nominating_bodies import Taken, add_body, remove_body
from ballot.services.nomination_seats import (
    BODY_PURPOSE,
    recipient,
    send_body_link,
    send_body_links,
)
from office.services.letters import queue_letter
from tests.ballot.factories import bring, code_of_refusal, election
from tests.ballot.services.nominating import BODIES, body, give, nominating, take_bodies

pytestmark = pytest.mark.django_db


def test_a_file_adds_bodies_and_mends_those_that_are_there() -> None:
    run = election()

    first = take_bodies(run)
    second = take_bodies(run, "KIND, Name,Members\nCLP,Barking,700\nCLP,Dover,88\n")

    assert (first, second) == (Taken(6, 0), Taken(1, 1))
    assert (body("Barking").members, body("Dover").members) == (700, 88)
    dockers = body("Dockers")
    assert (dockers.kind, dockers.mark, dockers.secretary, dockers.address) == (
        "affiliate", "union", "Di Marsh", "dockers@example.org"
    )


@pytest.mark.parametrize(("content", "code"), [
    ("name,members\nBarking,3\n", "bodies.headers"),
    ("kind,name,colour\nCLP,Barking,red\n", "bodies.headers"),
    ("kind,name,name\nCLP,Barking,Dover\n", "bodies.headers"),
    ("kind,name\n", "bodies.empty"),
    ("kind,name\nCLP,Dover\nCLP,Dover\n", "bodies.twice"),
    ("kind,name\nCLP,Dover\nCLP,\n", "bodies.line"),
    ("kind,name\nCLP,Dover,x\n", "bodies.line"),
    ("kind,name\nCLP\n", "bodies.line"),
    ("kind,name,members\nCLP,Dover,many\n", "bodies.line"),
    ("kind,name,members\nCLP,Dover,-3\n", "bodies.line"),
    ("kind,name,email\nCLP,Dover,nobody\n", "bodies.line"),
    ("kind,name\nCLP/x,Dover\n", "bodies.line"),
    ("kind,name\nCLP,Do\u200bver\n", "bodies.line"),
    ('kind,name\nCLP,"Dover\n', "bodies.unreadable"),
])  # fmt: skip
def test_a_file_with_one_fault_is_refused_whole(content: str, code: str) -> None:
    run = election()

    assert code_of_refusal(lambda: take_bodies(run, content)) == code
    assert not NominatingBody.objects.exists()
    take_bodies(run, BODIES)

    assert NominatingBody.objects.count() == 6


def test_the_links_of_thirty_bodies_take_as_many_statements_as_those_of_three() -> None:
    def statements(many: int) -> int:
        run = bring(election(title=f"Of {many}"), to="nominating")
        lines = (f"CLP,Party {number},party{number}@example.org" for number in range(many))
        take_bodies(run, "\n".join(["kind,name,email", *lines]))
        with CaptureQueriesContext(connection) as made:
            assert send_body_links(run.election_id, **run.by) == many
        return len(made)

    assert statements(30) == statements(3)


def test_where_a_body_without_a_link_had_a_letter_with_one_none_is_sent() -> None:
    run = nominating()
    barking = body("Barking")
    told = {"reference": run.election.public_id, "recipient": recipient(barking)}
    queue_letter(BODY_PURPOSE, **told, enclosure=b"of before")

    code = code_of_refusal(lambda: send_body_links(run.election_id, **run.by))

    assert code == "link.sent-before"
    assert not NominatingBody.objects.filter(seat__isnull=False).exists()
    send_body_link(barking.pk, **run.by)
    others = NominatingBody.objects.exclude(address="").count() - 1
    assert send_body_links(run.election_id, **run.by) == others


def test_a_body_is_typed_and_taken_off_unless_it_has_nominated() -> None:
    run = nominating()
    dover = add_body(run.election_id, kind="CLP", name="Dover", **run.by)
    give(run, "Barking", "Ash Amin")

    remove_body(dover, **run.by)
    code = code_of_refusal(lambda: remove_body(body("Barking").pk, **run.by))

    assert code == "bodies.has-nominated"
    assert not NominatingBody.objects.filter(name="Dover").exists()
    assert NominatingBody.objects.count() == 6


def test_the_list_stands_once_who_stands_is_published() -> None:
    run = nominating()
    take_bodies(run)
    bring(run, to="nominated")

    assert code_of_refusal(lambda: take_bodies(run)) == "election.wrong-state"
