from __future__ import annotations

from django.apps import AppConfig

from config import checks


class Wiring(AppConfig):
    """Registers the system checks; it has no models and no pages."""

    name = "config"
    label = "wiring"

    def ready(self) -> None:
        checks.register_all()
