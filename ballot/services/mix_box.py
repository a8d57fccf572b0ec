"""Mixing: each mixer in turn re-encrypts and permutes every box, and proves that it did.

A box's mix is the resumable piece: one transaction stores it with its proof and its entry, and a
run that was killed goes on with the boxes that lack one. Every mix is checked before it is
stored, whoever made it. The server may mix once, and first; the rest are other parties'. In a
demonstration alone the server mixes for all of them, and the board says so.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Final

from django.db import transaction

from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.mapping import mix_content
from ballot.models import Box, Election, Mix
from ballot.sealing.box import Box as SealedBox
from ballot.sealing.errors import Malformed, SealingError
from ballot.sealing.mix_check import check_mix
from ballot.sealing.mixing import mix
from ballot.sealing.setting import LONGEST_NAME, check_name
from ballot.sealing.shuffle import Mix as SealedMix
from ballot.sealing.shuffle import read_mix
from ballot.selectors import contested, setting_of
from ballot.services.board import append_entry, store_blob
from ballot.services.moves import lock_election, move, require_state
from ballot.services.stored_boxes import mixed_box
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
    mixer: str,
    by: int | None,
    now: datetime,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """Mix every box that this mixer has not mixed yet.

    mixer: the name that stands on the board; "server" is the server's own.
    """
    _require_name(mixer)
    election = Election.objects.get(pk=election_id)
    require_ready(election, "mix_box", now=now)
    setting = setting_of(election)
    for box in boxes_of(election):
        if box.mixes.filter(mixer=mixer).exists():
            continue
        report(stage=f"{mixer}: mixing {box}", done=0, total=box.ballots, unit="ballots")
        done_before = box.mixes.count()
        before = mixed_box(box, processes=processes)
        mixed = mix(before, setting=setting, mixer=mixer, rng=os.urandom, processes=processes,
                    progress=lambda done, total: report(done=done, total=total))
        _record_mix(box, before, mixed, mixer=mixer, number=done_before + 1, by=by, now=now,
                    processes=processes, report=report)


def record_mix(
    box_id: int, *, mixer: str, content: bytes, by: int | None, now: datetime, processes: int = 1
) -> None:
    """Take a mix that another party made on a machine of its own."""
    if mixer == SERVER:
        raise Refusal("mix.not-the-server", "A mix handed in bears its own mixer's name.")
    _require_name(mixer)
    box = Box.objects.select_related("contest__election").get(pk=box_id)
    done_before = box.mixes.count()
    before = mixed_box(box, processes=processes)
    try:
        mixed = read_mix(content, before=before, processes=processes)
    except SealingError as refused:
        raise _refused(box, mixer, refused) from refused
    _record_mix(box, before, mixed, mixer=mixer, number=done_before + 1, by=by, now=now,
                processes=processes, report=silent)


def _require_name(mixer: str) -> None:
    """Refuse a name that no proof could bind, before anything is worked out under it."""
    try:
        check_name(mixer)
    except Malformed as refused:
        raise Refusal(
            "mix.name",
            f"A mixer's name has one to {LONGEST_NAME} bytes in Unicode's normal form NFC. Give a "
            "shorter or plainer one.",
        ) from refused


def _record_mix(
    box: Box,
    before: SealedBox,
    mixed: SealedMix,
    *,
    mixer: str,
    number: int,
    by: int | None,
    now: datetime,
    processes: int,
    report: Report,
) -> None:
    election = box.contest.election
    report(stage=f"Checking the mix of {box} by {mixer}", done=0, total=box.ballots,
           unit="ballots")
    try:
        check_mix(
            before, mixed, setting=setting_of(election), mixer=mixer, rng=os.urandom,
            processes=processes,
            progress=lambda done, total: report(done=done, total=total),
        )
    except SealingError as refused:
        raise _refused(box, mixer, refused) from refused
    with transaction.atomic():
        locked = lock_election(election.pk)
        require_state(locked, State.VERIFIED)
        step = _store(locked, box, mixed, mixer, number)
        append_entry(locked, kind="mix", content=mix_content(step), now=now)
        record("mix_box", subject=("box", str(box.pk)), by=by, now=now)
        _finish(locked)


def _store(election: Election, box: Box, mixed: SealedMix, mixer: str, number: int) -> Mix:
    by_server = mixer == SERVER or election.demonstration
    if mixer == SERVER and number != 1:
        raise Refusal("mix.server-not-first", "The server mixes first, or not at all.")
    if box.mixes.filter(mixer=mixer).exists():
        raise Refusal("mix.twice", f"{mixer} has mixed this box already.")
    if box.mixes.count() + 1 != number:
        # Mixed from what another mixer has mixed on since: stored, it would break the chain.
        raise Refusal("mix.overtaken", f"Somebody else mixed {box} meanwhile. Mix it again, from "
                      "what they left.")
    return Mix.objects.create(
        box=box,
        number=number,
        mixer=mixer,
        by_server=by_server,
        content=store_blob([mixed.to_bytes()]),
    )


def _finish(election: Election) -> None:
    """The last mix that is wanted moves the election on."""
    lacking = [box for box in boxes_of(election) if box.mixes.count() < election.mixes_wanted]
    if not lacking:
        move(election, State.MIXED)


def _refused(box: Box, mixer: str, refused: SealingError) -> Refusal:
    return Refusal(
        "mix.does-not-check",
        f"The mix of {box} by {mixer} does not pass its check ({refused.condition}). It was not "
        "taken; let it be made again, or by another party.",
        status=422,
    )

