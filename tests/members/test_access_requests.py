"""Subject access: everything held about one person, and never the vote."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse

from members import services
from members.models import AccessRequest, LookUp, Member
from members.selectors.held import GATHERED, LEFT_OUT, TABLES
from members.services.delete_the_gone import references_to
from office.models import AuditRecord, Dispatch, Letter, PrintBatch
from office.permissions import Role
from office.purposes import known_purposes
from office.refusal import Refusal
from office.selectors import live_jobs
from office.services.working import work_job
from tests.config.test_data_protection import fields
from tests.members.factories import NOW, frozen, imported, officers, person
from tests.members.one_of_everything import NUMBER, WORDS, one_of_everything
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


def requested(**given: object) -> int:
    values = {"asked_on": NOW.date(), "proof": "document", "note": "", "by": officer().pk,
              "now": NOW, **given}  # fmt: skip
    member = values.pop("member", None) or Member.objects.order_by("pk")[0].pk
    return services.request_access(member, **values)  # type: ignore[arg-type]


def made(**given: object) -> int:
    request = requested(**given)
    (job,) = live_jobs(subject=("access request", str(request)))
    work_job(job.pk)
    return request


def unpacked(content: bytes) -> tuple[str, dict[str, list[dict[str, str]]]]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    held = json.loads(archive.read("what-is-held.json"))["held"]
    return archive.read("what-is-held.html").decode(), held


def test_every_table_that_names_a_member_is_in_the_file_or_left_out_with_a_reason() -> None:
    of_members = {column.model for column in references_to(Member)} - {Member}
    of_those = {column.model for model in of_members for column in references_to(model)}
    walked = {model._meta.label for model in of_members | of_those}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'member_id'"
            " AND table_schema = 'public'"
        )
        tables = {name for (name,) in cursor.fetchall()}
    by_key = {table.label for table in TABLES if table.key == "pk"} - {"members.Member"}
    reached_onwards = {"members.Amendment"}

    assert len(of_members) >= 14
    assert {"members.Appeal", "members.ContactDispute", "ballot.RegisterMark"} <= walked
    assert by_key - reached_onwards | set(LEFT_OUT) & walked == walked
    assert tables <= {model._meta.db_table for model in of_members}
    assert all(LEFT_OUT.values())


def test_every_table_with_personal_data_is_in_the_file_or_left_out_with_a_reason() -> None:
    personal = {f"members.{table}" for table, _ in fields(4)}
    given = {table.label for table in TABLES} | set(GATHERED)

    assert len(personal) > 25
    assert {"members.MendableRow", "members.ImportPiece"} <= personal
    assert personal - given - set(LEFT_OUT) == set()
    assert given & set(LEFT_OUT) == set()


def test_of_a_person_of_whom_every_table_holds_something_every_table_is_given() -> None:
    member, _ = one_of_everything()

    page, held = unpacked(services.take_access_file(made(member=member.pk), by=officer().pk,
                                                    now=NOW)[1])  # fmt: skip

    empty = {words for words, rows in held.items() if not rows}
    assert empty == set()
    assert "Redpoll" in page
    (refused,) = held["Rows of imported lists that were refused, as they stood"]
    assert (refused["number"], refused["standing"]) == (NUMBER, "unheard")
    acts = {row["act"] for row in held["The audit trail"]}
    assert acts >= {"propose_standing", "decide_standing", "lodge_appeal", "decide_appeal",
                    "ask_correction", "settle_correction", "record_contact_dispute",
                    "look_at_flag", "settle_same", "request_access"}  # fmt: skip
    assert "Not here: imported files, because nobody can take" in page
    assert "write me at Dunnock House" in page
    for words_of_others in (WORDS["evidence"], WORDS["grounds"], WORDS["note"]):
        assert words_of_others not in page + json.dumps(held, ensure_ascii=False)
    assert "Not given here: “evidence”, because these words may speak of other people" in page
    assert not any("token hash" in row for row in held["Links to their own page that still work"])


def test_of_a_letter_it_is_told_whether_it_was_printed_and_what_was_heard_of_it() -> None:
    imported(person())
    member = Member.objects.get()
    by, seconded_by = officers()
    dispatch = Dispatch.objects.create(purpose=known_purposes()[0], reference=uuid4())
    batch = PrintBatch.objects.create(
        dispatch=dispatch, size=1, ordered_by_id=by, seconded_by_id=seconded_by, ordered_at=NOW
    )
    for attempt, fate in enumerate((
        {"delivery": "bounced", "delivery_at": NOW, "return_settled": True},
        {"print_batch": batch, "print_place": 1},
    )):
        Letter.objects.create(dispatch=dispatch, purpose=dispatch.purpose, attempt=attempt,
                              recipient=f"member:{member.pk}", **fate)

    content = services.take_access_file(made(member=member.pk), by=by, now=NOW)[1]

    printed, returned = unpacked(content)[1]["Letters"]
    assert (printed["printed in batch"], returned["printed in batch"]) == (str(batch.pk), "")
    assert returned["what the mail provider said"] == "came back"
    assert (returned["said at"], printed["said at"]) == (NOW.isoformat(), "")
    assert returned["its coming back was dealt with"] == "yes"
    # No hour is kept of a letter that has gone, and none is made up for one that has not.
    assert "sent at" not in returned


def test_what_is_not_given_of_a_table_is_a_column_of_it_and_has_a_reason() -> None:
    for table in TABLES:
        columns = {each.name for each in apps.get_model(table.label)._meta.concrete_fields}
        assert set(table.without) <= columns
        assert all(table.without.values())


def test_the_file_holds_what_every_table_holds_of_this_person_and_of_nobody_else() -> None:
    imported(person(), person(number="9", given_name="Zebedee", email="other@example.org"))
    imported(person(email="new@example.org"), person(number="9"))
    frozen()
    mine = Member.objects.get(number="0000123").pk
    services.record_lookup(mine, by=officer().pk, now=NOW)

    _, content = services.take_access_file(made(member=mine), by=officer().pk, now=NOW)

    page, held = unpacked(content)
    (row,) = held["The membership list"]
    assert (row["number"], row["email"], row["section"]) == ("0000123", "new@example.org",
                                                              "Members")  # fmt: skip
    assert "carys@example.org" in held["Every change, from and to"][0]["before"]
    assert held["Decisions on the right to vote"][0]["rule"] == "eligible"
    assert held["Entries on frozen rolls"][0]["family name"] == "Fallowes"
    assert held["Who at the desk looked at this record"][0]["kind"] == "member"
    assert held["Requests to see what is held"][0]["proof"] == "document"
    assert "Zebedee" not in page + json.dumps(held)
    assert "other@example.org" not in page + json.dumps(held)
    assert "new@example.org" in page


def test_the_vote_is_not_there_and_it_is_said_why() -> None:
    imported(person())

    _, content = services.take_access_file(made(), by=officer().pk, now=NOW)

    page, _ = unpacked(content)
    assert "No record leads from a person to a choice." in page


def test_a_person_with_two_rows_is_given_both() -> None:
    imported(person(), person(number="9", section="affiliated"))
    first, second = Member.objects.order_by("number_key")
    Member.objects.filter(pk=second.pk).update(merged_into=first)

    _, content = services.take_access_file(made(member=second.pk), by=officer().pk, now=NOW)

    numbers = {row["number"] for row in unpacked(content)[1]["The membership list"]}
    assert numbers == {"0000123", "9"}


def test_markup_in_what_is_held_is_shown_and_never_run() -> None:
    imported(person(family_name="<script>alert(1)</script>"))

    _, content = services.take_access_file(made(), by=officer().pk, now=NOW)

    page, _ = unpacked(content)
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_the_file_rests_encrypted_and_each_taking_is_written_down() -> None:
    imported(person())
    request = made()
    row = AccessRequest.objects.get()
    by = officer().pk
    assert row.file is not None
    assert b"PK\x03\x04" not in bytes(row.file)

    services.take_access_file(request, by=by, now=NOW)

    look = LookUp.objects.get()
    assert (look.kind, look.by_id, look.member_id) == ("access", by, row.member_id)
    assert AuditRecord.objects.filter(act="take_access_file", by=by).count() == 1


def test_a_file_is_destroyed_after_thirty_days_and_can_be_asked_for_anew() -> None:
    imported(person())
    request = made()
    made_at = AccessRequest.objects.get().made_at
    assert made_at is not None

    assert services.destroy_access_files(now=made_at + timedelta(days=29)) == 0
    assert services.destroy_access_files(now=made_at + timedelta(days=30)) == 1
    assert services.destroy_access_files(now=made_at + timedelta(days=31)) == 0

    row = AccessRequest.objects.get()
    assert row.file is None
    assert row.sha256
    with pytest.raises(Refusal, match=r"access\.destroyed"):
        services.take_access_file(request, by=officer().pk, now=NOW)
    assert not LookUp.objects.exists()
    made()


def test_what_cannot_be_asked_or_taken_is_refused() -> None:
    imported(person())
    with pytest.raises(Refusal, match=r"access\.unknown"):
        requested(member=10**9)
    with pytest.raises(Refusal, match=r"access\.no-proof"):
        requested(proof="none")
    with pytest.raises(Refusal, match=r"access\.later"):
        requested(asked_on=NOW.date() + timedelta(days=1))
    with pytest.raises(Refusal, match=r"access\.unknown"):
        services.take_access_file(10**9, by=officer().pk, now=NOW)

    request = requested()
    with pytest.raises(Refusal, match=r"access\.not-made"):
        services.take_access_file(request, by=officer().pk, now=NOW)


@pytest.mark.parametrize("statement", ["UPDATE members_accessrequest SET proof = 'known'",
                                       "UPDATE members_accessrequest SET sha256 = 'x'",
                                       "DELETE FROM members_accessrequest"])  # fmt: skip
def test_a_request_cannot_be_unwritten(statement: str) -> None:
    imported(person())
    made()

    refused = pytest.raises(Error, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert AccessRequest.objects.get().proof == "document"


def test_the_page_records_a_request_and_hands_the_file_to_who_proves_anew(client: Client) -> None:
    imported(person())
    member = Member.objects.get()
    keeper = staff(Role.MEMBERSHIP_ADMINISTRATOR)
    page = reverse("access_requests", args=[member.pk])
    sign_in(client, keeper)

    wrong = client.post(page, {"asked_on": "", "proof": ""})
    right = client.post(page, {"asked_on": "2016-08-20", "proof": "mailbox", "note": "File 7"})

    assert wrong.status_code == 400
    assert "Say how they proved who they are." in wrong.content.decode()
    assert right.status_code == 302
    assert "File 7" in client.get(page).content.decode()
    request = AccessRequest.objects.get()
    services.make_access_file(request.pk, now=NOW)
    taking = reverse("access_file", args=[request.pk])
    assert client.get(taking).status_code == 405
    assert sign_in(Client(), keeper, fresh=False).post(taking).status_code == 302
    assert not LookUp.objects.filter(kind="access").exists()
    taken = client.post(taking)
    assert zipfile.is_zipfile(io.BytesIO(taken.content))
    assert "attachment" in taken["Content-Disposition"]


def test_who_may_not_look_members_up_neither_records_nor_takes(client: Client) -> None:
    imported(person())
    request = made()
    sign_in(client, staff(Role.SCRUTINEER))

    member = AccessRequest.objects.get().member_id
    assert client.get(reverse("access_requests", args=[member])).status_code == 404
    assert client.post(reverse("access_file", args=[request])).status_code == 404
    assert client.get(reverse("access_requests", args=[10**9])).status_code == 404
