"""Machines of people outside, who type the commands of their handbooks as these are printed.

Each has a folder, and a PATH with the one Python that its handbook asks for. Put in the place of
what is printed is only what a handbook leaves to its reader: addresses, and names of files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HANDBOOKS = ROOT / "docs" / "handbook"
PATIENCE_S = 120


def printed(handbook: str, begins: str) -> str:
    """The first command of a handbook that begins so, without the remark behind it."""
    text = (HANDBOOKS / f"{handbook}.md").read_text("utf-8")
    commands = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    found = [line for line in commands if line.startswith(begins)]
    assert found, f"{handbook}.md prints no command that begins with {begins!r}"
    return found[0].partition("  #")[0]


@dataclass
class Machine:
    """Somebody's own machine. instead: what stands for the examples of the handbook."""

    folder: Path
    handbook: str
    instead: dict[str, str] = field(default_factory=dict)
    has_project: bool = False

    def __post_init__(self) -> None:
        (self.folder / "bin").mkdir(parents=True)
        python = self.folder / "bin" / "python3"
        if self.has_project:
            # The programs of the project, with what they need.
            python.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} "$@"\n')
        else:
            # -S: nothing that was ever installed beside the language's own library is seen.
            python.write_text(f'#!/bin/sh\nexec {bare_python()} -S -E -s "$@"\n')
        python.chmod(0o755)
        (self.folder / "bin" / "python").symlink_to("python3")

    def start(self, begins: str, **more: str) -> subprocess.Popen[str]:
        """Start the command that begins so; its output goes to a file of the folder."""
        return subprocess.Popen(
            ["/bin/sh", "-c", f"exec {self._command(begins, more)}"],
            stdin=subprocess.PIPE, stdout=(self.folder / "said.txt").open("w"),
            stderr=subprocess.STDOUT, text=True, cwd=self.folder, env=self._env(),
            start_new_session=True,
        )  # fmt: skip

    def type(self, begins: str, *, answers: str = "", **more: str) -> str:
        """Type the command that begins so, and give what it answers; it must succeed.

        answers: what its owner types when it asks. more: what else stands for printed examples.
        """
        ran = subprocess.run(
            ["/bin/sh", "-c", self._command(begins, more)], input=answers, text=True,
            capture_output=True, check=False, timeout=PATIENCE_S, cwd=self.folder,
            env=self._env(), start_new_session=True,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def said(self) -> str:
        """What a command that was started has said so far."""
        return (self.folder / "said.txt").read_text()

    def _command(self, begins: str, more: dict[str, str]) -> str:
        command = printed(self.handbook, begins)
        for example, own in (self.instead | more).items():
            command = command.replace(example, own)
        return command

    def _env(self) -> dict[str, str]:
        """All that a command sees of its surroundings: nothing of the tester's own."""
        return {"PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}


def bare_python() -> str:
    """The system's own Python, or else the one that this environment was made from."""
    system = "/usr/bin/python3"
    is_new = [system, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    if os.access(system, os.X_OK) and subprocess.run(is_new, check=False).returncode == 0:
        return system
    return str(Path(sys.base_prefix) / "bin" / "python3")
