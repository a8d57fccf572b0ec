"""The Celery application. A task only wakes a worker early: the work is rows in PostgreSQL."""

from __future__ import annotations

import logging.config
import os

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("hustings")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator, unused-ignore]
def log_as_the_web_does(**arguments: object) -> None:
    """Have the worker's log pass the same filter against personal data."""
    logging.config.dictConfig(settings.LOGGING)
