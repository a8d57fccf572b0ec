"""Schnorr signatures of BIP 340, by voting codes and by whoever issues them (§5.4, §6.3)."""

from __future__ import annotations

from hashlib import sha256

from verifier.claims import Claim, false_claims
from verifier.failure import Failed
from verifier.group import ORDER, Point, point_at, scalar

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
_TAG = sha256(b"BIP0340/challenge").digest() * 2


def public_key(encoded: bytes, check: str, where: str) -> Point:
    """Read an x-only public key, 32 bytes: the point of even y.

    Raises: Failed, under the name of the check that reads it.
    """
    found = point_at(int.from_bytes(encoded, "big"), odd=False)
    if len(encoded) != PUBLIC_KEY_BYTES or found is None:
        raise Failed(check, where, "This is no x of a point.")
    return found


def signature_claim(key: Point, message: bytes, signature: bytes, check: str, where: str) -> Claim:
    """Read a signature, x of R 32 | s 32, as the claim that it makes; it holds if that does.

    Raises: Failed, under the name of the check, where the bytes can be no signature.
    """
    if len(signature) != SIGNATURE_BYTES:
        raise Failed(check, where, "A signature has 64 bytes.")
    R = public_key(signature[:32], check, where)
    s = scalar(signature[32:], check, where)
    hashed = sha256(_TAG + signature[:32] + key[0].to_bytes(32, "big") + message).digest()
    return Claim(s, R, int.from_bytes(hashed, "big") % ORDER, key)


def check_signature(
    encoded_key: bytes, message: bytes, signature: bytes, check: str, where: str
) -> None:
    """Check one signature.

    Raises: Failed, under the name of the check.
    """
    key = public_key(encoded_key, check, where)
    if false_claims([signature_claim(key, message, signature, check, where)]):
        raise Failed(check, where, "The signature is not by this key over these bytes.")
