"""What is read of an election: its paper, its key, its codes. Nothing writes here."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ballot.issuance.lists import Kind
from ballot.mapping.notice import contest_code
from ballot.models import (
    Blob,
    BlobChunk,
    Candidate,
    Contest,
    Election,
    Entry,
    HandedIn,
    IssuerRequest,
    RegisterMark,
)
from ballot.names_order import lot_key
from ballot.sealing.keys import ElectionKey
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.setting import Setting
from ballot.who_stands import is_by_lot, names_seed, rejected
from office.models import Job
from office.refusal import Refusal

CHECK_JOB: Final = "check_handed_in"
"""The kind of the jobs that check what trustees handed in."""


def election_by_slug(slug: str) -> Election:
    """The election of an address, or a refusal that says no more than that there is none."""
    election = Election.objects.filter(slug=slug).first()
    if election is None:
        raise Refusal("election.none", "There is no election at this address.", status=404)
    return election


@dataclass(frozen=True, slots=True)
class FrozenRoll:
    """What the contest needs to know of its roll."""

    pk: int
    public_id: uuid.UUID


def roll_of(election: Election) -> FrozenRoll:
    """The election's frozen roll, or a refusal that there is none yet."""
    roll = election.roll
    if roll is None:
        raise Refusal("roll.not-frozen", "The roll has not been frozen yet.")
    return FrozenRoll(roll.pk, roll.public_id)


def contested(election: Election) -> list[Contest]:
    """The contests that stand on the paper, in its order: all but the unopposed."""
    return list(election.contests.filter(unopposed=False).order_by("position"))


def contest_codes(election: Election) -> list[str]:
    """The contests on the paper, as the proofs name them."""
    return [contest_code(contest) for contest in contested(election)]


def standing(contest: Contest) -> list[Candidate]:
    """Those who stand: who has not withdrawn and was not rejected, in the order of the paper.

    By their places once they are settled; before it by the lot, where one was drawn, or by name.
    "Re-open nominations" always comes last.
    """
    candidates = contest.candidates.filter(withdrawn_at__isnull=True).defer("photo")
    seed = names_seed(contest.election_id) if is_by_lot(contest) else None

    def place(one: Candidate) -> tuple[bool, int, bytes, str, int]:
        drawn = b"" if seed is None else lot_key(one.name, contest=contest.title, seed=seed)
        settled = one.position if one.position is not None else -1
        return one.is_reopen_nominations, settled, drawn, one.name.casefold(), one.pk

    return sorted(candidates.exclude(pk__in=list(rejected(contest))), key=place)


def may_be_struck(contest: Contest) -> bool:
    """Whether nobody stands in a contest, so that it may be struck once its notice is out.

    The last contest may not: an election without one is void. Nor may one in which a body has
    nominated: what it handed in is kept.
    """
    people = [one for one in standing(contest) if not one.is_reopen_nominations]
    others = Contest.objects.filter(election=contest.election_id).exclude(pk=contest.pk)
    return not people and not contest.nominations.exists() and others.exists()


def on_paper(contest: Contest) -> list[Candidate]:
    """Those whom the paper names, in its order; who withdrew since stays on it."""
    return list(contest.candidates.filter(position__isnull=False).order_by("position"))


def ranking_space(contest: Contest) -> RankingSpace:
    """All rankings that the contest's rules allow, numbered (sealing spec)."""
    candidates = len(on_paper(contest))
    return RankingSpace(candidates, min(contest.max_preferences or candidates, candidates))


def key_of(election: Election) -> ElectionKey:
    """The election's key and its trustees' public shares."""
    if election.key is None:
        raise Refusal("key.none", "The key has not been set up yet.", status=409)
    return ElectionKey.parse(election.key)


def setting_of(election: Election) -> Setting:
    """What every proof of this election is bound to: its fingerprint and its key."""
    if election.fingerprint is None:
        raise Refusal("poll.not-opened", "The poll has not been opened yet.", status=409)
    return Setting(bytes(election.fingerprint), key_of(election).public_key)


def read_blob(blob: Blob) -> Iterator[bytes]:
    """A blob's bytes, a chunk at a time."""
    chunks = BlobChunk.objects.filter(blob=blob).order_by("number")
    for content in chunks.values_list("content", flat=True).iterator(chunk_size=4):
        yield bytes(content)


def whole_blob(blob: Blob) -> bytes:
    """A blob's bytes at once, or a refusal where they are no longer those of its name."""
    content = b"".join(read_blob(blob))
    if hashlib.sha256(content).digest() != bytes(blob.sha256):
        raise Refusal(
            "blob.not-as-named",
            f"The stored bytes {blob} do not give the hash that is their name. Somebody has "
            "changed the database.",
        )
    return content


def is_being_checked(kept: HandedIn) -> bool:
    """Whether a worker checks what a trustee handed in, or is about to: no job of it has failed."""
    under_way = (Job.State.OPEN, Job.State.CLAIMED)
    subject = {"subject_kind": "handed_in", "subject_id": str(kept.pk)}
    return Job.objects.filter(kind=CHECK_JOB, state__in=under_way, **subject).exists()


def issuer_is_awaited(election: Election) -> bool:
    """Whether the outside issuer has still to sign what amendments of the roll did to the keys.

    Each amendment after the codes is followed by what the issuer says to it, whether that is
    something or nothing: else the board would tell by its silence that somebody struck off had
    voted.
    """
    if election.issuer is None:
        return False
    asked = IssuerRequest.objects.filter(election=election, state=IssuerRequest.State.OPEN)
    if asked.exclude(kind=Kind.REISSUE.value).exists():
        return True
    newest = Entry.objects.filter(
        election=election, ballot__isnull=True, kind__in=["amendment", "credentials", "keys"]
    )
    last = newest.order_by("-number").values_list("kind", flat=True).first()
    return last == "amendment" and codes_made(election)


def codes_made(election: Election) -> bool:
    """Whether the board names the public halves of the codes of the roll as it stands.

    That entry is written once every elector has a code, and the opening binds the poll to it; an
    entry before a withdrawal is of a roll that was given up.
    """
    kinds = Entry.objects.filter(election=election, kind__in=["credentials", "roll-withdrawn"])
    newest = kinds.order_by("-number").values_list("kind", flat=True).first()
    return newest == "credentials"


def voted_among(pseudonyms: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Of these roll entries, those against whom a ballot is marked."""
    marks = RegisterMark.objects.filter(roll_entry__public_id__in=list(pseudonyms))
    return set(marks.values_list("roll_entry__public_id", flat=True))
