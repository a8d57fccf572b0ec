"""What the witness's pages tell people to type is taken, and what they quote is what it prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.witness.boards import PROGRAM
from witness import hustings_witness as own

ROOT = PROGRAM.parent.parent
HANDBOOK = ROOT / "docs/handbook/witness.md"
PAGES = (HANDBOOK, PROGRAM.parent / "README.md", PROGRAM)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_printed_is_one(page: Path) -> None:
    lines = re.findall(r"^ +python3 hustings_witness\.py (.*)$", page.read_text("utf-8"), re.M)

    assert len(lines) >= 2
    for line in lines:
        assert own.read_arguments(shlex.split(line)).act


def test_what_the_handbook_quotes_is_in_the_program() -> None:
    program = re.sub(r'"\s+f?"', "", PROGRAM.read_text("utf-8"))
    quoted = [
        words for cell in re.findall(r"^\| `([^`]+)` \|", HANDBOOK.read_text("utf-8"), re.M)
        for words in re.split(r"…|\d+|could not: ", cell) if len(words.strip(" ,.")) > 3
    ]  # fmt: skip
    # The one sentence that is the server's.
    theirs = (ROOT / "ballot/services/take_cosignature.py").read_text("utf-8")

    assert len(quoted) > 8
    for words in quoted:
        plain = words.strip(" ,.")
        assert plain in re.sub(r"\{[^}]*\}", "", program) or plain in theirs, words


def test_the_readme_and_the_program_are_where_the_pages_say() -> None:
    for page in PAGES[:2]:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), link
    assert len(HANDBOOK.read_text("utf-8").splitlines()) < 60


def test_the_command_of_the_server_runs_the_same_file(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as made:
        call_command("witness", "init", "press.example/witness", "--state", str(tmp_path))
    with pytest.raises(SystemExit) as again:
        call_command("witness", "init", "press.example/witness", "--state", str(tmp_path))

    assert (made.value.code, again.value.code) == (0, 1)
    assert own.State(tmp_path).own_key().name == "press.example/witness"
