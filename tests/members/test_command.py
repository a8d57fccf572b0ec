"""The command that imports a list goes the way of the pages."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from members import selectors
from members.models import AccessRequest, ImportBatch, LookUp, Member, Roll
from office.permissions import Role
from tests.members.factories import (
    frozen,
    imported,
    listing,
    people,
    person,
    previewed,
    rules,
)
from tests.office.factories import officer, staff

pytestmark = pytest.mark.django_db


def run(file: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_members", str(file), *options, stdout=out)
    return out.getvalue()


def test_a_list_is_previewed_and_only_applied_when_asked(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(listing(person(), person(number="?")))

    said = run(file)
    assert "1 new" in said
    assert "line 3, number" in said
    assert "Nothing has changed." in said
    assert not Member.objects.exists()

    assert "1 person is on the list now" in run(file, "--apply")
    assert Member.objects.count() == 1


def test_the_list_of_one_section_needs_its_code(tmp_path: Path) -> None:
    imported(*people(2))
    file = tmp_path / "list.csv"
    file.write_bytes(listing(person(section="affiliated")))

    run(file, "--scope", "section", "--section", "affiliated")
    with pytest.raises(CommandError, match="Say whether"):
        run(file, "--scope", "section")
    with pytest.raises(CommandError, match="no section friends"):
        run(file, "--scope", "section", "--section", "friends")

    assert ImportBatch.objects.latest("pk").members_gone == 0


def test_a_file_that_is_not_there_or_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no file"):
        run(tmp_path / "none.csv")
    (tmp_path / "bad.csv").write_bytes(b"Dear all\n")
    with pytest.raises(CommandError, match="name the columns"):
        run(tmp_path / "bad.csv")


def test_the_sample_list_has_about_five_hundred_electors_and_some_of_every_other_kind() -> None:
    run(settings.BASE_DIR / "demonstration" / "sample-members.csv", "--apply")

    batch = ImportBatch.objects.get()
    roll = Roll.objects.get(
        pk=frozen(joined_by="2026-05-27", minimum_age=14, age_on="2026-11-23",
                  sections=["member", "affiliated", "registered"])
    )  # fmt: skip
    assert (batch.rows_new, batch.rows_refused) == (534, 16)
    assert 480 < roll.electors < 520
    assert len(selectors.rolls.roll_figures(roll.pk).reasons) >= 4


def test_a_list_that_takes_two_people_waits_on_the_desk_and_the_command_says_why(
    tmp_path: Path,
) -> None:
    imported(person(), *people(2))
    file = tmp_path / "list.csv"
    file.write_bytes(listing(person(standing="excluded"), *people(2)))

    with pytest.raises(CommandError, match="suspends or excludes one person"):
        run(file, "--apply")

    assert ImportBatch.objects.latest("pk").state == ImportBatch.State.PREVIEWED
    assert not Member.objects.filter(standing="excluded").exists()


# --- what one person may do, or the server ------------------------------------------------------


def said_by(command: str, *given: str) -> str:
    out = io.StringIO()
    call_command(command, *given, stdout=out)
    return out.getvalue()


def test_an_import_is_undone_or_it_is_said_what_stands_in_the_way() -> None:
    imported(person())
    batch = imported(person(email="new@example.org"))
    later = imported(person(email="newer@example.org"))

    with pytest.raises(CommandError, match="later acts depend on it"):
        said_by("undo_import", str(batch.pk))
    assert "is undone" in said_by("undo_import", str(later.pk))
    assert "is undone" in said_by("undo_import", str(batch.pk))

    assert Member.objects.get().email == "carys@example.org"
    with pytest.raises(CommandError, match="no such import"):
        said_by("undo_import", "999999")


def test_an_import_that_waits_is_discarded_and_an_applied_one_is_not() -> None:
    applied, waiting = imported(person()), previewed(person(number="2"))

    assert "The membership list is as it was" in said_by("discard_import", str(waiting.pk))
    with pytest.raises(CommandError, match="was applied"):
        said_by("discard_import", str(applied.pk))

    waiting.refresh_from_db()
    assert waiting.state == "discarded"


def test_rules_are_tried_and_the_figures_printed() -> None:
    imported(person(), person(number="2", joined_on="2016-06-01"))
    rules(joined_by="2016-12-31")
    rules(joined_by="2016-01-12")

    said = said_by("dry_run", "Leadership 2016")

    assert "1 electors of 2 records" in said
    assert "beside the version before: 0 in, 1 out" in said
    assert "2 electors of 2 records" in said_by("dry_run", "Leadership 2016", "1")
    with pytest.raises(CommandError, match="no such rules"):
        said_by("dry_run", "Chair 2016")


def test_the_changes_are_looked_through_for_patterns() -> None:
    imported(person())
    with connection.cursor() as cursor:
        # As somebody with a database client does it: nobody said who acts.
        cursor.execute("SELECT set_config('hustings.act', '', true)")
        cursor.execute("UPDATE members_member SET email = 'by-hand@example.org'")

    assert "New flags: 1. Flags to be looked at on the desk: 1." in said_by("flag_contacts")
    assert "New flags: 0" in said_by("flag_contacts")


def test_what_is_held_of_a_person_is_written_for_one_pair_of_eyes(tmp_path: Path) -> None:
    imported(person())
    keeper, watcher = officer(), staff(Role.OBSERVER)
    file = tmp_path / "answer.zip"
    given = (str(file), "--proof", "document", "--by")

    for number, by, why in (("0000123", watcher.email, "may take"), ("9", keeper.email, "Nobody")):
        with pytest.raises(CommandError, match=why):
            said_by("subject_access", number, *given, by)
    assert not AccessRequest.objects.exists()
    said_by("subject_access", "0000123", *given, keeper.email)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "what-is-held.json" in zipfile.ZipFile(file).namelist()
    assert AccessRequest.objects.get().requested_by == keeper
    assert LookUp.objects.get().kind == "access"
    with pytest.raises(CommandError, match="cannot be written"):
        said_by("subject_access", "0000123", *given, keeper.email)
    assert AccessRequest.objects.count() == 1
