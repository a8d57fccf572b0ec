"""One bundle, read from a zip, a folder and an address; and what the command says and answers."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from django.core.management import call_command

from ballot.services.polls import poll_at
from ballot.services.receipts import Receipt
from tests.ballot.factories import Run, bring, cast_all, election
from tests.verifier.bundles import failures, verified, written
from tests.verifier.given import failure
from verifier.__main__ import main
from verifier.bundle import Folder, Unreadable, open_bundle

pytestmark = pytest.mark.django_db


class Quiet(SimpleHTTPRequestHandler):
    """A plain web server that breaks off in the middle of the first blob it is asked for."""

    broken: ClassVar[set[str]] = set()

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        content = Path(self.translate_path(self.path))
        if not content.is_file():
            self.send_error(404)
            return
        octets = content.read_bytes()
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(octets) - start))
        self.end_headers()
        if "blob" in self.path and self.path not in self.broken and not start:
            self.broken.add(self.path)
            self.wfile.write(octets[: len(octets) // 2])
        else:
            self.wfile.write(octets[start:])


@contextmanager
def served(folder: Path) -> Iterator[str]:
    Quiet.broken = set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def signed_receipt(run: Run, tracker: bytes) -> str:
    return Receipt(tracker, is_repeat=False).signed(poll_at(run.election.slug))


def exported(run: Run, folder: Path) -> Path:
    call_command("export_board", run.election.slug, str(folder))
    return folder


def test_the_zip_the_folder_and_the_address_are_one_bundle(tmp_path: Path) -> None:
    run = election(at="declared", electors=3, rankings=((0,), (0,), (1,)))
    archive = written(run, tmp_path)
    folder = exported(run, tmp_path / "board")

    from_zip, from_folder = verified(archive), verified(folder)

    assert from_zip["verdict"] == "PASS"
    assert from_folder == from_zip
    with served(folder) as address:
        cache = tmp_path / "cache"
        tries = [verified(address, "--cache", str(cache)) for _ in range(20)]
    broken = failures(tries[0])
    assert {condition for _, condition, _ in broken} == {"file.unreadable"}
    # Each download that broke off goes on where it was, and nothing is fetched twice.
    assert tries[-1] == from_zip


def test_no_path_leads_out_of_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "board").mkdir()
    (tmp_path / "board" / "checkpoint").write_text("x")
    folder = Folder(tmp_path / "board")
    assert folder.read("checkpoint", 10) == b"x"

    for path in ("../secret", "/etc/passwd", "blob/../../secret", "checkpoint\n"):
        assert failure(folder.read, path, 100).check == "file.path"
    assert failure(folder.read, "checkpoint", 0).check == "file.size"


def test_a_zip_with_two_files_of_one_name_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("checkpoint", b"one")
        archive.writestr("checkpoint", b"two")

    with pytest.raises(Unreadable, match="two files of one name"):
        open_bundle(str(path))


@pytest.mark.parametrize(
    "arguments",
    [["nowhere.zip"], ["x", "--key", "nonsense"], ["x", "--quorum", "1"],
     ["x", "--since", "nowhere"], ["x", "--receipt", "nowhere"]],
)  # fmt: skip
def test_what_cannot_be_read_ends_with_status_2(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()

    assert main(arguments) == 2

    assert capsys.readouterr().err.startswith("verifier: ")


def test_a_line_a_check_is_printed_with_its_number_name_and_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = written(election(at="polling", demonstration=False), tmp_path)

    assert main([str(archive), "--jobs", "1"]) == 3

    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["1", "log", "PASS", "25", "entries"]
    assert said[11] == "12  mixes           NOT MADE  it rests on boxes"
    assert said[-1].startswith("NOT YET: nothing failed")
    assert "REHEARSAL" not in "".join(said)


def test_a_rehearsal_is_said_first_and_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = written(election(at="keyed", demonstration=True), tmp_path)

    assert main([str(archive), "--jobs", "1"]) == 3

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("A REHEARSAL: the server held the trustees' shares")
    assert said[-1].endswith("Its result counts for nothing.")


def test_the_readers_own_key_and_receipt_are_held_against_the_board(tmp_path: Path) -> None:
    run = election(at="polling", electors=3, rankings=((0,), (0,)))
    receipts = cast_all(run)
    run.rankings = ()
    archive = written(bring(run, to="closed"), tmp_path)
    (said,) = [one for one in verified(archive)["notes"] if "that key given" in one]
    key = said.rpartition(" ")[2]
    other = written(election(at="closed", title="Chair 2026", electors=3), tmp_path, "other.zip")
    kept = tmp_path / "receipt"
    kept.write_text(signed_receipt(run, receipts[0].tracker))

    good = verified(archive, "--key", key, "--receipt", str(kept))
    bad = verified(other, "--key", key)
    foreign = verified(other, "--receipt", str(kept))

    assert failures(good) == [] and any("the ballot is entry" in one for one in good["notes"])
    assert failures(bad)[0][:2] == ("log", "checkpoint.other-origin")
    assert failures(foreign)[0][:2] == ("log", "receipt.other-origin")


def test_a_receipt_of_a_ballot_that_is_not_there_is_evidence(tmp_path: Path) -> None:
    run = election(at="closed", electors=3, rankings=((0,), (0,)))
    kept = tmp_path / "receipt"
    kept.write_text(signed_receipt(run, b"\7" * 32))

    report = verified(written(run, tmp_path), "--receipt", str(kept))

    assert failures(report) == [("ballots", "receipt.missing", str(kept))]
