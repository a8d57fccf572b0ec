"""What agents and scrutineers signed, objected to and reported on, for a reader."""

from __future__ import annotations

from dataclasses import dataclass

from ballot.models import Attestation, Election
from ballot.times import in_zone

_About = Attestation.About


@dataclass(frozen=True, slots=True)
class AttestationShown:
    """One of them.

    entry: the number of the last entry of the board whose root is named.
    words: empty too where the reader may not read them yet.
    """

    who: str
    says: str
    when: str
    entry: str
    root: str
    words: str


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part of the election, with all that was said of it, the oldest first."""

    about: str
    attestations: tuple[AttestationShown, ...]


def attested(election: Election, *, reader: int | None = None) -> list[PartShown]:
    """All that was said, by the part that it is about.

    reader: somebody who of a count that is not declared reads their own words alone, since those
            of others may hold its figures. None: somebody who reads all.
    """
    parts = [part_shown(election, about, reader=reader) for about in _About]
    return [part for part in parts if part.attestations]


def published(election: Election) -> list[PartShown]:
    """What anybody reads at the end. Of a void election nothing that was said of its count, which
    is withheld for ever (mapping/entry.py)."""
    parts = [
        part_shown(election, about)
        for about in _About if about != _About.COUNT or election.stage.is_declared
    ]
    return [part for part in parts if part.attestations]


def part_shown(
    election: Election, about: Attestation.About, *, reader: int | None = None
) -> PartShown:
    """What was said of one part. reader: as in `attested`."""
    rows = Attestation.objects.filter(election=election, about=about).select_related("checkpoint")
    reads_all = reader is None or about != _About.COUNT or election.stage.is_declared
    return PartShown(about.label, tuple(
        _shown(one, election.zone, words=one.words if reads_all or one.by_id == reader else "")
        for one in rows
    ))


def _shown(one: Attestation, zone: str, *, words: str) -> AttestationShown:
    return AttestationShown(
        who=f"{one.name}, {one.role}",
        says=one.get_says_display(),
        when=in_zone(one.attested_at, zone),
        entry=f"{one.checkpoint.size - 1:,}",
        root=bytes(one.checkpoint.root).hex(),
        words=words,
    )
