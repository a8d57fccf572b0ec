"""The helpdesk's page of one elector: what it tells, what it writes down, and how often it may."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from ballot import limits
from ballot.differences import unexplained
from ballot.lifecycle import State
from ballot.models import CastDispute, Credential, Election, HelpdeskNote, Incident, SealedBallot
from ballot.sealing.codes import show_code
from ballot.services.close_poll import close_poll_early
from ballot.services.reissue_code import PURPOSE as CODE_AGAIN
from members.models import LookUp, Member
from office.models import AuditRecord, Letter
from office.permissions import Role
from tests.ballot.factories import no_triggers
from tests.ballot.views.world import World, world
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


def ask(client: Client, here: World, number: str, act: str = "look") -> str:
    path = reverse("desk_helpdesk", args=[here.slug])
    return client.post(path, {"number": number, "act": act}, follow=True).text


def told_of(page: str) -> str:
    """What the page says of an elector, without who it is and the tokens of its forms."""
    part = page[page.index('<h2 class="govuk-heading-m">C. ') : page.index("What to say")]
    part = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", part)
    return re.sub(r"Fallowes\d+, number ending \d+|value=\"\d+\"", "", part)


def test_one_elector_is_shown_with_letters_and_mark_and_no_code_ballot_or_address(
    client: Client,
) -> None:
    here = world().to("polling")
    voter, other = here.entries()[:2]
    codes = [here.code(entry) for entry in (voter, other)]
    here.cast(voter, (0,))
    tracker = bytes(SealedBallot.objects.get().tracker)
    sign_in(client, here.officers[0])

    told, waiting = ask(client, here, voter.number), ask(client, here, other.number)

    assert re.search(r"Has voted\s*</dt>\s*<dd[^>]*>\s*Yes", told)
    assert re.search(r"Has voted\s*</dt>\s*<dd[^>]*>\s*No", waiting)
    assert "Letter with the voting code" in told
    assert "Send a new link</button>" in waiting and "Send a new link</button>" not in told
    for secret in (*codes, *map(show_code, codes), tracker.hex(), voter.email,
                   other.email, voter.given_name, "127.0.0.1"):
        assert secret not in told + waiting
    assert LookUp.objects.filter(by=here.officers[0], kind="member").count() == 2


def test_the_helpdesk_reads_which_code_is_good_and_after_the_close_of_none(
    client: Client,
) -> None:
    here = world().to("polling")
    voter, other, third = here.entries()[:3]
    here.cast(voter, (0,))
    sign_in(client, here.officers[0])
    ask(client, here, third.number, "reissue")
    with no_triggers():
        for attempt, force in ((1, "revoked"), (2, "in-force")):
            Credential.objects.filter(roll_entry=third.pk, attempt=attempt).update(force=force)

    voted, first, newer = (ask(client, here, one.number) for one in (voter, other, third))
    close_poll_early(here.election_id, reason="A court has ordered it.", **here.by_two)
    closed = ask(client, here, other.number)

    good = r"Code that opens the booth\s*</dt>\s*<dd[^>]*>\s*"
    assert re.search(f"{good}The first one", first)
    assert re.search(f"{good}A newer one than the first<", newer)
    assert not re.search(good, voted) and not re.search(good, closed)
    assert "Has voted" in closed and "new link to the address" not in closed


@pytest.mark.parametrize("demonstration", [True, False])
def test_the_helpdesk_says_of_a_demonstration_that_the_server_could_see_a_vote(
    client: Client, demonstration: bool
) -> None:
    here = world().to("polling")
    with no_triggers():
        Election.objects.filter(pk=here.election_id).update(demonstration=demonstration)
    sign_in(client, here.officers[0])

    page = client.get(reverse("desk_helpdesk", args=[here.slug])).text

    assert ("the server could see your vote.”" in page) == demonstration
    assert ("nobody can find out.”" in page) != demonstration


def test_the_page_of_the_election_leads_to_the_helpdesk_from_the_opening_until_the_archive(
    client: Client,
) -> None:
    here = world().to("coded")
    sign_in(client, here.officers[0])
    page = reverse("desk_election", args=[here.slug])
    link = f'href="{reverse("desk_helpdesk", args=[here.slug])}"'

    before = client.get(page).text
    here._polling()
    polling = client.get(page).text
    here._closed()
    closed = client.get(page).text
    over = []
    for state in (State.ARCHIVED, State.VOID):
        with no_triggers():
            Election.objects.filter(slug=here.slug).update(state=state.value)
        over.append(client.get(page).text)

    pages = (before, polling, closed, *over)
    assert [link in text for text in pages] == [False, True, True, False, False]


def test_who_may_not_see_the_register_is_told_nothing_that_says_who_voted(client: Client) -> None:
    here = world().to("polling")
    voter, other = here.entries()[:2]
    here.cast(voter, (0,))
    sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))
    for entry in (voter, other):
        ask(client, here, entry.number, "reissue")
        ask(client, here, entry.number, "not-me")

    pages = [told_of(ask(client, here, entry.number)) for entry in (voter, other)]

    assert Letter.objects.filter(purpose="voting-code-again").count() == 1
    assert "Letter with the voting code" in pages[0] and "Send a new link</button>" in pages[0]
    assert "Has voted" not in pages[0] and "new code" not in pages[0].lower()
    assert pages[0] == pages[1]


def test_this_was_not_me_told_to_the_helpdesk_stops_the_verification_where_a_ballot_was_cast(
    client: Client,
) -> None:
    here = world().to("polling")
    voter, other = here.entries()[:2]
    here.cast(voter, (0,))
    sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))

    said = [ask(client, here, entry.number, "not-me") for entry in (voter, other)]
    pages = [told_of(ask(client, here, entry.number)) for entry in (voter, other)]

    assert ["incidents book" in page for page in said] == [True, True]
    assert ["disput" in page for page in said] == [False, False]
    assert list(CastDispute.objects.values_list("roll_entry", flat=True)) == [voter.pk]
    assert [one.number for one in unexplained(here.election)] == [1]
    assert pages[0] == pages[1]


def test_complaints_are_written_down_and_two_of_them_go_into_the_incidents_book(
    client: Client,
) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    sign_in(client, here.officers[0])

    said = [ask(client, here, entry.number, act) for act in (
        "printed", "no-letter", "page", "other", "not-me", "did-not-vote", "did-not-vote")]
    wrong = ask(client, here, entry.number, "read-the-code")

    assert list(HelpdeskNote.objects.values_list("kind", flat=True)) == [
        "printed", "no-letter", "page", "other"]
    assert list(Incident.objects.values_list("kind", flat=True)) == ["not-me", "did-not-vote"]
    assert "a printed letter is wanted" in said[0] and "incidents book" in said[4]
    assert "There is a problem" in wrong


def test_what_became_of_a_letter_is_told_and_a_printed_one_waits_for_its_batch(
    client: Client,
) -> None:
    here = world().to("polling")
    entry, other = here.entries()[:2]
    Letter.objects.filter(recipient=str(entry.public_id)).update(
        state="handed_over", enclosure=None, delivery="bounced"
    )
    sign_in(client, here.officers[0])

    came_back = ask(client, here, entry.number)
    asked = ask(client, here, entry.number, "reissue-post")
    waits = told_of(ask(client, here, entry.number))

    assert "Handed to the mail server; came back" in came_back
    assert "goes on paper with the next batch of letters to print" in asked
    assert "Waits to be printed" in waits
    assert Letter.objects.get(purpose="voting-code-again").held_because == Letter.BY_POST
    assert "came back" not in told_of(ask(client, here, other.number))


def test_a_printed_letter_tells_who_may_not_see_the_register_nothing_of_a_vote(
    client: Client,
) -> None:
    here = world().to("polling")
    voter, other, withheld, withheld_voter = here.entries()[:4]
    for entry in (voter, withheld_voter):
        here.cast(entry, (0,))
    Member.objects.filter(pk__in=[withheld.member_id, withheld_voter.member_id]).update(
        address_withheld=True
    )
    sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))

    said = [ask(client, here, entry.number, "reissue-post")
            for entry in (voter, other, withheld, withheld_voter)]

    assert ["If this elector can be sent" in page for page in said] == [True, True, False, False]
    assert ["has no postal address" in page for page in said] == [False, False, True, True]


def test_a_helpdesk_that_walks_through_the_roll_is_stopped_and_leaves_an_alarm(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = world().to("polling")
    numbers = [entry.number for entry in here.entries()]
    monkeypatch.setattr(limits, "HELPDESK_BY_PERSON", limits.Limit("helpdesk-person", 5, 3600))
    cache.clear()
    sign_in(client, here.officers[0])

    last = [ask(client, here, numbers[n % len(numbers)])
            for n in range(7)][-3:]
    other = ask(sign_in(Client(), here.officers[1]), here, numbers[0])

    assert ["asked too often" in page for page in last] == [False, True, True]
    assert "asked too often" not in other and "Has voted" in other
    assert list(AuditRecord.objects.filter(act="helpdesk_alarm").values_list("by", flat=True)) == [
        here.officers[0].pk]


def test_the_helpdesk_sends_a_new_link_to_the_roll_and_shows_no_address(client: Client) -> None:
    here = world().to("polling")
    sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))
    path = reverse("desk_helpdesk", args=[here.slug])

    sent = client.post(path, {"number": "1003", "act": "reissue"}, follow=True).text
    nobody = client.post(path, {"number": "4711"})

    assert Letter.objects.filter(purpose=CODE_AGAIN).count() == 1
    assert "C. Fallowes3, number ending 003" in sent
    assert "example.org" not in sent
    assert nobody.status_code == 200
    assert "Nobody with this number" in nobody.text


def test_the_helpdesk_tells_who_has_voted_only_to_who_may_see_the_marked_register(
    client: Client,
) -> None:
    here = world().to("polling")
    voter = here.entries()[0]
    here.cast(voter, (0,))
    path = reverse("desk_helpdesk", args=[here.slug])
    keeper = sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))

    asked = {"number": voter.number, "act": "reissue"}
    told = sign_in(client, here.officers[0]).post(path, asked, follow=True).text
    kept = [
        keeper.post(path, {"number": number, "act": "reissue"}, follow=True).text
        for number in (voter.number, "1003")
    ]

    assert "This elector has voted" in told
    assert all("If this elector can be sent a new link, it is on its way" in page for page in kept)
    assert not any("This elector has voted" in page for page in kept)
    assert Letter.objects.filter(purpose=CODE_AGAIN).count() == 1


def test_the_helpdesk_tells_a_keeper_of_the_roll_nothing_by_refusing_the_seventh_code(
    client: Client,
) -> None:
    here = world().to("polling")
    path = reverse("desk_helpdesk", args=[here.slug])
    sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))

    asked = {"number": "1003", "act": "reissue"}
    answers = [
        client.post(path, asked, follow=True).text.count("it is on its way")
        for _ in range(7)
    ]
    told = sign_in(client, here.officers[0]).post(path, asked, follow=True).text

    assert answers == [1] * 7
    assert "6 codes have been made" in told
