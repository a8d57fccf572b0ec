"""The trustees' and mixers' commands with real share files, from the key to the declaration."""

from __future__ import annotations

import errno
import io
import stat
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ballot.management.commands import make_trustees as make_trustees_module
from ballot.management.trusted import ask_new_passphrase
from ballot.models import DemonstrationShare, PartialOpening
from ballot.sealing import sharefile
from ballot.sealing.keys import ElectionKey, KeyShare
from ballot.sealing.sharefile import open_share
from ballot.selectors import key_of
from ballot.services.mix_box import SERVER, mix_boxes
from ballot.services.open_box import open_box
from tests.ballot.factories import Run, bring, content, election, kinds

pytestmark = pytest.mark.django_db

PASSPHRASES = ("a first long phrase", "a second long phrase", "a third long phrase")
NAMES = "Ann Lee, Ben Ray, Cy Ode"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the tests what a passphrase is meant to cost."""
    monkeypatch.setattr(sharefile, "_MEMORY_KIB", 64)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    """Type lines at the next command."""

    def type_lines(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return type_lines


def command(name: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def make_trustees(run: Run, out: Path, *, quorum: int = 2) -> str:
    return command("make_trustees", run.election.slug, "--trustees", NAMES, "--quorum",
                   str(quorum), "--out", str(out))


def share_file(run: Run, out: Path, number: int) -> Path:
    return out / f"{run.election.slug}-trustee-{number}.share"


def open_parts(run: Run, out: Path, number: int, keep: Path) -> str:
    return command("open_parts", run.election.slug, "--share", str(share_file(run, out, number)),
                   "--keep", str(keep), "--processes", "1")


def test_trustees_with_share_files_open_the_box_and_the_result_is_declared(
    tmp_path: Path, typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = election(at="frozen", demonstration=False)
    keep = tmp_path / "parts"
    typed(*PASSPHRASES)
    make_trustees(run, tmp_path)
    bring(run, to="verified")
    mix_boxes(run.election_id, mixer=SERVER, **run.by)
    with pytest.raises(CommandError, match="own mix"):
        command("mix_boxes", run.election.slug, "--mixer", "server")
    monkeypatch.setattr("sys.stdout", io.StringIO())
    command("mix_boxes", run.election.slug, "--mixer", "Scrutineer", "--processes", "1")
    assert run.state == "mixed"

    typed(PASSPHRASES[0])
    assert "Committed" in open_parts(run, tmp_path, 1, keep)
    # Again, alone: nothing is revealed before a quorum has committed, and nothing done twice.
    typed(PASSPHRASES[0])
    assert "Committed" in open_parts(run, tmp_path, 1, keep)
    assert kinds(run).count("opening-commitment") == 1 and "part" not in kinds(run)
    typed(PASSPHRASES[2])
    assert "Revealed" in open_parts(run, tmp_path, 3, keep)
    typed(PASSPHRASES[0])
    assert "Revealed" in open_parts(run, tmp_path, 1, keep)
    open_box(run.election_id, **run.by)
    bring(run, to="declared")

    assert run.state == "declared"
    assert content(run, "declaration")["contests"][0]["elected"] == ["Ash Amin"]
    assert PartialOpening.objects.filter(content__isnull=False).count() == 2
    assert not DemonstrationShare.objects.exists()


def test_share_files_are_their_owners_alone_and_open_with_their_passphrase(
    tmp_path: Path, typed
) -> None:
    run = election(at="frozen", demonstration=False)
    typed(*PASSPHRASES)

    make_trustees(run, tmp_path)

    for number, passphrase in enumerate(PASSPHRASES, start=1):
        file = share_file(run, tmp_path, number)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        share = open_share(file.read_bytes(), passphrase=passphrase)
        assert isinstance(share, KeyShare) and share.number == number
    assert key_of(run.election).quorum == 2


@pytest.mark.parametrize(
    ("quorum", "lines", "said"),
    [
        (4, PASSPHRASES, "No key was made"),
        (0, PASSPHRASES, "No key was made"),
        (2, ("a first long phrase", "short"), "at least 12 characters"),
    ],
)
def test_a_ceremony_that_cannot_be_makes_no_key(
    quorum: int, lines: tuple[str, ...], said: str, tmp_path: Path, typed
) -> None:
    run = election(at="frozen", demonstration=False)
    typed(*lines)

    with pytest.raises(CommandError, match=said):
        make_trustees(run, tmp_path / "first", quorum=quorum)
    assert run.election.key is None
    assert not (tmp_path / "first").exists()
    typed(*PASSPHRASES)
    make_trustees(run, tmp_path / "second")

    assert key_of(run.election).quorum == 2


def test_share_files_are_never_written_over(tmp_path: Path, typed) -> None:
    run = election(at="frozen", demonstration=False)
    share_file(run, tmp_path, 2).write_bytes(b"of another ceremony")
    typed(*PASSPHRASES)

    with pytest.raises(CommandError, match="is there already"):
        make_trustees(run, tmp_path)
    assert share_file(run, tmp_path, 2).read_bytes() == b"of another ceremony"
    make_trustees(run, tmp_path / "elsewhere")

    assert share_file(run, tmp_path / "elsewhere", 2).exists()


def test_a_key_is_made_once_and_a_second_ceremony_leaves_no_shares(tmp_path: Path, typed) -> None:
    run = election(at="frozen", demonstration=False)
    typed(*PASSPHRASES)
    make_trustees(run, tmp_path)

    typed(*PASSPHRASES)
    with pytest.raises(CommandError, match="not been set up yet"):
        make_trustees(run, tmp_path / "elsewhere")

    assert share_file(run, tmp_path, 1).exists()
    assert not share_file(run, tmp_path / "elsewhere", 1).exists()


def test_a_set_of_shares_is_written_whole_or_not_at_all(
    tmp_path: Path, typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = election(at="frozen", demonstration=False)
    room = iter([None, OSError(errno.ENOSPC, "No space left on device")])

    def sync(descriptor: int) -> None:
        if full := next(room):
            raise full

    with monkeypatch.context() as small:
        small.setattr("os.fsync", sync)
        typed(*PASSPHRASES)
        with pytest.raises(CommandError, match="No space left"):
            make_trustees(run, tmp_path)
    assert list(tmp_path.iterdir()) == [] and run.election.key is None
    typed(*PASSPHRASES)
    make_trustees(run, tmp_path)

    assert len(list(tmp_path.iterdir())) == len(PASSPHRASES)


def test_of_two_ceremonies_at_once_the_later_leaves_no_shares(
    tmp_path: Path, typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = election(at="frozen", demonstration=False)
    made_once = make_trustees_module.set_key

    def after_another(election_id: int, *, key: ElectionKey, by: None, now: datetime) -> None:
        made_once(election_id, key=key, by=by, now=now)
        made_once(election_id, key=key, by=by, now=now)

    monkeypatch.setattr(make_trustees_module, "set_key", after_another)
    typed(*PASSPHRASES)
    with pytest.raises(CommandError, match="not been set up yet"):
        make_trustees(run, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_at_a_terminal_a_passphrase_that_will_not_do_is_asked_for_anew(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = iter(["short", "a first long phrase", "a frist long phrase", *2 * [PASSPHRASES[0]]])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(lines))

    assert ask_new_passphrase("Ann Lee") == PASSPHRASES[0]

    assert "at least 12 characters" in capsys.readouterr().err
    assert next(lines, None) is None


def test_a_wrong_passphrase_opens_nothing_and_says_so(tmp_path: Path, typed) -> None:
    run = election(at="frozen", demonstration=False)
    typed(*PASSPHRASES)
    make_trustees(run, tmp_path)
    bring(run, to="mixed")

    typed("not the right phrase")
    with pytest.raises(CommandError, match="does not open"):
        open_parts(run, tmp_path, 1, tmp_path / "parts")
    with pytest.raises(CommandError, match="cannot be read"):
        open_parts(run, tmp_path, 9, tmp_path / "parts")

    assert not PartialOpening.objects.exists()


def test_a_share_of_another_election_is_refused_in_words_and_commits_to_nothing(
    tmp_path: Path, typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", io.StringIO())
    other = election(at="frozen", title="Another", demonstration=False)
    run = election(at="frozen", demonstration=False)
    for one, folder in ((other, "other"), (run, "own")):
        typed(*PASSPHRASES)
        make_trustees(one, tmp_path / folder)
    bring(run, to="mixed")
    arguments = ("--keep", str(tmp_path / "parts"), "--processes", "1")

    typed(PASSPHRASES[0])
    with pytest.raises(CommandError, match="not one of this election's key"):
        command("open_parts", run.election.slug, "--share",
                str(share_file(other, tmp_path / "other", 1)), *arguments)
    assert not PartialOpening.objects.exists()
    typed(PASSPHRASES[0])
    command("open_parts", run.election.slug, "--share",
            str(share_file(run, tmp_path / "own", 1)), *arguments)

    assert PartialOpening.objects.count() == 1


def test_an_election_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    run = election()

    with pytest.raises(CommandError, match=run.election.slug):
        command("mix_boxes", "nowhere", "--mixer", "Scrutineer")


def test_parts_are_not_opened_before_the_boxes_are_mixed(tmp_path: Path, typed) -> None:
    run = election(at="frozen", demonstration=False)
    typed(*PASSPHRASES)
    make_trustees(run, tmp_path)
    bring(run, to="verified")

    typed(PASSPHRASES[0])
    with pytest.raises(CommandError, match="Box mixed"):
        open_parts(run, tmp_path, 1, tmp_path / "parts")

    assert not PartialOpening.objects.exists()
