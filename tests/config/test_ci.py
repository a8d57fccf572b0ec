"""A test that could not run is a failure in continuous integration, and a skip elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded import chromium

CONFTEST = Path(__file__).resolve().parent.parent / "conftest.py"
SKIPPED = "import pytest\n\n\ndef test_of_a_browser():\n    pytest.skip('no browser here')\n"


def run_the_tests(folder: Path, code: str, *, is_ci: bool) -> subprocess.CompletedProcess[str]:
    shutil.copy(CONFTEST, folder / "conftest.py")
    (folder / "test_it.py").write_text(code)
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider", "-rs"],
        cwd=folder,
        env=environment | ({"CI": "true"} if is_ci else {}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_skip_is_reported_with_its_reason_and_fails_ci(tmp_path: Path) -> None:
    at_home = run_the_tests(tmp_path, SKIPPED, is_ci=False)
    in_ci = run_the_tests(tmp_path, SKIPPED, is_ci=True)

    assert at_home.returncode == 0 and "no browser here" in at_home.stdout
    assert in_ci.returncode == 1 and "no browser here" in in_ci.stdout


def test_ci_passes_what_passes_and_what_is_expected_to_fail(tmp_path: Path) -> None:
    code = (
        "import pytest\n\n\ndef test_a():\n    pass\n\n\n"
        "@pytest.mark.xfail\ndef test_b():\n    assert False\n"
    )

    assert run_the_tests(tmp_path, code, is_ci=True).returncode == 0


def test_the_browser_is_the_one_named_or_the_first_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("google-chrome", "chromium"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert chromium.find_chromium() == tmp_path / "chromium"

    monkeypatch.setenv("CHROMIUM", str(tmp_path / "google-chrome"))
    assert chromium.find_chromium() == tmp_path / "google-chrome"

    monkeypatch.setenv("CHROMIUM", str(tmp_path / "gone"))
    assert chromium.find_chromium() is None


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_without_a_browser_ci_stops_before_the_tests(
    ci: str, status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "gone"))
    monkeypatch.setenv("CI", ci)

    assert chromium.main() == status
