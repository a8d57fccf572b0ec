"""The codes of those struck off or restored, and that nothing tells who had voted."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from ballot.canonical import canonical
from ballot.models import Blob, Credential
from ballot.services.as_published import told as told_of
from ballot.services.codes import PURPOSE_ADDED, issue_codes
from ballot.services.reissue_code import reissue_code
from ballot.services.sealed_keys import opened
from ballot.services.verify_register import verify_register
from ballot.struck_ballots import set_aside_due
from ballot.turnout import turnout_by_section
from office.models import Letter
from tests.ballot.amending import amend, close, left_out, only, restore, set_aside, strike
from tests.ballot.factories import (
    bring,
    cast,
    cast_wire,
    code_of_refusal,
    content,
    election,
    entries,
    key_of_elector,
    no_triggers,
    sealed,
)

pytestmark = pytest.mark.django_db


def test_who_is_struck_off_before_casting_cannot_cast_and_the_key_is_dead() -> None:
    run = election(at="polling", electors=3)
    entry = entries(run)[0]
    wire = sealed(run, entry, (0,))

    strike(run, 0)

    assert code_of_refusal(lambda: cast_wire(run, wire)) == "ballot.code-not-in-force"
    assert opened(content(run, "amendment")["keys"])["revoked"]["credentials"] == 1
    assert not Letter.objects.get(recipient=str(entry.public_id)).enclosure
    assert code_of_refusal(
        lambda: reissue_code(run.election_id, recipient=entry.public_id, **run.by)
    ) == "reissue.not-on-roll"
    cast(run, entries(run)[1], (0,))
    close(run)
    verify_register(run.election_id, **run.by)
    (told,) = content(run, "reconciliation")["sections"]
    assert (told["frozen"], told["struck"], told["electors"], told["issued"]) == (3, 1, 2, 2)


def test_until_the_register_is_verified_the_board_does_not_tell_whether_the_struck_had_voted(
    client: Client,
) -> None:
    run = election(at="polling", electors=3)
    cast(run, entries(run)[0], (0,))
    strike(run, 0)
    strike(run, 1)

    voted, not_voted = told_of(run.election, "amendment")
    assert {name for name in voted if voted[name] != not_voted[name]} == {
        "number", "previous", "commitment", "set", "electors", "keys"
    }
    assert voted["keys"].keys() == not_voted["keys"].keys() == {"sealed"}
    keys = opened(not_voted["keys"])["revoked"]["keys"]
    assert opened(voted["keys"])["revoked"] is None
    urls = [
        reverse("blob", args=[run.election.slug, named])
        for named in (voted["keys"]["sealed"], not_voted["keys"]["sealed"], keys["sha256"])
    ]
    assert {client.get(url).status_code for url in urls} == {404}

    cast(run, entries(run)[2], (0,))
    close(run)
    verify_register(run.election_id, **run.by)

    published = content(run, "reconciliation")["amended_keys"]
    assert [one.pop("amendment") for one in published] == [voted["number"], not_voted["number"]]
    assert [sha256(canonical(one)).hexdigest() for one in published] == [
        one["keys"]["sealed"] for one in (voted, not_voted)
    ]
    assert published[0]["revoked"] is None
    assert published[1]["revoked"] == {"credentials": 1, "keys": keys}
    assert client.get(urls[2]).status_code == 200


def test_every_amendment_after_the_opening_seals_its_keys_with_a_salt_of_its_own() -> None:
    run = election(at="polling", electors=3)
    amend(run, left_out(), "add", "left-out")
    strike(run, 0)
    restore(run, 0)
    cast(run, entries(run)[1], (0,))
    cast(run, entries(run)[2], (0,))
    close(run)
    strike(run, 1)
    keys = [one["keys"] for one in told_of(run.election, "amendment")]
    assert all(one.keys() == {"sealed"} for one in keys) and len(keys) == 4

    verify_register(run.election_id, **run.by)

    salts = [one["salt"] for one in content(run, "reconciliation")["amended_keys"]]
    assert all(re.fullmatch("[0-9a-f]{64}", salt) for salt in salts)
    assert len(set(salts)) == 4


def test_keys_of_an_amendment_that_the_database_lost_or_changed_stop_the_verification() -> None:
    run = election(at="polling", electors=3)
    cast(run, entries(run)[2], (0,))
    strike(run, 0)
    close(run)
    named = bytes.fromhex(content(run, "amendment")["keys"]["sealed"])

    for statement, code in (
        ("UPDATE ballot_blobchunk SET content = set_byte(content, 20, 90) WHERE blob_id = %s",
         "blob.not-as-named"),
        ("UPDATE ballot_blob SET sha256 = sha256(sha256) WHERE id = %s", "amendment.keys-lost"),
    ):  # fmt: skip
        with no_triggers(), connection.cursor() as cursor:
            cursor.execute(statement, [Blob.objects.get(sha256=named).pk])
        assert code_of_refusal(lambda: verify_register(run.election_id, **run.by)) == code


def test_who_is_struck_off_and_reinstated_before_casting_votes_with_a_new_code() -> None:
    run = election(at="polling", electors=2)
    entry = entries(run)[0]
    old = sealed(run, entry, (0,))
    strike(run, 0)

    restore(run, 0)

    assert content(run, "amendment")["changes"][0]["change"] == "restored"
    assert code_of_refusal(lambda: cast_wire(run, old)) == "ballot.code-not-in-force"
    fresh = key_of_elector(run, entry, purpose=PURPOSE_ADDED)
    cast_wire(run, sealed(run, entry, (1,), key=fresh))
    close(run)
    verify_register(run.election_id, **run.by)
    assert only(run).electors == 2


def test_struck_off_and_restored_before_the_codes_are_published_there_is_one_code() -> None:
    run = election(at="keyed", electors=2)
    issue_codes(run.election_id, **run.by)
    strike(run, 0)
    restore(run, 0)

    bring(run, to="polling")

    in_force = Credential.objects.filter(force="in-force").values_list("roll_entry_id", flat=True)
    assert sorted(in_force) == sorted(entry.pk for entry in entries(run))


def test_until_the_register_is_verified_the_turnout_does_not_tell_who_had_voted() -> None:
    told = []
    for place in (0, 1):
        run = election(at="frozen", electors=4, title=f"Leader {place}")
        strike(run, 3, "died")
        bring(run, to="polling")
        cast(run, entries(run)[0], (0,))
        cast(run, entries(run)[2], (0,))
        strike(run, place, "not-entitled")
        during = [(one.issued, one.ballots) for one in turnout_by_section(run.election)]
        restore(run, place)
        again = [(one.issued, one.ballots) for one in turnout_by_section(run.election)]
        strike(run, place, "not-entitled")
        close(run)
        closed = [(one.issued, one.ballots) for one in turnout_by_section(run.election)]
        told.append((during, again, closed))
        if set_aside_due(run.election):
            set_aside(run)
        verify_register(run.election_id, **run.by)
        # The account by section says it, of all who were struck off together.
        verified = [(one.issued, one.ballots) for one in turnout_by_section(run.election)]
        assert verified == [(3 if place == 0 else 2, 2)]

    assert told[0] == told[1] == ([(3, 2)], [(3, 2)], [(3, 2)])
