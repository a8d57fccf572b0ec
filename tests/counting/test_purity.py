"""What the counting core must not hold. Spec: counting §2.1: whole numbers and fractions only."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

CORE = Path(__file__).parent.parent.parent / "ballot" / "counting"
FILES = sorted(CORE.glob("*.py"))
BANNED_NAMES = {"float", "round", "complex", "open", "eval", "exec"}
BANNED_MODULES = {"math", "cmath", "decimal", "random", "secrets", "time", "datetime", "os"}


def inexact(source):
    """Names of what would let a float in: a literal, a name, a true division."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"{node.value} at line {node.lineno}")
        if isinstance(node, ast.Name) and node.id in BANNED_NAMES:
            found.append(f"{node.id} at line {node.lineno}")
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            found.append(f"/ at line {node.lineno}")
    return found


def imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("line", ["a = 0.5", "a = float(1)", "a = b / c", "a /= 2", "a = round(b)"])
def test_the_check_finds_what_it_looks_for(line):
    assert inexact(line)
    assert not inexact("a = b // c")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_floating_point_number_can_occur(file):
    assert inexact(file.read_text()) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_the_standard_library_without_clock_or_chance_is_imported(file):
    for module in imported(file.read_text()):
        top = module.partition(".")[0]
        assert module.startswith("ballot.counting") or top in sys.stdlib_module_names
        assert top not in BANNED_MODULES
