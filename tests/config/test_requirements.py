"""Every package that is imported is pinned with a reason, and locked with its hashes."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
OUR_OWN = {
    *("config", "office", "members", "ballot", "verifier", "witness"),
    *("tests", "demonstration", "benchmarks"),
}
NAMES = ("requirements", "requirements-dev", "requirements-node", "requirements-trustee")
PIN = re.compile(r"^([a-z0-9.-]+)(\[[a-z,]+\])?==(\S+)\s+# \S.*$")


def pins(name: str) -> dict[str, str]:
    found = {}
    for line in (ROOT / f"{name}.txt").read_text().splitlines():
        if line and not line.startswith(("#", "-c ")):
            match = PIN.match(line)
            assert match, f"{name}.txt: no pin, or no reason: {line}"
            found[match[1]] = match[3]
    return found


def locked(name: str) -> dict[str, str]:
    text = (ROOT / f"{name}.lock").read_text()
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+) \\$", text, flags=re.MULTILINE))


def imported(*places: str) -> Iterator[tuple[str, Path]]:
    for place in places:
        path = ROOT / place
        for file in path.rglob("*.py") if path.is_dir() else [path]:
            for node in ast.walk(ast.parse(file.read_text())):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                for name in names:
                    yield name.partition(".")[0], file.relative_to(ROOT)


def unpinned(pinned: set[str], *places: str) -> set[str]:
    distributions = packages_distributions()
    found = set()
    for name, file in imported(*places):
        if name in sys.stdlib_module_names or name in OUR_OWN:
            continue
        providers = {it.lower().replace("_", "-") for it in distributions.get(name, [name])}
        if not providers & pinned:
            found.add(f"{file}: {name}")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_each_requirement_is_pinned_with_a_reason_and_locked_at_that_version(name: str) -> None:
    wanted, found = pins(name), locked(name)

    assert wanted
    assert {package: found.get(package) for package in wanted} == wanted


def test_make_lock_makes_every_lock_file_and_the_first_before_those_held_to_it() -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\nlock:")[2].partition("\n\n")[0]

    made = re.findall(r"--output-file (\S+)\.lock (\S+)\.txt$", recipe, flags=re.MULTILINE)

    assert [lock for lock, _ in made] == [source for _, source in made]
    assert made[0][0] == "requirements"
    assert {lock for lock, _ in made} == {path.stem for path in ROOT.glob("*.lock")} == set(NAMES)


def test_make_help_names_every_bench() -> None:
    makefile = (ROOT / "Makefile").read_text()
    told = makefile.partition("\nhelp:")[2].partition("\n\n")[0]

    benches = set(re.findall(r"^(bench-[a-z]+):", makefile, flags=re.MULTILINE))

    assert len(benches) > 5
    assert set(re.findall(r"bench-[a-z]+", told)) == benches


@pytest.mark.parametrize("name", NAMES)
def test_each_locked_package_carries_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / f"{name}.lock").read_text().strip())
    blocks = [block for block in blocks if "==" in block.splitlines()[0]]

    assert len(blocks) == len(locked(name))
    assert all("--hash=sha256:" in block for block in blocks)


def test_what_runs_imports_pinned_packages_alone() -> None:
    runs = ("config", "office", "members", "ballot", "verifier", "manage.py")
    pinned = set(pins("requirements"))

    assert unpinned(pinned, *runs) == set()
    assert unpinned(pinned - {"django"}, "config") != set()


def test_what_tests_imports_pinned_packages_alone() -> None:
    pinned = set(pins("requirements")) | set(pins("requirements-dev"))

    assert unpinned(pinned, "tests") == set()


# What a running installation loads, with the late imports of its queue and of its server, while
# whatever requirements.lock does not install is hidden.
RUNS_ALONE = """
import sys
hidden = set(sys.argv[1:])
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hide())
import django
django.setup()
import config.celery, config.urls, config.wsgi, config.embedded.supervisor
import celery.beat, celery.worker, kombu.transport.redis
import gunicorn.app.wsgiapp, gunicorn.workers.gthread
"""


def test_a_running_installation_needs_nothing_that_only_the_tests_install() -> None:
    installed = set(locked("requirements"))
    hidden = [
        module
        for module, owners in packages_distributions().items()
        if not {owner.lower().replace("_", "-") for owner in owners} & installed
    ]

    done = subprocess.run(
        [sys.executable, "-c", RUNS_ALONE, *hidden], cwd=ROOT, capture_output=True, text=True,
        check=False, env={**os.environ, "HUSTINGS_DEVELOPMENT": "1",
                          "DJANGO_SETTINGS_MODULE": "config.settings"},
    )  # fmt: skip

    assert {"pytest", "mypy"} <= set(hidden)
    assert done.returncode == 0, done.stderr


# What a trustee's machine loads, while what requirements-trustee.lock does not install is hidden.
TRUSTEES_OWN = (
    RUNS_ALONE.partition("import django")[0]
    + """
import ballot.trustee.__main__
from ballot.trustee.paper import page
page("{}", {})
"""
)


def test_a_trustees_machine_needs_nothing_but_what_is_named_for_it() -> None:
    installed = set(locked("requirements-trustee"))
    hidden = [
        module
        for module, owners in packages_distributions().items()
        if not {owner.lower().replace("_", "-") for owner in owners} & installed
    ]

    done = subprocess.run(
        [sys.executable, "-c", TRUSTEES_OWN, *hidden],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert {"django", "celery", "pytest"} <= set(hidden)
    assert done.returncode == 0, done.stderr
    assert locked("requirements-trustee").items() <= locked("requirements").items()


def test_a_trustees_lock_has_the_hashes_of_the_servers_own() -> None:
    def blocks(name: str) -> set[str]:
        text = (ROOT / f"{name}.lock").read_text().strip()
        return {one.strip() for one in re.split(r"\n(?=\S)", text) if "==" in one}

    assert blocks("requirements-trustee") <= blocks("requirements")
