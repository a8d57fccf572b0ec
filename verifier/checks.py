"""The sixteen checks of bundle §5, in their order, each with what it needs from those before it.

A check that fails is told with where and why, and those that depend on it are said not to be made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from verifier.after_close import (
    make_boxes,
    make_count,
    make_declaration,
    make_mixes,
    make_openings,
    make_profile,
)
from verifier.destroyed import checks_gone
from verifier.failure import Failed
from verifier.known import Known, NotYet
from verifier.opening import no_poll
from verifier.report import Finding, Outcome, Report, failures_of
from verifier.until_close import (
    make_ballots,
    make_credentials,
    make_entries,
    make_key,
    make_log,
    make_notice,
    make_opening,
    make_reconciliation,
    make_roll,
    make_set_aside,
)

# What is said of the checks of a poll where every contest is unopposed: none was held.
NO_POLL = "nobody votes: every contest is unopposed"
DESTROYED = "what it looks at was destroyed"
OF_NO_POLL = frozenset({"log", "entries", "notice", "declaration"})


class Check(NamedTuple):
    """A check by its name in bundle §5, and the names of those without which it means nothing."""

    name: str
    needs: tuple[str, ...]
    make: Callable[[Known], str]


CHECKS = (
    Check("log", (), make_log),
    Check("entries", ("log",), make_entries),
    Check("notice", ("entries",), make_notice),
    Check("opening", ("entries",), make_opening),
    Check("key", ("entries",), make_key),
    Check("roll", ("entries",), make_roll),
    Check("credentials", ("roll",), make_credentials),
    Check("ballots", ("opening", "key", "credentials"), make_ballots),
    Check("set aside", ("opening", "key", "credentials"), make_set_aside),
    Check("reconciliation", ("opening", "roll", "credentials", "set aside"), make_reconciliation),
    Check("boxes", ("opening", "key", "credentials", "set aside"), make_boxes),
    Check("mixes", ("boxes",), make_mixes),
    Check("openings", ("mixes",), make_openings),
    Check("profile", ("openings",), make_profile),
    Check("count", ("profile",), make_count),
    Check("declaration", ("count",), make_declaration),
)

BY_NAME = {check.name: check for check in CHECKS}


def run_checks(known: Known, told: Callable[[Outcome], None], *, upto: str = "") -> Report:
    """Make every check that can be made; `told` hears of each as soon as it ended.

    upto: the name of the last check to be made; without one, all are.
    """
    report = Report(notes=known.notes)
    results: dict[str, str] = {}
    for number, check in enumerate(CHECKS, 1):
        outcome = _outcome(number, check, known, results)
        results[check.name] = outcome.result
        report.outcomes.append(outcome)
        known.progress.clear()
        told(outcome)
        if check.name == upto:
            break
    if results.get("entries") == "PASS":
        report.declared = known.board.has("declaration")
        report.gone = checks_gone(known.board)
        report.rehearsal = known.board.only("notice").content["rehearsal"]
        report.election = {
            "election": known.board.election,
            "origin": known.log.checkpoint.origin,
            "entries": known.log.checkpoint.size,
            "root": known.log.checkpoint.root.hex(),
        }
    return report


def _outcome(number: int, check: Check, known: Known, results: dict[str, str]) -> Outcome:
    entries_hold = results.get("entries") == "PASS"
    if check.name not in OF_NO_POLL and entries_hold and no_poll(known.board):
        return Outcome(number, check.name, "PASS", NO_POLL)
    gone = checks_gone(known.board) if entries_hold else frozenset()
    missing = dict.fromkeys(_missing(check, results, gone))
    if missing or check.name in gone:
        why = DESTROYED if check.name in gone else f"it rests on {', '.join(missing)}"
        return Outcome(number, check.name, "NOT MADE", why)
    return _made(number, check, known)


def _made(number: int, check: Check, known: Known) -> Outcome:
    try:
        return Outcome(number, check.name, "PASS", check.make(known))
    except NotYet as reason:
        return Outcome(number, check.name, "NOT MADE", str(reason))
    except (Failed, ExceptionGroup) as error:
        return Outcome(number, check.name, "FAIL", "", failures_of(error))
    except Exception as error:  # The outermost edge of a check: what nobody foresaw is no pass.
        why = f"The verifier could not go on ({type(error).__name__}: {error})."
        return Outcome(number, check.name, "FAIL", "", [Finding("unforeseen", check.name, why)])


def _missing(check: Check, results: dict[str, str], gone: frozenset[str]) -> Iterator[str]:
    """Yield what a check rests on and has not passed; of what is gone, what that would rest on."""
    for name in check.needs:
        if name in gone:
            yield from _missing(BY_NAME[name], results, gone)
        elif results[name] != "PASS":
            yield name
