"""Links in letters: always from the configured origin, never from a request's Host header."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings


def absolute(path: str) -> str:
    """Return the public address of a path of this site; it may carry a fragment."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError("a link in a letter begins with one slash")
    return f"{settings.ORIGIN}{path}"


def origin_host() -> str:
    """The host name of the origin, as it stands in Message-IDs."""
    return urlsplit(settings.ORIGIN).hostname or "localhost"
