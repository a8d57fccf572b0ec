"""Beyond the table: links in mail are fetched by scanners, so a GET changes nothing, ever.

Every page of the site is asked for by GET and by HEAD, about an election with ballots in it, by
nobody and by an officer; every table is the same afterwards, but for the officer's own session.

One exception, by name: the pages that show members to staff write down who looked (of those that
have somebody to show here; test_looks_are_written_down.py walks over all). It is what they are
for; it tells on whoever asks, not on the member; it changes nothing that anybody decides by; and
a scanner of mail cannot cause it, having no session at the desk. So do those that show an officer
a count that is not declared yet, of which there is none here
(tests/ballot/views/test_count_is_shown.py).
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.http import int_to_base36

from ballot.services.publish_board import publish_board
from ballot.showing.dispute_links import dispute_path
from members.matching import FIELDS
from members.models import CorrectionRequest, Member, Pair
from members.services import ask_correction, propose_contact_edit, propose_standing
from office.permissions import Role
from office.services.approvals import propose_act
from office.services.staff import make_staff
from tests.ballot.factories import REASON, Run, cast, election, entries
from tests.office.factories import sign_in
from tests.security.looking import act_as_the_work_does, all_routes, dump, forget_limits

pytestmark = pytest.mark.django_db

# A sign-in page may begin a session for the second factor it is about to show.
OWN = ("django_session",)
# A member of staff's own recovery codes: that they were looked at is noted beside them.
NOTED = {"mfa_view_recovery_codes", "mfa_download_recovery_codes"}
# The pages whose look-ups are written down, in this one table (members.services.record_lookup).
LOOKED = {
    "members", "member", "contact", "contact_draft", "decide", "decision", "decisions",
    "correction", "corrections", "duplicate", "duplicates", "access_requests", "look_ups",
    "approvals",
}
LOOK_UPS = "members_lookup: "


def with_something_to_show(run: Run) -> dict[str, int]:
    """A decision, a request, a draft and a pair, so that their pages show somebody."""
    first, second = Member.objects.order_by("pk")[:2]
    decision_id = propose_standing(first.pk, kind="suspension", reason="abuse",
                                   evidence="Minute 7.", **run.by)  # fmt: skip
    ask_correction(first.pk, detail="phone", wanted="1", why="", now=run.by["now"])
    draft = propose_contact_edit(first.pk, fields={"phone": "01632 960001"}, reason="A letter.",
                                 **run.by).parameters["draft"]  # fmt: skip
    pair = Pair.objects.create(first=first, second=second, score=9,
                               levels="0" * len(FIELDS), found_at=run.by["now"])  # fmt: skip
    return {
        "member_id": first.pk, "decision_id": decision_id, "draft_id": draft, "pair_id": pair.pk,
        "request_id": CorrectionRequest.objects.get().pk,
    }


def test_no_get_changes_a_row() -> None:
    forget_limits()
    run = election(at="polling", electors=3)
    # An account as the service makes it: of another, a sign-in page would write down the address.
    person = make_staff("jo@example.org", "Jo Lee", Role.RETURNING_OFFICER).person
    cast(run, entries(run)[0], (0,))
    approval = propose_act("suspend_poll", subject=("election", str(run.election_id)),
                           by=run.officers[0], now=run.by["now"], parameters={"reason": REASON})
    publish_board(run.election_id, now=run.by["now"])
    shown = with_something_to_show(run)
    token = dispute_path(entries(run)[0].public_id, election=run.election).split("/")[-2]
    objects = {
        "sha256": "00" * 32, "slug": run.election.slug, "contest_id": run.contest.pk,
        "contest": "contest-1", "box": 0, "signature": "00",
        "number": 1, "token": token, "path": "0/000.p/1",
        "candidate_id": run.contest.candidates.order_by("pk")[0].pk,
        "approval_id": approval.pk, "roll_id": run.election.roll_id,
        "rules_id": run.election.rules_id, "person_id": run.officers[0], "job_id": 1,
        "letter_id": 1, "dispatch_id": 1, "batch_id": 1,
        "mail_id": 1, **shown,
        "unit_id": 1, "bulk_id": 1, "authority_id": 1, "pk": 1, "key": "none-such",
        "flag_id": 1, "uidb36": int_to_base36(person.pk),
        "dry_run_id": 1, "against": "rules",
        "body_id": 1, "nomination_id": 1, "recount_id": 1, "version": 1, "first": 1, "count": 1,
        "evidence_id": 1,
        "section": "member", "kind": "voting-code", "code": "member",
    }
    stranger, staff = Client(), sign_in(Client(), person)
    # As in a real installation: what that role may not read would fail there, and here alone not.
    act_as_the_work_does()
    before = dump(without=OWN).splitlines()
    asked, looked = 0, set[str]()

    for route in all_routes():
        names = re.findall(r"<(?:\w+:)?(\w+)>", route.pattern)
        try:
            address = reverse(route.name, kwargs={name: objects[name] for name in names})
        except NoReverseMatch:
            continue
        for client in (stranger, staff)[: 1 if route.name in NOTED else 2]:
            for method in (client.get, client.head):
                assert method(address).status_code < 500, address
                asked += 1
            after = dump(without=OWN).splitlines()
            written = set(after) ^ set(before)
            if client is staff and route.name in LOOKED:
                assert {line.startswith(LOOK_UPS) for line in written} == {True}, address
                looked.add(route.name)
                before = after
            else:
                assert written == set(), address

    assert asked > 200
    assert looked == LOOKED
