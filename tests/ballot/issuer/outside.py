"""An outside issuer for the tests: the program itself, a folder, and a mail server of the test's.

The passphrase is stretched with little memory (conftest.py): what is tried here is not argon2.
"""

from __future__ import annotations

import email
import email.policy
import io
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import pytest

from ballot.issuer.__main__ import ANSWERS_FILE, KEYS_FILE, main
from ballot.models import Credential, Election
from ballot.sealing.codes import VotingKey, voting_key
from ballot.services.issuer_files import FileForIssuer, begin_list, begin_requests
from ballot.services.set_up import edit_election
from ballot.services.take_answers import Taken, take_answers
from ballot.services.take_keys import hand_in_keys, take_keys
from ballot.showing.issuer import contact_of, particulars_of
from tests.ballot.factories import Run, bring, cast_wire, election, entries, sealed

PASSPHRASE = "correct horse batteries"
NAME = "Ines Quill, scrutineer"


@dataclass
class Outside:
    """An issuer's folder, and how to run the program upon it."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def run(self, act: str, *rest: object, passphrase: str = PASSPHRASE) -> int:
        """Run one act; give the exit status."""
        self.monkeypatch.setattr("sys.stdin", io.StringIO(passphrase + "\n"))
        return main([act, str(self.folder), *map(str, rest)])

    def init(self) -> bytes:
        """Make the folder; give the card."""
        assert self.run("init", "--name", NAME) == 0
        return (self.folder / "issuer.json").read_bytes()

    def make(self, file: FileForIssuer) -> bytes:
        """Make the codes of a list; give the file of keys."""
        assert self.run("make", self.given(file)) == 0
        return (self.folder / KEYS_FILE).read_bytes()

    def answer(self, file: FileForIssuer, *more: str) -> bytes:
        """Answer a file of requests; give the answers."""
        assert self.run("answer", self.given(file), *more) == 0
        return (self.folder / ANSWERS_FILE).read_bytes()

    def given(self, file: FileForIssuer) -> Path:
        """A file of the server's, as the officer carries it over."""
        path = self.folder.parent / f"{file.mark.hex()[:8]}.bin"
        path.write_bytes(b"".join(file.pieces))
        return path

    def send(self, post: Post, *more: str) -> int:
        """Send what waits to the test's own mail server."""
        return self.run(
            "send", "--host", "127.0.0.1", "--port", post.port, "--security", "none",
            "--from", "codes@issuer.example", *more,
        )  # fmt: skip


# --- between the two -------------------------------------------------------------------------


def list_for(run: Run) -> FileForIssuer:
    now_standing = run.election
    return begin_list(now_standing, particulars_of(now_standing), contact_of, **run.by)


def requests_for(run: Run) -> FileForIssuer:
    now_standing = run.election
    return begin_requests(now_standing, particulars_of(now_standing), contact_of, **run.by)


def hand_in(run: Run, keys: bytes) -> None:
    """Hand a file of keys in, and let the worker look at it."""
    hand_in_keys(run.election_id, content=keys, **run.by)
    take_keys(run.election_id, **run.by)


def exchange(run: Run, outside: Outside, *more: str) -> Taken:
    """Give the issuer the requests, and take their answers."""
    content = outside.answer(requests_for(run), *more)
    return take_answers(run.election_id, content=content, **run.by)


def with_issuer(outside: Outside, *, at: str = "keyed", **given: object) -> Run:
    """An election whose codes this issuer makes, at a point of its life up to the key."""
    run = election(**given)  # type: ignore[arg-type]
    edit_election(run.election_id, issuer=outside.init(), **run.by)
    return bring(run, to=at)


def coded(outside: Outside, **given: object) -> Run:
    """The same with the issuer's keys on the board."""
    run = with_issuer(outside, **given)
    hand_in(run, outside.make(list_for(run)))
    return run


# --- the post --------------------------------------------------------------------------------


@dataclass
class Post:
    """A mail server that keeps what it is given, and answers as it is told."""

    port: int
    taken: list[bytes] = field(default_factory=list)
    refuses: dict[str, int] = field(default_factory=dict)
    hangs_up_at: int | None = None
    sender_code: int = 250

    def mails(self) -> list[EmailMessage]:
        return [email.message_from_bytes(one, policy=email.policy.default) for one in self.taken]

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails() if address in str(mail["To"])]


@contextmanager
def post_office() -> Iterator[Post]:
    """Run a mail server on this machine while the block lasts."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 ready")
            to = ""
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("DATA"):
                    self.say("354 go on")
                    if not self.take():
                        return
                    continue
                if verb.startswith("MAIL"):
                    self.say(f"{post.sender_code} so")
                elif verb.startswith("RCPT"):
                    to = re.sub(r"^[^<]*<([^>]*)>.*$", r"\1", line)
                    code = post.refuses.get(to, 250)
                    self.say(f"{code} so")
                elif verb.startswith("QUIT"):
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def take(self) -> bool:
            whole = b""
            while (line := self.rfile.readline()) != b".\r\n":
                whole += line[1:] if line.startswith(b"..") else line
            if post.hangs_up_at == len(post.taken):
                return False  # Nobody can know now whether it was taken.
            post.taken.append(whole)
            self.say("250 taken")
            return True

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        post = Post(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield post
        server.shutdown()


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def code_in(text: str) -> str:
    """The code at the end of the link in a letter."""
    found = re.search(r"/vote/[^\s#]+/#(\S+)", text)
    assert found is not None, text
    return unquote(found[1])


def key_in(mail: EmailMessage, now_standing: Election) -> VotingKey:
    return voting_key(code_in(text_of(mail)), election_id=now_standing.public_id.bytes)


def in_force(run: Run) -> int:
    return Credential.objects.filter(election=run.election_id, force="in-force").count()


def cast_with(run: Run, post: Post, place: int, *, letter: int = 0) -> None:
    entry = entries(run)[place]
    key = key_in(post.to(entry.email)[letter], run.election)
    assert cast_wire(run, sealed(run, entry, (0,), key=key))
