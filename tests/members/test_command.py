"""The command that imports a list goes the way of the pages."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from members import selectors
from members.models import ImportBatch, Member, Roll
from tests.members.factories import frozen, imported, listing, people, person

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
