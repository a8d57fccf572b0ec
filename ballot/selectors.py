"""What is read of an election: its paper, its key, its boxes. Nothing writes here."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection

from ballot.counting import Count, count, rules_data
from ballot.counting.profile import Profile, parse_profile
from ballot.counting.rules import EarlierStages, Lot, Rules, TieRule
from ballot.counting.rules import Method as CountMethod
from ballot.counting.rules import Stop as CountStop
from ballot.issuance.lists import Kind
from ballot.mapping.notice import contest_code
from ballot.models import (
    AfterCast,
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
from ballot.models import TieRule as Ties
from ballot.names_order import lot_key
from ballot.sealing.keys import ElectionKey
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.setting import Setting
from ballot.tellers import Opened
from ballot.who_stands import is_by_lot, names_seed, passed_over, rejected
from ballot.worth import weighting_of
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

    return sorted(candidates.exclude(pk__in=rejected(contest)), key=place)


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


def profile_of(contest: Contest) -> Profile:
    """The opened papers of a contest, box by box, as the counting core takes them."""
    space = ranking_space(contest)
    papers: dict[str, dict[tuple[int, ...], int]] = {}
    rejected: dict[str, int] = {}
    for box in contest.boxes.select_related("profile").order_by("number"):
        lines = box.profile.lines.values_list("ranking", "papers")
        papers[box.label] = {space.ranking(ranking): number for ranking, number in lines}
        rejected[box.label] = box.profile.papers_rejected
    return parse_profile(
        [candidate.name for candidate in on_paper(contest)],
        papers,
        withdrawn=passed_over(contest),
        rejected=rejected,
        title=contest.title,
        places=contest.places,
    )


def rules_of_count(contest: Contest) -> Rules:
    """The rules that the notice gave for a contest's count, with the lots drawn since."""
    lots: list[TieRule] = [
        Lot(tuple(lot.drawn), frozenset(lot.among)) for lot in contest.lots.all()
    ]
    first: list[TieRule] = (
        [EarlierStages()] if contest.tie_rule == Ties.EARLIER_THEN_LOT else []
    )
    return Rules(
        method=CountMethod(contest.method),
        stop=CountStop(contest.stop),
        ties=(*first, *lots),
        weighting=weighting_of(contest),
    )


def counted(contest: Contest) -> Count:
    """Count a contest's opened papers by its rules. Raises UnsettledTie where a lot is wanted."""
    return count(profile_of(contest), rules_of_count(contest))


def papers_for_tellers(contest: Contest) -> Opened:
    """The same papers, box by box, as the tellers take them: rows as they stand, not yet read."""
    boxes = contest.boxes.select_related("profile").order_by("number")
    candidates = [candidate.name for candidate in on_paper(contest)]
    return Opened(
        candidates,
        most=min(contest.max_preferences or len(candidates), len(candidates)),
        boxes={box.label: list(box.profile.lines.values_list("ranking", "papers"))
               for box in boxes},
        rules=rules_data(rules_of_count(contest)),
        rejected={box.label: box.profile.papers_rejected for box in boxes},
        withdrawn=[candidates[place] for place in sorted(passed_over(contest))],
    )


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


@dataclass(frozen=True, slots=True)
class StruckBallot:
    """The ballot of somebody struck off the roll after casting it.

    is_due: whether the notice's rule sets it aside. entry: its number on the board, if there.
    """

    ballot_id: int
    tracker: bytes
    reason: str
    amendment: int
    section: str
    entry: int | None
    is_set_aside: bool
    is_due: bool


_STRUCK_BALLOTS = """
SELECT b.id, b.tracker, x.reason, x.amendment, s.name, e.number, n.ballot_id IS NOT NULL
  FROM members_struckentry x
  JOIN ballot_credential c ON c.roll_entry_id = x.entry_id AND c.election_id = %(election)s
  JOIN ballot_sealedballot b ON b.credential_id = c.id
  JOIN members_rollentry r ON r.id = x.entry_id
  JOIN members_section s ON s.id = r.section_id
  LEFT JOIN ballot_entry e ON e.ballot_id = b.id
  LEFT JOIN ballot_setasidenow n ON n.ballot_id = b.id
 WHERE x.roll_id = %(roll)s ORDER BY b.tracker
"""


def struck_ballots(election: Election) -> list[StruckBallot]:
    """The ballots of those who were struck off after casting, and what the rule says of each."""
    with connection.cursor() as cursor:
        cursor.execute(_STRUCK_BALLOTS, {"election": election.pk, "roll": election.roll_id})
        rows = cursor.fetchall()
    return [
        StruckBallot(ballot, bytes(tracker), reason, amendment, section, entry, is_set_aside,
                     is_due=after_cast(election, reason) == AfterCast.SET_ASIDE)
        for ballot, tracker, reason, amendment, section, entry, is_set_aside in rows
    ]


def after_cast(election: Election, reason: str) -> str:
    """What the notice says of the ballot of somebody struck off for this reason after casting.

    Of somebody who was on the roll twice, the ballot under the entry struck off never counts.
    """
    if reason == "duplicate":
        return AfterCast.SET_ASIDE.value
    if reason == "died":
        return election.ballot_of_dead
    if reason == "resigned":
        return election.ballot_of_resigned
    return election.ballot_of_excluded


def set_aside_due(election: Election) -> list[StruckBallot]:
    """The ballots that are still to be set aside before the boxes are fixed."""
    return [one for one in struck_ballots(election) if one.is_due and not one.is_set_aside]


def voted_among(pseudonyms: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Of these roll entries, those against whom a ballot is marked."""
    marks = RegisterMark.objects.filter(roll_entry__public_id__in=list(pseudonyms))
    return set(marks.values_list("roll_entry__public_id", flat=True))
