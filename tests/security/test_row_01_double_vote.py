"""Row 1: one elector, many posts at once. Prevents.

64 requests at once over 4 electors, each with a client of its own, through the views; and what
the database refuses by itself, were every line of Python wrong. The service's own races are in
tests/ballot/services/test_cast_races.py.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from ballot.models import Credential, RegisterMark, SealedBallot
from tests.ballot.factories import at_once, cast, election, entries, sealed
from tests.security.looking import forget_limits

ELECTORS = 4
POSTS_EACH = 16


@pytest.mark.django_db(transaction=True)
def test_64_posts_at_once_over_4_electors_give_4_ballots() -> None:
    forget_limits()
    run = election(at="polling", electors=ELECTORS)
    address = reverse("cast", args=[run.election.slug])
    # Half of each elector's posts are one ballot, sent from as many devices; half are others.
    wires = {entry.pk: [sealed(run, entry, (n % 3,)) for n in range(2)] for entry in entries(run)}

    def post(wire: bytes) -> Any:
        return lambda: Client().post(address, wire, content_type="application/octet-stream")

    answers = at_once([
        post(wires[entry.pk][number % 2]) for number in range(POSTS_EACH) for entry in entries(run)
    ])

    assert len(answers) == ELECTORS * POSTS_EACH
    statuses = Counter(answer.status_code for answer in answers)  # type: ignore[union-attr]
    assert statuses == {200: ELECTORS * POSTS_EACH // 2, 409: ELECTORS * POSTS_EACH // 2}
    trackers = {answer.json()["tracker"] for answer in answers  # type: ignore[union-attr]
                if answer.status_code == 200}  # type: ignore[union-attr]
    assert len(trackers) == ELECTORS
    assert SealedBallot.objects.count() == RegisterMark.objects.count() == ELECTORS


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ballot_registermark (election_id, roll_entry_id, channel)"
        " SELECT election_id, roll_entry_id, 'post' FROM ballot_registermark",
        "INSERT INTO ballot_sealedballot (election_id, credential_id, signature, tracker)"
        " SELECT election_id, credential_id, signature, sha256(tracker) FROM ballot_sealedballot",
        "INSERT INTO ballot_sealedballot (election_id, credential_id, signature, tracker)"
        " SELECT election_id, (SELECT max(id) FROM ballot_credential), signature, tracker"
        " FROM ballot_sealedballot",
        "INSERT INTO ballot_sealedvote (ballot_id, contest_id, c1, c2, proof)"
        " SELECT ballot_id, contest_id, sha256(c1), sha256(c2), proof FROM ballot_sealedvote",
        "INSERT INTO ballot_credential (election_id, roll_entry_id, attempt, public_key, force)"
        " SELECT election_id, roll_entry_id, 2, sha256(public_key), 'in-force'"
        " FROM ballot_credential LIMIT 1",
    ],
)
def test_the_database_itself_refuses_a_second(statement: str) -> None:
    run = election(at="polling", electors=2)
    cast(run, entries(run)[0], (0,))

    with (
        pytest.raises(IntegrityError, match="duplicate key"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert SealedBallot.objects.count() == RegisterMark.objects.count() == 1
    assert Credential.objects.count() == 2
