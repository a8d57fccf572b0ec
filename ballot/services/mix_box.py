"""Mixing: each mixer in turn re-encrypts and permutes every box, and proves that it did.

A box's mix is the resumable piece: one transaction stores it with its proof and its entry, and a
run that was killed goes on with the boxes that lack one. Every mix is checked before it is
stored, whoever made it. The server mixes once, and first; the others are trustees, who each sign
what they mixed with their share, so that the server cannot mix under their names (sealing spec,
8.6). In a demonstration the server does that too, with the shares that it holds.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count

from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.mapping.boxes import mix_content
from ballot.models import Box, Election, Mix, Trustee
from ballot.sealing.box import Box as SealedBox
from ballot.sealing.errors import SealingError
from ballot.sealing.keys import KeyShare
from ballot.sealing.maker import check_mix_maker, sign_mix
from ballot.sealing.mix_check import check_mix
from ballot.sealing.mixing import mix
from ballot.sealing.shuffle import Mix as SealedMix
from ballot.sealing.shuffle import read_mix
from ballot.selectors import contested, key_of, setting_of
from ballot.services.board import append_entry, store_blob
from ballot.services.moves import lock_election, move, require_state
from ballot.services.stored_boxes import box_name, mixed_box
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record

SERVER: Final = "server"


def boxes_of(election: Election) -> list[Box]:
    """Every box of the election, contest by contest."""
    return [box for contest in contested(election) for box in contest.boxes.order_by("number")]


def mix_boxes(
    election_id: int,
    *,
    by: int | None,
    now: datetime,
    share: KeyShare | None = None,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """Mix every box that this mixer has not mixed yet.

    share: in a demonstration, that of the trustee in whose place the server mixes and signs;
           without it, this is the server's own mix.
    """
    election = Election.objects.get(pk=election_id)
    require_ready(election, "mix_box", now=now)
    setting = setting_of(election)
    trustee = _trustee(election, share.number) if share else None
    mixer = trustee.name if trustee else SERVER
    for box in boxes_of(election):
        if box.mixes.filter(mixer=mixer).exists():
            continue
        report(stage=f"{mixer}: mixing {box}", done=0, total=box.ballots, unit="ballots")
        number = box.mixes.count() + 1
        before = mixed_box(box, processes=processes)
        mixed = mix(before, setting=setting, mixer=mixer, rng=os.urandom, processes=processes,
                    progress=lambda done, total: report(done=done, total=total))
        made = Mix(box=box, number=number, mixer=mixer, trustee=trustee)
        if share:
            made.signature = sign_mix(mixed.to_bytes(), name=before.name, setting=setting,
                                      key=key_of(election), share=share, rng=os.urandom)
        _record_mix(made, before, mixed, by=by, now=now, processes=processes, report=report)


def record_mix(
    box_id: int,
    *,
    trustee: int,
    number: int,
    content: bytes,
    signature: bytes,
    now: datetime,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """Take a mix that a trustee made on a machine of their own.

    trustee:   their number.  number: of the mix, within its box, from 2.
    content:   its bytes (sealing §8.4).  signature: 65 bytes (sealing §8.6).
    """
    box = Box.objects.select_related("contest__election").get(pk=box_id)
    made = trustees_mix(box, trustee=trustee, number=number, signature=signature)
    require_next(made)
    require_signed(made, content)
    before = mixed_box(box, processes=processes)
    try:
        mixed = read_mix(content, before=before, processes=processes)
    except SealingError as refused:
        raise _refused(made, refused) from refused
    _record_mix(made, before, mixed, by=None, now=now, processes=processes, report=report)


def trustees_mix(box: Box, *, trustee: int, number: int, signature: bytes) -> Mix:
    """A mix of a trustee's, not stored yet and without its bytes."""
    mixer = _trustee(box.contest.election, trustee)
    return Mix(box=box, number=number, mixer=mixer.name, trustee=mixer, signature=signature)


def require_signed(made: Mix, content: bytes | memoryview) -> None:
    """Refuse a mix that is not signed with the share of the trustee who is said to have made it."""
    election = made.box.contest.election
    try:
        check_mix_maker(
            content, bytes(made.signature or b""), name=box_name(made.box),
            setting=setting_of(election), key=key_of(election),
            number=made.trustee.number if made.trustee else 0,
        )
    except SealingError as refused:
        raise _refused(made, refused) from refused


def require_next(made: Mix) -> None:
    """Refuse a mix that is not the next of its box, or whose mixer has mixed it already."""
    before = list(made.box.mixes.values_list("mixer", flat=True))
    if made.mixer in before:
        raise Refusal("mix.twice", f"{made.mixer} has mixed this box already.")
    if made.trustee is None and before:
        raise Refusal("mix.server-not-first", "The server mixes first.")
    if made.trustee is not None and SERVER not in before:
        raise Refusal("mix.server-first", f"The server has not mixed {made.box} yet. It mixes "
                      "first, and each trustee what the mixer before left.")
    if len(before) + 1 != made.number:
        # Mixed from what another mixer has mixed on since: stored, it would break the chain.
        raise Refusal("mix.overtaken", f"Somebody else mixed {made.box} meanwhile. Mix it again, "
                      "from what they left.")


def _trustee(election: Election, number: int) -> Trustee:
    """A trustee who holds a share of the key: who is out may not mix in anybody's name."""
    holders = {trustee.number for trustee in key_of(election).trustees}
    trustee = election.trustees.filter(number=number).first()
    if trustee is None or number not in holders:
        raise Refusal("mix.no-such-trustee", f"No trustee number {number} holds a share.")
    return trustee


def _record_mix(
    made: Mix,
    before: SealedBox,
    mixed: SealedMix,
    *,
    by: int | None,
    now: datetime,
    processes: int,
    report: Report,
) -> None:
    box = made.box
    election = box.contest.election
    report(stage=f"Checking the mix of {box} by {made.mixer}", done=0, total=box.ballots,
           unit="ballots")
    try:
        check_mix(
            before, mixed, setting=setting_of(election), mixer=made.mixer, rng=os.urandom,
            processes=processes,
            progress=lambda done, total: report(done=done, total=total),
        )
    except SealingError as refused:
        raise _refused(made, refused) from refused
    with transaction.atomic():
        locked = lock_election(election.pk)
        require_state(locked, State.VERIFIED)
        require_next(made)
        made.content = store_blob([mixed.to_bytes()])
        made.save(force_insert=True)
        append_entry(locked, kind="mix", content=mix_content(made), now=now)
        record("mix_box", subject=("box", str(box.pk)), by=by, now=now,
               parameters={"trustee": made.trustee.number} if made.trustee else None)
        _finish(locked)


def _finish(election: Election) -> None:
    """The last mix that is wanted moves the election on."""
    boxes = Box.objects.filter(contest__election=election).annotate(made=Count("mixes"))
    if not boxes.filter(made__lt=election.mixes_wanted).exists():
        move(election, State.MIXED)


def _refused(made: Mix, refused: SealingError) -> Refusal:
    return Refusal(
        "mix.does-not-check",
        f"The mix of {made.box} by {made.mixer} does not pass its check ({refused.condition}). It "
        "was not taken; let it be made again, or by another trustee.",
        status=422,
    )
