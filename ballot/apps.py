"""The app of the contest: what it offers to the office and its desk."""

from __future__ import annotations

from django.apps import AppConfig


class BallotConfig(AppConfig):
    name = "ballot"

    def ready(self) -> None:
        from ballot import (
            acts,
            change_letters,
            jobs,
            letters,
            nomination_letters,
            printed_letters,
            sample_letters,
            subjects,
        )
        from ballot.views import act_table
        from office.desk import register_desk_link

        acts.register()
        act_table.register()
        jobs.register()
        letters.register()
        change_letters.register()
        nomination_letters.register()
        printed_letters.register()
        sample_letters.register()
        subjects.register()
        register_desk_link(
            "Elections", "elections", "see_election", "Every election, and its pages."
        )
