"""Beyond the table: no page of the desk shows a member without a record of who looked.

Every page that staff can GET is asked for, about people of whom every table holds something, and
what it shows is searched for what is theirs: a number, a name, an address. Where one is found, a
row of members_lookup tells of it. Which pages show somebody is found and not listed, so that a new
page cannot be forgotten; the few named below are those without which the walk would prove little.
"""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from ballot.services.helpdesk import note_at_helpdesk
from members import services
from members.matching import FIELDS
from members.models import (
    AccessRequest,
    Appeal,
    ContactDraft,
    ContactFlag,
    Decision,
    DryRun,
    LookUp,
    Member,
    Pair,
)
from office.models import Letter
from office.permissions import Role
from tests.ballot.factories import Run, election, entries
from tests.ballot.posting_papers import Table
from tests.members.factories import NOW, listing, person, previewed, uploaded
from tests.members.one_of_everything import CANARY, NUMBER, TRACES, one_of_everything
from tests.office.factories import officer, sign_in, staff
from tests.security.looking import all_routes, forget_limits

pytestmark = pytest.mark.django_db

MAILBOX = "info@warbler.example"
SHOWN = (*TRACES, NUMBER, MAILBOX, "Fallowes00", "elector0@example.org", "1001 (never published)")
KNOWN_TO_SHOW = {
    "contact", "contact_draft", "contact_flag", "contacts", "contacts_shared", "corrections",
    "decision", "decisions", "desk_amendments", "desk_bulk",
    "desk_incident", "duplicate", "held_letters", "import",
    "import_alike", "import_changed", "import_gone", "import_mapping", "member", "members",
    "look_ups", "odd_mailboxes", "returned_letters",
}  # fmt: skip


def with_something_on_every_page() -> tuple[Run, list[dict[str, Any]]]:
    """The election, and the keys by which pages are asked for; of some there are several."""
    run = election(at="polling", electors=3)
    member, roll = one_of_everything()
    Member.objects.filter(pk=entries(run)[0].member_id).update(
        merged_into=entries(run)[1].member_id
    )
    bulk = services.draft_bulk(
        run.election.roll_id, kind="remove", reason="excluded", grounds="x",
        content=f"{NUMBER}\n1000".encode(), by=officer().pk, now=NOW,
    )  # fmt: skip
    first, second = Member.objects.order_by("pk")[:2]
    pair = Pair.objects.create(first=first, second=second, score=9, levels="0" * len(FIELDS),
                               found_at=NOW)  # fmt: skip
    asked = services.ask_correction(member.pk, detail="phone", wanted="1", why="", now=NOW)
    decision = Decision.objects.get()
    of_post = Table(run).issue(0)
    note_at_helpdesk(run.election_id, kind="not-me", entry_id=entries(run)[1].pk, **run.by)
    # As if the sender had found no address for any of them, but one, whose letter came back.
    Letter.objects.update(state=Letter.State.HELD, held_because=Letter.NO_ADDRESS)
    Letter.objects.filter(purpose="voting-code", recipient=entries(run)[0].public_id).update(
        state=Letter.State.HANDED_OVER, enclosure=None, delivery=Letter.Delivery.BOUNCED
    )
    one = {
        "slug": run.election.slug, "contest_id": run.contest.pk, "roll_id": roll.pk,
        "candidate_id": run.contest.candidates.order_by("pk")[0].pk, "bulk_id": bulk,
        "rules_id": run.election.rules_id, "person_id": run.officers[0], "member_id": member.pk,
        "decision_id": decision.pk, "appeal_id": Appeal.objects.get().pk,
        "request_id": asked,
        "draft_id": ContactDraft.objects.latest("pk").pk, "pair_id": pair.pk,
        "dry_run_id": DryRun.objects.get().pk, "against": "rules", "number": 1, "key": "none",
        "dispatch_id": Letter.objects.latest("pk").dispatch_id, "sha256": "00" * 32,
        "letter_id": Letter.objects.latest("pk").pk, "job_id": 1, "approval_id": 1,
        "authority_id": 1, "unit_id": member.unit_id, "mail_id": 1, "path": "0/000",
        "flag_id": 1, "batch_id": 1, "first": of_post[0].pk, "count": 1,
    }  # fmt: skip
    return run, [
        one,
        *({**one, "batch_id": batch} for batch in _imports()),
        *({**one, "flag_id": flag.pk} for flag in ContactFlag.objects.all()),
        *({**one, "request_id": asked.pk} for asked in AccessRequest.objects.all()),
    ]


def _imports() -> list[int]:
    """Imports that wait: with somebody new, changed, gone or refused, or for a mapping."""
    sharing = [person(number=f"{5000 + n}", email=MAILBOX) for n in range(12)]
    shared = previewed(*sharing, scope="part")
    services.request_apply(shared.pk, by=None, now=NOW)
    services.apply_import(shared.pk, now=NOW)
    asked = uploaded(f"Membership No,Surname\n1,{CANARY['family_name']}\n2,Wren\n".encode())
    services.look_at_file(asked, now=NOW)
    alike = listing(person(**{**CANARY, "number": "99"}))
    return [
        shared.pk,
        asked,
        previewed(person(**{**CANARY, "email": f"{CANARY['email']}@"}), scope="part").pk,
        previewed(person(**{**CANARY, "phone": "01632 960001"}), scope="part").pk,
        previewed(person()).pk,
        _previewed(alike),
    ]


def _previewed(content: bytes) -> int:
    batch = uploaded(content, scope="part")
    services.preview_import(batch, now=NOW)
    return batch


def addresses(objects: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Each page's addresses, by the page's name."""
    found: dict[str, set[str]] = {}
    for route, keys in ((route, keys) for route in all_routes() for keys in objects):
        names = re.findall(r"<(?:\w+:)?(\w+)>", route.pattern)
        try:
            address = reverse(route.name, kwargs={name: keys[name] for name in names})
        except (NoReverseMatch, KeyError):
            continue
        found.setdefault(route.name, set()).add(address)
    return found


def test_every_page_that_shows_a_member_to_staff_writes_down_who_looked() -> None:
    forget_limits()
    _, objects = with_something_on_every_page()
    person = officer()
    client, stranger = sign_in(Client(), person), sign_in(Client(), staff(Role.OBSERVER))
    shown, unwritten = set[str](), set[str]()

    for name, asked in addresses(objects).items():
        for address in asked:
            before = LookUp.objects.count()
            page = client.get(address)
            if page.status_code != 200 or not page.get("Content-Type", "").startswith("text/html"):
                continue
            if not any(one in html.unescape(page.content.decode()) for one in SHOWN):
                continue
            shown.add(name)
            written = LookUp.objects.order_by("pk")[before:]
            if {row.by_id for row in written} != {person.pk}:
                unwritten.add(name)
            before = LookUp.objects.count()
            if stranger.get(address).status_code == 404:
                assert LookUp.objects.count() == before, address

    assert (sorted(unwritten), sorted(KNOWN_TO_SHOW - shown)) == ([], [])


def test_the_helpdesk_writes_down_whom_it_was_asked_about_and_who_asked() -> None:
    run = election(at="polling", electors=3)
    person, entry = officer(), entries(run)[0]
    client, address = sign_in(Client(), person), reverse("desk_helpdesk", args=[run.election.slug])

    client.post(address, {"number": "424242"})
    client.post(address, {"number": entry.number})

    asked, nobody = LookUp.objects.all()
    assert (nobody.kind, nobody.hits, nobody.by) == ("search", 0, person)
    assert (asked.kind, asked.member_id, asked.by) == ("member", entry.member_id, person)
