"""Stops of the walk that lie beside the way of its election: the list, the office, other elections.

Each is a world of its own; what a page shows is made by the services, as in the tests of each.
"""

from __future__ import annotations

import os
from functools import partial
from uuid import UUID

import pytest

from ballot.issuance.card import Card
from ballot.sealing.issuing import make_issuer_key
from ballot.sealing.letterbox import public_half
from ballot.services.publish_board import publish_board
from ballot.services.set_up import edit_election
from ballot.services.void_election import void_election
from members import services
from members.letters import dispute_path as contact_dispute_path
from members.models import (
    Change,
    ContactDraft,
    ContactFlag,
    CorrectionRequest,
    Decision,
    DryRun,
    EligibilityRules,
    ImportBatch,
    Pair,
)
from members.services.own_page import make_link
from office.models import StaffMember
from office.permissions import Role
from office.selectors import development_mails
from office.services.jobs import open_job
from office.services.letters import queue_letter
from office.services.sending import send_at_once
from office.services.staff import make_staff
from office.services.working import claim_job, report_progress
from tests.ballot.destroying import archived, destroyed
from tests.ballot.factories import begin, election, now
from tests.ballot.tickets import ash, tickets
from tests.ballot.views.test_evidence import counts_apart
from tests.browser.coming import Given
from tests.browser.stops import Stop
from tests.members.factories import listing, people, person
from tests.members.one_of_everything import one_of_everything
from tests.office.factories import PASSWORD, staff
from tests.rollfile.foreign import content_of

EMAIL = "jo@example.org"


def _the_list() -> Given:
    """A list with one of everything, a file that is compared and one whose columns are asked."""
    member, roll = one_of_everything()
    for batch in ImportBatch.objects.filter(state="previewed"):
        services.discard_import(batch.pk, by=None, now=now())
    compared = services.upload_import(
        [listing(*people(20), person(number="?"), person(email="new@example.org"))],
        file_name="may.csv", scope="whole", by=None, now=now(),
    )  # fmt: skip
    services.preview_import(compared, now=now())
    run = DryRun.objects.latest("pk")
    services.work_dry_run(run.pk, now=now())
    return {
        "member_id": member.pk, "roll_id": roll.pk, "batch_id": compared, "dry_run_id": run.pk,
        "draft_id": ContactDraft.objects.latest("pk").pk,
        "flag_id": ContactFlag.objects.latest("pk").pk,
        "decision_id": Decision.objects.latest("pk").pk,
        "request_id": CorrectionRequest.objects.latest("pk").pk,
        "pair_id": Pair.objects.earliest("pk").pk,
        "rules_id": EligibilityRules.objects.latest("pk").pk,
        "token": make_link(member, now=now()),
    }


def _disputed_change() -> Given:
    path = contact_dispute_path(Change.objects.latest("pk").pk)
    return {"token": path.split("/")[-2]}


def _foreign_list() -> Given:
    batch = services.upload_import([content_of("civicrm.csv")], file_name="civicrm.csv",
                                   scope="whole", by=None, now=now())
    services.look_at_file(batch, now=now())
    return {"batch_id": batch}


def _ceremony() -> Given:
    run = election(at="frozen", title="Ceremony 2026", demonstration=False, electors=1)
    begin(run, trustees=("Gwenllian Angharad Llywelyn-Prydderch ap Gruffydd", "Pádraig Ó Sé"))
    return {"slug": run.election.slug, "number": 1}


def _issuer() -> Given:
    """An election whose codes somebody else makes, who has been given nothing yet."""
    run = election(title="Issued 2026", electors=1)
    signs = make_issuer_key(rng=os.urandom).public
    card = Card("Ines Quill, scrutineer", signs, public_half(os.urandom(32)))
    edit_election(run.election_id, issuer=card.to_bytes(), **run.by)
    return {"slug": run.election.slug}


def _tied() -> Given:
    run = election(at="opened", title="Tied 2026", candidates=("Ash Amin", "Birch Bell"),
                   rankings=((0,), (0,), (1,), (1,)), electors=4)
    return {"slug": run.election.slug}


def _tickets() -> Given:
    """Joint tickets that take nominations, of whom nobody was asked yet."""
    run = tickets(at="nominating", title="Leaders 2026")
    return {"slug": run.election.slug, "candidate_id": ash().pk}


def _void() -> Given:
    run = election(at="nominated", title="Void 2026", electors=1)
    void_election(run.election_id, reason="A name was left off the paper.", **run.by_two)
    return {"slug": run.election.slug}


def _differing() -> Given:
    """An election whose two counts differ."""
    run = election(at="opened", title="Differing 2026")
    counts_apart(pytest.MonkeyPatch(), run)
    return {"slug": run.election.slug}


def _destroyed() -> Given:
    """An election of which the sealed ballots are gone."""
    run = archived(title="Destroyed 2026")
    destroyed(run)
    publish_board(run.election_id, now=now())
    return {"slug": run.election.slug}


def _office() -> Given:
    """Staff, a job under way, and a mail in the outbox of a trial."""
    deputy = staff(Role.DEPUTY)
    queue_letter("office.invitation", reference=UUID(int=0), recipient="999999")
    send_at_once()
    job = open_job("dry_run", subject=("dry_run", "7"), by=None, now=now())
    claimed = claim_job(job.pk)
    assert claimed is not None
    report_progress(job.pk, claim=claimed.claim, stage="Reading", done=450, total=900)
    mails = development_mails()
    return {"person_id": deputy.pk, "job_id": job.pk, "mail_id": mails[0].pk if mails else 0}


def _with_password() -> StaffMember:
    """Somebody with a password, an authenticator app and recovery codes."""
    return make_staff(EMAIL, "Jo Bell", Role.RETURNING_OFFICER, password=PASSWORD).person


ELSEWHERE: tuple[Stop, ...] = (
    Stop("ceremony", _ceremony, (
        "desk_trustees", "desk_seat", "desk_ceremony_anew", "trustee", "act_set_key",
    )),
    Stop("issuer", _issuer, ("desk_issuer",)),
    Stop("tied", _tied, ("desk_lot",)),
    Stop("tickets", _tickets, (
        "desk_nominations", "desk_ask_second", "desk_paper_consent", "desk_candidate_withdraw",
    )),
    Stop("void", _void, ("desk_election", "election", "home")),
    Stop("differing", _differing, ("desk_election", "desk_evidence")),
    Stop("destroyed", _destroyed, (
        "desk_election", "destruction", "election", "board", "result", "turnout", "check",
    )),
)
"""Other elections, on the list of the walk's own."""

OFFICE: tuple[Stop, ...] = (
    Stop("list", _the_list, (
        "members", "member", "access_requests", "exports", "look_ups", "contact", "contacts",
        "contact_changes", "contacts_shared", "odd_mailboxes", "contact_draft", "contact_freeze",
        "contact_flag", "decide", "decisions", "decision", "corrections", "correction", "imports",
        "import", "import_new", "import_changed", "import_gone", "import_alike", "import_units",
        "import_undo", "duplicates", "duplicate", "duplicates_settled", "levy", "sections",
        "rules", "rules_new", "rules_version", "dry_run", "rolls", "roll", "roll_destruction",
        "roll_enquiry", "roll_enquiry_asked", "decision_totals", "own_page",
    )),
    Stop("change", _disputed_change, ("contact_not_me", "contact_not_me_said")),
    Stop("foreign", _foreign_list, ("import", "import_mapping")),
    Stop("office", _office, (
        "desk", "approvals", "audit_trail", "job", "staff", "invite_staff", "staff_member",
        "development_outbox", "development_mail",
    )),
)
"""The list of members and the office."""

ACCOUNT: tuple[Stop, ...] = (
    Stop("signed-out", dict, (
        "account_login", "account_signup", "account_inactive", "account_reset_password",
        "account_reset_password_done", "account_reset_password_from_key_done",
    )),
    Stop("new", dict, ("mfa_activate_totp", "account_set_password"),
         who=partial(staff, Role.TELLER, is_enrolled=False), is_at_desk=True),
    Stop("signed-in", dict, (
        "account_logout", "account_change_password", "account_reauthenticate", "mfa_index",
        "mfa_reauthenticate", "mfa_deactivate_totp", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn",
    ), who=_with_password, is_at_desk=True),
)
"""Signing in, and one's own second factors."""
