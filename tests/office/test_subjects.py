"""What acts were done to is told in words, and every act that is recorded has some."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from office import subjects
from office.permissions import ACTS, words_of_act
from office.recorded import WORDS
from office.subjects import Subject, register_subject, subjects_told

ROOT = Path(__file__).resolve().parents[2]
_WRITES = {"record", "_record"}


def recorded_acts() -> Iterator[str]:
    """The acts that our own modules write into the trail by name."""
    for app in ("office", "members", "ballot"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in _WRITES
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                    and isinstance(node.args[0].value, str)
                ):
                    yield node.args[0].value


def test_every_act_that_is_recorded_has_words_for_people() -> None:
    acts = set(recorded_acts())

    assert {"freeze_roll", "open_job", "settle_same", "see_desk"} - acts == {"see_desk"}
    assert acts - set(ACTS) - set(WORDS) == set()
    assert not set(WORDS) & set(ACTS)
    assert words_of_act("open_job") == "begin a piece of work"
    assert words_of_act("of_tests") == "of tests"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A kind of the tests, and with which ids it was asked."""
    monkeypatch.setattr(subjects, "_finds", {})
    calls: list[list[str]] = []

    def find(ids: object) -> dict[str, Subject]:
        calls.append(list(ids))  # type: ignore[call-overload]
        return {"7": Subject("Leader 2026", "/desk/elections/leader/", "see_election")}

    register_subject("election", find)
    return calls


def test_each_kind_is_asked_once_and_whoever_may_not_open_a_page_is_given_no_way_to_it(
    asked: list[list[str]],
) -> None:
    rows = [("election", "7"), ("election", "8"), ("election", "7"), ("import", "4")]

    told = subjects_told(rows, acts=frozenset({"see_election"}))

    assert asked == [["7", "8"]]
    assert told["election", "7"].path == "/desk/elections/leader/"
    assert (told["election", "8"].words, told["import", "4"].words) == ("Election 8", "Import 4")
    assert subjects_told(rows, acts=frozenset())["election", "7"] == Subject(
        "Leader 2026", "", "see_election")


@pytest.mark.parametrize(
    ("kind", "subject_id", "words"),
    [
        ("list", "contact_changes", "List contact changes"),
        ("register", "1", "The membership list"),
        ("pair", "5", "Pair of records 5"),
        ("pair_search", "5", "Search for records of one person 5"),
    ],
)
def test_what_no_application_names_is_told_by_its_kind(
    kind: str, subject_id: str, words: str
) -> None:
    assert subjects_told([(kind, subject_id)], acts=frozenset())[kind, subject_id].words == words
