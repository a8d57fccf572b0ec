"""The returning officer's office."""

from __future__ import annotations

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "office"
    verbose_name = "The returning officer's office"
    default_auto_field = "django.db.models.BigAutoField"
