"""Who mixed, and who committed: a trustee signs either with their share of the key.

Source: Schnorr 1991, as a signature: a proof of knowledge whose challenge hashes what is signed.
Nobody but the holder of the share can make it, so a server cannot mix under another's name, and
who merely has a trustee's seat cannot commit them.  It says nothing of whether the mix is right:
`ballot.sealing.mix_check` does.
"""

from __future__ import annotations

import hashlib

from ballot.canonical import Part
from ballot.sealing import native
from ballot.sealing.errors import OpeningRejected, ShuffleRejected
from ballot.sealing.keys import ElectionKey, KeyShare, PublicShare
from ballot.sealing.proofs import Knowledge, knows, prove_knowledge
from ballot.sealing.scalars import Rng
from ballot.sealing.setting import BoxName, Setting


def sign_mix(
    content: bytes,
    *,
    name: BoxName,
    setting: Setting,
    key: ElectionKey,
    share: KeyShare,
    rng: Rng,
) -> bytes:
    """Sign a mix with the share of the trustee who made it; give 65 bytes.

    content: the mix's bytes (sealing §8.4), made under the trustee's name in the key.
    Spec:    sealing §8.6, equation 48.
    Raises:  Malformed "key.trustee".
    """
    statement = _statement(content, name, setting, key.trustee(share.number))
    return prove_knowledge("mix-maker", *statement, secret=share.secret, rng=rng).to_bytes()


def check_mix_maker(
    content: bytes | memoryview,
    signature: bytes,
    *,
    name: BoxName,
    setting: Setting,
    key: ElectionKey,
    number: int,
) -> None:
    """Check that a mix was signed with the share of the trustee of this number.

    content: the mix's bytes (sealing §8.4).  signature: 65 bytes.
    Spec:    sealing §8.6, equation 48.
    Raises:  ShuffleRejected "mix.maker"; Malformed "proof.length", "proof.point", "proof.scalar"
             for a signature, "key.trustee" for a trustee, that is none.
    """
    trustee = key.trustee(number)
    statement = _statement(content, name, setting, trustee)
    point = native.read_point(trustee.point)
    if not knows(Knowledge.parse(signature), "mix-maker", *statement, point=point):
        raise ShuffleRejected("mix.maker", trustee=number)


def _statement(
    content: bytes | memoryview, name: BoxName, setting: Setting, trustee: PublicShare
) -> tuple[Part, ...]:
    """Give what is signed (sealing §8.6, equation 48)."""
    return (
        setting.fingerprint,
        setting.key,
        *name.parts(),
        trustee.name,
        trustee.number,
        trustee.point,
        hashlib.sha256(content).digest(),
    )


def sign_commitment(
    commitment: bytes,
    *,
    name: BoxName,
    setting: Setting,
    key: ElectionKey,
    share: KeyShare,
    rng: Rng,
) -> bytes:
    """Sign the commitment to a part with the share of the trustee who made it; give 65 bytes.

    commitment: 32 bytes (sealing §10.3).
    Spec:       sealing §10.3, equation 49.
    Raises:     Malformed "key.trustee".
    """
    statement = _committed(commitment, name, setting, key.trustee(share.number))
    return prove_knowledge("opening-maker", *statement, secret=share.secret, rng=rng).to_bytes()


def check_commitment_maker(
    commitment: bytes,
    signature: bytes,
    *,
    name: BoxName,
    setting: Setting,
    key: ElectionKey,
    number: int,
) -> None:
    """Check that a commitment was signed with the share of the trustee of this number.

    Spec:   sealing §10.3, equation 49.
    Raises: OpeningRejected "opening.maker"; Malformed as check_mix_maker.
    """
    trustee = key.trustee(number)
    statement = _committed(commitment, name, setting, trustee)
    point = native.read_point(trustee.point)
    if not knows(Knowledge.parse(signature), "opening-maker", *statement, point=point):
        raise OpeningRejected("opening.maker", trustee=number)


def _committed(
    commitment: bytes, name: BoxName, setting: Setting, trustee: PublicShare
) -> tuple[Part, ...]:
    """Give what is signed (sealing §10.3, equation 49)."""
    return (
        setting.fingerprint,
        setting.key,
        *name.parts(),
        trustee.number,
        trustee.point,
        commitment,
    )
