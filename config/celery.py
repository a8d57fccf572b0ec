"""The Celery application. A task only wakes a worker early: the work is rows in PostgreSQL."""

from __future__ import annotations

import logging.config
import os
import sys

from celery import Celery
from celery.signals import setup_logging, worker_init
from django.conf import settings
from django.db import DatabaseError, connections

from config import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("hustings")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator, unused-ignore]
def log_as_the_web_does(**arguments: object) -> None:
    """Have the worker's log pass the same filter against personal data."""
    logging.config.dictConfig(settings.LOGGING)


@worker_init.connect  # type: ignore[untyped-decorator, unused-ignore]
def refuse_unsafe(**arguments: object) -> None:
    """Stop a worker that an unsafe installation starts.

    Celery runs Django's checks and throws their answer away; and it logs an exception of a
    receiver and goes on, so that nothing but an exit stops the start.
    """
    found = checks.errors()
    try:
        found += checks.check_durability(databases=settings.DATABASES)
        found += checks.check_role()
    except DatabaseError as away:
        sys.exit(f"The database does not answer, so the worker cannot look at it: {away}")
    connections.close_all()  # The worker's children must not inherit the one that was asked.
    if found:
        sys.exit("\n".join(str(error) for error in found))
