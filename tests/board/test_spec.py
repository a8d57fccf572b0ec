"""The specification and the code keep together: sections, equations, conditions, size."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SPEC = (ROOT / "docs/spec/board.md").read_text(encoding="utf-8")
SOURCES = {
    path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "ballot/board").glob("*.py"))
}
CODE = "".join(SOURCES.values())
TESTS = "".join(
    path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.py"))
)
# What is said about the whole, not done in any one place.
TOLD = {"1", "10", "11", "12"}
# Rules for those who keep a board or a witness: their tests stand with them.
THEIRS = {"2.5", "2.6", "6.4", "7.5", "9.1", "9.3"}
# What others do with programs that are not ours.
STRANGERS = {"9.2"}


def cited(text: str) -> set[str]:
    """Give every section that a text cites, and those that ranges of it span."""
    ours = re.sub(r"(RFC )?\d{4} §[\d.]+\d(,? (and|or) §[\d.]+\d)?", "", text)
    found = set(re.findall(r"§(\d+(?:\.\d+)?)", ours))
    for chapter, first, last in re.findall(r"§(\d+)\.(\d+) to §\1\.(\d+)", ours):
        found |= {f"{chapter}.{number}" for number in range(int(first), int(last) + 1)}
    return found


def sections() -> set[str]:
    chapters = set(re.findall(r"^## (\d+)\.", SPEC, re.M))
    parts = set(re.findall(r"^### (\d+\.\d+)", SPEC, re.M))
    return {one for one in chapters if not any(s.startswith(f"{one}.") for s in parts)} | parts


def conditions() -> set[str]:
    table = SPEC[SPEC.index("## 10.") : SPEC.index("## 11.")]
    return set(re.findall(r"`([a-z.-]+)`", table))


def test_every_section_is_cited_by_the_code_and_by_a_test():
    assert len(sections()) > 30
    assert sections() - TOLD - THEIRS - STRANGERS - cited(CODE) == set()
    assert sections() - TOLD - THEIRS - cited(TESTS) == set()


def test_no_section_is_cited_that_is_not_there():
    chapters = {one.partition(".")[0] for one in sections()}

    assert cited(CODE) | cited(TESTS) <= sections() | chapters


def test_equations_are_numbered_without_a_gap():
    numbers = [int(one) for one in re.findall(r"^\((\d+)\) ", SPEC, re.M)]

    assert numbers == list(range(1, max(numbers) + 1))


def test_every_condition_of_the_code_is_in_the_table_and_the_reverse():
    # board §10
    raised = set()
    for source in SOURCES.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call):
                raised |= set(named(node))

    assert raised == conditions()


def named(call: ast.Call) -> list[str]:
    """The condition that a call names: an error's first argument, or a reader's `condition`."""
    found = [one.value for one in call.keywords if one.arg == "condition"]
    if isinstance(call.func, ast.Name) and call.func.id in (
        *("Malformed", "ProofRejected", "NoteRejected", "WitnessRefused"),
    ):
        found.append(call.args[0])
    return [one.value for one in found if isinstance(one, ast.Constant)]


def test_every_condition_is_told_in_its_section_and_met_by_a_test():
    told = SPEC[: SPEC.index("## 10.")]
    for condition in conditions():
        assert f"`{condition}`" in told, condition
        assert f'"{condition}"' in TESTS, condition


def test_files_and_functions_stay_short():
    for path, source in SOURCES.items():
        assert len(source.splitlines()) <= 400, path
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                is_said = ast.get_docstring(node) is not None and len(node.body) > 1
                first = node.body[1 if is_said else 0]
                lines = (node.end_lineno or 0) - first.lineno + 1
                assert lines <= 40, (path, node.name, lines)
