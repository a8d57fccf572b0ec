"""Bundles of elections that the real services made, at any point of their life.

An election is made in the database and written as `manage.py export_board` would; nothing of the
server's is used after that.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ballot.bundle import bundle_zip
from ballot.published import newest_checkpoint
from ballot.services.publish_board import publish_board
from tests.ballot.factories import Run, now

ROOT = Path(__file__).resolve().parents[2]


def written(run: Run, folder: Path, name: str = "all.zip") -> Path:
    """Write the zip of an election as it stands, and return where."""
    publish_board(run.election_id, now=now())
    checkpoint = newest_checkpoint(run.election)
    assert checkpoint is not None
    path = folder / name
    path.write_bytes(b"".join(bundle_zip(checkpoint)))
    return path


def verified(place: Path | str, *arguments: str) -> dict[str, Any]:
    """Run the verifier as a stranger would, without the project, and return its report."""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c",
         f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv[0] = 'verifier'\n"
         "from verifier.__main__ import main\nsys.exit(main())",
         str(place), "--json", "--jobs", "1", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode in {0, 1, 3, 4}, ran.stderr
    report: dict[str, Any] = json.loads(ran.stdout)
    assert report["status"] == ran.returncode
    return report


def results(report: dict[str, Any]) -> dict[str, str]:
    return {check["name"]: check["result"] for check in report["checks"]}


def failures(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the check, the condition and the place of all that failed."""
    return [
        (check["name"], one["condition"], one["where"])
        for check in report["checks"]
        for one in check["failures"]
    ]


def figures(report: dict[str, Any]) -> dict[str, str]:
    return {check["name"]: check["figure"] for check in report["checks"]}
