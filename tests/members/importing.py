"""Imports in tests: their counts, their refused rows, the module of a service."""

from __future__ import annotations

import sys
from types import ModuleType

from members.models import ImportBatch, RefusedRow


def counts(batch: ImportBatch) -> dict[str, int]:
    names = ("rows_new", "rows_changed", "rows_unchanged", "rows_refused", "members_gone")
    return {name: getattr(batch, name) for name in names if getattr(batch, name)}


def troubles(batch: ImportBatch) -> list[tuple[int, str, str]]:
    rows = RefusedRow.objects.filter(batch=batch).order_by("line", "column")
    return list(rows.values_list("line", "column", "trouble"))


def service(name: str) -> ModuleType:
    """The module of a service, whose name in the package is the service itself."""
    return sys.modules[f"members.services.{name}"]
