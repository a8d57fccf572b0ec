"""What no import contract can say: the core's purity, and that services alone write."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CORE = {
    # cryptography signs and checks Ed25519, and nothing else.
    "ballot.board": {"cryptography"},
    "ballot.canonical": set[str](),
    "ballot.counting": set[str](),
    # argon2 and cryptography close a trustee's share file with a passphrase, and nothing else.
    "ballot.sealing": {"numpy", "btclib_secp256k1", "argon2", "cryptography"},
    "members.eligibility": set[str](),
    # Lists as arrays, and the likeness of names.
    "members.matching": {"numpy", "rapidfuzz"},
    "members.rollfile": set[str](),
}
"""Each part of the core, with what it may import besides the standard library and the core."""

BLOCK = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "celery", "allauth", "redis", "psycopg2", "config"}:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
"""

WORLD = {
    *("time", "random", "secrets", "uuid", "socket", "http", "urllib", "subprocess", "tempfile"),
    *("logging", "getpass", "platform", "locale", "zoneinfo", "sqlite3", "asyncio", "shutil"),
}
"""Modules that read a clock, a random source, the network or the machine."""

READS = {
    *("now", "today", "utcnow", "urandom", "getenv", "getrandbits", "default_rng", "cwd"),
    *("SystemRandom", "monotonic", "perf_counter", "getcwd", "read_bytes", "read_text"),
}
"""Calls that read them. As names of arguments (`today`) they are what the core should have."""

APART = {
    # The command line of a part of the core, and what measures it: they live outside it.
    *("__main__.py", "bench.py"),
}


def sources(module: str) -> Iterator[Path]:
    path = ROOT / module.replace(".", "/")
    files = path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    yield from (file for file in sorted(files) if file.name not in APART)


def trees(module: str) -> Iterator[tuple[Path, ast.Module]]:
    for file in sources(module):
        yield file.relative_to(ROOT), ast.parse(file.read_text())


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@pytest.mark.parametrize("module", sorted(CORE))
def test_the_core_imports_where_django_cannot_be_had(module: str) -> None:
    modules = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in sources(module)
    ]
    assert modules
    code = BLOCK + "".join(f"import {name}\n" for name in modules)

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    blocked = subprocess.run(
        [sys.executable, "-c", BLOCK + "import django"], capture_output=True, check=False
    )
    assert blocked.returncode != 0


@pytest.mark.parametrize("module", sorted(CORE))
def test_the_core_imports_the_standard_library_and_what_is_named_for_it(module: str) -> None:
    allowed = sys.stdlib_module_names | CORE[module]
    strangers = {
        f"{file}: {name}"
        for file, tree in trees(module)
        for name in imported(tree)
        if name.partition(".")[0] not in allowed
        and not any(name == part or name.startswith(f"{part}.") for part in CORE)
    }

    assert strangers == set()


@pytest.mark.parametrize("module", sorted(CORE))
def test_the_core_names_no_clock_environment_or_random_source(module: str) -> None:
    found = set()
    for file, tree in trees(module):
        found |= {f"{file}: {n}" for n in imported(tree) if n.partition(".")[0] in WORLD}
        for node in ast.walk(tree):
            found |= {f"{file}:{line}" for line in reads_of_the_world(node)}

    assert found == set()


def reads_of_the_world(node: ast.AST) -> Iterator[int]:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            is_read = name in READS
        case ast.Call(func=ast.Name(id=name)):
            is_read = name in {"open", "input"}
        case ast.Attribute(attr=name):
            is_read = name == "environ"
        case ast.ImportFrom(names=names):
            is_read = bool(READS & {alias.name for alias in names})
        case _:
            return
    if is_read:
        yield node.lineno


def test_the_search_for_clocks_and_random_sources_finds_them() -> None:
    code = (
        "a = datetime.now()\nb = os.urandom(3)\nc = os.environ['X']\nfrom os import urandom\n"
        "d = open('x')\ndef f(today, now): return today - self.today\n"
    )

    nodes = ast.walk(ast.parse(code))

    assert sorted(line for node in nodes for line in reads_of_the_world(node)) == [1, 2, 3, 4, 5]


def test_counting_never_touches_a_float() -> None:
    found = set()
    for file, tree in trees("ballot.counting"):
        for node in ast.walk(tree):
            is_float = isinstance(node, ast.Constant) and isinstance(node.value, float)
            is_named = isinstance(node, ast.Name) and node.id in {"float", "round"}
            is_quotient = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            if is_float or is_named or is_quotient:
                found.add(f"{file}:{node.lineno}")

    assert found == set()


WRITES = {"save", "create", "delete", "bulk_create", "bulk_update", "get_or_create"} | {
    *("update_or_create", "copy_expert", "copy_from", "acreate", "asave", "aupdate", "adelete"),
}
MAY_WRITE = {
    # A framework's hooks through which staff accounts are made by allauth's own forms.
    *("office/services", "members/services", "ballot/services"),
    *("office/management", "members/management", "ballot/management"),
    *("office/migrations", "members/migrations", "ballot/migrations"),
}


def writes(tree: ast.Module) -> Iterator[int]:
    """Yield the line of each call that writes a row.

    `.update` counts with keywords alone: a dictionary and a hash are updated by position.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_update = node.func.attr == "update" and bool(node.keywords)
            if node.func.attr in WRITES or is_update:
                yield node.lineno


def test_the_search_for_writes_finds_them() -> None:
    code = "a.save()\nb.objects.create(x=1)\nq.update(x=1)\ndigest.update(data)\nq.filter(x=1)\n"

    assert sorted(writes(ast.parse(code))) == [1, 2, 3]


# What is saved there is a canvas of reportlab's, and no row.
DRAWS = "office/pdf/"


def test_services_alone_write() -> None:
    core = {file for module in CORE for file in sources(module)}
    found = set()
    for app in ("office", "members", "ballot"):
        for file in sorted((ROOT / app).rglob("*.py")):
            name = str(file.relative_to(ROOT))
            if file in core or name.startswith(DRAWS) or any(
                name.startswith(f"{place}/") for place in MAY_WRITE
            ):
                continue
            found |= {f"{name}:{line}" for line in writes(ast.parse(file.read_text()))}

    assert found == set()
