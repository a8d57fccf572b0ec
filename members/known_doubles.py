"""A synthetic list in which it is known who stands in it twice: to measure the search for them.

The list is `members.synthetic`'s; so many of its people are written a second time, under another
number and with what really happens to a second record: a changed surname, two associations, a
union's list, a partner's e-mail address, other spellings, a slip of a key, day and month the wrong
way round, blank cells, a house move. Whoever judges the search must not share its rules, so nothing
here imports members.matching.

    python -m members.known_doubles --rows 5000 --doubles 50 --out list.csv --key doubles.csv
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from members.rollfile.columns import COLUMN_NAMES
from members.synthetic import write_roll

Cells = dict[str, str]
Change = Callable[[Cells, "Doubling"], None]

_SURNAMES: Final = (
    "Abbotsley", "Brackenbury", "Carnforth", "Dunstable", "Everingham", "Fanshawe", "Goodricke",
    "Hathersage", "Iremonger", "Jellicoe", "Kirkbride", "Loxley", "Mountjoy", "Norrington",
    "Osbaldeston", "Pickersgill", "Quennell", "Ravensworth", "Sotheran", "Threlkeld",
)  # fmt: skip
_SHORT: Final = {
    "Andrew": "Andy", "Daniel": "Dan", "Donald": "Don", "Gareth": "Gaz", "Beatrix": "Bea",
    "Bethan": "Beth", "Fergus": "Ferg", "Helen": "Nell", "John": "Jack", "Peter": "Pete",
    "Sophie": "Soph", "Teresa": "Tess", "Victor": "Vic", "William": "Bill", "Joan": "Joanie",
}  # fmt: skip
_UNIONS: Final = ("Invented Workers’ Union", "Union of Makers", "Guild of Example Clerks")


@dataclass(frozen=True, slots=True)
class KnownDouble:
    """Two numbers of the list that are one person's, and what happened to the second record."""

    first: str
    second: str
    kind: str


@dataclass(slots=True)
class Doubling:
    """The second records so far, and what the next one may borrow."""

    rng: Random
    partner: Cells
    made: int = 0
    pairs: list[KnownDouble] = field(default_factory=list)

    def may(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent


def write_doubled_roll(
    *, rows: int, doubles: int, seed: int, pairs: list[KnownDouble]
) -> Iterator[bytes]:
    """The list as pieces of a CSV file: `rows` in all, `doubles` of them second records.

    pairs: filled with what is known. A person whose first row is one that an import refuses is
    in it too: who counts must leave out the numbers that did not come into the list.
    """
    originals = rows - doubles
    rng = Random(seed)  # noqa: S311 - invented people need no secrecy.
    chosen = set(rng.sample(range(1, originals), doubles))
    doubling = Doubling(rng, {}, pairs=pairs)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMN_NAMES)
    for place, cells in enumerate(_rows(originals, seed)):
        writer.writerow(cells)
        named = dict(zip(COLUMN_NAMES, cells, strict=False))
        if place in chosen and len(cells) == len(COLUMN_NAMES):
            writer.writerow(_second(named, doubling).values())
        doubling.partner = named
        if text.tell() > 1 << 18:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _rows(rows: int, seed: int) -> Iterator[list[str]]:
    pieces = write_roll(rows=rows, seed=seed)
    # A row may be parted between two pieces' lines, never within one: a piece ends with a row.
    lines = (line for piece in pieces for line in piece.decode().splitlines())
    reader = csv.reader(lines)
    next(reader)
    yield from reader


def _second(first: Cells, doubling: Doubling) -> Cells:
    """The second record of one person, and a note of it."""
    second = dict(first)
    kind = list(_KINDS)[doubling.made % len(_KINDS)]
    doubling.made += 1
    second["number"] = f"D{doubling.made:06d}"
    _KINDS[kind](second, doubling)
    if doubling.may(15):
        doubling.rng.choice((_other_email, _other_phone, _no_birth))(second, doubling)
    doubling.pairs.append(KnownDouble(first["number"], second["number"], kind))
    return second


# --- what happens to a second record -----------------------------------------------------------


def _other_email(cells: Cells, doubling: Doubling) -> None:
    cells["email"] = f"second.{doubling.made}@post.example.org"


def _other_phone(cells: Cells, doubling: Doubling) -> None:
    cells["phone"] = f"01991 {doubling.made:06d}"


def _no_birth(cells: Cells, doubling: Doubling) -> None:
    cells["date_of_birth"] = ""


def _moved(cells: Cells, doubling: Doubling) -> None:
    rng = doubling.rng
    letters = "".join(rng.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
    area = rng.choice(("QA", "QZ", "VX", "XA", "ZY"))
    cells["address_1"] = f"{rng.randrange(1, 200)} {rng.choice(('Newly', 'Later'))} Street"
    cells["address_2"] = ""
    cells["postcode"] = f"{area}{rng.randrange(1, 29)} {rng.randrange(10)}{letters}"


def _two_associations(cells: Cells, doubling: Doubling) -> None:
    cells["unit"] = doubling.partner.get("unit") or cells["unit"]
    if doubling.may(50):
        _moved(cells, doubling)


def _changed_surname(cells: Cells, doubling: Doubling) -> None:
    taken = doubling.rng.choice(_SURNAMES)
    is_joined = doubling.may(25)
    cells["family_name"] = f"{cells['family_name'].strip()}-{taken}" if is_joined else taken
    if doubling.may(40):
        _other_email(cells, doubling)
    elif doubling.may(30):
        _moved(cells, doubling)


def _affiliated(cells: Cells, doubling: Doubling) -> None:
    cells["section"], cells["unit"] = "affiliated", doubling.rng.choice(_UNIONS)
    cells["joined_on"], cells["paid_until"], cells["phone"] = "", "", ""
    if doubling.may(40):
        _other_email(cells, doubling)
    if doubling.may(30):
        _no_birth(cells, doubling)


def _partners_email(cells: Cells, doubling: Doubling) -> None:
    cells["email"] = doubling.partner.get("email", "")
    cells["phone"] = doubling.partner.get("phone", "")


def _spelt_otherwise(cells: Cells, doubling: Doubling) -> None:
    for name in ("given_name", "family_name"):
        plain = unicodedata.normalize("NFKD", cells[name])
        plain = "".join(c for c in plain if not unicodedata.combining(c))
        swapped = plain.translate(str.maketrans("'’-", "’' "))
        cells[name] = swapped.upper() if doubling.may(30) else swapped
    if doubling.may(50):
        _other_email(cells, doubling)


def _slip_of_a_key(cells: Cells, doubling: Doubling) -> None:
    name = doubling.rng.choice(("given_name", "family_name"))
    word = cells[name].strip()
    at = doubling.rng.randrange(1, max(len(word) - 1, 2))
    cells[name] = doubling.rng.choice((
        word[:at] + word[at + 1 :],
        word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        word[:at] + doubling.rng.choice("aeionrst") + word[at:],
    ))  # fmt: skip
    if doubling.may(50):
        _other_email(cells, doubling)


def _day_and_month_swapped(cells: Cells, doubling: Doubling) -> None:
    year, _, rest = cells["date_of_birth"].partition("-")
    month, _, day = rest.partition("-")
    if day and int(day) <= 12:
        cells["date_of_birth"] = f"{year}-{day}-{month}"
    elif day:
        cells["date_of_birth"] = f"{year}-{month}-{int(day) - 1:02d}"
    if doubling.may(30):
        _moved(cells, doubling)


def _lost(cells: Cells, doubling: Doubling) -> None:
    for name in ("date_of_birth", "email", "phone", "title"):
        if doubling.may(70):
            cells[name] = ""


def _moved_house(cells: Cells, doubling: Doubling) -> None:
    _moved(cells, doubling)
    cells["unit"] = doubling.partner.get("unit") or cells["unit"]
    if doubling.may(40):
        _other_email(cells, doubling)
    if doubling.may(40):
        _other_phone(cells, doubling)


def _short_form(cells: Cells, doubling: Doubling) -> None:
    name = cells["given_name"].strip()
    cells["given_name"] = _SHORT.get(name, name[:1])
    if doubling.may(30):
        _other_email(cells, doubling)


_KINDS: Final[dict[str, Change]] = {
    "two associations": _two_associations,
    "changed surname": _changed_surname,
    "union’s list": _affiliated,
    "partner’s e-mail": _partners_email,
    "other spelling": _spelt_otherwise,
    "slip of a key": _slip_of_a_key,
    "date of birth": _day_and_month_swapped,
    "lost data": _lost,
    "moved house": _moved_house,
    "short form": _short_form,
}


def main(arguments: list[str] | None = None) -> int:
    """Write a list and its key, each to a file."""
    parser = argparse.ArgumentParser(prog="python -m members.known_doubles", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--doubles", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    given = parser.parse_args(arguments)
    pairs: list[KnownDouble] = []
    with given.out.open("wb") as file:
        file.writelines(write_doubled_roll(
            rows=given.rows, doubles=given.doubles, seed=given.seed, pairs=pairs
        ))  # fmt: skip
    with given.key.open("w", newline="") as file:
        csv.writer(file).writerows((pair.first, pair.second, pair.kind) for pair in pairs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
