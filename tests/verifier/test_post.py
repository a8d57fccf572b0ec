"""A contest with papers by post passes, and what is changed of its post is named (bundle §4.6).

A trustee's own software holds the same boards to the same, as far as it looks (trustees §5.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ballot.bundle import bundle_files
from ballot.canonical import canonical
from ballot.mapping.entry import log_entry
from ballot.published import newest_checkpoint
from ballot.sealing.codes import key_of_secret
from ballot.services.publish_board import board_origin, publish_board, signing_key
from ballot.services.rule_on_postal_paper import rule_on_postal_paper
from ballot.trustee.boxes import recomputed
from ballot.trustee.cast import check_cast
from ballot.trustee.errors import Refused
from ballot.trustee.forms import BlobNamed
from ballot.trustee.keys_named import keys_named
from ballot.trustee.poll import read_poll
from ballot.trustee.record import Record
from tests.ballot.factories import bring, cast, close_poll_early, election, entries, now
from tests.ballot.posting_papers import Table
from tests.verifier.tampered import Board, drop, exchanged, more, other, put
from tests.verifier.test_tampering import outcomes
from verifier.board import Board as Acts
from verifier.board import Entry
from verifier.failure import Failed
from verifier.post import check_post, check_rejected_came_out

pytestmark = pytest.mark.django_db

REASON = "The hour is changed by decision."
POSTS = ({"title": "Deputy", "candidates": ("Dale Dunn", "Elm Ede"), "method": "plurality"},)


def make_board() -> Board:
    """Two sections; three papers by post, one of them rejected in a contest, and an envelope late.

    Also an envelope that came after its elector's ballot, and one without a paper in it.
    """
    run = election(at="polling", electors=10, sections=("member", "affiliated"),
                   demonstration=False, smallest_box=3, other_contests=POSTS)  # fmt: skip
    table = Table(run)
    envelopes = table.issue(0, 1, 2, 4, 5, 6)
    cast(run, entries(run)[5], (0,), (1,))
    for envelope in envelopes[:5]:
        table.receive(envelope)
    for place in (3, 7, 8):
        cast(run, entries(run)[place], (0, 1), ())
    close_poll_early(run.election_id, reason=REASON, **run.by_two)
    table.receive(envelopes[5])
    table.open()
    table.both_read(1, (2, 0), (0,))
    table.read(0, 2, (1,), (1,))
    table.read(1, 2, (0,), (1,))
    rule_on_postal_paper(run.election_id, section="member", number=2, agents=1, **run.by,
                  rejected={"contest-1": "uncertain"})  # fmt: skip
    table.both_read(2, None, (1,))
    table.both_read(1, (0,), (1,), section="affiliated")
    for who in (0, 1):
        table.hand_in(who, table.empty(who, 3))
    table.account()
    bring(run, to="declared")
    publish_board(run.election_id, now=now())
    checkpoint = newest_checkpoint(run.election)
    assert checkpoint is not None
    files = {file.path: b"".join(file.pieces()) for file in bundle_files(checkpoint)}
    return Board.read(files, key=signing_key(board_origin(run.election)))


@pytest.fixture(scope="module")
def board(django_db_setup: None, django_db_blocker: Any) -> Iterator[Board]:
    """The board, made once; its rows are gone again when it is made."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        made = make_board()
        transaction.set_rollback(True)
    yield made


def by_trustee(board: Board) -> list[int]:
    """How many ballots are in each box that a trustee's own software makes of a board."""

    def blob(named: BlobNamed, where: str) -> bytes:
        del where
        return board.blobs[named.sha256]

    record = Record(board.entries[0]["election"], blob=blob)
    record.extend(log_entry(entry["kind"], canonical(entry)) for entry in board.entries)
    poll = read_poll(record)
    found = check_cast(record, poll, keys_named(record, blob=blob), jobs=1)
    return [len(box) for _, box in recomputed(record, poll=poll, cast=found)]


def refusals(board: Board, folder: Path) -> set[str]:
    """The conditions that the verifier names of a board, up to the boxes."""
    made = outcomes(board.signed(), folder, upto="boxes")
    return {one.condition for check in made for one in check.failures}


def test_a_contest_with_papers_by_post_passes_and_a_trustee_makes_the_same_boxes(
    board: Board, tmp_path: Path
) -> None:
    made = outcomes(board.signed(), tmp_path)

    assert [(check.name, check.failures) for check in made if check.result != "PASS"] == []
    told = board.content("reconciliation")
    assert by_trustee(board) == [one["ballots"] for one in told["boxes"]]
    assert [one["counted"] - one["ballots"] for one in told["sections"]] == [2, 1]
    figures = {one["section"]: one for one in board.content("post")["sections"]}
    assert figures["member"] == {"section": "member", "issued": 4, "received": 3, "papers": 2,
                                 "empty": 1, "refused": 0, "late": 1}  # fmt: skip
    assert figures["affiliated"]["refused"] == 1
    profiles = [board.content("profile", which) for which in range(len(told["boxes"]))]
    assert sum(one["papers_rejected"] for one in profiles) == 1


def test_an_account_that_rejects_more_than_came_out_of_the_boxes_is_named() -> None:
    told = [{"contest": "contest-1", "reason": reason, "papers": 1}
            for reason in ("uncertain", "unmarked")]  # fmt: skip
    account = Acts(acts=[Entry(0, "post", "", {"rejected": told}, b"")])

    check_rejected_came_out(Acts(), {})
    check_rejected_came_out(account, {"contest-1": 2})
    with pytest.raises(Failed) as failed:
        check_rejected_came_out(account, {"contest-1": 1, "contest-2": 5})

    assert failed.value.check == "post.figure"


def test_envelopes_that_the_notice_does_not_offer_are_named() -> None:
    notice = Entry(0, "notice", "", {"postal_papers": False}, b"")
    issued = Entry(1, "envelopes", "", {"sections": []}, b"")
    # Nothing else is read of a board with no paper on it.
    nothing: Any = None

    assert check_post(nothing, Acts(acts=[notice]), nothing, nothing).papers == []
    with pytest.raises(Failed) as failed:
        check_post(nothing, Acts(acts=[notice, issued]), nothing, nothing)
    assert failed.value.check == "post.not-offered"


def _ballot_of_envelope(said: Any, board: Board) -> None:
    said.update(credential=board.content("ballot")["credential"])


def _same_envelope_twice(board: Board) -> Board:
    first = board.content("envelope")["envelope"]
    return board.edited("envelope", put("envelope", to=first), which=1)


def _to(member: str, kind: str, which: int = 1) -> Callable[[Board], Board]:
    """Let the first and another entry of a kind have one value of a member."""
    return lambda board: board.edited(kind, put(member, to=board.content(kind)[member]), which)


def _paper_of_an_elector(board: Board) -> Board:
    key = board.content("ballot")["credential"]
    return board.edited("postal-paper", put("credential", to=key))


def _in_votes(board: Board) -> Board:
    return board.edited("envelope", lambda said: _ballot_of_envelope(said, board))


def _after_close(board: Board) -> Board:
    return board.moved(board.at("tellers"), board.at("postal-paper"))


CHANGES: dict[str, tuple[str, Callable[[Board], Board]]] = {
    "an envelope comes twice": ("envelope.twice", _same_envelope_twice),
    "an envelope comes that nobody was issued": (
        "envelope.hash", lambda board: board.edited("envelope", put("envelope", to=other))),
    "the hashes of envelopes do not ascend": (
        "envelope.hash",
        lambda board: board.told("envelopes", exchanged(0, 1, size=32), "sections", 1, "hashes")),
    "an elector votes by post and online": ("envelope.voted", _in_votes),
    "an envelope is of a key that nobody was issued": (
        "envelope.credential",
        lambda board: board.edited("envelope", put("credential", to=other))),
    "two envelopes are of one elector": ("envelope.twice", _to("credential", "envelope")),
    "a paper is there that came in no envelope": (
        "post.figure",
        lambda board: board.without("envelope").without("envelope").without("envelope")),
    "a paper has another's number": ("postal.number", lambda board: board.doubled("postal-paper")),
    "a paper is under an elector's key": ("postal.credential", _paper_of_an_elector),
    "a paper has one teller": (
        "teller.same", lambda board: board.edited("postal-paper", drop("tellers", 1))),
    "a teller has not signed": (
        "teller.signature",
        lambda board: board.edited("postal-paper", put("tellers", 1, "signature", to=other))),
    "a paper is moved to another number": (
        "teller.signature",
        lambda board: board.edited("postal-paper", put("number", to=lambda number: number + 90))),
    "two tellers have one key": (
        "teller.twice",
        lambda board: board.edited(
            "tellers", lambda said: said["tellers"][1].update(key=said["tellers"][0]["key"]))),
    "a paper is not signed by its own key": (
        "ballot.signature",
        lambda board: board.edited("postal-paper", put("signature", to=other))),
}  # fmt: skip
# What makes a result false and shows no vote that ought to be secret is for the verifier alone.
OF_THE_VERIFIER: dict[str, tuple[str, Callable[[Board], Board]]] = {
    "the tellers are numbered otherwise": (
        "teller.number", lambda board: board.edited("tellers", put("tellers", 0, "number", to=7))),
    "a teller's key is none": (
        "teller.key",
        lambda board: board.edited("tellers", put("tellers", 0, "key", to="ff" * 32))),
    "a paper is of a teller whom nobody named": (
        "teller.unknown",
        lambda board: board.edited("postal-paper", put("tellers", 1, "number", to=3))),
    "a paper is of a section without envelopes": (
        "postal.section",
        lambda board: board.edited("postal-paper", put("section", to="nobody"))),
    "more envelopes are told than came": (
        "post.figure",
        lambda board: board.edited("post", put("sections", 0, "received", to=more))),
    "an empty envelope is not told": (
        "post.figure", lambda board: board.edited("post", put("sections", 1, "empty", to=0))),
    "more came late than there were": (
        "post.figure", lambda board: board.edited("post", put("sections", 1, "late", to=9))),
    "a section is not told": (
        "post.figure", lambda board: board.edited("post", drop("sections", 0))),
    "papers are rejected in a contest that there is not": (
        "post.figure",
        lambda board: board.edited("post", put("rejected", 0, "contest", to="contest-9"))),
    "there is no account": ("post.missing", lambda board: board.without("post")),
    "tellers are named after the close": ("entry.order", _after_close),
    "the marks leave out the envelopes": (
        "reconciliation.figure",
        lambda board: board.edited("reconciliation", put("sections", 0, "marks", to=3))),
}  # fmt: skip


@pytest.mark.parametrize("case", [*CHANGES, *OF_THE_VERIFIER])
def test_what_is_changed_of_the_post_is_named(case: str, board: Board, tmp_path: Path) -> None:
    condition, change = (CHANGES | OF_THE_VERIFIER)[case]

    assert condition in refusals(change(board), tmp_path)


@pytest.mark.parametrize("case", CHANGES)
def test_a_trustee_opens_nothing_of_which_the_post_was_changed(case: str, board: Board) -> None:
    condition, change = CHANGES[case]

    with pytest.raises(Refused) as refused:
        by_trustee(change(board))
    assert refused.value.check == condition


def test_an_envelope_that_came_after_the_close_is_taken_by_nobody(
    board: Board, tmp_path: Path
) -> None:
    late = board.moved(board.at("envelope"), board.numbers("postal-paper")[-1])
    assert by_trustee(board)

    assert "entry.order" in refusals(late, tmp_path)
    with pytest.raises(Refused) as refused:
        by_trustee(late)
    assert refused.value.check == "envelope.time"


def test_as_many_may_dispute_as_voted_by_post_or_online_and_no_more(
    board: Board, tmp_path: Path
) -> None:
    told = board.content("reconciliation")["sections"][0]
    assert told["marks"] > told["ballots"]

    def explained(number: int) -> set[str]:
        one = {"difference": "disputed", "section": told["code"], "number": number,
               "explanation": "They rang."}  # fmt: skip
        folder = tmp_path / str(number)
        folder.mkdir()
        return refusals(board.edited("reconciliation", put("explanations", to=[one])), folder)

    assert explained(told["marks"]) == set()
    assert explained(told["marks"] + 1) == {"reconciliation.explanation"}


def test_who_was_named_and_is_left_out_later_leaves_a_gap_in_the_numbers(
    board: Board, tmp_path: Path
) -> None:
    third = {"key": key_of_secret(3).credential.hex(), "name": "Cy Moss", "number": 4}
    longer = board.edited("tellers", lambda said: said["tellers"].append(third))

    assert refusals(longer, tmp_path) == set()
    assert by_trustee(longer)


def test_postal_papers_of_a_section_follow_its_ballots_in_the_order_of_the_board(
    board: Board,
) -> None:
    papers = board.numbers("postal-paper")
    one, two = (n for n in papers if board.entries[n]["content"]["section"] == "member")
    order = [n for n in range(len(board.entries)) if n != two]
    order.insert(order.index(one), two)

    with pytest.raises(Refused):
        by_trustee(replace(board.in_order(order)))
    assert by_trustee(board)
