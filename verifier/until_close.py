"""Checks 1 to 10 of bundle §5: the board, the poll, and what the register says of it.

Each sets what it establishes in `Known`, and returns the figure that is shown beside its name.
"""

from __future__ import annotations

from verifier.aside import check_set_aside
from verifier.board import read_board
from verifier.cast import by_section, check_cast
from verifier.ceremonies import came_to_nothing, check_ceremonies
from verifier.challenges import check_challenges
from verifier.credentials import check_credentials
from verifier.destroyed import check_destroyed, note_of
from verifier.held import check_shares_held
from verifier.issuer import issuer_of
from verifier.known import Known, NotYet, require
from verifier.names import check_names
from verifier.opening import check_contests, check_notice, check_opening
from verifier.order import check_order
from verifier.outside import check_log
from verifier.receipts import check_receipts
from verifier.reconciliation import Register, check_reconciliation
from verifier.remarks import remarks_on
from verifier.report import count_of, figure_of
from verifier.roll import check_roll
from verifier.withdrawals import check_withdrawals
from verifier.words import words_of


def make_log(known: Known) -> str:
    known.log = check_log(known.bundle, known.outside, known.notes)
    size = known.log.checkpoint.size
    return figure_of([count_of(size, "entry", "entries"), *known.outside.figures])


def make_entries(known: Known) -> str:
    board = read_board(known.log)
    check_order(board)
    check_destroyed(board, known.log)
    known.board = board
    known.notes += remarks_on(board)
    if board.has("destruction"):
        known.notes.append(note_of(board))
    kinds = {entry.kind for entry in board.acts}
    acts = f"{count_of(len(board.acts), 'act')} of {count_of(len(kinds), 'kind')}"
    gone = f"{len(board.destroyed):,} destroyed" if board.destroyed else ""
    return figure_of([acts, count_of(len(board.ballots), "ballot"), gone])


def make_notice(known: Known) -> str:
    check_notice(known.board, known.outside.board_key(known.bundle))
    check_contests(known.board)
    check_names(known.board)
    notice = known.board.only("notice").content
    issuer = issuer_of(known.board)
    return figure_of(
        [
            notice["title"],
            f"codes made by {issuer.name}" if issuer else "",
            "a rehearsal" if notice["rehearsal"] else "",
        ]
    )


def make_opening(known: Known) -> str:
    require(known, "opening", "the poll has not been opened")
    known.poll = check_opening(known.board)
    check_withdrawals(known.board, known.poll)
    fingerprint = f"fingerprint {known.poll.fingerprint.hex()}"
    return figure_of([count_of(len(known.poll.contests), "contest"), fingerprint])


def make_key(known: Known) -> str:
    keys = check_ceremonies(known.board)
    require(known, "key", "there is no key yet")
    known.key = keys[max(keys)]
    held = check_shares_held(known.board, keys, known.log.leaves)
    known.notes += [
        f"{entry.where} made no key: the trustees began anew, or have not ended."
        for entry in came_to_nothing(known.board)
    ]
    known.notes.append(
        "Whoever writes the board can write a whole ceremony. Ask the trustees whether these were "
        f"its words: {' '.join(words_of(known.key.transcript))}"
    )
    quorum = f"{known.key.quorum} of {count_of(len(known.key.trustees), 'trustee')}"
    shown = count_of(held, "proof that a share is held", "proofs that a share is held")
    return figure_of([quorum, shown])


def make_roll(known: Known) -> str:
    require(known, "roll", "no roll has been frozen")
    known.roll = check_roll(known.board)
    electors = count_of(known.roll.electors.total(), "elector")
    return figure_of([electors, count_of(len(known.roll.amendments), "amendment")])


def make_credentials(known: Known) -> str:
    require(known, "credentials", "no codes have been made")
    known.credentials = check_credentials(known.bundle, known.board, known.roll)
    found = known.credentials
    issuer = issuer_of(known.board)
    return figure_of(
        [
            count_of(len(found.section), "key"),
            f"{len(found.dead):,} no longer in force",
            f"those of {count_of(found.unread, 'entry', 'entries')} sealed still"
            if found.unread
            else "",
            f"signed by {issuer.name}" if issuer else "",
        ]
    )


def make_ballots(known: Known) -> str:
    board = known.board
    if not (
        board.ballots or board.has("close") or board.has("challenge") or known.outside.trackers
    ):
        raise NotYet("there is no ballot yet")
    known.progress.begin("ballots", len(board.ballots))
    postal = [paper for paper, _ in known.post.papers]
    sealed = [cast for _, cast in known.post.papers]
    casts = check_cast(board, known.credentials, known.paper, known.workers, sealed)
    challenged = check_challenges(board, known.poll, known.paper, known.roll.sections, postal)
    check_receipts(board, known.paper, known.outside.trackers, known.notes)
    left = len(board.ballots) - len(casts)
    return figure_of(
        [
            count_of(len(casts), "ballot"),
            count_of(len(casts), "signature"),
            count_of(len(casts) * len(known.poll.contests), "proof"),
            f"{left:,} more under keys that are sealed still" if left else "",
            f"{challenged:,} challenged and not counted" if challenged else "",
            count_of(known.post.received.total(), "envelope") if known.post.issued else "",
            count_of(len(postal), "postal paper") if postal else "",
        ]
    )


def make_set_aside(known: Known) -> str:
    require(known, "close", "the poll has not been closed")
    known.aside = check_set_aside(known.board, known.paper, known.credentials.section)
    return f"{count_of(len(known.aside), 'ballot')} set aside"


def make_reconciliation(known: Known) -> str:
    require(known, "reconciliation", "the register has not been verified")
    cast = by_section([cast for _, cast in known.casts])
    aside = by_section([cast for ballot, cast in known.casts if ballot.number in known.aside])
    in_force = known.credentials.in_force()
    post, contests = known.post, len(known.poll.contests)
    register = Register(known.roll, in_force, cast, aside, post.received, post.sealed, contests)
    check_reconciliation(known.board, register)
    sections = known.board.only("reconciliation").content["sections"]
    counted = f"{count_of(cast.total() - aside.total() + post.sealed.total(), 'ballot')} counted"
    struck_voted = sum(told["struck_voted"] for told in sections)
    of_struck = f"{count_of(struck_voted, 'elector')} struck off who had voted" * bool(struck_voted)
    return figure_of([count_of(len(sections), "section"), counted, of_struck])
