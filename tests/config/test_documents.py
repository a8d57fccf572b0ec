"""docs/operations.md lists every variable and each check, and what it prints works as printed."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from ballot.services.photographs import MOST_BYTES
from config.embedded.valkey import find_binary
from members.services.draft_bulk import MOST_BYTES as MOST_OF_AMENDMENTS
from members.services.upload_import import LARGEST_BYTES

ROOT = Path(__file__).resolve().parent.parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
OF_THE_MACHINE = {"CI", "GET", "PATH", "DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED"}


def variables_read() -> set[str]:
    """Return the first argument of each reader of config/env.py and of os.environ in config/."""
    found = set()
    for file in [*(ROOT / "config").rglob("*.py"), ROOT / "manage.py", ROOT / "tests/conftest.py"]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return {name for name in found if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", name)}


def test_every_variable_that_is_read_stands_in_the_table() -> None:
    rows = re.findall(r"^\|([^|]*)\|", OPERATIONS, flags=re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    read = variables_read() - OF_THE_MACHINE

    assert {"HUSTINGS_ORIGIN", "DATABASE_URL", "PORT", "TEST_REDIS_URL"} <= read
    assert read - listed == set()
    assert listed - read == set()


def test_every_system_check_stands_in_the_table() -> None:
    raised = set(re.findall(r"hustings\.[EW]\d{3}", (ROOT / "config/checks.py").read_text()))
    listed = set(re.findall(r"\| `(hustings\.[EW]\d{3})` \|", OPERATIONS))

    assert raised
    assert listed == raised


def block_after(words: str) -> str:
    """Return the first block of code of the page after these words."""
    return OPERATIONS.split(words, 1)[1].split("```", 2)[1].split("\n", 1)[1]


def test_the_proxy_lets_through_what_the_application_takes() -> None:
    bounds = {
        place: int(megabytes) * 2**20
        for place, megabytes in re.findall(
            r"location (\S+) \{[^}]*client_max_body_size (\d+)m;", block_after("## 7. nginx")
        )
    }
    of_the_form_itself = 2**16

    assert bounds["/desk/members/"] >= LARGEST_BYTES + of_the_form_itself
    assert bounds["/desk/elections/"] >= MOST_OF_AMENDMENTS + of_the_form_itself
    assert bounds["/consent/"] >= MOST_BYTES + of_the_form_itself
    assert MOST_OF_AMENDMENTS > MOST_BYTES


def test_the_proxy_keeps_no_line_of_addresses_that_tell_of_one_person() -> None:
    unlogged = re.findall(r"~(\S+) 0;", block_after("## 7. nginx"))

    for address in ("/vote/leader/cast", "/roll/mine/abc/", "/roll/not-me/abc/", "/told/leader/"):
        assert any(re.match(pattern, address) for pattern in unlogged), address
    assert not any(re.match(pattern, "/elections/leader/") for pattern in unlogged)


def test_redis_takes_the_lines_that_are_printed(tmp_path: Path) -> None:
    (tmp_path / "redis.conf").write_text(block_after("## 5. Redis or Valkey"))
    (tmp_path / "wrong.conf").write_text("appendonly yes  # a comment\n")

    def tries(name: str) -> str:
        """Return where the server stops, which reads the file and then this command's nonsense."""
        command = [find_binary(), tmp_path / name, "--port", "0", "--dir", tmp_path]
        command += ["--no-such-directive", "1"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr

    assert "no-such-directive" in tries("redis.conf")
    assert "appendonly" in tries("wrong.conf")


def test_every_command_of_ours_stands_on_the_page() -> None:
    ours = {
        file.stem
        for application in ("ballot", "office", "members")
        for file in (ROOT / application).glob("management/commands/[a-z]*.py")
    }
    of_the_makefile = {"bench_cast", "demonstration"}

    assert ours >= of_the_makefile | {"make_staff", "export_board"}
    assert ours - of_the_makefile == {name for name in ours if f"manage.py {name}" in OPERATIONS}


def test_the_printed_settings_pass_every_check_once_the_keys_are_in(tmp_path: Path) -> None:
    printed = block_after("`/etc/hustings/environment`, owner root")
    keys = iter([
        "00112233445566778899aabbccddeeff" * 2, "ffeeddccbbaa99887766554433221100" * 2,
        "0123456789abcdeffedcba9876543210" * 2,
    ])
    (tmp_path / "environment").write_text(re.sub("…", lambda _: next(keys), printed))
    load = f"set -a; . {tmp_path / 'environment'}; set +a; exec "

    done = subprocess.run(
        ["sh", "-c", f"{load} {sys.executable} manage.py check --deploy --fail-level WARNING"],
        cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )

    assert next(keys, None) is None
    assert done.returncode == 0, done.stderr
