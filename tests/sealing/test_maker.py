"""The signature of the trustee who mixed, or committed (sealing §8.6, §10.3; eq. 48, 49)."""

from __future__ import annotations

from ballot.sealing.maker import (
    check_commitment_maker,
    check_mix_maker,
    sign_commitment,
    sign_mix,
)
from ballot.sealing.setting import BoxName, Setting
from tests.sealing.making import key, refusal, rng

KEY, SHARES = key()
SETTING = Setting(bytes(32), KEY.public_key)
NAME = BoxName("leader", ("member",))
CONTENT = b"the bytes of a mix"


def check(signature: bytes, *, content: bytes = CONTENT, **changes):
    check_mix_maker(
        content, signature, **{"name": NAME, "setting": SETTING, "key": KEY, "number": 2} | changes
    )


def signed(**changes) -> bytes:
    named = {"name": NAME, "setting": SETTING, "key": KEY, "share": SHARES[1], "rng": rng()}
    return sign_mix(CONTENT, **named | changes)


def test_a_signature_holds_for_its_mix_its_box_its_election_and_its_trustee_alone():
    check(signed())

    others = (
        {"content": CONTENT + b"."},
        {"name": BoxName("leader", ("member", "other"))},
        {"setting": Setting(b"\x01" * 32, KEY.public_key)},
        {"number": 1},
    )
    for other in others:
        assert refusal(check, signed(), **other).condition == "mix.maker"


def test_nobody_signs_without_the_share_of_the_trustee_named():
    forged = signed(share=type(SHARES[1])(2, KEY.public_key, SHARES[0].secret))

    assert refusal(check, forged).condition == "mix.maker"
    assert refusal(check, signed(), number=9).condition == "key.trustee"
    assert refusal(check, signed()[:-1]).condition == "proof.length"
    assert refusal(check, b"\x05" + signed()[1:]).condition == "proof.point"


def check_committed(signature: bytes, *, commitment: bytes = bytes(32), **changes):
    named = {"name": NAME, "setting": SETTING, "key": KEY, "number": 2} | changes
    check_commitment_maker(commitment, signature, **named)


def committed(share=SHARES[1]) -> bytes:
    return sign_commitment(bytes(32), name=NAME, setting=SETTING, key=KEY, share=share, rng=rng())


def test_a_commitment_is_signed_for_its_part_its_box_its_election_and_its_trustee_alone():
    check_committed(committed())

    others = (
        {"commitment": b"\x01" * 32},
        {"name": BoxName("leader", ("member", "other"))},
        {"setting": Setting(b"\x01" * 32, KEY.public_key)},
        {"number": 1},
    )
    for other in others:
        assert refusal(check_committed, committed(), **other).condition == "opening.maker"
    forged = committed(type(SHARES[1])(2, KEY.public_key, SHARES[0].secret))
    assert refusal(check_committed, forged).condition == "opening.maker"
    # One who signed a mix has not signed a commitment.
    assert refusal(check_committed, signed()).condition == "opening.maker"
