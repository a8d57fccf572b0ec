"""The command: its passphrase, its paper, its exit statuses; and a kill wherever it writes."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from ballot.sealing.sharefile import open_share
from ballot.trustee.__main__ import main
from ballot.trustee.address import read_address
from ballot.trustee.console import Console
from ballot.trustee.errors import NoAnswer, Trouble
from ballot.trustee.folder import Folder
from ballot.trustee.session import Session
from tests.ballot.trustee.polling import mixed, polling
from tests.ballot.trustee.world import PASSPHRASE, SECRET, Ran, World, refused, trustee

ROOT = Path(__file__).resolve().parents[3]
BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        blocked = {"django", "celery", "psycopg2", "config", "office", "members"}
        if name.partition(".")[0] in blocked:
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocked())
import runpy
sys.argv = ["trustee", "--help"]
runpy.run_module("ballot.trustee", run_name="__main__")
"""


def run(*arguments: str, answers: Callable[[str], str] = lambda prompt: PASSPHRASE) -> Ran:
    out, err = StringIO(), StringIO()
    status = main(arguments, console=Console(out=out, err=err), ask=answers)
    return Ran(status, out.getvalue(), err.getvalue())


def test_it_runs_where_no_framework_is() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "trustee's own software" in done.stdout


# --- the seat's address ---


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://votes.example/trustee/leader-2026/", "secret"),
        ("https://votes.example/trustee/leader-2026/#short", "secret"),
        ("https://votes.example/board/leader-2026/#" + SECRET, "no seat's address"),
        ("ftp://votes.example/trustee/leader-2026/#" + SECRET, "no seat's address"),
        ("https://votes.example:port/trustee/leader-2026/#" + SECRET, "port"),
        ("http://votes.example/trustee/leader-2026/#" + SECRET, "https"),
    ],
)
def test_what_is_no_seats_address_is_not_asked(text: str, words: str) -> None:
    with pytest.raises(Trouble, match=words):
        read_address(text)


def test_a_seats_address_is_read_with_the_path_before_it_and_hides_its_secret() -> None:
    address = read_address(f" https://votes.example:8443/a/trustee/leader-2026/#{SECRET}\n")

    assert (address.host, address.port) == ("votes.example", 8443)
    assert address.board == "/a/board/leader-2026/"
    assert address.seat == "/a/trustee/leader-2026/"
    assert SECRET not in repr(address)


def test_the_address_comes_from_a_file_or_the_prompt_and_never_goes_into_a_request(
    world: World, tmp_path: Path
) -> None:
    world.due = lambda world, number: None
    kept = tmp_path / "seat"
    kept.write_text(world.address(1))

    from_file = run("held", "--seat-file", str(kept), "--keep", str(tmp_path / "1"))
    asked = run("held", "--keep", str(tmp_path / "1"), answers=lambda prompt: world.address(1))

    assert (from_file.status, asked.status) == (0, 0)
    assert world.asked
    assert not [path for _, path, _ in world.asked if SECRET in path]
    assert not [p for p in (tmp_path / "1").rglob("*") if p.is_file() and SECRET in read(p)]


def read(path: Path) -> str:
    return path.read_bytes().decode("latin-1")


def test_an_unknown_secret_and_a_server_that_is_away_are_said_in_words(
    world: World, tmp_path: Path
) -> None:
    address = world.address(1)
    unknown = run("held", address.replace(SECRET, "t" * 22), "--keep", str(tmp_path / "1"))
    away = re.sub(r":\d+/", ":1/", address)
    nobody = run("held", away, "--keep", str(tmp_path / "1"))

    assert (unknown.status, nobody.status) == (1, 1)
    assert "does not know this seat's secret" in unknown.err
    assert "does not answer" in nobody.err


def test_a_folder_is_one_seats(world: World, tmp_path: Path) -> None:
    world.due = lambda world, number: None
    assert run("held", world.address(1), "--keep", str(tmp_path)).status == 0

    other = run("held", world.address(2), "--keep", str(tmp_path))

    assert other.status == 1
    assert "belongs to another seat: trustee 1" in other.err


def test_two_runs_at_once_in_one_folder_are_kept_apart(world: World, tmp_path: Path) -> None:
    with Folder(tmp_path).locked():
        ran = run("held", world.address(1), "--keep", str(tmp_path))

    assert ran.status == 1
    assert "Another run is at work" in ran.err


# --- the passphrase ---


def test_a_new_passphrase_is_asked_for_twice_and_a_short_one_is_refused(
    world: World, tmp_path: Path
) -> None:
    keep = ("--keep", str(tmp_path))
    given = iter([PASSPHRASE, "another passphrase"])
    unlike = run("ceremony", world.address(1), *keep, answers=lambda prompt: next(given))
    short = run("ceremony", world.address(1), *keep, answers=lambda prompt: "too short")

    assert (unlike.status, short.status) == (1, 1)
    assert "not the same" in unlike.err
    assert "12 characters" in short.err
    assert not world.told


def test_a_passphrase_mistyped_is_asked_for_again_and_from_a_file_it_is_not(
    world: World, tmp_path: Path
) -> None:
    with polling(tmp_path) as poll:
        poll.world.due = lambda world, number: None if world.held else "held"
        given = iter(["mistyped passphrase", PASSPHRASE])
        keep = ("--keep", str(tmp_path / "1"))
        address = poll.world.address(1)
        wrong = tmp_path / "passphrase"
        wrong.write_text("mistyped passphrase\n")

        from_file = run("held", address, *keep, "--passphrase-file", str(wrong))
        assert from_file.status == 1
        assert "does not open your share file" in from_file.err
        assert run("held", address, *keep, answers=lambda prompt: next(given)).status == 0


def test_a_share_file_that_is_none_is_refused_and_a_missing_one_is_said(
    world: World, tmp_path: Path
) -> None:
    with polling(tmp_path) as poll:
        (tmp_path / "1/share.json").write_bytes(b"{}")
        (tmp_path / "2/share.json").unlink()
        poll.world.due = lambda world, number: "held"

        refused(trustee(poll.world, 1, tmp_path, "held"), "sharefile.format")
        missing = trustee(poll.world, 2, tmp_path, "held")
        assert missing.status == 1
        assert "no share file" in missing.err


# --- paper ---


def test_what_stands_on_the_paper_gives_the_share_file_back(tmp_path: Path) -> None:
    with polling(tmp_path) as poll:
        poll.world.due = lambda world, number: None
        trustee(poll.world, 1, tmp_path, "held")
    kept = tmp_path / "1/share.json"
    before = kept.read_bytes()

    assert run("paper", "--keep", str(tmp_path / "1")).status == 0
    page = (tmp_path / "1/paper.html").read_text()
    [lines] = re.findall(r"<pre>(.*?)</pre>", page, flags=re.DOTALL)
    text = tmp_path / "typed.txt"
    text.write_text(lines.replace("&quot;", '"'))
    new = tmp_path / "new"
    ran = run("restore", "--keep", str(new), "--text-file", str(text))

    assert "<svg" in page
    assert "<script" not in page
    assert "Leader 2026" in page
    assert ran.status == 0
    assert (new / "share.json").read_bytes() == before
    assert open_share(before, passphrase=PASSPHRASE).number == 1


def test_paper_is_not_made_of_a_file_that_does_not_open_nor_restored_from_nonsense(
    tmp_path: Path,
) -> None:
    with polling(tmp_path):
        pass

    wrong = run("paper", "--keep", str(tmp_path / "1"), answers=lambda prompt: "another passphrase")
    nothing = run("paper", "--keep", str(tmp_path / "none"))
    nonsense = run("restore", "--keep", str(tmp_path / "new"), answers=lambda prompt: "{}")

    assert (wrong.status, nothing.status) == (1, 1)
    refused(nonsense, "sharefile.format")
    assert not (tmp_path / "1/paper.html").exists()
    assert not (tmp_path / "new/share.json").exists()


def test_a_restored_share_leaves_the_one_that_was_there(tmp_path: Path) -> None:
    with polling(tmp_path):
        pass
    mine, theirs = (tmp_path / number / "share.json" for number in "12")
    before, text = mine.read_bytes(), theirs.read_text()

    ran = run("restore", "--keep", str(tmp_path / "1"), answers=share_or_passphrase(text))

    assert ran.status == 0
    assert mine.read_text() == text
    assert (tmp_path / "1/share-before-1.json").read_bytes() == before


def share_or_passphrase(text: str) -> Callable[[str], str]:
    return lambda prompt: text if "QR code" in prompt else PASSPHRASE


# --- going on ---


class Killed(BaseException):
    """The process is killed."""


Write = Callable[[Folder, str, bytes], None]


def before_write(place: int, write: Write = Folder.write) -> Write:
    """Give a way to write that is killed before one of the files, by its place."""
    names = iter(range(1, place + 1))

    def dying(folder: Folder, name: str, content: bytes) -> None:
        if next(names, 0) == place:
            raise Killed
        write(folder, name, content)

    return dying


def after_write(place: int, write: Write = Folder.write) -> Write:
    """Give a way to write that is killed after one of the files, by its place."""
    names = iter(range(1, place + 1))

    def dying(folder: Folder, name: str, content: bytes) -> None:
        write(folder, name, content)
        if next(names, 0) == place:
            raise Killed

    return dying


def test_a_kill_before_or_after_any_write_of_a_ceremony_loses_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = killed = 0
    while world.key is None:
        steps += 1
        for place in range(1, 6):
            for write in (before_write(place), after_write(place)):
                with monkeypatch.context() as patched:
                    patched.setattr(Folder, "write", write)
                    try:
                        trustee(world, 1, tmp_path, "ceremony")
                    except Killed:
                        killed += 1
        for number in (2, 3, 1):
            assert trustee(world, number, tmp_path, "ceremony").status == 0
    assert trustee(world, 1, tmp_path, "ceremony").status == 0

    share = open_share((tmp_path / "1/share.json").read_bytes(), passphrase=PASSPHRASE)
    assert killed >= 2 * steps
    assert share.public_key == world.key.public_key
    assert not list(tmp_path.glob("1/ceremony/*/secret.json"))


def test_waiting_goes_on_from_the_mix_to_the_last_part_and_ends_when_nothing_will_be_due(
    tmp_path: Path,
) -> None:
    with mixed(tmp_path) as poll:
        world = poll.world
        take = world.take

        def taken(number: int, path: str, body: bytes) -> Any:
            answer = take(number, path, body)
            if path.endswith("/commitment"):
                place = path.split("/")
                poll.commit((place[1], int(place[2])), 2, b"5" * 32)
            if len(world.parts) == len(poll.places):
                world.state = "opened"
            return answer

        world.take = taken

        ran = trustee(world, 1, tmp_path, "open", "--wait")

        assert ran.status == 0, ran
        assert "You have committed to your part of 4 boxes." in ran.out
        assert "You have revealed your part of 4 boxes." in ran.out
        assert ran.out.rstrip().endswith("nothing is asked of you any more.")


def test_a_refusal_says_which_check_where_why_and_what_to_do(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        poll.world.add("void", {"reason": "A candidate died."})
        poll.world.due = lambda world, number: "commit"

        ran = trustee(poll.world, 1, tmp_path, "open")

        assert "A CHECK FAILED" in ran.err
        assert "check: poll.void\n" in ran.err
        assert "where: entry" in ran.err
        assert "Show this to the other trustees" in ran.err


@pytest.mark.parametrize("answer", [{}, [], {"due": "dance"}])
def test_a_seat_that_cannot_be_read_is_said_and_no_traceback_shown(
    world: World, tmp_path: Path, answer: Any
) -> None:
    right = world.seat
    world.seat = lambda number: right(number) | answer if answer else answer

    ran = trustee(world, 1, tmp_path, "held")

    assert ran.status == 1
    assert "cannot be read" in ran.err or "“dance”" in ran.err


def test_a_bar_shows_what_is_left_on_a_terminal_alone() -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    terminal, pipe = Terminal(), StringIO()
    clock = iter([0.0, 10.0, 90.0]).__next__
    tell = Console(out=StringIO(), err=terminal, clock=clock).progress("checking")
    tell(10, 100)
    tell(100, 100)
    Console(out=StringIO(), err=pipe).progress("checking")(10, 100)

    assert "checking  ███···························  10 %  1 min 30 s left" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[K")
    assert pipe.getvalue() == ""


def test_others_words_do_not_steer_the_terminal(world: World, tmp_path: Path) -> None:
    world.due = lambda world, number: None
    right = world.seat
    world.seat = lambda number: right(number) | {"waits_for": "Waiting\x1b[2J\u202e for you."}

    ran = trustee(world, 1, tmp_path, "held")

    assert "Waiting�[2J� for you." in ran.out
    assert "\x1b" not in ran.out


def test_a_server_that_asks_again_for_what_was_done_is_not_answered_for_ever(
    tmp_path: Path,
) -> None:
    with polling(tmp_path) as poll:
        poll.world.is_deaf_to = "held"
        poll.world.due = lambda world, number: "held"

        ran = trustee(poll.world, 1, tmp_path, "held")

        assert ran.status == 3
        assert len([path for _, path, _ in poll.world.asked if path.endswith("/held")]) == 1


def test_a_server_that_falls_silent_is_asked_again_while_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with polling(tmp_path) as poll:
        looks = []
        right = Session.look

        def look(session: Session) -> Any:
            looks.append(session)
            if len(looks) == 2:
                raise NoAnswer("votes.example does not answer: it rains.")
            poll.world.state = "opened" if len(looks) > 3 else "polling"
            return right(session)

        monkeypatch.setattr(Session, "look", look)
        poll.world.due = lambda world, number: None

        ran = trustee(poll.world, 1, tmp_path, "open", "--wait")

        assert ran.status == 0
        assert "it rains" in ran.out
        assert len(set(map(id, looks))) == 2
