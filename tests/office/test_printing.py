"""Letters on paper: set by two officers, taken as PDF, and erased once the printer has them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pypdf
import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from office import postal
from office.models import Approval, AuditRecord, Dispatch, Letter, PrintBatch
from office.pdf import PostalLetter, Text
from office.permissions import Role
from office.postal import PostalSide
from office.purposes import LetterToSend
from office.refusal import Refusal
from office.services import printing
from office.services.approvals import approve_act, propose_act, why_not
from office.services.dispatches import cancel_letters_to
from office.services.letters import prepare_dispatch, queue_letters
from office.services.printing import (
    hand_over_batch,
    letters_to_print,
    order_batch,
    put_on_paper,
    take_file,
)
from tests.office.factories import NOW, now, officer, sign_in, staff

pytestmark = pytest.mark.django_db

ELECTION = UUID("0190a5d3-0000-7000-8000-000000000007")


def _render(batch: Sequence[LetterToSend]) -> Mapping[int, PostalLetter]:
    return {
        letter.letter_id: PostalLetter(
            [letter.recipient], [Text((letter.enclosure or b"").decode())]
        )
        for letter in batch
    }


@pytest.fixture
def dispatch(purpose: str, monkeypatch: pytest.MonkeyPatch) -> Dispatch:
    """Seven letters: 0 to 4 to people without e-mail, of whom 4 has no postal address either."""
    unreachable = [f"nobody-{n}" for n in range(5)]
    side = PostalSide(
        without_email=lambda reference: unreachable,
        addressed=lambda recipients: [one for one in recipients if one != "nobody-4"],
        render=_render,
        instead=lambda reference, recipient, *, by, now: None,
        no_more=lambda reference: "",
    )
    monkeypatch.setitem(postal._sides, purpose, side)
    made = prepare_dispatch(purpose, reference=ELECTION)
    names = [*unreachable, "ann", "bob"]
    queue_letters(made.pk, ((name, f"code of {name}".encode()) for name in names))
    return made


def ordered(dispatch: Dispatch, *, letters: int = 100) -> PrintBatch:
    order_batch(str(dispatch.pk), by=officer().pk, seconded_by=officer().pk, now=NOW,
                letters=letters)
    return PrintBatch.objects.latest("pk")


def words(made: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def test_a_batch_holds_those_whom_no_email_reaches_and_who_have_a_postal_address(
    dispatch: Dispatch,
) -> None:
    assert letters_to_print(dispatch) == 5

    batch = ordered(dispatch)

    printed = Letter.objects.filter(print_batch=batch).order_by("print_place")
    assert [one.recipient for one in printed] == [f"nobody-{n}" for n in range(4)]
    assert [one.print_place for one in printed] == [1, 2, 3, 4]
    assert {one.state for one in printed} == {"held"}
    assert letters_to_print(dispatch) == 1
    with pytest.raises(Refusal) as refused:
        ordered(dispatch)
    assert refused.value.code == "print.nothing"


def test_a_batch_takes_no_more_letters_than_the_officers_read(dispatch: Dispatch) -> None:
    assert ordered(dispatch, letters=3).size == 3
    assert ordered(dispatch, letters=3).size == 1


def test_a_file_holds_each_code_and_who_took_it_is_written_down(
    dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "LETTERS_A_FILE", 3)
    batch = ordered(dispatch)
    taker = officer()

    first = take_file(batch.pk, number=1, by=taker.pk, now=NOW)
    second = take_file(batch.pk, number=2, by=taker.pk, now=NOW)

    assert ["code of nobody-0" in page for page in words(first)] == [True, False, False]
    assert len(words(second)) == 1 and "code of nobody-3" in words(second)[0]
    taken = AuditRecord.objects.filter(act="take_print_file", by=taker).order_by("pk")
    assert [one.parameters["file"] for one in taken] == [1, 2]
    with pytest.raises(Refusal) as refused:
        take_file(batch.pk, number=3, by=taker.pk, now=NOW)
    assert refused.value.code == "print.no-such-file"


def take(batch: PrintBatch, number: int = 1) -> bytes:
    return take_file(batch.pk, number=number, by=officer().pk, now=NOW)


def hand_over(batch: PrintBatch) -> tuple[int, int]:
    done = hand_over_batch(batch.pk, by=officer().pk, now=NOW)
    return done.letters, done.left_out


def code_refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def test_what_was_cancelled_meanwhile_is_in_no_file_and_a_file_of_nothing_is_refused(
    dispatch: Dispatch,
) -> None:
    batch = ordered(dispatch)

    cancel_letters_to(dispatch.purpose, recipients=["nobody-1"])

    pages = words(take(batch))
    assert len(pages) == 3 and "nobody-1" not in "".join(pages)
    cancel_letters_to(dispatch.purpose, recipients=["nobody-0", "nobody-2", "nobody-3"])
    assert code_refused(lambda: take(batch)) == "print.file-empty"
    assert hand_over(batch) == (0, 0)


def test_handing_over_erases_the_codes_and_no_file_can_be_made_again(dispatch: Dispatch) -> None:
    batch = ordered(dispatch)
    take(batch)

    assert hand_over(batch) == (4, 0)

    printed = Letter.objects.filter(print_batch=batch)
    assert {(one.state, one.enclosure) for one in printed} == {("handed_over", None)}
    assert Letter.objects.exclude(print_batch=batch).filter(enclosure__isnull=False).count() == 3
    assert code_refused(lambda: take(batch)) == "print.handed-over"
    assert code_refused(lambda: hand_over(batch)) == "print.handed-over"


def test_no_batch_is_handed_over_before_each_of_its_files_was_taken(
    dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "LETTERS_A_FILE", 3)
    batch = ordered(dispatch)
    take(batch, 1)

    assert code_refused(lambda: hand_over(batch)) == "print.not-taken"
    assert Letter.objects.filter(print_batch=batch, enclosure__isnull=False).count() == 4

    take(batch, 2)
    assert hand_over(batch) == (4, 0)


def test_what_was_in_no_file_keeps_its_code_and_waits_to_be_printed_again(
    dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ordered(dispatch)
    side = postal.postal_side(dispatch.purpose)

    def without_one(letters: Sequence[LetterToSend]) -> Mapping[int, PostalLetter]:
        return _render([one for one in letters if one.recipient != "nobody-2"])

    monkeypatch.setitem(postal._sides, dispatch.purpose, replace(side, render=without_one))
    assert len(words(take(batch))) == 3

    assert hand_over(batch) == (3, 1)

    left = Letter.objects.get(recipient="nobody-2")
    assert (left.state, left.print_batch, left.enclosure is None) == ("held", None, False)
    assert letters_to_print(dispatch) == 2
    assert ordered(dispatch).size == 1


def held(name: str, because: str) -> Letter:
    Letter.objects.filter(recipient=name).update(state="held", held_because=because)
    return Letter.objects.get(recipient=name)


def test_a_letter_that_the_mail_server_did_not_take_is_put_on_paper_with_its_code(
    client: Client, dispatch: Dispatch
) -> None:
    ann, bob = held("ann", "refused"), held("bob", "in-doubt")
    page = sign_in(client, officer()).get("/desk/letters/held/").content.decode()
    assert page.count('value="paper"') == 1

    client.post(f"/desk/letters/held/{ann.pk}/settle/", {"outcome": "paper"})
    assert code_refused(lambda: put_on_paper(bob.pk, by=officer().pk, now=NOW)) == (
        "letters.not-held"
    )

    assert letters_to_print(dispatch) == 6
    assert any("code of ann" in one for one in words(take(ordered(dispatch))))


def test_what_is_not_printed_or_has_no_postal_address_is_not_put_on_paper(
    dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere, ann = held("nobody-4", "refused"), held("ann", "put-off")

    def put(letter: Letter) -> None:
        put_on_paper(letter.pk, by=officer().pk, now=NOW)

    assert code_refused(lambda: put(nowhere)) == "letters.no-postal-address"
    with monkeypatch.context() as patched:
        patched.delitem(postal._sides, dispatch.purpose)
        assert code_refused(lambda: put(ann)) == "letters.not-on-paper"
    put(ann)
    assert code_refused(lambda: put(ann)) == "letters.not-held"


def test_the_database_refuses_a_batch_of_one_officer(dispatch: Dispatch) -> None:
    one, other = officer(), officer()
    named = {"dispatch": dispatch, "size": 1, "ordered_by": one, "ordered_at": NOW}

    PrintBatch.objects.create(**named, seconded_by=other)
    with pytest.raises(IntegrityError, match="by_two"), transaction.atomic():
        PrintBatch.objects.create(**named, seconded_by=one)


def test_by_the_pages_a_batch_is_proposed_approved_taken_and_handed_over(
    client: Client, dispatch: Dispatch
) -> None:
    first, second = officer(), officer()
    sign_in(client, first)
    assert "Test codes: 5 letters" in client.get("/desk/letters/printed/").content.decode()

    client.post(f"/desk/letters/{dispatch.pk}/print/")
    assert "waits for a second officer" in client.get("/desk/letters/printed/").content.decode()
    assert not PrintBatch.objects.exists()
    approve_act(Approval.objects.get().pk, by=second.pk, now=now())
    batch = PrintBatch.objects.get()
    assert (batch.ordered_by, batch.seconded_by) == (first, second)

    page = client.get("/desk/letters/printed/").content.decode()
    assert "Nobody has taken file 1 yet." in page and "The printer has it" not in page
    file = client.post(f"/desk/letters/printed/{batch.pk}/file/", {"file": "1"})
    assert file.headers["Content-Type"] == "application/pdf"
    assert "no-store" in file.headers["Cache-Control"]
    assert len(words(file.content)) == 4
    page = client.get("/desk/letters/printed/").content.decode()
    assert "Nobody has taken file" not in page and "The printer has it: erase the codes" in page
    client.post(f"/desk/letters/printed/{batch.pk}/handed-over/")
    assert "Its codes are erased" in client.get("/desk/letters/printed/").content.decode()


@pytest.mark.parametrize("address", ["file/", "handed-over/"])
def test_a_file_is_neither_taken_nor_handed_over_without_fresh_authentication_or_by_a_watcher(
    client: Client, dispatch: Dispatch, address: str
) -> None:
    batch = ordered(dispatch)
    path = f"/desk/letters/printed/{batch.pk}/{address}"

    stale = sign_in(client, officer(), fresh=False).post(path, {"file": "1"})
    watcher = sign_in(Client(), staff(Role.SCRUTINEER)).post(path, {"file": "1"})

    assert stale.status_code == 302 and "reauthenticate" in stale.headers["Location"]
    assert watcher.status_code == 404
    assert Letter.objects.filter(print_batch=batch, enclosure__isnull=False).count() == 4
    assert not AuditRecord.objects.filter(act__in=["take_print_file", "hand_over_print_batch"])


def test_what_opens_nothing_any_more_is_neither_offered_nor_taken_and_its_batch_can_be_closed(
    dispatch: Dispatch, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ordered(dispatch, letters=2)
    approval = propose_act("order_print_batch", subject=("dispatch", str(dispatch.pk)),
                           by=officer().pk, now=now(), parameters={"letters": 2})
    assert letters_to_print(dispatch) == 3 and why_not(approval, now=now()) is None

    over = replace(postal.postal_side(dispatch.purpose), no_more=lambda reference: "It is over.")
    monkeypatch.setitem(postal._sides, dispatch.purpose, over)
    page = sign_in(client, officer()).get("/desk/letters/printed/").content.decode()

    assert letters_to_print(dispatch) == 0
    for asked in (lambda: ordered(dispatch), lambda: take(batch)):
        with pytest.raises(Refusal, match="It is over") as refused:
            asked()
        assert refused.value.code == "print.no-more"
    hindrance = why_not(approval, now=now())
    assert hindrance is not None and hindrance.code == "print.no-more"
    assert "It is over." in page and "No letter waits to be printed." in page
    assert f"/desk/letters/printed/{batch.pk}/file/" not in page
    assert "Close the batch: erase the codes" in page and "The printer has it:" not in page


def test_closing_a_batch_that_opens_nothing_erases_every_code_of_it_and_no_other(
    dispatch: Dispatch, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "LETTERS_A_FILE", 3)
    batch = ordered(dispatch)
    take(batch, 1)
    over = replace(postal.postal_side(dispatch.purpose), no_more=lambda reference: "It is over.")
    monkeypatch.setitem(postal._sides, dispatch.purpose, over)

    closed = sign_in(client, officer()).post(
        f"/desk/letters/printed/{batch.pk}/handed-over/", follow=True
    ).content.decode()

    assert "Closed. Letters whose codes are erased on this server: 4." in closed
    assert "with their codes still" not in closed and "Its codes are erased." in closed
    of_batch = Letter.objects.filter(print_batch=batch).order_by("print_place")
    assert [(one.state, one.enclosure, one.held_because) for one in of_batch] == [
        *[("handed_over", None, "")] * 3, ("cancelled", None, ""),
    ]
    assert Letter.objects.exclude(print_batch=batch).filter(enclosure__isnull=False).count() == 3
    told = AuditRecord.objects.get(act="hand_over_print_batch").parameters
    assert told == {"batch": batch.pk, "letters": 3, "left_out": 0, "cancelled": 1}


def test_which_files_are_left_to_take_is_asked_as_briefly_of_four_files_as_of_one(
    dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    ordered(dispatch)
    batch = printing.batches_of([dispatch])[0]
    with django_assert_num_queries(2):
        assert printing.files_to_take(batch, no_more="") == [1]

    monkeypatch.setattr(printing, "LETTERS_A_FILE", 1)
    cancel_letters_to(dispatch.purpose, recipients=["nobody-2"])
    with django_assert_num_queries(2):
        assert printing.files_to_take(batch, no_more="") == [1, 2, 4]
    assert printing.files_to_take(batch, no_more="It is over.") == []


def test_held_letters_that_open_nothing_any_more_are_nobodys_to_settle(
    client: Client, dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    held("nobody-1", "no-address")
    held("ann", "refused")
    sign_in(client, officer())
    letters, page = "/desk/letters/", f"/desk/letters/{dispatch.pk}/"
    before = [client.get(one).content.decode() for one in (letters, f"{letters}held/", page)]
    assert "2 letters are held: see why" in before[0]
    assert "Test codes: letter" in before[1] and f'href="{letters}">All letters</a>' in before[1]
    assert "Send again all that were refused" in before[2]

    over = replace(postal.postal_side(dispatch.purpose), no_more=lambda reference: "It is over.")
    monkeypatch.setitem(postal._sides, dispatch.purpose, over)
    after = [client.get(one).content.decode() for one in (letters, f"{letters}held/", page)]

    assert "held: see why" not in after[0] and "No letter is held" in after[1]
    assert "It is over. Nothing is to be done with those that are held." in after[2]
    assert "Send again" not in after[2] and "Look at the held letters" not in after[2]


def test_while_a_batch_of_held_letters_is_open_their_page_leads_to_where_it_is_closed(
    client: Client, dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ordered(dispatch)
    held("ann", "refused")
    over = replace(postal.postal_side(dispatch.purpose), no_more=lambda reference: "It is over.")
    monkeypatch.setitem(postal._sides, dispatch.purpose, over)
    sign_in(client, officer())
    page = f"/desk/letters/{dispatch.pk}/"

    still_open = client.get(page).content.decode()
    hand_over(batch)
    closed = client.get(page).content.decode()

    assert "A batch of these letters is still to be closed" in still_open
    assert "Nothing is to be done" not in still_open
    assert "It is over. Nothing is to be done with those that are held." in closed


def test_a_letter_that_goes_neither_by_mail_nor_on_paper_says_so(
    client: Client, dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    held("nobody-1", "no-address")
    sign_in(client, officer())
    assert "It is printed: see" in client.get("/desk/letters/held/").content.decode()

    monkeypatch.delitem(postal._sides, dispatch.purpose)

    page = client.get("/desk/letters/held/").content.decode()
    assert "Letters of this kind are not printed" in page and "It is printed" not in page
