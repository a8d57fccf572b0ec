"""The end of the post: the papers go on the board, shuffled, with the account of the envelopes.

Every paper must be settled: two tellers sealed the same bytes, or found no paper. From then on the
boxes can be fixed (verify_register.py).
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from ballot.canonical import Json
from ballot.mapping.post import postal_paper_content
from ballot.models import Election
from ballot.postal import Paper, papers_of, post_by_section, tellers_keys
from ballot.sealing.ballot import SealedBallot
from ballot.sealing.errors import SealingError
from ballot.sealing.postal import check_postal
from ballot.selectors import contest_codes, setting_of
from ballot.services.board import append_entry
from ballot.services.moves import lock_election
from ballot.services.new_papers import require_new
from ballot.services.publish_board import publish_at_once
from ballot.services.read_papers import require_open
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record


@transaction.atomic
def account_for_post(
    election_id: int, *, by: int, seconded_by: int | None, now: datetime
) -> None:
    """Put every paper on the board, and what came of every envelope."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_accountable(election)
    papers = papers_of(election)
    sealed = [paper for paper in papers if not paper.is_empty]
    ballots = _checked(election, sealed)
    require_new(election, [ballot.to_bytes() for ballot in ballots], others=())
    contents = [
        postal_paper_content(ballot, paper.section.code, paper.number, _signatures(paper))
        for ballot, paper in zip(ballots, sealed, strict=True)
    ]
    # Not in the order in which they lay on the table.
    secrets.SystemRandom().shuffle(contents)
    for content in contents:
        append_entry(election, kind="postal-paper", content=content, now=None)
    append_entry(election, kind="post", content=post_content(election, papers), now=now)
    publish_at_once(election.pk, now=now)
    record("account_for_post", subject=("election", str(election.pk)), by=by,
           seconded_by=seconded_by, now=now, parameters={"papers": len(sealed)})


def require_accountable(election: Election) -> None:
    """Refuse while the papers are not open, are not all settled, or are accounted for already."""
    require_open(election)
    _require_settled(papers_of(election))


def _require_settled(papers: Sequence[Paper]) -> None:
    waiting = [paper for paper in papers if not paper.agrees]
    if waiting:
        first = ", ".join(f"{one.section.name} {one.number}" for one in waiting[:5])
        raise Refusal(
            "post.not-settled",
            f"{len(waiting)} of {len(papers)} papers are not settled yet: {first}. Let two tellers "
            "read each, and rule on those that they read apart.",
        )


def _signatures(paper: Paper) -> list[tuple[int, bytes]]:
    return [(one.teller.number, bytes(one.signature or b"")) for one in paper.readings]


def _checked(election: Election, papers: Sequence[Paper]) -> list[SealedBallot]:
    """The papers' ballots, checked once more as they were when they came."""
    check = partial(check_postal, setting=setting_of(election), contests=contest_codes(election),
                    tellers=tellers_keys(election))
    return [_checked_by(check, paper) for paper in papers]


def _checked_by(check: Callable[..., SealedBallot], paper: Paper) -> SealedBallot:
    try:
        return check(
            bytes(paper.readings[0].wire or b""), _signatures(paper), number=paper.number,
            section=paper.section.code,
        )
    except SealingError as wrong:
        raise Refusal(
            "post.paper-rejected",
            f"Paper {paper.number} of {paper.section.name} does not pass the check that it passed "
            f"when it was read ({wrong.condition}). Somebody has changed the database.",
        ) from wrong


def post_content(election: Election, papers: Sequence[Paper]) -> dict[str, Json]:
    """The account of the post (bundle §4.6): envelopes by section, rejections by reason."""
    empty = Counter(paper.section.code for paper in papers if paper.is_empty)
    return {
        "rejected": [
            {"contest": contest, "papers": number, "reason": reason}
            for (contest, reason), number in sorted(Counter(_rejections(papers)).items())
        ],
        "sections": [
            {
                "empty": empty[one.code],
                "issued": one.issued,
                "late": one.late,
                "papers": one.received - empty[one.code],
                "received": one.received,
                "refused": one.refused,
                "section": one.code,
            }
            for one in post_by_section(election)
        ],
    }


def _rejections(papers: Sequence[Paper]) -> Iterator[tuple[str, str]]:
    """Contest and reason of each rejection, by each paper's last ruling."""
    for paper in papers:
        if paper.rulings and not paper.is_empty:
            yield from paper.rulings[-1].rejected.items()
