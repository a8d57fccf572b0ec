"""Challenges: nothing in database, cache or log leads from one to who sent it. Prevents."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.db.models import DateField, ForeignKey, TimeField
from django.test import Client
from django.urls import reverse

from ballot.models import Challenge, ChallengedVote, Entry
from ballot.sealing.codes import sign_identity
from ballot.services.board import append_ballots
from tests.ballot.factories import election, entries, key_of_elector, opening_of
from tests.security.looking import cached, dump, forget_limits, logged

pytestmark = pytest.mark.django_db

LEADS_TO_NOBODY = {"ballot.Election", "ballot.Contest", "members.Section", "ballot.Challenge"}


def test_no_relation_and_no_time_leads_from_a_challenge_to_an_elector() -> None:
    for model in (Challenge, ChallengedVote):
        fields = model._meta.get_fields()
        pointed_at = {one.remote_field.model._meta.label for one in fields
                      if isinstance(one, ForeignKey)}  # fmt: skip
        assert pointed_at <= LEADS_TO_NOBODY
        assert not any(isinstance(one, DateField | TimeField) for one in fields)
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for one in model._meta.get_fields()
        if isinstance(one, ForeignKey) and one.remote_field.model is Challenge
    }
    # A challenge's entry has neither a ballot nor a time.
    assert pointing == {"ballot.ChallengedVote", "ballot.Entry"}


def test_what_is_kept_of_a_challenge_is_the_same_whoever_of_the_section_sent_it() -> None:
    forget_limits()
    run = election(at="polling", electors=3)
    entry = entries(run)[0]
    key = key_of_elector(run, entry)
    opening = opening_of(run, entry, (1,), key=key)
    signature = sign_identity(
        key, election_id=run.election.public_id.bytes, rng=bytes
    )
    asked = {
        "credential": key.credential.hex(), "signature": signature.hex(),
        "opening": opening.to_text(),
    }
    before = dump()

    with logged() as written:
        answer = Client().post(
            reverse("challenge", args=[run.election.slug]), json.dumps(asked),
            content_type="application/json",
        )
        append_ballots(run.election)

    assert answer.status_code == 200
    new = "\n".join(sorted(set(dump().splitlines()) - set(before.splitlines())))
    tables = {line.partition(":")[0] for line in new.splitlines()}
    assert tables == {"ballot_challenge", "ballot_challengedvote", "ballot_entry"}
    tracker = bytes(Challenge.objects.get().tracker).hex()
    assert tracker in new
    nonce = f"{opening.votes[0].nonce:064x}"
    secrets = (key.credential.hex(), signature.hex(), opening.to_text(), nonce)
    for secret in secrets:
        assert secret not in new
        assert secret not in written.getvalue()
    assert tracker not in written.getvalue()
    # The cache counts who asks, and knows nothing of which paper it was.
    for told in (tracker, opening.to_text(), f"{opening.votes[0].randomness:064x}"):
        assert told not in cached()
    counted = [line for line in cached().splitlines() if "challenge" in line]
    assert counted and not any(key.credential.hex() in line for line in counted)
    shown = Entry.objects.get(kind="challenge")
    assert shown.ballot is None and b'"at":null' in bytes(shown.body)
