"""Signatures of BIP 340, checked: what does not hold is refused, with its condition."""

from __future__ import annotations

from btclib_secp256k1 import ssa

from ballot.sealing.errors import SealingError


def require_signed(message: bytes, signature: bytes, *, key: bytes, refusal: SealingError) -> None:
    """Raise the refusal where a signature does not hold, or where the key is none.

    message: 32 bytes.  signature: 64 bytes.  key: x-only, 32 bytes.
    Source:  BIP 340.
    """
    try:
        is_signed = ssa.verify(message, key, signature)
    except (ValueError, RuntimeError) as wrong:
        raise refusal from wrong
    if not is_signed:
        raise refusal
