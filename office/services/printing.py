"""Letters on paper: set in batches by two officers, taken as PDF, and erased once handed over.

A file holds codes in the clear, and whoever has it could vote for everybody in it. So a batch takes
two officers; it is set only for those whom no e-mail reaches; no file is kept, but made from the
letters each time one is taken, which takes fresh authentication and is written down; and when the
printer has the batch, its codes are erased here, and no file of it can be made again.

The limit of this: what is on the officer's machine and at the printer's nobody here can erase.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from office.enclosure import open_enclosure
from office.models import AuditRecord, Dispatch, Letter, PrintBatch
from office.pdf import PostalLetter, make_letters
from office.postal import is_postal, postal_side
from office.purposes import LetterToSend, words_of
from office.refusal import Refusal
from office.services.audit import record

LETTERS_A_FILE: Final = 500
"""So many are set in some five seconds: no request lasts longer, and no file is large."""
_PRINTABLE: Final = (Dispatch.State.PREPARED, Dispatch.State.SENDING, Dispatch.State.PAUSED)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """letters: how many codes were erased; left_out: how many letters no file had, and keep theirs.

    is_over: whether nothing of the batch was of use any more, so that no letter keeps its code.
    """

    letters: int
    left_out: int
    is_over: bool


def letters_to_print(dispatch: Dispatch) -> int:
    """How many letters of a dispatch no e-mail can reach, and are in no batch yet."""
    if not may_be_printed(dispatch) or dispatch.state not in _PRINTABLE:
        return 0
    return _for_paper(dispatch).count()


def may_be_printed(dispatch: Dispatch) -> bool:
    """Whether letters of this kind are printed, and their codes are still of use."""
    return is_postal(dispatch.purpose) and not why_no_more(dispatch)


def why_no_more(dispatch: Dispatch) -> str:
    """Why no letter of a dispatch is printed any more, in a sentence; empty while they are."""
    return postal_side(dispatch.purpose).no_more(dispatch.reference)


def _require_of_use(dispatch: Dispatch) -> None:
    """Refuse to print what opens nothing: a file of dead codes would only be one more to lose."""
    if why := why_no_more(dispatch):
        raise Refusal("print.no-more", why)


def _for_paper(dispatch: Dispatch) -> QuerySet[Letter]:
    """The letters held for paper, and those that wait and will find no e-mail address."""
    letters = Letter.objects.filter(dispatch=dispatch, print_batch__isnull=True)
    # The codes that no e-mail reaches may be printed before the poll opens: the post takes days.
    # Where none waits, the roll need not be asked.
    is_waiting = letters.filter(state=Letter.State.WAITING).exists()
    side = postal_side(dispatch.purpose)
    unreachable = list(side.without_email(dispatch.reference)) if is_waiting else []
    return letters.filter(
        Q(state=Letter.State.HELD, held_because__in=Letter.FOR_PAPER)
        | Q(state=Letter.State.WAITING, recipient__in=unreachable)
    ).order_by("pk")


@transaction.atomic
def put_on_paper(letter_id: int, *, by: int, now: datetime) -> None:
    """Have a letter printed that the mail server did not take: its code has gone nowhere yet."""
    letter = (
        Letter.objects.select_for_update(of=("self",)).select_related("dispatch")
        .filter(pk=letter_id).first()
    )
    if letter is None or not letter.was_not_taken:
        raise Refusal("letters.not-held", "This letter is not one that the mail server did not "
                      "take, or somebody has settled it.", status=HTTPStatus.CONFLICT)
    if not is_postal(letter.purpose):
        raise Refusal("letters.not-on-paper", "Letters of this kind are not printed.")
    _require_of_use(letter.dispatch)
    if letter.recipient not in postal_side(letter.purpose).addressed([letter.recipient]):
        raise Refusal("letters.no-postal-address", "There is no postal address for this person "
                      "that may be used. Offer another way to vote.")
    letter.held_because = Letter.BY_POST
    letter.save(update_fields=["held_because"])
    record("settle_letter", subject=("dispatch", str(letter.dispatch_id)), by=by, now=now,
           parameters={"letter": letter_id, "was_sent": False, "on_paper": True})


def batch_sentence(subject_id: str, letters: int) -> str:
    """What both officers read."""
    dispatch = Dispatch.objects.get(pk=int(subject_id))
    what = words_of(dispatch.purpose, dispatch.reference)
    return (
        f"Up to {letters:,} letters of “{what}” that no e-mail reaches are set for printing. The "
        "files hold what the letters hold: whoever has one can vote for everybody in it. They go "
        "to the printer by a safe way and to nobody else, and the codes are erased here once the "
        "printer has them."
    )


@transaction.atomic
def order_batch(
    subject_id: str, *, by: int, seconded_by: int, now: datetime, letters: int
) -> None:
    """Put the letters of a dispatch that no e-mail reaches into a batch, in the outbox's order."""
    dispatch = Dispatch.objects.select_for_update().get(pk=int(subject_id))
    require_batch(subject_id, now=now, letters=letters)
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


def require_batch(subject_id: str, *, now: datetime, letters: int) -> None:
    """Refuse a batch of letters that are printed no more."""
    del now, letters
    dispatch = Dispatch.objects.get(pk=int(subject_id))
    if is_postal(dispatch.purpose):
        _require_of_use(dispatch)


def _chosen(dispatch: Dispatch, *, most: int) -> list[int]:
    """The ids of the letters of the next batch: those with an address that may be used."""
    if not is_postal(dispatch.purpose) or dispatch.state not in _PRINTABLE:
        return []
    rows = list(_for_paper(dispatch).select_for_update().values_list("pk", "recipient"))
    side = postal_side(dispatch.purpose)
    chosen: list[int] = []
    for first in range(0, len(rows), LETTERS_A_FILE):
        some = rows[first : first + LETTERS_A_FILE]
        addressed = set(side.addressed([recipient for _, recipient in some]))
        chosen += [letter_id for letter_id, recipient in some if recipient in addressed]
        if len(chosen) >= most:
            break
    return chosen[:most]


def files_of(batch: PrintBatch) -> int:
    """How many files a batch has; they are numbered from 1."""
    return _file_of(batch.size)


def _file_of(place: int) -> int:
    """The number of the file in which a place of a batch is; both from 1."""
    return -(-place // LETTERS_A_FILE)


def take_file(batch_id: int, *, number: int, by: int, now: datetime) -> bytes:
    """Set one file of a batch as PDF, and write down who took it and whose place is not in it.

    The codes are decrypted into it, and into nothing else.
    number: from 1. A letter that was cancelled meanwhile (its elector was struck off, say) is
            left out. Not in one transaction: what is written down stands whatever comes after.
    """
    batch = _batch(batch_id)
    _require_of_use(batch.dispatch)
    if not 1 <= number <= files_of(batch):
        raise Refusal("print.no-such-file", "This batch has no such file.",
                      status=HTTPStatus.NOT_FOUND)
    worded = _worded(batch, number=number)
    if not any(worded.values()):
        raise Refusal("print.file-empty", "This file has no letter any more: each was cancelled, "
                      "or has no postal address that may be used.")
    record("take_print_file", subject=("dispatch", str(batch.dispatch_id)), by=by, now=now,
           parameters={"batch": batch_id, "file": number,
                       "left_out": [place for place, letter in worded.items() if not letter]})
    return make_letters(
        (letter for letter in worded.values() if letter),
        title=f"Letters to print: batch {batch.pk}, file {number}",
    )


def _worded(batch: PrintBatch, *, number: int) -> dict[int, PostalLetter | None]:
    """The letters of a file by their places in the batch; None: it cannot be addressed."""
    rows = list(_in_file(batch, number).order_by("print_place"))
    side = postal_side(batch.dispatch.purpose)
    worded = side.render([_opened(row, batch.dispatch) for row in rows])
    return {row.print_place: worded.get(row.pk) for row in rows if row.print_place}


def _in_file(batch: PrintBatch, number: int) -> QuerySet[Letter]:
    first = (number - 1) * LETTERS_A_FILE
    return Letter.objects.filter(
        print_batch=batch, state=Letter.State.HELD,
        print_place__gt=first, print_place__lte=first + LETTERS_A_FILE,
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
def hand_over_batch(batch_id: int, *, by: int, now: datetime) -> HandedOver:
    """Record that the printer has the batch, and erase the codes that stood in its files.

    What was in no file keeps its code and leaves the batch: it waits to be printed again. Of what
    is printed no more nothing waits: it is cancelled where it stands, and its code erased, too.
    """
    batch = _batch(batch_id)
    no_more = why_no_more(batch.dispatch)
    held = Letter.objects.filter(print_batch=batch, state=Letter.State.HELD)
    in_no_file = held.filter(pk__in=_in_no_file(batch, held, no_more=no_more))
    cancelled = left_out = 0
    if no_more:
        cancelled = in_no_file.update(
            state=Letter.State.CANCELLED, enclosure=None, held_because=""
        )
    else:
        left_out = in_no_file.update(print_batch=None, print_place=None)
    letters = held.update(state=Letter.State.HANDED_OVER, enclosure=None, held_because="")
    PrintBatch.objects.filter(pk=batch_id).update(handed_over_by=by, handed_over_at=now)
    record("hand_over_print_batch", subject=("dispatch", str(batch.dispatch_id)), by=by, now=now,
           parameters={"batch": batch_id, "letters": letters, "left_out": left_out,
                       "cancelled": cancelled})
    return HandedOver(letters + cancelled, left_out, is_over=bool(no_more))


def _in_no_file(batch: PrintBatch, held: QuerySet[Letter], *, no_more: str) -> list[int]:
    """The held letters that no file had; refused while one of them could be in a file."""
    if missing := ", ".join(map(str, files_to_take(batch, no_more=no_more))):
        raise Refusal("print.not-taken", f"Nobody has taken file {missing} of this batch: its "
                      "codes would be erased and printed nowhere. Take each file first.")
    taken = _left_out_by_file(batch)
    return [
        pk for pk, place in held.select_for_update().values_list("pk", "print_place")
        if place and place in taken.get(_file_of(place), {place})
    ]


def files_to_take(batch: PrintBatch, *, no_more: str) -> list[int]:
    """The files that nobody has taken and that have a letter; none of what is printed no more.

    no_more: what `why_no_more` says of the batch's dispatch.
    """
    if no_more:
        return []
    taken = _left_out_by_file(batch)
    held = Letter.objects.filter(print_batch=batch, state=Letter.State.HELD)
    untaken = [
        (_file_of(place), recipient)
        for place, recipient in held.values_list("print_place", "recipient")
        if place and _file_of(place) not in taken
    ]
    side = postal_side(batch.dispatch.purpose)
    addressed = set(side.addressed([recipient for _, recipient in untaken])) if untaken else set()
    return sorted({number for number, recipient in untaken if recipient in addressed})


def _left_out_by_file(batch: PrintBatch) -> dict[int, set[int]]:
    """The files that were taken, with the places that were missing from any copy of each."""
    takings = AuditRecord.objects.filter(
        act="take_print_file", subject_kind="dispatch", subject_id=str(batch.dispatch_id),
        parameters__batch=batch.pk,
    ).values_list("parameters", flat=True)
    files: dict[int, set[int]] = {}
    for one in takings:
        files.setdefault(one["file"], set()).update(one.get("left_out", ()))
    return files


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
