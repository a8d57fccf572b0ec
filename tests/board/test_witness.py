"""What a witness decides, and both sides' bytes. Spec: board §7.2, §7.3, §7.4."""

from __future__ import annotations

import pytest

from ballot.board.checkpoint import Checkpoint, sign_checkpoint
from ballot.board.errors import WitnessRefused
from ballot.board.note import Note, SigningKey
from ballot.board.tree import EMPTY_ROOT
from ballot.board.witness import (
    AddCheckpoint,
    Watched,
    decide,
    read_known_size,
    read_request,
    request_to_add,
    take_answer,
    write_answer,
)
from tests.board.making import (
    MOMENT_S,
    ORIGIN,
    Board,
    board_key,
    board_of,
    flips,
    refusal,
    seed,
    some_entries,
    witness_key,
)

OLD, SIZE = 300, 1000
OLDER = board_of(OLD)
BOARD = board_of(SIZE)
FORK = board_of(SIZE, mark="fork")
KEY = board_key().public()
WITNESS = witness_key()


def watching(size: int = OLD, root: bytes | None = None, *, origin: str = ORIGIN):
    """A witness that has cosigned the board up to a size."""
    known = root or (board_of(size).right.root() if size else EMPTY_ROOT)
    return {origin: Watched([KEY], size, known)}.get


def request(board: Board = BOARD, *, old: int = OLD, note: Note | None = None) -> AddCheckpoint:
    return request_to_add(note or board.signed(), old_size=old, proof=board.consistency(old))


def refused(octets: bytes, watched) -> WitnessRefused:
    with pytest.raises(WitnessRefused) as found:
        decide(octets, watched=watched)
    return found.value


def told(octets: bytes, watched) -> tuple[int, str, int | None]:
    found = refused(octets, watched)
    return found.status, found.condition, found.known_size


def test_a_checkpoint_that_continues_the_last_one_is_accepted():
    made = request()

    accepted = decide(made.octets(), watched=watching())

    assert accepted == made
    assert accepted.checkpoint == BOARD.checkpoint()


@pytest.mark.parametrize("size", [1, 300, 1000])
def test_the_first_checkpoint_goes_on_from_nothing_without_a_proof(size):
    board = board_of(size)

    accepted = decide(request(board, old=0).octets(), watched=watching(0))

    assert accepted.proof == ()
    assert accepted.checkpoint.size == size


def test_the_same_checkpoint_is_accepted_again():
    assert decide(request(old=SIZE).octets(), watched=watching(SIZE))
    assert decide(request(Board(), old=0).octets(), watched=watching(0))


def test_a_rollback_is_refused_and_the_known_size_told():
    older = request(OLDER, old=OLD)
    assert decide(older.octets(), watched=watching(OLD))

    assert told(older.octets(), watching(SIZE)) == (409, "witness.stale", SIZE)
    assert told(request(old=0).octets(), watching()) == (409, "witness.stale", OLD)


def test_a_fork_of_the_same_size_is_refused_with_the_evidence():
    fork = request(FORK, old=SIZE)
    assert decide(fork.octets(), watched=watching(SIZE, FORK.right.root()))

    found = refused(fork.octets(), watching(SIZE))

    assert (found.status, found.condition, found.known_size) == (409, "witness.fork", SIZE)
    assert found.evidence["note"] == FORK.signed().octets()
    assert found.evidence["known"] == BOARD.right.root().hex()


def test_a_fork_that_is_longer_is_refused_with_the_evidence():
    found = refused(request(FORK).octets(), watching())

    assert (found.status, found.condition, found.known_size) == (422, "witness.proof", None)
    assert found.evidence["cause"] == "proof.old-root"
    assert found.evidence["note"] == FORK.signed().octets()


def test_a_proof_that_is_not_the_right_one_is_refused():
    made = request()
    for proof in ((), made.proof[:-1], (*made.proof, bytes(32)), made.proof[::-1]):
        octets = AddCheckpoint(OLD, proof, made.note, made.checkpoint).octets()
        assert told(octets, watching())[:2] == (422, "witness.proof")
    first = request(old=0)
    octets = AddCheckpoint(0, (bytes(32),), first.note, first.checkpoint).octets()
    assert told(octets, watching(0))[:2] == (422, "witness.proof")


def test_a_board_that_is_not_watched_is_not_found():
    assert told(request().octets(), watching(origin="other")) == (404, "witness.origin", None)


def test_a_checkpoint_that_the_board_did_not_sign_is_forbidden():
    checkpoint = BOARD.checkpoint()
    stranger = sign_checkpoint(checkpoint, key=SigningKey(ORIGIN, seed("stranger")))
    false = Note(checkpoint.text(), OLDER.signed().signatures)

    for note in (stranger, false):
        assert told(request(note=note).octets(), watching()) == (403, "witness.signature", None)


def test_an_old_size_above_the_checkpoints_own_is_a_bad_request():
    octets = AddCheckpoint(SIZE + 1, (), BOARD.signed(), BOARD.checkpoint()).octets()

    assert told(octets, watching()) == (400, "witness.old-size", None)


def test_nothing_is_told_of_a_board_before_the_signature_is_checked():
    stranger = sign_checkpoint(
        Checkpoint(ORIGIN, SIZE, bytes(32)), key=SigningKey(ORIGIN, seed("stranger"))
    )
    octets = AddCheckpoint(5, (), stranger, Checkpoint(ORIGIN, SIZE, bytes(32))).octets()

    assert told(octets, watching())[0] == 403


GOOD = request().octets()
HASH = b"PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"


@pytest.mark.parametrize(
    ("octets", "condition"),
    [
        (b"", "request.form"),
        (b"old 5\n", "request.form"),
        (GOOD.removeprefix(b"old "), "request.form"),
        (GOOD.replace(b"old ", b"OLD ", 1), "request.form"),
        (GOOD.replace(b"old 300", b"old 0300", 1), "request.old"),
        (GOOD.replace(b"old 300", b"old  300", 1), "request.old"),
        (GOOD.replace(b"old 300", b"old -1", 1), "request.old"),
        (GOOD.replace(b"=\n", b"\n", 1), "request.proof"),
        (GOOD.replace(b"\n", b"\nAAAA\n", 1), "request.proof"),
        (GOOD.replace(b"\n", "\né\n".encode(), 1), "request.proof"),
        (GOOD.replace(b"\n", b"\n" + HASH * 64, 1), "request.proof"),
        (GOOD.replace(b"\n1000\n", b"\n01000\n"), "checkpoint.size"),
        (GOOD[:-1], "note.form"),
        (b"old 5\n\n" + b"x\n" * 131_072, "request.size"),
    ],
)
def test_a_malformed_request_is_a_bad_request(octets, condition):
    assert read_request(GOOD) == request()

    assert refusal(read_request, octets) == condition
    found = refused(octets, watching())
    assert (found.condition, found.status) == ("witness.request", 400)
    assert found.evidence["cause"] == condition


def test_63_hashes_are_read_and_no_request_is_made_with_more():
    hashes = [bytes(32)] * 63
    made = request_to_add(BOARD.signed(), old_size=1, proof=hashes)
    assert read_request(made.octets()) == made

    named = {"old_size": 1, "proof": [*hashes, bytes(32)]}
    assert refusal(request_to_add, BOARD.signed(), **named) == "request.proof"


def test_a_flipped_bit_anywhere_in_a_request_is_refused():
    assert decide(GOOD, watched=watching())

    for changed in flips(GOOD):
        assert refused(changed, watching()).status in (400, 403, 404, 409, 422)


def test_a_board_that_grows_step_by_step_is_cosigned_at_each():
    board, known = Board(), Watched([KEY])

    for step in (0, 1, 1, 254, 1, 300, 0, 7):
        board.append(some_entries(600)[len(board.entries) : len(board.entries) + step])
        octets = request(board, old=known.size).octets()
        accepted = decide(octets, watched={ORIGIN: known}.get)
        known = Watched([KEY], accepted.checkpoint.size, accepted.checkpoint.root)

    assert known.root == board.right.root()


def test_the_answer_is_the_witnesss_lines_which_go_below_the_boards():
    note = BOARD.signed()
    cosignature = WITNESS.cosign(note.text, moment_s=MOMENT_S)
    other = witness_key("other.example").cosign(note.text, moment_s=MOMENT_S)

    taken = take_answer(note, write_answer([other, cosignature]), witness=WITNESS.public())

    assert taken == note.with_signatures([cosignature])


def test_however_often_a_witness_signs_the_checkpoint_bears_its_latest_line_alone():
    note = BOARD.signed()
    lines = [WITNESS.cosign(note.text, moment_s=MOMENT_S + at) for at in (5, 60, 0)]

    once = take_answer(note, write_answer(lines), witness=WITNESS.public())
    later = WITNESS.cosign(note.text, moment_s=MOMENT_S + 90)
    again = take_answer(once, write_answer([later]), witness=WITNESS.public())

    assert once == note.with_signatures([lines[1]])
    assert again == note.with_signatures([later])


def test_an_answer_that_is_not_the_witnesss_cosignature_is_refused():
    note = BOARD.signed()
    good = write_answer([WITNESS.cosign(note.text, moment_s=MOMENT_S)])
    public = {"witness": WITNESS.public()}
    assert take_answer(note, good, **public)

    other = write_answer([witness_key("other").cosign(note.text, moment_s=MOMENT_S)])
    of_another = write_answer([WITNESS.cosign(OLDER.signed().text, moment_s=MOMENT_S)])
    assert refusal(take_answer, note, other, **public) == "note.unsigned"
    assert refusal(take_answer, note, of_another, **public) == "note.signature"
    assert refusal(take_answer, note, good[:-1], **public) == "note.form"
    assert refusal(take_answer, note, b"", **public) == "note.form"
    assert refusal(take_answer, note, b"\xff\n", **public) == "note.characters"
    assert refusal(take_answer, note, b"OK\n", **public) == "note.signature-line"
    for changed in flips(good):
        assert refusal(take_answer, note, changed, **public)


def test_the_known_size_is_a_number_and_a_newline():
    assert read_known_size(b"300\n") == 300

    for octets in (b"", b"300", b"0300\n", b"300\n\n", b"\xb3\n"):
        assert refusal(read_known_size, octets) == "answer.size"
