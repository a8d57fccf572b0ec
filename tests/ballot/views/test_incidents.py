"""The pages of the incidents book: who reads, who writes, who judges, and what anybody sees."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import IncidentEntry
from ballot.services.declare import declare
from ballot.services.record_dispute import record_dispute
from ballot.showing.incidents import gap_words
from ballot.times import local_time
from office.permissions import ACTS, Role
from tests.ballot.views.world import World, now, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


def path(name: str, here: World, *more: int) -> str:
    return reverse(name, args=[here.slug, *more])


def written(**given: str) -> dict[str, str]:
    at = local_time(now() - timedelta(hours=2), "Europe/London")
    return {
        "kind": "letters", "happened_at": at.strftime("%Y-%m-%dT%H:%M"),
        "found_by": "The helpdesk", "said": "Letters to one domain came back.",
        "done": "Printed letters were sent.", "kept_from_voting": "4", **given,
    }


def test_an_incident_is_written_added_to_and_judged_through_the_pages(client: Client) -> None:
    here = world().to("counted")
    sign_in(client, here.officers[0])

    ahead = client.post(path("desk_incident_new", here), written(happened_at="2999-01-01T10:00"))
    made = client.post(path("desk_incident_new", here), written())
    client.post(path("desk_incident_new", here), written(said="The same again."))
    client.post(path("desk_incident_further", here, 1), {
        "said": "All were reached.", "done": "", "kept_from_voting": "0"})
    nothing = client.post(path("desk_incident_judged", here, 1), {"grounds": "None."})
    client.post(path("desk_incident_judged", here, 1), {
        "is_material": "no", "grounds": "Nobody was kept away.", "and_the_like": "on"})
    book = client.get(path("desk_incidents", here)).text
    page = client.get(path("desk_incident", here, 1)).text

    assert "this hour has not come yet" in ahead.text
    assert made.status_code == 302
    assert "Judge whether it could have changed the result." in nothing.text
    assert "All were reached." in page and "Judged: not material" in page
    assert book.count("Not material") == 2 and "Not judged yet" not in book
    assert "a single further paper could have changed" in book
    assert client.get(path("desk_incident", here, 9)).status_code == 404


@pytest.mark.parametrize(
    ("papers", "words"),
    [
        (0, "a single further paper could have changed"),
        (1, "a single further paper could have changed"),
        (2, "a single further paper, whatever stood on it, could not have changed"),
        (1200, "fewer than 1,200 further papers, whatever stood on them, could not have changed"),
    ],
)
def test_the_book_says_how_many_papers_could_have_changed_the_result(
    papers: int, words: str
) -> None:
    assert gap_words(papers).startswith(words)


def test_the_book_is_read_written_and_judged_by_the_roles_of_the_table() -> None:
    here = world().to("polling")
    sign_in(Client(), here.officers[0]).post(path("desk_incident_new", here), written())

    for role in Role:
        client = sign_in(Client(), staff(role))
        reads = client.get(path("desk_incident", here, 1)).status_code == 200
        before = IncidentEntry.objects.count()
        client.post(path("desk_incident_new", here), written())
        writes = IncidentEntry.objects.count() == before + 1
        judges = client.post(path("desk_incident_judged", here, 1), {}).status_code == 200

        assert reads == (role in ACTS["see_incidents"].roles), role
        assert writes == (role in ACTS["write_incident"].roles), role
        assert judges == (role in ACTS["judge_incidents"].roles), role


def test_whose_word_an_incident_is_is_shown_to_who_sees_the_register_alone() -> None:
    here = world().to("closed")
    voter = here.entries()[0]
    record_dispute(here.election_id, recipient=voter.public_id, now=now())

    page = path("desk_incident", here, 1)
    roles = (Role.RETURNING_OFFICER, Role.SCRUTINEER, Role.OBSERVER, Role.CANDIDATES_AGENT)

    shown = {
        role: voter.number in sign_in(Client(), staff(role)).get(page).text for role in roles
    }

    assert shown == {Role.RETURNING_OFFICER: True, Role.SCRUTINEER: True, Role.OBSERVER: False,
                     Role.CANDIDATES_AGENT: False}


def test_the_incident_of_who_says_not_me_tells_what_the_page_promised_them(
    client: Client,
) -> None:
    here = world().to("closed")
    sign_in(client, here.officers[0])
    record_dispute(here.election_id, recipient=here.entries()[0].public_id, now=now())
    client.post(path("desk_incident_new", here), written())

    said, other = (client.get(path("desk_incident", here, number)).text for number in (1, 2))

    promise = "promised that the returning officer writes to them"
    assert promise in said and promise not in other


def test_anybody_reads_the_book_once_the_result_is_declared_and_nobody_before(
    client: Client,
) -> None:
    here = world().to("counted")
    voter = here.entries()[0]
    record_dispute(here.election_id, recipient=voter.public_id, now=now())
    before = client.get(path("incidents", here))
    officer = sign_in(Client(), here.officers[0])
    officer.post(path("desk_incident_judged", here, 1), {
        "is_material": "no", "grounds": "One vote is less than the gap."})

    declare(here.election_id, **here.by_two)
    officer.post(path("desk_incident_further", here, 1), {
        "said": "A late entry.", "done": "", "kept_from_voting": "2"})
    page = client.get(path("incidents", here)).text
    notice = client.get(path("election", here)).text

    assert before.status_code == 404
    assert IncidentEntry.objects.latest("pk").said == "A late entry." and "A late" not in page
    assert "Incident 1: “This was not me”" in page and "One vote is less than the gap." in page
    assert voter.family_name not in page and here.officers[0].name not in page
    assert path("incidents", here) in notice


def test_the_published_book_tells_the_judgement_from_what_was_written_before_it(
    client: Client,
) -> None:
    here = world().to("counted")
    officer = sign_in(Client(), here.officers[0])
    officer.post(path("desk_incident_new", here), written())
    officer.post(path("desk_incident_further", here, 1), {
        "said": "All were reached.", "done": "", "kept_from_voting": "0"})
    officer.post(path("desk_incident_judged", here, 1), {
        "is_material": "no", "grounds": "Nobody was kept from voting in the end."})
    officer.post(path("desk_incident_further", here, 1), {"said": "The domain is mended.",
                                                          "done": ""})
    declare(here.election_id, **here.by_two)

    page = client.get(path("incidents", here)).text
    entries = page.split("<ol ")[-1].split("</ol>")[0].split("<li>")[1:]

    judged = [re.search("Judged: not material.</strong> The grounds:", one) for one in entries]
    kept = [re.findall("Kept from voting: ([0-9]+)<", one) for one in entries]
    assert [one is not None for one in judged] == [False, False, True, False]
    assert "Nobody was kept from voting in the end." in entries[2]
    assert kept == [["4"], ["0"], [], []]


def test_what_is_written_once_the_book_is_published_is_not_promised_to_be(client: Client) -> None:
    here = world().to("counted")
    sign_in(client, here.officers[0])
    client.post(path("desk_incident_new", here), written())
    client.post(path("desk_incident_judged", here, 1), {
        "is_material": "no", "grounds": "Nobody was kept away."})
    forms = path("desk_incident_new", here), path("desk_incident", here, 1)
    before = [client.get(form).text for form in forms]

    declare(here.election_id, **here.by_two)
    after = [client.get(form).text for form in forms]

    assert all("it is published at the end, word for word." in form for form in before)
    for form in after:
        assert "published at the end" not in form
        assert "The published book stays as it is: this is read at the desk alone." in form
