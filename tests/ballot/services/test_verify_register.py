"""Verifying after the close: what was changed behind the services' back is found, and named."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from ballot.models import Box, Entry
from ballot.sealing.ballot import sign_ballot, vote_transcript
from ballot.selectors import contest_codes, setting_of
from ballot.services.board import BATCH_BALLOTS
from ballot.services.close_poll import close_poll_early
from ballot.services.stored_boxes import sealed_box
from ballot.services.verify_register import verify_register
from members.models import RollEntry
from office.models import Letter
from office.refusal import Refusal
from tests.ballot.factories import (
    REASON,
    Run,
    boxes,
    cast_wire,
    content,
    election,
    entries,
    key_of_elector,
    kinds,
    no_triggers,
    recorded,
    sealed,
)
from tests.sealing.making import vote_over

pytestmark = pytest.mark.django_db

ONE = "(SELECT min(id) FROM ballot_sealedballot)"
TWO = "(SELECT max(id) FROM ballot_sealedballot)"
NEWEST_CODE = "(SELECT max(id) FROM ballot_credential)"

# A second ballot of the first voter's, on the board too, as if a second code were in force.
SECOND_CODE = (
    "INSERT INTO ballot_credential (election_id, roll_entry_id, attempt, public_key, force)"
    " SELECT c.election_id, c.roll_entry_id, 2, sha256(c.public_key), 'waiting'"
    f" FROM ballot_credential c JOIN ballot_sealedballot b ON b.credential_id = c.id"
    f" WHERE b.id = {ONE}"
)
SECOND_BALLOT = (
    "INSERT INTO ballot_sealedballot (election_id, credential_id, signature, tracker)"
    f" SELECT election_id, {NEWEST_CODE}, signature, sha256(tracker)"
    f" FROM ballot_sealedballot WHERE id = {ONE}"
)
SECOND_VOTE = (
    "INSERT INTO ballot_sealedvote (ballot_id, contest_id, c1, c2, proof)"
    f" SELECT {TWO}, contest_id, sha256(c1), sha256(c2), proof"
    f" FROM ballot_sealedvote WHERE ballot_id = {ONE}"
)
SECOND_ENTRY = (
    "INSERT INTO ballot_entry (election_id, number, kind, body, ballot_id)"
    " SELECT election_id, max(number) + 1, 'ballot', 'another',"
    f" {TWO} FROM ballot_entry GROUP BY election_id"
)


def verify(run: Run) -> None:
    verify_register(run.election_id, **run.by)


def tamper(*statements: str) -> None:
    """What somebody who owns the database server can do."""
    with connection.cursor() as cursor:
        # The foreign keys of the rows so far are looked at now, and not after what follows.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with no_triggers(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_the_account_is_published_and_the_boxes_are_fixed_by_their_hashes() -> None:
    run = election(at="closed", sections=("member", "affiliated"))

    verify(run)

    told = content(run, "reconciliation")
    assert run.state == "verified"
    assert [(one["code"], one["electors"], one["marks"], one["ballots"], one["votes"],
             one["on_board"]) for one in told["sections"]] == [
        ("member", 4, 4, 4, 4, 4), ("affiliated", 3, 3, 3, 3, 3)
    ]
    assert [(box["sections"], box["ballots"]) for box in told["boxes"]] == [
        (["affiliated"], 3), (["member"], 4)
    ]
    assert [box["digest"] for box in told["boxes"]] == [
        bytes(box.digest).hex() for box in boxes(run)
    ]
    done = recorded("verify_register", subject=("election", str(run.election_id)))
    assert done == [(run.officers[0], None)]


def test_each_contest_has_its_boxes() -> None:
    run = election(at="closed", other_contests=(
        {"title": "Deputy", "candidates": ("Dot Dyer", "Eli Epps", "Fay Ford")},
    ))

    verify(run)

    assert [(box.contest.title, box.ballots, len(sealed_box(box))) for box in boxes(run)] == [
        ("Leader", 7, 7), ("Deputy", 7, 7)
    ]
    assert content(run, "reconciliation")["sections"][0]["votes"] == 14


def test_a_section_in_which_few_voted_is_pooled_and_one_in_which_nobody_did_too() -> None:
    run = election(
        at="closed", electors=9, sections=("member", "affiliated", "registered"), smallest_box=2,
        # One member votes, and one affiliated supporter; nobody of the registered does.
        rankings=((0,), (1,)),
    )

    verify(run)

    assert [(box["sections"], box["ballots"]) for box in content(run, "reconciliation")["boxes"]
            ] == [(["affiliated", "member", "registered"], 2)]


def test_a_poll_in_which_nobody_voted_is_not_verified() -> None:
    run = election(at="closed", rankings=())

    with pytest.raises(Refusal, match="No ballot was cast") as refused:
        verify(run)

    assert refused.value.code == "register.no-ballot"
    assert run.state == "closed"


TAMPERINGS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "a mark removed": (
        ("DELETE FROM ballot_registermark WHERE id = (SELECT min(id) FROM ballot_registermark)",),
        "register.disagrees", "Members.*: 6 marks, 7 ballots",
    ),
    "a mark added for somebody who did not vote": (
        ("INSERT INTO ballot_registermark (election_id, roll_entry_id, channel)"
         " SELECT election_id, (SELECT id FROM members_rollentry WHERE id NOT IN"
         " (SELECT roll_entry_id FROM ballot_registermark) LIMIT 1), 'online'"
         " FROM ballot_registermark LIMIT 1",),
        "register.disagrees", "Members.*: 8 marks, 7 ballots",
    ),
    "a second ballot under another code of an elector who has voted": (
        (SECOND_CODE, SECOND_BALLOT, SECOND_VOTE, SECOND_ENTRY),
        "register.disagrees",
        "7 marks, 8 ballots, 8 votes, 0 envelopes, 8 on the board, 1 elector at odds",
    ),
    "one elector's ballot given to another who has voted": (
        (SECOND_CODE, f"UPDATE ballot_sealedballot SET credential_id = {NEWEST_CODE} WHERE id ="
         f" {TWO}"),
        "register.disagrees",
        "7 marks, 7 ballots, 7 votes, 0 envelopes, 7 on the board, 2 electors at odds",
    ),
    "a sealed vote removed": (
        (f"DELETE FROM ballot_sealedvote WHERE ballot_id = {ONE}",),
        "register.disagrees", "7 ballots, 6 votes",
    ),
    "a ballot removed": (
        (f"DELETE FROM ballot_sealedvote WHERE ballot_id = {ONE}",
         f"DELETE FROM ballot_sealedballot WHERE id = {ONE}"),
        "register.disagrees", "7 marks, 6 ballots, 6 votes, 0 envelopes, 6 on the board",
    ),
    "an entry removed": (
        ("DELETE FROM ballot_entry WHERE kind = 'ballot' AND number ="
         " (SELECT max(number) FROM ballot_entry WHERE kind = 'ballot')",),
        "register.disagrees", "6 on the board",
    ),
    "a ballot removed with its mark": (
        ("DELETE FROM ballot_registermark WHERE roll_entry_id = (SELECT roll_entry_id"
         f" FROM ballot_credential c JOIN ballot_sealedballot b ON b.credential_id = c.id"
         f" WHERE b.id = {ONE})",
         f"DELETE FROM ballot_sealedvote WHERE ballot_id = {ONE}",
         f"DELETE FROM ballot_sealedballot WHERE id = {ONE}"),
        "register.board-disagrees", "1 ballot on the board is .* entry {entry}",
    ),
    "a voter's code given to nobody on the roll, and the mark removed": (
        ("DELETE FROM ballot_registermark WHERE roll_entry_id = (SELECT roll_entry_id"
         f" FROM ballot_credential c JOIN ballot_sealedballot b ON b.credential_id = c.id"
         f" WHERE b.id = {ONE})",
         "UPDATE ballot_credential SET roll_entry_id = -1 WHERE id = (SELECT credential_id"
         f" FROM ballot_sealedballot WHERE id = {ONE})"),
        "register.board-disagrees", "The board has 7 ballots, and .* cast 6",
    ),
    "an entry's bytes changed": (
        ("UPDATE ballot_entry SET body = set_byte(body, 60, get_byte(body, 60) # 1)"
         f" WHERE ballot_id = {ONE}",),
        "register.board-disagrees", "1 ballot on the board is .* entry {entry}",
    ),
    "a ciphertext changed": (
        ("UPDATE ballot_sealedvote SET c2 = (SELECT c1 FROM ballot_sealedvote WHERE ballot_id ="
         f" {TWO}) WHERE ballot_id = {ONE}",),
        "register.board-disagrees", "1 ballot on the board is .* entry {entry}",
    ),
    "a signature changed": (
        (f"UPDATE ballot_sealedballot SET signature = set_byte(signature, 40,"
         f" (get_byte(signature, 40) + 1) % 256) WHERE id = {ONE}",),
        "register.board-disagrees", "1 ballot on the board is .* entry {entry}",
    ),
    "two electors' votes exchanged": (
        (f"UPDATE ballot_sealedvote SET ballot_id = -1 WHERE ballot_id = {ONE}",
         f"UPDATE ballot_sealedvote SET ballot_id = {ONE} WHERE ballot_id = {TWO}",
         f"UPDATE ballot_sealedvote SET ballot_id = {TWO} WHERE ballot_id = -1"),
        "register.board-disagrees", "2 ballots on the board",
    ),
    "a signature cut short": (
        (f"UPDATE ballot_sealedballot SET signature = substr(signature, 1, 63) WHERE id = {ONE}",
         ),
        "register.board-disagrees", "1 ballot on the board is .* entry {entry}",
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_what_was_changed_in_the_database_is_found_and_named(what: str) -> None:
    statements, code, named = TAMPERINGS[what]
    run = election(at="closed", electors=8)
    first = Entry.objects.filter(kind="ballot").order_by("ballot").first()
    assert first is not None
    tamper(*statements)

    with pytest.raises(Refusal, match=named.format(entry=first.number)) as refused:
        verify(run)

    assert refused.value.code == code
    assert run.state == "closed"
    assert not Box.objects.exists() and "reconciliation" not in kinds(run)


@pytest.mark.parametrize(
    ("column", "change", "condition"),
    [
        ("signature", "ballot", "ballot.signature"),
        ("proof", "vote", "ballot.proof"),
    ],
)
def test_a_ballot_changed_on_the_board_too_fails_the_check_it_passed_at_its_cast(
    column: str, change: str, condition: str
) -> None:
    run = election(at="closed")
    table = {"ballot": "ballot_sealedballot", "vote": "ballot_sealedvote"}[change]
    place = "id" if change == "ballot" else "ballot_id"
    # The last byte of the response or of the signature, in the row and in the entry alike.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT encode({column}, 'hex') FROM {table} WHERE {place} = {ONE}")
        before = cursor.fetchone()[0]
    after = before[:-1] + ("1" if before[-1] == "0" else "0")
    tamper(
        f"UPDATE {table} SET {column} = decode('{after}', 'hex') WHERE {place} = {ONE}",
        "UPDATE ballot_entry SET body = convert_to(replace(convert_from(body, 'UTF8'),"
        f" '{before}', '{after}'), 'UTF8') WHERE ballot_id = {ONE}",
    )

    with pytest.raises(Refusal, match=f"1 ballot of Members.*number .*{condition}") as refused:
        verify(run)

    assert refused.value.code == "register.ballot-rejected"
    assert run.state == "closed"


def test_an_elector_who_takes_another_s_component_for_the_other_place_stops_nothing() -> None:
    run = election(at="polling")
    first, second = entries(run)[:2]
    wire = sealed(run, first, (0,))
    cast_wire(run, wire)

    cast_wire(run, _over(run, second, c2=wire[32:65]))
    close_poll_early(run.election_id, reason=REASON, **run.by_two)
    verify(run)

    assert run.state == "verified"
    assert [box.ballots for box in boxes(run)] == [2]


def _over(run: Run, entry: RollEntry, *, c2: bytes) -> bytes:
    """A ballot that is whole, sealed over somebody else's point in the place of its c2."""
    setting, [contest] = setting_of(run.election), contest_codes(run.election)
    key, section = key_of_elector(run, entry), entry.section.code
    begun = vote_transcript(setting, contest, section, "")
    vote = vote_over(c2, randomness=4711, begun=begun, credential=key.credential)
    ballot = sign_ballot([vote], setting=setting, contests=[contest], section=section, key=key,
                         rng=os.urandom)
    return ballot.to_bytes()


def test_who_cast_in_the_last_moments_is_told_of_it_before_the_boxes_are_fixed() -> None:
    run = election(at="closed")
    assert not Letter.objects.filter(purpose="cast-notice").exists()

    verify(run)

    told = Letter.objects.filter(purpose="cast-notice").values_list("recipient", flat=True)
    assert set(told) == {str(entry.public_id) for entry in entries(run)}


def test_boards_longer_than_a_reading_are_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    from ballot.services import stored_ballots as module

    assert module._READ_BALLOTS == BATCH_BALLOTS
    run = election(at="closed")
    monkeypatch.setattr(module, "_READ_BALLOTS", 3)

    verify(run)

    assert [box.ballots for box in boxes(run)] == [7]
