"""The count sheet: a finished count as text, CSV and in the summary form of RCTab.

Every form is worked out from the count's events through stages.py, which refuses a count whose
sums are wrong. Source: docs/spec/counting.md §10. The words are in words.py, the plain data in
document.py, the figures in shown.py.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from ballot.counting.document import document, full_document
from ballot.counting.events import Count, Exhausted, Transfer, Votes
from ballot.counting.figures import grouped
from ballot.counting.shown import (
    NOTHING,
    base_words,
    figures,
    names,
    percent_of,
    points_of_section,
    stage_figures,
    weighted_figures,
)
from ballot.counting.stages import Stage, stages
from ballot.counting.words import listed, rules_sentence, sentences

__all__ = ["csv_text", "document", "full_document", "rctab", "sentences", "table"]

EXHAUSTED = "Exhausted"


def table(count: Count) -> str:
    """The sheet as text: every stage side by side, then stage by stage by section.

    Spec: counting §10.3. Section tables stand only where there are two sections or more.
    """
    shown = stages(count)
    heading = [count.title] if count.title else []
    heading += [
        rules_sentence(count.rules, places=count.places),
        f"Valid papers {count.valid:,}; unmarked {count.blank:,}; rejected {count.rejected:,}.",
    ]
    if count.withdrawn:
        heading.append(f"Withdrawn: {listed(names(count, sorted(count.withdrawn)))}.")
    parts = ["\n".join(heading), _text(_stage_rows(count, shown))]
    if len(count.sections) > 1:
        parts += [f"Stage {s.number} by section\n{_text(_section_rows(count, s))}" for s in shown]
    parts.append(f"Percentages are {base_words(count)}.")
    parts.append(
        "\n".join(f"Stage {n}: {told}" for n, told in enumerate(sentences(count), start=1))
    )
    parts.append(f"Elected: {listed(names(count, count.elected))}")
    return "\n\n".join(parts) + "\n"


def _stage_rows(count: Count, shown: Sequence[Stage]) -> list[list[str]]:
    columns = [_stage_column(count, stage, shown[0].continuing) for stage in shown]
    heads = ["", *names(count, shown[0].continuing), "Continuing votes", EXHAUSTED]
    return [
        [head, *(cell for column in columns for cell in column[place])]
        for place, head in enumerate(heads)
    ]


def _stage_column(count: Count, stage: Stage, everybody: Sequence[int]) -> list[list[str]]:
    """One stage from top to bottom: raw votes, weighted ones where there are any, percentages."""
    votes, exhausted = stage_figures(count, stage)
    weighted = weighted_figures(count, stage)
    blank = [""] * (2 if count.rules.weighting else 1)
    column = [[f"Stage {stage.number}", *blank]]
    for candidate in everybody:
        name = count.candidates[candidate]
        if candidate not in stage.continuing:
            column.append([NOTHING, *blank])
            continue
        middle = [grouped(weighted[name])] if weighted else []
        share = percent_of(count, stage, candidate)
        column.append([grouped(str(votes[name])), *middle, share])
    (continuing,) = figures(count, [stage.continuing_votes])
    column.append([grouped(str(continuing)), *blank])
    column.append([grouped(str(exhausted)), *blank])
    return column


def _section_rows(count: Count, stage: Stage) -> list[list[str]]:
    def row(name: str, votes: Votes, last: str = "") -> list[str]:
        shown = figures(count, (*votes, sum(votes)))
        return [name, *(grouped(str(number)) for number in shown), last]

    return [
        ["", *count.sections, "Total", ""],
        *(
            row(count.candidates[c], stage.votes[c], percent_of(count, stage, c))
            for c in stage.continuing
        ),
        row("Continuing votes", stage.continuing_by_section),
        row(EXHAUSTED, stage.exhausted),
    ]


def csv_text(count: Count) -> str:
    """The sheet as CSV: a row for each stage, section and candidate, and for the totals.

    Spec: counting §10.4. A percentage stands with the totals only, and beside it its base; so do
    weighted votes, in a last column of their own, but where they are points.
    """
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    weighting = ["weighted"] if count.rules.weighting else []
    rows.writerow(["stage", "section", "name", "votes", "percent", "base", *weighting])
    for stage in stages(count):
        rows.writerows(_csv_of_sections(count, stage))
        rows.writerows(_csv_of_totals(count, stage))
    return out.getvalue()


def _csv_of_sections(count: Count, stage: Stage) -> Iterator[list[object]]:
    rest = ["", "", ""] if count.rules.weighting else ["", ""]
    for index, section in enumerate(count.sections):
        values = [stage.votes[c][index] for c in stage.continuing]
        *votes, exhausted = figures(count, [*values, stage.exhausted[index]])
        points = points_of_section(count, stage, index)
        for c, number in zip(stage.continuing, votes, strict=True):
            name = count.candidates[c]
            last = [*rest[:-1], points[name]] if points else rest
            yield [stage.number, _cell(section), _cell(name), number, *last]
        yield [stage.number, _cell(section), EXHAUSTED, exhausted, *rest]


def _csv_of_totals(count: Count, stage: Stage) -> Iterator[list[object]]:
    votes, exhausted = stage_figures(count, stage)
    weighted = weighted_figures(count, stage)
    base = base_words(count)
    for c in stage.continuing:
        name = count.candidates[c]
        share = percent_of(count, stage, c)
        last = [weighted[name]] if weighted else []
        yield [stage.number, "Total", _cell(name), votes[name], share, base, *last]
    rest = ["", "", ""] if weighted else ["", ""]
    yield [stage.number, "Total", EXHAUSTED, exhausted, *rest]


def rctab(count: Count, *, contest: str, date: str) -> dict[str, object]:
    """The sheet in the summary form of RCTab, which other programs draw.

    contest, date: what it is called and its day, YYYY-MM-DD; the form wants both.
    Spec: counting §10.5. A round lists its exclusions with the transfers that follow from them.
    """
    shown = stages(count)
    after: list[Stage | None] = [*shown[1:], None]
    return {
        "config": {"contest": contest, "date": date},
        "results": [
            {
                "round": stage.number,
                "tally": {name: str(n) for name, n in stage_figures(count, stage)[0].items()},
                "tallyResults": _rctab_results(count, stage, following),
            }
            for stage, following in zip(shown, after, strict=True)
        ],
    }


def _rctab_results(
    count: Count, stage: Stage, following: Stage | None
) -> list[dict[str, object]]:
    """Who went out or in after a stage, each with the transfers that follow from it.

    A surplus that waited stands with the stage before its transfer, after its holder was named.
    """
    moved = following.moved if following else ()
    elected = [event.candidate for event in stage.elected]
    waited = [m.candidate for m in moved if m.candidate in stage.deemed]
    out = [("eliminated", c) for c in stage.excluded]
    won = [("elected", c) for c in dict.fromkeys(c for c in (*elected, *waited) if c is not None)]
    return [
        {how: count.candidates[c], "transfers": _rctab_transfers(count, moved, c)}
        for how, c in (*out, *won)
    ]


def _rctab_transfers(
    count: Count, moved: Sequence[Transfer | Exhausted], candidate: int
) -> dict[str, str]:
    transfers: dict[str, str] = {}
    for event in moved:
        if event.candidate != candidate:
            continue
        if isinstance(event, Exhausted):
            transfers["exhausted"] = str(figures(count, [sum(event.papers)])[0])
            continue
        who = [c for c, votes in enumerate(event.received) if any(votes)]
        received = figures(count, [sum(event.received[c]) for c in who])
        transfers |= zip(names(count, who), map(str, received), strict=True)
    return transfers


def _text(rows: Sequence[Sequence[str]]) -> str:
    """Set out rows in columns: names to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Keep a spreadsheet from running a name as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
