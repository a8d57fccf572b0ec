"""Try rules over the membership list as it stands: who would get the vote, and who lose it.

    manage.py dry_run 'Leadership 2016'          the newest version of these rules
    manage.py dry_run 'Leadership 2016' 3        version 3

Nothing changes. The people are named on the dry run's page, and in its download.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members import selectors, services
from members.models import DryRun, DryRunMove
from office.refusal import Refusal


class Command(BaseCommand):
    help = "Try rules over the membership list; nothing changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name of the rules")
        parser.add_argument("number", type=int, nargs="?", help="which version; the newest")

    def handle(self, *args: Any, name: str, number: int | None, **given: Any) -> None:
        rules = selectors.rules.version_of(name, number)
        if rules is None:
            raise CommandError("There are no such rules.")
        try:
            run_id = services.request_dry_run(rules.pk, by=None, now=timezone.now())
            services.work_dry_run(run_id, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        self._tell(DryRun.objects.get(pk=run_id))

    def _tell(self, run: DryRun) -> None:
        self.stdout.write(
            f"Dry run {run.pk} of {run.rules}: {run.electors:,} electors of "
            f"{run.members_judged:,} records."
        )
        for against in DryRunMove.Against:
            if found := selectors.dry_runs.comparison(run, against.value):
                self.stdout.write(
                    f"  beside {against.label}: {found.total.comes:,} in, {found.total.goes:,} out"
                )
