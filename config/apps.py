from __future__ import annotations

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig

from config import checks


class Wiring(AppConfig):
    """Registers the system checks; it has no models and no pages."""

    name = "config"
    label = "wiring"

    def ready(self) -> None:
        checks.register_all()


class StaticFiles(StaticFilesConfig):
    """Django's own, but for the sources that a build turns into something else."""

    ignore_patterns: list[str] = [  # noqa: RUF012
        *StaticFilesConfig.ignore_patterns,
        "*.scss",
        "build.mjs",
    ]
