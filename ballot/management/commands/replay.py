"""Replay Labour's contest of 2016 at a fraction of its size, and write the report."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ballot.counting.errors import CountingError
from ballot.counting.papers_csv import parse_papers_csv
from ballot.management.progress import TerminalListener
from ballot.management.replay.contest import play_contest
from ballot.management.replay.figures import Figures, figures_of
from ballot.management.replay.hours import Hours, hour
from ballot.management.replay.journal import Journal
from ballot.management.replay.play import Play, make_everybody
from ballot.management.replay.report import report_of
from ballot.management.scratch import scratch_database
from office.refusal import Refusal


class Command(BaseCommand):
    """`python manage.py replay PAPERS.csv [--divisor 100] [--report FILE.md]`"""

    help = "Replay Labour's contest of 2016 through the services, in a scratch database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("papers", type=Path, help="CSV: section,papers,ranking")
        parser.add_argument("--divisor", type=int, default=100, help="100: a hundredth of 2016")
        parser.add_argument("--report", type=Path, help="write the report here, in Markdown")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)

    def handle(self, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("The replay is for HUSTINGS_DEVELOPMENT=1 alone.")
        figures = _figures(options["papers"], divisor=options["divisor"])
        journal = Journal(listener := TerminalListener(sys.stdout))
        now = datetime.now(UTC)
        with scratch_database(durable=False):
            play = _played(figures, journal, now=now, processes=options["processes"])
        listener.finish()
        if options["report"]:
            options["report"].write_text(report_of(play, made_at=now), encoding="utf-8")
        for one in journal.differences:
            self.stderr.write(f"DIFFERS: {one.what}: {one.found} instead of {one.asked}")
        if journal.differences:
            raise CommandError("What came of the replay is not what was played.")
        self.stdout.write(
            f"{len(journal.found)} figures and refusals agree. {journal.seconds:.0f} s."
        )


def _figures(path: Path, *, divisor: int) -> Figures:
    try:
        return figures_of(parse_papers_csv(path.read_bytes()), divisor=divisor)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except CountingError as error:
        raise CommandError(f"{path} is not a profile of papers: {error}.") from error


def _played(figures: Figures, journal: Journal, *, now: datetime, processes: int) -> Play:
    hours = Hours.from_now(now)
    staff = make_everybody(now=hours.moved(hour(7, 1, 9)))
    play = Play(figures, hours, journal, processes, staff)
    try:
        play_contest(play)
    except Refusal as refusal:
        raise CommandError(f"{journal.parts[-1].title}: {refusal.sentence}") from refusal
    return play
