"""A good bundle passes every check; with one thing changed, the check that ought to refuse it does.

Each case is a single change (changes_of_*.py), under the check of bundle §5 that has to fail: all
checks before it pass, and it is made and does not.
"""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from ballot.board.cosignature import WitnessSigningKey
from ballot.board.note import read_note
from ballot.canonical import canonical
from tests.verifier import (
    changes_of_entries,
    changes_of_key,
    changes_of_log,
    changes_of_mixes,
    changes_of_poll,
    changes_of_result,
)
from tests.verifier.challenge_making import with_challenge
from tests.verifier.changing import signature_on
from tests.verifier.good import Good
from tests.verifier.tampered import Board, Files, put
from verifier import cast, mixing, unsealing
from verifier.bundle import open_bundle
from verifier.checks import Known, run_checks
from verifier.notes import BOARD, WITNESS, read_key
from verifier.outside import Outside
from verifier.report import Outcome, Progress
from verifier.workers import Workers

pytestmark = pytest.mark.django_db

CHECKS: Final = (
    "log",
    "entries",
    "notice",
    "opening",
    "key",
    "roll",
    "credentials",
    "ballots",
    "set aside",
    "reconciliation",
    "boxes",
    "mixes",
    "openings",
    "profile",
    "count",
    "declaration",
)
CHANGES: Final = {
    "log": changes_of_log.LOG,
    "entries": changes_of_entries.ENTRIES,
    "notice": changes_of_poll.NOTICE,
    "opening": changes_of_poll.OPENING,
    "key": changes_of_key.KEY,
    "roll": changes_of_poll.ROLL,
    "credentials": changes_of_poll.CREDENTIALS,
    "ballots": changes_of_poll.BALLOTS,
    "set aside": changes_of_result.SET_ASIDE,
    "reconciliation": changes_of_result.RECONCILIATION,
    "boxes": changes_of_result.BOXES,
    "mixes": changes_of_mixes.MIXES,
    "openings": changes_of_result.OPENINGS,
    "profile": changes_of_result.PROFILE,
    "count": changes_of_result.COUNT,
    "declaration": changes_of_result.DECLARATION,
}
CASES: Final = [(check, name) for check, changes in CHANGES.items() for name in changes]


@pytest.fixture(scope="module", autouse=True)
def remembered() -> Iterator[None]:
    """Let what has once passed, byte for byte, not be worked out again for the next change.

    Most changes leave most ballots, mixes and parts as they were, and those take all the time.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((cast, "check_ballots"), (mixing, "check_mix"),
                             (unsealing, "check_part"), (unsealing, "open_box")):  # fmt: skip
            patch.setattr(module, name, _remembering(getattr(module, name)))
        yield


def _remembering(check: Callable[..., Any]) -> Callable[..., Any]:
    passed: dict[bytes, Any] = {}

    def remembering(*arguments: Any, **named: Any) -> Any:
        given = [one for one in arguments if not isinstance(one, Workers)]
        key = pickle.dumps((given, {name: named[name] for name in named if name != "workers"}))
        if key not in passed:
            passed[key] = check(*arguments, **named)
        return passed[key]

    return remembering


class _Seen(Exception):
    """What was to be seen has been seen, and the checks after it are of no interest."""


def outcomes(
    files: Files, folder: Path, *, upto: str = "", outside: Outside | None = None
) -> list[Outcome]:
    """Let the verifier check files as a zip; return how each check ended, up to one of them."""
    seen: list[Outcome] = []

    def told(outcome: Outcome) -> None:
        seen.append(outcome)
        if outcome.name == upto:
            raise _Seen

    try:
        run_checks(_given(files, folder, outside), told)
    except _Seen:
        assert upto
    return seen


def known_of(files: Files, folder: Path) -> Known:
    """Let the verifier check files; return what it established."""
    known = _given(files, folder)
    run_checks(known, lambda _: None)
    return known


def _given(files: Files, folder: Path, outside: Outside | None = None) -> Known:
    path = folder / "bundle.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, octets in files.items():
            archive.writestr(name, octets)
    return Known(open_bundle(str(path)), outside or Outside(), Workers(), Progress())


def refused_by(
    files: Files, folder: Path, check: str, outside: Outside | None = None
) -> Iterator[str]:
    """Say what is wrong if all checks before one are to pass, and that one is to fail."""
    *before, last = outcomes(files, folder, upto=check, outside=outside)
    told = [f"{one.name}: {one.result} {one.figure} {one.failures}" for one in before]
    yield from (line for line, one in zip(told, before, strict=True) if one.result != "PASS")
    foreseen = [one for one in last.failures if one.condition != "unforeseen"]
    if last.result != "FAIL" or not foreseen:
        yield f"{check} is {last.result} {last.figure}"


def test_the_good_bundle_passes_all_sixteen_checks(good: Good, tmp_path: Path) -> None:
    made = outcomes(good.files, tmp_path)

    assert [one.name for one in made] == list(CHECKS)
    assert [(one.name, one.failures) for one in made if one.result != "PASS"] == []
    assert good.board.signed() == good.files


def test_every_kind_of_entry_is_changed_by_some_case(good: Good) -> None:
    kinds = set()
    for check, name in CASES:
        # Where the log itself is broken, or an entry is not canonical, nothing can be read back.
        if check != "log" and "canonical" not in name:
            changed = Board.read(CHANGES[check][name](good), key=good.board.key)
            kinds |= {kind for kind, _ in said_by(good.board) ^ said_by(changed)}

    assert tuple(CHANGES) == CHECKS
    assert kinds >= {entry["kind"] for entry in good.board.entries}


def said_by(board: Board) -> set[tuple[str, bytes]]:
    return {(entry["kind"], canonical(entry)) for entry in board.entries}


@pytest.mark.parametrize(("check", "name"), CASES, ids=[": ".join(case) for case in CASES])
def test_a_change_is_refused_by_its_check(
    check: str, name: str, good: Good, tmp_path: Path
) -> None:
    changed = CHANGES[check][name](good)
    assert changed != good.files

    assert list(refused_by(changed, tmp_path, check)) == []


def test_a_challenged_paper_is_passed_and_told_of(good: Good, tmp_path: Path) -> None:
    made = outcomes(with_challenge(good.board).signed(), tmp_path)

    assert {one.result for one in made} == {"PASS"}
    assert "1 challenged and not counted" in made[7].figure


def test_a_trustee_may_commit_and_not_reveal_while_a_quorum_does(
    good: Good, tmp_path: Path
) -> None:
    # Bundle §5, 13: trustee 3 committed to the first box, and could not reveal any more.
    board = good.board.doubled("opening-commitment")
    board = board.edited("opening-commitment", put("trustee", to=3))
    board = board.edited("opening-commitment", put("signature", to=signature_on(board)))

    (*_, last) = outcomes(board.signed(), tmp_path, upto="openings")

    assert last.result == "PASS"


def test_a_board_on_which_the_trustees_showed_their_shares_anew_passes(
    good: Good, tmp_path: Path
) -> None:
    # So what `linked` does is no fault by itself. The opening names no proof, and stays as it was.
    made = outcomes(good.board.linked().signed(), tmp_path)

    assert {one.result for one in made} == {"PASS"}


def test_times_that_descend_are_told_of(good: Good, tmp_path: Path) -> None:
    board = good.board.reframed("suspension", put("at", to="2001-01-01T00:00:00Z"))

    notes = known_of(board.signed(), tmp_path).notes

    assert [note for note in notes if "2001-01-01T00:00:00Z" in note]
    assert not [note for note in known_of(good.files, tmp_path).notes if "earlier time" in note]


def test_what_a_reader_would_not_expect_is_told_of(good: Good, tmp_path: Path) -> None:
    others = put("contests", 0, "candidates", to=["Ash Amin", "Birch Bell", "Gale Gray", "Oak Orr"])
    board = good.board.edited("candidates", others)
    board = board.reframed("opening", put("at", to="2001-01-01T00:00:00Z"))
    board = board.reframed("extension", put("at", to="2099-01-01T00:00:00Z"))

    notes = "\n".join(known_of(board.signed(), tmp_path).notes)

    # Oak Orr withdrew, and the notice's times are kept, in the good bundle.
    assert "Gale Gray stood for Leader by entry 1" in notes
    assert "Oak Orr" not in notes
    assert "(opening) is of 2001-01-01T00:00:00Z" in notes
    assert "(extension) is of 2099-01-01T00:00:00Z, after the close" in notes
    assert "the poll was not suspended." in notes
    assert "stood for" not in "\n".join(known_of(good.files, tmp_path).notes)


def test_a_suspended_poll_that_is_extended_after_its_close_passes_and_is_told_of(
    good: Good, tmp_path: Path
) -> None:
    board = good.board.moved(good.board.at("extension"), good.board.at("resumption"))
    board = board.reframed("extension", put("at", to="2099-01-01T00:00:00Z")).shown()

    made = outcomes(board.signed(), tmp_path)
    notes = "\n".join(known_of(board.signed(), tmp_path).notes)

    assert {one.result for one in made} == {"PASS"}
    since = board.entries[board.at("suspension")]["at"]
    where = f"entry {board.at('suspension')} (suspension)"
    assert f"the poll was suspended since {since}, by {where}." in notes


def test_many_remarks_of_one_kind_do_not_bury_the_others(good: Good, tmp_path: Path) -> None:
    board = good.board
    for which in range(0, 14, 2):
        board = board.reframed("ceremony-message", put("at", to="2098-01-01T00:00:00Z"), which)

    notes = known_of(board.signed(), tmp_path).notes

    assert len([note for note in notes if "bears an earlier time" in note]) == 5
    assert "And of 2 more the same: entries bear an earlier time." in notes


# --- what only a reader can catch who knows something from outside ---


def _another_history(good: Good) -> Board:
    """A board that tells one thing otherwise, and is in order from its first entry on."""
    return good.board.edited("suspension", put("reason", to="Another reason."))


def _earlier(good: Good) -> Board:
    return good.board.in_order(list(range(good.board.at("opening") + 1)))


def test_a_board_that_does_not_continue_what_was_seen_of_it_is_refused(
    good: Good, tmp_path: Path
) -> None:
    since = ("seen", good.files["checkpoint"])
    at_the_poll = ("seen", good.earlier)
    forked = good.board.edited("amendment", put("reason", to="dead"), 2).linked()

    (right,) = outcomes(good.files, tmp_path, upto="log", outside=Outside(since=at_the_poll))
    assert right.result == "PASS"
    for board, seen in ((forked, at_the_poll), (_another_history(good), since),
                        (_earlier(good), since)):  # fmt: skip
        faults = list(refused_by(board.signed(), tmp_path, "log", Outside(since=seen)))
        assert faults == []


def test_a_board_under_another_key_than_the_readers_is_refused(good: Good, tmp_path: Path) -> None:
    key = read_key(good.board.key.public().text(), BOARD, "the reader")
    stranger = WitnessSigningKey("press.example", bytes(32))
    witness = read_key(stranger.public().text(), WITNESS, "the reader")
    note = read_note(good.files["checkpoint"])
    cosigned = note.with_signatures([stranger.cosign(note.text, moment_s=1)])
    seen = good.files | {"checkpoint": cosigned.octets()}
    false = seen | {"checkpoint": cosigned.octets()[:-20] + b"AAAA" + cosigned.octets()[-16:]}
    one = Outside(key=key, witnesses=[witness], quorum=1)

    (right,) = outcomes(seen, tmp_path, upto="log", outside=one)
    assert right.result == "PASS"
    assert list(refused_by(good.files, tmp_path, "log", one)) == []
    assert list(refused_by(false, tmp_path, "log", one)) == []


def test_a_notice_that_names_another_key_than_the_readers_is_refused(
    good: Good, tmp_path: Path
) -> None:
    key = Outside(key=read_key(good.board.key.public().text(), BOARD, "the reader"))
    other = WitnessSigningKey(good.board.key.name, bytes(32))
    board = good.board.edited("notice", put("board", to=other.public().text())).linked()

    assert list(refused_by(board.signed(), tmp_path, "notice", key)) == []
