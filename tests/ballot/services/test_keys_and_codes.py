"""The trustees' key, and everybody's voting code. (The ceremony has a file of its own.)"""

from __future__ import annotations

import pytest
from django.db import connection

from ballot.models import Credential, DemonstrationShare, Entry
from ballot.sealing.codes import read_code, voting_key
from ballot.selectors import key_of, whole_blob
from ballot.services import codes
from ballot.services.board import Blob
from ballot.services.codes import issue_codes
from ballot.services.freeze_roll import freeze_roll, withdraw_freeze
from ballot.services.held_shares import held_shares, hold_ceremony
from ballot.services.open_poll import open_poll
from ballot.services.set_up import create_election
from ballot.showing.business import next_step
from office.models import Dispatch, Letter
from tests.ballot.factories import (
    REASON,
    TRUSTEES,
    Run,
    bring,
    code_of,
    code_of_refusal,
    content,
    election,
    entries,
    kinds,
    now,
    recorded,
    set_keys,
)

pytestmark = pytest.mark.django_db


def test_the_key_goes_on_the_board_and_no_share_with_it() -> None:
    run = election(at="frozen", demonstration=False)

    set_keys(run, quorum=2)

    assert content(run, "key") == key_of(run.election).to_json()
    assert [trustee.name for trustee in run.election.trustees.all()] == list(TRUSTEES)
    assert not DemonstrationShare.objects.exists()
    # Nowhere in the database: not as a number, and not in hexadecimal.
    everything = dump()
    for share in run.shares:
        assert str(share.secret) not in everything
        assert share.secret.to_bytes(32, "big").hex() not in everything
    done = recorded("set_key", subject=("election", str(run.election_id)))
    # The officer began it; that the key is made, nobody of staff did.
    assert done == [(run.officers[0], None), (None, None)]


def dump() -> str:
    """Every row of the contest's and the office's tables as text."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor)
                 if name.startswith(("ballot_", "office_"))]
        rows = []
        for name in names:
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def test_the_server_holds_shares_in_a_demonstration_alone() -> None:
    real = election(at="frozen", demonstration=False)
    shown = election(at="frozen", title="A demonstration")

    def held(run):
        hold_ceremony(run.election_id, trustees=TRUSTEES, quorum=2, **run.by)

    assert code_of_refusal(lambda: held(real)) == "key.not-a-demonstration"
    held(shown)

    assert real.election.key is None
    assert [share.number for share in held_shares(shown.election)] == [1, 2, 3]
    stored = [bytes(one.enclosure) for one in DemonstrationShare.objects.all()]
    assert all(str(share.secret).encode() not in b"".join(stored)
               for share in held_shares(shown.election))
    # Held anew, nothing of the first is left.
    first = key_of(shown.election).public_key
    held(shown)
    assert key_of(shown.election).public_key != first
    assert [share.number for share in held_shares(shown.election)] == [1, 2, 3]


def test_codes_whose_public_halves_are_not_on_the_board_do_not_count_as_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="keyed", electors=3)

    def stopped(*args: object, **named: object) -> None:
        raise ConnectionError("the worker was stopped")

    # The codes of an earlier freeze are on the board; those of this one are not yet.
    issue_codes(run.election_id, **run.by)
    withdraw_freeze(run.election_id, reason=REASON, **run.by_two)
    freeze_roll(run.election_id, **run.by_two)
    with monkeypatch.context() as broken, pytest.raises(ConnectionError):
        broken.setattr(codes, "append_entry", stopped)
        issue_codes(run.election_id, **run.by)
    offered = next_step(run.election, now=now())
    refused = code_of_refusal(lambda: _open(run))
    issue_codes(run.election_id, **run.by)
    _open(run)

    assert Credential.objects.filter(force="in-force").count() == 3
    assert offered is not None and (offered.act, offered.is_ready) == ("send_codes", True)
    assert refused == "election.not-ready"
    assert kinds(run)[-3:] == ["roll", "credentials", "opening"]


def _open(run: Run) -> None:
    open_poll(run.election_id, software={}, **run.by_two)


def test_every_elector_has_one_code_and_the_board_its_public_half() -> None:
    run = election(at="keyed", electors=5, sections=("member", "affiliated"))

    issue_codes(run.election_id, **run.by)

    roll = entries(run)
    made = {entry.pk: code_of(entry) for entry in roll}
    assert len(set(made.values())) == 5
    assert all(read_code(code) == code for code in made.values())
    in_force = dict(Credential.objects.values_list("roll_entry_id", "public_key"))
    election_id = run.election.public_id.bytes
    assert {
        entry: voting_key(code, election_id=election_id).credential for entry, code in made.items()
    } == {entry: bytes(key) for entry, key in in_force.items()}
    for told in content(run, "credentials")["sections"]:
        blob = Blob.objects.get(sha256=bytes.fromhex(told["keys"]["sha256"]))
        keys = whole_blob(blob)
        apart = [keys[at : at + 32] for at in range(0, len(keys), 32)]
        # Sorted, so that their order leads to nobody.
        assert apart == sorted(apart) and len(apart) == told["credentials"]
        assert set(apart) == {
            bytes(in_force[entry.pk]) for entry in roll if entry.section.code == told["section"]
        }


def test_no_code_goes_out_before_the_opening_and_all_do_with_it() -> None:
    run = election(at="coded")
    dispatch = Dispatch.objects.get(purpose="voting-code")
    assert (dispatch.state, dispatch.released_tranche) == ("prepared", 0)

    bring(run, to="polling")

    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.released_tranche) == ("sending", 1)
    assert Letter.objects.filter(dispatch=dispatch, state="waiting").count() == 7


def test_the_opening_can_let_out_the_first_tranche_alone() -> None:
    run = election(at="coded")
    dispatch = Dispatch.objects.get(purpose="voting-code")
    Letter.objects.filter(pk=Letter.objects.latest("pk").pk).update(tranche=2)

    open_poll(run.election_id, software={}, tranches=1, **run.by_two)

    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.released_tranche) == ("sending", 1)


def test_making_the_codes_twice_makes_nobody_a_second_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="keyed")
    # In pieces of two, as a roll of many thousands is made in pieces of twenty thousand.
    monkeypatch.setattr(codes, "CHUNK", 2)
    issue_codes(run.election_id, **run.by)
    first = {entry.pk: code_of(entry) for entry in entries(run)}

    issue_codes(run.election_id, **run.by)

    assert {entry.pk: code_of(entry) for entry in entries(run)} == first
    assert Credential.objects.count() == Letter.objects.count() == 7
    assert Entry.objects.filter(kind="credentials").count() == 1


def test_codes_are_made_on_a_frozen_roll_alone() -> None:
    run = election(at="nominated")
    bare = create_election(title="Bare", party="P", by=None, now=now())

    for election_id in (run.election_id, bare):
        code = code_of_refusal(lambda one=election_id: issue_codes(one, by=None, now=now()))
        assert code == "election.wrong-state"
    bring(run, to="coded")

    assert Credential.objects.count() == 7
