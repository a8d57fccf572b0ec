"""Row 31: the server votes for those who abstain. With an outside issuer: prevented, by signature.

A hundred electors abstain. The server, with the whole database and the board's key in its hands,
makes keys of its own for them, says on the board that they were reissued, and casts. The ballots
are good in every other way; the issuer's signature is what they lack.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ballot.issuance.answers import read_answers
from ballot.models import Credential
from ballot.sealing import sharefile
from ballot.sealing.codes import VotingKey, make_code, voting_key
from ballot.sealing.issuing import (
    IssuerKey,
    issued_message,
    make_issuer_key,
    replaced_message,
    sign_issue,
)
from ballot.services.board import append_entry
from ballot.services.close_poll import close_poll_early
from ballot.services.issuer_signed import require_issuer_signed, unsigned
from ballot.services.reissue_code import reissue_code
from ballot.services.verify_register import verify_register
from tests.ballot.factories import (
    REASON,
    Run,
    bring,
    cast_wire,
    code_of_refusal,
    entries,
    now,
    sealed,
)
from tests.ballot.issuer.outside import Outside, coded, requests_for

pytestmark = pytest.mark.django_db

ABSTAINERS = 100


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    monkeypatch.setattr(sharefile, "_MEMORY_KIB", 64)
    return Outside(tmp_path / "issuer", monkeypatch)


def forge(run: Run, entry, sign: Callable[[bytes], bytes | None]) -> VotingKey:
    """Put a key of the server's own in the place of an elector's, in the tables and on the board.

    sign: what the server writes where the issuer's signature belongs.
    """
    here, section = run.election, entry.section.code
    identifier = here.public_id.bytes
    key = voting_key(make_code(rng=os.urandom), election_id=identifier)
    old = Credential.objects.get(roll_entry=entry, force="in-force")
    Credential.objects.filter(pk=old.pk).update(force="revoked")
    Credential.objects.create(election=here, roll_entry=entry, attempt=2, public_key=key.credential)
    issued = sign(issued_message(identifier, section, key.credential))
    dead = sign(replaced_message(identifier, bytes(old.public_key), by=key.credential))
    append_entry(here, kind="reissue", now=now(), content={
        "credential": key.credential.hex(), "revoked": [bytes(old.public_key).hex()],
        "signature": issued.hex() if issued else None,
        "revocations": [dead.hex()] if dead else None,
    })  # fmt: skip
    return key


def by(key: IssuerKey) -> Callable[[bytes], bytes]:
    return lambda message: sign_issue(message, key=key, rng=os.urandom)


def test_ballots_that_the_server_forges_for_a_hundred_abstainers_are_refused(
    outside: Outside,
) -> None:
    run = bring(coded(outside, electors=ABSTAINERS), to="polling")
    issuer = bytes.fromhex(run.election.issuer["key"])
    require_issuer_signed(run.election)
    assert list(unsigned(run.election, issuer=issuer)) == []

    own = by(make_issuer_key(rng=os.urandom))
    for entry in entries(run):
        key = forge(run, entry, own)
        assert cast_wire(run, sealed(run, entry, (0,), key=key))
    close_poll_early(run.election_id, reason=REASON, **run.by_two)

    refused = code_of_refusal(lambda: verify_register(run.election_id, **run.by))
    assert refused == "register.not-signed-by-issuer"
    wrong = list(unsigned(run.election, issuer=issuer))
    assert sum("reissued key" in one for one in wrong) == ABSTAINERS
    assert sum("the death of" in one for one in wrong) == ABSTAINERS


def test_no_new_key_of_one_elector_takes_the_place_of_anothers(outside: Outside) -> None:
    """What the issuer signed for an elector who helps the server, and for one who abstains."""
    run = bring(coded(outside, electors=2), to="polling")
    for entry in entries(run):
        reissue_code(run.election_id, recipient=entry.public_id, **run.by)
    helper, abstainer = read_answers(outside.answer(requests_for(run))).answers
    assert helper.credential is not None and helper.signature is not None
    (dead,) = abstainer.revocations
    append_entry(run.election, kind="reissue", now=now(), content={
        "credential": helper.credential.hex(), "revoked": [dead.credential.hex()],
        "signature": helper.signature.hex(), "revocations": [dead.signature.hex()],
    })  # fmt: skip
    old = Credential.objects.get(public_key=dead.credential)
    Credential.objects.filter(pk=old.pk).update(force="revoked")
    Credential.objects.create(
        election=run.election, roll_entry=old.roll_entry, attempt=2, public_key=helper.credential
    )

    issuer = bytes.fromhex(run.election.issuer["key"])
    (found,) = unsigned(run.election, issuer=issuer)
    assert found == f"the death of {dead.credential.hex()[:16]}"


@pytest.mark.parametrize("sign", [lambda message: None, lambda message: bytes(64)])
def test_a_key_without_a_signature_or_with_an_empty_one_is_refused(
    outside: Outside, sign: Callable[[bytes], bytes | None]
) -> None:
    run = bring(coded(outside, electors=3), to="polling")
    issuer = bytes.fromhex(run.election.issuer["key"])

    forge(run, entries(run)[0], sign)

    assert len(list(unsigned(run.election, issuer=issuer))) == 2
    assert code_of_refusal(lambda: require_issuer_signed(run.election)) == (
        "register.not-signed-by-issuer"
    )


def test_the_issuer_of_the_notice_cannot_be_exchanged_or_left_out_in_the_database(
    outside: Outside,
) -> None:
    run = bring(coded(outside, electors=3), to="polling")
    here = run.election
    require_issuer_signed(here)

    for instead in (None, {**here.issuer, "key": make_issuer_key(rng=os.urandom).public.hex()}):
        here.issuer = instead
        here.save(update_fields=["issuer"])
        forge(run, entries(run)[0 if instead is None else 1], lambda message: bytes(64))
        assert code_of_refusal(lambda: require_issuer_signed(here)) == (
            "register.not-signed-by-issuer"
        )
