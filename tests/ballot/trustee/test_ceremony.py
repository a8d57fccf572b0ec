"""The ceremony by the trustee's software (sealing §9, trustees §5.1)."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ballot.sealing.ceremony import check_reveals, deal, prepare
from ballot.sealing.sharefile import open_share
from ballot.trustee.published import STEPS
from tests.ballot.trustee.world import PASSPHRASE, World, refused, trustee


def hold(world: World, folder: Path) -> str:
    """Let all three trustees go through the whole ceremony, and to its end; give what they read."""
    said = ""
    while said.count("The ceremony has ended") < 3:
        for number in (1, 2, 3):
            ran = trustee(world, number, folder, "ceremony")
            assert ran.status == 0, ran
            said += ran.out
    return said


def test_three_trustees_hold_a_ceremony_and_read_the_same_twelve_words(
    world: World, tmp_path: Path
) -> None:
    said = hold(world, tmp_path)
    words = {path.read_text() for path in tmp_path.glob("*/ceremony/*/words.txt")}

    assert world.key is not None
    assert said.count("2 of 3 trustees can open") == 3
    assert len(words) == 1
    [only] = words
    assert len(only.split()) == 12
    assert said.count(only) == 3


def test_the_share_file_holds_the_share_of_the_key_and_what_made_it_is_wiped(
    world: World, tmp_path: Path
) -> None:
    hold(world, tmp_path)

    kept = (tmp_path / "2/share.json").read_bytes()
    share = open_share(kept, passphrase=PASSPHRASE)

    assert share.public_key == world.key.public_key
    assert share.number == 2
    assert json.loads(kept)["kind"] == "share"
    assert not list(tmp_path.glob("*/ceremony/*/secret.json"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("*/share.json"))


def test_between_the_steps_the_secret_is_sealed_under_the_passphrase(
    world: World, tmp_path: Path
) -> None:
    trustee(world, 1, tmp_path, "ceremony")

    [kept] = tmp_path.glob("1/ceremony/*/secret.json")
    secret = open_share(kept.read_bytes(), passphrase=PASSPHRASE)

    assert json.loads(kept.read_bytes())["kind"] == "ceremony"
    assert secret.number == 1
    wrong = trustee(world, 1, tmp_path, "ceremony", answer="another passphrase")
    assert wrong.status == 0  # nothing is due, so nothing is asked


def false_dealer(world: World, folder: Path) -> str:
    """Hold a ceremony in which the third deals both others false shares; give what they read."""
    frame = world.frame
    secret, commitment = prepare(frame, 3, rng=os.urandom)
    world.tell("commitment", commitment.to_json())
    said = both(world, folder)
    world.tell("reveal", secret.reveal.to_json())
    said += both(world, folder)
    reveals = check_reveals(frame, world.said("commitment"), world.said("reveal"))
    false = replace(secret, coefficients=tuple(one + 1 for one in secret.coefficients))
    dealing = deal(false, ceremony=frame, reveals=reveals, rng=os.urandom)
    world.tell("dealing", dealing.to_json())
    said += both(world, folder)
    world.out = frozenset({3})
    world.tell("received", {"complaints": [], "number": 3})
    return said + both(world, folder) + both(world, folder)


def both(world: World, folder: Path) -> str:
    """Run the first two trustees' software, twice each; give what they read."""
    ran = [trustee(world, number, folder, "ceremony") for number in (1, 2, 1, 2)]
    assert [one.status for one in ran] == [0] * 4, ran
    return "".join(one.out for one in ran)


def test_a_false_dealer_is_complained_of_and_the_others_make_the_key_without_them(
    world: World, tmp_path: Path
) -> None:
    said = false_dealer(world, tmp_path)

    assert said.count("The share from Cai (3) is false") == 2
    assert said.count("Out of the ceremony: Cai (3).") == 2
    assert said.count("The ceremony has ended: 2 of 2") == 2
    assert [one.number for one in world.key.trustees] == [1, 2]
    assert len(world.complaints()) == 2


def test_a_message_in_ones_name_that_was_not_sent_from_here_stops_the_ceremony(
    world: World, tmp_path: Path
) -> None:
    assert trustee(world, 2, tmp_path, "ceremony").status == 0
    world.tell("commitment", {"digest": "00" * 32, "number": 1})
    world.due = lambda world, number: "commitment"

    refused(trustee(world, 1, tmp_path, "ceremony"), "ceremony.foreign")
    assert not (tmp_path / "1/ceremony").exists()


def test_a_message_that_was_changed_on_its_way_stops_the_ceremony(
    world: World, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        trustee(world, number, tmp_path, "ceremony")
    [sent] = tmp_path.glob("1/ceremony/*/commitment.json")
    sent.write_bytes(sent.read_bytes().replace(b'"digest":"', b'"digest":"0')[:-2] + b"}")

    refused(trustee(world, 1, tmp_path, "ceremony"), "ceremony.foreign")


def test_nobody_reveals_before_the_board_shows_every_commitment(
    world: World, tmp_path: Path
) -> None:
    trustee(world, 1, tmp_path, "ceremony")
    trustee(world, 2, tmp_path, "ceremony")
    world.due = lambda world, number: "reveal"

    ran = trustee(world, 1, tmp_path, "ceremony")

    assert ran.status == 3
    assert "every trustee's commitment" in ran.out
    assert not [body for method, _, body in world.asked if b'"reveal"' in body]


def test_a_reveal_that_is_not_what_was_committed_to_stops_the_ceremony(
    world: World, tmp_path: Path
) -> None:
    _, commitment = prepare(world.frame, 3, rng=os.urandom)
    other, _ = prepare(world.frame, 3, rng=os.urandom)
    world.tell("commitment", commitment.to_json())
    both(world, tmp_path)
    world.tell("reveal", other.reveal.to_json())

    refused(trustee(world, 1, tmp_path, "ceremony"), "ceremony.commitment")


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("again", "ceremony.twice"),
        ("nobody", "ceremony.number"),
        ("late", "ceremony.order"),
        ("strange", "ceremony.step"),
        ("more", "entry.form"),
    ],
)
def test_a_second_message_one_of_nobody_or_one_out_of_turn_is_refused(
    world: World, tmp_path: Path, kind: str, check: str
) -> None:
    both(world, tmp_path)
    said = {
        "again": ("commitment", {"digest": "11" * 32, "number": 2}),
        "nobody": ("commitment", {"digest": "11" * 32, "number": 4}),
        "late": ("received", {"complaints": [], "number": 3}),
        "strange": ("dance", {"number": 3}),
        "more": ("received", {"complaints": [], "number": 3, "says": "hello"}),
    }[kind]
    world.add("ceremony-message", {"message": said[1], "step": said[0]})

    world.due = lambda world, number: "reveal"
    refused(trustee(world, 1, tmp_path, "ceremony"), check)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({}, None),
        ({"identifier": "ab" * 15}, "ceremony.identifier"),
        ({"identifier": None}, "ceremony.identifier"),
        ({"quorum": 9}, "ceremony.quorum"),
    ],
)
def test_a_ceremony_begun_anew_has_an_identifier_of_its_own(
    world: World, tmp_path: Path, change: dict[str, Any], check: str | None
) -> None:
    # sealing §9.1.  None: that of the ceremony before.
    [first] = world.contents("ceremony")
    anew = {**first, "identifier": "ab" * 16, **change}
    anew["identifier"] = anew["identifier"] or first["identifier"]
    world.add("ceremony", anew)
    world.due = lambda world, number: "commitment"

    ran = trustee(world, 1, tmp_path, "ceremony")

    if check is None:
        assert "check:" not in ran.err, ran
    else:
        refused(ran, check)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_that_dies_while_it_sends_sends_the_same_when_it_is_run_again(
    world: World, tmp_path: Path, when: str
) -> None:
    statuses = []
    while world.key is None:
        world.dies = ("ceremony", when)
        statuses.append(trustee(world, 1, tmp_path, "ceremony").status)
        world.dies = None
        for number in (1, 2, 3):
            assert trustee(world, number, tmp_path, "ceremony").status == 0

    sent = [body for _, path, body in world.asked if path.endswith("/ceremony")]
    mine = [body for body in sent if json.loads(body)["message"]["number"] == 1]

    assert statuses.count(1) >= 3
    assert len(mine) > len(STEPS)
    assert len(set(mine)) == len(STEPS)


def test_a_key_that_the_messages_do_not_make_is_refused(world: World, tmp_path: Path) -> None:
    hold(world, tmp_path)
    other = World().begin()
    with other.served():
        hold(other, tmp_path / "other")
    world.add("key", other.key.to_json())

    refused(trustee(world, 1, tmp_path, "held"), "key.ceremony")


def test_a_ceremony_in_which_the_seat_is_somebody_else_is_refused(
    world: World, tmp_path: Path
) -> None:
    world.begin(named=("Ben", "Ada", "Cai"))

    refused(trustee(world, 1, tmp_path, "ceremony"), "ceremony.seat")


def test_a_ceremony_begun_anew_is_held_with_everything_drawn_anew(
    world: World, tmp_path: Path
) -> None:
    both(world, tmp_path)
    world.begin()
    hold(world, tmp_path)

    kept = [path.read_bytes() for path in tmp_path.glob("1/ceremony/*/commitment.json")]

    assert world.key is not None
    assert len(set(kept)) == 2


def test_complaints_in_another_s_name_are_refused(world: World, tmp_path: Path) -> None:
    false_dealer(world, tmp_path)
    theirs = world.told["received", 1]["complaints"]
    again = World().begin()
    for step, number in [pair for pair in world.told if pair[0] != "confirmation"]:
        told = world.told[step, number]
        if (step, number) == ("received", 3):
            told = {**told, "complaints": theirs}
        again.tell(step, told)
    world.board, world.bodies = again.board, again.bodies
    for kept in tmp_path.glob("*/checkpoint"):
        kept.unlink()
    world.due = lambda world, number: "confirmation"

    refused(trustee(world, 1, tmp_path, "ceremony"), "ceremony.complaint-order")


def test_without_what_was_drawn_the_ceremony_does_not_go_on(world: World, tmp_path: Path) -> None:
    both(world, tmp_path)
    [secret] = tmp_path.glob("1/ceremony/*/secret.json")
    secret.unlink()
    _, commitment = prepare(world.frame, 3, rng=os.urandom)
    world.tell("commitment", commitment.to_json())

    refused(trustee(world, 1, tmp_path, "ceremony"), "ceremony.secret")


def test_a_key_that_the_board_does_not_show_yet_is_waited_for(world: World, tmp_path: Path) -> None:
    world.due = lambda world, number: "held"

    early = trustee(world, 1, tmp_path, "held")

    assert (early.status, early.err) == (3, "")
    assert "does not show the key yet" in early.out


def test_the_key_of_a_ceremony_begun_anew_is_waited_for_as_well(
    world: World, tmp_path: Path
) -> None:
    hold(world, tmp_path)
    world.begin()
    world.due = lambda world, number: "held"

    early = trustee(world, 1, tmp_path, "held")

    assert (early.status, early.err) == (3, "")
    assert not [path for _, path, _ in world.asked if path.endswith("/held")]
