"""Workers killed in the middle (SIGKILL): the next run goes on, and nobody has anything twice.

Each test forks a process of its own, which kills itself at a chosen point.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from ballot.board.tree import leaf_hashes, root_of
from ballot.ceremonies import Step
from ballot.mapping.entry import log_entry
from ballot.models import CeremonyMessage, Checkpoint, Credential, Entry, Mix, SealedBallot
from ballot.services import board, codes, publish_board
from ballot.services.board import append_ballots
from ballot.services.close_poll import close_poll_early
from ballot.services.codes import issue_codes
from ballot.services.held_shares import held_shares
from ballot.services.mix_box import mix_boxes
from ballot.services.open_box import open_box
from ballot.services.stored_boxes import mixed_box
from office.models import Letter
from tests.ballot.factories import (
    REASON,
    TRUSTEES,
    Run,
    begin,
    boxes,
    bring,
    cast_all,
    code_of,
    content,
    election,
    entries,
    kinds,
    sitting,
)

pytestmark = pytest.mark.django_db(transaction=True)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed(act: Callable[[], Any]) -> None:
    """Run something in a process that is killed while it runs."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        # Nothing of the tests' own may run on in the child: it dies at its point, or is found out.
        try:
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def dying_at(place: int, act: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, which kills its process when it is called for the n-th time."""
    calls = 0

    def call(*args: Any, **given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == place:
            die()
        return act(*args, **given)

    return call


@pytest.mark.parametrize("place", [1, 3])
def test_a_worker_killed_while_making_codes_leaves_nobody_with_two(
    place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = election(at="keyed")
    monkeypatch.setattr(codes, "CHUNK", 2)
    with monkeypatch.context() as patch:
        # Between the credentials and the letters of a chunk.
        patch.setattr(codes, "queue_letters", dying_at(place, codes.queue_letters))
        killed(lambda: issue_codes(run.election_id, **run.by))
    made = (place - 1) * 2
    assert Credential.objects.count() == Letter.objects.count() == made
    assert "credentials" not in kinds(run)
    first = {letter.recipient: bytes(letter.enclosure or b"") for letter in Letter.objects.all()}

    issue_codes(run.election_id, **run.by)

    assert Credential.objects.count() == Letter.objects.count() == 7
    assert len({code_of(entry) for entry in entries(run)}) == 7
    # What was made before the kill is what goes out.
    assert first.items() <= {
        letter.recipient: bytes(letter.enclosure or b"") for letter in Letter.objects.all()
    }.items()
    assert kinds(run).count("credentials") == 1


def test_a_worker_killed_between_the_last_code_and_the_entry_goes_on_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="keyed")
    with monkeypatch.context() as patch:
        patch.setattr(codes, "append_entry", dying_at(1, codes.append_entry))
        killed(lambda: issue_codes(run.election_id, **run.by))
    assert Credential.objects.count() == 7 and "credentials" not in kinds(run)

    issue_codes(run.election_id, **run.by)

    assert Credential.objects.count() == 7 and kinds(run).count("credentials") == 1


@pytest.mark.parametrize("place", [1, 2, 5, 7])
def test_a_worker_killed_while_appending_ballots_leaves_whole_batches(
    place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = election(at="polling")
    cast_all(run)
    monkeypatch.setattr(board, "BATCH_BALLOTS", 3)
    with monkeypatch.context() as patch:
        patch.setattr(board, "entry_body", dying_at(place, board.entry_body))
        killed(lambda: append_ballots(run.election))
    whole = (place - 1) // 3 * 3
    assert Entry.objects.filter(kind="ballot").count() == whole

    assert append_ballots(run.election) == 7 - whole

    on_board = Entry.objects.filter(kind="ballot").values_list("ballot_id", flat=True)
    assert sorted(on_board) == list(
        SealedBallot.objects.order_by("pk").values_list("pk", flat=True)
    )
    found = Entry.objects.filter(election=run.election_id).order_by("number")
    assert [entry.number for entry in found] == list(range(found.count()))


def test_a_close_killed_in_the_middle_leaves_the_poll_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from ballot.services import close_poll

    run = election(at="polling")
    cast_all(run)
    with monkeypatch.context() as patch:
        patch.setattr(close_poll, "record", dying_at(1, close_poll.record))
        killed(lambda: close_poll_early(run.election_id, reason=REASON, **run.by_two))
    assert run.state == "polling" and "close" not in kinds(run)

    close_poll_early(run.election_id, reason=REASON, **run.by_two)

    assert run.state == "closed"
    assert kinds(run)[-8:] == ["ballot"] * 7 + ["close"]


@pytest.mark.parametrize("place", [1, 2])
def test_mixing_goes_on_with_the_boxes_that_were_left(
    place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = election(at="verified", sections=("member", "affiliated"))
    assert len(boxes(run)) == 2
    stages = 0

    def dying(**told: Any) -> None:
        nonlocal stages
        if str(told.get("stage", "")).startswith("Checking the mix"):
            stages += 1
            if stages == place:
                die()

    killed(lambda: mix_boxes(run.election_id, report=dying, **run.by))
    assert Mix.objects.count() == place - 1
    first = {mix.box_id: bytes(mix.content.sha256) for mix in Mix.objects.all()}

    mix_boxes(run.election_id, **run.by)
    mix_boxes(run.election_id, share=held_shares(run.election)[0], **run.by)

    assert run.state == "mixed"
    made = Mix.objects.filter(number=1)
    assert first.items() <= {mix.box_id: bytes(mix.content.sha256) for mix in made}.items()
    assert [len(mixed_box(box)) for box in boxes(run)] == [box.ballots for box in boxes(run)]


def test_opening_goes_on_where_it_was_killed_and_opens_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from ballot.services import open_box as module

    run: Run = election(at="mixed", sections=("member", "affiliated"))
    with monkeypatch.context() as patch:
        # After the commitments, and after the first part has been revealed.
        patch.setattr(module, "check_part", dying_at(2, module.check_part))
        killed(lambda: open_box(run.election_id, **run.by))
    assert kinds(run).count("opening-commitment") == 2 and kinds(run).count("part") == 1

    open_box(run.election_id, **run.by)
    bring(run, to="counted")

    assert kinds(run).count("opening-commitment") == kinds(run).count("part") == 4
    assert kinds(run).count("profile") == 2


def dying_after(statements: int, act: Callable[[], Any]) -> Callable[[], Any]:
    """The act, in a process that dies when it has sent so many statements."""
    sent = 0

    def count(execute: Callable[..., Any], *given: Any) -> Any:
        nonlocal sent
        result = execute(*given)
        sent += 1
        if sent == statements:
            die()
        return result

    def call() -> None:
        with connection.execute_wrapper(count):
            act()

    return call


def test_killed_after_every_statement_the_board_loses_nothing_and_doubles_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(board, "BATCH_BALLOTS", 2)
    monkeypatch.setattr(publish_board, "CHUNK_ENTRIES", 3)
    run = election(at="polling")
    cast_all(run)
    moment = run.by["now"]

    def tend() -> None:
        append_ballots(run.election)
        publish_board.publish_board(run.election_id, now=moment)

    deaths = 0
    while True:
        child_died = dies(dying_after(deaths + 1, tend))
        _require_whole(run)
        if not child_died:
            break
        deaths += 1

    assert deaths > 10
    assert Entry.objects.filter(kind="ballot").count() == SealedBallot.objects.count() == 7
    assert Checkpoint.objects.latest("size").size == Entry.objects.count()


def test_killed_at_each_statement_of_the_last_confirmation_nothing_of_it_is_left() -> None:
    run = election(at="frozen", demonstration=False, electors=2)
    begin(run, trustees=TRUSTEES[:2])
    trustees = sitting(run)
    trustees.do(*list(Step)[:-1])
    trustees.do(Step.CONFIRMATION, but=[2])
    last = trustees.message(2, Step.CONFIRMATION)
    entries_before = kinds(run)

    deaths = 0
    while dies(dying_after(deaths + 1, lambda: trustees.say(2, "confirmation", last))):
        deaths += 1
        assert run.election.key is None and kinds(run) == entries_before
        assert CeremonyMessage.objects.filter(step="confirmation").count() == 1

    assert deaths > 8
    assert kinds(run) == [*entries_before, "ceremony-message", "key"]
    assert run.election.key == content(run, "key")


def dies(act: Callable[[], Any]) -> bool:
    """Run something in a process of its own; say whether it was killed. Anything else fails."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def _require_whole(run: Run) -> None:
    """No ballot stands twice, the numbers have no gap, and every checkpoint is of the entries."""
    rows = list(Entry.objects.filter(election=run.election_id).order_by("number"))
    assert [row.number for row in rows] == list(range(len(rows)))
    cast = [row.ballot_id for row in rows if row.kind == "ballot"]
    assert len(cast) == len(set(cast))
    leaves = leaf_hashes(log_entry(row.kind, bytes(row.body)) for row in rows)
    for checkpoint in Checkpoint.objects.all():
        assert bytes(checkpoint.root) == root_of(leaves[: 32 * checkpoint.size])


def test_a_count_killed_before_its_end_counts_nothing_and_the_next_run_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from ballot.services import count_papers as module

    run = election(at="opened")
    with monkeypatch.context() as patch:
        patch.setattr(module, "record", dying_at(1, module.record))
        killed(lambda: module.count_papers(run.election_id, **run.by))
    assert run.state == "opened" and "count" not in kinds(run)

    module.count_papers(run.election_id, **run.by)

    assert run.state == "counted" and kinds(run).count("count") == 1
