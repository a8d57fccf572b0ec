"""What binds and proves a trustee's reveal: the hash before it, and that they know what they show.

Source: Pedersen 1991; Schnorr 1991.  Without the proofs of possession the last to speak could
answer the others' points with one that takes them off again.
"""

from __future__ import annotations

from ballot.canonical import canonical, transcript_hash
from ballot.sealing import native
from ballot.sealing.errors import CeremonyRejected
from ballot.sealing.messages import Ceremony, Reveal
from ballot.sealing.proofs import knows


def reveal_hash(ceremony: Ceremony, one: Reveal) -> bytes:
    """Give the hash that a trustee publishes before they reveal (sealing §9.2, equation 26)."""
    parts = (ceremony.digest(), one.number, canonical(one.to_json()))
    return transcript_hash("ceremony-commitment", *parts)


def check_possession(ceremony: Ceremony, one: Reveal) -> None:
    """Check that a trustee knows what stands behind a₀·G and E (sealing §9.2, equation 28).

    Raises: CeremonyRejected "ceremony.possession", naming the trustee and which of the two.
    """
    statement = (ceremony.digest(), one.number)
    proofs = (
        ("key", one.coefficients[0], one.knows_key),
        ("encryption", one.encryption, one.knows_encryption),
    )
    for kind, point, proof in proofs:
        read = native.read_point(point)
        if not knows(proof, "ceremony-possession", *statement, kind, point, point=read):
            raise CeremonyRejected("ceremony.possession", trustee=one.number, which=kind)
