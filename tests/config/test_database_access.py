"""The role of web and workers: it can do the work, and it cannot rewrite history."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg2.errors
import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction

from config.checks import check_role
from config.database_access import NoSuchRole, grant_access, owns_tables
from members import selectors, services
from members.models import Change, ImportBatch, Member, UndoneMember
from members.services import staging
from members.services.history import tell_history
from tests.members.factories import NOW, imported, people, person, previewed
from tests.members.one_of_everything import one_of_everything
from tests.members.undoing import undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def role() -> Iterator[str]:
    """A role of this test's own; it goes with the test's transaction."""
    name = f"work_{uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} LOGIN")
    yield name
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")


def refused(statement: str) -> bool:
    """Whether PostgreSQL denies this role the statement."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except Error as error:
        return isinstance(error.__cause__, psycopg2.errors.InsufficientPrivilege)
    return False


APPEND_ONLY = [
    "members_change", "members_verdict", "members_rollentry", "members_rolltotal",
    "members_eligibilityrules", "office_auditrecord", "ballot_entry", "ballot_sealedballot",
]  # fmt: skip


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_history_can_be_read_and_added_to_and_nothing_else(role: str, table: str) -> None:
    grant_access(role)
    become(role)

    assert not refused(f"SELECT count(*) FROM {table}")
    assert refused(f"UPDATE {table} SET id = id") or table == "members_verdict"
    assert refused(f"DELETE FROM {table}")
    assert refused(f"TRUNCATE {table} CASCADE")
    assert refused(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    assert refused(f"DROP TABLE {table} CASCADE")


KEPT = [
    "members_contactflag", "members_correctionrequest", "members_decision", "members_dryrun",
    "members_dryrunmove", "members_importbatch", "members_keptstanding", "members_pairsearch",
    "members_register", "members_roll", "office_approval", "office_dispatch", "office_job",
    "office_letter", "office_staffmember", "office_writtenauthority",
]  # fmt: skip


@pytest.mark.parametrize("table", KEPT)
def test_a_record_of_an_act_is_worked_on_and_not_deleted(role: str, table: str) -> None:
    key = "member_id" if table == "members_keptstanding" else "id"
    grant_access(role)
    become(role)

    assert not refused(f"UPDATE {table} SET {key} = {key} WHERE false")
    assert refused(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("DELETE FROM members_pair WHERE state <> 'open'", "DELETE FROM members_pair WHERE false"),
        ("UPDATE members_contactflag SET note = '' WHERE state <> 'open'",
         "UPDATE members_contactflag SET people = 7"),
        ("UPDATE members_correctionrequest SET answer = ''",
         "UPDATE members_correctionrequest SET answer = answer"),
        ("UPDATE members_correctionrequest SET wanted = ''",
         "UPDATE members_correctionrequest SET wanted = wanted"),
    ],
)  # fmt: skip
def test_what_somebody_said_of_a_pair_a_flag_or_a_correction_stays(
    statement: str, allowed: str
) -> None:
    one_of_everything()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(allowed)
    with pytest.raises(Error, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_the_work_deletes_is_made_from_other_rows_or_waits_for_an_answer(role: str) -> None:
    granted = grant_access(role)

    deletable = {table for table, rights in granted.items() if rights.endswith("DELETE")}
    assert {table for table in deletable if table.startswith(("members_", "office_"))} == {
        # Only while an import is undone, and with a record of each.
        "members_member",
        # A file, and what was refused of it: gone at the end of its time.
        "members_importpiece", "members_importtotal", "members_mendablerow", "members_refusedrow",
        # Pairs that nobody has decided.
        "members_pair",
        "members_ownpagelink", "members_rollenquiry",
        "members_searchdue", "members_searchrow", "members_searchword",
        "office_developmentmail", "office_staffmember_groups",
        # How fast letters went to a domain, which is of no moment a minute later.
        "office_domainpace",
    }  # fmt: skip


def test_every_table_with_an_append_only_trigger_is_closed_to_changes(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE '%append_only'"
        )
        guarded = {name for (name,) in cursor.fetchall()}

    granted = grant_access(role)

    assert guarded >= set(APPEND_ONLY)
    assert granted["members_memberreference"] == "SELECT"
    assert granted["members_amendment"] == "SELECT, INSERT, UPDATE (commitment)"
    assert {table for table, rights in granted.items() if rights == "SELECT, INSERT"} == (
        guarded - {"members_memberreference", "members_amendment"}
    )


def test_views_are_read_like_the_tables_beneath_them(role: str) -> None:
    granted = grant_access(role)
    become(role)

    assert granted["members_struckentry"] == "SELECT"
    assert not refused("SELECT count(*) FROM members_struckentry")


def test_the_work_goes_on_under_that_role_and_history_is_written(role: str) -> None:
    imported(person())
    grant_access(role)
    become(role)
    assert not owns_tables()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE members_member SET email = 'new@example.org'")

    assert Change.objects.get().after["email"] == "new@example.org"
    assert refused("DELETE FROM members_change")


def test_an_import_is_undone_under_that_role_and_whom_it_added_is_deleted(role: str) -> None:
    imported(person())
    batch = imported(person(email="new@example.org"), person(number="2"))
    grant_access(role)
    become(role)

    undone(batch)

    assert batch.state == "undone"
    assert list(Member.objects.values_list("number", "email")) == [
        ("0000123", "carys@example.org")
    ]  # fmt: skip
    tell_history(Change.Source.EDIT, by=None, now=NOW)
    kept = pytest.raises(Error, match="members are kept")
    with kept, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM members_member")


def test_what_refers_to_members_cannot_be_struck_out_to_delete_somebody_with_a_history(
    role: str,
) -> None:
    batch = imported(person(), person(number="2"))
    imported(person(email="new@example.org"), scope="part")
    grant_access(role)
    become(role)

    assert refused("DELETE FROM members_memberreference")
    assert refused("UPDATE members_memberreference SET kind = 'derived'")
    assert refused("INSERT INTO members_memberreference SELECT * FROM members_memberreference")
    with pytest.raises(Error, match="a row of members_change still refers"):
        pretend_to_undo(batch, "0000123")


def test_who_is_deleted_as_if_an_import_were_undone_stands_in_a_record_that_stays(
    role: str,
) -> None:
    batch = imported(person(), person(number="2"))
    deleted = Member.objects.get(number="2").pk
    grant_access(role)
    become(role)

    pretend_to_undo(batch, "2")

    assert not Member.objects.filter(pk=deleted).exists()
    (record,) = UndoneMember.objects.all()
    assert (record.member_key, record.number, record.batch) == (deleted, "2", batch)
    assert record.at.year > NOW.year
    assert refused("DELETE FROM members_undonemember")
    assert refused("UPDATE members_undonemember SET number = ''")


def pretend_to_undo(batch: ImportBatch, number: str) -> None:
    """Delete somebody whom an import added as a thief at work would, and set the import back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE members_importbatch SET state = 'undoing' WHERE id = %s", [batch.pk])
        tell_history(Change.Source.UNDO, by=None, now=NOW, batch_id=batch.pk)
        cursor.execute("DELETE FROM members_searchrow")
        cursor.execute("DELETE FROM members_member WHERE number = %s", [number])
        cursor.execute("UPDATE members_importbatch SET state = 'applied' WHERE id = %s", [batch.pk])


def test_no_temporary_table_takes_what_the_triggers_record(role: str) -> None:
    imported(person())
    grant_access(role)
    become(role)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE members_change (LIKE public.members_change)")
        cursor.execute("CREATE TEMP TABLE members_contactchange"
                       " (LIKE public.members_contactchange)")
        cursor.execute("UPDATE public.members_member SET email = 'new@example.org'")
        cursor.execute("SELECT (SELECT count(*) FROM public.members_change),"
                       " (SELECT count(*) FROM pg_temp.members_change),"
                       " (SELECT count(*) FROM public.members_contactchange)")
        assert cursor.fetchone() == (1, 0, 1)


def test_every_function_of_a_trigger_looks_in_public_before_temporary_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND (prorettype = 'trigger'::regtype OR prosecdef)"
        )
        found = dict(cursor.fetchall())

    assert {"members_keep_history", "office_refuse_change", "members_analyse"} <= set(found)
    assert {name for name, config in found.items()
            if config != ["search_path=public, pg_temp"]} == set()  # fmt: skip


def test_an_import_that_the_owner_staged_is_shown_applied_and_discarded_at_work(role: str) -> None:
    before = previewed(person(), person(number="2"))
    grant_access(role)
    after = previewed(person(), *people(3))
    become(role)

    assert len(selectors.differences.new_people(before)) == 2
    assert len(selectors.differences.new_people(after)) == 4
    services.discard_import(before.pk, by=None, now=NOW)
    services.request_apply(after.pk, by=None, now=NOW)
    services.apply_import(after.pk, now=NOW)

    assert Member.objects.count() == 4
    assert not staging.is_there(before.pk)
    assert not staging.is_there(after.pk)


def test_a_role_that_is_not_there_is_refused_with_what_to_run() -> None:
    with pytest.raises(NoSuchRole, match="CREATE ROLE nobody_here LOGIN"):
        grant_access("nobody_here")
    with pytest.raises(CommandError, match="GRANT nobody_here TO"):
        call_command("grant_access", "nobody_here")


def test_granting_twice_is_the_same_as_once(role: str) -> None:
    assert grant_access(role) == grant_access(role)


def test_a_worker_that_signs_in_as_the_owner_is_refused(role: str, settings: object) -> None:
    grant_access(role)
    settings.DEVELOPMENT = False  # type: ignore[attr-defined]

    (found,) = check_role()
    assert found.id == "hustings.E015"

    become(role)
    assert list(check_role()) == []
