"""Postal papers: an envelope's hash, a teller's key, and papers that two tellers seal alike.

Two tellers who read the same draw the same random numbers, from a secret that they share and from
what they read, and so seal the same bytes: whoever compares those learns nothing but whether they
are alike.  A paper is then an ordinary sealed ballot, under a credential of its own that nobody was
issued, which both have signed.

Source: Diffie and Hellman 1976; BIP 340; docs/adr/0005-postal-papers.md.  An election's papers are
sealed in the tellers' browsers, by the same specification.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from btclib_secp256k1 import ssa

from ballot.canonical import LABEL, transcript_hash, xof
from ballot.sealing import native
from ballot.sealing.ballot import SealedBallot, check_ballot, seal_ballot, tracker_hash
from ballot.sealing.codes import (
    ALPHABET,
    CHARACTERS,
    VotingKey,
    derived_key,
    key_of_secret,
    make_code,
    read_code,
)
from ballot.sealing.errors import BallotRejected, Malformed
from ballot.sealing.scalars import Rng, random_scalar
from ballot.sealing.setting import Setting
from ballot.sealing.signatures import require_signed

_INFO: Final = (LABEL + "teller-key").encode()


def make_barcode(*, rng: Rng) -> str:
    """Make the barcode of an outer envelope: 21 letters and digits (sealing §6.8)."""
    while True:
        code = make_code(rng=rng)
        if code[CHARACTERS] in ALPHABET:
            return code


def envelope_hash(barcode: str, *, election_id: bytes) -> bytes:
    """Give what the board has of an envelope, from its barcode as it was read.

    Spec:   sealing §6.8, equation 50.
    Raises: CodeRejected, as read_code.
    """
    return transcript_hash("envelope", election_id, read_code(barcode)[:CHARACTERS].encode())


def teller_key(code: str, *, election_id: bytes) -> VotingKey:
    """Turn a teller's code into their key in one election (sealing §6.9).

    Raises: CodeRejected, as read_code.
    """
    return derived_key(code, election_id=election_id, info=_INFO)


def require_teller_key(key: bytes) -> bytes:
    """Give the point of even y that a teller's public key, 32 bytes, names.

    Raises: Malformed "teller.key".
    """
    try:
        return native.read_point(b"\x02" + key)
    except native.NotAPoint as error:
        raise Malformed("teller.key") from error


def seal_postal(
    choices: Sequence[int],
    *,
    number: int,
    setting: Setting,
    contests: Sequence[str],
    section: str,
    key: VotingKey,
    other: bytes,
) -> SealedBallot:
    """Seal a paper as one of two tellers reads it; the other, who reads the same, gives the same.

    choices: one a contest: the number of a ranking, or that after the last: rejected.
    number:  the paper's, in its section.  key: this teller's.  other: the other's, 32 bytes.
    Spec:    sealing §6.9, equations 51 and 52.
    Raises:  Malformed "teller.key".
    """
    shared = native.secret_times_one(
        require_teller_key(other), int.from_bytes(key.secret, "big")
    )
    known = native.write_point(shared)[1:]
    place = (setting.fingerprint, setting.key, known, section, number)
    draw = _drawn_from(transcript_hash("postal-seed", *place, *choices))
    own = key_of_secret(random_scalar(draw))
    return seal_ballot(
        choices, setting=setting, contests=contests, section=section, key=own, rng=draw
    )


def _drawn_from(seed: bytes) -> Rng:
    """Give bytes in order out of a seed's stream (sealing §2.3)."""
    offset = 0

    def draw(size: int) -> bytes:
        nonlocal offset
        drawn = xof(seed, size, offset=offset)
        offset += size
        return drawn

    return draw


def postal_message(ballot: SealedBallot, *, number: int, setting: Setting, section: str) -> bytes:
    """Give the 32 bytes that two tellers sign of a paper (sealing §6.10, equation 53)."""
    tracker = tracker_hash(ballot.credential, ballot.votes, setting=setting)
    place = (setting.fingerprint, setting.key, section, number)
    return transcript_hash("postal-paper", *place, tracker)


def sign_postal(
    ballot: SealedBallot,
    *,
    number: int,
    setting: Setting,
    section: str,
    key: VotingKey,
    rng: Rng,
) -> bytes:
    """Sign a sealed paper as its teller; give 64 bytes (sealing §6.10)."""
    message = postal_message(ballot, number=number, setting=setting, section=section)
    signature: bytes = ssa.sign(message, key.secret, rng(32))
    return signature


def check_teller(
    ballot: SealedBallot,
    signature: bytes,
    *,
    number: int,
    setting: Setting,
    section: str,
    teller: bytes,
) -> None:
    """Check one teller's signature under a sealed paper (sealing §6.10).

    Raises: BallotRejected "teller.signature".
    """
    message = postal_message(ballot, number=number, setting=setting, section=section)
    require_signed(message, signature, key=teller, refusal=BallotRejected("teller.signature"))


def check_postal(
    wire: bytes,
    signatures: Sequence[tuple[int, bytes]],
    *,
    number: int,
    setting: Setting,
    contests: Sequence[str],
    section: str,
    tellers: Mapping[int, bytes],
) -> SealedBallot:
    """Check a postal paper, whole, and give it back read.

    wire:       as a sealed ballot (sealing §6.2).
    signatures: of two tellers, each with the teller's number.
    tellers:    the keys that the board names, by number.
    Spec:       sealing §6.10.
    Raises:     as check_ballot; BallotRejected "teller.same", "teller.signature".
    """
    if len({teller for teller, _ in signatures}) != 2 or len(signatures) != 2:
        raise BallotRejected("teller.same")
    ballot = check_ballot(wire, setting=setting, contests=contests, section=section)
    for teller, signature in signatures:
        if teller not in tellers:
            raise BallotRejected("teller.signature", teller=teller)
        check_teller(
            ballot, signature, number=number, setting=setting, section=section,
            teller=tellers[teller],
        )  # fmt: skip
    return ballot
