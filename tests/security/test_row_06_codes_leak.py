"""Row 6: scanners, prefetchers, referrers and logs. Prevents.

Every link of every mail is fetched five times by GET and by HEAD, as scanners do, and the elector
votes after it; then logs, tables and cache are searched for every code.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from ballot.models import Credential, RegisterMark
from ballot.sealing.codes import show_code
from ballot.services.reissue_code import PURPOSE as AGAIN
from ballot.services.reissue_code import reissue_code
from ballot.services.tend_polls import tend_polls
from tests.ballot.factories import (
    bring,
    cast_wire,
    code_of,
    election,
    entries,
    key_of_elector,
    sealed,
)
from tests.security.looking import (
    cached,
    dump,
    forget_limits,
    links,
    logged,
    send_everything,
    whole,
)

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 5


def test_fetching_every_link_of_every_mail_uses_up_nothing_and_no_code_is_left_anywhere() -> None:
    forget_limits()
    run = election(at="coded", electors=3)
    codes = {entry.pk: code_of(entry) for entry in entries(run)}
    first = sealed  # Sealing needs the key, which goes with the letter.
    with logged() as log:
        bring(run, to="polling")
        wires = {entry.pk: first(run, entry, (0,)) for entry in entries(run)}
        reissue_code(run.election_id, recipient=entries(run)[2].public_id, **run.by)
        codes[0] = code_of(entries(run)[2], purpose=AGAIN)
        again = sealed(run, entries(run)[2], (1,),
                       key=key_of_elector(run, entries(run)[2], purpose=AGAIN))
        mails = send_everything()
        addresses = {link for mail in mails for link in links(mail)}
        assert len(mails) == 4 and len(addresses) >= 6
        before = (list(Credential.objects.order_by("pk").values_list("pk", "force")),
                  RegisterMark.objects.count())
        client = Client()
        for link in addresses:
            assert link.startswith(settings.ORIGIN + "/"), link
            # What a server is asked for has no fragment; a code stands in fragments alone.
            asked = urlsplit(link)
            assert not any(code in asked.path + asked.query for code in map(show_code,
                           codes.values())), link
            for _ in range(TIMES):
                assert client.get(asked.path).status_code == 200, link
                assert client.head(asked.path).status_code == 200, link
        assert before == (list(Credential.objects.order_by("pk").values_list("pk", "force")),
                          RegisterMark.objects.count())

        # And then they vote: two with their codes, one still with the old one.
        for entry in entries(run):
            assert not cast_wire(run, wires[entry.pk]).is_repeat
        client.post(reverse("cast", args=[run.election.slug]), again,
                    content_type="application/octet-stream")
        tend_polls()
        send_everything()

    everything = {"the log": log.getvalue(), "a table": dump(), "the cache": cached()}
    for code in codes.values():
        for place, text in everything.items():
            for form in (code, show_code(code), code.encode().hex(), code[:20]):
                assert form not in text, f"a voting code stands in {place}"
    # The search finds what is there: the letters did carry the codes.
    assert sum(show_code(code) in whole(mail) for mail in mails for code in codes.values()) == 4


def test_pages_that_a_link_opens_are_kept_nowhere_and_told_to_nobody() -> None:
    run = election(at="polling", electors=1)

    for method in ("get", "head"):
        page = getattr(Client(), method)(reverse("booth", args=[run.election.slug]))
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
