"""Between rows and what stands on the board: each entry's content as canonical values.

One function a kind of entry, so that reading this file tells what the board says. Nothing here
names a person, save candidates and officers in their public office.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ballot.board.logged import logged
from ballot.board.tree import leaf_hash
from ballot.canonical import Json, canonical
from ballot.models import (
    Blob,
    Box,
    Candidate,
    Challenge,
    ChallengedVote,
    Contest,
    Count,
    DrawnLot,
    Election,
    Mix,
    PartialOpening,
    Recount,
    Teller,
)
from ballot.sealing.ballot import SealedBallot
from ballot.sealing.messages import Ceremony
from members.selectors import Link


def utc(moment: datetime | None) -> str | None:
    """A time as it stands on the board: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def entry_body(
    *,
    election: uuid.UUID,
    kind: str,
    number: int,
    at: datetime | None,
    content: Json,
) -> bytes:
    """The canonical bytes of an entry. Ballots and challenges bear no time: `at` is None."""
    return canonical(
        {
            "at": utc(at),
            "content": content,
            "election": str(election),
            "kind": kind,
            "number": number,
            "version": "hustings/v1",
        }
    )


# What gives the result away: a quorum's parts open a box, and the rest is made of what was in it.
WITHHELD: Final = frozenset({"part", "profile", "lot", "count", "recount"})


def log_entry(kind: str, body: bytes) -> bytes:
    """What the public log holds of an entry: itself, or what stands in for it."""
    return logged(body, is_withheld=kind in WITHHELD)


def entry_digest(kind: str, body: bytes) -> bytes:
    """The name of an entry: its leaf hash on the log (RFC 6962, section 2.1)."""
    return leaf_hash(log_entry(kind, body))


def ballot_content(
    public_key: bytes, votes: Sequence[bytes], signature: bytes
) -> dict[str, Json]:
    """A sealed ballot: credential, one sealed vote a contest in the order of the paper."""
    return {
        "credential": bytes(public_key).hex(),
        "signature": bytes(signature).hex(),
        "votes": [bytes(vote).hex() for vote in votes],
    }


def challenge_content(
    challenge: Challenge, votes: Iterable[ChallengedVote]
) -> dict[str, Json]:
    """A challenged paper, opened, in the order of the paper: no credential and no proof (§6.7)."""
    return {
        "section": challenge.section.code,
        "tracker": bytes(challenge.tracker).hex(),
        "unit": None,
        "votes": [
            {
                "c1": bytes(vote.c1).hex(),
                "c2": bytes(vote.c2).hex(),
                "r": bytes(vote.randomness).hex(),
                "ranking": vote.ranking,
            }
            for vote in votes
        ],
    }


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


def contest_content(
    contest: Contest, candidates: Iterable[Candidate]
) -> dict[str, Json]:
    """A contest as the notice and the statement of persons nominated name it."""
    return {
        "candidates": [candidate.name for candidate in candidates],
        "gates": contest.gates.splitlines(),
        "max_preferences": contest.max_preferences,
        "method": contest.method,
        "names_order": contest.names_order,
        "places": contest.places,
        "points": contest.points,
        "points_floor": contest.points_floor,
        "position": contest.position,
        "reopen_nominations": contest.reopen_nominations,
        "stop": contest.stop,
        "ticket": contest.ticket,
        "tie_rule": contest.tie_rule,
        "title": contest.title,
        "unopposed": contest.unopposed,
        "votes_of_withdrawn": contest.votes_of_withdrawn,
        "weights": contest.weights,
    }


def notice_content(
    election: Election,
    contests: Iterable[Contest],
    rules: Json,
    *,
    board: str,
    dates: Mapping[str, datetime],
    words: Json,
) -> dict[str, Json]:
    """The notice of poll: everything that is settled before anybody stands.

    board: the public key that signs this board, with its name (docs/spec/board.md, 5.2).
    dates: of the timetable, without the election's own hours, in its order.
    words: the notice as people read it: each part a `heading` and its `paragraphs`.
    """
    return {
        "board": board,
        "closes_at": utc(election.closes_at),
        "complaints": election.complaints,
        "contests": [contest_content(contest, ()) for contest in contests],
        "deputy": election.deputy,
        "eligibility": rules,
        "helped_routes": election.helped_routes,
        "after_cast": after_cast_content(election),
        "after_count": after_count_content(election),
        "issuer": issuer_content(election),
        "letters_in_welsh": election.letters_in_welsh,
        "mixes_wanted": election.mixes_wanted,
        "nominations_close_at": utc(election.nominations_close_at),
        "opens_at": utc(election.opens_at),
        "party": election.party,
        "postal_papers": election.postal_papers,
        "rehearsal": election.demonstration,
        "reminders": [
            utc(at) for at in (election.reminder_at, election.last_reminder_at) if at
        ],
        "returning_officer": election.returning_officer,
        "scrutineer": election.scrutineer,
        "smallest_box": election.smallest_box,
        "timetable": [{"at": utc(at), "step": step} for step, at in dates.items()],
        "title": election.title,
        "turnout_by_section_shows_during_the_poll": election.turnout_by_section,
        "words": words,
        "zone": election.zone,
    }


def issuer_content(election: Election) -> Json:
    """Who makes the codes outside, and the key that they sign with; null: the server does."""
    if election.issuer is None:
        return None
    return {"key": election.issuer["key"], "name": election.issuer["name"]}


def after_cast_content(election: Election) -> dict[str, Json]:
    """What becomes of a ballot whose elector is struck off after casting, by the reason."""
    return {
        "dead": election.ballot_of_dead,
        "duplicate": "set-aside",
        "excluded": election.ballot_of_excluded,
        "resigned": election.ballot_of_resigned,
    }


def after_count_content(election: Election) -> dict[str, Json]:
    """What the notice says of recounts, turnout, challenges, and how long all is kept."""
    return {
        "challenge_days": election.challenge_days,
        "keep_days": election.keep_days,
        "recount_margin_permille": election.recount_margin_permille,
        "recount_on_request": election.recount_on_request,
        "turnout_base": election.turnout_base,
    }


def contest_code(contest: Contest) -> str:
    """The name by which a contest is bound into every proof: stable, and not its title."""
    return f"contest-{contest.position + 1}"


def blob_reference(blob: Blob) -> dict[str, Json]:
    """What an entry says of a blob: its hash and its size."""
    return {"sha256": bytes(blob.sha256).hex(), "size_bytes": blob.size_bytes}


@dataclass(frozen=True, slots=True)
class BlobNamed:
    """Bytes that an entry names by their hash."""

    sha256: str
    size_bytes: int


def blobs_named(content: Any) -> Iterator[BlobNamed]:
    """Every blob that an entry's content names, however deep."""
    if isinstance(content, Mapping):
        if set(content) == {"sha256", "size_bytes"}:
            yield BlobNamed(content["sha256"], content["size_bytes"])
            return
        content = list(content.values())
    if isinstance(content, list):
        for part in content:
            yield from blobs_named(part)


def box_content(box: Box) -> dict[str, Json]:
    """A box as the close fixed it, within the reconciliation."""
    return {
        "ballots": box.ballots,
        "contest": contest_code(box.contest),
        "digest": bytes(box.digest).hex(),
        "number": box.number,
        "sealed": blob_reference(box.sealed),
        "sections": list(box.sections.order_by("code").values_list("code", flat=True)),
    }


def mix_content(step: Mix) -> dict[str, Json]:
    """One mixer's mix of a box, with its proof; of a trustee, with their signature."""
    return {
        "box": step.box.number,
        "contest": contest_code(step.box.contest),
        "content": blob_reference(step.content),
        "mixer": step.mixer,
        "number": step.number,
        "signature": bytes(step.signature).hex() if step.signature is not None else None,
        "trustee": step.trustee.number if step.trustee is not None else None,
    }


def ceremony_content(frame: Ceremony) -> dict[str, Json]:
    """The frame of a key ceremony: what is new of it, and who takes part, from number 1."""
    return {
        "identifier": frame.ceremony_id.hex(),
        "quorum": frame.quorum,
        "trustees": list(frame.trustees),
    }


def read_frame(content: Mapping[str, Any]) -> Ceremony:
    """The frame of a key ceremony, from what its entry says."""
    names = tuple(content["trustees"])
    return Ceremony(bytes.fromhex(content["identifier"]), names, content["quorum"])


def held_content(*, trustee: int, size: int, proof: bytes) -> dict[str, Json]:
    """That a trustee holds their share still. size: of the log whose root was the question."""
    return {"proof": proof.hex(), "size": size, "trustee": trustee}


def commitment_content(opening: PartialOpening) -> dict[str, Json]:
    """What a trustee promises to reveal of a box, by its hash, signed with their share."""
    return {
        "box": opening.box.number,
        "commitment": bytes(opening.commitment).hex(),
        "contest": contest_code(opening.box.contest),
        "signature": bytes(opening.signature).hex(),
        "trustee": opening.trustee.number,
    }


def part_content(opening: PartialOpening, content: Blob) -> dict[str, Json]:
    """A trustee's part of a box, as revealed."""
    return {
        "box": opening.box.number,
        "content": blob_reference(content),
        "contest": contest_code(opening.box.contest),
        "trustee": opening.trustee.number,
    }


def profile_lines(profile: Iterable[tuple[int, int]]) -> bytes:
    """An opened box as bytes: a line a ranking, its number and its papers, in their order."""
    return "".join(f"{ranking},{papers}\n" for ranking, papers in sorted(profile)).encode()


def profile_content(box: Box, *, papers: int, rejected: int, lines: bytes) -> dict[str, Json]:
    """What an opened box holds. lines: those of profile_lines, which a blob keeps."""
    named = Blob(sha256=hashlib.sha256(lines).digest(), size_bytes=len(lines))
    return {
        "box": box.number,
        "contest": contest_code(box.contest),
        "papers": papers,
        "papers_rejected": rejected,
        "profile": blob_reference(named),
    }


def lot_content(lot: DrawnLot) -> dict[str, Json]:
    """A lot drawn in public, by places on the paper, and who saw it drawn."""
    return {
        "among": lot.among,
        "contest": contest_code(lot.contest),
        "drawn": lot.drawn,
        "witnesses": lot.witnesses,
    }


def count_content(count: Count) -> dict[str, Json]:
    """A contest as it was counted, and whether a second program agreed."""
    return {
        "contest": contest_code(count.contest),
        "second_count": count.second_count,
        "sheet": count.sheet,
    }


def recount_content(recount: Recount) -> dict[str, Json]:
    """A recount that was asked for, or that the notice demands, and what was decided of it."""
    return {
        "by_rule": recount.asked_by_id is None,
        "contest": contest_code(recount.contest),
        "granted": bool(recount.granted),
        "grounds": recount.grounds,
        "reason": recount.reason,
    }


def amendment_content(
    link: Link, *, roll: bytes, electors: Mapping[str, int]
) -> dict[str, Json]:
    """An amendment of the roll, without a name. electors: by section's code, after it.

    roll: the commitment of the roll as it was frozen, which says of which version this is.
    """
    return {
        "changes": [
            {"change": change, "people": people, "section": section}
            for change, section, people in link.changes
        ],
        "commitment": link.commitment.hex(),
        "electors": dict(electors),
        "kind": link.kind,
        "number": link.number,
        "previous": link.previous.hex(),
        "reason": link.reason,
        "roll": roll.hex(),
        "set": link.digest.hex(),
    }


def struck_ballot_content(
    *, tracker: bytes, entry: int | None, reason: str, amendment: int
) -> dict[str, Json]:
    """A ballot that is set aside or stands, by its tracker and its number on the board."""
    return {"amendment": amendment, "entry": entry, "reason": reason, "tracker": tracker.hex()}
