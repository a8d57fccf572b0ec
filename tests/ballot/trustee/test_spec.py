"""The specification and the trustee's software keep together: the names of what is refused."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted((ROOT / "ballot/trustee").glob("*.py"))
SPEC = (ROOT / "docs/spec/trustees.md").read_text("utf-8").partition("## 6.")[2]
SPECS = [ROOT / f"docs/spec/{name}.md" for name in ("sealing", "board")]
OTHERS = "".join(path.read_text("utf-8") for path in SPECS)
# What came by post is tried beside the verifier, upon one board that the services made.
FILES = [*sorted(Path(__file__).parent.glob("*.py")), ROOT / "tests/verifier/test_post.py"]
TESTS = "".join(path.read_text("utf-8") for path in FILES)


def raised() -> Iterator[str]:
    """Yield every name with which the software refuses."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def test_every_name_that_is_refused_with_stands_in_a_specification_and_none_is_idle() -> None:
    listed = set(re.findall(r"`([a-z]+(?:-[a-z]+)?(?:\.[a-z0-9-]+)?)`", SPEC))
    of_the_core = {name for name in raised() if f"`{name}`" in OTHERS}

    assert len(listed) > 40
    assert set(raised()) - of_the_core - listed == set()
    assert listed - set(raised()) == set()


def test_every_refusal_is_met_by_a_test() -> None:
    unmet = {name for name in raised() if f'"{name}"' not in TESTS}

    assert unmet == set()
