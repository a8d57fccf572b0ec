"""Count a file of papers at the command line, with neither Django nor a database.

    python -m ballot.counting FILE.blt --method av
    python -m ballot.counting FILE.csv --method plurality --format json

Exit status: 0 counted; 2 the file, the rules or the command line were refused; 3 a tie that no
rule settles, with the tied named. Source: docs/spec/counting.md §11. This module is the only one
of the package that reads a file.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from ballot.counting import count, sheet
from ballot.counting.blt import parse_blt
from ballot.counting.errors import CountingError, RulesRefused, UnsettledTie
from ballot.counting.events import Count
from ballot.counting.papers_csv import parse_papers_csv
from ballot.counting.profile import Profile
from ballot.counting.rules import (
    EARLIER_STAGES,
    Base,
    EarlierStages,
    Method,
    Rules,
    Stop,
    TieRule,
    lot_of_names,
    parse_rules,
    rules_data,
)

COUNTED, REFUSED, TIED = 0, 2, 3


def main(arguments: Sequence[str], *, out: TextIO, err: TextIO) -> int:
    """Count the file that the command line names; return the exit status. Spec: counting §11."""
    options = _parser().parse_args(arguments)
    try:
        profile = _read(options.file, options.places)
        finished = count(profile, _rules(options, profile))
    except UnsettledTie as tie:
        print(f"{options.file}: {tie}", file=err)
        return TIED
    except (CountingError, OSError) as refusal:
        print(f"{options.file}: {refusal}", file=err)
        return REFUSED
    print(_shown(options.format, finished), file=out, end="")
    return COUNTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ballot.counting",
        description="Count a file of ranked papers: BLT, or CSV with section, papers, ranking.",
        epilog="Exit status: 0 counted, 2 refused, 3 a tie that no rule settles.",
        allow_abbrev=False,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a BLT file, or a .csv file")
    parser.add_argument("--method", required=True, choices=[method.value for method in Method])
    parser.add_argument(
        "--ties",
        action="append",
        default=[],
        metavar="RULE",
        help="earlier-stages, or lot:NAME,NAME… in the order drawn (the first drawn of the tied "
        "is excluded); given more than once, the rules are tried in that order",
    )
    parser.add_argument(
        "--stop",
        default=Stop.MAJORITY.value,
        choices=[stop.value for stop in Stop],
        help="stop at a majority of continuing votes (default), or with two candidates left",
    )
    parser.add_argument(
        "--bulk-exclusion",
        action="store_true",
        help="exclude several at once where it cannot alter the result",
    )
    parser.add_argument(
        "--percentages",
        default=Base.CONTINUING.value,
        choices=[base.value for base in Base],
        help="of continuing votes (default), or of valid papers",
    )
    parser.add_argument("--places", type=int, default=1, help="places to fill, with a CSV file")
    _add_worths(parser)
    parser.add_argument("--format", default="table", choices=["table", "json", "sheet", "csv"])
    return parser


def _add_worths(parser: argparse.ArgumentParser) -> None:
    """Take what sections or units are worth (counting §12)."""
    parser.add_argument(
        "--weight", action="append", metavar="NAME=PARTS", help="once for each section"
    )
    parser.add_argument(
        "--points", action="append", metavar="POINTS", help="of every unit, or NAME=POINTS of each"
    )
    parser.add_argument("--floor", type=int, help="a unit with fewer votes is worth its votes")


def _read(file: Path, places: int) -> Profile:
    octets = file.read_bytes()
    if file.suffix.lower() == ".csv":
        return parse_papers_csv(octets, places=places)
    return parse_blt(octets)


def _rules(options: argparse.Namespace, profile: Profile) -> Rules:
    rules = Rules(
        method=Method(options.method),
        stop=Stop(options.stop),
        bulk_exclusion=options.bulk_exclusion,
        ties=tuple(_tie_rule(text, profile) for text in options.ties),
        percentages=Base(options.percentages),
    )
    return parse_rules(rules_data(rules) | _weighting(options))


def _weighting(options: argparse.Namespace) -> dict[str, object]:
    """Take the rules of weighted sections from the command line. Spec: counting §11, §12.1."""
    given: dict[str, object] = {}
    if options.weight:
        given["weights"] = _by_name(options.weight)
    if options.points:
        alone = options.points[0]
        is_number = len(options.points) == 1 and alone.isascii() and alone.isdigit()
        given["points"] = int(alone) if is_number else _by_name(options.points)
    if options.floor is not None:
        given["floor"] = options.floor
    return given


def _by_name(texts: Sequence[str]) -> dict[str, int]:
    named: dict[str, int] = {}
    for text in texts:
        name, _, worth = text.rpartition("=")
        if not worth.isascii() or not worth.isdigit() or name in named:
            raise RulesRefused(f"not one NAME=NUMBER for each section: {text}")
        named[name] = int(worth)
    return named


def _tie_rule(text: str, profile: Profile) -> TieRule:
    """Read earlier-stages or lot:NAME,NAME…; a name with a comma in it goes in double quotes."""
    if text == EARLIER_STAGES:
        return EarlierStages()
    kind, _, names = text.partition(":")
    if kind != "lot":
        raise RulesRefused(f"unknown tie rule: {text}")
    try:
        row = next(csv.reader([names], skipinitialspace=True), [])
    except csv.Error as error:
        raise RulesRefused(f"the names of the lot cannot be read: {error}") from None
    return lot_of_names([name.strip() for name in row], profile.candidates)


def _shown(form: str, finished: Count) -> str:
    if form == "table":
        return sheet.table(finished)
    if form == "csv":
        return sheet.csv_text(finished)
    document = sheet.document(finished) if form == "json" else sheet.full_document(finished)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":  # pragma: no cover - run in a process of its own by the tests
    sys.exit(main(sys.argv[1:], out=sys.stdout, err=sys.stderr))
