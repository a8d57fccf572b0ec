"""What the board fixed is what is used: a changed table is found before anything rests on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from ballot.models import (
    BlobChunk,
    Box,
    Candidate,
    Contest,
    Count,
    Credential,
    DrawnLot,
    Profile,
    ProfileLine,
    SealedBallot,
    TurnoutCount,
)
from ballot.services.as_published import require_keys_as_published
from ballot.services.count_papers import count_papers, record_lot
from ballot.services.declare import declare
from ballot.services.reissue_code import PURPOSE as AGAIN
from ballot.services.reissue_code import confirm_reissue, reissue_code
from ballot.services.verify_register import verify_register
from members.models import RollEntry, Section
from office.refusal import Refusal
from tests.ballot.factories import (
    WITNESSES,
    Run,
    bring,
    cast,
    cast_wire,
    content,
    election,
    entries,
    key_of_elector,
    no_triggers,
    now,
    sealed,
)

pytestmark = pytest.mark.django_db


def refused(run: Run) -> str:
    with pytest.raises(Refusal) as why, transaction.atomic():
        verify_register(run.election_id, **run.by)
    return why.value.code


def swap_names(run: Run) -> None:
    one, two = run.contest.candidates.order_by("position")[:2]
    Candidate.objects.filter(pk=one.pk).update(position=None)
    Candidate.objects.filter(pk=two.pk).update(position=one.position)
    Candidate.objects.filter(pk=one.pk).update(position=two.position)


def test_names_that_changed_places_after_the_opening_are_found() -> None:
    run = election(at="closed")
    swap_names(run)
    found = refused(run)

    swap_names(run)
    verify_register(run.election_id, **run.by)

    assert found == "paper.not-as-opened"
    assert run.state == "verified"


def test_a_rule_that_changed_before_the_count_is_found() -> None:
    run = election(at="opened")
    Contest.objects.filter(pk=run.contest.pk).update(tie_rule="lot")

    with pytest.raises(Refusal) as why, transaction.atomic():
        count_papers(run.election_id, **run.by)
    Contest.objects.filter(pk=run.contest.pk).update(tie_rule="earlier-stages-then-lot")
    count_papers(run.election_id, **run.by)

    assert why.value.code == "paper.not-as-opened"
    assert run.state == "counted"


def swap_papers(run: Run) -> None:
    few, many = ProfileLine.objects.order_by("papers")[:1], ProfileLine.objects.order_by("-papers")
    one, two = few[0], many[0]
    assert one.papers != two.papers
    ProfileLine.objects.filter(pk=one.pk).update(papers=two.papers)
    ProfileLine.objects.filter(pk=two.pk).update(papers=one.papers)


def reject_one_more(run: Run) -> None:
    Profile.objects.update(papers_rejected=1)


def swap_labels(run: Run) -> None:
    one, two = run.contest.boxes.order_by("number")
    Box.objects.filter(pk=one.pk).update(label=two.label)
    Box.objects.filter(pk=two.pk).update(label=one.label)


def swap_sections(run: Run) -> None:
    one, two = run.contest.boxes.order_by("number")
    first, second = list(one.sections.all()), list(two.sections.all())
    one.sections.set(second)
    two.sections.set(first)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (swap_papers, "profile.not-as-opened"),
        (reject_one_more, "profile.not-as-opened"),
        (swap_labels, "box.not-as-fixed"),
        (swap_sections, "box.not-as-fixed"),
    ],
)
def test_opened_papers_that_changed_before_the_count_are_found(
    change: Callable[[Run], None], code: str
) -> None:
    run = election(at="opened", sections=("member", "affiliated"),
                   rankings=((0,), (0,), (0,), (1,), (0,), (2,), (0,)))

    with pytest.raises(Refusal) as why, transaction.atomic():
        with no_triggers():
            change(run)
        count_papers(run.election_id, **run.by)
    count_papers(run.election_id, **run.by)

    assert why.value.code == code
    assert run.state == "counted"


def test_a_lot_that_is_not_the_one_drawn_in_public_is_found() -> None:
    run = election(at="opened", candidates=("Ash Amin", "Birch Bell"),
                   rankings=((0,), (0,), (1,), (1,)))
    with pytest.raises(Refusal) as forged, transaction.atomic():
        DrawnLot.objects.create(contest=run.contest, drawn=[1, 0], among=[0, 1])
        count_papers(run.election_id, **run.by)
    record_lot(run.contest.pk, drawn=[0, 1], among=[0, 1], witnesses=WITNESSES, **run.by)
    with pytest.raises(Refusal) as turned, transaction.atomic():
        with no_triggers():
            DrawnLot.objects.update(drawn=[1, 0])
        count_papers(run.election_id, **run.by)

    count_papers(run.election_id, **run.by)

    assert {forged.value.code, turned.value.code} == {"lot.not-as-drawn"}
    assert Count.objects.get().sheet["elected"] == ["Birch Bell"]


def test_a_count_that_changed_before_the_declaration_is_found() -> None:
    run = election(at="counted")
    sheet = Count.objects.get().sheet

    with pytest.raises(Refusal) as why, transaction.atomic():
        with no_triggers():
            Count.objects.update(sheet=sheet | {"elected": ["Birch Bell"]})
        declare(run.election_id, **run.by_two)
    declare(run.election_id, **run.by_two)

    assert why.value.code == "count.not-as-published"
    assert content(run, "declaration")["contests"][0]["elected"] == ["Ash Amin"]


def test_a_ballot_under_a_key_that_the_board_does_not_name_is_found() -> None:
    run = election(at="closed")
    require_keys_as_published(run.election)
    credential = Credential.objects.filter(election=run.election).order_by("pk")[0]
    key = bytes(credential.public_key)
    with no_triggers():
        Credential.objects.filter(pk=credential.pk).update(
            public_key=bytes([key[0] ^ 1]) + key[1:]
        )

    with pytest.raises(Refusal) as why:
        require_keys_as_published(run.election)

    assert why.value.code == "register.key-not-published"


def test_published_keys_that_are_no_longer_the_boards_are_found() -> None:
    run = election(at="closed", sections=("member", "affiliated"))
    require_keys_as_published(run.election)
    keys = content(run, "credentials")["sections"][0]["keys"]["sha256"]

    with pytest.raises(Refusal) as why, transaction.atomic():
        with no_triggers():
            BlobChunk.objects.filter(blob__sha256=bytes.fromhex(keys)).update(content=bytes(128))
        require_keys_as_published(run.election)

    assert why.value.code == "blob.not-as-named"


def test_a_ballot_under_a_key_of_another_section_or_a_revoked_one_is_found() -> None:
    run = election(at="polling", electors=8, sections=("member", "affiliated"))
    first = entries(run)[0]
    reissue_code(run.election_id, recipient=first.public_id, **run.by)
    fresh = key_of_elector(run, first, purpose=AGAIN)
    confirm_reissue(run.election_id, credential=fresh.credential, now=now())
    cast_wire(run, sealed(run, first, (0,), key=fresh))
    cast(run, entries(run)[1], (0,))
    require_keys_as_published(run.election)
    old = Credential.objects.get(roll_entry=first, attempt=1)

    with pytest.raises(Refusal, match="2 ballots") as why, transaction.atomic():
        with no_triggers():
            SealedBallot.objects.filter(credential__roll_entry=first).update(credential=old)
            RollEntry.objects.filter(pk=entries(run)[1].pk).update(section=first.section)
        require_keys_as_published(run.election)

    assert why.value.code == "register.key-not-published"


@pytest.mark.tables_owner
def test_the_database_refuses_another_key_for_a_credential() -> None:
    run = election(at="coded")
    credential = Credential.objects.filter(election=run.election).order_by("pk")[0]

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Credential.objects.filter(pk=credential.pk).update(public_key=bytes(32))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        credential.delete()
    Credential.objects.filter(pk=credential.pk).update(force="revoked")

    credential.refresh_from_db()
    assert credential.force == "revoked"


def test_a_roll_that_changed_after_the_freeze_is_found() -> None:
    run = election(at="closed")
    entry = RollEntry.objects.filter(roll=run.election.roll_id).order_by("pk")[0]
    with no_triggers():
        RollEntry.objects.filter(pk=entry.pk).update(email="somebody.else@example.org")
    found = refused(run)
    with no_triggers():
        RollEntry.objects.filter(pk=entry.pk).update(email=entry.email)

    verify_register(run.election_id, **run.by)

    assert found == "roll.not-as-frozen"
    assert run.state == "verified"


def test_the_declared_turnout_is_counted_from_the_ballots_and_not_from_the_counters() -> None:
    run = election(at="counted")
    TurnoutCount.objects.filter(election=run.election).update(ballots=1)

    declare(run.election_id, **run.by_two)

    told = content(run, "declaration")["sections"]
    assert sum(section["ballots"] for section in told) == 7


def test_sections_with_long_names_are_pooled_in_one_box_and_counted() -> None:
    codes = ("member", "affiliated", "registered", "youth")
    run = election(at="closed", sections=codes, smallest_box=50)
    for section in Section.objects.all():
        Section.objects.filter(pk=section.pk).update(name=f"{section.code} " + "x" * 45)

    bring(run, to="counted")

    label = run.contest.boxes.get().label
    assert len(label) < 200 and label.endswith(" and 1 more")
    assert [one["name"] for one in run.contest.count.sheet["sections"]] == [label]
    assert run.contest.count.sheet["sums_agree"]
