"""Votes by post: the tellers, the envelopes, and the papers that two tellers sealed."""

from __future__ import annotations

from collections.abc import Iterable

from ballot.canonical import Json
from ballot.mapping.ballots import ballot_content
from ballot.mapping.blobs import blob_reference
from ballot.models import Blob, Teller
from ballot.sealing.ballot import SealedBallot


def tellers_content(tellers: Iterable[Teller]) -> dict[str, Json]:
    """Who reads postal papers, each with the key that their own browser made (sealing §6.9)."""
    return {
        "tellers": [
            {"key": bytes(one.key or b"").hex(), "name": one.name, "number": one.number}
            for one in tellers
        ]
    }


def envelopes_content(sections: Iterable[tuple[str, int, Blob]]) -> dict[str, Json]:
    """Envelopes that were issued: of each section its code, how many, and their hashes."""
    return {
        "sections": [
            {"envelopes": number, "hashes": blob_reference(blob), "section": code}
            for code, number, blob in sections
        ]
    }


def envelope_content(credential: bytes, digest: bytes) -> dict[str, Json]:
    """An envelope that came: the credential that it took out of use, and its barcode's hash."""
    return {"credential": bytes(credential).hex(), "envelope": digest.hex()}


def postal_paper_content(
    ballot: SealedBallot, section: str, number: int, signatures: Iterable[tuple[int, bytes]]
) -> dict[str, Json]:
    """A postal paper as two tellers sealed and signed it (sealing §6.10)."""
    votes = [vote.to_bytes() for vote in ballot.votes]
    return {
        **ballot_content(ballot.credential, votes, ballot.signature),
        "number": number,
        "section": section,
        "tellers": [
            {"number": teller, "signature": bytes(signature).hex()}
            for teller, signature in sorted(signatures)
        ],
    }
