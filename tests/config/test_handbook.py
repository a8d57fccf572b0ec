"""The handbook names pages as the links are named: no page it sends anybody to is missing."""

from __future__ import annotations

import re

from django.conf import settings
from django.urls import resolve

from office.desk import desk_links

HANDBOOK = settings.BASE_DIR / "docs" / "handbook" / "administrator.md"
README = settings.BASE_DIR / "README.md"
NAMED = re.compile(r"\*\*([^*]+)\*\* \(`(/[^`]*)`\)")
# Addresses that the navigation of every page writes out, as it knows no names of addresses.
NAVIGATION = (settings.BASE_DIR / "templates" / "_partials" / "_navigation.html").read_text()
TEMPLATES = [path.read_text("utf-8") for path in settings.BASE_DIR.glob("templates/**/*.html")]


def links_to(url_name: str, address: str) -> list[str]:
    """The words of every link to an address, with the template's tags taken out."""
    named = rf"""<a\b[^>]*\{{% url '{url_name}'[^%]*%\}}[^>]*>(.*?)</a>"""
    written = rf"""<a\b[^>]*href="{re.escape(address)}"[^>]*>(.*?)</a>"""
    found = [words for text in TEMPLATES for words in re.findall(named, text, re.DOTALL)]
    found += re.findall(written, NAVIGATION)
    found += [link.title for link in desk_links() if link.url_name == url_name]
    return [re.sub(r"\{\{.*?\}\}", "…", words) for words in found]


def is_named(words: str, url_name: str, address: str) -> bool:
    """A link may say one thing to some people and another to others: either will do."""
    return any(
        words in re.split(r"\{%.*?%\}", link) or link == words
        for link in links_to(url_name, address)
    )


def test_every_page_that_the_handbook_names_exists_and_is_linked_by_those_words() -> None:
    named = NAMED.findall(HANDBOOK.read_text("utf-8"))
    assert len(named) > 25

    missing = []
    for words, address in named:
        match = resolve(address.replace("N", "1", 1) if "/N/" in address else
                        address.replace("NAME", "leader"))  # fmt: skip
        if not is_named(words, str(match.url_name), address):
            missing.append((words, address, links_to(str(match.url_name), address)))

    assert missing == []


def test_a_name_that_no_link_has_is_found_out() -> None:
    assert is_named("Frozen rolls", "rolls", "/desk/members/rolls/")
    assert not is_named("Frozen pools", "rolls", "/desk/members/rolls/")


def test_every_picture_of_the_handbook_is_there_and_is_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", HANDBOOK.read_text("utf-8"))

    assert len(pictures) > 5
    for picture in pictures:
        assert 0 < (HANDBOOK.parent / picture).stat().st_size < 120_000, picture


def test_the_handbook_goes_through_all_of_the_work_and_is_linked_from_the_readme() -> None:
    headings = re.findall(r"^## (\d+)\. ", HANDBOOK.read_text("utf-8"), re.MULTILINE)

    assert headings == [str(number) for number in range(1, 14)]
    assert "docs/handbook/administrator.md" in README.read_text("utf-8")
