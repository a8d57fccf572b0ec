"""Ballots that are none of the poll’s, and keys that nobody was given (trustees §5.4)."""

from __future__ import annotations

from tests.ballot.trustee.lying import Lies
from tests.ballot.trustee.opening import finish
from tests.ballot.trustee.polling import Polling, voter

LIES = Lies()


@LIES.found_by("ballots")
def a_ballot_with_a_changed_proof(poll: Polling) -> None:
    changed = bytearray(poll.seal("c", 1))
    changed[32 + 130] ^= 1
    poll.put("c", bytes(changed))
    finish(poll)


@LIES.found_by("ballots")
def a_ballot_that_another_signed(poll: Polling) -> None:
    one, other = poll.seal("c", 1), poll.seal("c", 2)
    poll.put("c", one[:-64] + other[-64:])
    finish(poll)


@LIES.found_by("ballots")
def a_ballot_sealed_for_another_section(poll: Polling) -> None:
    poll.put("c", poll.seal("c", 1, meant_for="a"))
    finish(poll)


@LIES.found_by("ballot.unknown")
def a_ballot_under_a_key_of_nobody(poll: Polling) -> None:
    poll.put("c", poll.seal("c", 4))
    finish(poll)


@LIES.found_by("ballot.twice")
def a_second_ballot_of_one_key(poll: Polling) -> None:
    poll.put("c", poll.seal("c", 0))
    finish(poll)


@LIES.found_by("ballot.repeated")
def a_ballot_with_the_pair_of_one_in_another_section(poll: Polling) -> None:
    [first] = [wire for _, section, wire in poll.cast if section == "a"][:1]
    own = poll.seal("c", 1)
    poll.put("c", own[:32] + first[32:163] + own[163:])
    finish(poll)


@LIES.found_by("ballot.repeated")
def a_ballot_that_was_challenged_before(poll: Polling) -> None:
    [wire] = [wire for _, section, wire in poll.cast if section == "c"]
    votes = [{"c1": wire[at : at + 33].hex(), "c2": "02" + "00" * 32} for at in (32, 163)]
    poll.world.add("challenge", {"tracker": "00" * 32, "section": "c", "votes": votes})
    finish(poll)


@LIES.found_by("ballot.length")
def a_ballot_for_fewer_contests(poll: Polling) -> None:
    whole = poll.seal("c", 1)
    poll.put("c", whole[: 32 + 131] + whole[-64:])
    poll.cast.pop()
    finish(poll)


@LIES.found_by("ballot.revoked")
def a_ballot_under_a_key_that_was_replaced(poll: Polling) -> None:
    poll.reissue(voter("c", 8), poll.keys["c"][1])
    poll.put("c", poll.seal("c", 1))
    finish(poll)


@LIES.found_by("ballot.revoked")
def a_key_replaced_after_it_has_voted(poll: Polling) -> None:
    # Else its elector, or the server for them, votes again with the other.
    poll.reissue(voter("c", 8), poll.keys["c"][0])
    finish(poll)


@LIES.found_by("ballot.revoked")
def a_key_that_dies_by_an_amendment_after_it_has_voted(poll: Polling) -> None:
    voted = poll.issued("c", poll.keys["c"][:1])
    poll.amend("struck", "c", revoked={name: voted[name] for name in ("credentials", "keys")})
    finish(poll)


@LIES.found_by("credentials.dead")
def a_key_replaced_twice(poll: Polling) -> None:
    poll.reissue(voter("c", 8), poll.keys["c"][1])
    poll.reissue(voter("c", 9), poll.keys["c"][1])
    finish(poll)


@LIES.found_by("reissue.revoked")
def keys_of_two_sections_replaced_by_one(poll: Polling) -> None:
    poll.reissue(voter("c", 8), poll.keys["c"][1], poll.keys["b"][3])
    finish(poll)


@LIES.found_by("reissue.revoked")
def a_new_key_that_replaces_none(poll: Polling) -> None:
    poll.reissue(voter("c", 8))
    finish(poll)


@LIES.found_by("reissue.revoked")
def a_key_replaced_that_nobody_was_given(poll: Polling) -> None:
    poll.reissue(voter("c", 8), voter("c", 7))
    finish(poll)


@LIES.found_by("credentials.twice")
def a_key_named_in_two_sections(poll: Polling) -> None:
    poll.amend("added", "c", issued=[poll.issued("c", poll.keys["b"][:1])])
    finish(poll)


@LIES.found_by("credentials.length")
def fewer_keys_than_are_said(poll: Polling) -> None:
    named = {**poll.issued("c", [voter("c", 8)]), "credentials": 2}
    poll.amend("added", "c", issued=[named])
    finish(poll)


@LIES.found_by("credentials.number")
def more_keys_than_people(poll: Polling) -> None:
    # Ballots of nobody's fill a box, and whoever is alone among them has no secret.
    poll.amend("corrected", "c", issued=[poll.issued("c", [voter("c", 8)])])
    finish(poll)


@LIES.found_by("credentials.order")
def keys_that_do_not_ascend(poll: Polling) -> None:
    named = poll.issued("c", [voter("c", 8), voter("c", 9)])
    kept = poll.world.blobs[named["keys"]["sha256"]]
    poll.amend("added", "c", issued=[{**named, "keys": poll.world.blob(kept[32:] + kept[:32])}])
    finish(poll)


@LIES.found_by("ballot.time")
def a_ballot_after_the_close(poll: Polling) -> None:
    poll.close()
    poll.put("c", poll.seal("c", 1))
    finish(poll)
