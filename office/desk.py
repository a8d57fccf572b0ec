"""The desk's task cards: each app registers its own, and the desk shows those a role may use."""

from __future__ import annotations

from dataclasses import dataclass

from office.permissions import ACTS


@dataclass(frozen=True, slots=True)
class DeskLink:
    """One card: where it leads, and the act whose permission shows it."""

    title: str
    url_name: str
    act: str
    summary: str


_links: dict[str, DeskLink] = {}


def register_desk_link(title: str, url_name: str, act: str, summary: str) -> None:
    """Put a card on the desk. Called in `AppConfig.ready`; cards keep the order of calls."""
    if act not in ACTS:
        raise ValueError(f"{act} is not in the permission table")
    _links[url_name] = DeskLink(title, url_name, act, summary)


def desk_links() -> tuple[DeskLink, ...]:
    return tuple(_links.values())
