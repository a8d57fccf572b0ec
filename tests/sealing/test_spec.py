"""The specification and the code keep together: sections, equations, labels, conditions."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SPEC = (ROOT / "docs/spec/sealing.md").read_text(encoding="utf-8")
CORE = [ROOT / "ballot/canonical.py", *sorted((ROOT / "ballot/sealing").glob("*.py"))]
SOURCES = {path: path.read_text(encoding="utf-8") for path in CORE}
HERE = sorted(Path(__file__).parent.glob("*.py"))
TESTS = "".join(path.read_text(encoding="utf-8") for path in HERE)
CODE = "".join(SOURCES.values())
# What is said about the whole, not done in any one place.
TOLD = {"1", "3.6", "12", "13", "14"}
# What those do who call the core: its tests stand with them.
THEIRS = {"10.6"}


def cited(text: str) -> set[str]:
    """Give every section that a text cites, and those that ranges of it span."""
    found = set(re.findall(r"§(\d+(?:\.\d+)?)", text))
    found |= set(re.findall(r"§\d+(?:\.\d+)? (?:and|to) §?(\d+(?:\.\d+)?)", text))
    for chapter, first, last in re.findall(r"§(\d+)\.(\d+) to §\1\.(\d+)", text):
        found |= {f"{chapter}.{number}" for number in range(int(first), int(last) + 1)}
    return found


def sections() -> set[str]:
    chapters = set(re.findall(r"^## (\d+)\.", SPEC, re.M))
    return chapters | set(re.findall(r"^### (\d+\.\d+)", SPEC, re.M))


def test_every_section_is_cited_by_the_code_and_by_a_test():
    leaves = {one for one in sections() if not any(s.startswith(one + ".") for s in sections())}
    assert leaves - TOLD - cited(CODE) == set()
    assert leaves - TOLD - THEIRS - cited(TESTS) == set()


def test_no_section_is_cited_that_is_not_there():
    # What another specification's name stands before is looked for in tests/config.
    others = r"\b(board|bundle|counting|issuer|trustees)(\.md)? §[\d.]+((,| and| to) §[\d.]+)*"
    ours = re.sub(others, "", CODE + TESTS)
    ours = re.sub(r"(RFC|BIP) ?\d+(,)? §[\d.]+", "", ours)
    ours = re.sub(r"et al\.|2007, §\d|2017, §[\d.]+|\(§3\.2\.3\)", "", ours)
    assert cited(ours) - sections() == set()


def test_every_label_of_the_code_is_in_the_table_of_labels():
    # sealing §3.6
    table = SPEC[SPEC.index("### 3.6") : SPEC.index("## 4.")]
    listed = set(re.findall(r"`([a-z-]+)`", table))
    used = {"xof", "rng", "voting-key", "teller-key", "share-file"}
    for path in (ROOT / "ballot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            at = {"transcript_hash": 0, "transcript": 0, "prove_knowledge": 0, "prove_equality": 0}
            at |= {"knows": 1, "equal": 1}
            if name in at and isinstance(node.args[at[name]], ast.Constant):
                used.add(node.args[at[name]].value)
    assert used == listed


def test_every_condition_of_the_code_is_in_the_table_of_conditions_and_the_reverse():
    # sealing §12
    table = SPEC[SPEC.index("## 12.") : SPEC.index("## 13.")]
    listed = set(re.findall(r"`([a-z0-9.-]+)`", table))
    shape = re.compile(
        r"(setting|name|ranking|code|issuer|ballot|challenge|box|shuffle|mix|ceremony|key|share"
        r"|sharefile|proof|opening|teller)\.[a-z0-9-]+|name|ballots|json"
    )
    raised = set()
    for path, source in SOURCES.items():
        if path.name == "errors.py":
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                raised |= {node.value} if shape.fullmatch(node.value) else set()
    raised |= {"ballots"}
    assert raised == listed


def test_every_condition_is_met_by_a_test():
    table = SPEC[SPEC.index("## 12.") : SPEC.index("## 13.")]
    listed = set(re.findall(r"`([a-z0-9.-]+)`", table))
    vectors = (ROOT / "tests/vectors/sealing.json").read_text(encoding="utf-8")
    met = {one for one in listed if f'"{one}"' in TESTS + vectors}
    by_ending = {"ranking.length", "ranking.repeated", "ranking.candidate"}
    by_shape = {one for one in listed if one.endswith("-fields") or one == "share.fields"}
    assert listed - met - by_ending - by_shape == set()


def test_equations_are_numbered_without_a_gap():
    numbers = [int(one) for one in re.findall(r"^\((\d+)\) ", SPEC, re.M)]
    assert sorted(numbers) == list(range(1, max(numbers) + 1))


def test_the_core_names_no_clock_file_network_environment_or_random_source():
    banned = {"time", "datetime", "random", "secrets", "socket", "pathlib", "urllib", "django"}
    for path, source in SOURCES.items():
        tree = ast.parse(source)
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {name.split(".")[0] for name in names} & banned, path
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("urandom", "environ", "getenv"), path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "open", path


def test_the_core_imports_without_django():
    names = [path.stem for path in CORE if path.stem not in ("__init__", "canonical")]
    imports = ", ".join(f"ballot.sealing.{name}" for name in names)
    program = f"import sys; sys.modules['django'] = None; import ballot.canonical, {imports}"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_files_and_functions_stay_short():
    for path, source in SOURCES.items():
        assert len(source.splitlines()) <= 400, path
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                is_said = ast.get_docstring(node) is not None and len(node.body) > 1
                first = node.body[1 if is_said else 0]
                lines = (node.end_lineno or 0) - first.lineno + 1
                assert lines <= 40, (path, node.name, lines)
