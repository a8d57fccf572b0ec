from __future__ import annotations

from django.apps import AppConfig


class BallotConfig(AppConfig):
    name = "ballot"
