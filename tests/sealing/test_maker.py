"""The signature of the trustee who mixed (sealing §8.6, equation 48)."""

from __future__ import annotations

from ballot.sealing.maker import check_mix_maker, sign_mix
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
