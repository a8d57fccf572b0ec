"""Hypothesis without a deadline: how long an example takes says how busy the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("members", deadline=None)
settings.load_profile("members")
