"""The officers' pages: an election is taken from its title to the declaration through them."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from ballot.lifecycle import State
from ballot.models import Candidate, CastDispute, Contest, Election
from ballot.services.reissue_code import PURPOSE as CODE_AGAIN
from ballot.services.set_up_contest import add_contest
from ballot.times import in_zone
from ballot.views.act_table import ACTS
from members.services import save_rules
from office import permissions
from office.models import Approval, AuditRecord, Job, Letter
from office.permissions import Role
from office.services.approvals import approve_act
from office.services.jobs import open_job
from tests.ballot.views.world import AFTER_COUNT, RULES, World, now, world
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


def press(client: Client, here: World, act: str, **given: Any) -> Any:
    return client.post(reverse(f"act_{act}", args=[here.slug]), given)


def photograph() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (400, 300), (40, 90, 120)).save(file, "JPEG")
    file.seek(0)
    file.name = "face.jpg"
    return file


def test_an_election_is_set_up_from_nothing_to_its_notice(client: Client) -> None:
    person = officer()
    sign_in(client, person)
    rules = save_rules("Members", body=RULES, by=person.pk, now=now())

    client.post(reverse("desk_begin"), {"title": "Leader 2026", "party": "The Party"})
    election = Election.objects.get()
    page = client.get(reverse("desk_set_up", args=[election.slug]))
    # A field that is asked and not shown is a page that cannot be saved.
    for field in page.context["form"]:
        assert f'name="{field.html_name}"' in page.content.decode(), field.name
    set_up = client.post(reverse("desk_set_up", args=[election.slug]), {
        "title": "Leader 2026", "party": "The Party", "returning_officer": "Ruth Adeyemi",
        "summary": "", "zone": "Europe/London", "opens_at": "2030-06-30T09:00",
        "closes_at": "2030-07-30T12:00", "rules_id": rules,
        "helped_routes": "Ring us.", "codes_by": "server", "smallest_box": 10, "mixes_wanted": 2,
        **AFTER_COUNT,
        "ballot_of_excluded": "set-aside", "ballot_of_dead": "stands",
        "ballot_of_resigned": "stands",
    })
    client.post(reverse("desk_contest_new", args=[election.slug]), {
        "title": "Leader", "method": "av", "stop": "majority",
        "tie_rule": "earlier-stages-then-lot", "max_preferences": "", "reopen_nominations": "on",
    })
    contest = Contest.objects.get()
    client.post(reverse("desk_candidate_new", args=[election.slug, contest.pk]), {
        "name": "Ash Amin", "statement": "I listen.", "photo": photograph(),
    })
    published = client.post(reverse("act_publish_notice", args=[election.slug]))

    assert set_up.status_code == published.status_code == 302
    election.refresh_from_db()
    assert election.stage is State.NOMINATING
    assert election.opens_at is not None
    # The clocks of London are an hour ahead in June.
    assert election.opens_at.isoformat() == "2030-06-30T08:00:00+00:00"
    photo = client.get(reverse("candidate_photo", args=[
        election.slug, Candidate.objects.get(name="Ash Amin").pk]))
    assert photo.headers["Content-Type"] == "image/webp"
    assert photo.content[:4] == b"RIFF"


@pytest.mark.parametrize(
    ("is_trial", "given", "sits"),
    [(True, {}, True), (True, {"has_trustees": "on"}, False), (False, {}, False)],
)
def test_the_server_sits_for_the_trustees_in_a_trial_alone_unless_there_are_some(
    client: Client, settings: Any, is_trial: bool, given: dict[str, str], sits: bool
) -> None:
    settings.DEVELOPMENT = is_trial
    sign_in(client, officer())
    page = client.get(reverse("desk_begin")).text

    client.post(reverse("desk_begin"), {"title": "Leader 2026", "party": "The Party"} | given)

    assert Election.objects.get().demonstration is sits
    assert ("Trustees hold the key, each on a machine of their own" in page) is is_trial


def test_the_rules_of_another_election_are_not_offered(client: Client) -> None:
    here = world()
    person = here.officers[0]
    save_rules("Spare rules", body=RULES, by=person.pk, now=now())
    sign_in(client, person)
    client.post(reverse("desk_begin"), {"title": "Deputy 2026", "party": "The Party"})

    page = client.get(reverse("desk_set_up", args=["deputy-2026"])).text

    assert "Spare rules, version 1" in page
    assert "Leader 2026, version 1" not in page


def test_an_hour_that_the_clocks_jump_over_is_refused_and_nothing_is_lost(client: Client) -> None:
    here = world()
    sign_in(client, here.officers[0])
    before = here.election.opens_at

    page = client.post(reverse("desk_set_up", args=[here.slug]), {
        "title": "Kept as typed", "party": "The Party", "zone": "Europe/London",
        "opens_at": "2030-03-31T01:30", "closes_at": "2030-07-30T12:00",
        "codes_by": "server", "smallest_box": 10, "mixes_wanted": 2,
        **AFTER_COUNT,
        "ballot_of_excluded": "set-aside", "ballot_of_dead": "stands",
        "ballot_of_resigned": "stands",
    })

    assert page.status_code == 200
    assert "The clocks jump over this hour" in page.text
    assert "Kept as typed" in page.text
    assert here.election.opens_at == before


def test_the_dashboard_says_what_stops_the_next_step(client: Client) -> None:
    here = world()
    Election.objects.filter(pk=here.election_id).update(helped_routes="")
    sign_in(client, here.officers[0])
    path = reverse("desk_election", args=[here.slug])

    stopped = client.get(path).text
    Election.objects.filter(pk=here.election_id).update(helped_routes="Ring us.")
    free = client.get(path).text

    assert "Next: Publish the notice of poll" in stopped
    assert "See what is missing" in stopped
    assert "Write it on the set-up page." in stopped
    assert "See what is missing" not in free


def test_an_act_of_one_officer_is_done_when_the_button_is_pressed(client: Client) -> None:
    here = world()
    sign_in(client, here.officers[0])
    path = reverse("act_publish_notice", args=[here.slug])

    client.get(path)
    after_looking = here.election.stage
    answer = press(client, here, "publish_notice")

    assert after_looking is State.DRAFT
    assert answer.headers["Location"] == reverse("desk_election", args=[here.slug])
    assert here.election.stage is State.NOMINATING


def test_an_act_of_two_is_proposed_by_one_and_carried_out_by_the_other(client: Client) -> None:
    here = world().to("coded")
    first, second = here.officers
    sign_in(client, first)

    press(client, here, "open_poll")
    after_proposal = here.election.stage
    page = client.get(reverse("desk_election", args=[here.slug])).text
    approval = Approval.objects.get()
    approve_act(approval.pk, by=second.pk, now=now())

    assert after_proposal is State.FROZEN
    assert "waits for another officer" in page
    assert here.election.stage is State.POLLING


def test_the_first_tranche_of_codes_alone_goes_out_where_the_opening_says_so(
    client: Client,
) -> None:
    here = world().to("coded")
    sign_in(client, here.officers[0])

    press(client, here, "open_poll", first_tranche_alone="on")
    approval = Approval.objects.get()
    approve_act(approval.pk, by=here.officers[1].pk, now=now())

    assert approval.parameters == {"tranches": 1}
    assert "the others when an officer releases them" in approval.sentence
    assert here.election.stage is State.POLLING


def test_a_proposal_that_waits_is_not_made_twice(client: Client) -> None:
    here = world().to("coded")
    sign_in(client, here.officers[0])

    press(client, here, "open_poll")
    again = press(client, here, "open_poll")

    assert again.status_code == 200
    assert "already waits for a second officer" in again.text
    assert Approval.objects.count() == 1


def test_a_reason_is_demanded_where_it_will_be_published(client: Client) -> None:
    here = world().to("polling")
    sign_in(client, here.officers[0])

    short = press(client, here, "suspend_poll", reason="Why")
    hidden = press(client, here, "suspend_poll", reason="The lists are\u200b looked at once more.")
    whole = press(client, here, "suspend_poll", reason="The lists are looked at once more.")

    assert hidden.status_code == 200
    assert "The reason holds U+200B" in hidden.text
    assert short.status_code == 200
    assert "ten characters or more" in short.text
    assert whole.status_code == 302
    assert Approval.objects.get().parameters == {"reason": "The lists are looked at once more."}


def test_an_extension_names_a_later_hour_in_the_elections_zone(client: Client) -> None:
    here = world().to("polling")
    sign_in(client, here.officers[0])
    close = here.election.closes_at
    assert close is not None
    later = (close + timedelta(days=2)).replace(second=0, microsecond=0)

    earlier = press(client, here, "extend_poll", closes_at="2026-01-01T09:00",
                    reason="The post was late.")
    press(client, here, "extend_poll", closes_at=later.strftime("%Y-%m-%dT%H:%M"),
          reason="The post was late in the north.")
    approval = Approval.objects.get()
    approve_act(approval.pk, by=here.officers[1].pk, now=now())

    assert "later close than the present one" in earlier.text
    assert here.election.closes_at is not None
    assert in_zone(here.election.closes_at, "Europe/London") in approval.sentence


def test_a_long_act_opens_one_job_however_often_it_is_pressed(client: Client) -> None:
    here = world().to("keyed")
    sign_in(client, here.officers[0])

    press(client, here, "send_codes")
    press(client, here, "send_codes")

    assert Job.objects.filter(kind="send_codes").count() == 1
    page = client.get(reverse("desk_election", args=[here.slug])).text
    assert "Voting codes: waiting to start" in page
    assert "This is under way." in page


def test_the_key_ceremony_of_a_real_election_is_begun_with_the_trustees_addresses(
    client: Client,
) -> None:
    here = world(demonstration=False).to("frozen")
    sign_in(client, here.officers[0])

    for wrong, words in (
        ("Ann\nBen", "does not end in a comma and an e-mail address"),
        ("ann@example.org\nBen, ben@example.org", "gives no name"),
        (", ann@example.org", "gives no name"),
        ("Ann, ann@example.org\nAnn, a@example.org", "each once"),
    ):
        refused = press(client, here, "set_key", trustees=wrong, quorum=1)
        assert refused.status_code == 200 and words in refused.text, wrong
    assert not here.election.trustees.exists()
    press(client, here, "set_key", trustees="Ann, ann@example.org\nBen, ben@example.org", quorum=2)

    seated = here.election.trustees.values_list("name", "address")
    assert set(seated) == {("Ann", "ann@example.org"), ("Ben", "ben@example.org")}
    assert here.election.key is None
    page = client.get(reverse("desk_trustees", args=[here.slug])).text
    assert page.count("to commit") == 2 and "It takes 2 of 2 to open a box" in page
    # While it goes on, neither the dashboard nor a stale page of the act begins another over it.
    assert "The key ceremony has begun." in client.get(
        reverse("desk_election", args=[here.slug])).text
    assert "Begin the key ceremony" not in client.get(
        reverse("act_set_key", args=[here.slug])).text
    stale = press(client, here, "set_key", trustees="Cy, cy@example.org", quorum=1)
    assert "A key ceremony has begun already." in stale.text
    assert here.election.ceremonies.count() == 1
    # Begun anew, it is with whom the officer names now.
    again = {"trustees": "Ann, ann@example.org", "quorum": 1}
    client.post(reverse("desk_ceremony_anew", args=[here.slug]), again)
    assert [one.name for one in here.election.trustees.all()] == ["Ann"]


def test_a_new_seat_is_sent_or_shown_once_and_the_former_dies(client: Client) -> None:
    here = world(demonstration=False).to("frozen")
    sign_in(client, here.officers[0])
    press(client, here, "set_key", trustees="Ann, ann@example.org", quorum=1)
    address = reverse("trustee_seat", args=[here.slug])

    shown = client.post(reverse("desk_seat_shown", args=[here.slug, 1])).text
    found = re.search(rf"/trustee/{here.slug}/#([\w-]+)", shown)
    assert found is not None and len(found[1]) == 32
    seat = {"Authorization": f"Seat {found[1]}"}
    answer = Client().get(address, headers=seat)
    assert answer.json()["trustee"] == {"name": "Ann", "number": 1}
    assert answer.json()["due"] == "commitment"
    assert found[1] not in client.get(reverse("desk_trustees", args=[here.slug])).text
    client.post(reverse("desk_seat_sent", args=[here.slug, 1]))

    refused = Client().get(address, headers=seat)
    assert (refused.status_code, refused.json()["code"]) == (403, "seat.unknown")
    assert Client().get(address).status_code == 403
    elsewhere = reverse("trustee_seat", args=["none-such"])
    assert Client().get(elsewhere, headers=seat).json() == refused.json()
    letters = Letter.objects.filter(purpose="trustee-seat").order_by("attempt")
    assert list(letters.values_list("state", flat=True)) == ["cancelled", "waiting"]
    assert [one.act for one in AuditRecord.objects.filter(act="give_seat")] == ["give_seat"] * 2


def test_a_demonstration_on_a_real_installation_says_on_its_pages_that_it_is_one(
    client: Client, settings: Any
) -> None:
    here = world().to("frozen")
    sign_in(client, here.officers[0])
    settings.DEVELOPMENT = False

    press(client, here, "set_key", trustees="Ann\nBen\nCy", quorum=2)

    assert here.election.key is not None
    assert "the server holds the trustees’ shares" in client.get(
        reverse("desk_election", args=[here.slug])).text
    assert "This is a demonstration" in client.get(reverse("election", args=[here.slug])).text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("n" * 65, "at most 64 bytes"),
        ("é" * 33, "at most 64 bytes"),
        ("Be\u200bn", "would not show"),
    ],
)
def test_a_trustee_whose_name_the_key_cannot_carry_is_refused_in_words(
    client: Client, name: str, words: str
) -> None:
    here = world().to("frozen")
    sign_in(client, here.officers[0])

    refused = press(client, here, "set_key", trustees=f"Ann\n{name}\nCy", quorum=2)
    assert (refused.status_code, here.election.key) == (200, None)
    assert words in refused.text

    press(client, here, "set_key", trustees="Ann\n" + "e\u0301" * 32 + "\nCy", quorum=2)
    assert [one.name for one in here.election.trustees.order_by("number")] == [
        "Ann", "é" * 32, "Cy",
    ]  # fmt: skip


def test_an_election_whose_contests_are_unopposed_goes_to_its_declaration(client: Client) -> None:
    here = world(candidates=("Ash Amin",)).to("nominated")
    sign_in(client, here.officers[0])

    page = client.get(reverse("desk_election", args=[here.slug])).text
    press(client, here, "declare")
    approve_act(Approval.objects.get().pk, by=here.officers[1].pk, now=now())
    result = client.get(reverse("result", args=[here.slug])).text
    after = client.get(reverse("desk_election", args=[here.slug])).text

    assert "Next: Declare the result" in page
    assert "elected unopposed" in result
    assert "Not needed" in after


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


def test_what_is_under_way_is_shown_to_those_who_may_do_it_and_to_no_other(
    client: Client,
) -> None:
    here = world().to("opened")
    job = open_job("count", subject=("election", str(here.election_id)), by=None, now=now())
    Job.objects.filter(pk=job.pk).update(
        state="failed", error="After stage 3 Ash and Birch are tied.", finished_at=now()
    )
    path = reverse("desk_election", args=[here.slug])

    shown = {
        role: "After stage 3" in sign_in(Client(), staff(role)).get(path).text for role in Role
    }

    assert shown == {role: role in permissions.ACTS["count"].roles for role in Role}
    assert set(shown.values()) == {True, False}


def test_disputed_casts_stand_on_the_dashboard_as_a_number(client: Client) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    here.cast(entry, (0,))
    sign_in(client, here.officers[0])
    before = client.get(reverse("desk_election", args=[here.slug])).text

    CastDispute.objects.create(election=here.election, roll_entry=entry, said_at=timezone.now())
    after = client.get(reverse("desk_election", args=[here.slug])).text

    assert "was not theirs" not in before
    assert "One elector says that the ballot cast in their name was not theirs." in after
    assert "Fallowes" not in after


@pytest.mark.parametrize("role", list(Role))
def test_an_act_is_there_for_the_roles_of_the_table_and_for_no_other(
    client: Client, role: Role
) -> None:
    here = world().to("polling")
    sign_in(client, staff(role))

    opened = {
        name
        for name in ACTS
        if client.get(reverse(f"act_{name}", args=[here.slug])).status_code == 200
    }

    assert opened == {
        name for name, act in ACTS.items() if role in permissions.ACTS[act.demands].roles
    }


def test_the_desk_is_shut_to_who_is_not_signed_in(client: Client) -> None:
    here = world()

    answers = {
        client.get(reverse(name, args=[here.slug])).status_code
        for name in ("desk_election", "desk_paper", "act_void_election")
    }

    assert answers == {302}


def test_a_lot_is_recorded_for_the_tie_that_stops_the_count(client: Client) -> None:
    # By lot alone, Ash and Birch have two votes each and Cedar three: somebody must go.
    here = world(
        rankings=((0,), (0,), (1,), (1,), (2,), (2,), (2,)), tie_rule="lot"
    ).to("opened")
    sign_in(client, here.officers[0])
    path = reverse("desk_lot", args=[here.slug])

    page = client.get(path).text
    seen = {"witnesses": "Dee Hall, agent\nEd Orr, scrutineer\n"}
    wrong = client.post(path, {"place_0": 0, "place_1": 0, **seen})
    alone = client.post(path, {"place_0": 1, "place_1": 0, "witnesses": "Dee Hall, agent"})
    right = client.post(path, {"place_0": 1, "place_1": 0, **seen})

    assert "Ash Amin and Birch Bell are tied" in page
    assert "Each of the tied is drawn once." in wrong.text
    assert "Name 2 to 20 people who saw the lot drawn" in alone.text
    assert right.status_code == 302
    here._counted()
    sheet = here.election.contests.get().count.sheet
    assert sheet["stages"][0]["excluded"] == ["Birch Bell"]
    assert "No lot is awaited" in client.get(path).text


def test_after_the_notice_only_a_contest_in_which_nobody_stands_can_be_taken_off(
    client: Client,
) -> None:
    here = world()
    empty = add_contest(here.election_id, title="Treasurer", method="av", **here.by)
    here.to("nominating")
    sign_in(client, here.officers[0])
    path = reverse("desk_paper", args=[here.slug])

    before = client.get(path).text
    client.post(reverse("desk_contest_remove", args=[here.slug, empty]))
    after = client.get(path).text

    assert before.count("Take this contest off") == 1
    assert "Take this contest off" not in after
    assert here.election.contests.get().title == "Leader"
    assert "Nobody stands in Treasurer." in client.get(reverse("board", args=[here.slug])).text
