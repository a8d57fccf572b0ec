"""Opening the boxes: a quorum of trustees each open their part, and the parts are combined.

A part is computed where its share is. It is committed to by hash before any is revealed, so that
no trustee can choose theirs by what the others show, and the commitment is signed with the share,
so that nobody commits in another's name. Each part is checked against the trustee's public share
before it is stored. What is stored at the end is a profile: how many papers gave each ranking. A
paper outside the table of rankings is one rejected paper, and the count goes on.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ballot.canonical import Json
from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.mapping.boxes import commitment_content, part_content, profile_content, profile_lines
from ballot.models import Box, Election, PartialOpening, Profile, ProfileLine, Trustee
from ballot.sealing.box import Box as SealedBox
from ballot.sealing.decoding import OpenedBox
from ballot.sealing.decoding import open_box as combine
from ballot.sealing.errors import SealingError
from ballot.sealing.keys import KeyShare
from ballot.sealing.maker import check_commitment_maker, sign_commitment
from ballot.sealing.opening import check_part, open_part, part_commitment, read_part, repeatable
from ballot.selectors import key_of, ranking_space, setting_of
from ballot.services.board import append_entry, salted, store_blob
from ballot.services.held_shares import held_shares
from ballot.services.mix_box import boxes_of
from ballot.services.moves import lock_election, move, require_state
from ballot.services.stored_boxes import box_name, mixed_box, revealed_parts
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def commit_part(
    box_id: int,
    *,
    number: int,
    commitment: bytes,
    signature: bytes,
    by: int | None,
    now: datetime,
) -> None:
    """A trustee commits to their part of a box; the same commitment again changes nothing.

    signature: 65 bytes, made with their share (sealing §10.3).
    """
    box = Box.objects.select_related("contest__election").get(pk=box_id)
    election = lock_election(box.contest.election_id)
    if box.openings.filter(trustee__number=number, commitment=commitment).exists():
        return
    require_state(election, State.MIXED)
    trustee = _holder(election, number)
    _require_signed(box, number=number, commitment=commitment, signature=signature)
    opening, made = PartialOpening.objects.get_or_create(
        box=box, trustee=trustee, defaults={"commitment": commitment, "signature": signature}
    )
    if not made:
        raise Refusal("opening.committed", f"{trustee} has committed to another part already.")
    append_entry(
        election, kind="opening-commitment", content=commitment_content(opening), now=now
    )
    record("hold_share", subject=("box", str(box.pk)), by=by, now=now,
           parameters={"part": "committed", "trustee": number})


def _require_signed(box: Box, *, number: int, commitment: bytes, signature: bytes) -> None:
    """Refuse a commitment that is not signed with the share of the trustee it is said to be of.

    A commitment binds for good, and makes up the quorum that others wait for: a seat alone, which
    a letter or an officer may let out, must not be enough to make one (sealing §10.3).
    """
    election = box.contest.election
    try:
        check_commitment_maker(
            commitment, signature, name=box_name(box), setting=setting_of(election),
            key=key_of(election), number=number,
        )
    except SealingError as refused:
        raise Refusal(
            "opening.not-signed",
            f"The commitment is not signed with the share of trustee {number} "
            f"({refused.condition}). It was not taken.",
            status=422,
        ) from refused


def reveal_part(
    box_id: int,
    *,
    number: int,
    content: bytes,
    by: int | None,
    now: datetime,
    mixed: SealedBox | None = None,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """A trustee reveals the part they committed to; it is checked, then stored.

    mixed: the box as the last mixer left it, where the caller has it at hand.
    """
    box = Box.objects.select_related("contest__election").get(pk=box_id)
    election = box.contest.election
    setting, key = setting_of(election), key_of(election)
    commitment = part_commitment(content, setting=setting, number=number)
    require_revealable(box, number=number, commitment=commitment)
    sealed = mixed if mixed is not None else mixed_box(box, processes=processes)
    try:
        part = read_part(content, box=sealed, processes=processes)
        if part.number != number:
            raise Refusal("opening.other-trustee", "This part is another trustee's.")
        check_part(sealed, part, setting=setting, key=key, processes=processes,
                   progress=lambda done, total: report(done=done, total=total))
    except SealingError as refused:
        raise Refusal(
            "opening.does-not-check",
            f"The part of trustee {number} does not pass its check ({refused.condition}). It was "
            "not taken.",
            status=422,
        ) from refused
    _store_part(box, number, content, by=by, now=now)


@transaction.atomic
def _store_part(box: Box, number: int, content: bytes, *, by: int | None, now: datetime) -> None:
    election = lock_election(box.contest.election_id)
    require_state(election, State.MIXED)
    blob = store_blob([content])
    opening = PartialOpening.objects.get(box=box, trustee__number=number)
    stored = PartialOpening.objects.filter(pk=opening.pk, content__isnull=True).update(
        content=blob
    )
    if not stored:
        return
    append_entry(election, kind="part", content=part_content(opening, blob), now=now)
    record("hold_share", subject=("box", str(box.pk)), by=by, now=now,
           parameters={"part": "revealed", "trustee": number})


def open_box(
    election_id: int,
    *,
    by: int | None,
    now: datetime,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """Combine a quorum's parts of every box into its profile, all boxes in one transaction."""
    election = Election.objects.get(pk=election_id)
    if election.demonstration:
        _open_held_parts(election, by=by, now=now, processes=processes, report=report)
    with transaction.atomic():
        election = lock_election(election_id)
        require_ready(election, "open_box", now=now)
        for box in boxes_of(election):
            report(stage=f"Opening {box}", done=0, total=box.ballots, unit="papers")
            opened = _combine(election, box, processes=processes, report=report)
            _store_profile(box, opened)
            append_entry(
                election, kind="profile", content=salted(_profile_content(box, opened)), now=now
            )
        move(election, State.OPENED)
        record("open_box", subject=("election", str(election.pk)), by=by, now=now)


def _combine(
    election: Election, box: Box, *, processes: int, report: Report
) -> OpenedBox:
    key = key_of(election)
    sealed = mixed_box(box, processes=processes)
    parts = [
        read_part(content, box=sealed, processes=processes)
        for content in revealed_parts(box)[: key.quorum]
    ]
    return combine(
        sealed, parts, key=key, space=ranking_space(box.contest), processes=processes,
        progress=lambda done, total: report(done=done, total=total),
    )


def _store_profile(box: Box, opened: OpenedBox) -> None:
    profile = Profile.objects.create(
        box=box, papers=opened.papers, papers_rejected=opened.rejected
    )
    ProfileLine.objects.bulk_create(
        [
            ProfileLine(profile=profile, ranking=ranking, papers=papers)
            for ranking, papers in sorted(opened.profile.items())
        ],
        batch_size=5000,
    )


def _profile_content(box: Box, opened: OpenedBox) -> dict[str, Json]:
    lines = profile_lines(opened.profile.items())
    store_blob([lines])
    return profile_content(box, papers=opened.papers, rejected=opened.rejected, lines=lines)


def _holder(election: Election, number: int) -> Trustee:
    """A trustee who holds a share of the key; who is out of the ceremony opens nothing."""
    holders = {trustee.number for trustee in key_of(election).trustees}
    trustee = election.trustees.filter(number=number).first()
    if trustee is None or number not in holders:
        raise Refusal("opening.no-such-trustee", f"There is no trustee number {number}.")
    return trustee


def require_revealable(box: Box, *, number: int, commitment: bytes) -> PartialOpening:
    """Refuse a part that was not committed to by this hash, or before a quorum has committed."""
    opening = require_turn_to_reveal(box, number=number)
    if bytes(opening.commitment) != commitment:
        raise Refusal("opening.not-as-committed", "This is not the part that was committed to.")
    return opening


def require_turn_to_reveal(box: Box, *, number: int) -> PartialOpening:
    """Refuse any part of a trustee who has not committed to one, or before a quorum has."""
    opening = box.openings.filter(trustee__number=number).first()
    if opening is None:
        raise Refusal("opening.not-committed", "Commit to the part before it is revealed.")
    quorum = key_of(box.contest.election).quorum
    if box.openings.count() < quorum:
        raise Refusal(
            "opening.too-early",
            f"Nobody reveals before {quorum} trustees have committed to their parts.",
        )
    return opening


def _open_held_parts(
    election: Election, *, by: int | None, now: datetime, processes: int, report: Report
) -> None:
    """In a demonstration: open the parts of the shares that the server holds itself."""
    require_state(election, State.MIXED)
    shares = held_shares(election)[: key_of(election).quorum]
    for box in boxes_of(election):
        if box.openings.filter(content__isnull=False).count() < len(shares):
            _open_held(box, shares, by=by, now=now, processes=processes, report=report)


def _open_held(
    box: Box,
    shares: Sequence[KeyShare],
    *,
    by: int | None,
    now: datetime,
    processes: int,
    report: Report,
) -> None:
    """Commit to the parts of a box, signed, and then reveal them, as trustees do."""
    sealed = mixed_box(box, processes=processes)
    parts = {}
    for share in shares:
        report(stage=f"Trustee {share.number} opens a part of {box}", done=0, total=box.ballots,
               unit="papers")
        parts[share.number] = _held_part(box, sealed, share, processes=processes, report=report)
    for share in shares:
        _commit_held(box, share, parts[share.number], by=by, now=now)
    for number, content in parts.items():
        report(stage=f"Checking the part of trustee {number}", done=0, total=box.ballots,
               unit="papers")
        reveal_part(box.pk, number=number, content=content, by=by, now=now, mixed=sealed,
                    processes=processes, report=report)


def _held_part(
    box: Box, sealed: SealedBox, share: KeyShare, *, processes: int, report: Report
) -> bytes:
    election = box.contest.election
    # A killed run finds the same part again, and can reveal what it committed to.
    part = open_part(sealed, setting=setting_of(election), key=key_of(election), share=share,
                     rng=repeatable, processes=processes,
                     progress=lambda done, total: report(done=done, total=total))
    return part.to_bytes()


def _commit_held(
    box: Box, share: KeyShare, content: bytes, *, by: int | None, now: datetime
) -> None:
    setting, key = setting_of(box.contest.election), key_of(box.contest.election)
    commitment = part_commitment(content, setting=setting, number=share.number)
    signature = sign_commitment(commitment, name=box_name(box), setting=setting, key=key,
                                share=share, rng=os.urandom)
    commit_part(box.pk, number=share.number, commitment=commitment, signature=signature, by=by,
                now=now)
