"""BIP 340 (sealing §6.3) and Ed25519 (RFC 8032)."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.verifier.given import failure, turned, vectors
from verifier import ed25519, signature
from verifier.canonical import digest

CASES = vectors("sealing-bip340")["cases"]

# RFC 8032 §7.1: tests 1, 2, 3 and SHA(abc), as public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        "454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["index"]))
def test_bip_340_accepts_and_refuses_as_its_vectors_say(case: dict[str, Any]) -> None:
    key, message, signed = (
        bytes.fromhex(case[name]) for name in ("public_key", "message", "signature")
    )

    if case["valid"]:
        signature.check_signature(key, message, signed, "a.signature", "here")
    else:
        failed = failure(signature.check_signature, key, message, signed, "a.signature", "here")
        assert (failed.check, failed.where) == ("a.signature", "here")


def test_whoever_holds_a_code_is_known_by_their_signature() -> None:
    for code in vectors("sealing")["codes"]:
        credential, election = (bytes.fromhex(code[name]) for name in ("credential", "election_id"))
        signed = bytes.fromhex(code["identity_signature"])
        message = digest("identify", election, credential)

        signature.check_signature(credential, message, signed, "code.signature", "here")
        failed = failure(
            signature.check_signature, credential, message, signed[:-1], "code.signature", "here"
        )
        assert failed.check == "code.signature"


@pytest.mark.parametrize(("key", "message", "signed"), RFC_8032)
def test_ed25519_accepts_the_vectors_of_rfc_8032_and_no_changed_bit(
    key: str, message: str, signed: str
) -> None:
    key_bytes, text, good = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signed)
    ed25519.check_signature(key_bytes, text, good, "note.signature", "here")

    for false in (
        (turned(key_bytes, 0), text, good),
        (key_bytes, text + b"\0", good),
        (key_bytes, text, turned(good, 0)),
        (key_bytes, text, turned(good, 31, 7)),
        (key_bytes, text, turned(good, 32)),
        (key_bytes, text, good[:-1]),
        (key_bytes[:-1], text, good),
    ):
        assert failure(ed25519.check_signature, *false, "note.signature", "here").where == "here"


def test_ed25519_refuses_an_s_that_is_the_order_more() -> None:
    key, message, signed = (bytes.fromhex(part) for part in RFC_8032[1])
    s = int.from_bytes(signed[32:], "little") + ed25519.ORDER

    other = signed[:32] + s.to_bytes(32, "little")

    assert failure(ed25519.check_signature, key, message, other, "note.signature", "here")


@pytest.mark.parametrize(
    "key",
    [
        (2**255 - 19).to_bytes(32, "little"),
        (2**255 - 1).to_bytes(32, "little"),
        (1 | 1 << 255).to_bytes(32, "little"),
        (2).to_bytes(32, "little"),
    ],
)
def test_ed25519_refuses_what_is_no_point_or_not_its_own_spelling(key: bytes) -> None:
    assert failure(ed25519.check_signature, key, b"", bytes(64), "note.signature", "here")


def test_ed25519_agrees_with_the_library_that_signs() -> None:
    for number in range(5):
        signer = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        message = b"a checkpoint" * number

        ed25519.check_signature(
            signer.public_key().public_bytes_raw(), message, signer.sign(message), "s", "here"
        )
