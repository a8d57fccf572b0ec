"""The app that keeps the membership list: what it offers to the office and its desk."""

from __future__ import annotations

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        from members import tasks

        tasks.register()
