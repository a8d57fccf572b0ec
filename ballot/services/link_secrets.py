"""The secrets of personal links: each is drawn here, and its hash alone is kept."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import Final

SECRET_BYTES: Final = 24


def draw_secret() -> str:
    """A new secret of 192 random bits, in the letters that an address can carry."""
    return base64.urlsafe_b64encode(os.urandom(SECRET_BYTES)).decode()


def hash_of(secret: str) -> bytes:
    """What is kept of a secret, 32 bytes.

    Of 192 random bits: nothing is gained by a slow hash, nor by a search that takes as long for
    all.
    """
    return hashlib.sha256(secret.encode()).digest()
