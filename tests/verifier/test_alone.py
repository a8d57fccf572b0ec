"""The verifier stands alone: it imports the standard library and itself, and nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import verifier

FOLDER = Path(verifier.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def strangers(source: str) -> set[str]:
    """Return what a file imports from elsewhere; a relative import counts, as it hides that."""
    known = {*sys.stdlib_module_names, "verifier"}
    return {name for name in imported(source) if name.partition(".")[0] not in known}


def test_there_are_files_to_look_at_and_an_import_of_the_core_would_be_seen() -> None:
    assert len(FILES) > 20
    assert strangers("import ballot.canonical\nfrom numpy import x\nimport json") == {
        "ballot.canonical",
        "numpy",
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_imports_the_standard_library_and_the_verifier_alone(file: Path) -> None:
    source = file.read_text(encoding="utf-8")

    assert strangers(source) == set()
    assert "__import__" not in source
    assert "importlib" not in source


def test_a_copied_folder_works_without_the_project(tmp_path: Path) -> None:
    copied = tmp_path / "verifier"
    copied.mkdir()
    for file in FILES:
        (copied / file.name).write_bytes(file.read_bytes())
    modules = [f"verifier.{file.stem}" for file in FILES if not file.stem.startswith("__")]

    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
         + "\n".join(f"import {module}" for module in modules)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (ran.returncode, ran.stderr) == (0, "")
