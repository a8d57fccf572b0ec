"""What making codes outside takes: `python -m benchmarks.issuer 654006`, the electors as one likes.

A list of so many electors is made and encrypted as the server does, then the issuer's program opens
it, makes the codes, keeps them and writes the file of keys, all in a folder that is thrown away;
last, a thousand letters are written in text and HTML.  Memory is the most that this process and its
workers held.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from ballot.issuance.lists import LIST, Contact, Head, Opened, Particulars, written
from ballot.issuer.folder import STORE, Secrets, make_folder, open_folder
from ballot.issuer.letters import in_html, in_text, write
from ballot.issuer.making import keys_file, make_of_list
from ballot.issuer.outbox import Outbox
from ballot.issuer.showing import Bar
from ballot.issuer.store import Store, opened
from ballot.sealing.letterbox import Sender
from benchmarks.memory import PeakMemory

T = TypeVar("T")
PASSPHRASE = "x" * 12
LETTERS = 1_000
PARTICULARS = Particulars(
    election=bytes(16), title="Leader 2026", party="The Party", returning_officer="Ruth Adeyemi",
    closes="Monday 30 November 2026 at 12:00 (GMT)", demonstration=False,
    helped_routes=("Ring 0800 000 000.",), booth="https://votes.example/vote/leader-2026/",
    notice="https://votes.example/elections/leader-2026/",
    reissue="https://votes.example/vote/leader-2026/reissue/",
)  # fmt: skip


def contacts(electors: int) -> Iterator[Contact]:
    """Electors in nine sections, with an address of the usual length."""
    for number in range(electors):
        yield Contact(
            pseudonym=os.urandom(16), section=f"section-{number % 9}",
            name=f"Carys Fallowes{number}", elector=f"C. Fallowes{number}, number ending 123",
            email=f"elector{number}@example.org",
            address=(f"{number} High Street", "Bangor", "BT20 1AA"),
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the making of codes outside.")
    parser.add_argument("electors", type=int, nargs="?", default=20_000)
    electors = parser.parse_args().electors
    with TemporaryDirectory() as folder, PeakMemory() as memory:
        _measure(Path(folder), electors)
    print(f"memory at most: {memory.bytes / 1e6:,.0f} MB")


def _measure(folder: Path, electors: int) -> None:
    card = make_folder(folder, name="Ines Quill", passphrase=PASSPHRASE, rng=os.urandom)
    secrets = open_folder(folder, passphrase=PASSPHRASE)
    head = Head(card.key, PARTICULARS, electors)

    def listed() -> int:
        sender = Sender(LIST, reader=card.reads, rng=os.urandom)
        with (folder / "list.bin").open("wb") as file:
            return sum(map(file.write, sender.write(written(LIST, head, contacts(electors)))))

    size = _timed("list written and encrypted", listed, electors)
    print(f"  {size / 1e6:,.0f} MB")
    with opened(folder / STORE, key=secrets.stores) as store:
        _timed("list opened, codes made and kept", lambda: _make(folder, store, secrets), electors)
        keys = _timed(
            "file of keys, signed", lambda: sum(map(len, keys_file(store, secrets=secrets))),
            electors,
        )  # fmt: skip
        print(f"  {keys / 1e6:,.0f} MB")
        _timed("letters written, text and HTML", lambda: _letters(store), min(LETTERS, electors))


def _make(folder: Path, store: Store, secrets: Secrets) -> None:
    with (folder / "list.bin").open("rb") as file:
        make_of_list(
            store, Opened(LIST, file, secret=secrets.reads), secrets=secrets,
            processes=os.cpu_count() or 1, progress=Bar("Making codes", unit="electors"),
        )  # fmt: skip


def _letters(store: Store) -> None:
    for letter in Outbox(store).waiting(most=LETTERS):
        words = write(letter, PARTICULARS, issuer="Ines Quill")
        in_text(words), in_html(words)


def _timed(what: str, work: Callable[[], T], units: int) -> T:
    begun, used = time.perf_counter(), _processor_s()
    found = work()
    seconds, used = time.perf_counter() - begun, _processor_s() - used
    print(f"{what}: {seconds:,.1f} s, of the processors {used:,.1f} s, "
          f"{1e6 * used / units:,.0f} µs each")  # fmt: skip
    return found


def _processor_s() -> float:
    """Seconds of the processors in this process and in its workers that have ended."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
