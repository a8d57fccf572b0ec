"""What came by post, before it is opened: envelopes that electors sent, papers that tellers sealed.

A postal paper stands under a credential that nobody was issued: were there more of them than
envelopes, or did nobody but the server sign them, papers of nobody's could fill a box and leave one
elector alone in it.

Spec: sealing §6.8 to §6.10; bundle §4.6; trustees §5.4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from ballot.sealing.ballot import CREDENTIAL, SIGNATURE, VOTE
from ballot.sealing.postal import check_postal
from ballot.trustee.errors import Refused, checking
from ballot.trustee.forms import Form
from ballot.trustee.keys_named import KeysNamed
from ballot.trustee.poll import Poll
from ballot.trustee.record import Entry, Record

_HASH: Final = 32


@dataclass(frozen=True, slots=True)
class PostalPaper:
    """A postal paper.  number: its entry's; wire: as a sealed ballot (sealing §6.2)."""

    number: int
    section: str
    wire: bytes = field(repr=False)


def postal_papers(record: Record, poll: Poll, named: KeysNamed) -> list[PostalPaper]:
    """Check what came by post, and give the papers in the order of the board.

    Raises: Refused "teller.twice", "teller.same", "teller.signature", "envelope.hash",
            "envelope.twice", "envelope.credential", "envelope.voted", "envelope.time",
            "postal.number", "postal.credential", "post.figure"; the conditions of a ballot;
            "blob.sha256".
    """
    entries = record.all("postal-paper")
    received = _received(record, poll, named)
    if not entries:
        return []
    tellers = _tellers(record)
    close = record.only("close").number
    seen: set[tuple[str, int]] = set()
    credentials: set[bytes] = set()
    papers = []
    for entry in entries:
        place = (entry.content.text("section"), entry.content.number("number"))
        credential = entry.content.octets("credential", CREDENTIAL)
        if place in seen or entry.number < close:
            raise Refused("postal.number", entry.where, "It stands twice, or before the close.")
        if credential in named.section or credential in credentials:
            why = "Its credential was issued to an elector, or is another paper's."
            raise Refused("postal.credential", entry.where, why)
        seen.add(place)
        credentials.add(credential)
        papers.append(_checked(entry, poll, tellers))
    _require_no_more_than_came(papers, received)
    return papers


def _require_no_more_than_came(papers: list[PostalPaper], received: Counter[str]) -> None:
    for section, number in Counter(paper.section for paper in papers).items():
        if number > received[section]:
            why = f"It has {number} postal papers, and {received[section]} envelopes came."
            raise Refused("post.figure", f"section {section}", why)


def _checked(entry: Entry, poll: Poll, tellers: Mapping[int, bytes]) -> PostalPaper:
    told = entry.content
    section = told.text("section")
    votes = told.all_octets("votes", VOTE)
    signature = told.octets("signature", SIGNATURE)
    wire = b"".join([told.octets("credential", CREDENTIAL), *votes, signature])
    with checking(entry.where, "It is not a paper that two tellers have sealed and signed."):
        check_postal(
            wire,
            [(one.number("number"), one.octets("signature", SIGNATURE))
             for one in told.forms("tellers")],
            number=told.number("number"),
            setting=poll.setting,
            contests=poll.contests,
            section=section,
            tellers=tellers,
        )  # fmt: skip
    return PostalPaper(entry.number, section, wire)


def _tellers(record: Record) -> dict[int, bytes]:
    """Give the keys of the last `tellers`, which was there before the close."""
    entry = record.newest("tellers")
    told = entry.content.forms("tellers")
    keys = {one.number("number"): one.octets("key", CREDENTIAL) for one in told}
    if len(set(keys.values())) < len(told) or entry.number > record.only("close").number:
        why = "Two tellers have one number or one key, or were named after the close."
        raise Refused("teller.twice", entry.where, why)
    return keys


def _received(record: Record, poll: Poll, named: KeysNamed) -> Counter[str]:
    """Give how many envelopes came, by section; each takes a credential that did not cast."""
    _require_time(record, poll)
    issued = _issued(record)
    cast = _cast_as_well(record)
    used: set[bytes] = set()
    received: Counter[str] = Counter()
    for entry in record.all("envelope"):
        name = entry.content.octets("envelope", _HASH)
        credential = entry.content.octets("credential", CREDENTIAL)
        section = named.section.get(credential)
        if issued.get(name, ("", entry.number))[1] >= entry.number:
            raise Refused("envelope.hash", entry.where, "No such envelope was issued before it.")
        if name in used or credential in used:
            raise Refused("envelope.twice", entry.where, "It, or another of its elector's, came.")
        if credential in cast:
            raise Refused("envelope.voted", entry.where, "Its credential cast a ballot as well.")
        if credential in named.dead or section is None or section != issued[name][0]:
            why = "Its credential was not issued in the envelope's section, or died."
            raise Refused("envelope.credential", entry.where, why)
        used |= {name, credential}
        received[section] += 1
    return received


def _cast_as_well(record: Record) -> set[bytes]:
    """Give the credentials of envelopes that cast; where no envelope came, no ballot is read."""
    came = {entry.content.octets("credential", CREDENTIAL) for entry in record.all("envelope")}
    if not came:
        return came
    return came.intersection(row[:CREDENTIAL].tobytes() for row in record.ballots().wire)


def _require_time(record: Record, poll: Poll) -> None:
    """Check that every envelope stands between opening and close: a later one brings no paper."""
    close = record.only("close").number
    for entry in record.all("envelope"):
        if not poll.opening < entry.number < close:
            why = "It does not stand between the opening of the poll and its close."
            raise Refused("envelope.time", entry.where, why)


def _issued(record: Record) -> dict[bytes, tuple[str, int]]:
    """Give the section of every envelope's hash, and the number of the entry that has it."""
    issued: dict[bytes, tuple[str, int]] = {}
    for entry in record.all("envelopes"):
        for one in entry.content.forms("sections"):
            for name in _hashes(record, one):
                if name in issued:
                    raise Refused("envelope.twice", one.where, "An envelope was named before.")
                issued[name] = (one.text("section"), entry.number)
    return issued


def _hashes(record: Record, one: Form) -> list[bytes]:
    content = record.blob(one.blob("hashes"), one.where)
    hashes = [content[at : at + _HASH] for at in range(0, len(content), _HASH)]
    if len(content) != _HASH * one.number("envelopes") or any(
        left >= right for left, right in pairwise(hashes)
    ):
        why = "Its blob has not a hash of 32 bytes for each envelope, ascending."
        raise Refused("envelope.hash", one.where, why)
    return hashes
