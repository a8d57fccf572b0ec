"""What goes when an election's sealed ballots are destroyed, and whether they have been.

One table says what goes: the page before the act counts by it, and the act deletes by it. What
stays is the chain of the board's hashes with every entry of an act, the mixes (but of a void
election) and all that was opened from them, and figures: docs/data-protection.md, 6.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from ballot.canonical import read_canonical
from ballot.lifecycle import State
from ballot.mapping.blobs import blobs_named
from ballot.models import BallotDestruction, Blob, BlobChunk, Election, Entry
from ballot.retention import is_past, kept_until
from ballot.selectors import election_by_slug, whole_blob
from ballot.times import day_words, in_zone
from office.refusal import Refusal

PAPERS: Final = ("ballot", "challenge", "envelope", "postal-paper")
"""The kinds of entries that electors sent. Of them the board keeps the leaf alone."""

_NAMING: Final = ("credentials", "amendment", "keys", "envelopes", "reconciliation")
"""The kinds whose blobs go: lists of keys and of envelopes, and the boxes before the first mix."""

_NAMING_WHEN_VOID: Final = (*_NAMING, "mix")
"""Of a void election the mixes as well: nobody may open them, and a quorum of trustees could."""

DESTROYED_IN: Final = (State.ARCHIVED, State.VOID)
"""Where an election has ended for good, so that what was cast in it may be destroyed."""


@dataclass(frozen=True, slots=True)
class Going:
    """Rows that go. code: as the certificate names them; which: SQL; becomes: empty: deleted.

    which, becomes: of `election` and `roll`, the election's id and its roll's pseudonym, and
                    `blobs`, ids of blobs.
    """

    code: str
    words: str
    table: str
    which: str = "election_id = %(election)s"
    becomes: str = ""


def _through(column: str, table: str) -> str:
    # Of names in the table below alone.
    return f"{column} IN (SELECT id FROM {table} WHERE election_id = %(election)s)"  # noqa: S608


# In this order: what refers to a row goes before it.
GOING: Final = (
    Going("papers", "Entries of sealed papers and envelopes on the board, of which the hash stays",
          "ballot_entry",
          "election_id = %(election)s AND body <> ''"
          f" AND kind IN ({', '.join(repr(kind) for kind in PAPERS)})",
          "body = '', ballot_id = NULL, challenge_id = NULL, envelope_id = NULL"),
    Going("set-aside", "Which ballots were set aside", "ballot_setaside"),
    Going("votes", "Sealed votes", "ballot_sealedvote",
          _through("ballot_id", "ballot_sealedballot")),
    Going("ballots", "Sealed ballots", "ballot_sealedballot"),
    Going("challenged-votes", "Votes of papers opened to check a device", "ballot_challengedvote",
          _through("challenge_id", "ballot_challenge")),
    Going("challenges", "Papers opened to check a device", "ballot_challenge"),
    Going("refused-casts", "Ballots refused after an envelope", "ballot_refusedcast",
          _through("credential_id", "ballot_credential")),
    Going("readings", "Tellers’ readings of postal papers", "ballot_postalreading"),
    Going("envelopes-received", "What came of each envelope", "ballot_envelopereceipt",
          _through("envelope_id", "ballot_envelope")),
    Going("envelopes", "Envelopes and their barcodes", "ballot_envelope"),
    Going("issuer-requests", "Requests to the outside issuer", "ballot_issuerrequest"),
    Going("issuer-files", "Files of the outside issuer", "ballot_issuerfile"),
    Going("marks", "The marked register", "ballot_registermark"),
    Going("keys", "Voting keys, each with whose it was", "ballot_credential"),
    Going("disputes", "Ballots of which an elector said “this was not me”", "ballot_castdispute"),
    Going("helpdesk-notes", "Notes of the helpdesk", "ballot_helpdesknote"),
    Going("code-requests", "Questions about a lost code", "ballot_reissuerequest"),
    Going("incidents", "Incidents, of which the elector’s pseudonym goes", "ballot_incident",
          "election_id = %(election)s AND roll_entry_id IS NOT NULL", "roll_entry_id = NULL"),
    Going("letters", "Letters, of which the recipient’s pseudonym goes", "office_letter",
          "dispatch_id IN (SELECT id FROM office_dispatch WHERE reference = %(roll)s)",
          "recipient = gen_random_uuid()::text"),
    Going("shares", "Shares of the key, in a demonstration", "ballot_demonstrationshare",
          _through("trustee_id", "ballot_trustee")),
    Going("blob-pieces", "Pieces of lists of keys and envelopes, and of boxes",
          "ballot_blobchunk", "blob_id = ANY(%(blobs)s)"),
)  # fmt: skip


def values_of(election: Election, blobs: list[int]) -> dict[str, Any]:
    """What stands for the names in `Going`."""
    roll = election.roll.public_id if election.roll is not None else None
    return {"election": election.pk, "roll": roll, "blobs": blobs}


def what_goes(election: Election) -> list[tuple[str, int]]:
    """What would be destroyed now, in words, and how many rows of it; what there is none of, not.
    """
    blobs = [*blobs_going(election), *blobs_under_seal(election)]
    values = values_of(election, [blob.pk for blob in blobs])
    rows = []
    with connection.cursor() as cursor:
        for one in GOING:
            # Both are of the table above; what is anybody's is in the values.
            cursor.execute(f"SELECT count(*) FROM {one.table} WHERE {one.which}", values)  # noqa: S608
            rows.append((one.words, int(cursor.fetchone()[0])))
    return [(words, number) for words, number in rows if number]


def blobs_going(election: Election) -> list[Blob]:
    """The blobs whose bytes go, in the order in which the board names them.

    Lists of keys and boxes are drawn at random, so that no other election names the same bytes; the
    blob of no bytes, which any may name, stays.
    """
    named: dict[str, None] = {}
    for content in _contents(election):
        named |= dict.fromkeys(one.sha256 for one in blobs_named(content))
        named |= dict.fromkeys(_sealed_in(content))
    return _blobs_of(named)


def blobs_under_seal(election: Election) -> list[Blob]:
    """The lists of keys that only the blobs of sealed keys name (services/sealed_keys.py).

    A reconciliation puts them on the board; an election that became void before it never does. No
    certificate names these: beside a copy of all keys, the hash of a short list would tell whose
    code died, and so who had not voted.
    """
    sealed = [name for content in _contents(election) for name in _sealed_in(content)]
    going = {blob.pk for blob in blobs_going(election)}
    named: dict[str, None] = {}
    for blob in _blobs_of(sealed):
        if not was_emptied(blob):
            keys = read_canonical(whole_blob(blob))
            named |= dict.fromkeys(one.sha256 for one in blobs_named(keys))
    return [blob for blob in _blobs_of(named) if blob.pk not in going]


def _contents(election: Election) -> Iterator[Any]:
    kinds = _NAMING_WHEN_VOID if election.stage == State.VOID else _NAMING
    entries = Entry.objects.filter(election=election, kind__in=kinds).order_by("number")
    for body in entries.values_list("body", flat=True):
        said: Any = read_canonical(bytes(body))
        yield said["content"]


def _sealed_in(content: Any) -> Iterator[str]:
    """The hash by which alone an amendment, or an entry of the kind keys, says its keys."""
    keys = content.get("keys", content)
    if isinstance(keys, dict) and set(keys) == {"sealed"}:
        yield keys["sealed"]


def _blobs_of(names: Collection[str]) -> list[Blob]:
    """Those that have any bytes, in the order of the names."""
    found = Blob.objects.filter(
        sha256__in=[bytes.fromhex(name) for name in names], size_bytes__gt=0
    )
    blobs = {bytes(blob.sha256).hex(): blob for blob in found}
    return [blobs[name] for name in names if name in blobs]


def order_of(election: Election) -> BallotDestruction | None:
    """The order to destroy, carried out or not."""
    return BallotDestruction.objects.filter(election=election).first()


def destroyed_at(election: Election) -> datetime | None:
    """When the sealed ballots were destroyed; None: they are there, or there never were any."""
    rows = BallotDestruction.objects.filter(election=election, destroyed_at__isnull=False)
    return rows.values_list("destroyed_at", flat=True).first()


def destroyed_sentence(election: Election) -> str:
    """That the ballots were destroyed, and when; empty where they were not."""
    at = destroyed_at(election)
    if at is None:
        return ""
    return (
        "The sealed ballots, the marked register and the voting keys were destroyed on "
        f"{in_zone(at, election.zone)}, once the notice of poll kept them no longer."
    )


def require_kept(election: Election) -> None:
    """Refuse what needs rows that were destroyed, saying when that was."""
    if said := destroyed_sentence(election):
        raise Refusal(
            "destruction.done",
            f"{said} What this page showed went with them. Every act of the election, and the "
            "certificate of the destruction, stay on the board.",
            status=410,
        )


def kept_election(slug: str) -> Election:
    """The election of an address, for a page that shows rows which a destruction takes."""
    election = election_by_slug(slug)
    require_kept(election)
    return election


def require_destructible(election: Election, *, now: datetime) -> None:
    """Refuse to order the destruction before the notice's days of keeping are over."""
    if order_of(election) is not None:
        raise Refusal("destruction.twice", "The destruction has been ordered already.")
    if election.stage not in DESTROYED_IN:
        raise Refusal(
            "destruction.not-archived",
            "Only the ballots of an archived or of a void election are destroyed. Archive it "
            "first.",
        )
    last = kept_until(election)
    if last is None:
        raise Refusal(
            "destruction.no-notice",
            "This election became void before its notice was published: nobody had a paper, and "
            "there is nothing to destroy.",
        )
    if not is_past(last, election, now=now):
        raise Refusal(
            "destruction.kept-by-notice",
            f"The notice keeps the ballots and the marked register until {day_words(last)}, that "
            "day included. Order it after that.",
        )


def require_not_ordered(election: Election) -> None:
    """Refuse an act that the destruction ends: what it would be made from goes."""
    if order_of(election) is not None:
        raise Refusal(
            "destruction.ordered",
            "Two officers have ordered that the sealed ballots be destroyed. The declaration is "
            "final.",
        )


def was_emptied(blob: Blob) -> bool:
    """Whether the bytes of a blob were destroyed: its name and its size are all that is left."""
    return blob.size_bytes > 0 and not BlobChunk.objects.filter(blob=blob).exists()


def papers_on_board(election: Election) -> Iterator[tuple[str, int, bytes]]:
    """Every entry that electors sent, in order: kind, number and bytes."""
    rows = Entry.objects.filter(election=election, kind__in=PAPERS).order_by("number")
    for kind, number, body in rows.values_list("kind", "number", "body").iterator(chunk_size=4096):
        yield kind, number, bytes(body)
