"""The handbooks name pages as the links are named: no page they send anybody to is missing."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import load_command_class
from django.urls import resolve

from office.desk import desk_links
from verifier.__main__ import command_line
from verifier.checks import CHECKS
from witness.hustings_witness import read_arguments

HANDBOOK = settings.BASE_DIR / "docs" / "handbook" / "administrator.md"
SCRUTINEERS = settings.BASE_DIR / "docs" / "handbook" / "scrutineer.md"
TRUSTEES = HANDBOOK.with_name("trustee.md")
OFFICERS = HANDBOOK.with_name("officer.md")
OFFICERS_LETTERS = HANDBOOK.with_name("officer") / "sending.md"
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


@pytest.mark.parametrize(
    ("handbook", "least"),
    [
        (HANDBOOK, 25), (SCRUTINEERS, 12), (OFFICERS, 3), (OFFICERS_LETTERS, 2),
        (OFFICERS_LETTERS.with_name("post.md"), 0), (OFFICERS_LETTERS.with_name("methods.md"), 0),
        (OFFICERS_LETTERS.with_name("lost-second-factor.md"), 2),
    ],
)
def test_every_page_that_a_handbook_names_exists_and_is_linked_by_those_words(
    handbook: Path, least: int
) -> None:
    named = NAMED.findall(handbook.read_text("utf-8"))
    assert len(named) > least

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


@pytest.mark.parametrize(("handbook", "least"), [(HANDBOOK, 5), (TRUSTEES, 3), (SCRUTINEERS, 2)])
def test_every_picture_of_a_handbook_is_there_and_is_small(handbook: Path, least: int) -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", handbook.read_text("utf-8"))

    assert len(pictures) >= least
    for picture in pictures:
        assert 0 < (handbook.parent / picture).stat().st_size < 120_000, picture


def commands_after(start: str) -> list[list[str]]:
    """The words behind a beginning, of every line of the scrutineer's handbook that has it."""
    lines = re.findall(r"^ {8}(.*)$", SCRUTINEERS.read_text("utf-8"), re.MULTILINE)
    return [shlex.split(line.removeprefix(start)) for line in lines if line.startswith(start)]


def test_every_command_of_the_scrutineers_handbook_is_taken_as_it_is_printed() -> None:
    of_witness = commands_after("python3 hustings_witness.py ")
    of_verifier = commands_after("python3 -m verifier ")
    ((booth, *rest),) = commands_after(".venv/bin/python manage.py ")

    assert (len(of_witness), len(of_verifier)) == (4, 3)
    assert all(read_arguments(words).act for words in of_witness)
    assert all(command_line().parse_args(words).key for words in of_verifier)
    command = load_command_class("ballot", booth)
    assert command.create_parser("manage.py", booth).parse_args(rest).every == 300


def test_the_scrutineers_handbook_explains_each_of_the_sixteen_lines() -> None:
    text = SCRUTINEERS.read_text("utf-8")
    rows = re.findall(r"^\| (\d+)\. ([a-z ]+) \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)

    assert [(int(number), name) for number, name, _, _ in rows] == [
        (number, check.name) for number, check in enumerate(CHECKS, 1)
    ]
    assert re.findall(r"^## (\d+)\. ", text, re.MULTILINE) == [str(n) for n in range(1, 11)]
    assert "docs/handbook/scrutineer.md" in README.read_text("utf-8")


def test_the_handbook_goes_through_all_of_the_work_and_is_linked_from_the_readme() -> None:
    headings = re.findall(r"^## (\d+)\. ", HANDBOOK.read_text("utf-8"), re.MULTILINE)

    assert headings == [str(number) for number in range(1, 14)]
    assert "docs/handbook/administrator.md" in README.read_text("utf-8")


def test_the_officers_handbook_leads_to_each_of_its_parts_and_every_link_of_it_is_there() -> None:
    parts = sorted(OFFICERS_LETTERS.parent.glob("*.md"))
    text = OFFICERS.read_text("utf-8")

    assert len(parts) >= 8
    assert all(f"(officer/{part.name})" in text for part in parts)
    for page in (OFFICERS, *parts):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), (page.name, link)
    assert "docs/handbook/officer.md" in README.read_text("utf-8")


def test_the_scrutineers_handbook_explains_every_verdict() -> None:
    text = SCRUTINEERS.read_text("utf-8")

    assert all(f"`{word}" in text for word in ("PASS", "FAIL", "NOT YET", "NOT MADE", "DESTROYED"))
