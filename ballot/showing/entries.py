"""An entry of the board as its page shows it.

What would give the result away is told by number, kind and hash alone until two officers declare
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ballot.canonical import read_canonical
from ballot.mapping.blobs import BlobNamed, blobs_named
from ballot.mapping.entry import WITHHELD, entry_digest
from ballot.models import Election, Entry
from ballot.published import logged_leaf
from ballot.showing.sentences import SENTENCES, in_words
from ballot.times import in_zone

WITHHELD_SENTENCE = (
    "What it says is published with the declaration of the result; until then it stands here by "
    "its hash."
)
DESTROYED_SENTENCE = "It was destroyed once the notice kept it no longer. Its hash stays."


@dataclass(frozen=True, slots=True)
class EntryShown:
    """An entry for a reader: its number, what it says, when, and its name."""

    number: int
    kind: str
    title: str
    sentence: str
    when: str
    digest: str
    blobs: tuple[BlobNamed, ...] = ()
    is_withheld: bool = False
    is_destroyed: bool = False


def is_withheld(kind: str, *, election: Election) -> bool:
    """Whether an entry of this kind waits for the declaration; in a void election, for ever."""
    return kind in WITHHELD and not election.stage.is_declared


def shown(entry: Entry, *, election: Election, section_names: Mapping[str, str]) -> EntryShown:
    """An entry in words. A ballot bears no time."""
    body = bytes(entry.body)
    if not body:
        return _destroyed(entry, election)
    digest = entry_digest(entry.kind, body).hex()
    read: Any = read_canonical(body)
    title, sentence = in_words(
        entry.kind, read["content"], zone=election.zone, section_names=section_names
    )
    if is_withheld(entry.kind, election=election):
        return EntryShown(
            entry.number, entry.kind, title, WITHHELD_SENTENCE, "", digest, is_withheld=True
        )
    at = read["at"]
    when = in_zone(datetime.fromisoformat(at), election.zone) if at else ""
    return EntryShown(
        entry.number,
        entry.kind,
        title,
        sentence,
        when,
        digest,
        tuple(blobs_named(read["content"])),
    )


def _destroyed(entry: Entry, election: Election) -> EntryShown:
    """What is left of an entry that was destroyed: its number, its kind and its leaf in the log."""
    title, _ = SENTENCES[entry.kind]
    return EntryShown(
        entry.number, entry.kind, title, DESTROYED_SENTENCE, "",
        logged_leaf(election, entry.number).hex(), is_destroyed=True,
    )
