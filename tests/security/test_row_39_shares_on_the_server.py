"""Row 39: keys in the server's memory. Prevents, save in a demonstration, that a share is there.

A whole contest whose trustees sit in a process of their own and reach this one, the server's, over
HTTP alone. At the end every table, every line of the logs, the cache and this process's memory are
searched for every secret number that a trustee drew or holds. The memory is set down before those
numbers are known here; a number that is put there on purpose is found.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ballot.ceremonies import Step
from ballot.models import DemonstrationShare, HandedIn
from ballot.services.count_papers import count_papers
from ballot.services.declare import declare
from ballot.services.hand_in import check_handed_in
from ballot.services.mix_box import mix_boxes
from ballot.services.open_box import open_box
from ballot.services.publish_board import publish_board
from tests.ballot.factories import Run, begin, bring, content, election, kinds, now
from tests.ballot.trustees_apart import Apart, sit_apart
from tests.security.looking import cached, dump, links, logged, send_everything

pytestmark = pytest.mark.django_db
MAPPED = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw")


def spellings(number: int) -> list[bytes]:
    """How a number of 256 bits may lie in memory: as bytes, in figures, as Python keeps it."""
    octets = number.to_bytes(32, "big")
    digits = b"".join(
        (number >> 30 * place & (1 << 30) - 1).to_bytes(4, "little") for place in range(9)
    )
    shown = [octets.hex().encode(), octets.hex().upper().encode(), str(number).encode()]
    # The highest digit may be short; eight of nine are enough to know it by.
    return [octets, octets[::-1], digits[:32], *shown]


def set_memory_down(path: Path) -> None:
    """Write all that this process can write to in memory into a file."""
    with (
        Path("/proc/self/maps").open() as maps,
        Path("/proc/self/mem").open("rb", buffering=0) as memory,
        path.open("wb") as out,
    ):
        for line in maps.readlines():
            found = MAPPED.match(line)
            if found is None or "/dev/" in line or "[v" in line:
                continue
            start, stop = (int(place, 16) for place in found.groups())
            memory.seek(start)
            while start < stop:
                try:
                    piece = memory.read(min(1 << 20, stop - start))
                except OSError:
                    break  # Mapped, and not there: nothing of ours is in it.
                out.write(piece)
                start += len(piece)


def found_in(path: Path, numbers: list[int]) -> list[int]:
    """Those of the numbers that stand in a file in any spelling."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        return [
            number for number in numbers
            if any(held.find(one) >= 0 for one in spellings(number))
        ]


def seats_in_mails() -> dict[int, str]:
    """The seats' secrets by the trustees' numbers, out of the letters that went out."""
    found = {}
    for mail in send_everything():
        for link in links(mail):
            if "/trustee/" in link and "#" in link:
                found[int(mail.to[0].removeprefix("trustee")[0])] = link.rpartition("#")[2]
    return found


def contest(trustees: Apart, turn: Callable[[str], Any]) -> None:
    """What the trustees do from the ceremony to the opening; the officers act in between."""
    trustees.do(*Step)
    assert trustees.server.seat(trustees.seats[1])["due"] == "held"
    trustees.prove_held()
    turn("poll")
    assert trustees.server.seat(trustees.seats[2])["due"] == "mix"
    trustees.mix(2)
    assert trustees.server.seat(trustees.seats[1])["due"] == "commit"
    trustees.open(1, 3)
    turn("declare")


def poll(run: Run) -> None:
    bring(run, to="verified")
    mix_boxes(run.election_id, **run.by)


def tend(run: Run) -> None:
    """What the clock does with the board, and the workers with what was handed in."""
    for row in HandedIn.objects.filter(state="waiting"):
        check_handed_in(row.pk, now=now())
    publish_board(run.election_id, now=now())


def finish(run: Run, memory: Path) -> None:
    open_box(run.election_id, **run.by)
    count_papers(run.election_id, **run.by)
    declare(run.election_id, **run.by_two)
    set_memory_down(memory)


@pytest.fixture
def lines() -> Iterator[Any]:
    with logged() as written:
        yield written


def test_no_share_of_the_trustees_is_ever_on_the_server(tmp_path: Path, lines: Any) -> None:
    run = election(at="frozen", demonstration=False, electors=3,
                   rankings=((0,), (0, 1), (1,)))  # fmt: skip
    begin(run)
    seats = seats_in_mails()
    memory = tmp_path / "memory"
    planted = int.from_bytes(b"planted number of 32 whole bytes", "big") ^ 1 << 200
    publish_board(run.election_id, now=now())

    secrets = sit_apart(
        contest, slug=run.election.slug, seats=seats, after_each=lambda: tend(run),
        turns={"poll": lambda: poll(run), "declare": lambda: finish(run, memory)},
    )  # fmt: skip

    assert run.state == "declared" and kinds(run).count("part") == 2
    assert [content(run, "mix")[part] for part in ("mixer", "trustee")] == ["Ben Ray", 2]
    assert len(set(secrets)) == 3 * (2 + 1) + 3
    assert found_in(memory, [planted]) == [planted]
    assert found_in(memory, secrets) == []
    kept = "\n".join((dump(), lines.getvalue(), cached()))
    public = content(run, "key")["public_key"]
    assert public in kept
    for number in secrets:
        assert not any(one.decode() in kept for one in spellings(number)[3:])
    assert not DemonstrationShare.objects.exists()
    # Nor is a seat's secret kept: its letter is gone, and a hash is left.
    assert sorted(seats) == [1, 2, 3]
    assert not any(seat in kept for seat in seats.values())
    memory.unlink()
