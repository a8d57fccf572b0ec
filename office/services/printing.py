"""Letters on paper: set in batches by two officers, taken as PDF, and erased once handed over.

A file holds codes in the clear, and whoever has it could vote for everybody in it. So a batch takes
two officers; it is set only for those whom no e-mail reaches; no file is kept, but made from the
letters each time one is taken, which takes fresh authentication and is written down; and when the
printer has the batch, its codes are erased here, and no file of it can be made again.

The limit of this: what is on the officer's machine and at the printer's nobody here can erase.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from office.enclosure import open_enclosure
from office.models import Dispatch, Letter, PrintBatch
from office.pdf import make_letters
from office.postal import is_postal, postal_side
from office.purposes import LetterToSend, purpose_named
from office.refusal import Refusal
from office.services.audit import record

LETTERS_A_FILE: Final = 500
"""So many are set in some five seconds: no request lasts longer, and no file is large."""
_PRINTABLE: Final = (Dispatch.State.PREPARED, Dispatch.State.SENDING, Dispatch.State.PAUSED)


def letters_to_print(dispatch: Dispatch) -> int:
    """How many letters of a dispatch no e-mail can reach, and are in no batch yet."""
    if not is_postal(dispatch.purpose) or dispatch.state not in _PRINTABLE:
        return 0
    return _for_paper(dispatch).count()


def _for_paper(dispatch: Dispatch) -> QuerySet[Letter]:
    """The letters held for paper, and those that wait and will find no e-mail address."""
    letters = Letter.objects.filter(dispatch=dispatch, print_batch__isnull=True)
    # The codes that no e-mail reaches may be printed before the poll opens: the post takes days.
    unreachable = list(postal_side(dispatch.purpose).without_email(dispatch.reference))
    return letters.filter(
        Q(state=Letter.State.HELD, held_because__in=Letter.FOR_PAPER)
        | Q(state=Letter.State.WAITING, recipient__in=unreachable)
    ).order_by("pk")


def batch_sentence(subject_id: str, letters: int) -> str:
    """What both officers read."""
    dispatch = Dispatch.objects.get(pk=int(subject_id))
    return (
        f"Up to {letters:,} letters of “{purpose_named(dispatch.purpose).words}” that no e-mail "
        "reaches are set for printing. The files hold what the letters hold: whoever has one can "
        "vote for everybody in it. They go to the printer by a safe way and to nobody else, and "
        "the codes are erased here once the printer has them."
    )


@transaction.atomic
def order_batch(
    subject_id: str, *, by: int, seconded_by: int, now: datetime, letters: int
) -> None:
    """Put the letters of a dispatch that no e-mail reaches into a batch, in the outbox's order."""
    dispatch = Dispatch.objects.select_for_update().get(pk=int(subject_id))
    chosen = _chosen(dispatch, most=letters)
    if not chosen:
        raise Refusal(
            "print.nothing", "There is no letter to print: nobody whom no e-mail reaches has a "
            "postal address that may be used.",
        )
    batch = PrintBatch.objects.create(
        dispatch=dispatch, size=len(chosen), ordered_by_id=by, seconded_by_id=seconded_by,
        ordered_at=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE office_letter l SET print_batch_id = %s, print_place = v.place, state = 'held',"
            " held_because = CASE WHEN l.state = 'waiting' THEN %s ELSE l.held_because END"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS v (id, place) WHERE l.id = v.id",
            [batch.pk, Letter.NO_ADDRESS, chosen],
        )
    record("order_print_batch", subject=("dispatch", subject_id), by=by, seconded_by=seconded_by,
           now=now, parameters={"batch": batch.pk, "letters": len(chosen)})


def _chosen(dispatch: Dispatch, *, most: int) -> list[int]:
    """The ids of the letters of the next batch: those with an address that may be used."""
    if not is_postal(dispatch.purpose) or dispatch.state not in _PRINTABLE:
        return []
    rows = list(_for_paper(dispatch).select_for_update().values_list("pk", "recipient"))
    addressed = set(postal_side(dispatch.purpose).addressed([recipient for _, recipient in rows]))
    return [letter_id for letter_id, recipient in rows if recipient in addressed][:most]


def files_of(batch: PrintBatch) -> int:
    """How many files a batch has; they are numbered from 1."""
    return -(-batch.size // LETTERS_A_FILE)


def take_file(batch_id: int, *, number: int, by: int, now: datetime) -> bytes:
    """Set one file of a batch as PDF, and write down who took it.

    number: from 1. A letter that was cancelled meanwhile (its elector was struck off, say) is
            left out. Not in one transaction: what is written down stands whatever comes after.
    """
    batch = _batch(batch_id)
    if not 1 <= number <= files_of(batch):
        raise Refusal("print.no-such-file", "This batch has no such file.",
                      status=HTTPStatus.NOT_FOUND)
    record("take_print_file", subject=("dispatch", str(batch.dispatch_id)), by=by, now=now,
           parameters={"batch": batch_id, "file": number})
    return make_file(batch, number=number)


def make_file(batch: PrintBatch, *, number: int) -> bytes:
    """Set one file of a batch. The codes are decrypted into it, and into nothing else."""
    first = (number - 1) * LETTERS_A_FILE
    rows = Letter.objects.filter(
        print_batch=batch, state=Letter.State.HELD,
        print_place__gt=first, print_place__lte=first + LETTERS_A_FILE,
    ).order_by("print_place")
    letters = [_opened(row, batch.dispatch) for row in rows]
    rendered = postal_side(batch.dispatch.purpose).render(letters)
    return make_letters(
        (rendered[one.letter_id] for one in letters if one.letter_id in rendered),
        title=f"Letters to print: batch {batch.pk}, file {number}",
    )


def _opened(row: Letter, dispatch: Dispatch) -> LetterToSend:
    plain = None
    if row.enclosure is not None:
        plain = open_enclosure(
            bytes(row.enclosure), purpose=row.purpose, recipient=row.recipient,
            attempt=row.attempt,
        )
    return LetterToSend(row.pk, row.purpose, dispatch.reference, row.recipient, row.attempt, plain)


@transaction.atomic
def hand_over_batch(batch_id: int, *, by: int, now: datetime) -> int:
    """Record that the printer has the batch, and erase its codes; return how many letters."""
    batch = _batch(batch_id)
    PrintBatch.objects.filter(pk=batch_id).update(handed_over_by=by, handed_over_at=now)
    letters = Letter.objects.filter(print_batch=batch, state=Letter.State.HELD).update(
        state=Letter.State.HANDED_OVER, enclosure=None, held_because=""
    )
    record("hand_over_print_batch", subject=("dispatch", str(batch.dispatch_id)), by=by, now=now,
           parameters={"batch": batch_id, "letters": letters})
    return letters


def _batch(batch_id: int) -> PrintBatch:
    """A batch that is not handed over yet, kept so until the transaction ends."""
    with transaction.atomic():
        batch = (
            PrintBatch.objects.select_for_update(of=("self",)).select_related("dispatch")
            .filter(pk=batch_id).first()
        )
    if batch is None:
        raise Refusal("print.unknown", "There is no such batch.", status=HTTPStatus.NOT_FOUND)
    if batch.handed_over_at is not None:
        raise Refusal("print.handed-over", "This batch was handed over, and its codes are erased: "
                      "no file of it can be made again.")
    return batch


def batches_of(dispatches: Sequence[Dispatch]) -> list[PrintBatch]:
    """The batches of these dispatches, the newest first."""
    rows = PrintBatch.objects.filter(dispatch__in=dispatches)
    return list(rows.select_related("dispatch", "ordered_by", "seconded_by", "handed_over_by")
                .order_by("-pk"))
