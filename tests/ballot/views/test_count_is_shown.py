"""Whoever is shown the count before the declaration is written down, officers as well."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import CountsDiffer
from ballot.services.open_incident import open_incident
from office.models import AuditRecord
from office.permissions import Role
from tests.ballot.views.world import World, first_contest, now, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


def looks() -> list[tuple[str, int | None]]:
    """Which page showed the count to whom, as the trail has it, oldest first."""
    rows = AuditRecord.objects.filter(act="see_count").order_by("pk")
    return [(row.parameters["page"], row.by_id) for row in rows]


def with_evidence(here: World) -> dict[str, str]:
    """Two counts that differ, and an incident; the addresses that show something of the count."""
    kept = CountsDiffer.objects.create(
        contest=first_contest(here.election), found_by="count", found_at=now(), first={},
        second={}, differences=[],
    )
    open_incident(here.election_id, kind="letters", happened_at=now(), found_by="The office",
                  said="Some came back.", done="", kept_from_voting=0, **here.by)
    return {
        "declare": reverse("act_declare", args=[here.slug]),
        "two-counts": reverse("desk_evidence", args=[here.slug]),
        "both-results": reverse("desk_evidence_json", args=[here.slug, kept.pk]),
        "papers": reverse("desk_evidence_papers", args=[here.slug, kept.pk]),
        "incidents": reverse("desk_incident", args=[here.slug, 1]),
    }


def test_each_showing_to_an_officer_is_written_down_once_and_listed_beside_the_candidates(
    client: Client,
) -> None:
    here = world().to("counted")
    pages = with_evidence(here)
    first, second = here.officers
    release = reverse("desk_releases", args=[here.slug])
    before = sign_in(client, first).get(release).text

    for path in pages.values():
        assert client.get(path).status_code == 200
    client.get(reverse("desk_incidents", args=[here.slug]))
    sign_in(client, second).get(pages["declare"])

    assert looks() == [
        *((page, first.pk) for page in pages), ("incidents", first.pk), ("declare", second.pk)
    ]
    listed = client.get(release).text
    assert "Nobody yet." in before and "Nobody yet." not in listed
    told = [listed.count(words) for words in (
        "Declare the result: the whole count sheet", "Two counts that differ: the figures",
        "both results, as a file", "the opened papers, as a file", "the closest gap of the count",
    )]  # fmt: skip
    assert told == [2, 1, 1, 1, 2]
    assert listed.count(f">{first.name}</td>") == 6 and f">{second.name}</td>" in listed


def test_the_lot_s_page_alone_names_who_is_tied_and_writes_down_to_whom(client: Client) -> None:
    here = world(rankings=((0,), (0,), (1,), (1,), (2,), (2,), (2,)), tie_rule="lot").to("opened")
    path = reverse("desk_lot", args=[here.slug])
    officer = here.officers[0]

    shown = sign_in(client, officer).get(path).text
    wrong = client.post(path, {"place_0": 0, "place_1": 0, "witnesses": ""})
    client.post(path, {"place_0": 1, "place_1": 0, "witnesses": "Dee Hall, agent\nEd Orr, agent"})

    assert "are tied" in shown and "are tied" in wrong.text
    assert looks() == [("lot", officer.pk), ("lot", officer.pk)]
    assert "No lot is awaited" not in shown
    here._counted()
    assert "No lot is awaited" in client.get(path).text
    assert len(looks()) == 2


def test_nobody_is_written_down_who_is_shown_nothing_nor_once_the_result_is_declared(
    client: Client,
) -> None:
    here = world().to("opened")
    pages = [reverse(name, args=[here.slug]) for name in ("act_declare", "desk_evidence")]
    sign_in(client, here.officers[0])
    early = [client.get(page).status_code for page in pages]
    here._counted()
    evidence = with_evidence(here)["two-counts"]
    for role in (Role.MEMBERSHIP_ADMINISTRATOR, Role.SCRUTINEER, Role.CANDIDATES_AGENT):
        sign_in(client, staff(role))
        assert {client.get(page).status_code for page in pages} == {404}
        client.get(reverse("desk_incidents", args=[here.slug]))
    assert early == [200, 200] and looks() == []

    sign_in(client, here.officers[0]).get(evidence)
    assert len(looks()) == 1
    here._declared()
    for page in (evidence, reverse("desk_incidents", args=[here.slug]), pages[0]):
        assert client.get(page).status_code == 200
    assert len(looks()) == 1
