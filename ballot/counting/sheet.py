"""The count sheet: a finished count as text, JSON, CSV and in the summary form of RCTab.

Every form is worked out from the count's events through stages.py, which refuses a count whose
sums are wrong. Source: docs/spec/counting.md §10. The words are in words.py.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from ballot.counting.events import ByEarlierStage, ByLot, Count, Exhausted, Tie, Transfer, Votes
from ballot.counting.rules import Method, rules_data
from ballot.counting.stages import Stage, stages
from ballot.counting.words import listed, percent, rules_sentence, sentences

__all__ = ["csv_text", "document", "full_document", "rctab", "sentences", "table"]

EXHAUSTED = "Exhausted"
NOTHING = "-"


def document(count: Count) -> dict[str, object]:
    """The sheet as plain data for JSON: totals by stage. Spec: counting §10.1."""
    return {
        "method": count.rules.method.value,
        "candidates": list(count.candidates),
        "valid": count.valid,
        "stages": [_stage_document(count, stage) for stage in stages(count)],
        "elected": _names(count, count.elected),
    }


def full_document(count: Count) -> dict[str, object]:
    """All that is known of a count, with sections, rules, percentages and sentences.

    Every key of document() is in it with the same value; a stage has more. Spec: counting §10.2.
    Raises: SheetBroken, so that `sums_agree` is true of whatever is given.
    """
    told = zip(stages(count), sentences(count), strict=True)
    return document(count) | {
        "title": count.title,
        "rules": rules_data(count.rules),
        "withdrawn": _names(count, sorted(count.withdrawn)),
        "blank": count.blank,
        "rejected": count.rejected,
        "sums_agree": True,
        "sections": [
            {
                "name": account.section,
                "valid": account.valid,
                "blank": account.blank,
                "rejected": account.rejected,
            }
            for account in count.papers
        ],
        "percentages": {"base": count.rules.percentages.value, "words": _base_words(count)},
        "stages": [
            _stage_document(count, stage) | _stage_details(count, stage) | {"sentence": sentence}
            for stage, sentence in told
        ],
    }


def _stage_document(count: Count, stage: Stage) -> dict[str, object]:
    return {
        "votes": {count.candidates[c]: stage.total(c) for c in stage.continuing},
        "exhausted": stage.total_exhausted,
        "excluded": _names(count, stage.excluded),
        "tie": None if stage.tie is None else _tie_document(count, stage.tie),
    }


def _stage_details(count: Count, stage: Stage) -> dict[str, object]:
    return {
        "continuing_votes": stage.continuing_votes,
        "percent": {count.candidates[c]: _percent(count, stage, c) for c in stage.continuing},
        "sections": {
            section: {
                "votes": {count.candidates[c]: stage.votes[c][index] for c in stage.continuing},
                "exhausted": stage.exhausted[index],
            }
            for index, section in enumerate(count.sections)
        },
        "transfers": [_moved_document(count, moved) for moved in stage.moved],
        "elected_by": None if stage.elected is None else stage.elected.by.value,
    }


def _tie_document(count: Count, tie: Tie) -> dict[str, object]:
    steps = [
        {"rule": "earlier-stages", "stage": step.stage, "left": _names(count, step.left)}
        if isinstance(step, ByEarlierStage)
        else {
            "rule": "lot",
            "drawn": _names(count, step.drawn),
            "left": _names(count, step.left),
        }
        for step in tie.steps
    ]
    return {
        "for": tie.purpose.value,
        "tied": _names(count, tie.tied),
        "settled_by": "lot" if isinstance(tie.steps[-1], ByLot) else "earlier-stages",
        "steps": steps,
        "excluded": _names(count, tie.losers),
    }


def _moved_document(count: Count, moved: Transfer | Exhausted) -> dict[str, object]:
    source = None if moved.candidate is None else count.candidates[moved.candidate]
    if isinstance(moved, Exhausted):
        return {"from": source, "exhausted": sum(moved.papers)}
    received = {
        count.candidates[c]: sum(votes) for c, votes in enumerate(moved.received) if any(votes)
    }
    return {"from": source, "to": received}


def table(count: Count) -> str:
    """The sheet as text: every stage side by side, then stage by stage by section.

    Spec: counting §10.3. Section tables stand only where there are two sections or more.
    """
    shown = stages(count)
    heading = [count.title] if count.title else []
    heading += [
        rules_sentence(count.rules),
        f"Valid papers {count.valid:,}; unmarked {count.blank:,}; rejected {count.rejected:,}.",
    ]
    if count.withdrawn:
        heading.append(f"Withdrawn: {listed(_names(count, sorted(count.withdrawn)))}.")
    parts = ["\n".join(heading), _text(_stage_rows(count, shown))]
    if len(count.sections) > 1:
        parts += [f"Stage {s.number} by section\n{_text(_section_rows(count, s))}" for s in shown]
    parts.append(f"Percentages are {_base_words(count)}.")
    parts.append(
        "\n".join(f"Stage {n}: {told}" for n, told in enumerate(sentences(count), start=1))
    )
    parts.append(f"Elected: {listed(_names(count, count.elected))}")
    return "\n\n".join(parts) + "\n"


def _stage_rows(count: Count, shown: Sequence[Stage]) -> list[list[str]]:
    rows = [["", *(cell for s in shown for cell in (f"Stage {s.number}", ""))]]
    for candidate in shown[0].continuing:
        row = [count.candidates[candidate]]
        for stage in shown:
            row += (
                [f"{stage.total(candidate):,}", _percent(count, stage, candidate)]
                if candidate in stage.continuing
                else [NOTHING, ""]
            )
        rows.append(row)
    rows.append(["Continuing votes", *_spaced(stage.continuing_votes for stage in shown)])
    rows.append([EXHAUSTED, *_spaced(stage.total_exhausted for stage in shown)])
    return rows


def _section_rows(count: Count, stage: Stage) -> list[list[str]]:
    def row(name: str, votes: Votes, last: str = "") -> list[str]:
        return [name, *(f"{number:,}" for number in (*votes, sum(votes))), last]

    return [
        ["", *count.sections, "Total", ""],
        *(
            row(count.candidates[c], stage.votes[c], _percent(count, stage, c))
            for c in stage.continuing
        ),
        row("Continuing votes", stage.continuing_by_section),
        row(EXHAUSTED, stage.exhausted),
    ]


def csv_text(count: Count) -> str:
    """The sheet as CSV: a row for each stage, section and candidate, and for the totals.

    Spec: counting §10.4. A percentage stands with the totals only, and beside it its base.
    """
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(["stage", "section", "name", "votes", "percent", "base"])
    for stage in stages(count):
        for index, section in enumerate(count.sections):
            for c in stage.continuing:
                name = _cell(count.candidates[c])
                rows.writerow([stage.number, _cell(section), name, stage.votes[c][index], "", ""])
            exhausted = stage.exhausted[index]
            rows.writerow([stage.number, _cell(section), EXHAUSTED, exhausted, "", ""])
        for c in stage.continuing:
            share, base = _percent(count, stage, c), _base_words(count)
            name = _cell(count.candidates[c])
            rows.writerow([stage.number, "Total", name, stage.total(c), share, base])
        rows.writerow([stage.number, "Total", EXHAUSTED, stage.total_exhausted, "", ""])
    return out.getvalue()


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
                "tally": {count.candidates[c]: str(stage.total(c)) for c in stage.continuing},
                "tallyResults": _rctab_results(count, stage, following),
            }
            for stage, following in zip(shown, after, strict=True)
        ],
    }


def _rctab_results(
    count: Count, stage: Stage, following: Stage | None
) -> list[dict[str, object]]:
    moved = following.moved if following else ()
    results: list[dict[str, object]] = []
    for candidate in stage.excluded:
        transfers: dict[str, str] = {}
        for event in moved:
            if isinstance(event, Transfer) and event.candidate == candidate:
                for receiver, votes in enumerate(event.received):
                    if any(votes):
                        transfers[count.candidates[receiver]] = str(sum(votes))
            elif isinstance(event, Exhausted) and event.candidate == candidate:
                transfers["exhausted"] = str(sum(event.papers))
        results.append({"eliminated": count.candidates[candidate], "transfers": transfers})
    if stage.elected:
        results.append({"elected": count.candidates[stage.elected.candidate], "transfers": {}})
    return results


def _names(count: Count, positions: Sequence[int]) -> list[str]:
    return [count.candidates[position] for position in positions]


def _percent(count: Count, stage: Stage, candidate: int) -> str:
    share = stage.share(candidate, count.rules.percentages)
    return NOTHING if share is None else percent(share)


def _base_words(count: Count) -> str:
    # In a single stage all votes continue, and "votes" is what people call them.
    plurality = count.rules.method is Method.PLURALITY
    words = count.rules.percentages.words
    return words.replace("continuing votes", "all votes") if plurality else words


def _spaced(numbers: Iterable[int]) -> list[str]:
    return [cell for number in numbers for cell in (f"{number:,}", "")]


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
