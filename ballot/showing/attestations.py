"""What agents and scrutineers signed, objected to and reported on, for a reader."""

from __future__ import annotations

from dataclasses import dataclass

from ballot.models import Attestation, Election
from ballot.times import in_zone


@dataclass(frozen=True, slots=True)
class AttestationShown:
    """One of them. entry: the number of the last entry of the board whose root is named."""

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


def attested(election: Election) -> list[PartShown]:
    """All that was said, by the part that it is about."""
    parts = [part_shown(election, about) for about in Attestation.About]
    return [part for part in parts if part.attestations]


def part_shown(election: Election, about: Attestation.About) -> PartShown:
    """What was said of one part."""
    rows = Attestation.objects.filter(election=election, about=about).select_related("checkpoint")
    return PartShown(about.label, tuple(_shown(one, election.zone) for one in rows))


def _shown(one: Attestation, zone: str) -> AttestationShown:
    return AttestationShown(
        who=f"{one.name}, {one.role}",
        says=one.get_says_display(),
        when=in_zone(one.attested_at, zone),
        entry=f"{one.checkpoint.size - 1:,}",
        root=bytes(one.checkpoint.root).hex(),
        words=one.words,
    )
