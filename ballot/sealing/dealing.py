"""Shares on their way from one trustee to another, and who is out when one of them is false.

Source: Feldman 1987 (a share is checked against the polynomial's points); Diffie and Hellman 1976,
with RFC 8439, for the sealing; Schnorr 1991 for the dealer's proof.  A sealed share can be opened
to everybody by giving the agreed point, with a proof that it is the right one: that is what a
complaint does.  It is given only where the dealer has proved to know that point already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ballot.canonical import canonical, transcript_hash
from ballot.sealing import native
from ballot.sealing.errors import CeremonyRejected
from ballot.sealing.messages import (
    Ceremony,
    Complaint,
    Dealing,
    Reveal,
    SealedShare,
    TrusteeSecret,
    by_trustee,
)
from ballot.sealing.native import ORDER
from ballot.sealing.proofs import equal, knows, prove_knowledge
from ballot.sealing.scalars import Rng, random_scalar

_NONCE: Final = bytes(12)  # Each sealing key is used once.
Statement = tuple[bytes | int, ...]


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


def share_statement(
    ceremony: Ceremony, reveals: Mapping[int, Reveal], dealer: int, recipient: int, ephemeral: bytes
) -> Statement:
    """Give what everything about one sealed share begins with: R, i, j, E_j, K (sealing §9.3).

    R is the hash of all reveals (equation 29), so that who was shown other reveals than the
    dealer finds the dealer's proof false, and opens nothing by a complaint.
    """
    shown = canonical([reveals[number].to_json() for number in sorted(reveals)])
    agreed_on = transcript_hash("ceremony-reveals", ceremony.digest(), shown)
    return (agreed_on, dealer, recipient, reveals[recipient].encryption, ephemeral)


def seal_share_for(
    recipient: int,
    secret: TrusteeSecret,
    *,
    ceremony: Ceremony,
    reveals: Mapping[int, Reveal],
    rng: Rng,
) -> SealedShare:
    """Seal a dealer's share for one trustee (sealing §9.3, equations 29 to 31)."""
    fresh = random_scalar(rng)
    ephemeral = native.write_point(native.base_times(fresh))
    encryption = native.read_point(reveals[recipient].encryption)
    agreed = native.write_point(native.secret_times_one(encryption, fresh))
    statement = share_statement(ceremony, reveals, secret.number, recipient, ephemeral)
    share = evaluate(secret.coefficients, recipient).to_bytes(32, "big")
    sealed = _cipher(statement, agreed).encrypt(_NONCE, share, None)
    proof = prove_knowledge("ceremony-dealing-key", *statement, sealed, secret=fresh, rng=rng)
    return SealedShare(recipient, ephemeral, sealed, proof)


def agreed_point(secret: TrusteeSecret, sealed: SealedShare) -> bytes:
    """Give Z = d·K, the point that a recipient and the dealer agree on (sealing §9.4)."""
    point = native.read_point(sealed.ephemeral)
    return native.write_point(native.secret_times_one(point, secret.encryption))


def is_whole(ceremony: Ceremony, reveals: Mapping[int, Reveal], dealing: Dealing) -> bool:
    """Say whether a dealing has one share for each other trustee, and proves every K its own.

    Looked at before any share is opened: Z = d·K of a K that the dealer took from somebody else
    would open that other's share.  Spec: sealing §9.4.
    """
    others = [number for number in sorted(reveals) if number != dealing.number]
    return sorted(share.recipient for share in dealing.shares) == others and all(
        knows(
            share.knows_ephemeral,
            "ceremony-dealing-key",
            *share_statement(ceremony, reveals, dealing.number, share.recipient, share.ephemeral),
            share.sealed,
            point=native.read_point(share.ephemeral),
        )
        for share in dealing.shares
    )


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
    statement = share_statement(ceremony, reveals, dealer, sealed.recipient, sealed.ephemeral)
    try:
        opened = _cipher(statement, agreed).decrypt(_NONCE, sealed.sealed, None)
    except InvalidTag:
        return None
    share = int.from_bytes(opened, "big")
    expected = evaluate_in_public(reveals[dealer].coefficients, sealed.recipient)
    if not 0 < share < ORDER or native.base_times(share) != expected:
        return None
    return share


def _cipher(statement: Statement, agreed: bytes) -> ChaCha20Poly1305:
    """Give the cipher of one sealed share (sealing §9.3, equation 30)."""
    return ChaCha20Poly1305(transcript_hash("ceremony-dealing", *statement, agreed))


def judge(
    ceremony: Ceremony,
    reveals: Mapping[int, Reveal],
    dealings: Sequence[Dealing],
    complaints: Sequence[Complaint],
) -> frozenset[int]:
    """Give the trustees who are out: everybody computes the same (sealing §9.5).

    Out is who dealt not at all, or not to everybody, or without the proofs, or falsely.
    Raises: CeremonyRejected: "ceremony.number", "ceremony.twice"; "ceremony.complaint", naming
            the trustee whose complaint is not upheld: it may have opened a good share to everybody.
    """
    dealt = by_trustee(ceremony, dealings)
    whole = {number for number, one in dealt.items() if is_whole(ceremony, reveals, one)}
    out = set(reveals) - whole
    for complaint in _once(ceremony, complaints):
        # Who is out without it needs no complaint.
        if complaint.dealer not in whole:
            continue
        if not _is_upheld(ceremony, reveals, dealt[complaint.dealer], complaint):
            raise CeremonyRejected(
                "ceremony.complaint", trustee=complaint.complainant, dealer=complaint.dealer
            )
        out.add(complaint.dealer)
    return frozenset(out)


def _is_upheld(
    ceremony: Ceremony, reveals: Mapping[int, Reveal], dealing: Dealing, complaint: Complaint
) -> bool:
    """Decide one complaint: whether it is proved, and the share that it opens is false."""
    sealed = dealing.share_for(complaint.complainant)
    if sealed is None:
        return False  # Of oneself: everybody else has a share in a whole dealing.
    statement = share_statement(
        ceremony, reveals, complaint.dealer, complaint.complainant, sealed.ephemeral
    )
    proved = equal(
        complaint.proof,
        "ceremony-complaint",
        *statement,
        complaint.opened,
        point=native.read_point(reveals[complaint.complainant].encryption),
        other=native.read_point(sealed.ephemeral),
        product=native.read_point(complaint.opened),
    )
    opened = open_sealed(ceremony, reveals, complaint.dealer, sealed, complaint.opened)
    return proved and opened is None


def _once(ceremony: Ceremony, complaints: Sequence[Complaint]) -> Sequence[Complaint]:
    """Refuse a complaint of or about nobody, and a second about the same dealing."""
    made = set()
    for one in complaints:
        for number in (one.dealer, one.complainant):
            if number not in ceremony.numbers:
                raise CeremonyRejected("ceremony.number", trustee=number)
        if (one.dealer, one.complainant) in made:
            raise CeremonyRejected("ceremony.twice", trustee=one.complainant)
        made.add((one.dealer, one.complainant))
    return complaints
