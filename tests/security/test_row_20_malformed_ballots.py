"""Row 20: malformed ballots. Prevents: refused at intake, in words, with nothing stored.

100 bodies of drawn bytes and 100 of a true ballot with a stretch replaced, through the view. That
a sealed point outside the table is one rejected paper is in
tests/ballot/services/test_open_box.py.
"""

from __future__ import annotations

import random

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import RegisterMark, SealedBallot
from tests.ballot.factories import election, entries, sealed
from tests.security.looking import forget_limits

pytestmark = pytest.mark.django_db

BODIES = 100


def test_no_malformed_body_is_cast_and_none_breaks_the_page(client: Client) -> None:
    run = election(at="polling", electors=1)
    wire = sealed(run, entries(run)[0], (0,))
    address = reverse("cast", args=[run.election.slug])
    drawn = random.Random(20)
    bodies = [drawn.randbytes(drawn.choice((0, 1, 32, 226, 227, 228, 4096))) for _ in range(BODIES)]
    for _ in range(BODIES):
        start = drawn.randrange(len(wire))
        stretch = drawn.randint(1, 40)
        changed = wire[:start] + drawn.randbytes(stretch) + wire[start + stretch:]
        bodies.append(changed[:drawn.choice((len(changed), 227))])
    kept = [body for body in bodies if body != wire]

    for body in kept:
        forget_limits()
        answer = client.post(address, body, content_type="application/octet-stream")
        assert answer.status_code in {403, 413, 422}, (answer.status_code, body.hex())
        assert set(answer.json()) == {"code", "sentence"}
    assert len(kept) > 190
    assert SealedBallot.objects.count() == RegisterMark.objects.count() == 0
    assert client.post(address, wire, content_type="application/octet-stream").status_code == 200

    assert SealedBallot.objects.count() == 1


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_the_ballots_bytes_count_and_not_what_they_are_called(client: Client, kind: str) -> None:
    run = election(at="polling", electors=1)
    wire = sealed(run, entries(run)[0], (0,))
    forget_limits()

    answer = client.generic("POST", reverse("cast", args=[run.election.slug]), wire,
                            content_type=kind)

    assert answer.status_code == 200
    assert SealedBallot.objects.count() == 1
