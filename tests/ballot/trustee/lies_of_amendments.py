"""Ballots set aside without a ground, and keys that no amendment sealed (trustees §5.4)."""

from __future__ import annotations

from tests.ballot.trustee.lying import Lies
from tests.ballot.trustee.opening import finish
from tests.ballot.trustee.polling import Polling

LIES = Lies()


def cast_in(poll: Polling, section: str) -> list[int]:
    """Give the entries of a section's ballots."""
    return [number for number, one, _ in poll.cast if one == section]


@LIES.found_by("set-aside.amendment")
def a_ballot_set_aside_by_no_amendment(poll: Polling) -> None:
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], 9)
    finish(poll)


@LIES.found_by("set-aside.amendment")
def a_ballot_set_aside_before_its_amendment(poll: Polling) -> None:
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], 3)
    assert poll.amend("struck", "a") == 3
    finish(poll)


@LIES.found_by("set-aside.amendment")
def a_ballot_set_aside_for_another_reason_than_its_amendment_has(poll: Polling) -> None:
    amendment = poll.amend("struck", "a", reason="duplicate")
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], amendment)
    finish(poll)


@LIES.found_by("set-aside.amendment")
def two_ballots_set_aside_for_one_who_was_struck_off(poll: Polling) -> None:
    first, second, *_ = cast_in(poll, "a")
    poll.tell_aside("set-aside", second, poll.set_aside(first))
    finish(poll)


@LIES.found_by("set-aside.amendment")
def a_ballot_set_aside_for_somebody_of_another_section(poll: Polling) -> None:
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], poll.amend("struck", "c"))
    finish(poll)


@LIES.found_by("set-aside.amendment")
def a_ballot_set_aside_for_somebody_who_was_added(poll: Polling) -> None:
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], poll.amend("added", "a"))
    finish(poll)


@LIES.found_by("set-aside.amendment")
def a_ballot_that_stands_again_with_nobody_restored(poll: Polling) -> None:
    poll.tell_aside("ballots-stand", poll.place_of_third_in_b(), 2)
    finish(poll)


@LIES.found_by("set-aside.rule")
def a_ballot_set_aside_that_stands_by_the_notice(poll: Polling) -> None:
    amendment = poll.amend("struck", "a", reason="resigned")
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], amendment, reason="resigned")
    finish(poll)


@LIES.found_by("reconciliation.struck")
def a_ballot_set_aside_of_somebody_who_is_on_the_roll_again(poll: Polling) -> None:
    amendment = poll.amend("struck", "a")
    poll.amend("restored", "a")
    poll.tell_aside("set-aside", cast_in(poll, "a")[0], amendment)
    finish(poll)


@LIES.found_by("amendment.number")
def two_amendments_of_one_number(poll: Polling) -> None:
    poll.world.add("amendment", {**poll.world.contents("amendment")[1], "number": 2})
    poll.sealed.append(poll.sealed[1])
    finish(poll)


@LIES.found_by("set-aside.twice")
def a_ballot_set_aside_twice(poll: Polling) -> None:
    poll.set_aside(poll.place_of_third_in_b())
    finish(poll)


@LIES.found_by("set-aside.tracker")
def a_ballot_set_aside_under_another_s_tracker(poll: Polling) -> None:
    told = poll.world.contents("set-aside")[0]["ballots"][0]
    poll.world.add("set-aside", {"ballots": [{**told, "entry": poll.cast[0][0]}]})
    finish(poll)


@LIES.found_by("set-aside.entry")
def what_is_no_ballot_set_aside(poll: Polling) -> None:
    told = poll.world.contents("set-aside")[0]["ballots"][0]
    poll.world.add("set-aside", {"ballots": [{**told, "entry": 0}]})
    finish(poll)


@LIES.found_by("amendment.keys")
def other_keys_than_were_sealed(poll: Polling) -> None:
    finish(poll, change=lambda content: content["amended_keys"][0].update(salt="22" * 32))


@LIES.found_by("amendment.keys")
def sealed_keys_that_are_never_told(poll: Polling) -> None:
    finish(poll, change=lambda content: content["amended_keys"].pop())


@LIES.found_by("amendment.keys")
def keys_told_that_no_amendment_sealed(poll: Polling) -> None:
    finish(poll, change=lambda content: content["amended_keys"].append(poll.sealed[0]))


@LIES.found_by("amendment.keys")
def sealed_keys_told_out_of_their_order(poll: Polling) -> None:
    finish(poll, change=lambda content: content["amended_keys"].reverse())


@LIES.found_by("amendment.keys")
def keys_that_are_not_sealed_during_the_poll(poll: Polling) -> None:
    open_keys = {"issued": [], "revoked": None}
    amended = {**poll.world.contents("amendment")[0], "number": 3, "keys": open_keys}
    poll.world.add("amendment", amended)
    finish(poll)


@LIES.found_by("amendment.keys")
def an_amendment_that_leaves_its_keys_to_an_issuer_who_is_not_there(poll: Polling) -> None:
    poll.world.add("amendment", {**poll.world.contents("amendment")[0], "number": 3, "keys": None})
    finish(poll)


@LIES.found_by("issuer.signature")
def keys_of_an_outside_issuer_who_is_not_there(poll: Polling) -> None:
    poll.world.add("keys", {"issued": [], "revoked": None})
    finish(poll)
