"""Mixing: every box, by the server first and trustees after it, each mix checked."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ballot.models import Mix
from ballot.sealing.box import box_hash
from ballot.sealing.keys import KeyShare
from ballot.sealing.maker import sign_mix
from ballot.sealing.mixing import mix
from ballot.sealing.proofs import Knowledge
from ballot.selectors import key_of, setting_of, whole_blob
from ballot.services.held_shares import held_shares
from ballot.services.mix_box import mix_boxes, record_mix
from ballot.services.stored_boxes import box_name, mixed_box, sealed_box
from office.models import AuditRecord
from office.refusal import Refusal
from tests.ballot.factories import (
    Run,
    boxes,
    bring,
    code_of_refusal,
    content,
    election,
    kinds,
    mix_of,
    now,
    recorded,
)

pytestmark = pytest.mark.django_db


def verified(**given: Any) -> Run:
    """A real election whose boxes are fixed, with trustees who hold their shares."""
    return election(at="verified", demonstration=False, **given)


def server_mixes(run: Run) -> None:
    mix_boxes(run.election_id, **run.by)


def made_by(run: Run, number: int, place: int = 0) -> tuple[bytes, bytes]:
    """A mix of a box as a trustee makes and signs it on a machine of their own."""
    return mix_of(run, boxes(run)[place], run.shares[number - 1])


def hand_in(run: Run, trustee: int, made: tuple[bytes, bytes], place: int = 0, *,
            number: int = 2) -> None:
    mixed, signature = made
    record_mix(boxes(run)[place].pk, trustee=trustee, number=number, content=mixed,
               signature=signature, now=now())


def test_the_server_mixes_and_then_a_trustee_and_the_election_moves_on() -> None:
    run = verified()
    (box,) = boxes(run)
    before = box_hash(sealed_box(box), setting=setting_of(run.election))

    server_mixes(run)
    assert run.state == "verified"
    mixed, signature = made_by(run, 2)
    hand_in(run, 2, (mixed, signature))

    assert run.state == "mixed"
    steps = list(Mix.objects.order_by("number").values_list("number", "mixer", "trustee__number"))
    assert steps == [(1, "server", None), (2, "Ben Ray", 2)]
    told = content(run, "mix")
    assert (told["mixer"], told["number"], told["trustee"]) == ("Ben Ray", 2, 2)
    assert told["signature"] == signature.hex() and len(signature) == 65
    assert whole_blob(Mix.objects.get(number=2).content) == mixed
    # The ballots are the same, and none is where or what it was.
    after = mixed_box(box)
    assert len(after) == len(sealed_box(box)) == 7
    assert box_hash(after, setting=setting_of(run.election)) != before
    was = {row.tobytes() for row in sealed_box(box).rows()}
    assert was.isdisjoint(row.tobytes() for row in after.rows())
    done = recorded("mix_box", subject=("box", str(box.pk)))
    assert done == [(run.officers[0], None), (None, None)]
    last = AuditRecord.objects.filter(act="mix_box").latest("pk")
    assert last.parameters == {"trustee": 2}


def test_a_mix_under_a_trustee_s_name_without_their_share_is_refused() -> None:
    run = verified()
    server_mixes(run)
    mixed, signature = made_by(run, 2)
    _, of_another_mix = made_by(run, 2)
    # The server, or another trustee, mixes under the second one's name.
    forged = mix_of(
        run, boxes(run)[0], KeyShare(2, run.shares[1].public_key, run.shares[0].secret)
    )

    for wrong, condition in (
        ((mixed, of_another_mix), r"mix\.maker"),
        (forged, r"mix\.maker"),
        ((mixed, signature[:-1]), r"proof\.length"),
        ((mixed, b""), r"proof\.length"),
    ):
        with pytest.raises(Refusal, match=condition) as refused:
            hand_in(run, 2, wrong)
        assert (refused.value.code, refused.value.status) == ("mix.does-not-check", 422)
    assert Knowledge.parse(signature).to_bytes() == signature
    hand_in(run, 2, (mixed, signature))

    assert run.state == "mixed"


def test_no_mix_of_a_trustee_is_stored_unsigned() -> None:
    election(at="mixed")
    signed = Mix.objects.get(number=2)

    with pytest.raises(IntegrityError, match="mix_of_a_trustee_is_signed"), transaction.atomic():
        Mix.objects.create(box=signed.box, number=3, mixer="x", trustee=signed.trustee,
                           content=signed.content)


def test_the_server_mixes_first_or_nobody_does() -> None:
    run = verified()

    early = mix_of(run, boxes(run)[0], run.shares[0])
    assert code_of_refusal(lambda: hand_in(run, 1, early, number=1)) == "mix.server-first"
    server_mixes(run)
    hand_in(run, 1, made_by(run, 1))

    assert run.state == "mixed"


@pytest.mark.parametrize("number", [0, 4])
def test_who_holds_no_share_mixes_nothing(number: int) -> None:
    run = verified()
    server_mixes(run)

    made = made_by(run, 1)
    assert code_of_refusal(lambda: hand_in(run, number, made)) == "mix.no-such-trustee"
    hand_in(run, 1, made)

    assert run.state == "mixed"


def test_the_servers_mix_alone_never_moves_the_election_on_however_often_asked() -> None:
    run = verified()

    for _ in range(3):
        server_mixes(run)

    assert run.state == "verified"
    assert Mix.objects.count() == 1


def test_in_a_demonstration_the_server_mixes_in_the_trustees_place_and_signs() -> None:
    run = election(at="mixed")

    assert run.state == "mixed"
    told = content(run, "mix")
    assert (told["mixer"], told["trustee"]) == ("Ann Lee", 1) and len(told["signature"]) == 130
    assert content(run, "notice")["rehearsal"] is True


def test_more_mixes_than_two_are_made_where_the_notice_says_so() -> None:
    run = bring(election(mixes_wanted=3), to="verified")
    first, second, _ = held_shares(run.election)
    server_mixes(run)
    mix_boxes(run.election_id, share=first, **run.by)
    assert run.state == "verified"

    mix_boxes(run.election_id, share=second, **run.by)

    assert run.state == "mixed"


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def test_a_tampered_mix_is_refused_with_the_condition_and_not_stored() -> None:
    run = verified()
    server_mixes(run)
    made, _ = made_by(run, 1)
    (box,) = boxes(run)
    setting = setting_of(run.election)
    of_another = mix(mixed_box(box), setting=setting, mixer="Ben Ray", rng=os.urandom).to_bytes()
    unmixed = mix(sealed_box(box), setting=setting, mixer="Ann Lee", rng=os.urandom).to_bytes()

    def signed(content: bytes) -> tuple[bytes, bytes]:
        # Signed aright: it is the mix itself that is false.
        return content, sign_mix(content, name=box_name(box), setting=setting,
                                 key=key_of(run.election), share=run.shares[0], rng=os.urandom)

    for wrong, condition in (
        (made[:-1], "shuffle.length"),
        (made + b"\0", "shuffle.length"),
        (flipped(made, len(made) - 1), "shuffle."),
        (flipped(made, len(made) // 2), "shuffle."),
        (of_another, "shuffle."),
        (unmixed, "shuffle.input"),
        (b"", "shuffle.length"),
    ):
        with pytest.raises(Refusal, match=condition) as refused:
            hand_in(run, 1, signed(wrong))
        assert (refused.value.code, refused.value.status) == ("mix.does-not-check", 422)
        assert Mix.objects.count() == 1 and kinds(run).count("mix") == 1
    hand_in(run, 1, signed(made))

    assert run.state == "mixed"


def test_nobody_mixes_one_box_twice() -> None:
    run = verified(mixes_wanted=3)
    server_mixes(run)
    hand_in(run, 1, made_by(run, 1))

    again = made_by(run, 1)
    assert code_of_refusal(lambda: hand_in(run, 1, again, number=3)) == "mix.twice"
    assert run.state == "verified" and Mix.objects.count() == 2
    hand_in(run, 2, made_by(run, 2), number=3)

    assert run.state == "mixed"


def test_of_two_who_mix_the_same_box_at_once_the_later_is_told_to_mix_again() -> None:
    run = verified(mixes_wanted=3)
    server_mixes(run)
    overtaken = made_by(run, 1)

    hand_in(run, 2, made_by(run, 2))

    assert code_of_refusal(lambda: hand_in(run, 1, overtaken)) == "mix.overtaken"
    # Said to be the next, it is not: it was made from another box.
    with pytest.raises(Refusal, match=r"shuffle\.input"):
        hand_in(run, 1, overtaken, number=3)
    hand_in(run, 1, made_by(run, 1), number=3)
    assert list(Mix.objects.values_list("mixer", flat=True)) == ["server", "Ben Ray", "Ann Lee"]


def test_a_mix_that_was_overtaken_while_it_was_checked_is_not_stored() -> None:
    run = verified(mixes_wanted=3)
    server_mixes(run)
    (box,) = boxes(run)
    slow, quick = made_by(run, 1), made_by(run, 2)

    def meanwhile(**told: object) -> None:
        # Between its check and its storing somebody else's mix of the same box is stored.
        if Mix.objects.count() == 1:
            hand_in(run, 2, quick)

    code = code_of_refusal(lambda: record_mix(
        box.pk, trustee=1, number=2, content=slow[0], signature=slow[1], now=now(),
        report=meanwhile,
    ))

    assert code == "mix.overtaken"
    assert list(Mix.objects.values_list("mixer", flat=True)) == ["server", "Ben Ray"]
    assert len(mixed_box(box)) == 7
