"""Mixing and opening by the trustee's software, and what it refuses (trustees §5.3, §5.4)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ballot.sealing.box import Box
from ballot.sealing.opening import check_part, check_revealed, read_part
from ballot.sealing.setting import Setting
from ballot.sealing.sharefile import check_share_proof, seal_share
from ballot.trustee.errors import Trouble
from ballot.trustee.folder import Folder
from ballot.trustee.opened import OPENED, remember
from tests.ballot.trustee.polling import (
    BOXES,
    CONTESTS,
    Polling,
    closed,
    mixed,
    polling,
    voter,
)
from tests.ballot.trustee.world import PASSPHRASE, Ran, refused, trustee

SETTING = Setting(
    bytes(32),
    bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
)


def sent(poll: Polling, end: str) -> list[tuple[str, bytes]]:
    """Give what was handed in at addresses of one end."""
    return [(path, body) for method, path, body in poll.world.asked if path.endswith(end)]


def test_two_trustees_mix_and_open_every_box_and_what_comes_out_is_proved(tmp_path: Path) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile()
        poll.mix_by_server()

        assert trustee(poll.world, 1, tmp_path, "mix").status == 0
        for _ in range(2):
            for number in (1, 2):
                ran = trustee(poll.world, number, tmp_path, "open")
                assert ran.status == 0, ran
        opened = {place: set(parts) for place, parts in poll.world.parts.items()}

        assert len(poll.places) == len(CONTESTS) * len(BOXES)
        assert opened == {place: {1, 2} for place in poll.places}
        for place in poll.places:
            check_parts(poll, place)


def check_parts(poll: Polling, place: tuple[str, int]) -> None:
    box = poll.last_box(place)
    committed = {
        told["trustee"]: bytes.fromhex(told["commitment"])
        for told in poll.world.contents("opening-commitment")
        if (told["contest"], told["box"]) == place
    }
    for number, content in poll.world.parts[place].items():
        part = read_part(content, box=box)
        check_part(box, part, setting=poll.setting, key=poll.world.key)
        check_revealed(content, committed[number], setting=poll.setting, number=number)


def commits(poll: Polling, folder: Path, number: int = 1) -> Ran:
    """Let a trustee commit, whatever the server says is due."""
    poll.world.due = lambda world, number: "commit"
    return trustee(poll.world, number, folder, "open")


def test_a_board_that_holds_is_committed_to_and_the_list_is_remembered(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        ran = commits(poll, tmp_path)

        remembered = json.loads((tmp_path / "1/opened.json").read_bytes())

        assert "Set aside by the notice's rule: 1 of 8 ballots." in ran.out
        assert "You have committed to your part of 4 boxes." in ran.out
        assert len(remembered) == 6  # two contests, three sections
        assert len(poll.world.contents("opening-commitment")) == 4


LIES: dict[str, tuple[str, Callable[[Polling], None]]] = {}


def lie(check: str) -> Callable[[Callable[[Polling], None]], Callable[[Polling], None]]:
    """Name a way to tell a board that is false, and the check that must find it.

    It is given a poll after its close, before any box is fixed.
    """

    def named(tell: Callable[[Polling], None]) -> Callable[[Polling], None]:
        LIES[tell.__name__] = (check, tell)
        return tell

    return named


def finish(poll: Polling, **reconciliation: Any) -> None:
    poll.reconcile(**reconciliation)
    poll.mix_by_server()
    poll.mix_by(3)


@lie("ballots")
def a_ballot_with_a_changed_proof(poll: Polling) -> None:
    changed = bytearray(poll.seal("c", 1))
    changed[32 + 130] ^= 1
    poll.put("c", bytes(changed))
    finish(poll)


@lie("ballots")
def a_ballot_that_another_signed(poll: Polling) -> None:
    one, other = poll.seal("c", 1), poll.seal("c", 2)
    poll.put("c", one[:-64] + other[-64:])
    finish(poll)


@lie("ballots")
def a_ballot_sealed_for_another_section(poll: Polling) -> None:
    poll.put("c", poll.seal("c", 1, meant_for="a"))
    finish(poll)


@lie("ballot.unknown")
def a_ballot_under_a_key_of_nobody(poll: Polling) -> None:
    poll.put("c", poll.seal("c", 4))
    finish(poll)


@lie("ballot.twice")
def a_second_ballot_of_one_key(poll: Polling) -> None:
    poll.put("c", poll.seal("c", 0))
    finish(poll)


@lie("ballot.repeated")
def a_ballot_with_the_pair_of_one_in_another_section(poll: Polling) -> None:
    [first] = [wire for _, section, wire in poll.cast if section == "a"][:1]
    own = poll.seal("c", 1)
    poll.put("c", own[:32] + first[32:163] + own[163:])
    finish(poll)


@lie("ballot.repeated")
def a_ballot_that_was_challenged_before(poll: Polling) -> None:
    [wire] = [wire for _, section, wire in poll.cast if section == "c"]
    votes = [{"c1": wire[at : at + 33].hex(), "c2": "02" + "00" * 32} for at in (32, 163)]
    poll.world.add("challenge", {"tracker": "00" * 32, "section": "c", "votes": votes})
    finish(poll)


@lie("ballot.length")
def a_ballot_for_fewer_contests(poll: Polling) -> None:
    whole = poll.seal("c", 1)
    poll.put("c", whole[: 32 + 131] + whole[-64:])
    poll.cast.pop()
    finish(poll)


@lie("ballot.revoked")
def a_ballot_under_a_key_that_was_replaced(poll: Polling) -> None:
    poll.reissue(voter("c", 8), poll.keys["c"][1])
    poll.put("c", poll.seal("c", 1))
    finish(poll)


@lie("ballot.revoked")
def a_key_replaced_after_it_has_voted(poll: Polling) -> None:
    # Else its elector, or the server for them, votes again with the other.
    poll.reissue(voter("c", 8), poll.keys["c"][0])
    finish(poll)


@lie("ballot.revoked")
def a_key_that_dies_by_an_amendment_after_it_has_voted(poll: Polling) -> None:
    voted = poll.issued("c", poll.keys["c"][:1])
    poll.amend("struck", "c", revoked={name: voted[name] for name in ("credentials", "keys")})
    finish(poll)


@lie("credentials.dead")
def a_key_replaced_twice(poll: Polling) -> None:
    poll.reissue(voter("c", 8), poll.keys["c"][1])
    poll.reissue(voter("c", 9), poll.keys["c"][1])
    finish(poll)


@lie("reissue.revoked")
def keys_of_two_sections_replaced_by_one(poll: Polling) -> None:
    poll.reissue(voter("c", 8), poll.keys["c"][1], poll.keys["b"][3])
    finish(poll)


@lie("reissue.revoked")
def a_new_key_that_replaces_none(poll: Polling) -> None:
    poll.reissue(voter("c", 8))
    finish(poll)


@lie("reissue.revoked")
def a_key_replaced_that_nobody_was_given(poll: Polling) -> None:
    poll.reissue(voter("c", 8), voter("c", 7))
    finish(poll)


@lie("credentials.twice")
def a_key_named_in_two_sections(poll: Polling) -> None:
    poll.amend("added", "c", issued=[poll.issued("c", poll.keys["b"][:1])])
    finish(poll)


@lie("credentials.length")
def fewer_keys_than_are_said(poll: Polling) -> None:
    named = {**poll.issued("c", [voter("c", 8)]), "credentials": 2}
    poll.amend("added", "c", issued=[named])
    finish(poll)


@lie("credentials.number")
def more_keys_than_people(poll: Polling) -> None:
    # Ballots of nobody's fill a box, and whoever is alone among them has no secret.
    poll.amend("corrected", "c", issued=[poll.issued("c", [voter("c", 8)])])
    finish(poll)


@lie("credentials.order")
def keys_that_do_not_ascend(poll: Polling) -> None:
    named = poll.issued("c", [voter("c", 8), voter("c", 9)])
    kept = poll.world.blobs[named["keys"]["sha256"]]
    poll.amend("added", "c", issued=[{**named, "keys": poll.world.blob(kept[32:] + kept[:32])}])
    finish(poll)


@lie("entry.missing")
def no_box_fixed_yet(poll: Polling) -> None:
    assert poll.world.contents("reconciliation") == []


@lie("ballot.time")
def a_ballot_after_the_close(poll: Polling) -> None:
    poll.close()
    poll.put("c", poll.seal("c", 1))
    finish(poll)


@lie("entry.missing")
def a_poll_that_is_not_closed(poll: Polling) -> None:
    poll.is_closed = True  # All is there but the close: an early look at how the votes stand.
    finish(poll)


@lie("key.superseded")
def a_ceremony_begun_anew_behind_the_key(poll: Polling) -> None:
    finish(poll)
    key = poll.world.key
    poll.world.begin()
    poll.world.key = key


@lie("opening.trustee")
def a_commitment_of_nobody_s(poll: Polling) -> None:
    finish(poll)
    poll.world.commit(poll.places[0], 7, "33" * 32)


@lie("box.ballots")
def a_ballot_dropped_from_a_box(poll: Polling) -> None:
    finish(poll, rows=lambda rows: rows[66:])


@lie("box.digest")
def a_ballot_in_the_place_of_another(poll: Polling) -> None:
    finish(poll, rows=lambda rows: rows[:66] + rows[:66] + rows[132:])


@lie("box.digest")
def ballots_in_another_order(poll: Polling) -> None:
    finish(poll, rows=lambda rows: rows[66:] + rows[:66])


@lie("box.list")
def a_small_section_in_a_box_of_its_own(poll: Polling) -> None:
    finish(poll, boxes=(("a",), ("b",), ("c",)))


@lie("box.list")
def a_section_left_out_of_the_reconciliation(poll: Polling) -> None:
    finish(poll, change=lambda content: content["sections"].pop())


@lie("box.small")
def all_but_one_ballot_set_aside(poll: Polling) -> None:
    for number, _, _ in poll.cast[1:]:
        if number not in poll.aside:
            poll.set_aside(number)
    finish(poll, boxes=(("a", "b", "c"),))


@pytest.mark.parametrize("is_one_aside", [False, True])
def test_a_box_smaller_than_the_notice_s_is_opened_only_where_every_ballot_cast_is_in_it(
    tmp_path: Path, is_one_aside: bool
) -> None:
    # trustees §5.4, §6: nobody chose who is left.
    with polling(tmp_path, smallest_box=99) as poll:
        poll.poll()
        if is_one_aside:
            poll.set_aside(poll.place_of_third_in_b())
        finish(poll, boxes=(("a", "b", "c"),))

        ran = commits(poll, tmp_path)

        if is_one_aside:
            refused(ran, "box.small")
            assert f"{len(poll.cast) - 1} of the {len(poll.cast)} ballots cast" in ran.err
            assert not sent(poll, "/commitment")
        else:
            assert "You have committed to your part of 2 boxes." in ran.out


def cast_in(poll: Polling, section: str) -> list[int]:
    """Give the entries of a section's ballots."""
    return [number for number, one, _ in poll.cast if one == section]


@lie("set-aside.amendment")
def a_ballot_set_aside_by_no_amendment(poll: Polling) -> None:
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], 9)
    finish(poll)


@lie("set-aside.amendment")
def a_ballot_set_aside_before_its_amendment(poll: Polling) -> None:
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], 3)
    assert poll.amend("struck", "a") == 3
    finish(poll)


@lie("set-aside.amendment")
def a_ballot_set_aside_for_another_reason_than_its_amendment_has(poll: Polling) -> None:
    amendment = poll.amend("struck", "a", reason="duplicate")
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], amendment)
    finish(poll)


@lie("set-aside.amendment")
def two_ballots_set_aside_for_one_who_was_struck_off(poll: Polling) -> None:
    first, second, *_ = cast_in(poll, "a")
    poll.tell_aside("set-aside", second, poll.set_aside(first))
    finish(poll)


@lie("set-aside.amendment")
def a_ballot_set_aside_for_somebody_of_another_section(poll: Polling) -> None:
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], poll.amend("struck", "c"))
    finish(poll)


@lie("set-aside.amendment")
def a_ballot_set_aside_for_somebody_who_was_added(poll: Polling) -> None:
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], poll.amend("added", "a"))
    finish(poll)


@lie("set-aside.amendment")
def a_ballot_that_stands_again_with_nobody_restored(poll: Polling) -> None:
    poll.tell_aside("ballots-stand", poll.place_of_third_in_b(), 2)
    finish(poll)


@lie("set-aside.rule")
def a_ballot_set_aside_that_stands_by_the_notice(poll: Polling) -> None:
    amendment = poll.amend("struck", "a", reason="resigned")
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], amendment, reason="resigned")
    finish(poll)


@lie("reconciliation.struck")
def a_ballot_set_aside_of_somebody_who_is_on_the_roll_again(poll: Polling) -> None:
    amendment = poll.amend("struck", "a")
    poll.amend("restored", "a")
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], amendment)
    finish(poll)


@lie("amendment.number")
def two_amendments_of_one_number(poll: Polling) -> None:
    poll.world.add("amendment", {**poll.world.contents("amendment")[1], "number": 2})
    poll.sealed.append(poll.sealed[1])
    finish(poll)


@lie("set-aside.twice")
def a_ballot_set_aside_twice(poll: Polling) -> None:
    poll.set_aside(poll.place_of_third_in_b())
    finish(poll)


@lie("set-aside.tracker")
def a_ballot_set_aside_under_another_s_tracker(poll: Polling) -> None:
    told = poll.world.contents("set-aside")[0]["ballots"][0]
    poll.world.add("set-aside", {"ballots": [{**told, "entry": poll.cast[0][0]}]})
    finish(poll)


@lie("set-aside.entry")
def what_is_no_ballot_set_aside(poll: Polling) -> None:
    told = poll.world.contents("set-aside")[0]["ballots"][0]
    poll.world.add("set-aside", {"ballots": [{**told, "entry": 0}]})
    finish(poll)


@lie("amendment.keys")
def other_keys_than_were_sealed(poll: Polling) -> None:
    finish(poll, change=lambda content: content["amended_keys"][0].update(salt="22" * 32))


@lie("amendment.keys")
def sealed_keys_that_are_never_told(poll: Polling) -> None:
    finish(poll, change=lambda content: content["amended_keys"].pop())


@lie("amendment.keys")
def keys_told_that_no_amendment_sealed(poll: Polling) -> None:
    finish(poll, change=lambda content: content["amended_keys"].append(poll.sealed[0]))


@lie("amendment.keys")
def sealed_keys_told_out_of_their_order(poll: Polling) -> None:
    finish(poll, change=lambda content: content["amended_keys"].reverse())


@lie("amendment.keys")
def keys_that_are_not_sealed_during_the_poll(poll: Polling) -> None:
    open_keys = {"issued": [], "revoked": None}
    amended = {**poll.world.contents("amendment")[0], "number": 3, "keys": open_keys}
    poll.world.add("amendment", amended)
    finish(poll)


@lie("amendment.keys")
def an_amendment_that_leaves_its_keys_to_an_issuer_who_is_not_there(poll: Polling) -> None:
    poll.world.add("amendment", {**poll.world.contents("amendment")[0], "number": 3, "keys": None})
    finish(poll)


@lie("issuer.signature")
def keys_of_an_outside_issuer_who_is_not_there(poll: Polling) -> None:
    poll.world.add("keys", {"issued": [], "revoked": None})
    finish(poll)


@lie("mix.nobody")
def a_box_that_only_the_server_mixed(poll: Polling) -> None:
    poll.reconcile()
    poll.mix_by_server()


@lie("mix.mixer")
def a_second_mix_by_the_server(poll: Polling) -> None:
    poll.reconcile()
    poll.mix_by_server()
    poll.mix_by_server()


@lie("mix.mixer")
def a_mix_of_the_server_s_under_a_trustee_s_name(poll: Polling) -> None:
    poll.reconcile()
    place = poll.places[0]
    content = poll.mixed(place, "Cai")
    poll.world.show_mix(place, content, trustee=None, signature=None, mixer="Cai")


@lie("mix.maker")
def a_mix_that_its_trustee_did_not_sign(poll: Polling) -> None:
    poll.reconcile()
    poll.mix_by_server()
    for place in poll.places:
        content = poll.mixed(place, "Cai")
        signature = poll.signed(place, content, 2)
        poll.world.show_mix(place, content, trustee=3, signature=signature)


@lie("mix.twice")
def a_trustee_s_second_mix(poll: Polling) -> None:
    poll.reconcile()
    poll.mix_by_server()
    poll.mix_by(3)
    poll.mix_by(3)


@lie("mix.number")
def a_mix_out_of_its_place(poll: Polling) -> None:
    finish(poll)
    told = poll.world.contents("mix")[-1]
    poll.world.add("mix", {**told, "number": 4, "trustee": 2, "mixer": "Ben"})


@lie("mix.wanted")
def fewer_mixes_than_the_notice_promises(poll: Polling) -> None:
    poll.reconcile()
    for place in poll.places:
        content = poll.mixed(place, "Cai")
        signature = poll.signed(place, content, 3)
        poll.world.show_mix(place, content, trustee=3, signature=signature)


@lie("shuffle.input")
def a_mix_of_another_box(poll: Polling) -> None:
    poll.reconcile()
    for place in poll.places:
        content = bytes(32) + poll.mixed(place, "server")[32:]
        poll.world.show_mix(place, content, trustee=None, signature=None)
    poll.mix_by(3)


@lie("shuffle.sum")
def a_mix_that_changes_a_vote(poll: Polling) -> None:
    poll.reconcile()
    for place in poll.places:
        poll.world.show_mix(place, changed_vote(poll, place), trustee=None, signature=None)
    poll.mix_by(3)


def changed_vote(poll: Polling, place: tuple[str, int]) -> bytes:
    """Mix a box whose first vote was put in the second's place, and say it was the true one."""
    box = poll.last_box(place)
    content = poll.mixed(place, "server")
    other = Box(box.name, box.c1, np.roll(box.c2, 1, axis=0))
    pairs = other.to_bytes()[:66]
    return content[:32] + content[32:65] + pairs[33:66] + content[98:]


@lie("opening.entries")
def a_key_that_the_opening_does_not_name(poll: Polling) -> None:
    poll.world.add("roll", {"commitment": "11" * 32, "totals": []})
    finish(poll)


@lie("entry.twice")
def a_second_opening(poll: Polling) -> None:
    poll.world.add("opening", poll.world.contents("opening")[0])
    finish(poll)


@lie("poll.void")
def an_election_that_is_void(poll: Polling) -> None:
    finish(poll)
    poll.world.add("void", {"reason": "A candidate died."})


@lie("opening.own-commitment")
def a_commitment_in_the_trustee_s_name_to_something_else(poll: Polling) -> None:
    finish(poll)
    poll.commit(poll.places[0], 1, b"3" * 32)


@lie("opening.maker")
def a_commitment_in_the_trustee_s_name_that_they_did_not_sign(poll: Polling) -> None:
    finish(poll)
    poll.commit(poll.places[0], 1, b"3" * 32, signer=2)


@lie("opening.maker")
def a_commitment_in_another_s_name_signed_with_a_share_that_is_not_theirs(poll: Polling) -> None:
    finish(poll)
    poll.commit(poll.places[0], 2, b"3" * 32, signer=3)


@lie("opening.maker")
def a_commitment_that_was_signed_for_another_box(poll: Polling) -> None:
    finish(poll)
    poll.commit(poll.places[0], 2, b"3" * 32, signed_for=poll.places[1])


@lie("opening.twice")
def two_commitments_of_one_trustee(poll: Polling) -> None:
    finish(poll)
    poll.commit(poll.places[0], 2, b"3" * 32)
    poll.commit(poll.places[0], 2, b"4" * 32)


@pytest.mark.parametrize("name", LIES)
def test_a_board_that_lies_is_not_opened_and_the_check_is_named(tmp_path: Path, name: str) -> None:
    check, tell = LIES[name]
    with closed(tmp_path) as poll:
        tell(poll)

        ran = commits(poll, tmp_path)

        refused(ran, check)
        assert not sent(poll, "/commitment")
        assert not (tmp_path / "1/opened.json").exists()


@pytest.mark.parametrize(
    ("member", "value", "check"),
    [
        ("amendments", ["00" * 32], "opening.amendments"),
        ("contests", [], "opening.contests"),
    ],
)
def test_an_opening_that_names_what_is_not_so_is_refused(
    tmp_path: Path, member: str, value: Any, check: str
) -> None:
    with polling(tmp_path, lambda content: content.update({member: value})) as poll:
        refused(commits(poll, tmp_path), check)


def test_a_box_of_another_length_than_its_blob_is_not_mixed(tmp_path: Path) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile(lambda content: content["boxes"][0].update(ballots=9))
        poll.mix_by_server()

        refused(trustee(poll.world, 1, tmp_path, "mix"), "box.length")


def test_a_share_of_another_key_proves_and_opens_nothing(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        other = replace(poll.shares[0], public_key=poll.world.key.trustees[0].point)
        sealed = seal_share(other, passphrase=PASSPHRASE, rng=os.urandom)
        (tmp_path / "1/share.json").write_bytes(sealed)

        refused(commits(poll, tmp_path), "share.key")


def test_a_ballot_that_stands_again_is_in_its_box(tmp_path: Path) -> None:
    with closed(tmp_path) as poll:
        poll.let_stand(poll.place_of_third_in_b())
        # With three of its own section b needs no pool, but for c, which needs b.
        finish(poll)

        assert "4 boxes" in commits(poll, tmp_path).out


def test_a_second_list_of_a_box_is_refused_ever(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        assert commits(poll, tmp_path).status == 3
        poll.mix_by(2)
        poll.world.committed.clear()

        ran = commits(poll, tmp_path)

        refused(ran, "opening.own-commitment")


def test_a_second_list_is_refused_by_what_the_folder_remembers_alone(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        # Killed after the list was written down and before the commitment was taken.
        poll.world.dies = ("/commitment", "before")
        assert commits(poll, tmp_path).status == 1
        poll.world.dies = None
        poll.mix_by(2)

        ran = commits(poll, tmp_path)

        refused(ran, "opening.second-list")
        assert poll.world.contents("opening-commitment") == []


def test_the_same_list_is_committed_to_again_by_the_same_hash_after_a_kill(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        poll.world.dies = ("/commitment", "after")
        assert commits(poll, tmp_path).status == 1
        poll.world.dies = None

        ran = commits(poll, tmp_path)

        tried = {(path, body) for path, body in sent(poll, "/commitment")}
        assert "committed" in ran.out
        assert len(tried) == len(poll.places)


def test_nothing_is_revealed_before_the_board_shows_a_quorum(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        commits(poll, tmp_path)
        poll.world.due = lambda world, number: "part"

        ran = trustee(poll.world, 1, tmp_path, "open")
        assert ran.status == 3
        assert "1 of the 2 trustees who are needed have committed" in ran.out
        assert not sent(poll, "/part")

        commits(poll, tmp_path, 2)
        poll.world.due = lambda world, number: "part" if not world.parts else None
        assert trustee(poll.world, 1, tmp_path, "open").status == 0
        assert len(sent(poll, "/part")) == len(poll.places)


def test_a_quorum_that_the_server_makes_up_reveals_nothing(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        commits(poll, tmp_path)
        # The server writes the second trustee's commitments itself, upon everything that it has.
        for place in poll.places:
            own = poll.world.contents("opening-commitment")[0]
            poll.world.commit(place, 2, "33" * 32, own["signature"])
        poll.world.due = lambda world, number: "part"

        ran = trustee(poll.world, 1, tmp_path, "open")

        refused(ran, "opening.maker")
        assert not sent(poll, "/part")


def test_nothing_is_mixed_upon_a_mix_that_does_not_hold(tmp_path: Path) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile()
        for place in poll.places:
            poll.world.show_mix(place, changed_vote(poll, place), trustee=None, signature=None)

        refused(trustee(poll.world, 1, tmp_path, "mix"), "shuffle.sum")
        assert not [path for _, path, _ in poll.world.asked if "/mix/" in path]


def test_nothing_is_mixed_upon_a_box_that_is_not_the_reconciliation_s(tmp_path: Path) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile()
        poll.mix_by_server()
        told = poll.world.contents("reconciliation")[0]["boxes"][0]
        kept = poll.world.blobs[told["sealed"]["sha256"]]
        poll.world.blobs[told["sealed"]["sha256"]] = kept[66:] + kept[:66]

        refused(trustee(poll.world, 1, tmp_path, "mix"), "blob.sha256")


def test_a_mix_is_kept_until_the_board_shows_it_and_is_handed_in_again_as_it_was(
    tmp_path: Path,
) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile()
        poll.mix_by_server()
        poll.world.is_deaf_to = "/mix/"
        assert trustee(poll.world, 1, tmp_path, "mix").status == 3
        assert len(list((tmp_path / "1/mixes").iterdir())) == len(poll.places)
        poll.world.is_deaf_to = ""

        assert trustee(poll.world, 1, tmp_path, "mix").status == 0

        handed_in = {(path, body) for _, path, body in poll.world.asked if "/mix/" in path}
        assert len(handed_in) == len(poll.places)
        assert all(len(mixes) == 2 for mixes in poll.world.mixes.values())
        assert list((tmp_path / "1/mixes").iterdir()) == []


def test_a_mix_whose_check_stopped_is_handed_in_again_and_one_that_waits_is_not(
    tmp_path: Path,
) -> None:
    with closed(tmp_path) as poll:
        poll.reconcile()
        poll.mix_by_server()
        poll.world.is_deaf_to = "/mix/"
        assert trustee(poll.world, 1, tmp_path, "mix").status == 3
        handed_in = {
            (path.split("/")[4], int(path.split("/")[5])): sha256(body).hexdigest()
            for path, body in all_sent(poll, "/mix/")
        }
        again = {}
        for state in ("waiting", "stopped"):
            poll.world.handed_in = {
                place: {"kind": "mix", "message": "", "sha256": digest, "state": state}
                for place, digest in handed_in.items()
            }
            before = len(all_sent(poll, "/mix/"))
            trustee(poll.world, 1, tmp_path, "mix")
            again[state] = len(all_sent(poll, "/mix/")) - before

        assert set(handed_in) == set(poll.places)
        assert again == {"waiting": 0, "stopped": len(poll.places)}


def all_sent(poll: Polling, part: str) -> list[tuple[str, bytes]]:
    """Give what was handed in at addresses with a part."""
    return [(path, body) for _, path, body in poll.world.asked if part in path]


def test_without_a_share_of_the_key_nothing_is_shown_mixed_or_opened(tmp_path: Path) -> None:
    with mixed(tmp_path) as poll:
        mine, theirs = tmp_path / "1/share.json", tmp_path / "2/share.json"
        mine.write_bytes(theirs.read_bytes())

        refused(commits(poll, tmp_path), "share.trustee")
        poll.world.due = lambda world, number: "held"
        refused(trustee(poll.world, 1, tmp_path, "held"), "share.trustee")
        assert not sent(poll, "/held")


def test_a_share_still_held_is_proved_by_the_root_that_was_checked(tmp_path: Path) -> None:
    with polling(tmp_path) as poll:
        poll.world.due = lambda world, number: None if world.held else "held"
        size, root = len(poll.world.bodies), poll.world.board.right.root()

        assert trustee(poll.world, 1, tmp_path, "held").status == 0

        [told] = poll.world.contents("share-held")
        assert told["size"] == size
        check_share_proof(poll.world.key, 1, root, bytes.fromhex(told["proof"]))


@pytest.mark.parametrize("damaged", [b"", b"[]", b"{"])
def test_a_damaged_memory_of_what_was_opened_is_not_an_empty_one(
    damaged: bytes, tmp_path: Path
) -> None:
    folder = Folder(tmp_path)
    folder.write(OPENED, damaged)

    with pytest.raises(Trouble, match="is damaged"):
        remember(folder, SETTING, [])
    assert folder.read(OPENED) == damaged
