"""Signed notes. Spec: board §5.1, §5.2, §5.3, §5.4."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.board.errors import NoteRejected
from ballot.board.note import (
    Note,
    Signature,
    SigningKey,
    VerifierKey,
    check_note,
    known_signatures,
    read_key,
    read_note,
    read_signatures,
)
from ballot.board.spelling import write_base64
from tests.board.making import flips, refusal, seed

TEXT = "One line.\n\nAnother, of Łódź.\n"
ONE, TWO = SigningKey("one.example", seed("one")), SigningKey("two.example", seed("two"))
SIGNED = Note(TEXT, (ONE.sign(TEXT), TWO.sign(TEXT)))


def test_a_signed_note_is_read_back_and_holds_for_each_key_that_is_known():
    note = read_note(SIGNED.octets())

    assert note == SIGNED
    for known in ([ONE], [TWO], [ONE, TWO]):
        keys = [key.public() for key in known]
        assert [key for key, _ in check_note(note, keys)] == keys


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",))), st.binary(max_size=9))
def test_any_text_can_be_signed_and_no_other_passes_for_it(text, more):
    key = SigningKey("one.example", seed("any"))
    note = Note(text + "\n", (key.sign(text + "\n"),))

    assert read_note(note.octets()) == note
    assert check_note(note, [key.public()])
    if more:
        other = Note(f"{text}{more.hex()}\n", note.signatures)
        assert refusal(check_note, other, [key.public()]) == "note.signature"


def test_a_line_of_an_unknown_key_is_passed_over_even_under_a_known_name_or_id():
    known = ONE.public()
    of_name = SigningKey(ONE.name, seed("other")).sign(TEXT)
    of_id = Signature("other.example", known.key_id, bytes(64))
    note = Note(TEXT, (of_name, of_id, ONE.sign(TEXT)))

    assert [line for _, line in check_note(note, [known])] == [ONE.sign(TEXT)]


def test_one_false_line_of_a_known_key_condemns_the_note():
    false = Signature(ONE.name, ONE.public().key_id, TWO.sign(TEXT).content)
    keys = [ONE.public(), TWO.public()]
    assert check_note(SIGNED, keys)

    assert refusal(check_note, Note(TEXT, (TWO.sign(TEXT), false)), keys) == "note.signature"
    beside = Note(TEXT, (*SIGNED.signatures, false))
    assert refusal(check_note, beside, keys) == "note.signature"


def test_a_note_that_no_known_key_signed_is_refused():
    stranger = SigningKey("three.example", seed("three")).public()

    assert refusal(check_note, SIGNED, [stranger]) == "note.unsigned"
    assert refusal(check_note, SIGNED, []) == "note.unsigned"
    assert known_signatures(SIGNED, [stranger]) == []


def test_a_key_has_one_line_the_later_one():
    earlier = Signature(ONE.name, ONE.public().key_id, bytes(64))

    assert SIGNED.with_signatures([ONE.sign(TEXT)]) == SIGNED
    assert Note(TEXT, (earlier,)).with_signatures([ONE.sign(TEXT)]).signatures == (ONE.sign(TEXT),)
    assert Note(TEXT, ()).with_signatures(SIGNED.signatures) == SIGNED


def test_a_flipped_bit_anywhere_is_refused():
    note = Note(TEXT, (ONE.sign(TEXT),)).octets()
    keys = [ONE.public()]
    check_note(read_note(note), keys)

    for changed in flips(note):
        assert refusal(lambda octets: check_note(read_note(octets), keys), changed)


LINE = SIGNED.signatures[0].line()


@pytest.mark.parametrize(
    ("octets", "condition"),
    [
        (b"", "note.form"),
        (TEXT.encode(), "note.signature-line"),  # the text's own empty line parts it
        (b"text\n", "note.form"),
        (b"text\n\n", "note.form"),
        (f"text\n\n{LINE}".encode()[:-1], "note.form"),
        (f"text\n{LINE}".encode(), "note.form"),
        (f"te\txt\n\n{LINE}".encode(), "note.characters"),
        (f"text\r\n\n{LINE}".encode(), "note.characters"),
        (f"te\0xt\n\n{LINE}".encode(), "note.characters"),
        (b"te\xffxt\n\n" + LINE.encode(), "note.characters"),
        (f"text\n\n{LINE.replace('—', '-')}".encode(), "note.signature-line"),
        (f"text\n\n {LINE}".encode(), "note.signature-line"),
        (f"text\n\n{LINE[:-1]}x\n".encode(), "note.signature-line"),
        ("text\n\n— one.example\n".encode(), "note.signature-line"),
        ("text\n\n—  AAAAAAA=\n".encode(), "name"),
        ("text\n\n— one+two AAAAAAA=\n".encode(), "name"),
        ("text\n\n— one.example AAAAAA==\n".encode(), "note.signature-line"),  # an id alone
        ("text\n\n— one.example AAAAAAB=\n".encode(), "note.signature-line"),  # a stray bit
        ("text\n\n— one.example AAAA AAA=\n".encode(), "note.signature-line"),
        ("text\n\n— one.example AAAAAAÄ=\n".encode(), "note.signature-line"),
        (f"text\n\n{LINE * 101}".encode(), "note.signatures"),
        (b"text\n" * 200_000, "note.form"),
        (b"text\n" * 200_001, "note.size"),
    ],
)
def test_a_malformed_note_is_refused_by_its_condition(octets, condition):
    assert read_note(f"text\n\n{LINE * 100}".encode())

    assert refusal(read_note, octets) == condition


def test_signature_lines_alone_are_read_as_in_a_note():
    lines = "".join(one.line() for one in SIGNED.signatures)

    assert tuple(read_signatures(lines)) == SIGNED.signatures


@pytest.mark.parametrize("text", ["", "no newline", "a\tb\n", "a\r\n", "a\ud800b\n"])
def test_what_no_note_can_hold_is_not_signed(text):
    assert ONE.sign("a\n")

    assert refusal(ONE.sign, text) in ("note.form", "note.characters")


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\nb", "a\x01b", "a\udfffb"]
)
def test_a_name_with_a_space_a_plus_or_nothing_is_refused(name):
    assert VerifierKey("a", bytes(32))

    assert refusal(VerifierKey, name, bytes(32)) == "name"
    assert refusal(SigningKey, name, bytes(32)) == "name"


def test_a_key_is_handed_on_as_name_id_and_key():
    key = ONE.public()
    assert read_key(key.text()) == key
    name, named_id, written = key.text().split("+", 2)

    assert refusal(read_key, name) == "key.form"
    assert refusal(read_key, f"{name}+{named_id}") == "key.form"
    assert refusal(read_key, f"{name}+{named_id}+{written}x") == "key.form"
    assert refusal(read_key, f"{name}+{named_id.upper()}+{written}") == "key.id"
    assert refusal(read_key, f"other+{named_id}+{written}") == "key.id"
    assert refusal(read_key, f"a b+{named_id}+{written}") == "name"
    other_type = write_base64(b"\x04" + key.public_key)
    assert refusal(read_key, f"{name}+{named_id}+{other_type}") == "key.type"
    short = write_base64(b"\x01" + key.public_key[:-1])
    assert refusal(read_key, f"{name}+{named_id}+{short}") == "key.length"


def test_a_key_of_another_length_is_refused():
    assert refusal(VerifierKey, "a", bytes(31)) == "key.length"
    assert refusal(SigningKey, "a", bytes(33)) == "key.length"


def test_a_signature_of_another_length_or_under_no_key_at_all_does_not_hold():
    signature = ONE.sign(TEXT).content
    assert ONE.public().holds(TEXT, signature)

    assert not ONE.public().holds(TEXT, signature[:-1])
    assert not ONE.public().holds(TEXT, signature + b"\0")
    assert not VerifierKey("one.example", b"\xff" * 32).holds(TEXT, signature)


def test_a_secret_key_does_not_print_its_seed():
    assert repr(ONE) == "SigningKey('one.example')"


def test_a_refusal_shows_its_condition_and_its_evidence():
    assert str(NoteRejected("note.signature", name="one")) == "note.signature (name=one)"
    assert str(NoteRejected("note.signature")) == "note.signature"
