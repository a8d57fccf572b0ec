"""Find the Chromium that the browser tests drive, and install Debian's where we may.

    python -m config.embedded.chromium
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ABSENT = "No Chromium here: install it, or name one in CHROMIUM; the browser tests need it."


def find_chromium() -> Path | None:
    named = os.environ.get("CHROMIUM", "").strip()
    if named:
        return Path(named) if os.access(named, os.X_OK) else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def install_chromium() -> None:
    """Install Debian's package where we are root; elsewhere leave things as they are."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print("No Chromium here: installing Debian's (half a minute).", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        if subprocess.run(command, env=quiet, check=False, capture_output=True).returncode:
            print(f"{' '.join(command)} failed.", flush=True)
            return


def main() -> int:
    if find_chromium() is None and not os.environ.get("CHROMIUM", "").strip():
        install_chromium()
    found = find_chromium()
    if found is None:
        print(ABSENT, file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    print(f"Browser tests use {found}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
