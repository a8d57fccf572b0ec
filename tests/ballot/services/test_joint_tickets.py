"""Joint tickets: two people in one place, who both consent, are voted for and withdraw together."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse

from ballot.checklist import checks_of
from ballot.models import Candidate, Contest, Election
from ballot.services.consent import consent_of_second
from ballot.services.correct_result import correct_result
from ballot.services.nomination_seats import CANDIDATE_PURPOSE, SECOND_PURPOSE, ask_consent
from ballot.services.paper_consent import take_paper_consent
from ballot.services.publish_candidates import publish_candidates
from ballot.services.set_up_candidate import add_candidate, edit_candidate
from ballot.services.set_up_contest import add_contest, remove_contest
from ballot.services.withdraw_candidate import withdraw_candidate
from ballot.showing.booth import booth_of
from ballot.showing.sentences_of_candidates import CANDIDATES
from office.models import AuditRecord, Letter
from office.refusal import Refusal
from office.services.sending import send_at_once
from tests.ballot.factories import Run, bring, code_of_refusal, content, election, now
from tests.ballot.services.nominating import rule
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db

TICKET = {"first": "Leader", "second": "Deputy leader"}
PAIRS = ("Ash Amin with Dee Day", "Birch Bell with Eve Ely", "Cedar Cox with Flo Fox")


def tickets(*, at: str = "draft", **other: Any) -> Run:
    return election(at=at, candidates=PAIRS, ticket=TICKET, **other)


def ash() -> Candidate:
    return Candidate.objects.get(name=PAIRS[0])


def ask(run: Run, *, of_second: bool, address: str) -> str:
    """Ask one of the two, and return the code of the letter."""
    ask_consent(ash().pk, address=address, of_second=of_second, **run.by)
    send_at_once()
    found = re.search(r"/consent/[^#\s]+#(\S+)", str(mail.outbox[-1].body))
    assert found is not None and mail.outbox[-1].to == [address]
    return found[1]


def consent(client: Client, run: Run, code: str, **other: str) -> str:
    page = reverse("consent", args=[run.election.slug])
    given = {"code": code, "hand_in": "yes", "consents": "on", **other}
    return client.post(page, given).content.decode()


def test_two_names_stand_in_one_place_and_neither_alone() -> None:
    run = election(candidates=())
    given = {"method": "av", **run.by}
    pairs = add_contest(run.election_id, title="Leaders", ticket=TICKET, **given)

    def add(contest: int, name: str, second: str = "") -> Any:
        return lambda: add_candidate(contest, name=name, second=second, **run.by)

    assert code_of_refusal(add(pairs, "Ash Amin")) == "ticket.second"
    assert code_of_refusal(add(pairs, "Ash Amin", "ash amin")) == "ticket.second"
    assert code_of_refusal(add(pairs, "A" * 60, "B" * 60)) == "ticket.too-long"
    assert code_of_refusal(add(pairs, "Ash Amin With Dee Day", "Dee Day")) == "ticket.second"
    assert code_of_refusal(add(pairs, "Ash Amin", "with Dee Day")) == "ticket.second"
    assert code_of_refusal(add(run.contest.pk, "Ash Amin", "Dee Day")) == "ticket.none"
    added = Candidate.objects.get(pk=add(pairs, "Ash Amin", "Dee Day")())
    assert (added.name, added.first, added.second) == (PAIRS[0], "Ash Amin", "Dee Day")
    edit_candidate(added.pk, name="Ash Amin", second="Eve Ely", statement="", **run.by)
    added.refresh_from_db()
    assert (added.name, added.second) == ("Ash Amin with Eve Ely", "Eve Ely")
    half = {"first": "Leader", "second": " "}
    assert code_of_refusal(
        lambda: add_contest(run.election_id, title="Half", ticket=half, **given)
    ) == "ticket.posts"
    with pytest.raises(Error, match="candidate_second_is_named"), transaction.atomic():
        Candidate.objects.filter(pk=add(run.contest.pk, "Gus Gray")()).update(
            second_address="gus@example.org"
        )


def test_nobody_stands_on_two_tickets_unless_the_papers_of_one_were_rejected() -> None:
    run = tickets(at="nominating")

    def add(name: str, second: str) -> int:
        return add_candidate(run.contest.pk, name=name, second=second, **run.by)

    assert code_of_refusal(lambda: add("Gus Gray", "ash amin")) == "candidate.twice"
    assert code_of_refusal(lambda: add("Dee Day", "Gus Gray")) == "candidate.twice"
    gus = add("Gus Gray", "Hal Hill")
    assert code_of_refusal(lambda: edit_candidate(
        gus, name="Gus Gray", second="Dee Day", statement="", **run.by
    )) == "candidate.twice"
    rule(run, PAIRS[0], is_valid=False)
    dee = add("Dee Day", "Ivy Innes")
    take_paper_consent(ash().pk, reason="signed-form", **run.by)
    assert code_of_refusal(lambda: rule(run, PAIRS[0])) == "candidate.twice"
    withdraw_candidate(dee, who="both", **run.by)
    rule(run, PAIRS[0])


def test_the_board_the_notice_and_the_paper_say_who_stands_for_what() -> None:
    run = tickets(at="polling")

    (told,) = content(run, "notice")["contests"]
    assert told["ticket"] == TICKET
    (named,) = content(run, "candidates")["contests"]
    assert (named["ticket"], named["candidates"]) == (TICKET, list(PAIRS))
    words = str(content(run, "notice")["words"])
    assert "the first is to be Leader, the second Deputy leader" in words
    assert "If either of the two withdraws, both have withdrawn." in words
    (paper,) = booth_of(run.election, now=now()).contests
    assert "a vote is for both" in paper.description
    assert [one.name for one in paper.candidates] == list(PAIRS)
    assert "both" not in str(booth_of(
        Election.objects.get(pk=election(at="polling", title="Others").election_id), now=now()
    ).contests[0].description)


def test_both_consent_by_links_of_their_own_and_only_then_their_papers_are_valid(
    client: Client,
) -> None:
    run = tickets(at="nominating")
    first = ask(run, of_second=False, address="ash@example.org")
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
        ash().pk, name="Ash Amin", second="Eve Ely", statement=ash().statement, **run.by
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


def test_a_withdrawal_is_of_both_and_who_stands_again_is_asked_anew() -> None:
    run = tickets(at="nominating")
    Candidate.objects.filter(pk=ash().pk).update(
        consented_at=now(), second_consented_at=now(), seat=b"1", second_seat=b"2"
    )
    withdraw_candidate(ash().pk, who="first", **run.by)
    assert AuditRecord.objects.latest("pk").parameters == {"who": "first"}
    add_candidate(run.contest.pk, name="Ash Amin", second="Dee Day", **run.by)

    again = ash()
    assert again.withdrawn_at is None and again.second == "Dee Day"
    assert (again.consented_at, again.second_consented_at) == (None, None)
    assert (again.seat, again.second_seat) == (None, None)
    bring(run, to="nominated")
    assert code_of_refusal(lambda: withdraw_candidate(ash().pk, **run.by)) == "withdrawal.who"
    withdraw_candidate(ash().pk, who="second", **run.by)
    said = content(run, "withdrawal")
    assert said == {"candidate": PAIRS[0], "contest": "Leader", "who": "second"}
    _, told = CANDIDATES["withdrawal"]
    assert told(said).startswith("Dee Day has withdrawn from Leader, and so “Ash Amin with")
    assert told({**said, "who": "first"}).startswith("Ash Amin has withdrawn from Leader, and")
    assert told({**said, "who": "both"}).startswith("Both of Ash Amin with Dee Day have")
    assert content(run, "candidates")["contests"][0]["candidates"] == list(PAIRS[1:])


def test_both_are_told_of_a_corrected_result() -> None:
    run = tickets(at="declared")
    Candidate.objects.filter(pk=ash().pk).update(
        address="ash@example.org", second_address="dee@example.org"
    )
    send_at_once()
    mail.outbox.clear()

    correct_result(run.election_id, reason="The turnout was misprinted.", **run.by_two)
    send_at_once()

    assert {(one.to[0], str(one.body).split("\n", 1)[0]) for one in mail.outbox} == {
        ("ash@example.org", "To Ash Amin"), ("dee@example.org", "To Dee Day")
    }


def test_the_desk_takes_two_posts_two_names_and_two_links(client: Client) -> None:
    run = election(candidates=())
    sign_in(client, officer())
    slug = run.election.slug
    contest = {"title": "Leaders", "method": "av", "stop": "majority",
               "tie_rule": "lot", "ticket_first": "Leader"}
    page = reverse("desk_contest_new", args=[slug])

    refused = client.post(page, contest).text
    assert "Name both posts of a joint ticket" in refused
    client.post(page, {**contest, "ticket_second": "Deputy leader"})
    made = Contest.objects.get(title="Leaders")
    assert made.ticket == TICKET
    new = reverse("desk_candidate_new", args=[slug, made.pk])
    assert "Name, for Deputy leader" in client.get(new).text
    client.post(new, {"name": "Ash Amin", "second": "Dee Day"})

    change = client.get(reverse("desk_candidate", args=[slug, ash().pk])).text
    assert 'value="Ash Amin"' in change and 'value="Dee Day"' in change
    remove_contest(run.contest.pk, **run.by)
    bring(run, to="nominating")
    listed = client.get(reverse("desk_nominations", args=[slug])).text
    link = reverse("desk_ask_second", args=[slug, ash().pk])
    assert link in listed and "Dee Day: Not asked for consent by a link" in listed
    assert "Ask Dee Day for consent" in client.get(link).text
    client.post(link, {"address": "dee@example.org"})
    assert ash().second_address == "dee@example.org"
    leave = reverse("desk_candidate_withdraw", args=[slug, ash().pk])
    assert "If either of them withdraws, both have withdrawn." in client.get(leave).text
    assert "Say who of the two withdraws." in client.post(leave).text
    client.post(leave, {"who": "second"})
    assert ash().withdrawn_at is not None
