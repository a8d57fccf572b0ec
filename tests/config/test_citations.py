"""Whatever cites a section of a specification cites one that is there (docs/spec)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPECS = {path.stem: path.read_text("utf-8") for path in (ROOT / "docs/spec").glob("*.md")}
PLACES = ("ballot", "verifier", "witness", "static/js", "tests", "docs", "benchmarks", "members")
WRITTEN = {".py", ".js", ".mjs", ".md"}
# "bundle §4.5", "board.md §2.2 to §2.4", "[board.md](board.md) §3.4", "sealing §9.1, §9.2 and §10".
NUMBER = r"§(\d+(?:\.\d+)?)"
CITED = re.compile(
    rf"\b({'|'.join(SPECS)})(?:\.md)?(?:\]\([^)]*\))?,?\s+({NUMBER}(?:(?:,| and| to)\s+{NUMBER})*)"
)


def sections(text: str) -> set[str]:
    """Give a specification's sections; where one is a numbered list, its points are 5.1, 5.2, …"""
    found, chapter = set(), ""
    for line in text.splitlines():
        if heading := re.match(r"###? (\d+(?:\.\d+)?)\.? ", line):
            chapter = heading[1]
            found.add(chapter)
        elif chapter and "." not in chapter and (point := re.match(r"(\d+)\. ", line)):
            found.add(f"{chapter}.{point[1]}")
    return found


def citations(text: str) -> Iterator[tuple[str, str]]:
    """Give each specification that a text names with a section, and that section."""
    for match in CITED.finditer(text):
        for number in re.findall(NUMBER, match[2]):
            yield match[1], number


def every_citation() -> Iterator[tuple[str, str, str]]:
    """Give every citation of the tree: the file, the specification, the section."""
    for path in (path for place in PLACES for path in sorted((ROOT / place).rglob("*"))):
        if path.suffix in WRITTEN and "build" not in path.parts and path != Path(__file__):
            for spec, number in citations(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(ROOT)), spec, number


def test_citations_are_found_and_points_of_a_list_are_sections() -> None:
    said = "sealing §9.1, §9.2 and §10; [bundle.md](bundle.md) §5.3 (board §2.2 to §2.4), BIP 340"

    assert list(citations(said)) == [
        *(("sealing", one) for one in ("9.1", "9.2", "10")),
        ("bundle", "5.3"),
        *(("board", one) for one in ("2.2", "2.4")),
    ]
    assert sections("## 4. A\n1. x\n### 4.1 B\n1. y\n## 5 C\n1. z\n2. u\n") == {
        *("4", "4.1", "5", "5.1", "5.2"),
    }


def test_every_section_that_is_cited_by_its_specification_is_there() -> None:
    there = {name: sections(text) for name, text in SPECS.items()}

    found = list(every_citation())

    assert {spec for _, spec, _ in found} == set(SPECS)
    assert [one for one in found if one[2] not in there[one[1]]] == []


@pytest.mark.parametrize("name", SPECS)
def test_a_specification_cites_no_section_of_its_own_that_is_not_there(name: str) -> None:
    own = CITED.sub("", SPECS[name])
    own = re.sub(r"(?:RFC|BIP|C2SP|WCAG|ERS97)\s[^\s§]+,?\s+§[\d.]+", "", own)

    assert set(re.findall(NUMBER, own)) - sections(SPECS[name]) == set()
