"""What an outside issuer signs (sealing §5.5); the vectors are in test_vectors."""

from __future__ import annotations

import pytest

from ballot.sealing.issuing import (
    check_issued,
    check_list,
    check_replaced,
    check_revoked,
    cut,
    issued_message,
    issuer_key,
    list_message,
    make_issuer_key,
    replaced_message,
    revoked_message,
    sign_issue,
)
from tests.sealing.making import refusal, rng, voter

ELECTION = bytes(range(16))
KEY = make_issuer_key(rng=rng(b"issuer"))
CREDENTIALS = sorted(voter(number).credential for number in range(3))
JOINED = b"".join(CREDENTIALS)


def signed(message: bytes) -> bytes:
    return sign_issue(message, key=KEY, rng=rng())


def test_a_key_that_was_kept_is_the_key_again_and_does_not_show_its_secret():
    assert issuer_key(KEY.secret) == KEY
    assert KEY.secret.hex() not in repr(KEY)


def test_the_list_of_a_section_holds_for_exactly_this_list_section_election_and_issuer():
    # equation 45
    signature = signed(list_message(ELECTION, "member", JOINED))
    other = make_issuer_key(rng=rng(b"other")).public

    check_list(ELECTION, "member", JOINED, signature, issuer=KEY.public)
    for wrong in (
        (ELECTION, "member", JOINED[:64], signature),
        (ELECTION, "youth", JOINED, signature),
        (bytes(16), "member", JOINED, signature),
        (ELECTION, "member", JOINED, signature[:-1] + bytes([signature[-1] ^ 1])),
    ):
        assert refusal(check_list, *wrong, issuer=KEY.public).condition == "issuer.signature"
    refused = refusal(check_list, ELECTION, "member", JOINED, signature, issuer=other)
    assert refused.condition == "issuer.signature"


def test_a_list_that_is_not_ascending_or_names_one_twice_is_not_signed():
    backwards = b"".join(reversed(CREDENTIALS))

    assert refusal(list_message, ELECTION, "member", backwards).condition == "issuer.order"
    assert refusal(list_message, ELECTION, "member", JOINED[:32] * 2).condition == "issuer.order"
    assert refusal(list_message, ELECTION, "member", JOINED[1:]).condition == "issuer.length"


def test_what_is_signed_as_issued_is_not_signed_as_revoked_nor_in_another_section():
    # equations 46 and 47
    credential = CREDENTIALS[0]
    issued = signed(issued_message(ELECTION, "member", credential))
    revoked = signed(revoked_message(ELECTION, credential))

    check_issued(ELECTION, "member", credential, issued, issuer=KEY.public)
    check_revoked(ELECTION, credential, revoked, issuer=KEY.public)
    for check, arguments in (
        (check_issued, (ELECTION, "member", credential, revoked)),
        (check_issued, (ELECTION, "youth", credential, issued)),
        (check_issued, (ELECTION, "member", CREDENTIALS[1], issued)),
        (check_revoked, (ELECTION, credential, issued)),
        (check_revoked, (bytes(16), credential, revoked)),
    ):
        assert refusal(check, *arguments, issuer=KEY.public).condition == "issuer.signature"


def test_the_death_of_a_credential_is_signed_for_the_one_in_its_place_alone():
    # equation 47a: an elector's new credential takes the place of no other elector's
    old, abstainers, new = CREDENTIALS
    replaced = signed(replaced_message(ELECTION, old, by=new))
    revoked = signed(revoked_message(ELECTION, old))

    check_replaced(ELECTION, old, replaced, by=new, issuer=KEY.public)
    for election, dead, signature, by in (
        (ELECTION, abstainers, replaced, new),
        (ELECTION, old, replaced, abstainers),
        (ELECTION, new, replaced, old),
        (bytes(16), old, replaced, new),
        (ELECTION, old, revoked, new),
    ):
        refused = refusal(check_replaced, election, dead, signature, by=by, issuer=KEY.public)
        assert refused.condition == "issuer.signature"
    refused = refusal(check_revoked, ELECTION, old, replaced, issuer=KEY.public)
    assert refused.condition == "issuer.signature"


@pytest.mark.parametrize("issuer", [bytes(32), b"\xff" * 32, b"short"])
def test_a_key_of_the_notice_that_is_none_refuses_everything(issuer):
    signature = signed(revoked_message(ELECTION, CREDENTIALS[0]))

    refused = refusal(check_revoked, ELECTION, CREDENTIALS[0], signature, issuer=issuer)

    assert refused.condition == "issuer.signature"


def test_an_identifier_or_a_credential_of_another_length_is_refused():
    for make, arguments in (
        (list_message, (b"short", "member", JOINED)),
        (issued_message, (b"short", "member", CREDENTIALS[0])),
        (issued_message, (ELECTION, "member", b"short")),
        (revoked_message, (ELECTION, b"short")),
    ):
        assert refusal(make, *arguments).condition == "issuer.length"
    for election, dead, by in (
        (b"short", CREDENTIALS[0], CREDENTIALS[1]),
        (ELECTION, b"short", CREDENTIALS[1]),
        (ELECTION, CREDENTIALS[0], b"short"),
    ):
        refused = refusal(replaced_message, election, dead, by=by)
        assert refused.condition == "issuer.length"


def test_a_blob_is_cut_into_its_parts_and_one_that_is_not_whole_is_refused():
    assert list(cut(JOINED, 32)) == CREDENTIALS
    assert list(cut(b"", 32)) == []
    assert refusal(lambda: list(cut(JOINED[:-1], 32))).condition == "issuer.length"
