"""What an outside issuer signs: every credential it issues, and every one that it lets die.

Source: BIP 340.  Where somebody other than the server makes the codes, the notice names their key,
and a credential without their signature is none: the server cannot cast under a key of its own.
The equations are numbered as in sealing §5.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from btclib_secp256k1 import ssa

from ballot.canonical import transcript_hash
from ballot.sealing import native
from ballot.sealing.errors import CodeRejected, Malformed
from ballot.sealing.scalars import Rng, random_scalar
from ballot.sealing.signatures import require_signed

CREDENTIAL: Final = 32
SIGNATURE: Final = 64
IDENTIFIER: Final = 16


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """The key that an outside issuer signs with: the secret, and the x-only point of the notice."""

    secret: bytes = field(repr=False)
    public: bytes


def make_issuer_key(*, rng: Rng) -> IssuerKey:
    """Make the key of an outside issuer (sealing §5.5)."""
    return issuer_key(random_scalar(rng).to_bytes(32, "big"))


def issuer_key(secret: bytes) -> IssuerKey:
    """Give the key of a secret that was kept, 32 bytes from 1 below the order."""
    point = native.base_times(int.from_bytes(secret, "big"))
    return IssuerKey(secret, native.write_point(point)[1:])


def list_message(election_id: bytes, section: str, credentials: bytes) -> bytes:
    """Give the 32 bytes signed of all the first credentials of a section (equation 45).

    credentials: 32 bytes each, end to end, ascending, and none twice.
    Raises:      Malformed "issuer.order"; "issuer.length" for a credential, or an identifier.
    """
    before = b""
    for one in cut(credentials, CREDENTIAL):
        if one <= before:
            raise Malformed("issuer.order", section=section)
        before = one
    identifier, count = _checked(election_id, IDENTIFIER), len(credentials) // CREDENTIAL
    return transcript_hash("issued-list", identifier, section, count, credentials)


def issued_message(election_id: bytes, section: str, credential: bytes) -> bytes:
    """Give the 32 bytes signed of a credential that comes later (equation 46)."""
    return transcript_hash(
        "issued", _checked(election_id, IDENTIFIER), section, _checked(credential, CREDENTIAL)
    )


def revoked_message(election_id: bytes, credential: bytes) -> bytes:
    """Give the 32 bytes signed of a credential that dies (equation 47)."""
    return transcript_hash(
        "revoked", _checked(election_id, IDENTIFIER), _checked(credential, CREDENTIAL)
    )


def replaced_message(election_id: bytes, credential: bytes, *, by: bytes) -> bytes:
    """Give the 32 bytes signed of a credential that dies for another of its elector (47a).

    by: the credential that takes its place, and no other: else a server could let an elector's own
        new one take the place of everybody's who abstains.
    """
    return transcript_hash(
        "replaced", _checked(election_id, IDENTIFIER), _checked(credential, CREDENTIAL),
        _checked(by, CREDENTIAL),
    )  # fmt: skip


def sign_issue(message: bytes, *, key: IssuerKey, rng: Rng) -> bytes:
    """Sign what one of (45) to (47a) gives; rng gives the 32 auxiliary bytes of BIP 340."""
    signature: bytes = ssa.sign(message, key.secret, rng(32))
    return signature


def check_issue(message: bytes, signature: bytes, *, issuer: bytes) -> None:
    """Check an outside issuer's signature over what one of (45) to (47a) gives.

    issuer: the key that the notice names, x-only.
    Spec:   sealing §5.5.
    Raises: CodeRejected "issuer.signature"; also where the issuer's key is none.
    """
    require_signed(message, signature, key=issuer, refusal=CodeRejected("issuer.signature"))


def check_list(
    election_id: bytes, section: str, credentials: bytes, signature: bytes, *, issuer: bytes
) -> None:
    """Check the signature over all the first credentials of a section (equation 45)."""
    check_issue(list_message(election_id, section, credentials), signature, issuer=issuer)


def check_issued(
    election_id: bytes, section: str, credential: bytes, signature: bytes, *, issuer: bytes
) -> None:
    """Check the signature over a credential that came later (equation 46)."""
    check_issue(issued_message(election_id, section, credential), signature, issuer=issuer)


def check_revoked(
    election_id: bytes, credential: bytes, signature: bytes, *, issuer: bytes
) -> None:
    """Check the signature over a credential that died (equation 47)."""
    check_issue(revoked_message(election_id, credential), signature, issuer=issuer)


def check_replaced(
    election_id: bytes, credential: bytes, signature: bytes, *, by: bytes, issuer: bytes
) -> None:
    """Check the signature over a credential that died for another (equation 47a)."""
    check_issue(replaced_message(election_id, credential, by=by), signature, issuer=issuer)


def cut(joined: bytes, size: int) -> Iterator[bytes]:
    """Cut a blob of credentials or signatures into its parts.

    Raises: Malformed "issuer.length" where the last is not whole.
    """
    for at in range(0, len(joined), size):
        yield _checked(joined[at : at + size], size)


def _checked(part: bytes, size: int) -> bytes:
    if len(part) != size:
        raise Malformed("issuer.length", expected=size, found=len(part))
    return part
