"""The verifier and the specification keep together: the names of entries, and of all refusals."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from verifier.kinds import _CONTEST, CONTENT, ORDER

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "docs/spec"
SHAPE = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z0-9-]+|json|stand-in|name")


def named(text: str) -> set[str]:
    return {one for one in re.findall(r"`([^` ]+)`", text) if SHAPE.fullmatch(one)}


def tables() -> dict[str, set[str]]:
    """Return the conditions that each part of the specification lists."""
    bundle, sealing, board = (
        (SPEC / f"{name}.md").read_text(encoding="utf-8") for name in ("bundle", "sealing", "board")
    )
    return {
        "bundle": named(bundle[bundle.index("## 7. Conditions") : bundle.index("## 8.")]),
        "sealing": named(sealing[sealing.index("## 12.") : sealing.index("## 13.")]),
        "board": named(board[board.index("## 10.") : board.index("## 11.")]),
    }


def conditions() -> set[str]:
    """Return every text in the verifier's code that has the shape of a condition's name."""
    found = set()
    for path in (ROOT / "verifier").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if SHAPE.fullmatch(node.value) else set()
    return found


def test_every_condition_is_in_a_table_of_the_specification() -> None:
    # bundle §7, sealing §12, board §10
    assert conditions() - set.union(*tables().values()) == set()


def test_every_condition_of_the_bundles_table_is_looked_for() -> None:
    assert tables()["bundle"] - conditions() == set()
    assert len(tables()["bundle"]) > 80


def test_the_bundles_table_has_only_what_the_others_have_not() -> None:
    found = tables()

    assert found["bundle"] & (found["sealing"] | found["board"]) == set()


def test_the_table_of_kinds_has_those_that_are_read_and_no_others() -> None:
    # bundle §4
    bundle = (SPEC / "bundle.md").read_text(encoding="utf-8")
    table = bundle[bundle.index("## 4. Kinds") : bundle.index("### 4.1")]
    firsts = re.findall(r"^\| (`[^|]*`) \|", table, re.MULTILINE)
    listed = [kind for cell in firsts for kind in re.findall(r"`([^`]+)`", cell)]

    assert sorted(listed) == sorted(CONTENT) == sorted(ORDER)


def test_every_member_of_an_entry_is_named_by_the_specification() -> None:
    # bundle §3.2, §4
    calls = [
        node
        for node in ast.walk(ast.parse((ROOT / "verifier/kinds.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "members"
    ]
    members = {given.arg for call in calls for given in call.keywords if given.arg}
    bundle = (SPEC / "bundle.md").read_text(encoding="utf-8").replace("\n", " ")
    named_there = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", bundle))))

    assert {"closes_at", "second_count", "exempt"} <= members
    assert members - named_there == set()


def test_the_members_of_a_contest_are_listed_by_the_specification() -> None:
    # bundle §3.2
    bundle = (SPEC / "bundle.md").read_text(encoding="utf-8")
    told = bundle[bundle.index("- A *contest* is `{") : bundle.index("In a notice `candidates`")]
    braces, besides = re.search(r"`{([^}]*)}`", told), told[told.index("of §8 besides") :]
    assert braces is not None
    listed = [*re.findall(r"\w+", braces[1]), *re.findall(r"`(\w+)`", besides)]

    assert sorted(listed) == sorted(_CONTEST)
