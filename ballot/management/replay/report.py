"""The report of a replay in Markdown, made from its journal alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ballot.management.replay.hours import ZONE
from ballot.management.replay.journal import Part
from ballot.management.replay.play import Play


def report_of(play: Play, *, made_at: datetime) -> str:
    """The whole report. made_at: when the run was made; the one hour in it that is not of 2016."""
    parts = [_opening(play, made_at), _summary(play), *(_part(one) for one in play.journal.parts)]
    return "\n".join([*parts, _board(play)])


def _opening(play: Play, made_at: datetime) -> str:
    return f"""# Labour 2016, replayed at 1/{play.figures.divisor} of its size

Written by `manage.py replay` on {_day(made_at)} {made_at.year}, and by nobody’s hand; `make replay`
makes it anew. The contest for Labour’s leader in 2016 is played from its draft to its archive
through the services that the pages call, and at the end what was declared is compared with what was
played. The figures of 2016 and their sources stand in
[figures.py](../ballot/management/replay/figures.py). What was not part of that contest, or is not
on record of it, is rehearsed all the same, and each part says so.

The hours below are those of 2016. In the run all of them were moved by the same time, so that
casting, whose hour the database alone decides, came on the day of the run: ballots and envelopes
bear its hour, whatever day stands beside them here. Nobody real voted, signed in or was written to;
the names of those who act are offices. The server sits for the trustees, as it may in a
demonstration alone.
"""


def _summary(play: Play) -> str:
    found, figures = play.journal.found, play.figures
    board = play.board
    rows: list[tuple[str, str]] = [
        ("Papers issued", f"{sum(figures.issued.values()):,}"),
        ("Valid papers", f"{figures.valid:,}"),
        ("Unmarked or rejected", f"{figures.spoilt:,}"),
        ("Figures and refusals asked for", f"{len(found):,}"),
        ("Of these found otherwise", f"{len(play.journal.differences):,}"),
        ("Seconds of all acts", f"{play.journal.seconds:,.0f}"),
    ]
    if board:
        rows += [("Entries on the board", f"{board.entries:,}"),
                 ("Its bundle, in bytes", f"{board.size_bytes:,}")]  # fmt: skip
    return "\n".join(["## In short", "", *_table(("What", "Figure"), rows), ""])


def _part(part: Part) -> str:
    lines = [f"## {part.title}", ""]
    if part.told:
        lines += [part.told, ""]
    acts = [(_hour(act.at), act.who, act.words, f"{act.seconds:,.1f}") for act in part.acts]
    lines += [*_table(("In 2016", "Who", "What", "Seconds"), acts), ""]
    found = [(one.what, _shown(one.asked), _shown(one.found) if one.agrees else
              f"**{_shown(one.found)}**") for one in part.found]  # fmt: skip
    lines += [*_table(("Figure, or what has to be refused", "Asked", "Found"), found), ""]
    return "\n".join(lines)


def _board(play: Play) -> str:
    if play.board is None:
        return ""
    rows = [(f"`{kind}`", f"{entries:,}") for kind, entries in play.board.kinds.items()]
    return "\n".join([
        "## What is on the board", "", *_table(("Kind of entry", "Entries"), rows), "",
        "## The verifier’s lines", "", "```", *play.board.lines, "```", "",
    ])  # fmt: skip


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---' for _ in heads)} |"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


def _shown(value: object) -> str:
    """A figure as people read it: a number grouped, the parts of several with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(one)}" for name, one in sorted(value.items()))
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value)
    return str(value)


def _day(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{local.day} {local:%B}"


def _hour(moment: datetime) -> str:
    return f"{_day(moment)}, {moment.astimezone(ZONE):%H:%M}"
