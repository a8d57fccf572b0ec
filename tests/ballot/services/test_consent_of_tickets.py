"""Both people of a joint ticket consent, by a link each or on paper, before it stands."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from ballot.checklist import checks_of
from ballot.models import Candidate
from ballot.services.consent import consent_of_second
from ballot.services.nomination_seats import CANDIDATE_PURPOSE, SECOND_PURPOSE, ask_consent
from ballot.services.paper_consent import take_paper_consent
from ballot.services.publish_candidates import publish_candidates
from ballot.services.set_up_candidate import edit_candidate
from ballot.services.withdraw_candidate import withdraw_candidate
from office.models import AuditRecord, Letter
from office.refusal import Refusal
from tests.ballot.factories import Run, code_of_refusal, election, now
from tests.ballot.services.nominating import rule
from tests.ballot.tickets import PAIRS, ash, ask, consent, tickets
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db


def test_both_consent_by_links_of_their_own_and_only_then_their_papers_are_valid(
    client: Client,
) -> None:
    run = tickets(at="nominating")
    first = ask(run, of_second=False, address="ash@example.org")
    assert "Dee Day is asked too: neither of you stands" in str(mail.outbox[-1].body)
    second = ask(run, of_second=True, address="dee@example.org")
    assert "together with Ash Amin" in str(mail.outbox[-1].body)
    assert "Without your consent neither of you stands" in str(mail.outbox[-1].body)

    where = reverse("consent", args=[run.election.slug])
    page = client.post(where, {"code": second}).text
    assert "Dee Day: do you consent to stand?" in page and 'name="statement"' not in page
    assert "None yet." in page and "We stand together." not in page
    assert "Your consent is taken" in consent(
        client, run, first, statement="We stand together.", agent_name="Gus Gray",
        agent_address="gus@example.org",
    )
    page = client.post(where, {"code": second}).text
    assert "We stand together." in page and "Gus Gray" in page and "gus@example.org" not in page
    assert code_of_refusal(lambda: rule(run, PAIRS[0])) == "ruling.no-consent"
    assert code_of_refusal(lambda: publish_candidates(run.election_id, **run.by)) == (
        "election.not-ready"
    )
    missing = client.post(where, {"code": second, "hand_in": "yes"}).text
    assert "neither of you stands" in missing and ash().second_consented_at is None
    taken = consent(client, run, second)
    assert "Your consent is taken" in taken and 'name="consents"' not in taken
    later = client.post(where, {"code": second}).text
    assert "You have consented." in later and 'name="consents"' not in later

    rule(run, PAIRS[0])
    for name in PAIRS[1:]:
        other = Candidate.objects.get(name=name)
        take_paper_consent(other.pk, reason="signed-form", **run.by)
    assert ash().statement == "We stand together."
    assert code_of_refusal(lambda: edit_candidate(
        ash().pk, name="Ash Amin", second="Hal Hill", statement=ash().statement, **run.by
    )) == "candidate.name-stands"
    publish_candidates(run.election_id, **run.by)


def test_a_ticket_of_which_one_alone_was_asked_or_nobody_does_not_stand(client: Client) -> None:
    run = tickets(at="nominating")
    Candidate.objects.exclude(pk=ash().pk).update(consented_at=now(), second_consented_at=now())
    nobody = unmet(run)
    assert nobody == ["Ash Amin has consented", "Dee Day has consented"]

    assert "Your consent is taken" in consent(
        client, run, ask(run, of_second=False, address="ash@example.org")
    )
    assert unmet(run) == ["Dee Day has consented"]
    with pytest.raises(Refusal, match="Dee Day has not consented") as refused:
        rule(run, PAIRS[0])
    assert refused.value.code == "ruling.no-consent"
    assert code_of_refusal(lambda: publish_candidates(run.election_id, **run.by)) == (
        "election.not-ready"
    )
    consent(client, run, ask(run, of_second=True, address="dee@example.org"))
    publish_candidates(run.election_id, **run.by)


def unmet(run: Run) -> list[str]:
    checks = checks_of(run.election, "publish_candidates", now=now())
    return [one.words for one in checks if not one.is_met]


def test_both_consent_on_paper_by_an_officers_word_with_a_reason_in_the_trail(
    client: Client,
) -> None:
    run = tickets(at="nominating")
    sign_in(client, officer())
    slug = run.election.slug
    page = reverse("desk_paper_consent", args=[slug, ash().pk])
    assert page in client.get(reverse("desk_nominations", args=[slug])).text
    assert "Say why they consent on paper" in client.post(page, {}).text
    assert ash().consented_at is None
    refused = code_of_refusal(lambda: take_paper_consent(ash().pk, reason="tired", **run.by))
    assert refused == "consent.reason"

    client.post(page, {"reason": "no-mailbox"})

    assert ash().consented_at is not None and ash().second_consented_at is not None
    newest = AuditRecord.objects.latest("pk")
    assert newest.parameters == {"on_paper": True, "reason": "no-mailbox"}
    listed = client.get(reverse("desk_nominations", args=[slug])).text
    assert "Dee Day: Consented on paper" in listed
    rule(run, PAIRS[0])
    alone = election(at="nominating", title="Others")
    other = Candidate.objects.get(contest=alone.contest, name="Ash Amin")
    assert code_of_refusal(
        lambda: take_paper_consent(other.pk, reason="no-mailbox", **alone.by)
    ) == "candidate.no-second"
    withdraw_candidate(ash().pk, who="first", **run.by)
    assert code_of_refusal(
        lambda: take_paper_consent(ash().pk, reason="no-mailbox", **run.by)
    ) == "consent.nobody"


def test_a_new_link_of_the_one_leaves_the_others_and_who_stands_alone_has_no_second(
    client: Client,
) -> None:
    run = tickets(at="nominating")
    first = ask(run, of_second=False, address="ash@example.org")
    old = ask(run, of_second=True, address="dee@example.org")
    new = ask(run, of_second=True, address="dee@example.org")

    assert "This code is of no link" in consent(client, run, old)
    assert "Your consent is taken" in consent(client, run, new)
    assert "Your consent is taken" in consent(client, run, first)
    alone = election(at="nominating", title="Others")
    candidate = Candidate.objects.get(contest=alone.contest, name="Ash Amin")
    assert code_of_refusal(lambda: ask_consent(
        candidate.pk, address="x@example.org", of_second=True, **alone.by
    )) == "candidate.no-second"


def test_whoever_takes_anothers_place_is_asked_anew(client: Client) -> None:
    run = tickets(at="nominating")
    first = ask(run, of_second=False, address="ash@example.org")
    old = ask(run, of_second=True, address="dee@example.org")
    pk = ash().pk

    edit_candidate(pk, name="Ash Amin", second="Eve Ely-Orr", statement="", **run.by)

    eve = Candidate.objects.get(pk=pk)
    assert (eve.second_address, eve.second_seat) == ("", None)
    assert "This code is of no link" in consent(client, run, old)
    assert Candidate.objects.get(pk=pk).second_consented_at is None
    assert "Your consent is taken" in consent(client, run, first)
    other = Candidate.objects.get(name=PAIRS[1])
    ask_consent(other.pk, address="birch@example.org", **run.by)
    ask_consent(other.pk, address="eve@example.org", of_second=True, **run.by)
    edit_candidate(other.pk, name="Gus Gray", second="Hal Hill", statement="", **run.by)
    other.refresh_from_db()
    assert (other.address, other.seat, other.second_seat) == ("", None, None)
    assert set(
        Letter.objects.filter(recipient=f"candidate-{other.pk}").values_list("purpose", "state")
    ) == {(one, Letter.State.CANCELLED) for one in (CANDIDATE_PURPOSE, SECOND_PURPOSE)}


def test_a_link_that_died_while_the_lock_was_waited_for_consents_to_nothing() -> None:
    run = tickets(at="nominating")
    ask(run, of_second=True, address="dee@example.org")
    old = bytes(ash().second_seat or b"")
    ask(run, of_second=True, address="dee@example.org")
    with pytest.raises(Refusal, match="of no link"):
        consent_of_second(ash().pk, seat=old, now=now())
    assert ash().second_consented_at is None

    consent_of_second(ash().pk, seat=bytes(ash().second_seat or b""), now=now())

    assert ash().second_consented_at is not None
    assert code_of_refusal(lambda: edit_candidate(
        ash().pk, name="Ash Amin", second="Hal Hill", statement="", **run.by
    )) == "candidate.name-stands"
    assert code_of_refusal(lambda: edit_candidate(
        ash().pk, name="Ash Amin", second="Dee Day", statement="Other.", **run.by
    )) == "candidate.consented"


def test_each_of_the_two_has_a_mailbox_of_their_own_and_the_trail_says_who_was_asked() -> None:
    run = tickets(at="nominating")
    ask_consent(ash().pk, address="office@example.org", **run.by)
    assert AuditRecord.objects.latest("pk").parameters == {}
    assert code_of_refusal(lambda: ask_consent(
        ash().pk, address="Office@example.org", of_second=True, **run.by
    )) == "consent.same-address"

    ask_consent(ash().pk, address="dee@example.org", of_second=True, **run.by)

    assert AuditRecord.objects.latest("pk").parameters == {"of_second": True}
