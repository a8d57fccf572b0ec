"""Which node builds the styles and scripts and runs their tests: the system's, or the wheel's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.embedded import node

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = json.loads((ROOT / "package.json").read_text())


def put_node(folder: Path, version: str) -> None:
    for name in ("node", "npm"):
        (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
        (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("version", "is_used"),
    [
        *(("v20.19.0", True), ("v20.20.2", True), ("v24.19.0", True)),
        *(("v20.18.3", False), ("v18.20.4", False), ("nonsense", False)),
    ],
)
def test_the_systems_node_is_used_from_the_version_on_that_the_packages_ask_for(
    version: str, is_used: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_node(tmp_path, version)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(node, "_wheel_folder", lambda: tmp_path / "wheel")

    command, _ = node.find_npm()

    assert (command == [str(tmp_path / "npm")]) == is_used


def test_the_least_version_is_the_one_that_package_json_asks_for() -> None:
    assert PACKAGE["engines"]["node"] == f">={node.LEAST_VERSION}"


def test_the_scripts_tests_are_named_as_files_since_node_24_takes_no_folder() -> None:
    *command, files = PACKAGE["scripts"]["test"].split()

    assert command == ["node", "--test"]
    assert sorted(ROOT.glob(files)) == sorted((ROOT / "tests").rglob("*.test.mjs")) != []


def test_npm_keeps_its_cache_in_var_where_the_account_has_no_home_to_write_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUSTINGS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert node.npm_cache() == {}

    monkeypatch.setenv("HOME", str(tmp_path / "gone"))

    assert node.npm_cache() == {"NPM_CONFIG_CACHE": str(tmp_path / "var" / "npm")}
