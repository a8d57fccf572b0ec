"""What two tellers read of a paper: what settles it, what waits for a ruling, what is refused."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ballot.models import Envelope, PostalReading, PostalRuling, Teller
from ballot.postal import Kind, named_tellers
from ballot.sealing.ballot import seal_ballot
from ballot.sealing.codes import VotingKey, key_of_secret, voting_key
from ballot.sealing.postal import make_barcode, sign_postal
from ballot.selectors import contest_codes, setting_of
from ballot.services.name_tellers import name_tellers
from ballot.services.open_envelopes import open_envelopes
from ballot.services.read_papers import Read
from ballot.services.rule_on_postal_paper import rule_on_postal_paper
from ballot.services.verify_register import verify_register
from ballot.showing.post import waiting_for
from office.models import StaffMember
from tests.ballot.factories import (
    cast,
    code_of,
    code_of_refusal,
    content,
    election,
    entries,
    kinds,
    no_triggers,
)
from tests.ballot.posting_papers import Table, close, opened, polling

pytestmark = pytest.mark.django_db


def test_who_is_a_teller_no_more_is_left_out_and_those_after_keep_their_numbers():
    run, table = polling()
    table.seat("Cy Moss")
    StaffMember.objects.get(pk=table.people[0]).groups.clear()

    name_tellers(run.election_id, **run.by)

    assert [one["number"] for one in content(run, "tellers")["tellers"]] == [2, 3]
    assert named_tellers(run.election) == {2, 3}
    StaffMember.objects.get(pk=table.people[1]).groups.clear()
    assert code_of_refusal(lambda: name_tellers(run.election_id, **run.by)) == "teller.too-few"


def test_tellers_are_asked_for_at_the_opening_only_if_an_envelope_came():
    run = election(at="polling")
    for entry in entries(run):
        cast(run, entry, (0, 1))
    Envelope.objects.create(election=run.election, roll_entry_id=entries(run)[0].pk,
                            barcode=make_barcode(rng=os.urandom))
    close(run)

    open_envelopes(run.election_id, **run.by_two)

    assert run.election.envelopes_opened_at is not None


def test_two_tellers_who_read_the_same_settle_a_paper_and_two_who_differ_do_not():
    _, table = opened()

    assert table.both_read(1, (0, 1)).agrees
    table.read(0, 2, (0,))
    apart = table.read(1, 2, (1,))

    assert apart.needs_ruling and not apart.agrees


def test_a_teller_reads_a_paper_once_and_only_with_the_partner_who_reads_it_too():
    _, table = opened()
    table.read(0, 1, (0,))

    assert code_of_refusal(lambda: table.read(0, 1, (1,))) == "reading.twice"
    assert code_of_refusal(lambda: table.read(0, 3, (0,))) == "reading.no-paper"
    alone = table.sealed(1, 1, table.choices((0,)), "member")
    with_oneself = Read("member", 1, 2, Kind.SEALED, alone.wire, alone.signature)
    assert code_of_refusal(lambda: table.hand_in(1, with_oneself)) == "reading.partner"
    assert table.hand_in(1, alone).agrees


def test_a_reading_whose_answer_was_lost_is_handed_in_once_more_and_counted_once():
    _, table = opened()
    first = table.sealed(0, 1, table.choices((0,)), "member")
    table.hand_in(0, first)

    assert not table.hand_in(0, first).is_read

    assert PostalReading.objects.count() == 1
    assert table.read(1, 1, (0,)).agrees
    assert table.hand_in(0, first).agrees
    assert PostalReading.objects.count() == 2


def test_a_paper_that_is_signed_by_another_or_sealed_for_another_is_refused():
    _, table = opened()
    right = table.sealed(0, 1, table.choices((0,)), "member")
    bobs = table.sealed(1, 1, table.choices((0,)), "member")
    second = table.sealed(0, 2, table.choices((0,)), "member")

    for wire, signature in [(right.wire, bobs.signature), (right.wire, second.signature),
                            (right.wire[:-1], right.signature)]:
        lie = Read("member", 1, 2, Kind.SEALED, wire, signature)
        refused = code_of_refusal(lambda lie=lie: table.hand_in(0, lie))
        assert refused == "reading.not-sealed-rightly"
    assert not table.hand_in(0, right).agrees


def test_a_paper_signed_with_a_key_that_the_board_does_not_name_is_refused():
    run, table = opened()
    ann = Teller.objects.filter(election=run.election, number=1)
    own, foreign = table.keys[0], key_of_secret(12345)

    def holds(key: VotingKey) -> None:
        table.keys[0] = key
        with no_triggers():
            ann.update(key=key.credential)

    holds(foreign)
    refused = code_of_refusal(lambda: table.read(0, 1, (0,)))
    holds(own)
    table.both_read(1, (0,))
    table.both_read(2, (0,))
    with no_triggers():
        ann.update(key=foreign.credential)
    table.account()

    assert refused == "reading.not-sealed-rightly"
    assert kinds(run).count("postal-paper") == 2


def sealed_under(table: Table, key: VotingKey, *, number: int, by: int) -> Read:
    """Paper `number`, read as a first preference for the first name, under a key of one's choice.

    The same key gives the same bytes, whoever hands it in.
    """
    place: dict[str, Any] = {"setting": setting_of(table.run.election), "section": "member"}
    contests = contest_codes(table.run.election)
    stream = hashlib.shake_256(key.credential).digest(4096)
    ballot = seal_ballot(table.choices((0,)), **place, contests=contests, key=key,
                         rng=io.BytesIO(stream).read)  # fmt: skip
    signature = sign_postal(ballot, number=number, **place, key=table.keys[by], rng=os.urandom)
    return Read("member", number, 2 - by, Kind.SEALED, ballot.to_bytes(), signature)


def test_a_paper_under_an_elector_s_key_is_refused_at_the_reading_and_can_be_read_again():
    run, table = opened()
    mine = voting_key(code_of(entries(run)[1]), election_id=run.election.public_id.bytes)
    nobodys = key_of_secret(12345)

    lie = sealed_under(table, mine, number=1, by=0)
    assert code_of_refusal(lambda: table.hand_in(0, lie)) == "post.copied"

    for who in (0, 1):
        table.hand_in(who, sealed_under(table, nobodys, number=1, by=who))
    table.both_read(2, (0,))
    table.account()
    verify_register(run.election_id, **run.by)


def test_a_paper_that_repeats_another_is_refused_at_the_reading_and_can_be_read_again():
    run, table = opened()
    key = key_of_secret(12345)
    for who in (0, 1):
        table.hand_in(who, sealed_under(table, key, number=1, by=who))

    for who in (0, 1):
        again = sealed_under(table, key, number=2, by=who)
        assert code_of_refusal(lambda again=again, who=who: table.hand_in(who, again)) == (
            "post.copied"
        )

    table.both_read(2, (0,))
    table.account()
    assert kinds(run).count("postal-paper") == 2


def test_a_tellers_page_takes_as_many_statements_for_two_papers_ruled_on_as_for_one() -> None:
    run, table = opened(received=2)
    ann = Teller.objects.get(election=run.election, number=1)

    def statements(ruled: int) -> int:
        table.hand_in(0, Read("member", ruled, 2, Kind.DOUBTFUL, doubt="uncertain"))
        rule_on_postal_paper(run.election_id, section="member", number=ruled,
                             rejected={"contest-1": "uncertain"}, agents=2, **run.by)
        with CaptureQueriesContext(connection) as made:
            assert len(waiting_for(run.election, ann)) == ruled
        return len(made)

    assert statements(1) == statements(2)


def test_a_sealed_reading_loads_the_readings_of_its_own_paper_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, table = opened(received=3)
    table.both_read(1, (0,))
    table.both_read(2, (1,))
    loaded: list[int] = []
    from_db = PostalReading.from_db

    def counted(db: str, names: Any, values: Any) -> PostalReading:
        row = from_db(db, names, values)
        loaded.append(row.number)
        return row

    monkeypatch.setattr(PostalReading, "from_db", counted)

    table.read(0, 3, (0,))

    assert loaded == [3]


def test_a_doubtful_paper_waits_for_a_ruling_and_is_then_read_again_and_rejected():
    run, table = opened()
    table.hand_in(0, Read("member", 1, 2, Kind.DOUBTFUL, doubt="uncertain"))
    assert code_of_refusal(lambda: table.read(1, 1, (0,))) == "reading.waits"

    rejected = {"contest-1": "uncertain"}
    rule_on_postal_paper(
        run.election_id, section="member", number=1, rejected=rejected, agents=2, **run.by
    )

    assert table.both_read(1, None).agrees
    table.both_read(2, (0,))
    table.account()
    assert content(run, "post")["rejected"] == [
        {"contest": "contest-1", "papers": 1, "reason": "uncertain"}
    ]


def test_nothing_is_ruled_on_that_nobody_doubts_nor_for_a_reason_that_is_none():
    run, table = opened()
    table.both_read(1, (0,))
    table.read(0, 2, (0,))
    table.read(1, 2, (1,))

    def rule(number: int, **rejected: str) -> Callable[[], Any]:
        told = {name.replace("_", "-"): why for name, why in rejected.items()}
        return lambda: rule_on_postal_paper(run.election_id, section="member", number=number,
                                     rejected=told, agents=0, **run.by)

    assert code_of_refusal(rule(1)) == "ruling.none-due"
    assert code_of_refusal(rule(2, contest_1="no reason")) == "ruling.malformed"
    assert code_of_refusal(rule(2, contest_9="unmarked")) == "ruling.malformed"
    rule(2)()


def test_a_paper_whose_second_teller_does_not_come_back_is_read_by_another_pair_after_a_ruling():
    run, table = polling()
    table.seat("Cy Moss")
    name_tellers(run.election_id, **run.by)
    (envelope,) = table.issue(0)
    table.receive(envelope)
    cast(run, entries(run)[1], (0, 1))
    close(run)
    table.open()
    table.read(0, 1, (0,))

    def with_cy(who: int, other: int) -> Callable[[], Any]:
        return lambda: table.hand_in(who, Read("member", 1, other, Kind.EMPTY))

    assert code_of_refusal(with_cy(2, 1)) == "reading.partner"
    rule_on_postal_paper(
        run.election_id, section="member", number=1, rejected={}, agents=0, **run.by
    )

    with_cy(0, 3)()
    assert with_cy(2, 1)().agrees


def test_a_paper_that_waits_for_its_second_teller_is_not_rejected_and_keeps_its_ruling():
    run, table = opened()
    table.read(0, 1, (0,))
    table.hand_in(0, Read("member", 2, 2, Kind.DOUBTFUL, doubt="uncertain"))
    uncertain = {"contest-1": "uncertain"}

    def rule(number: int, rejected: dict[str, str]) -> None:
        rule_on_postal_paper(run.election_id, section="member", number=number, rejected=rejected,
                             agents=0, **run.by)

    assert code_of_refusal(lambda: rule(1, uncertain)) == "ruling.one-teller"
    rule(2, uncertain)
    table.read(0, 2, None)
    rule(1, {})
    rule(2, {})

    told = PostalRuling.objects.order_by("pk").values_list("number", "turn", "rejected")
    assert list(told) == [(2, 1, uncertain), (1, 1, {}), (2, 2, uncertain)]


def test_no_paper_is_read_before_two_officers_have_opened_the_envelopes():
    run, table = polling()
    (envelope,) = table.issue(0)
    table.receive(envelope)
    close(run)

    assert code_of_refusal(lambda: table.read(0, 1, (0,))) == "post.not-opened"
    table.open()
    table.read(0, 1, (0,))
    assert code_of_refusal(table.open) == "post.opened"


def test_a_teller_keeps_the_key_that_they_made_first():
    run, _ = polling()
    teller = run.election.tellers.get(number=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        Teller.objects.filter(pk=teller.pk).update(key=bytes(32))

    Teller.objects.filter(pk=teller.pk).update(name="Ann Lee-Ray")
    assert bytes(run.election.tellers.get(number=1).key or b"") == bytes(teller.key or b"")
