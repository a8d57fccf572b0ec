"""The pages of voting by post: envelopes, the scanner, tellers, rulings, the teller's table."""

from __future__ import annotations

import os

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import (
    Envelope,
    EnvelopeReceipt,
    PostalReading,
    PostalRuling,
    Reason,
    Teller,
)
from ballot.postal import Kind, issues_of
from ballot.sealing.codes import key_of_secret, make_code
from ballot.sealing.postal import teller_key
from ballot.services.close_poll import close_poll_early
from ballot.services.read_papers import Read
from members.models import LookUp
from office.models import Approval, StaffMember
from office.permissions import Role
from tests.ballot.factories import REASON, Run, cast, election, entries, kinds, no_triggers
from tests.ballot.posting_papers import Table
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


def officer_of(run: Run) -> Client:
    return sign_in(Client(), StaffMember.objects.get(pk=run.officers[0]))


def address(run: Run, name: str, *more: object) -> str:
    return reverse(name, args=[run.election.slug, *more])


def opened() -> tuple[Run, Table, Client]:
    """Two envelopes are received and opened; an officer is signed in."""
    run = election(at="polling")
    table = Table(run)
    for envelope in table.issue(0, 1):
        table.receive(envelope)
    for entry in entries(run)[2:]:
        cast(run, entry, (0, 1))
    close_poll_early(run.election_id, reason=REASON, **run.by_two)
    table.open()
    return run, table, officer_of(run)


def test_envelopes_are_proposed_by_one_officer_read_by_another_and_only_then_issued():
    run = election(at="polling")
    Table(run)
    one, other = (sign_in(Client(), StaffMember.objects.get(pk=pk)) for pk in run.officers)
    first, second = entries(run)[:2]
    page = address(run, "act_issue_envelopes")

    refused = one.post(page, {"numbers": f"{first.number}\nnobody"})
    assert "nobody" in refused.content.decode() and not Approval.objects.exists()
    one.post(page, {"numbers": f"{first.number}\n{second.number}"})
    approval = Approval.objects.get()
    assert approval.sentence.endswith("“Leader 2026”: Members 2.")
    assert first.number not in str(approval.parameters) and not Envelope.objects.exists()
    assert address(run, "desk_envelopes") in other.get(reverse("approvals")).content.decode()
    told = other.get(address(run, "desk_envelopes")).content.decode()
    assert first.number in told and second.family_name in told
    assert LookUp.objects.get().hits == 2
    one.post(reverse("approve", args=[approval.pk]))
    assert not Envelope.objects.exists()
    other.post(reverse("approve", args=[approval.pk]))

    envelopes = list(Envelope.objects.order_by("pk"))
    labels = address(run, "desk_envelope_labels", envelopes[0].pk, 2)
    assert labels in one.get(address(run, "desk_post")).content.decode()
    printed = one.post(labels).content.decode()
    assert printed.count("app-label__bars") == 2
    assert all(envelope.barcode in printed for envelope in envelopes)
    assert "No proposal to issue" in other.get(address(run, "desk_envelopes")).content.decode()


def test_what_was_issued_together_has_its_labels_together_and_no_others():
    run = election(at="polling")
    table = Table(run)
    sets = [table.issue(0, 1), table.issue(2)]

    shown = [(one.first, one.count) for one in issues_of(run.election)]

    assert shown == [(sets[0][0].pk, 2), (sets[1][0].pk, 1)]


def test_an_approval_comes_too_late_for_who_has_voted_meanwhile():
    run = election(at="polling")
    Table(run)
    one, other = (sign_in(Client(), StaffMember.objects.get(pk=pk)) for pk in run.officers)
    first, second = entries(run)[:2]
    one.post(address(run, "act_issue_envelopes"), {"numbers": f"{first.number} {second.number}"})
    cast(run, first, (0,))

    said = other.post(reverse("approve", args=[Approval.objects.get().pk]))

    assert "some of these electors have voted" in said.content.decode()
    assert Approval.objects.get().state == "waiting" and not Envelope.objects.exists()


def test_a_scanner_types_a_barcode_and_the_page_says_what_came_of_it_and_not_of_whom():
    run = election(at="polling")
    table = Table(run)
    received, refused = table.issue(0, 1)
    cast(run, entries(run)[1], (0,))
    client = sign_in(Client(), staff(Role.MEMBERSHIP_ADMINISTRATOR))

    def scan(barcode: str) -> str:
        return client.post(
            address(run, "desk_receive_envelope"), {"barcode": barcode}
        ).content.decode()

    page = scan(f"{received.barcode}\n")
    assert "Received. Put it unopened" in page and "Fallowes" not in page
    assert "was scanned before" in scan(received.barcode)
    assert "Refused: its elector has voted" in scan(refused.barcode)
    assert "a character is missing or wrong" in scan(refused.barcode[:-1])
    assert EnvelopeReceipt.objects.count() == 2


def test_a_teller_makes_a_key_once_and_an_officer_names_the_tellers():
    run = election(at="polling")
    people = [staff(Role.TELLER, name=name) for name in ("Ann Lee", "Bob Ray")]
    officer = officer_of(run)
    officer.post(address(run, "desk_name_tellers"))
    assert "tellers" not in kinds(run)
    for person in people:
        client = sign_in(Client(), person)
        assert "Make your teller’s key" in client.get(address(run, "desk_papers")).content.decode()
        key = teller_key(make_code(rng=os.urandom), election_id=run.election.public_id.bytes)
        client.post(address(run, "desk_teller_key"), {"key": key.credential.hex()})

    other = teller_key(make_code(rng=os.urandom), election_id=run.election.public_id.bytes)
    again = client.post(address(run, "desk_teller_key"), {"key": other.credential.hex()})
    assert again.status_code == 409
    page = officer.post(address(run, "desk_name_tellers"), follow=True).content.decode()

    assert page.count("named on the board") >= 2
    assert [one.name for one in Teller.objects.all()] == ["Ann Lee", "Bob Ray"]
    assert kinds(run)[-1] == "tellers"
    assert "You are teller 2" in client.get(address(run, "desk_papers")).content.decode()


def test_a_teller_hands_in_sealed_bytes_and_is_told_what_came_of_the_paper_alone():
    run, table, officer = opened()
    ann, bob = (sign_in(Client(), StaffMember.objects.get(pk=pk)) for pk in table.people)

    def hand_in(client: Client, read: Read) -> dict[str, object]:
        sent = {"section": read.section, "number": read.number, "other": read.other,
                "kind": read.kind.value, "wire": read.wire.hex(),
                "signature": read.signature.hex(), "doubt": read.doubt}  # fmt: skip
        answer = client.post(address(run, "desk_read_paper"), sent)
        said: dict[str, object] = answer.json()
        return said | {"status": answer.status_code}

    page = ann.get(address(run, "desk_papers")).content.decode()
    assert "Ash Amin" in page and "data-own-key" in page
    first = hand_in(ann, table.sealed(0, 1, table.choices((0,)), "member"))
    assert first["message"] == "Paper 1 of Members is handed in. The other teller reads it next."
    waits = bob.get(address(run, "desk_papers")).content.decode()
    assert "Members, paper 1, with Ann Lee." in waits
    begun = officer.get(address(run, "desk_post")).content.decode()
    assert "Read by Ann Lee, and waits for Bob Ray" in begun
    turn = officer.get(address(run, "desk_ruling", "member", 1)).content.decode()
    assert "If that teller does not come back" in turn and 'name="contest-1"' not in turn
    second = hand_in(bob, table.sealed(1, 1, table.choices((0,)), "member"))
    assert "is settled" in str(second["message"])
    twice = hand_in(ann, table.sealed(0, 1, table.choices((1,)), "member"))
    assert (twice["status"], twice["code"]) == (409, "reading.twice")
    assert ann.post(address(run, "desk_read_paper"), {"kind": "other"}).status_code == 400
    assert PostalReading.objects.count() == 2


def test_a_teller_seals_with_the_keys_of_the_board_and_not_with_a_row_that_was_changed():
    run, table, _ = opened()
    mine, other = (key.credential.hex() for key in table.keys)
    foreign = key_of_secret(12345).credential
    with no_triggers():
        Teller.objects.filter(number=2).update(key=foreign)
    ann = sign_in(Client(), StaffMember.objects.get(pk=table.people[0]))

    page = ann.get(address(run, "desk_papers")).content.decode()

    assert f'data-own-key="{mine}"' in page and f'data-key="{other}"' in page
    assert foreign.hex() not in page


def test_an_officer_rules_on_a_paper_and_the_tellers_are_told_what_was_ruled():
    run, table, client = opened()
    table.hand_in(0, Read("member", 2, 2, Kind.DOUBTFUL, doubt="uncertain"))
    page = client.get(address(run, "desk_post")).content.decode()
    assert "Members, paper 2" in page and "void for uncertainty" in page

    path = address(run, "desk_ruling", "member", 2)
    missing = client.post(path, {"contest-1": "uncertain"})
    assert "Say how many agents are watching" in missing.content.decode()
    client.post(path, {"contest-1": "uncertain", "agents": 2})

    assert PostalRuling.objects.get().rejected == {"contest-1": "uncertain"}
    teller = sign_in(Client(), StaffMember.objects.get(pk=table.people[0]))
    told = teller.get(address(run, "desk_papers")).content.decode()
    assert "“Leader” is rejected (void for uncertainty)" in told


def test_nothing_is_chosen_beforehand_in_a_ruling_and_good_is_chosen_like_the_rest():
    run, table, client = opened()
    table.hand_in(0, Read("member", 2, 2, Kind.DOUBTFUL, doubt="uncertain"))
    path = address(run, "desk_ruling", "member", 2)

    offered = client.get(path).content.decode()
    unsaid = client.post(path, {"agents": 2})
    rulings = PostalRuling.objects.count()
    client.post(path, {"contest-1": "good", "agents": 2})

    assert offered.count('type="radio"') == 1 + len(Reason)
    assert "checked" not in offered and "selected" not in offered
    assert "Say how you rule in “Leader”." in unsaid.content.decode()
    assert rulings == 0
    assert PostalRuling.objects.get().rejected == {}


def test_a_teller_who_doubts_a_paper_chooses_why():
    run, table, _ = opened()
    ann = sign_in(Client(), StaffMember.objects.get(pk=table.people[0]))
    doubt = {"section": "member", "number": 1, "other": 2, "kind": "doubtful", "doubt": ""}

    page = ann.get(address(run, "desk_papers")).content.decode()
    unsaid = ann.post(address(run, "desk_read_paper"), doubt)

    assert 'id="doubt"><option value="">Choose a reason</option>' in page
    assert unsaid.json()["message"] == "Say why you doubt the paper."
    assert not PostalReading.objects.exists()


def test_who_is_no_teller_reads_no_paper_and_a_watcher_issues_nothing():
    run, _, officer = opened()
    agent = sign_in(Client(), staff(Role.CANDIDATES_AGENT))

    assert officer.get(address(run, "desk_papers")).status_code == 404
    assert agent.get(address(run, "desk_post")).status_code == 200
    assert agent.get(address(run, "desk_receive_envelope")).status_code == 404
    assert agent.get(address(run, "desk_envelopes")).status_code == 404
    assert agent.get(address(run, "act_issue_envelopes")).status_code == 404
    stranger = sign_in(Client(), staff(Role.TELLER))
    said = stranger.get(address(run, "desk_papers")).content.decode()
    assert "You are no teller of this election" in said
