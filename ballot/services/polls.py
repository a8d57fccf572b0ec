"""A poll as casting needs it: what of an election never changes once it is open."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from ballot.mapping.notice import contest_code
from ballot.models import Election
from ballot.published import board_key
from ballot.sealing.setting import Setting
from ballot.selectors import contested, setting_of
from office.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Poll:
    """What of an election never changes once the poll is open, as casting needs it."""

    election_id: int
    slug: str
    zone: str
    setting: Setting
    contest_ids: tuple[int, ...]
    contest_codes: tuple[str, ...]
    board: str


@functools.lru_cache(maxsize=64)
def poll_of(election_id: int, fingerprint: bytes) -> Poll:
    """The poll of an opened election; kept by process, for the opening fixes all of it."""
    election = Election.objects.get(pk=election_id)
    if bytes(election.fingerprint or b"") != fingerprint:
        raise LookupError("the election has another fingerprint")
    contests = contested(election)
    return Poll(
        election_id=election_id,
        slug=election.slug,
        zone=election.zone,
        setting=setting_of(election),
        contest_ids=tuple(contest.pk for contest in contests),
        contest_codes=tuple(contest_code(contest) for contest in contests),
        board=board_key(election).name,
    )


def poll_of_row(found: tuple[Any, ...] | None) -> Poll:
    """The poll of a row that begins with an election's id and fingerprint."""
    if found is None:
        raise Refusal("election.none", "There is no election at this address.", status=404)
    if found[1] is None:
        raise Refusal("poll.not-opened", "The poll has not been opened yet.")
    return poll_of(found[0], bytes(found[1]))


def poll_at(slug: str) -> Poll:
    """The poll at an address; refused before the opening."""
    rows = Election.objects.filter(slug=slug).values_list("pk", "fingerprint")
    return poll_of_row(rows.first())
