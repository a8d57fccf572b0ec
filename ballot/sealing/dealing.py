"""Shares on their way from one trustee to another, and who is out when one of them is false.

Source: Feldman 1987 (a share is checked against the polynomial's points); Diffie and Hellman 1976,
with RFC 8439, for the sealing.  A sealed share can be opened to everybody by giving the agreed
point, with a proof that it is the right one: that is what a complaint does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ballot.canonical import transcript_hash
from ballot.sealing import native
from ballot.sealing.errors import CeremonyRejected
from ballot.sealing.messages import (
    Ceremony,
    Complaint,
    Dealing,
    Reveal,
    SealedShare,
    TrusteeSecret,
)
from ballot.sealing.native import ORDER
from ballot.sealing.proofs import equal
from ballot.sealing.scalars import Rng, random_scalar

_NONCE: Final = bytes(12)  # Each sealing key is used once.


def evaluate(coefficients: Sequence[int], number: int) -> int:
    """Give f(number), from the top (Horner; sealing §9.3, equation 29)."""
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * number + coefficient) % ORDER
    return value


def evaluate_in_public(points: Sequence[bytes], number: int) -> bytes | None:
    """Give f(number)·G from the polynomial's points (Feldman 1987)."""
    value: bytes | None = None
    for point in reversed(points):
        value = native.add(native.times(value, number), native.read_point(point))
    return value


def seal_share_for(
    recipient: Reveal, secret: TrusteeSecret, *, ceremony: Ceremony, rng: Rng
) -> SealedShare:
    """Seal a dealer's share for one trustee (sealing §9.3, equations 29 to 31)."""
    fresh = random_scalar(rng)
    ephemeral = native.write_point(native.base_times(fresh))
    point = native.secret_times_one(native.read_point(recipient.encryption), fresh)
    agreed = native.write_point(point)
    key = _sealing_key(ceremony, secret.number, recipient, ephemeral, agreed)
    share = evaluate(secret.coefficients, recipient.number).to_bytes(32, "big")
    sealed = ChaCha20Poly1305(key).encrypt(_NONCE, share, None)
    return SealedShare(recipient.number, ephemeral, sealed)


def agreed_point(secret: TrusteeSecret, sealed: SealedShare) -> bytes:
    """Give Z = d·K, the point that a recipient and the dealer agree on (sealing §9.4)."""
    point = native.read_point(sealed.ephemeral)
    return native.write_point(native.secret_times_one(point, secret.encryption))


def open_sealed(
    ceremony: Ceremony,
    reveals: Mapping[int, Reveal],
    dealer: int,
    sealed: SealedShare,
    agreed: bytes,
) -> int | None:
    """Open a sealed share and hold it against the dealer's points; None if it is false.

    Spec: sealing §9.4, equation 32.
    """
    recipient = reveals[sealed.recipient]
    key = _sealing_key(ceremony, dealer, recipient, sealed.ephemeral, agreed)
    try:
        share = int.from_bytes(ChaCha20Poly1305(key).decrypt(_NONCE, sealed.sealed, None), "big")
    except InvalidTag:
        return None
    expected = evaluate_in_public(reveals[dealer].coefficients, recipient.number)
    if not 0 < share < ORDER or native.base_times(share) != expected:
        return None
    return share


def complaint_statement(
    ceremony: Ceremony,
    reveals: Mapping[int, Reveal],
    dealer: int,
    sealed: SealedShare,
    agreed: bytes,
) -> tuple[bytes | int, ...]:
    """Give the statement of a complaint's proof (sealing §9.4, equation 33)."""
    recipient = reveals[sealed.recipient]
    return (
        ceremony.digest(),
        dealer,
        recipient.number,
        recipient.encryption,
        sealed.ephemeral,
        agreed,
    )


def _sealing_key(
    ceremony: Ceremony, dealer: int, recipient: Reveal, ephemeral: bytes, agreed: bytes
) -> bytes:
    """Give the key of one sealed share (sealing §9.3, equation 30)."""
    return transcript_hash(
        "ceremony-dealing",
        ceremony.digest(),
        dealer,
        recipient.number,
        recipient.encryption,
        ephemeral,
        agreed,
    )


def judge(
    ceremony: Ceremony,
    reveals: Mapping[int, Reveal],
    dealings: Sequence[Dealing],
    complaints: Sequence[Complaint],
) -> frozenset[int]:
    """Give the trustees who are out: everybody computes the same (sealing §9.5).

    Out is who dealt not at all, or not to everybody, or falsely; and who complained falsely.
    """
    dealt = _dealt(dealings)
    out = set()
    for number in reveals:
        others = [other for other in reveals if other != number]
        mine = dealt.get(number, Dealing(number, ()))
        if any(mine.share_for(other) is None for other in others):
            out.add(number)
    for complaint in complaints:
        if complaint.dealer in reveals and complaint.complainant in reveals:
            out.add(_at_fault(ceremony, reveals, dealt, complaint))
    return frozenset(out)


def _at_fault(
    ceremony: Ceremony,
    reveals: Mapping[int, Reveal],
    dealt: Mapping[int, Dealing],
    complaint: Complaint,
) -> int:
    """Decide one complaint: the dealer's fault if it is proved, the complainant's if not."""
    dealing = dealt.get(complaint.dealer)
    sealed = dealing.share_for(complaint.complainant) if dealing is not None else None
    if sealed is None:
        return complaint.dealer
    statement = complaint_statement(ceremony, reveals, complaint.dealer, sealed, complaint.opened)
    proved = equal(
        complaint.proof,
        "ceremony-complaint",
        *statement,
        point=native.read_point(reveals[complaint.complainant].encryption),
        other=native.read_point(sealed.ephemeral),
        product=native.read_point(complaint.opened),
    )
    opened = open_sealed(ceremony, reveals, complaint.dealer, sealed, complaint.opened)
    return complaint.dealer if proved and opened is None else complaint.complainant


def _dealt(dealings: Sequence[Dealing]) -> dict[int, Dealing]:
    found: dict[int, Dealing] = {}
    for dealing in dealings:
        if dealing.number in found:
            raise CeremonyRejected("ceremony.twice", trustee=dealing.number)
        found[dealing.number] = dealing
    return found
