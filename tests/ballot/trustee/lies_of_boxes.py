"""Boxes, mixes and openings that are not what the board says (trustees §5.3, §5.4)."""

from __future__ import annotations

from tests.ballot.trustee.lying import Lies
from tests.ballot.trustee.opening import changed_vote, finish
from tests.ballot.trustee.polling import Polling

LIES = Lies()


@LIES.found_by("entry.missing")
def no_box_fixed_yet(poll: Polling) -> None:
    assert poll.world.contents("reconciliation") == []


@LIES.found_by("entry.missing")
def a_poll_that_is_not_closed(poll: Polling) -> None:
    poll.is_closed = True  # All is there but the close: an early look at how the votes stand.
    finish(poll)


@LIES.found_by("key.superseded")
def a_ceremony_begun_anew_behind_the_key(poll: Polling) -> None:
    finish(poll)
    key = poll.world.key
    poll.world.begin()
    poll.world.key = key


@LIES.found_by("opening.trustee")
def a_commitment_of_nobody_s(poll: Polling) -> None:
    finish(poll)
    poll.world.commit(poll.places[0], 7, "33" * 32)


@LIES.found_by("box.ballots")
def a_ballot_dropped_from_a_box(poll: Polling) -> None:
    finish(poll, rows=lambda rows: rows[66:])


@LIES.found_by("box.digest")
def a_ballot_in_the_place_of_another(poll: Polling) -> None:
    finish(poll, rows=lambda rows: rows[:66] + rows[:66] + rows[132:])


@LIES.found_by("box.digest")
def ballots_in_another_order(poll: Polling) -> None:
    finish(poll, rows=lambda rows: rows[66:] + rows[:66])


@LIES.found_by("box.list")
def a_small_section_in_a_box_of_its_own(poll: Polling) -> None:
    finish(poll, boxes=(("a",), ("b",), ("c",)))


@LIES.found_by("box.list")
def a_section_left_out_of_the_reconciliation(poll: Polling) -> None:
    finish(poll, change=lambda content: content["sections"].pop())


@LIES.found_by("box.small")
def all_but_one_ballot_set_aside(poll: Polling) -> None:
    for number, _, _ in poll.cast[1:]:
        if number not in poll.aside:
            poll.set_aside(number)
    finish(poll, boxes=(("a", "b", "c"),))


@LIES.found_by("mix.nobody")
def a_box_that_only_the_server_mixed(poll: Polling) -> None:
    poll.reconcile()
    poll.mix_by_server()


@LIES.found_by("mix.mixer")
def a_second_mix_by_the_server(poll: Polling) -> None:
    poll.reconcile()
    poll.mix_by_server()
    poll.mix_by_server()


@LIES.found_by("mix.mixer")
def a_mix_of_the_server_s_under_a_trustee_s_name(poll: Polling) -> None:
    poll.reconcile()
    place = poll.places[0]
    content = poll.mixed(place, "Cai")
    poll.world.show_mix(place, content, trustee=None, signature=None, mixer="Cai")


@LIES.found_by("mix.maker")
def a_mix_that_its_trustee_did_not_sign(poll: Polling) -> None:
    poll.reconcile()
    poll.mix_by_server()
    for place in poll.places:
        content = poll.mixed(place, "Cai")
        signature = poll.signed(place, content, 2)
        poll.world.show_mix(place, content, trustee=3, signature=signature)


@LIES.found_by("mix.twice")
def a_trustee_s_second_mix(poll: Polling) -> None:
    poll.reconcile()
    poll.mix_by_server()
    poll.mix_by(3)
    poll.mix_by(3)


@LIES.found_by("mix.number")
def a_mix_out_of_its_place(poll: Polling) -> None:
    finish(poll)
    told = poll.world.contents("mix")[-1]
    poll.world.add("mix", {**told, "number": 4, "trustee": 2, "mixer": "Ben"})


@LIES.found_by("mix.wanted")
def fewer_mixes_than_the_notice_promises(poll: Polling) -> None:
    poll.reconcile()
    for place in poll.places:
        content = poll.mixed(place, "Cai")
        signature = poll.signed(place, content, 3)
        poll.world.show_mix(place, content, trustee=3, signature=signature)


@LIES.found_by("shuffle.input")
def a_mix_of_another_box(poll: Polling) -> None:
    poll.reconcile()
    for place in poll.places:
        content = bytes(32) + poll.mixed(place, "server")[32:]
        poll.world.show_mix(place, content, trustee=None, signature=None)
    poll.mix_by(3)


@LIES.found_by("shuffle.sum")
def a_mix_that_changes_a_vote(poll: Polling) -> None:
    poll.reconcile()
    for place in poll.places:
        poll.world.show_mix(place, changed_vote(poll, place), trustee=None, signature=None)
    poll.mix_by(3)


@LIES.found_by("opening.entries")
def a_key_that_the_opening_does_not_name(poll: Polling) -> None:
    poll.world.add("roll", {"commitment": "11" * 32, "totals": []})
    finish(poll)


@LIES.found_by("entry.twice")
def a_second_opening(poll: Polling) -> None:
    poll.world.add("opening", poll.world.contents("opening")[0])
    finish(poll)


@LIES.found_by("poll.void")
def an_election_that_is_void(poll: Polling) -> None:
    finish(poll)
    poll.world.add("void", {"reason": "A candidate died."})


@LIES.found_by("opening.own-commitment")
def a_commitment_in_the_trustee_s_name_to_something_else(poll: Polling) -> None:
    finish(poll)
    poll.commit(poll.places[0], 1, b"3" * 32)


@LIES.found_by("opening.maker")
def a_commitment_in_the_trustee_s_name_that_they_did_not_sign(poll: Polling) -> None:
    finish(poll)
    poll.commit(poll.places[0], 1, b"3" * 32, signer=2)


@LIES.found_by("opening.maker")
def a_commitment_in_another_s_name_signed_with_a_share_that_is_not_theirs(poll: Polling) -> None:
    finish(poll)
    poll.commit(poll.places[0], 2, b"3" * 32, signer=3)


@LIES.found_by("opening.maker")
def a_commitment_that_was_signed_for_another_box(poll: Polling) -> None:
    finish(poll)
    poll.commit(poll.places[0], 2, b"3" * 32, signed_for=poll.places[1])


@LIES.found_by("opening.twice")
def two_commitments_of_one_trustee(poll: Polling) -> None:
    finish(poll)
    poll.commit(poll.places[0], 2, b"3" * 32)
    poll.commit(poll.places[0], 2, b"4" * 32)
