"""Open a trustee's part of every box with their share file.

Run once by each trustee of the quorum, it computes the parts, keeps them in a folder and commits
to them; run again when a quorum has committed, it reveals them. Each run does what can be done
and says what comes next; no run does anything twice.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ballot.lifecycle import State
from ballot.management.progress import TerminalListener
from ballot.management.trusted import election_named, read_share, refusals_as_errors
from ballot.models import Box, Election
from ballot.sealing.keys import KeyShare
from ballot.sealing.opening import open_part, part_commitment, repeatable
from ballot.selectors import key_of, setting_of
from ballot.services.mix_box import boxes_of
from ballot.services.moves import require_state
from ballot.services.open_box import commit_part, reveal_part
from ballot.services.stored_boxes import mixed_box


class Command(BaseCommand):
    """`python manage.py open_parts SLUG --share FILE --keep DIR`"""

    help = "Open a trustee's part of every box: commit first, reveal when a quorum has committed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("election", help="the election's slug, as in its address")
        parser.add_argument("--share", type=Path, required=True, help="the trustee's share file")
        parser.add_argument("--keep", type=Path, required=True, help="a folder for the parts")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)

    def handle(self, **options: Any) -> None:
        election = election_named(options["election"])
        with refusals_as_errors():
            require_state(election, State.MIXED)
            share = read_share(options["share"])
            options["keep"].mkdir(parents=True, exist_ok=True)
            listener = TerminalListener(sys.stdout)
            kept = {
                box: _part(election, box, share, keep=options["keep"],
                           processes=options["processes"], listener=listener)
                for box in boxes_of(election)
            }
            listener.finish()
            quorum = key_of(election).quorum
            if all(box.openings.count() >= quorum for box in kept):
                for box, content in kept.items():
                    listener.step(f"Reveal the part of {box}")
                    reveal_part(box.pk, number=share.number, content=content, by=None,
                                now=timezone.now(), processes=options["processes"])
                listener.finish()
                self.stdout.write("Revealed. When a quorum has, the box can be opened.")
                return
        self.stdout.write(
            f"Committed. When {quorum} trustees have, run the same command again to reveal."
        )


def _part(
    election: Election,
    box: Box,
    share: KeyShare,
    *,
    keep: Path,
    processes: int,
    listener: TerminalListener,
) -> bytes:
    """The part of a box: as kept from an earlier run, or computed, kept and committed to."""
    file = keep / f"{election.slug}-{box.contest.position}-{box.number}-{share.number}.part"
    setting = setting_of(election)
    if not file.exists():
        listener.step(f"Open the part of {box}")
        mixed = mixed_box(box, processes=processes)
        part = open_part(
            mixed,
            setting=setting,
            key=key_of(election),
            share=share,
            # A lost folder loses nothing: the same share and box give the same part again.
            rng=repeatable,
            processes=processes,
            progress=lambda done, total: listener.report(done=done, total=total, unit="papers"),
        )
        # Whole or not at all: a part that was committed to and then lost could not be revealed.
        made = file.with_suffix(".new")
        with made.open("wb") as out:
            out.write(part.to_bytes())
            out.flush()
            os.fsync(out.fileno())
        made.replace(file)
    content = file.read_bytes()
    commit_part(box.pk, number=share.number, by=None, now=timezone.now(),
                commitment=part_commitment(content, setting=setting, number=share.number))
    return content
