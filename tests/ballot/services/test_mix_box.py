"""Mixing: every box, by the server first and somebody else after it, each mix checked."""

from __future__ import annotations

import os

import pytest

from ballot.models import Mix
from ballot.sealing.box import box_hash
from ballot.sealing.mixing import mix
from ballot.selectors import setting_of, whole_blob
from ballot.services.mix_box import SERVER, mix_boxes, record_mix
from ballot.services.stored_boxes import mixed_box, sealed_box
from office.refusal import Refusal
from tests.ballot.factories import (
    Run,
    boxes,
    bring,
    code_of_refusal,
    content,
    election,
    kinds,
    recorded,
)

pytestmark = pytest.mark.django_db


def server_mixes(run: Run) -> None:
    mix_boxes(run.election_id, mixer=SERVER, **run.by)


def made_elsewhere(run: Run, place: int = 0, *, mixer: str = "Scrutineer") -> bytes:
    """A mix of a box as another party makes it on a machine of its own."""
    made = mix(mixed_box(boxes(run)[place]), setting=setting_of(run.election), mixer=mixer,
               rng=os.urandom)
    return made.to_bytes()


def hand_in(run: Run, made: bytes, place: int = 0, *, mixer: str = "Scrutineer") -> None:
    record_mix(boxes(run)[place].pk, mixer=mixer, content=made, **run.by)


def test_the_server_mixes_and_then_another_and_the_election_moves_on() -> None:
    run = election(at="verified", demonstration=False)
    (box,) = boxes(run)
    before = box_hash(sealed_box(box), setting=setting_of(run.election))

    server_mixes(run)
    assert run.state == "verified"
    hand_in(run, made_elsewhere(run))

    assert run.state == "mixed"
    steps = list(Mix.objects.order_by("number").values_list("number", "mixer", "by_server"))
    assert steps == [(1, "server", True), (2, "Scrutineer", False)]
    told = content(run, "mix")
    assert (told["mixer"], told["number"], told["by_server"]) == ("Scrutineer", 2, False)
    # The ballots are the same, and none is where or what it was.
    mixed = mixed_box(box)
    assert len(mixed) == len(sealed_box(box)) == 7
    assert box_hash(mixed, setting=setting_of(run.election)) != before
    was = {row.tobytes() for row in sealed_box(box).rows()}
    assert was.isdisjoint(row.tobytes() for row in mixed.rows())
    assert recorded("mix_box", subject=("box", str(box.pk))) == [(run.officers[0], None)] * 2


@pytest.mark.parametrize("name", ["", "m" * 65, "Scrutine\u0301r"])
def test_a_name_that_no_proof_can_bind_is_refused_before_anything_is_mixed(name: str) -> None:
    run = election(at="verified", demonstration=False)
    stages: list[object] = []

    with pytest.raises(Refusal, match="A mixer's name") as refused:
        mix_boxes(run.election_id, mixer=name, report=lambda **told: stages.append(told), **run.by)
    assert code_of_refusal(lambda: hand_in(run, b"", mixer=name)) == refused.value.code
    assert refused.value.code == "mix.name" and not stages
    mix_boxes(run.election_id, mixer="m" * 64, **run.by)

    assert Mix.objects.get().mixer == "m" * 64


def test_the_server_never_mixes_second() -> None:
    run = election(at="verified", demonstration=False)
    hand_in(run, made_elsewhere(run))

    assert code_of_refusal(lambda: server_mixes(run)) == "mix.server-not-first"
    assert code_of_refusal(
        lambda: hand_in(run, made_elsewhere(run, mixer=SERVER), mixer=SERVER)
    ) == "mix.not-the-server"
    hand_in(run, made_elsewhere(run, mixer="Agent"), mixer="Agent")

    assert run.state == "mixed"
    assert not Mix.objects.filter(by_server=True).exists()


def test_the_servers_mix_alone_never_moves_the_election_on_however_often_asked() -> None:
    run = election(at="verified", demonstration=False)

    for _ in range(3):
        server_mixes(run)

    assert run.state == "verified"
    assert Mix.objects.count() == 1


def test_in_a_demonstration_the_board_says_that_the_server_mixed_for_all() -> None:
    run = election(at="mixed")

    assert run.state == "mixed"
    assert set(Mix.objects.values_list("by_server", flat=True)) == {True}
    assert content(run, "mix")["by_server"] is True


def test_more_mixes_than_two_are_made_where_the_notice_says_so() -> None:
    run = bring(election(mixes_wanted=3), to="verified")
    server_mixes(run)
    mix_boxes(run.election_id, mixer="second mixer", **run.by)
    assert run.state == "verified"

    mix_boxes(run.election_id, mixer="third mixer", **run.by)

    assert run.state == "mixed"


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def test_a_tampered_mix_is_refused_with_the_condition_and_not_stored() -> None:
    run = election(at="verified", demonstration=False)
    server_mixes(run)
    made = made_elsewhere(run)
    of_another = made_elsewhere(run, mixer="Agent")
    (box,) = boxes(run)
    unmixed = mix(sealed_box(box), setting=setting_of(run.election), mixer="Scrutineer",
                  rng=os.urandom).to_bytes()

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
            hand_in(run, wrong)
        assert (refused.value.code, refused.value.status) == ("mix.does-not-check", 422)
        assert Mix.objects.count() == 1 and kinds(run).count("mix") == 1
    hand_in(run, made)

    assert run.state == "mixed"


def test_nobody_mixes_one_box_twice() -> None:
    run = bring(election(mixes_wanted=3, demonstration=False), to="verified")
    server_mixes(run)
    hand_in(run, made_elsewhere(run))

    assert code_of_refusal(lambda: hand_in(run, made_elsewhere(run))) == "mix.twice"
    assert run.state == "verified" and Mix.objects.count() == 2
    hand_in(run, made_elsewhere(run, mixer="Agent"), mixer="Agent")

    assert run.state == "mixed"


def test_of_two_who_mix_the_same_box_at_once_the_later_is_told_to_mix_again() -> None:
    run = election(at="verified", demonstration=False)
    server_mixes(run)
    overtaken = []

    def meanwhile(**told: object) -> None:
        # Between mixing and storing, somebody else's mix of the same box is stored.
        if str(told.get("stage", "")).startswith("Checking the mix") and not overtaken:
            overtaken.append(True)
            hand_in(run, made_elsewhere(run, mixer="Agent"), mixer="Agent")

    with pytest.raises(Refusal) as refused:
        mix_boxes(run.election_id, mixer="Scrutineer", report=meanwhile, **run.by)

    # With two mixes the election has moved on; had it not, the chain would have been broken.
    assert refused.value.code in {"mix.overtaken", "election.wrong-state"}
    assert list(Mix.objects.values_list("mixer", flat=True)) == ["server", "Agent"]
    assert len(mixed_box(boxes(run)[0])) == 7


def test_a_mix_that_was_overtaken_while_more_are_wanted_is_not_stored() -> None:
    run = election(at="verified", demonstration=False)
    overtaken = []

    def meanwhile(**told: object) -> None:
        if str(told.get("stage", "")).startswith("Checking the mix") and not overtaken:
            overtaken.append(True)
            server_mixes(run)

    code = code_of_refusal(
        lambda: mix_boxes(run.election_id, mixer="Scrutineer", report=meanwhile, **run.by)
    )
    assert code == "mix.overtaken"
    mix_boxes(run.election_id, mixer="Scrutineer", **run.by)

    assert run.state == "mixed"
    assert list(Mix.objects.values_list("mixer", flat=True)) == ["server", "Scrutineer"]


def test_what_is_stored_of_a_mix_is_what_was_handed_in() -> None:
    run = election(at="verified", demonstration=False)
    made = made_elsewhere(run)

    hand_in(run, made)

    assert whole_blob(Mix.objects.get().content) == made
