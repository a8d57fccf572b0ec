"""Row 35: where a vote came from. Prevents: no internet address in a log, a table or the cache.

A real proxy in front keeps logs of its own; docs/threat-model.md says what to switch off there.
"""

from __future__ import annotations

import os

import pytest
from django.test import Client
from django.urls import reverse

from ballot.sealing.codes import sign_identity
from tests.ballot.factories import election, entries, key_of_elector, sealed
from tests.security.looking import cached, dump, forget_limits, logged

pytestmark = pytest.mark.django_db

ADDRESSES = ("203.0.113.77", "2001:db8:77:77::77")
AGENT = "Mozilla/5.0 (Peculiar; Canary 77)"


@pytest.mark.parametrize("address", ADDRESSES)
def test_neither_address_nor_browser_is_kept_of_who_asks_and_casts(address: str) -> None:
    forget_limits()
    run = election(at="polling", electors=2)
    entry = entries(run)[0]
    slug = run.election.slug
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=AGENT, HTTP_X_FORWARDED_FOR=address,
                    raise_request_exception=False)
    key = key_of_elector(run, entry)
    identity = {
        "credential": key.credential.hex(),
        "signature": sign_identity(
            key, election_id=run.election.public_id.bytes, rng=os.urandom
        ).hex(),
    }
    wire = sealed(run, entry, (0,))

    with logged() as log:
        client.get(reverse("booth", args=[slug]))
        for asked in (identity, {**identity, "signature": "00" * 64}):
            client.post(reverse("identify", args=[slug]), asked, content_type="application/json")
        cast_address = reverse("cast", args=[slug])
        for body in (wire, wire, wire[:99], bytes(len(wire))):
            client.post(cast_address, body, content_type="application/octet-stream")
        client.post(reverse("reissue", args=[slug]), {"number": "1001", "proof": "QA1 2BD"})
        client.get("/nowhere/")

    limits = cached()
    assert "limit:cast-address" in limits, "nothing was counted: the test would show nothing"
    for place, text in (("log", log.getvalue()), ("table", dump()), ("cache", limits)):
        for told in (address, AGENT, address.encode().hex()):
            assert told not in text, place
