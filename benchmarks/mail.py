"""Letters by the hundred thousand: queued, handed to a mail server, and set for the printer.

    make bench-mail [OPTIONS="--letters 20000 --sent 2000 --printed 1000"]

Starts a PostgreSQL of its own with fsync on and a mail server on a socket of this machine that
takes everything and keeps nothing (no TLS, no disk). Queueing encrypts a code for each letter;
sending words each from the templates of a voting code, over one connection and over several;
printing sets the same letter as PDF with its QR code, in files of 500. The look-up of names and
addresses on the roll is not in it: `make bench-roll` measures the list. Prints each figure beside
its goal, whose processor seconds those were, and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import socketserver
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from benchmarks.installation import installation

if TYPE_CHECKING:
    from benchmarks.meter import Meter
    from office.pdf import PostalLetter
    from office.purposes import Envelope, LetterToSend

WHOLE: Final = 654_006
QUEUED_WITHIN_S: Final = 120
SENT_A_SECOND: Final = 200
PRINTED_A_SECOND: Final = 50_000 / 600
PURPOSE: Final = "bench-letter"
CODE: Final = "7K3MQX2A99ZZABCDEFGH"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: how many letters, in how long, and the goal in words."""

    name: str
    letters: int
    seconds: float
    worker_s: float
    database_s: float
    goal: str
    met: bool

    @property
    def rate(self) -> float:
        return self.letters / self.seconds


class _Session(socketserver.StreamRequestHandler):
    """One SMTP session (RFC 5321) with a server that takes whatever it is given."""

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline().strip().upper():
            if line.startswith(b"DATA"):
                self._say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
            if line.startswith(b"QUIT"):
                self._say("221 bye")
                return
            self._say("250 ok")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Sink(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def _serve(ports: Any) -> None:
    with _Sink(("127.0.0.1", 0), _Session) as server:
        ports.put(server.server_address[1])
        server.serve_forever()


@contextmanager
def sink() -> Iterator[int]:
    """A mail server in a process of its own; gives its port."""
    ports: Any = multiprocessing.Queue()
    process = multiprocessing.Process(target=_serve, args=(ports,), daemon=True)
    process.start()
    try:
        yield ports.get(timeout=30)
    finally:
        process.terminate()
        process.join()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the sending of letters.")
    parser.add_argument("--letters", type=int, default=WHOLE, help="how many are queued")
    parser.add_argument("--sent", type=int, default=20_000, help="how many are sent, each way")
    parser.add_argument("--connections", type=int, default=4, help="to the mail server at once")
    parser.add_argument("--printed", type=int, default=5_000, help="how many are set as PDF")
    given = parser.parse_args()
    with sink() as port, installation():
        import django  # noqa: PLC0415 - settings are read from what the installation named.

        django.setup()
        _migrate()
        _send_to(port)
        figures = _measure(
            given.letters, sent=given.sent, connections=given.connections, printed=given.printed
        )
    _show(figures)


def _migrate() -> None:
    from django.core.management import call_command  # noqa: PLC0415 - as above.

    call_command("migrate", verbosity=0)


def _send_to(port: int) -> None:
    """Have Django's own SMTP back end speak to the sink."""
    from django.conf import settings  # noqa: PLC0415 - as above.

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def _measure(
    letters: int, *, sent: int, connections: int, printed: int
) -> list[Figure]:
    from benchmarks.meter import Meter  # noqa: PLC0415 - settings are read by now.
    from office.progress import silent  # noqa: PLC0415
    from office.purposes import register_purpose  # noqa: PLC0415
    from office.services.dispatches import release_letters  # noqa: PLC0415
    from office.services.letters import prepare_dispatch, queue_letters  # noqa: PLC0415
    from office.services.sending import send_letters  # noqa: PLC0415
    from office.services.side_by_side import send_side_by_side  # noqa: PLC0415

    register_purpose(PURPOSE, _render, words="Letters of a measurement")
    dispatch = prepare_dispatch(PURPOSE, reference=uuid.uuid4(), tranche_size=sent)
    with Meter() as queueing:
        queued = queue_letters(
            dispatch.pk, ((str(uuid.uuid4()), CODE.encode()) for _ in range(letters))
        )
    release_letters(dispatch.pk, tranches=1, by=None, now=datetime.now(UTC))
    with Meter() as sending:
        gone = send_letters(dispatch.pk, turn_s=3600).handed_over
    release_letters(dispatch.pk, tranches=1, by=None, now=datetime.now(UTC))
    with Meter() as together:
        gone_together = send_side_by_side(
            dispatch.pk, connections=connections, report=silent, turn_s=3600
        ).handed_over
    with Meter() as printing:
        _print(printed)
    return [
        _figure("queued", queued, queueing, goal=f"{WHOLE:,} < {QUEUED_WITHIN_S} s",
                least=WHOLE / QUEUED_WITHIN_S),
        _figure("sent, 1 connection", gone, sending, goal=f"{SENT_A_SECOND}/s",
                least=SENT_A_SECOND),
        _figure(f"sent, {connections} connections", gone_together, together,
                goal=f"{SENT_A_SECOND}/s", least=SENT_A_SECOND),
        _figure("printed", printed, printing, goal="50,000 < 10 min", least=PRINTED_A_SECOND),
    ]


def _figure(name: str, letters: int, meter: Meter, *, goal: str, least: float) -> Figure:
    met = letters / meter.wall_s >= least
    return Figure(name, letters, meter.wall_s, meter.worker_s, meter.database_s, goal, met)


def _election() -> Any:
    """An election that is nowhere but here: what a letter says of one."""
    from ballot.models import Election  # noqa: PLC0415 - settings are read by now.

    return Election(
        title="Leader 2026", party="The Party", slug="leader-2026",
        returning_officer="Ruth Adeyemi", helped_routes="Ring 0800 000 000.",
        closes_at=datetime(2026, 11, 30, 12, tzinfo=UTC),
    )


def _render(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    from ballot.letters import code_particulars, context_of  # noqa: PLC0415
    from office.letters import words  # noqa: PLC0415
    from office.purposes import Envelope  # noqa: PLC0415

    election = _election()
    shared = context_of(election)
    rendered = {}
    for letter in batch:
        context = shared | _names(letter.letter_id)
        context |= code_particulars((letter.enclosure or b"").decode(), election)
        subject, text, html = words("ballot/letters/voting_code", context)
        to = f"elector{letter.letter_id}@example.org"
        rendered[letter.letter_id] = Envelope(to, subject, text, html)
    return rendered


def _names(number: int) -> dict[str, str]:
    return {"name": f"Carys Fallowes{number}", "elector": f"C. Fallowes{number}, number ending 123"}


def _print(letters: int) -> None:
    from office.pdf import make_letters  # noqa: PLC0415 - settings are read by now.
    from office.services.printing import LETTERS_A_FILE  # noqa: PLC0415

    for first in range(0, letters, LETTERS_A_FILE):
        numbers = range(first, min(first + LETTERS_A_FILE, letters))
        make_letters(_printed(numbers), title="Letters to print")


def _printed(numbers: Sequence[int]) -> Iterator[PostalLetter]:
    from ballot.printed_letters import PURPOSES, parts_of  # noqa: PLC0415
    from ballot.services.codes import PURPOSE as VOTING_CODE  # noqa: PLC0415
    from office.pdf import PostalLetter  # noqa: PLC0415

    election = _election()
    for number in numbers:
        # No two codes are alike, so that no QR code is drawn twice.
        code = f"{number:08}".translate(str.maketrans("0123456789", CODE[:10])) + CODE[8:]
        parts = parts_of(election, PURPOSES[VOTING_CODE], code=code, facts=_names(number))
        address = [f"Carys Fallowes{number}", f"{number} High Street", "Bangor", "BT20 1AA"]
        yield PostalLetter(address, parts)


def _show(figures: Sequence[Figure]) -> None:
    print(f"{'':22}{'letters':>10}{'s':>9}{'a second':>10}{'worker s':>10}{'database s':>12}  goal")
    for one in figures:
        print(
            f"{one.name:22}{one.letters:>10,}{one.seconds:>9.1f}{one.rate:>10,.0f}"
            f"{one.worker_s:>10.1f}{one.database_s:>12.1f}  {one.goal}: "
            f"{'reached' if one.met else 'missed'}"
        )
    print(json.dumps({"bench": "mail", "cores": os.cpu_count(),
                      "figures": [asdict(one) for one in figures]}))


if __name__ == "__main__":
    main()
