"""The post as it is stored, after the close: against the board, and as wires for the boxes."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
from django.db import connection

from ballot.canonical import read_canonical
from ballot.mapping.post import envelope_content
from ballot.models import Election, Entry, EnvelopeReceipt
from ballot.postal import has_post, papers_of
from ballot.sealing.postal import envelope_hash
from ballot.services.account_for_post import post_content
from ballot.services.as_published import told
from office.refusal import Refusal


def require_post_as_published(election: Election) -> None:
    """Refuse unless receipts, readings and the account say what the board says."""
    if not has_post(election):
        return
    accounts = told(election, "post")
    if not accounts:
        raise Refusal("post.not-accounted", "The postal papers are not in yet: let two officers "
                      "put them into the boxes.")
    papers = papers_of(election)
    wires = Counter(
        (paper.section.code, paper.number, bytes(paper.readings[0].wire or b""))
        for paper in papers
        if paper.agrees and not paper.is_empty
    )
    published = Counter(
        (one["section"], one["number"], _wire(one)) for one in told(election, "postal-paper")
    )
    if wires != published or not _agrees(accounts, post_content(election, papers)):
        raise _changed()
    _require_receipts(election)


def _agrees(accounts: list[Any], stored: Any) -> bool:
    """Whether the account says what is stored, but for envelopes that came late after it."""
    for then, now in zip(accounts[0]["sections"], stored["sections"], strict=False):
        now["late"] = min(now["late"], then["late"])
    return accounts == [stored]


def _require_receipts(election: Election) -> None:
    """Each envelope's entry says what its receipt's rows say, and each received has one."""
    received = EnvelopeReceipt.objects.filter(
        envelope__election=election, outcome=EnvelopeReceipt.Outcome.RECEIVED
    ).select_related("envelope", "credential")
    stored = {
        row.pk: envelope_content(
            bytes(row.credential.public_key) if row.credential else b"",
            envelope_hash(row.envelope.barcode, election_id=election.public_id.bytes),
        )
        for row in received
    }
    entries = Entry.objects.filter(election=election, ballot__isnull=True, kind="envelope")
    published = {
        receipt: _content(bytes(body))
        for receipt, body in entries.values_list("envelope", "body")
    }
    if stored != published:
        raise _changed()


def _content(body: bytes) -> Any:
    read: Any = read_canonical(body)
    return read["content"]


def _changed() -> Refusal:
    return Refusal(
        "register.post-disagrees",
        "The envelopes and postal papers in the database are not those on the board. Somebody has "
        "changed the database.",
    )


def _wire(content: Any) -> bytes:
    parts = [content["credential"], *content["votes"], content["signature"]]
    return bytes.fromhex("".join(parts))


def with_papers(ballots: dict[str, np.ndarray], election: Election) -> dict[str, np.ndarray]:
    """Let the postal papers of each section follow its ballots, in the order of the board.

    ballots: as read_ballots gives them, (N, ballot_size) a section.
    """
    by_section: dict[str, list[bytes]] = defaultdict(list)
    for one in told(election, "postal-paper"):
        by_section[one["section"]].append(_wire(one))
    found = dict(ballots)
    for section, wires in by_section.items():
        rows = np.frombuffer(b"".join(wires), np.uint8).reshape(len(wires), -1)
        found[section] = np.concatenate([found[section], rows]) if section in found else rows
    return found


def papers_by_section(election: Election) -> Counter[str]:
    """How many postal papers the board has of each section."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convert_from(body, 'UTF8')::jsonb #>> '{content,section}', count(*)"
            "  FROM ballot_entry WHERE election_id = %s AND ballot_id IS NULL"
            "   AND kind = 'postal-paper' GROUP BY 1",
            [election.pk],
        )
        return Counter(dict(cursor.fetchall()))
