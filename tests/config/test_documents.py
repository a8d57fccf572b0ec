"""docs/operations.md lists every variable that is read, and every system check."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
OF_THE_MACHINE = {"CI", "GET", "PATH", "DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED"}


def variables_read() -> set[str]:
    """Return the first argument of each reader of config/env.py and of os.environ in config/."""
    found = set()
    for file in [*(ROOT / "config").rglob("*.py"), ROOT / "manage.py", ROOT / "tests/conftest.py"]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return {name for name in found if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", name)}


def test_every_variable_that_is_read_stands_in_the_table() -> None:
    rows = re.findall(r"^\|([^|]*)\|", OPERATIONS, flags=re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    read = variables_read() - OF_THE_MACHINE

    assert {"HUSTINGS_ORIGIN", "DATABASE_URL", "PORT", "TEST_REDIS_URL"} <= read
    assert read - listed == set()
    assert listed - read == set()


def test_every_system_check_stands_in_the_table() -> None:
    raised = set(re.findall(r"hustings\.[EW]\d{3}", (ROOT / "config/checks.py").read_text()))
    listed = set(re.findall(r"\| `(hustings\.[EW]\d{3})` \|", OPERATIONS))

    assert raised
    assert listed == raised
