"""The key ceremony, from what was published of it (sealing §9)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.verifier.ceremony_making import Held
from tests.verifier.given import failure, turned, vectors
from verifier.ceremony import Frame, Published, check_ceremony
from verifier.chacha import open_sealed
from verifier.group import ORDER, encode, negative, point
from verifier.keys import Key, check_still_held, read_key, scaled_factors

GIVEN = vectors("sealing-tally")
HELD = GIVEN["ceremony"]
FRAME = Frame(bytes.fromhex(HELD["ceremony_id"]), HELD["quorum"], tuple(HELD["names"]))
KINDS = ("commitments", "reveals", "dealings", "complaints", "confirmations")
Change = Callable[[dict[str, list[Any]]], object]


def check(change: Change = lambda said: None) -> Key:
    """Check the ceremony of the vectors, after a change."""
    said = {kind: deepcopy(HELD[kind]) for kind in KINDS}
    change(said)
    return check_ceremony(FRAME, Published(**said))


def turn(message: dict[str, Any], field: str, at: int) -> None:
    message[field] = turned(bytes.fromhex(message[field]), at).hex()


def test_the_ceremony_of_the_vectors_makes_their_key_without_who_is_out() -> None:
    assert FRAME.hash.hex() == HELD["frame_hash"]

    key = check()

    assert key == read_key(HELD["key"])
    assert [trustee.number for trustee in key.trustees] == [1, 2, 3]


def test_messages_may_be_given_in_any_order() -> None:
    def reverse(said: dict[str, list[Any]]) -> None:
        for messages in said.values():
            messages.reverse()

    assert check(reverse) == check()


CHANGES: dict[str, tuple[Change, str, str]] = {
    "a commitment turned": (
        lambda said: turn(said["commitments"][1], "digest", 0),
        "ceremony.commitment",
        "trustee 2",
    ),
    "a commitment missing": (lambda said: said["commitments"].pop(), "ceremony.missing", "5"),
    "a reveal missing": (lambda said: said["reveals"].pop(0), "ceremony.missing", "trustee 1"),
    "a second commitment": (
        lambda said: said["commitments"].append(said["commitments"][0]),
        "ceremony.twice",
        "trustee 1",
    ),
    "a second reveal": (
        lambda said: said["reveals"].append(said["reveals"][2]),
        "ceremony.twice",
        "trustee 3",
    ),
    "a second dealing": (
        lambda said: said["dealings"].append(said["dealings"][3]),
        "ceremony.twice",
        "trustee 4",
    ),
    "a second complaint": (
        lambda said: said["complaints"].append(said["complaints"][0]),
        "ceremony.twice",
        "trustee 1 about 4",
    ),
    "a second confirmation": (
        lambda said: said["confirmations"].append(said["confirmations"][0]),
        "ceremony.twice",
        "trustee 1",
    ),
    "a commitment of nobody": (
        lambda said: said["commitments"][0].update(number=6),
        "ceremony.number",
        "trustee 6",
    ),
    "a dealing of nobody": (
        lambda said: said["dealings"][0].update(number=0),
        "ceremony.number",
        "trustee 0",
    ),
    "a complaint of nobody": (
        lambda said: said["complaints"][0].update(complainant=6),
        "ceremony.number",
        "about 4",
    ),
    "a complaint about oneself": (
        lambda said: said["complaints"][0].update(complainant=4),
        "ceremony.complaint",
        "trustee 4 about 4",
    ),
    "a confirmation of nobody": (
        lambda said: said["confirmations"][0].update(number=6),
        "ceremony.number",
        "trustee 6",
    ),
    "a commitment's field": (
        lambda said: said["commitments"][0].update(more=1),
        "ceremony.commitment-fields",
        "a commitment",
    ),
    "a reveal's field": (
        lambda said: said["reveals"][0].pop("knows_key"),
        "ceremony.reveal-fields",
        "a reveal",
    ),
    "a reveal's point": (
        lambda said: said["reveals"][0].update(encryption="05" * 33),
        "ceremony.reveal-fields",
        "a reveal",
    ),
    "a dealing's field": (
        lambda said: said["dealings"][0].update(shares={}),
        "ceremony.dealing-fields",
        "a dealing",
    ),
    "a share's field": (
        lambda said: said["dealings"][0]["shares"][0].update(sealed="AB" * 48),
        "ceremony.dealing-fields",
        "a share",
    ),
    "a complaint's field": (
        lambda said: said["complaints"][0].update(dealer=True),
        "ceremony.complaint-fields",
        "a complaint",
    ),
    "a confirmation's field": (
        lambda said: said["confirmations"][0].update(public_key=7),
        "ceremony.confirmation-fields",
        "a confirmation",
    ),
    "a message that is no object": (
        lambda said: said["commitments"].append([]),
        "ceremony.commitment-fields",
        "a commitment",
    ),
    "a complaint's proof turned": (
        lambda said: turn(said["complaints"][1], "proof", 97),
        "ceremony.complaint",
        "trustee 2 about 4",
    ),
    "a complaint's second commitment turned": (
        lambda said: turn(said["complaints"][1], "proof", 33),
        "ceremony.complaint",
        "trustee 2 about 4",
    ),
    "what a complaint opened turned": (
        lambda said: turn(said["complaints"][1], "opened", 0),
        "ceremony.complaint",
        "trustee 2 about 4",
    ),
    "a confirmation missing": (
        lambda said: said["confirmations"].pop(),
        "ceremony.unconfirmed",
        "trustee 3",
    ),
    "a confirmation turned": (
        lambda said: turn(said["confirmations"][1], "holds_share", 64),
        "ceremony.confirmation",
        "trustee 2",
    ),
    "a confirmation of another key": (
        lambda said: turn(said["confirmations"][1], "public_key", 0),
        "ceremony.confirmation",
        "trustee 2",
    ),
    # Whoever is out changes T and Y, so nobody has confirmed what is then concluded.
    "a dealing missing": (
        lambda said: said["dealings"].pop(0),
        "ceremony.confirmation",
        "trustee 2",
    ),
    "a complaint missing": (
        lambda said: said["complaints"].pop(),
        "ceremony.confirmation",
        "trustee 1",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_message_is_refused_and_its_trustee_named(change: str) -> None:
    do, condition, place = CHANGES[change]

    failed = failure(check, do)

    assert failed.check == condition
    assert place in failed.where


# --- ceremonies held here ---


@pytest.mark.parametrize(("trustees", "quorum"), [(1, 1), (3, 2), (4, 4)])
def test_an_honest_ceremony_makes_the_sum_of_all_keys(trustees: int, quorum: int) -> None:
    held = Held(trustees, quorum)

    key = check_ceremony(held.frame, held.published)

    assert len(key.trustees) == trustees
    assert key.quorum == quorum


@pytest.mark.parametrize("kind", ["false", "garbled"])
def test_who_deals_a_share_that_is_false_or_does_not_open_is_out(kind: str) -> None:
    held = Held(3, 2, **{kind: [(2, 1)]})

    key = check_ceremony(held.frame, held.published)

    assert [trustee.number for trustee in key.trustees] == [1, 3]


def test_a_complaint_about_a_good_share_ends_the_ceremony() -> None:
    held = Held(3, 2, groundless=[(3, 1)])

    failed = failure(check_ceremony, held.frame, held.published)

    assert failed.check == "ceremony.complaint"
    assert failed.where == "complaint of trustee 3 about 1"


def test_too_few_left_end_the_ceremony() -> None:
    held = Held(3, 2, false=[(1, 2), (2, 1)])

    assert failure(check_ceremony, held.frame, held.published).check == "ceremony.quorum"


def without_a_dealing(held: Held) -> None:
    del held.published.dealings[1]


def without_a_share(held: Held) -> None:
    held.published.dealings[1]["shares"].pop()


def with_a_share_twice(held: Held) -> None:
    shares = held.published.dealings[1]["shares"]
    shares[0] = shares[1]


def with_a_false_proof(held: Held) -> None:
    turn(held.published.dealings[1]["shares"][0], "sealed", 0)


@pytest.mark.parametrize(
    "change",
    [
        without_a_dealing,
        without_a_share,
        with_a_share_twice,
        with_a_false_proof,
    ],
)
def test_who_dealt_not_whole_is_out_and_no_complaint_of_them_is_heard(
    change: Callable[[Held], None],
) -> None:
    held = Held(3, 2, groundless=[(3, 2)])
    assert failure(check_ceremony, held.frame, held.published).check == "ceremony.complaint"

    change(held)
    held.confirm([1, 3])

    key = check_ceremony(held.frame, held.published)
    assert [trustee.number for trustee in key.trustees] == [1, 3]


def recommitted(held: Held, number: int) -> None:
    """Have the commitment of a reveal that was changed fit it."""
    held.published.commitments[number - 1] = held.commitment(held.published.reveals[number - 1])


def test_another_number_of_coefficients_than_a_quorum_is_refused() -> None:
    held = Held(3, 2)
    held.published.reveals[1]["coefficients"].pop()
    recommitted(held, 2)

    failed = failure(check_ceremony, held.frame, held.published)

    assert (failed.check, failed.where) == ("ceremony.degree", "reveal of trustee 2")


@pytest.mark.parametrize(
    ("field", "text"), [("knows_key", "key"), ("knows_encryption", "encryption")]
)
def test_a_key_that_its_trustee_has_not_shown_to_know_is_refused(field: str, text: str) -> None:
    held = Held(3, 2)
    turn(held.published.reveals[2], field, 64)
    recommitted(held, 3)

    failed = failure(check_ceremony, held.frame, held.published)

    assert (failed.check, failed.where) == (
        "ceremony.possession",
        f"reveal of trustee 3, {text}",
    )


@pytest.mark.parametrize("at", [0, 33], ids=["A", "s"])
@pytest.mark.parametrize(
    ("kind", "field", "place"),
    [
        ("reveals", "knows_key", lambda message: message),
        ("reveals", "knows_encryption", lambda message: message),
        ("dealings", "knows_ephemeral", lambda message: message["shares"][0]),
        ("complaints", "proof", lambda message: message),
        ("confirmations", "holds_share", lambda message: message),
    ],
)
def test_a_proof_that_cannot_be_read_makes_a_message_of_another_shape(
    at: int, kind: str, field: str, place: Callable[[Any], dict[str, str]]
) -> None:
    def change(said: dict[str, list[Any]]) -> None:
        message = place(said[kind][0])
        proof = bytes.fromhex(message[field])
        last = len(proof) - 32
        changed = b"\x05" + proof[1:] if at == 0 else proof[:last] + ORDER.to_bytes(32, "big")
        message[field] = changed.hex()

    assert failure(check, change).check == f"ceremony.{kind[:-1]}-fields"


def test_what_somebody_who_is_out_confirms_is_passed_over() -> None:
    def change(said: dict[str, list[Any]]) -> None:
        said["confirmations"].append({**said["confirmations"][0], "number": 4})

    assert check(change) == check()


def test_a_key_that_another_trustee_has_too_is_refused() -> None:
    held = Held(3, 2, secrets={1: [5, 6], 3: [5, 7]})

    failed = failure(check_ceremony, held.frame, held.published)

    assert (failed.check, failed.where) == ("ceremony.repeated", "reveal of trustee 3")


@pytest.mark.parametrize("second", [[ORDER - 5, 7], [7, ORDER - 18]], ids=["key", "share"])
def test_a_key_or_a_share_that_comes_to_nothing_is_refused(second: list[int]) -> None:
    held = Held(2, 2, secrets={1: [5, 6], 2: second}, confirmed=False)

    assert failure(check_ceremony, held.frame, held.published).check == "ceremony.infinite"


def test_polynomials_that_cancel_so_that_one_share_is_the_key_are_refused() -> None:
    held = Held(2, 2, secrets={1: [5, 6], 2: [7, ORDER - 6]})

    assert failure(check_ceremony, held.frame, held.published).check == "key.shares"


@pytest.mark.parametrize(
    ("identifier", "quorum", "names", "condition"),
    [
        (bytes(15), 1, ("Ann",), "ceremony.identifier"),
        (bytes(16), 0, ("Ann",), "ceremony.quorum"),
        (bytes(16), 2, ("Ann",), "ceremony.quorum"),
        (bytes(16), 1, (), "ceremony.trustees"),
        (bytes(16), 1, tuple("abcdefghij"), "ceremony.trustees"),
        (bytes(16), 1, ("Ann", "Ann"), "ceremony.trustees"),
        (bytes(16), 1, ("Ann", ""), "name"),
    ],
)
def test_a_frame_that_may_not_be_is_refused(
    identifier: bytes, quorum: int, names: tuple[str, ...], condition: str
) -> None:
    Frame(bytes(16), 9, tuple("abcdefghi"))

    assert failure(Frame, identifier, quorum, names).check == condition


# --- the key, and who still holds a share ---


def changed_key(**changes: object) -> dict[str, object]:
    return {**HELD["key"], **changes}


def opposite(encoded: str) -> str:
    place = negative(point(bytes.fromhex(encoded), "a.point", "here"))
    assert place is not None
    return encode(place).hex()


TRUSTEES = HELD["key"]["trustees"]


@pytest.mark.parametrize(
    ("key", "condition"),
    [
        ([], "key.fields"),
        (changed_key(more=1), "key.fields"),
        (changed_key(quorum="2"), "key.fields"),
        (changed_key(public_key="02" * 32), "key.fields"),
        (changed_key(trustees=[{**TRUSTEES[0], "point": 1}]), "key.fields"),
        (changed_key(quorum=0), "key.quorum"),
        (changed_key(quorum=4), "key.quorum"),
        (changed_key(trustees=TRUSTEES[::-1]), "key.trustees"),
        (changed_key(trustees=[{**TRUSTEES[0], "number": 0}, *TRUSTEES[1:]]), "key.trustees"),
        (changed_key(trustees=[*TRUSTEES, {**TRUSTEES[0], "number": 10}]), "key.trustees"),
        (changed_key(trustees=[*TRUSTEES[:2], {**TRUSTEES[2], "name": ""}]), "name"),
        (changed_key(trustees=[*TRUSTEES[:2], {**TRUSTEES[2], "number": 4}]), "key.shares"),
        (changed_key(public_key=opposite(HELD["key"]["public_key"])), "key.shares"),
        (changed_key(quorum=3), "key.shares"),
        (changed_key(quorum=1), "key.shares"),
    ],
)
def test_a_key_that_may_not_be_or_whose_shares_do_not_give_it_is_refused(
    key: object, condition: str
) -> None:
    read_key(HELD["key"])

    assert failure(read_key, key).check == condition


def test_the_factors_of_a_quorum_are_whole_numbers_over_one_denominator() -> None:
    assert scaled_factors([1, 3]) == (2, [3, -1])
    assert scaled_factors([7]) == (1, [1])
    assert scaled_factors([]) == (1, [])


def test_a_share_is_shown_to_be_held_for_its_own_question_and_trustee() -> None:
    key, given = read_key(HELD["key"]), GIVEN["share_file"]
    question, proof = (bytes.fromhex(given[name]) for name in ("question", "still_held"))
    check_still_held(key, 1, question, proof)

    for number, asked, shown, condition in (
        (2, question, proof, "share.proof"),
        (1, question + b"?", proof, "share.proof"),
        (1, question, turned(proof, 64), "share.proof"),
        (1, question, proof[:-1], "proof.length"),
        (4, question, proof, "key.trustee"),
    ):
        assert failure(check_still_held, key, number, asked, shown).check == condition


# --- what a share is sealed under ---


def test_chacha_opens_the_example_of_rfc_8439_and_nothing_that_was_changed() -> None:
    """RFC 8439 §2.8.2."""
    key, nonce = bytes(range(0x80, 0xA0)), bytes.fromhex("070000004041424344454647")
    other = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    sealed = bytes.fromhex(
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
        "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
        "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
        "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"
    )

    opened = open_sealed(key, sealed, nonce, other)

    assert opened is not None
    assert opened.startswith(b"Ladies and Gentlemen of the class of '99")
    for changed in (turned(sealed, 0), turned(sealed, 129), sealed[:-1], b""):
        assert open_sealed(key, changed, nonce, other) is None
    assert open_sealed(key, sealed, nonce, other + b"\0") is None
