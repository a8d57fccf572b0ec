"""Every numbered section of docs/spec/counting.md is cited by the code and by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
HEADINGS = re.findall(
    r"^#+ (\d+(?:\.\d+)?) ", (ROOT / "docs" / "spec" / "counting.md").read_text(), re.MULTILINE
)


def cited(folder):
    text = "".join(file.read_text() for file in sorted((ROOT / folder).glob("*.py")))
    return set(re.findall(r"§(\d+(?:\.\d+)?)", text))


def missing(folder):
    """Sections cited neither by their number nor, having parts, by a part of theirs."""
    found = cited(folder)
    return [n for n in HEADINGS if n not in found and not any(c.startswith(f"{n}.") for c in found)]


@pytest.mark.parametrize("folder", ["ballot/counting", "tests/counting"])
def test_every_section_is_cited(folder):
    assert len(HEADINGS) > 40
    assert missing(folder) == []


@pytest.mark.parametrize("folder", ["ballot/counting", "tests/counting"])
def test_no_section_is_cited_that_does_not_exist(folder):
    assert cited(folder) <= set(HEADINGS)
