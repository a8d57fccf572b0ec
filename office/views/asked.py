"""What a page was asked for in its query string, parsed or left out: never an error."""

from __future__ import annotations

from django.http import HttpRequest

_LONGEST = 200


def key_asked(request: HttpRequest, name: str) -> int | None:
    """The key that a page begins before or after; None if there is none, or nonsense."""
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


def words_asked(request: HttpRequest, name: str) -> str:
    """Words to search for, without what PostgreSQL cannot hold."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:_LONGEST]
