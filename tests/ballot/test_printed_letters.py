"""Voting codes on paper: the code, its QR code, the address to type, and to whom they go."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import uuid4

import pypdf
import pytest
from django.conf import settings
from django.test import Client

from ballot.models import Credential
from ballot.printed_letters import parts_of
from ballot.printed_letters import render as render_printed
from ballot.sealing.codes import read_code, show_code
from ballot.services.codes import PURPOSE as VOTING_CODE
from ballot.services.reissue_code import PURPOSE as CODE_AGAIN
from ballot.services.reissue_code import confirm_reissue, reissue_code
from members.models import Member, RollEntry
from members.selectors import electors_without_email
from office.models import Dispatch, Letter, PrintBatch, StaffMember
from office.pdf import PostalLetter, QrCode
from office.postal import postal_side
from office.purposes import LetterToSend, words_of
from office.refusal import Refusal
from office.services.deliveries import note_delivery, post_instead
from office.services.printing import batch_sentence, letters_to_print, order_batch, take_file
from office.services.sending import send_letters
from tests.ballot.factories import (
    Run,
    bring,
    cast,
    code_of,
    code_of_refusal,
    election,
    entries,
    key_of_elector,
    now,
    sealed,
)
from tests.ballot.services.acts import TWO_OFFICERS
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db

HOME = {"address_1": "1 High Street", "postcode": "CF10 1AA"}


def on_paper(*, at: str = "coded", **changed: Any) -> Run:
    """An election of three, all with postal addresses, of whom the first has no e-mail address."""
    run = election(electors=3)
    Member.objects.update(**HOME)
    first = Member.objects.order_by("number").first()
    assert first is not None
    Member.objects.filter(pk=first.pk).update(email="", **changed)
    return bring(run, to=at)


def codes_of(run: Run) -> Dispatch:
    assert run.election.roll is not None
    return Dispatch.objects.get(purpose=VOTING_CODE, reference=run.election.roll.public_id)


def batch_of(run: Run, dispatch: Dispatch) -> PrintBatch:
    order_batch(str(dispatch.pk), by=run.officers[0], seconded_by=run.officers[1], now=now(),
                letters=100)
    return PrintBatch.objects.latest("pk")


def pages(batch: PrintBatch) -> list[str]:
    made = take_file(batch.pk, number=1, by=batch.ordered_by_id, now=now())
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def letter_to(run: Run, entry: RollEntry, code: str, purpose: str) -> PostalLetter:
    assert run.election.roll is not None
    given = LetterToSend(
        1, purpose, run.election.roll.public_id, str(entry.public_id), 1, code.encode()
    )
    return render_printed([given])[1]


def test_a_printed_code_goes_to_who_has_no_email_and_can_be_typed_and_photographed() -> None:
    run = on_paper()
    entry = entries(run)[0]
    code = code_of(entry)

    (page,) = pages(batch_of(run, codes_of(run)))

    assert re.search(r"Carys Fallowes00\n1 High Street\nCF10 1AA", page)
    assert f"{settings.ORIGIN}/vote/{run.election.slug}/" in page
    assert show_code(code) in page and read_code(show_code(code)) == code
    printed = letter_to(run, entry, code, VOTING_CODE)
    (square,) = (part for part in printed.parts if isinstance(part, QrCode))
    assert square.content.startswith(f"{settings.ORIGIN}/vote/{run.election.slug}/#")


def test_of_which_election_letters_are_is_said_wherever_they_are_listed_or_ordered(
    client: Client,
) -> None:
    run = on_paper()
    dispatch = codes_of(run)
    sign_in(client, StaffMember.objects.get(pk=run.officers[0]))
    lists = ("/desk/letters/", f"/desk/letters/{dispatch.pk}/", "/desk/letters/printed/")

    for address in lists:
        assert "Voting codes, Leader 2026" in client.get(address).content.decode()
    assert "1 letters of “Voting codes, Leader 2026”" in batch_sentence(str(dispatch.pk), 1)
    assert words_of("trial.post", uuid4()) == "trial.post"


def test_codes_are_printed_before_the_opening_and_are_sent_by_no_email_after_it() -> None:
    run = on_paper()
    dispatch = codes_of(run)

    batch_of(run, dispatch)
    bring(run, to="polling")
    send_letters(dispatch.pk)

    states = dict(Letter.objects.filter(purpose=VOTING_CODE).values_list("recipient", "state"))
    assert [states[str(entry.public_id)] for entry in entries(run)] == [
        "held", "handed_over", "handed_over"
    ]


@pytest.mark.parametrize(
    "changed", [{"address_withheld": True}, {"address_1": "", "postcode": ""}]
)
def test_who_has_no_postal_address_that_may_be_used_is_in_no_batch(
    changed: dict[str, Any],
) -> None:
    run = on_paper(**changed)
    assert letters_to_print(codes_of(run)) == 1

    assert code_of_refusal(lambda: batch_of(run, codes_of(run))) == "print.nothing"

    Member.objects.filter(email="").update(address_withheld=False)
    if "address_withheld" in changed:
        assert batch_of(run, codes_of(run)).size == 1


def test_who_was_struck_off_or_has_email_is_not_counted_among_those_without() -> None:
    run = on_paper()
    assert run.election.roll is not None

    assert electors_without_email(run.election.roll.public_id) == [entries(run)[0].public_id]


def test_who_asked_for_a_code_by_post_confirms_it_as_by_email_and_the_old_one_dies_then() -> None:
    run = on_paper(at="polling")
    entry = entries(run)[1]

    reissue_code(run.election_id, recipient=entry.public_id, by_post=True, **run.by)

    letter = Letter.objects.get(purpose=CODE_AGAIN)
    assert (letter.state, letter.held_because) == ("held", "by-post")
    assert "no e-mail" not in letter.held_because
    fresh = key_of_elector(run, entry, purpose=CODE_AGAIN)
    forces = Credential.objects.filter(roll_entry=entry.pk).order_by("attempt")
    assert [one.force for one in forces] == ["in-force", "waiting"]
    (page,) = pages(batch_of(run, letter.dispatch))
    assert "nothing until it is confirmed" in " ".join(page.split())
    confirm_reissue(run.election_id, credential=fresh.credential, now=now())
    assert [one.force for one in forces.all()] == ["revoked", "in-force"]
    assert sealed(run, entry, (0,), key=fresh)


def test_a_code_by_post_is_refused_without_an_address_and_after_casting() -> None:
    run = on_paper(at="polling", address_withheld=True)
    nowhere, voter, other = entries(run)
    cast(run, voter, (0,))

    def ask(entry: RollEntry) -> None:
        reissue_code(run.election_id, recipient=entry.public_id, by_post=True, **run.by)

    assert code_of_refusal(lambda: ask(nowhere)) == "reissue.no-postal-address"
    assert code_of_refusal(lambda: ask(voter)) == "reissue.has-voted"
    ask(other)
    assert Letter.objects.filter(purpose=CODE_AGAIN).count() == 1


def test_a_letter_that_came_back_is_followed_by_one_on_paper() -> None:
    run = on_paper(at="polling")
    send_letters(codes_of(run).pk)
    entry = entries(run)[1]
    bounced = Letter.objects.get(purpose=VOTING_CODE, recipient=str(entry.public_id))
    note_delivery(bounced.pk, said="bounced", at=now())

    post_instead(bounced.pk, **run.by)

    printed = Letter.objects.get(purpose=CODE_AGAIN)
    assert (printed.recipient, printed.held_because) == (str(entry.public_id), "by-post")
    assert postal_side(CODE_AGAIN).addressed([printed.recipient]) == {printed.recipient}


def test_a_printed_letter_says_nothing_of_a_choice_and_says_so_of_a_demonstration() -> None:
    run = on_paper()
    said = " ".join(
        getattr(part, "text", "")
        for part in parts_of(run.election, "ballot/letters/voting_code_post.txt",
                             code=code_of(entries(run)[0]),
                             facts={"name": "Carys Fallowes00", "elector": "C. Fallowes00"})
    )

    assert "This is a demonstration" in said
    assert "Ring 0800 000 000." in said
    assert "Ash Amin" not in said


@pytest.mark.parametrize(("act", "state"), [("close_poll_early", "Poll closed"),
                                            ("void_election", "Void")])
def test_once_no_code_opens_anything_none_is_printed(act: str, state: str) -> None:
    run = on_paper(at="polling")
    dispatch = codes_of(run)
    batch = batch_of(run, dispatch)
    assert len(pages(batch)) == 1

    TWO_OFFICERS[act](run)

    for asked in (lambda: pages(batch), lambda: batch_of(run, dispatch)):
        with pytest.raises(Refusal, match=f"“{state}”: its voting codes open nothing") as refused:
            asked()
        assert refused.value.code == "print.no-more"
    assert letters_to_print(dispatch) == 0
