"""Voting codes: twenty characters that become the key an elector signs with.

Source: Crockford's base 32 with its check symbol, RFC 5869 (HKDF), BIP 340.  The public keys are
published, so a code has to stand against a search offline over all of them at once: 100 bits.
Making public keys in bulk looks up tables by secret digits: it belongs where codes are made
anyway, in the issuing worker or on the issuer's own machine.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from btclib_secp256k1 import ssa

from ballot.canonical import LABEL, transcript_hash
from ballot.sealing import native
from ballot.sealing.errors import CodeRejected, Malformed
from ballot.sealing.native import ORDER
from ballot.sealing.scalars import Rng, write_scalars
from ballot.sealing.signatures import require_signed
from ballot.sealing.tables import add_products, fixed_base
from ballot.sealing.workers import FEWEST_FOR_WORKERS, Octets, Progress, shared, spread

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_SYMBOLS: Final = ALPHABET + "*~$=U"
CHARACTERS: Final = 20
BITS: Final = 100
_BLOCK: Final = 4_096
_INFO: Final = (LABEL + "voting-key").encode()
# Spaces and hyphens, and what word processors make of them.
_PASSED_OVER: Final = dict.fromkeys(
    map(ord, " \t\r\n\u00a0-\u2010\u2011\u2012\u2013\u2014\u2212")
)
_READ_AS: Final = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class VotingKey:
    """The key of a voting code: the secret to sign with, and the credential that is published."""

    secret: bytes = field(repr=False)
    credential: bytes


def make_code(*, rng: Rng) -> str:
    """Make one voting code of 20 characters and its check character (sealing §5.1)."""
    number = int.from_bytes(rng(13), "big") >> 4
    return _encode(number)


def make_codes(count: int, *, rng: Rng) -> list[str]:
    """Make so many different voting codes (sealing §5.1)."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        codes[make_code(rng=rng)] = None
    return list(codes)


def _encode(number: int) -> str:
    digits = [ALPHABET[number >> shift & 31] for shift in range(BITS - 5, -1, -5)]
    return "".join(digits) + CHECK_SYMBOLS[number % 37]


def read_code(text: str) -> str:
    """Read a voting code as a person typed it: any case, spaces, hyphens, O for 0, I or L for 1.

    Spec:   sealing §5.2.
    Raises: CodeRejected: "code.length", "code.character" or, for a slip, "code.check".
    """
    code = text.translate(_PASSED_OVER).upper().translate(_READ_AS)
    if len(code) != CHARACTERS + 1:
        raise CodeRejected("code.length", expected=CHARACTERS + 1)
    body, check = code[:CHARACTERS], code[CHARACTERS]
    if not set(body) <= set(ALPHABET) or check not in CHECK_SYMBOLS:
        raise CodeRejected("code.character")
    number = 0
    for character in body:
        number = number << 5 | ALPHABET.index(character)
    if CHECK_SYMBOLS[number % 37] != check:
        raise CodeRejected("code.check")
    return code


def show_code(code: str) -> str:
    """Write a code in groups of four, for a person to read: XXXX-XXXX-XXXX-XXXX-XXXX-C."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def voting_key(code: str, *, election_id: bytes) -> VotingKey:
    """Turn a voting code into its key in one election (sealing §5.3).

    Raises: CodeRejected, as read_code.
    """
    return derived_key(code, election_id=election_id, info=_INFO)


def derived_key(code: str, *, election_id: bytes, info: bytes) -> VotingKey:
    """Turn a code into the key that it is for one use, which `info` names (sealing §5.3).

    Raises: CodeRejected, as read_code.
    """
    return key_of_secret(_secret(read_code(code), election_id, info))


def key_of_secret(secret: int) -> VotingKey:
    """Give the key of a secret from 1 below the order."""
    credential = native.write_point(native.base_times(secret))[1:]
    return VotingKey(secret.to_bytes(32, "big"), credential)


def _secret(code: str, election_id: bytes, info: bytes = _INFO) -> int:
    """HKDF-SHA256 to 64 bytes, reduced to 1 … order - 1 (RFC 5869; sealing §5.3)."""
    if len(election_id) != 16:
        raise Malformed("code.election", size_bytes=len(election_id))
    key = hmac.digest(election_id, code[:CHARACTERS].encode("ascii"), "sha256")
    first = hmac.digest(key, info + b"\x01", "sha256")
    second = hmac.digest(key, first + info + b"\x02", "sha256")
    return int.from_bytes(first + second, "big") % (ORDER - 1) + 1


def sign_identity(key: VotingKey, *, election_id: bytes, rng: Rng) -> bytes:
    """Prove that one holds the code of a credential, without showing the code (sealing §5.4).

    The credentials are published, so naming one must not be enough to learn whose it is.
    """
    signature: bytes = ssa.sign(_identity(key.credential, election_id), key.secret, rng(32))
    return signature


def check_identity(credential: bytes, signature: bytes, *, election_id: bytes) -> None:
    """Check that who asks about a credential holds its code (sealing §5.4).

    Raises: CodeRejected, "code.signature"; also where the credential is no key at all.
    """
    require_signed(_identity(credential, election_id), signature, key=credential,
                   refusal=CodeRejected("code.signature"))


def _identity(credential: bytes, election_id: bytes) -> bytes:
    return transcript_hash("identify", election_id, credential)


def secrets_of(
    codes: Sequence[str],
    *,
    election_id: bytes,
    processes: int = 1,
    progress: Progress | None = None,
) -> Octets:
    """Give the signing secrets (N, 32) of many codes, as read_code gives them (sealing §5.3)."""
    secrets = shared((len(codes), 32))

    def derive(start: int, stop: int) -> None:
        secrets[start:stop] = write_scalars(
            [_secret(code, election_id) for code in codes[start:stop]]
        )

    _spread(derive, len(codes), processes, progress)
    return secrets


def credentials_of(
    codes: Sequence[str],
    *,
    election_id: bytes,
    processes: int = 1,
    progress: Progress | None = None,
) -> Octets:
    """Give the credentials (N, 32) of many codes, as read_code gives them (sealing §5.3).

    Cost: 20 to 35 µs a code.
    """
    secrets = secrets_of(codes, election_id=election_id, processes=processes)
    return credentials_of_secrets(secrets, processes=processes, progress=progress)


def credentials_of_secrets(
    secrets: Octets, *, processes: int = 1, progress: Progress | None = None
) -> Octets:
    """Give the credentials (N, 32) of signing secrets (N, 32)."""
    credentials = shared((len(secrets), 32))
    table = fixed_base(native.G, len(secrets))

    def multiply(start: int, stop: int) -> None:
        points = np.zeros((stop - start, 64), np.uint8)
        add_products([(table, secrets[start:stop])], None, points)
        credentials[start:stop] = native.write_points(points)[:, 1:]

    _spread(multiply, len(secrets), processes, progress)
    return credentials


def _spread(
    work: Callable[[int, int], None], count: int, processes: int, progress: Progress | None
) -> None:
    few = count < FEWEST_FOR_WORKERS
    spread(work, count, block=_BLOCK, processes=1 if few else processes, progress=progress)
