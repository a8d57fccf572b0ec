"""The answer to an elector who challenges their device: what the paper that it sealed says (§6.7).

The election, its key and its contests are taken from the bundle, so the first five checks are made.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from verifier.challenged import Challenged, make_again
from verifier.checks import run_checks
from verifier.failure import Failed
from verifier.known import Known
from verifier.opening import Poll
from verifier.report import REHEARSAL, Finding, Report, line_of, plain, written

LAST_CHECK = "key"
COMPARE = (
    "Compare the words and the choices with what your device showed before you challenged it. If "
    "they differ, it sealed something else than it showed: vote with another, and tell the "
    "returning officer. This paper is never counted; your device seals the next one anew."
)
REFUSED = (
    "Your device could not show what it sealed. Vote with another, and tell the returning officer."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a challenge came to. paper: None, where it was refused, or the bundle does not hold."""

    report: Report
    poll: Poll | None = None
    paper: Challenged | None = None
    refused: Finding | None = None

    @property
    def status(self) -> int:
        """Return the exit status: 0, shown; 1, refused, or a check fails; 3, no poll yet."""
        if self.refused or self.report.failed:
            return 1
        return 0 if self.paper else 3

    def as_text(self) -> str:
        lines = ["", *(f"Note: {note}" for note in self.report.notes)]
        if self.refused:
            one = self.refused
            lines += [f"REFUSED: {one.condition}: {one.where}: {one.why}", REFUSED]
        elif self.paper and self.poll:
            lines += [*_shown(self.poll, self.paper), COMPARE]
        elif self.report.failed:
            lines.append("FAIL: this bundle does not hold, so nothing can be said of the paper.")
        else:
            lines.append("NOT YET: this bundle is of no poll that was opened.")
        checks = [line_of(outcome) for outcome in self.report.outcomes]
        last = [REHEARSAL] if self.report.rehearsal else []
        return "\n".join([*checks, *map(plain, lines), *last])

    def as_json(self) -> str:
        told = {
            "status": self.status,
            "rehearsal": self.report.rehearsal,
            "refused": self.refused and asdict(self.refused),
            "paper": _as_told(self.poll, self.paper) if self.poll and self.paper else None,
            "notes": self.report.notes,
            "checks": [asdict(outcome) for outcome in self.report.outcomes],
        }
        return written(told)


def answer(known: Known, text: str) -> Answer:
    """Check the bundle as far as the key, and make the challenged paper again."""
    report = run_checks(known, lambda _: None, upto=LAST_CHECK)
    if any(outcome.result != "PASS" for outcome in report.outcomes) or not known.board.has(
        "opening"
    ):
        return Answer(report)
    try:
        return Answer(report, known.poll, make_again(text, known.poll, known.key))
    except Failed as failure:
        return Answer(report, known.poll, refused=Finding.of(failure))


def _shown(poll: Poll, paper: Challenged) -> list[str]:
    unit = f", {paper.given.unit}" if paper.given.unit else ""
    lines = [f"Tracker: {' '.join(paper.words)}", f"Section: {paper.given.section}{unit}"]
    for contest, names in zip(poll.contests, paper.rankings, strict=True):
        said = ", ".join(f"{place}. {name}" for place, name in enumerate(names, 1))
        lines.append(f"{contest.told['title']}: {said or 'blank, nobody is ranked'}")
    return lines


def _as_told(poll: Poll, paper: Challenged) -> dict[str, object]:
    return {
        "tracker": paper.tracker.hex(),
        "words": paper.words,
        "section": paper.given.section,
        "unit": paper.given.unit,
        "contests": [
            {"code": contest.code, "title": contest.told["title"], "ranking": list(names)}
            for contest, names in zip(poll.contests, paper.rankings, strict=True)
        ],
    }
