"""docs/threat-model.md: every row is there, in one of three states, and its tests exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "threat-model.md").read_text()
ROW = re.compile(r"^\| ([BN]?\d+) \| (.+?) \| (.+?) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
ROWS = {found[1]: found for found in ROW.finditer(DOCUMENT)}
STATES = ("prevents", "detects", "does not address")


def files(row: str) -> list[str]:
    return [name.strip() for name in ROWS[row][5].split(",") if name.strip()]


def test_no_row_of_the_catalogue_is_missing_and_none_stands_twice() -> None:
    numbers = [found[1] for found in ROW.finditer(DOCUMENT)]

    assert numbers == [
        *(str(n) for n in range(1, 44)),
        *(f"B{n}" for n in range(1, 28)),
        # Of nominations and names.
        *(f"N{n}" for n in range(1, 9)),
        *(f"B{n}" for n in range(28, 40)),
    ]
    # A row that the pattern does not take would be looked at by none of these tests.
    assert len(numbers) == len(re.findall(r"^\| [A-Z]?\d+ \|", DOCUMENT, re.MULTILINE))


@pytest.mark.parametrize("row", ROWS)
def test_each_row_says_its_state_in_the_three_words(row: str) -> None:
    state = ROWS[row][3]

    assert state.startswith(STATES)


@pytest.mark.parametrize("row", ROWS)
def test_each_claim_has_a_test_that_exists_and_holds_tests(row: str) -> None:
    named = files(row)

    # What is claimed is shown; what is not addressed needs no test.
    assert named or ROWS[row][3].startswith("does not address")
    for name in named:
        assert name.startswith("tests/"), name
        text = (ROOT / name).read_text()
        if name.endswith(".py"):
            functions = [node.name for node in ast.walk(ast.parse(text))
                         if isinstance(node, ast.FunctionDef)]
            assert any(function.startswith("test_") for function in functions), name
        else:
            assert "test(" in text, name


def test_every_file_of_this_folder_is_named_in_the_document() -> None:
    here = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    named = {Path(name).name for row in ROWS for name in files(row)}

    assert here - {Path(__file__).name} <= named


def test_a_file_named_for_a_row_is_named_in_that_row() -> None:
    for path in Path(__file__).parent.glob("test_row_*.py"):
        number = str(int(path.name.split("_")[2]))
        assert f"tests/security/{path.name}" in files(number)


def test_what_is_not_promised_is_said() -> None:
    for said in ("Freedom from coercion", "A clean device", "Secrecy for ever", "demonstration",
                 "Who is trusted with what", "does not address"):
        assert said in DOCUMENT


def test_links_from_the_readme_reach_the_document() -> None:
    assert "docs/threat-model.md" in (ROOT / "README.md").read_text()
