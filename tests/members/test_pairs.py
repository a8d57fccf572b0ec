"""People, not rows: pairs found in the list, decided by a person, and taken back."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from members import selectors, services
from members.models import Change, Member, Pair, PairSearch, Register
from members.services.history import change_member
from office.models import AuditRecord, Job
from office.refusal import Refusal
from office.selectors import live_jobs
from office.services.working import work_job
from tests.members.factories import NOW, imported, officers, person
from tests.members.pairing import THRICE, TWICE, merged, numbered, pair_of, searched, standing

pytestmark = pytest.mark.django_db


# --- the search --------------------------------------------------------------------------------


def test_two_records_of_one_person_wait_for_a_decision_and_nothing_is_merged() -> None:
    search = searched(*TWICE, person(number="9", given_name="Owain", date_of_birth="1977-07-17",
                                     joined_on="2010-01-01"))  # fmt: skip

    pair = Pair.objects.get()
    assert {pair.first.number, pair.second.number} == {"1", "2"}
    assert pair.state == Pair.State.OPEN
    assert (search.members_read, search.pairs_found) == (3, 1)
    assert not Member.objects.filter(merged_into__isnull=False).exists()


def test_a_search_run_twice_finds_each_pair_once() -> None:
    searched(*TWICE)
    found = Pair.objects.get()

    again = searched(is_whole=True)

    assert again.is_whole
    assert Pair.objects.get().pk == found.pk
    assert PairSearch.objects.count() == 2


def test_the_database_refuses_a_pair_twice_and_in_the_other_order() -> None:
    searched(*TWICE)
    pair = Pair.objects.get()
    again = {"score": 1, "levels": "33333333", "found_at": NOW}

    for first, second in ((pair.first, pair.second), (pair.second, pair.first)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pair.objects.create(first=first, second=second, **again)
    Pair.objects.all().delete()
    Pair.objects.create(first=pair.first, second=pair.second, **again)


def test_after_an_import_only_who_is_new_or_changed_is_looked_at() -> None:
    searched(*TWICE)
    pair = Pair.objects.get()
    Pair.objects.all().delete()

    search = searched(person(number="3", unit="", section="affiliated"), scope="part")

    assert (search.is_whole, search.members_fresh) == (False, 1)
    assert {(each.first.number, each.second.number) for each in Pair.objects.all()} == {
        ("1", "3"), ("2", "3"),
    }  # fmt: skip
    assert pair.pk not in Pair.objects.values_list("pk", flat=True)


def test_where_nothing_is_new_there_is_nothing_to_search() -> None:
    search = searched(*TWICE)

    assert services.find_pairs(by=None, now=NOW) == search
    assert PairSearch.objects.count() == 1


def test_an_applied_import_has_the_search_begun_in_the_background() -> None:
    imported(*TWICE)
    (job,) = live_jobs(subject=("members", "pairs"))
    assert not Pair.objects.exists()

    work_job(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert Pair.objects.count() == 1
    assert not selectors.pairs.is_behind()


def test_a_pair_that_is_no_longer_alike_leaves_the_queue() -> None:
    searched(*TWICE)
    member = numbered("2")
    change_member(
        member.pk,
        fields={"given_name": "Owain", "family_name": "Quayle", "date_of_birth": None,
                "email": "o@example.org", "postcode": "VX1 1AB", "address_1": "1 Mill"},
        source=Change.Source.EDIT, by=None, now=NOW,
    )  # fmt: skip

    searched()

    assert not Pair.objects.exists()


def test_somebody_who_has_left_the_list_is_no_question_and_is_again_when_back() -> None:
    searched(*TWICE)

    searched(TWICE[0])
    gone = Pair.objects.count()
    searched(*TWICE)

    assert gone == 0
    assert Pair.objects.count() == 1


def test_decided_not_the_same_it_stays_so_until_the_two_are_liker() -> None:
    searched(*(TWICE[0], {**TWICE[1], "email": "other@example.org", "postcode": "VX1 1AB"}))
    pair = Pair.objects.get()
    services.settle_different(pair.pk, by=None, now=NOW, reason="Mother and daughter")

    searched(is_whole=True)
    pair.refresh_from_db()
    unchanged = pair.state
    _change("2", joined_on=None, postcode="ZY9 9ZZ")
    searched(is_whole=True)
    pair.refresh_from_db()
    no_liker = pair.state
    _change("2", email="carys@example.org")
    searched()
    pair.refresh_from_db()

    assert (unchanged, no_liker) == (Pair.State.DIFFERENT, Pair.State.DIFFERENT)
    assert pair.state == Pair.State.OPEN
    assert pair.returned_at == NOW
    assert pair.reason == "Mother and daughter"


def test_a_pair_that_came_back_and_parts_again_is_as_it_was_decided() -> None:
    searched(*(TWICE[0], {**TWICE[1], "email": "other@example.org", "postcode": "VX1 1AB"}))
    pair = Pair.objects.get()
    services.settle_different(pair.pk, by=None, now=NOW)
    _change("2", email="carys@example.org")
    searched()

    _change("2", given_name="Owain", family_name="Quayle", date_of_birth=None, postcode="")
    searched()

    pair.refresh_from_db()
    assert (pair.state, pair.returned_at) == (Pair.State.DIFFERENT, None)


def _change(number: str, **fields: object) -> None:
    change_member(
        numbered(number).pk, fields=fields, source=Change.Source.EDIT, by=None, now=NOW
    )


# --- one person --------------------------------------------------------------------------------


def test_a_merge_names_who_stands_and_overwrites_nothing() -> None:
    searched(*TWICE)
    was = {m.pk: (m.name_key, m.unit_id, m.email, m.is_listed) for m in Member.objects.all()}
    version = Register.objects.get().version
    by, _ = officers()
    pair = pair_of("1", "2")

    services.settle_same(pair.pk, keep=numbered("2").pk, by=by, now=NOW, reason="Moved in May")

    assert standing() == {"1": "2", "2": "2"}
    assert {m.pk: (m.name_key, m.unit_id, m.email, m.is_listed)
            for m in Member.objects.all()} == was  # fmt: skip
    change = Change.objects.get(member=numbered("1"))
    assert (change.source, change.by_id, change.reason) == ("merge", by, "Moved in May")
    assert change.after == {"merged_into_id": numbered("2").pk}
    assert Register.objects.get().version == version + 1
    assert AuditRecord.objects.filter(act="settle_same", by=by).count() == 1


def test_merged_records_are_no_candidates_any_more() -> None:
    searched(*TWICE)
    merged("1", "2", keep="1")

    searched(is_whole=True)

    assert list(Pair.objects.values_list("state", flat=True)) == ["same"]


def test_a_is_b_and_b_is_c_make_one_person_and_the_rest_follows() -> None:
    searched(*THRICE)
    merged("2", "3", keep="2")

    merged("1", "2", keep="1")

    assert standing() == {"1": "1", "2": "1", "3": "1"}
    follows = pair_of("1", "3")
    assert (follows.state, follows.is_implied) == (Pair.State.SAME, True)
    assert selectors.pairs.pairs_waiting() == 0


def test_the_record_that_was_merged_may_stand_for_all() -> None:
    searched(*THRICE)
    merged("1", "2", keep="1")

    pair = pair_of("2", "3")
    assert pair.state == Pair.State.OPEN
    services.settle_same(pair.pk, keep=numbered("3").pk, by=None, now=NOW)

    assert standing() == {"1": "3", "2": "3", "3": "3"}


def test_a_merge_that_contradicts_a_decision_is_refused() -> None:
    searched(*THRICE)
    services.settle_different(pair_of("1", "3").pk, by=None, now=NOW)
    merged("1", "2", keep="1")

    with pytest.raises(Refusal) as refused:
        services.settle_same(pair_of("2", "3").pk, keep=numbered("2").pk, by=None, now=NOW)

    assert refused.value.code == "pair.contradicts"
    assert standing() == {"1": "1", "2": "1", "3": "3"}


def test_only_one_of_the_two_can_stand() -> None:
    searched(*TWICE, person(number="9", given_name="Owain", family_name="Quayle"))
    pair = pair_of("1", "2")

    with pytest.raises(Refusal) as refused:
        services.settle_same(pair.pk, keep=numbered("9").pk, by=None, now=NOW)

    assert refused.value.code == "pair.keep"
    services.settle_same(pair.pk, keep=numbered("1").pk, by=None, now=NOW)


def test_deciding_twice_is_no_error_and_deciding_otherwise_is() -> None:
    searched(*TWICE)
    pair = merged("1", "2", keep="1")
    changes = Change.objects.count()

    services.settle_same(pair.pk, keep=numbered("1").pk, by=None, now=NOW)
    with pytest.raises(Refusal) as refused:
        services.settle_different(pair.pk, by=None, now=NOW)

    assert refused.value.code == "pair.decided"
    assert Change.objects.count() == changes
    with pytest.raises(Refusal) as unknown:
        services.settle_different(0, by=None, now=NOW)
    assert unknown.value.code == "pair.unknown"
