"""Every URL of the site, walked: what the tests of access try one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

_SAMPLES = {
    "int": str(10**9),
    "str": "none-such",
    "sha256": "00",
    "slug": "none-such",
    "path": "none-such",
    "uuid": str(UUID(int=7)),
}
_CONVERTER = re.compile(r"<(?:(\w+):)?\w+>")


@dataclass(frozen=True)
class Route:
    """One URL pattern, with an address that matches it and names nothing that exists."""

    pattern: str
    address: str
    name: str
    view: Callable[..., Any]

    @property
    def act(self) -> str | None:
        return getattr(self.view, "staff_act", None)

    @property
    def act_post(self) -> str | None:
        return getattr(self.view, "staff_act_post", None)

    @property
    def has_object(self) -> bool:
        return "<" in self.pattern


def routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, ""))


def staff_routes() -> list[Route]:
    return [route for route in routes() if route.act]


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        whole = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, whole)
        else:
            yield Route(whole, "/" + _sample(whole), pattern.name or "", pattern.callback)


def _sample(pattern: str) -> str:
    return _CONVERTER.sub(lambda found: _SAMPLES.get(found[1] or "str", "none-such"), pattern)
