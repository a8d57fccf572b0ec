"""A list that two processes judge, beside the same list judged row by row."""

from __future__ import annotations

import os
import threading
from contextlib import closing
from dataclasses import asdict
from multiprocessing import Pipe
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.processes import dividing
from members.processes.second import JudgeLost, SecondJudge, main, serve
from members.rollfile import FileRefused, FileTrouble, RefusedLine, RollFile, Row
from members.rollfile.batches import RowJudge
from members.rollfile.columns import read_header
from members.rollfile.judging import Judge
from tests.rollfile.lists import HEADER, SECTIONS, TODAY, line, opened

PLAIN = [line(number=str(number)) for number in range(40)]
KINDS = (
    lambda number: line(number=str(number)),
    lambda number: line(number=f"12O{number}"),
    lambda number: line(number=str(number), unit="back\\slash \\N"),
    lambda number: line(number=str(number), family_name="Ó Briain", title="A & B"),
    lambda number: line(number="?", email="nobody"),
    lambda number: f"{number},too,few",
    lambda number: line(number=str(number)) + ",more,than,there,are",
    lambda number: f"Total,{number}",
    lambda number: f",,,,,,,,{number}",
    lambda number: line(number="Total", family_name=str(number), given_name="", title="",
                        email="", postcode="", section="", unit="", joined_on="",
                        paid_until="", standing="", date_of_birth=""),
    lambda number: "",
    lambda number: '"7","Mx","two\nlines","' + str(number) + '","","","member","","","","",""',
)  # fmt: skip


def content_of(kinds: list[int]) -> str:
    lines = [KINDS[kind](number) for number, kind in enumerate(kinds)]
    return "\r\n".join([HEADER, *lines, ""])


def told(file: RollFile) -> dict[str, Any]:
    return {"rows": file.rows_read, "bytes": file.bytes_read, "letters": file.letters_o,
            "notes": [asdict(note) for note in file.notes]}  # fmt: skip


def row_by_row(content: str) -> tuple[str, list[RefusedLine], dict[str, Any]]:
    file = opened(content)
    found = list(file)
    good = ["\t".join(map(str, row)) for row in found if isinstance(row, Row)]
    text = "".join(f"{row}\n" for row in good).replace("\\", "\\\\")
    return text, [row for row in found if isinstance(row, RefusedLine)], told(file)


def in_batches(content: str) -> tuple[str, list[RefusedLine], dict[str, Any]]:
    file = opened(content)
    batches = list(file.in_batches(dividing.divided))
    text = "".join(batch.text for batch in batches)
    return text, [row for batch in batches for row in batch.refused], told(file)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dividing, "ROWS_OF_THE_SECOND", 5)
    monkeypatch.setattr(dividing, "ROWS_OF_OURS", 2)
    monkeypatch.setattr(dividing, "_cores", lambda: 2)


@settings(max_examples=8, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(kinds=st.lists(st.integers(0, len(KINDS) - 1), max_size=40))
@pytest.mark.usefixtures("small_batches")
def test_two_processes_give_the_rows_refusals_and_notes_that_one_gives(kinds: list[int]) -> None:
    content = content_of(kinds)

    assert in_batches(content) == row_by_row(content)


@pytest.mark.usefixtures("small_batches")
def test_one_process_alone_gives_the_same_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dividing, "_cores", lambda: 1)
    monkeypatch.setattr(dividing, "SecondJudge", None)
    random = Random(1)

    for _ in range(50):
        content = content_of(random.choices(range(len(KINDS)), k=random.randrange(40)))
        assert in_batches(content) == row_by_row(content)


def test_a_long_list_of_every_kind_of_row_is_the_same_in_batches_of_the_real_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dividing, "_cores", lambda: 2)
    random = Random(2)
    content = content_of(random.choices(range(len(KINDS)), k=15_000) + [7] * 3)

    text, refused, notes = in_batches(content)

    assert (text, refused, notes) == row_by_row(content)
    assert [note["kind"] for note in notes["notes"]] == ["letter_o"] * 20 + [
        "total_passed_over"
    ] * 3


def test_a_short_list_starts_no_second_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dividing, "SecondJudge", None)

    text, refused, _ = in_batches("\n".join([HEADER, *PLAIN]))

    assert text.count("\n") == len(PLAIN)
    assert refused == []


@pytest.mark.usefixtures("small_batches")
def test_a_killed_second_process_fails_the_reading_and_never_shortens_the_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = "\n".join([HEADER, *PLAIN])
    started: list[SecondJudge] = []

    class Watched(SecondJudge):
        def __enter__(self) -> SecondJudge:
            started.append(self)
            return super().__enter__()

    monkeypatch.setattr(dividing, "SecondJudge", Watched)
    batches = opened(content).in_batches(dividing.divided)
    next(batches)
    started[0].process.kill()
    started[0].process.wait()

    with pytest.raises(JudgeLost):
        list(batches)

    assert in_batches(content) == row_by_row(content)


@pytest.mark.usefixtures("small_batches")
def test_a_reading_that_is_given_up_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[SecondJudge] = []

    class Watched(SecondJudge):
        def __enter__(self) -> SecondJudge:
            started.append(self)
            return super().__enter__()

    monkeypatch.setattr(dividing, "SecondJudge", Watched)

    with closing(opened("\n".join([HEADER, *PLAIN])).in_batches(dividing.divided)) as batches:
        next(batches)

    assert started[0].process.poll() is not None
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].process.pid, 0)


@pytest.mark.usefixtures("small_batches")
def test_a_quotation_mark_that_is_never_closed_refuses_the_file_with_its_line() -> None:
    lines = [HEADER, *PLAIN[:30], '"' + PLAIN[30], *PLAIN[31:]]

    with pytest.raises(FileRefused) as one:
        list(opened("\n".join(lines)))
    with pytest.raises(FileRefused) as two:
        list(opened("\n".join(lines)).in_batches(dividing.divided))

    assert two.value.trouble == one.value.trouble == FileTrouble.BROKEN_QUOTES
    assert two.value.line == one.value.line


@pytest.fixture
def judge() -> RowJudge:
    return RowJudge(read_header(HEADER.split(",")), Judge(SECTIONS, TODAY.isoformat()))


def numbered(*lines: str) -> list[tuple[int, list[str]]]:
    return [(place, text.split(",")) for place, text in enumerate(lines, start=2)]


def test_the_second_process_judges_what_it_is_sent_until_its_pipe_is_closed(
    judge: RowJudge,
) -> None:
    ours, theirs = Pipe()
    second = threading.Thread(target=serve, args=(theirs,))
    second.start()

    ours.send(judge)
    ours.send(numbered(*PLAIN[:3]))
    judged = ours.recv()
    ours.close()
    second.join(10)

    assert judged.text == judge.judge_batch(numbered(*PLAIN[:3])).text
    assert not second.is_alive()


def test_the_second_process_says_where_it_failed_and_nothing_of_the_rows(
    judge: RowJudge, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = Pipe()
    ours.send(judge)
    ours.send([(2, ["Fallowes", 7])])

    code = main([str(os.dup(theirs.fileno()))])

    said = capsys.readouterr().err
    assert code == 1
    assert "AttributeError" in said or "TypeError" in said
    assert "judge_batch" in said
    assert "Fallowes" not in said
    ours.send(judge)
    ours.send(numbered(PLAIN[0]))
    ours.close()
    assert main([str(os.dup(theirs.fileno()))]) == 0
