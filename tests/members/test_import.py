"""An import is previewed, then applied whole or not at all, and applied again changes nothing."""

from __future__ import annotations

import pytest

from members import services
from members.models import ImportBatch, ImportPiece, Member, RefusedRow, Register, Unit
from members.services import changing, staging
from office.refusal import Refusal
from office.selectors import live_jobs
from tests.members.factories import (
    NOW,
    imported,
    listing,
    people,
    person,
    previewed,
    section,
    the_list,
    uploaded,
)
from tests.members.importing import counts, service, troubles

pytestmark = pytest.mark.django_db


# --- applying ----------------------------------------------------------------------------------


def test_what_was_previewed_is_what_applying_does() -> None:
    imported(person(), *people(3))

    batch = imported(person(email="new@example.org"), *people(2), person(number="9", unit="Deep"))

    assert batch.state == "applied"
    assert counts(batch) == {
        "rows_new": 1, "rows_changed": 1, "rows_unchanged": 2, "members_gone": 1,
    }  # fmt: skip
    by_number = {member.number: member for member in Member.objects.select_related("unit")}
    assert by_number["0000123"].email == "new@example.org"
    assert by_number["9"].unit is not None
    assert by_number["9"].unit.name == "Deep"
    assert not by_number["1002"].is_listed
    assert by_number["1001"].is_listed


@pytest.mark.parametrize("letter", ["&", "æ", "ß", "½", "\ufdfa", "\ufdfa\u3300\ufdfb\u3301"])
def test_a_name_whose_normal_form_is_longer_than_it_is_applied_like_any_other(
    letter: str,
) -> None:
    name = (letter * 120)[:120]
    row = person(unit=name, family_name=name[:100], given_name=name[:100])

    batch = imported(row, person(number="9"))

    assert counts(batch) == {"rows_new": 2}
    assert Member.objects.get(number="0000123").unit.name == name  # type: ignore[union-attr]


def test_the_same_list_again_changes_nothing() -> None:
    rows = [person(), *people(20), person(number="?"), person(number="9", unit="")]
    imported(*rows)
    before = the_list()

    batch = imported(*rows)

    assert counts(batch) == {"rows_unchanged": 22, "rows_refused": 1}
    assert the_list() == before


def test_applying_twice_is_applying_once() -> None:
    batch = imported(person())
    version = Register.objects.get().version

    services.request_apply(batch.pk, by=None, now=NOW)
    services.apply_import(batch.pk, now=NOW)

    assert Register.objects.get().version == version
    assert Member.objects.count() == 1


def test_asking_twice_opens_one_job() -> None:
    batch = previewed(person())

    for _ in range(2):
        services.request_apply(batch.pk, by=None, now=NOW)

    jobs = live_jobs(subject=("import", str(batch.pk)))
    assert [job.kind for job in jobs if job.kind == "apply_import"] == ["apply_import"]


def test_an_application_that_fails_half_way_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported(person(), *people(2))
    batch = previewed(person(email="new@example.org"), person(number="9", unit="Deep"))
    services.request_apply(batch.pk, by=None, now=NOW)
    before, units, version = the_list(), Unit.objects.count(), Register.objects.get().version

    def fall(batch: ImportBatch) -> int:
        assert Member.objects.filter(number="9").exists()
        raise ConnectionError("the worker is gone")

    with monkeypatch.context() as patched:
        patched.setattr(changing, "unlist_gone", fall)
        with pytest.raises(ConnectionError):
            services.apply_import(batch.pk, now=NOW)

    assert the_list() == before
    assert (Unit.objects.count(), Register.objects.get().version) == (units, version)
    batch.refresh_from_db()
    assert batch.state == "applying"

    services.apply_import(batch.pk, now=NOW)
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert Member.objects.get(number="9").is_listed


def test_a_reading_that_was_cut_short_begins_again() -> None:
    batch_id = uploaded(listing(person(), person(number="?")))
    ImportBatch.objects.filter(pk=batch_id).update(state="reading")
    staging.make(batch_id)
    RefusedRow.objects.create(batch_id=batch_id, line=3, column="number", trouble="too_long")

    services.preview_import(batch_id, now=NOW)

    batch = ImportBatch.objects.get()
    assert counts(batch) == {"rows_new": 1, "rows_refused": 1}
    assert troubles(batch) == [(3, "number", "number_malformed")]


def test_a_preview_of_a_list_that_has_changed_since_is_made_again() -> None:
    stale = previewed(person(email="new@example.org"))
    imported(person())
    services.request_apply(stale.pk, by=None, now=NOW)

    with pytest.raises(Refusal) as refusal:
        services.apply_import(stale.pk, now=NOW)

    stale.refresh_from_db()
    assert refusal.value.code == "import.stale"
    assert stale.state == "uploaded"
    assert Member.objects.get().email == "carys@example.org"

    services.preview_import(stale.pk, now=NOW)
    stale.refresh_from_db()
    assert counts(stale) == {"rows_changed": 1}
    services.request_apply(stale.pk, by=None, now=NOW)
    services.apply_import(stale.pk, now=NOW)
    assert Member.objects.get().email == "new@example.org"


def test_an_import_that_was_settled_meanwhile_is_not_compared_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = previewed(person())
    services.request_apply(batch.pk, by=None, now=NOW)

    def overtaken(*args: object, **named: object) -> None:
        ImportBatch.objects.filter(pk=batch.pk).update(state="applied")
        raise service("apply_import")._Stale

    monkeypatch.setattr(service("apply_import"), "_apply", overtaken)
    with pytest.raises(Refusal):
        services.apply_import(batch.pk, now=NOW)

    batch.refresh_from_db()
    assert batch.state == "applied"


def test_staged_rows_that_a_fall_of_the_database_emptied_are_read_again() -> None:
    for empty in ("TRUNCATE {staged}", "DROP TABLE {staged}"):
        batch = previewed(person())
        services.request_apply(batch.pk, by=None, now=NOW)
        staging.run(empty, batch.pk)

        with pytest.raises(Refusal) as refusal:
            services.apply_import(batch.pk, now=NOW)

        assert refusal.value.code == "import.stale"
        services.preview_import(batch.pk, now=NOW)
        batch.refresh_from_db()
        assert batch.state == "previewed"


def test_an_applied_import_keeps_its_hash_and_its_file_and_not_its_staged_rows() -> None:
    batch = imported(person(), person(number="?"))

    assert len(batch.sha256) == 64
    assert ImportPiece.objects.exists()
    assert not staging.is_there(batch.pk)
    assert RefusedRow.objects.count() == 1


def test_only_a_previewed_import_can_be_applied() -> None:
    waiting = uploaded(listing(person()))
    discarded = previewed(person())
    services.discard_import(discarded.pk, by=None, now=NOW)

    for batch_id in (waiting, discarded.pk):
        with pytest.raises(Refusal) as refusal:
            services.request_apply(batch_id, by=None, now=NOW)
        assert refusal.value.code == "import.not-previewed"
    with pytest.raises(Refusal) as refusal:
        services.apply_import(waiting, now=NOW)
    assert refusal.value.code == "import.not-previewed"
    with pytest.raises(Refusal) as refusal:
        services.request_apply(0, by=None, now=NOW)
    assert refusal.value.code == "import.unknown"
    assert not Member.objects.exists()


# --- who is gone -------------------------------------------------------------------------------


def test_somebody_gone_is_marked_and_comes_back_with_a_later_list() -> None:
    imported(person(), *people(1))
    imported(*people(1))
    assert not Member.objects.get(number="0000123").is_listed

    batch = imported(person(), *people(1))

    assert counts(batch) == {"rows_changed": 1, "rows_unchanged": 1}
    assert Member.objects.get(number="0000123").is_listed


def test_somebody_whose_row_is_refused_is_not_gone() -> None:
    imported(person(), *people(1))

    batch = imported(person(joined_on="1/2/14"), *people(1))

    assert counts(batch) == {"rows_unchanged": 1, "rows_refused": 1}
    assert Member.objects.get(number="0000123").is_listed


def test_a_list_of_some_people_makes_nobody_gone() -> None:
    imported(person(), *people(2))

    batch = imported(person(number="9"), scope="part")

    assert counts(batch) == {"rows_new": 1}
    assert Member.objects.filter(is_listed=True).count() == 4


def test_a_list_of_one_section_makes_only_its_own_people_gone() -> None:
    imported(person(), person(number="1", section="affiliated"),
             person(number="2", section="affiliated"))  # fmt: skip

    batch = imported(
        person(number="1", section="affiliated"), scope="section",
        section_id=section("affiliated"),
    )  # fmt: skip

    assert counts(batch) == {"rows_unchanged": 1, "members_gone": 1}
    assert not Member.objects.get(number="2").is_listed
    assert Member.objects.get(number="0000123").is_listed
