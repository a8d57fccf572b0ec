"""Membership lists of nobody: as large as wanted, with the quirks that real ones have.

For rehearsals, benchmarks and the demonstration. Every name is put together from lists made
up here, every place is invented, every address of mail ends in a domain reserved for
examples (RFC 2606), and no postcode begins with an area that the Royal Mail uses.

    python -m members.synthetic --rows 500 --seed 1 > list.csv

The same rows and seed give the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from members.rollfile.columns import COLUMN_NAMES

_GIVEN: Final = (
    "Aisha", "Alan", "Aled", "Amara", "Andrew", "Anjali", "Beatrix", "Bethan", "Brendan",
    "Callum", "Carys", "Chidi", "Ciarán", "Claire", "Daniel", "Dilys", "Donald", "Eilidh",
    "Eleri", "Emeka", "Emma", "Farah", "Fergus", "Fiona", "Gareth", "Grace", "Gwen", "Hamish",
    "Harpreet", "Helen", "Ibrahim", "Iona", "Isla", "Jack", "Jaswinder", "Joan", "John",
    "José", "Karen", "Kwame", "Lowri", "Małgorzata", "Mei", "Mohammed", "Morag", "Niamh",
    "Nikhil", "Oluwaseun", "Owain", "Padraig", "Peter", "Priya", "Rhys", "Róisín", "Rose",
    "Ruth", "Samira", "Sean", "Seán", "Sian", "Siân", "Sioned", "Sophie", "Tariq", "Teresa",
    "Tomasz", "Una", "Victor", "Wei", "William", "Yusuf", "Zoë",
)  # fmt: skip
_FAMILY: Final = (
    "Abara", "Ackerby", "Adeyinka", "Ainscombe", "Ap Gethin", "Arkwell", "Bagshawe", "Banerji",
    "Barrowdale", "Beckthorpe", "Birtwell", "Blackmore-Hale", "Bramall", "Caddick", "Carrow",
    "Chaudhri", "Cholmeley", "Clegworth", "Corrigane", "Crosthwait", "D'Arcy", "D’Arcy",
    "Danjuma", "De Souza", "Dhaliwall", "Drumgoole", "Eastlake", "Ellingworth", "Eze-Okoro",
    "Fairclough", "Fallowes", "Featherstone", "Fernyhough", "Gallimore", "Garsdale",
    "Gwynedd-Rees", "Haldenby", "Hardcastle", "Heathcoat", "Hosseini", "Howarth", "Ibekwe",
    "Ingleby", "Jagger", "Kapadia", "Kettlewell", "Kinvara", "Kowalewski", "Lathom", "Leominster",
    "Llewelyn", "Lockhart", "MacAskill", "MacDonnell", "Mackworth", "McCallion", "McDonnell",
    "Merriwether", "Mukherji", "Nethercott", "Ní Bhriain", "Nwachukwu", "O'Neill", "O’Neill",
    "O'Riordan", "Okonjo", "Oswaldtwist", "Pemberley", "Penhallow", "Prendergast", "Quayle",
    "Rahmani", "Ravenscar", "Redfearn", "Rhydderch", "Sandhurst", "Satterthwait", "Skelmersdal",
    "St John", "Tattersall", "Thistlewood", "Thorneycroft", "Tredegar", "Ullathorne",
    "Van der Meer", "Vaughan-Pryce", "Wainscott", "Wetherby", "Whitcombe", "Wiśniewska",
    "Wolstencroft", "Yarborough", "Ysgarth", "Zielińska", "Ó Súilleabháin",
)  # fmt: skip
_TITLES: Final = ("", "", "", "", "Ms", "Mr", "Mrs", "Miss", "Mx", "Dr", "Cllr", "Rt Hon", "Rev")
_STREETS: Final = ("Alder", "Bank", "Chapel", "Dene", "Elm", "Forge", "Garth", "Harbour", "Inkle")
_WAYS: Final = ("Street", "Road", "Close", "Terrace", "Lane", "Row", "Court", "Place")
_QUARTERS: Final = ("North", "South", "East", "West", "Mid", "Upper", "Nether", "Great", "New")
_PLACES: Final = (
    "Aldermoor", "Brackenfell", "Carrowby", "Dunlaith", "Eskmere", "Fallowdale", "Garrowhill",
    "Hathermere", "Inverlair", "Kelderwick", "Llanferin", "Marlingford", "Netherlow",
    "Oxenholm", "Pengarreg", "Quarndale", "Ravensby", "Stennisport", "Thornhythe", "Ullesmouth",
    "Venncombe", "Wharnley", "Yarrowtown", "Zealby",
)  # fmt: skip
_BOROUGHS: Final = ("", " and the Marshes", " Central")
_DOMAINS: Final = ("example.org", "example.com", "example.net", "mail.example.org")
_AREAS: Final = ("QA", "QZ", "VX", "XA", "ZY")
_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"
_START: Final = date(1978, 1, 1)

Cells = list[str]


@dataclass(frozen=True, slots=True)
class Quirks:
    """How many rows in a thousand have each kind of slip. Whole numbers, so that none is lost."""

    refused: int = 4
    ineligible: int = 60
    blank_date: int = 12
    no_email: int = 35
    shared_email: int = 25
    lost_zeros: int = 15
    capitals: int = 20
    slips_in_postcode: int = 20


def units() -> list[str]:
    """The invented constituencies, 648 of them."""
    return [f"{quarter} {place}{rest}"
            for place in _PLACES for quarter in _QUARTERS for rest in _BOROUGHS]  # fmt: skip


def write_roll(
    *,
    rows: int,
    seed: int,
    as_of: date = date(2016, 8, 22),
    quirks: Quirks | None = None,
    unit_count: int = 648,
) -> Iterator[bytes]:
    """A list as pieces of a CSV file: the header, then so many rows, bad ones among them.

    as_of: the day the list is drawn up. Dates of joining lie before it, and a tenth of the
    members is paid up to a day before it. unit_count: how many constituencies share them.
    """
    rng = Random(seed)  # noqa: S311 - invented people need no secrecy.
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMN_NAMES)
    chosen = rng.sample(units(), min(unit_count, len(units())))
    maker = _Maker(rng, as_of, quirks or Quirks(), chosen)
    for place in range(rows):
        writer.writerow(maker.row(place))
        if buffer.tell() > 1 << 18:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


class _Maker:
    """Makes one row after another; remembers the last few, to share and to repeat."""

    def __init__(self, rng: Random, as_of: date, quirks: Quirks, chosen: list[str]) -> None:
        self.rng = rng
        self.as_of = as_of
        self.quirks = quirks
        self.last: Cells = []
        self.units = chosen
        self.joined = _days(_START, as_of)
        self.paid = _days(as_of - timedelta(days=40), as_of + timedelta(days=360))
        self.born = _days(date(as_of.year - 92, 1, 1), date(as_of.year - 19, 1, 1))
        self.slips = _slips()

    def row(self, place: int) -> Cells:
        cells = self._plain(place)
        lot = self.rng.randrange(1000)
        for share, act in self._acts():
            if lot < share:
                act(cells)
                break
            lot -= share
        self.last = cells
        return cells

    def _acts(self) -> tuple[tuple[int, Callable[[Cells], None]], ...]:
        q = self.quirks
        return (
            (q.refused, self._spoil),
            (q.ineligible, self._bar),
            (q.blank_date, self._blank_a_date),
            (q.no_email, self._without_email),
            (q.shared_email, self._share_email),
            (q.lost_zeros, self._lose_zeros),
            (q.capitals, self._shout),
            (q.slips_in_postcode, self._slip_in_postcode),
        )

    def _plain(self, place: int) -> Cells:
        pick = self.rng.random
        given, family = _GIVEN[int(pick() * len(_GIVEN))], _FAMILY[int(pick() * len(_FAMILY))]
        unit = self.units[int(pick() * len(self.units))]
        number = f"{place + 10_007:07d}"
        lot = pick()
        section = "member" if lot < 0.66 else "affiliated" if lot < 0.82 else "registered"
        return [
            number,
            _TITLES[int(pick() * len(_TITLES))],
            given,
            family,
            f"{given[0]}{family[:2]}{number}@{_DOMAINS[int(pick() * 4)]}".encode(
                "ascii", "ignore").decode().replace("'", "").replace(" ", "").lower(),
            f"{int(pick() * 180) + 1} {_STREETS[int(pick() * 9)]} {_WAYS[int(pick() * 8)]}",
            f"Flat {int(pick() * 30) + 1}" if lot < 0.1 else "",
            unit.split(" ")[1],
            "",
            f"{_AREAS[int(pick() * 5)]}{int(pick() * 28) + 1} {int(pick() * 10)}"
            f"{_LETTERS[int(pick() * 20)]}{_LETTERS[int(pick() * 20)]}",
            "" if lot < 0.97 else "Ireland",
            section,
            unit if section != "registered" else "",
            # More have joined of late than long ago.
            self.joined[int(pick() ** 0.4 * len(self.joined))],
            self.paid[int(pick() * len(self.paid))],
            "good",
            self.born[int(pick() * len(self.born))],
            # 01990 is no area code.
            f"01990 {place % 1_000_000:06d}",
            "yes" if section == "affiliated" else "",
            "yes" if place % 977 == 976 else "",
        ]  # fmt: skip

    def _spoil(self, cells: Cells) -> None:
        if self.last and self.rng.random() < 0.2:
            cells[:] = self.last
        else:
            self.slips[self.rng.randrange(len(self.slips))](cells)

    def _bar(self, cells: Cells) -> None:
        lot = self.rng.randrange(6)
        if lot == 0:
            cells[15] = self.rng.choice(("suspended", "excluded", "resigned", "deceased"))
        elif lot == 1:
            cells[15] = "arrears"
        elif lot == 2:
            cells[16] = f"{self.as_of.year - self.rng.randrange(11, 15)}-06-15"
        elif lot == 3:
            cells[13] = (self.as_of - timedelta(days=self.rng.randrange(20))).isoformat()
        else:
            cells[14] = (self.as_of - timedelta(days=self.rng.randrange(60, 300))).isoformat()

    def _blank_a_date(self, cells: Cells) -> None:
        cells[self.rng.choice((13, 14, 16))] = self.rng.choice(("", "1900-01-01", "-", "n/a"))

    def _without_email(self, cells: Cells) -> None:
        cells[4] = self.rng.choice(("", "", "NULL", "-"))

    def _share_email(self, cells: Cells) -> None:
        """A household: one mailbox, one roof, two people."""
        if len(self.last) == len(cells):
            cells[3:10] = self.last[3:10]

    def _lose_zeros(self, cells: Cells) -> None:
        cells[0] = cells[0].lstrip("0")

    def _shout(self, cells: Cells) -> None:
        cells[2], cells[3] = cells[2].upper(), f"  {cells[3].upper()} "

    def _slip_in_postcode(self, cells: Cells) -> None:
        code = cells[9]
        cells[9] = self.rng.choice(
            (code.lower(), code.replace(" ", ""), code.replace("0", "O").replace("1", "I"))
        )


def _days(first: date, last: date) -> list[str]:
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days)]


def _slips() -> list[Callable[[Cells], None]]:
    """Everything that makes a row unreadable, one act each."""

    def put(place: int, value: str) -> Callable[[Cells], None]:
        return lambda cells: cells.__setitem__(place, value)

    return [
        put(0, ""),
        put(0, "1.23457E+11"),
        put(0, "n° 12"),
        put(3, ""),
        put(4, "nobody at example.org"),
        put(4, "nobody@@example.org"),
        put(11, "friend"),
        put(13, "12/01/2016"),
        put(13, "42381"),
        put(14, "31-Dec-16"),
        put(14, "2016-02-30"),
        put(15, "current"),
        put(16, "2094-05-17"),
        put(18, "perhaps"),
        put(2, "SiÃ¢n"),
        put(2, "Ali\u202ece"),
        put(3, "=HYPERLINK(\"http://example.org\")"),
        lambda cells: cells.pop(),
        lambda cells: cells.append("Flat 2"),
    ]  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Write a list to standard output, or to a file."""
    parser = argparse.ArgumentParser(prog="python -m members.synthetic", description=__doc__)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2016, 8, 22))
    parser.add_argument("--units", type=int, default=648, help="how many constituencies")
    parser.add_argument("--out", help="file to write; standard output if left out")
    given = parser.parse_args(arguments)
    pieces = write_roll(
        rows=given.rows, seed=given.seed, as_of=given.as_of, unit_count=given.units
    )
    if given.out:
        with open(given.out, "wb") as file:  # noqa: PTH123 - the name is the person's own.
            file.writelines(pieces)
    else:
        sys.stdout.buffer.writelines(pieces)
    return 0


if __name__ == "__main__":
    sys.exit(main())
