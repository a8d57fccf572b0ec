"""Rehearse a contest: a whole election from a profile of papers, in a scratch database."""

from __future__ import annotations

import json
import os
import resource
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ballot.counting.blt import parse_blt
from ballot.counting.errors import CountingError
from ballot.counting.papers_csv import parse_papers_csv
from ballot.counting.profile import Profile
from ballot.counting.rules import Method
from ballot.management.bundle_written import write_zip
from ballot.management.progress import TerminalListener
from ballot.management.scratch import scratch_database
from ballot.models import Election
from ballot.published import newest_checkpoint
from ballot.rehearsal.election import rehearse
from ballot.rehearsal.outcome import Outcome
from ballot.rehearsal.plan import NotRehearsable, Plan, require_rehearsable
from ballot.services.publish_board import publish_board
from office.refusal import Refusal


class Command(BaseCommand):
    """`python manage.py rehearse PROFILE [--electors N] [--bundle FILE.zip] [--keep]`"""

    help = "Rehearse a whole election from a profile of papers, in a scratch database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("profile", type=Path, help="BLT, or CSV: section,papers,ranking")
        parser.add_argument("--electors", type=int, default=0, help="on the roll")
        parser.add_argument("--method", choices=["av", "plurality"], default="av")
        parser.add_argument("--trustees", default="2/3", help="quorum/number, as 2/3")
        parser.add_argument("--mixers", type=_at_least(2), default=2)
        parser.add_argument("--processes", type=_at_least(1), default=os.cpu_count() or 1)
        parser.add_argument("--bundle", type=Path, help="write the whole board here, as a zip")
        parser.add_argument("--keep", action="store_true", help="keep the scratch database")

    def handle(self, **options: Any) -> None:
        profile = _read(options["profile"])
        method = Method(options["method"])
        _refuse_rankings(profile, method)
        quorum, trustees = _quorum(options["trustees"])
        papers = sum(one.valid + one.blank for one in profile.sections)
        plan = Plan(
            profile=profile,
            method=method,
            electors=max(options["electors"], papers),
            quorum=quorum,
            trustees=trustees,
            mixers=options["mixers"],
            processes=options["processes"],
        )
        try:
            require_rehearsable(plan)
        except NotRehearsable as refused:
            raise CommandError(f"{options['profile']} cannot be rehearsed. {refused}") from refused
        self.stdout.write(
            f"Rehearsing “{profile.title or options['profile'].name}”: {papers:,} papers, "
            f"{plan.electors:,} electors, {quorum} of {trustees} trustees, {plan.mixers} mixers."
        )
        listener = TerminalListener(sys.stdout)
        listener.step("Make the scratch database")
        with scratch_database(keep=options["keep"]) as name:
            if options["keep"]:
                # Said first, so that it is known whatever stops the rehearsal.
                self.stdout.write(f"The scratch database is kept: {name}")
            outcome = _rehearsed(plan, listener)
            listener.finish()
            if options["bundle"]:
                _bundle(options["bundle"])
        self._say(outcome)

    def _say(self, outcome: Outcome) -> None:
        # In the paper's order: the stored sheet keeps none for the names of an object.
        names = outcome.sheet["candidates"]
        for number, stage in enumerate(outcome.sheet["stages"], start=1):
            self.stdout.write(f"Stage {number}: {_totals(stage, names)}.")
            for section in outcome.sheet["sections"]:
                part = stage["sections"][section["name"]]
                self.stdout.write(f"  {section['name']}: {_totals(part, names)}.")
        for section in outcome.sheet["sections"]:
            self.stdout.write(f"{section['name']}: valid {section['valid']:,}, blank "
                              f"{section['blank']:,}, rejected {section['rejected']:,}.")
        self.stdout.write(f"Elected: {', '.join(outcome.sheet['elected'])}.")
        seconds = sum(outcome.seconds.values())
        # Kilobytes on Linux. The children are the processes of casting and of the tally.
        peak = max(
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        figures = {
            "ballots": outcome.ballots,
            "seconds": {words: round(spent, 2) for words, spent in outcome.seconds.items()},
            "total_seconds": round(seconds, 1),
            "peak_mb": peak // 1024,
            "agrees": not outcome.differences,
        }
        if outcome.differences:
            for difference in outcome.differences:
                self.stderr.write(f"DIFFERS: {difference}")
            self.stdout.write(json.dumps(figures))
            raise CommandError("The count is not that of the profile.")
        self.stdout.write(
            f"The count agrees with the profile in every stage and section. {seconds:.0f} s."
        )
        self.stdout.write(json.dumps(figures))


def _totals(stage: Mapping[str, Any], names: Sequence[str]) -> str:
    """A stage's votes, of all sections or of one, as a line."""
    votes = ", ".join(
        f"{name} {stage['votes'][name]:,}" for name in names if name in stage["votes"]
    )
    return f"{votes}; exhausted {stage['exhausted']:,}"


def _rehearsed(plan: Plan, listener: TerminalListener) -> Outcome:
    try:
        return rehearse(plan, listener=listener)
    except Refusal as refusal:
        raise CommandError(refusal.sentence) from refusal


def _bundle(path: Path) -> None:
    """Write the board of the one election that the scratch database has."""
    publish_board(Election.objects.get().pk, now=timezone.now())
    checkpoint = newest_checkpoint(Election.objects.get())
    if checkpoint is None:
        raise CommandError("The rehearsed board was not signed.")
    write_zip(checkpoint, path)


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise ArgumentTypeError(f"give a whole number, {least} or more")
        return int(text)

    return number


def _refuse_rankings(profile: Profile, method: Method) -> None:
    """A paper of a plurality contest has room for one mark: nothing longer could be sealed."""
    rankings = (ranking for section in profile.sections for ranking, _ in section.papers)
    if method == Method.PLURALITY and any(len(ranking) > 1 for ranking in rankings):
        raise CommandError(
            "These papers rank more than one candidate, and a plurality paper takes one mark. "
            "Rehearse them with --method av."
        )


def _read(path: Path) -> Profile:
    try:
        data = path.read_bytes()
        return parse_papers_csv(data) if path.suffix.lower() == ".csv" else parse_blt(data)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except CountingError as error:
        raise CommandError(f"{path} is not a profile of papers: {error}.") from error


def _quorum(text: str) -> tuple[int, int]:
    quorum, _, trustees = text.partition("/")
    if not (quorum.isdecimal() and trustees.isdecimal() and 1 <= int(quorum) <= int(trustees) <= 9):
        raise CommandError("Give the trustees as quorum/number, as 2/3; at most nine.")
    return int(quorum), int(trustees)
