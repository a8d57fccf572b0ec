"""Row 10: a poisoned Host header. Prevents: mailed links come from the configured origin alone.

20 variants of headers on each of the pages that lead to a mail, for anybody and for staff.
"""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from ballot.models import ReissueRequest
from ballot.services.request_reissue import answer_reissue_request
from members.models import RollEnquiry
from members.services import answer_enquiry
from tests.ballot.factories import election, now
from tests.office.factories import officer, sign_in
from tests.security.looking import forget_limits, links, send_everything, whole

pytestmark = pytest.mark.django_db(transaction=True)

EVIL = "evil.example"
VARIANTS: tuple[dict[str, str], ...] = (
    {"Host": EVIL}, {"Host": f"{EVIL}:80"}, {"Host": f"localhost@{EVIL}"},
    {"Host": f"localhost.{EVIL}"}, {"Host": f"{EVIL}#localhost"}, {"Host": f"localhost:80@{EVIL}"},
    {"Host": f"{EVIL}/localhost"}, {"Host": f"localhost\t{EVIL}"}, {"Host": f".{EVIL}"},
    {"Host": f"localhost, {EVIL}"},
    {"X-Forwarded-Host": EVIL}, {"X-Forwarded-Server": EVIL}, {"X-Host": EVIL},
    {"X-HTTP-Host-Override": EVIL}, {"Forwarded": f"host={EVIL};proto=https"},
    {"X-Original-Host": EVIL}, {"X-Rewrite-URL": f"https://{EVIL}/"},
    {"X-Original-URL": f"https://{EVIL}/"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": EVIL},
    {"Referer": f"https://{EVIL}/", "X-Forwarded-Port": "1", "X-Forwarded-Host": f"{EVIL}:1"},
)


def test_there_are_twenty_variants() -> None:
    assert len(VARIANTS) == 20


def test_no_mail_names_a_host_but_ours_whatever_the_headers_say() -> None:
    run = election(at="polling", electors=1)
    person = officer(email="jo@example.org")
    slug = run.election.slug
    mails = 0

    for number, headers in enumerate(VARIANTS):
        forget_limits()
        staff = sign_in(Client(), person)
        asked = [
            Client().post(reverse("roll_enquiry"), {"number": "1000", "proof": "QA1 2BD"},
                          headers=headers),
            Client().post("/accounts/password/reset/", {"email": "jo@example.org"},
                          headers=headers),
            staff.post(reverse("invite_staff"), {
                "name": "Sam", "email": f"sam{number}@example.org", "role": "observer",
            }, headers=headers),
        ]
        # An elector is sent six codes at the most, so only some of the variants ask for one.
        if number % 5 == 0:
            asked.append(Client().post(reverse("reissue", args=[slug]), {
                "number": "1000", "proof": "QA1 2BD"}, headers=headers))
        is_foreign = "Host" in headers
        assert {answer.status_code for answer in asked} == ({400} if is_foreign else {302}), headers
        for enquiry in RollEnquiry.objects.all():
            answer_enquiry(enquiry.pk, now=now())
        for request in ReissueRequest.objects.all():
            answer_reissue_request(request.pk, now=now())
        send_everything()
        for message in mail.outbox:
            mails += 1
            assert EVIL not in whole(message), headers
            for link in links(message):
                assert link.startswith(settings.ORIGIN + "/"), link
        mail.outbox.clear()

    # The ten that reached a page led to mails: an answer, a reset and an invitation each.
    assert mails >= 30
