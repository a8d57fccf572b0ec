"""The pages on which agents and scrutineers sign: who reads, who signs, and what anybody sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import Attestation
from ballot.services.archive_election import archive_election
from ballot.services.declare import declare
from ballot.services.publish_board import publish_board
from ballot.services.void_election import void_election
from office.models import AuditRecord, StaffMember
from office.permissions import ACTS, Role
from tests.ballot.factories import RANKINGS, bring
from tests.ballot.posting_papers import polling
from tests.ballot.views.world import STATES, World, now, world
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db

OBJECTION = "The count was shown to nobody."
MARKUP = "<script>alert('canary')</script>"


def path(here: World, name: str = "desk_attestations") -> str:
    return reverse(name, args=[here.slug])


def seat(role: Role, **named: str) -> Client:
    return sign_in(Client(), staff(role, **named))


def page(here: World, person: StaffMember, name: str = "desk_attestations") -> str:
    return sign_in(Client(), person).get(path(here, name)).text


def go_on(here: World, *steps: str) -> None:
    for step in steps:
        getattr(here, f"_{step}")()


def test_an_agent_signs_and_objects_and_both_stand_on_the_page() -> None:
    here = world().to("counted")
    client = seat(Role.CANDIDATES_AGENT, name="Dee Hall")

    unchosen = client.post(path(here), {"words": "x"})
    wordless = client.post(path(here), {"what": "count:objects", "words": ""})
    signed = client.post(path(here), {"what": "count:signed", "words": ""})
    client.post(path(here), {"what": "count:objects", "words": OBJECTION})
    told = client.get(path(here)).text

    assert "Choose what you do." in unchosen.text
    assert "Write your objection, or your report." in wordless.text
    assert signed.status_code == 302
    for words in ("<strong>Signed</strong>: Dee Hall, candidate’s agent", OBJECTION,
                  "<strong>Objects</strong>: Dee Hall", "Nothing is changed or taken back",
                  "word for word, with name and role, once the result is declared"):
        assert words in told
    kept = Attestation.objects.latest("pk").checkpoint
    assert f"Board as of entry {kept.size - 1}: " in told and bytes(kept.root).hex() in told
    assert Attestation.objects.count() == 2


def test_the_page_offers_what_is_due_to_who_may_and_chooses_nothing_beforehand() -> None:
    here = world().to("nominated")
    agent, scrutineer = staff(Role.CANDIDATES_AGENT), staff(Role.SCRUTINEER)

    told = page(here, agent)
    assert 'value="paper:signed"' in told and "Object to the proof of the paper" in told
    assert " checked" not in told and "count:signed" not in told
    go_on(here, "frozen", "keyed", "coded", "polling")
    assert "It is not the time for you" in page(here, agent)
    assert "not the time" not in page(here, staff(Role.OBSERVER))
    go_on(here, "closed", "verified", "mixed", "opened", "counted", "declared")
    assert "Report on the whole election" in page(here, scrutineer)
    assert "Report on the whole election" not in page(here, agent)


def test_an_objection_that_came_too_late_is_told_so_and_keeps_its_words() -> None:
    here = world().to("counted")
    client = seat(Role.CANDIDATES_AGENT)
    late = {"what": "count:objects", "words": OBJECTION}
    client.post(path(here), late)
    declare(here.election_id, **here.by_two)

    told = client.post(path(here), late)

    assert told.status_code == 200 and Attestation.objects.count() == 1
    assert "It is not the time for this any more. Nothing was written down" in told.text
    assert f"{OBJECTION}</textarea>" in told.text and "Put it on record" not in told.text


def test_the_roles_of_the_table_read_the_page_and_sign_on_it() -> None:
    here = world().to("counted")

    for role in Role:
        client, before = seat(role), Attestation.objects.count()
        reads = client.get(path(here))
        client.post(path(here), {"what": "count:signed", "words": ""})
        signs = Attestation.objects.count() == before + 1

        assert (reads.status_code == 200) == (role in ACTS["see_observers_page"].roles), role
        assert ("<textarea" in reads.text) == signs == (role in ACTS["attest"].roles), role


def test_who_signs_proves_anew_who_they_are() -> None:
    here = world().to("counted")
    person = staff(Role.CANDIDATES_AGENT)
    given = {"what": "count:signed", "words": ""}

    stale = sign_in(Client(), person, fresh=False).post(path(here), given)
    assert "reauthenticate" in stale["Location"] and not Attestation.objects.exists()

    assert sign_in(Client(), person).post(path(here), given)["Location"] == path(here)


def test_anybody_reads_it_once_the_result_is_declared_and_nobody_before() -> None:
    here, anybody = world().to("counted"), Client()
    seat(Role.CANDIDATES_AGENT, name="Dee Hall").post(
        path(here), {"what": "count:objects", "words": OBJECTION})
    scrutineer = seat(Role.SCRUTINEER, name="Ed Orr")

    before = anybody.get(path(here, "attestations"))
    assert path(here, "attestations") not in anybody.get(path(here, "election")).text
    declare(here.election_id, **here.by_two)
    told = anybody.get(path(here, "attestations")).text
    scrutineer.post(path(here), {"what": "election:reports", "words": "All lines passed."})
    later = anybody.get(path(here, "attestations")).text

    assert before.status_code == 404 and OBJECTION not in before.text
    assert "or when the election is void" in before.text
    assert OBJECTION in told and "Dee Hall, candidate’s agent" in told
    assert "All lines passed." not in told and "All lines passed." in later
    assert "Ed Orr, scrutineer" in later
    for leads in ("election", "result"):
        link = f'{path(here, "attestations")}">Agents and scrutineers: who signed, who objected</a>'
        assert link in anybody.get(path(here, leads)).text
    assert "what is added is so at once" in scrutineer.get(path(here)).text


def test_of_a_void_election_it_is_published_as_well() -> None:
    here, anybody = world().to("nominated"), Client()
    seat(Role.CANDIDATES_AGENT).post(path(here), {"what": "paper:objects", "words": OBJECTION})

    void_election(here.election_id, reason="A court has said so.", **here.by_two)

    assert OBJECTION in anybody.get(path(here, "attestations")).text
    assert path(here, "attestations") in anybody.get(path(here, "election")).text


def test_the_page_of_declaring_shows_who_signed_the_count_and_who_objected() -> None:
    here = world().to("counted")
    before = page(here, here.officers[0], "act_declare")
    seat(Role.CANDIDATES_AGENT, name="Dee Hall").post(
        path(here), {"what": "count:objects", "words": OBJECTION})
    told = page(here, here.officers[1], "act_declare")
    declare(here.election_id, **here.by_two)

    assert "Nobody has signed or objected." in before
    assert OBJECTION in told and "<strong>Objects</strong>: Dee Hall" in told
    assert path(here) in told
    assert OBJECTION not in page(here, here.officers[0], "act_declare")


def test_what_others_say_of_the_count_only_officers_read_until_it_is_declared() -> None:
    here = world().to("counted")
    agent = staff(Role.CANDIDATES_AGENT, name="Dee Hall")
    sign_in(Client(), agent).post(path(here), {"what": "count:objects", "words": OBJECTION})
    others = [staff(role) for role in (Role.CANDIDATES_AGENT, Role.SCRUTINEER, Role.OBSERVER)]

    before = [page(here, person) for person in others]
    assert OBJECTION in page(here, agent) and OBJECTION in page(here, here.officers[1])
    look = AuditRecord.objects.get(act="see_count")
    assert look.by == here.officers[1] and look.parameters == {"page": "attestations"}
    declare(here.election_id, **here.by_two)

    for told in before:
        assert "<strong>Objects</strong>: Dee Hall" in told and OBJECTION not in told
        assert "Words on the count are read by the officers alone" in told
    for person in others:
        assert OBJECTION in page(here, person)


def test_of_a_void_election_nothing_is_published_that_was_said_of_its_count() -> None:
    here, anybody = world().to("nominated"), Client()
    agent, other = staff(Role.CANDIDATES_AGENT, name="Dee Hall"), staff(Role.CANDIDATES_AGENT)
    sign_in(Client(), agent).post(path(here), {"what": "paper:objects", "words": "The photograph."})
    go_on(here, *STATES[STATES.index("frozen") : STATES.index("declared")])
    sign_in(Client(), agent).post(path(here), {"what": "count:objects", "words": OBJECTION})

    void_election(here.election_id, reason="A court has said so.", **here.by_two)
    told = anybody.get(path(here, "attestations")).text

    assert "The photograph." in told and told.count("Dee Hall") == 1 and OBJECTION not in told
    assert OBJECTION in page(here, agent) and OBJECTION in page(here, here.officers[0])
    assert "<strong>Objects</strong>: Dee Hall" in page(here, other)
    assert OBJECTION not in page(here, other)


def test_the_page_of_opening_shows_what_was_said_of_the_proof_of_the_paper() -> None:
    here = world().to("nominated")
    seat(Role.CANDIDATES_AGENT, name="Dee Hall").post(
        path(here), {"what": "paper:objects", "words": OBJECTION})
    go_on(here, "frozen", "keyed", "coded")

    told = page(here, here.officers[0], "act_open_poll")
    go_on(here, "polling")

    assert "The proof of the paper: agents and scrutineers" in told
    assert OBJECTION in told and "<strong>Objects</strong>: Dee Hall" in told
    assert OBJECTION not in page(here, here.officers[0], "act_open_poll")
    assert OBJECTION not in page(here, here.officers[0], "act_suspend_poll")


def test_the_page_of_declaring_shows_what_was_said_of_the_post_where_an_envelope_came() -> None:
    run, table = polling(rankings=RANKINGS[:6])
    table.receive(table.issue(6)[0])
    address = reverse("desk_attestations", args=[run.election.slug])
    seat(Role.CANDIDATES_AGENT).post(address, {"what": "post:objects", "words": OBJECTION})
    bring(run, to="closed")
    table.open()
    table.both_read(1, (0,))
    table.account()
    bring(run, to="counted")

    told = sign_in(Client(), officer()).get(reverse("act_declare", args=[run.election.slug])).text

    assert told.index("What became of the papers by post: agents") < told.index(OBJECTION)
    assert told.index(OBJECTION) < told.index("The count: agents and scrutineers")


def test_the_desk_leads_who_watches_and_officers_to_the_page_from_the_notice_on() -> None:
    here = world()
    people = (here.officers[0], staff(Role.OBSERVER))
    before = [path(here) in page(here, person, "desk_election") for person in people]
    here.to("nominating")

    assert before == [False, False]
    for person in people:
        for leads in ("desk_election", "desk_watching"):
            assert path(here) in page(here, person, leads), leads
    assert path(here) not in page(here, staff(Role.TRUSTEE), "desk_election")


def test_markup_in_words_and_names_is_text_wherever_it_is_shown() -> None:
    here = world().to("counted")
    seat(Role.CANDIDATES_AGENT, name=MARKUP).post(
        path(here), {"what": "count:objects", "words": f"{MARKUP}\n{MARKUP}"})
    shown = [page(here, here.officers[0], name) for name in ("desk_attestations", "act_declare")]
    declare(here.election_id, **here.by_two)
    shown.append(Client().get(path(here, "attestations")).text)

    for told in shown:
        assert told.count("&lt;script&gt;") >= 3 and "<script>alert" not in told


def test_an_archived_election_is_still_reported_on() -> None:
    here = world().to("declared")
    later = now() + timedelta(days=400)
    publish_board(here.election_id, now=now())
    archive_election(here.election_id, **{**here.by_two, "now": later})

    seat(Role.SCRUTINEER).post(path(here), {"what": "election:reports", "words": OBJECTION})

    assert OBJECTION in Client().get(path(here, "attestations")).text
