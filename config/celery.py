"""The Celery application. A task only wakes a worker early: the work is rows in PostgreSQL."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("hustings")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
