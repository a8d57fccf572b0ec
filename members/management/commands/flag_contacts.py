"""Look for patterns of tampering among the changes of contact details of the last weeks.

    manage.py flag_contacts

The beat does it once a day, and after each import. What is found waits on the desk.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from members import selectors, services


class Command(BaseCommand):
    help = "Look for patterns of tampering among the changes of contact details."

    def handle(self, *args: Any, **given: Any) -> None:
        raised = services.flag_contacts(now=timezone.now())
        waiting = selectors.contacts.open_flags().count()
        self.stdout.write(f"New flags: {raised:,}. Flags to be looked at on the desk: {waiting:,}.")
