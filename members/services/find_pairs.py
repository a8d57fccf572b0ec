"""Search the membership list for records that may be one person's, and keep what is found.

The list is read once, some thousands of rows at a time, into arrays (members.matching): at no time
are all members objects. What is found is written as a set. A search that is broken off has written
nothing, and run again finds the same.

A decision stands. A pair that was decided "not the same" waits for a decision again only if one of
the two has changed since in what is compared, *and* the two are more alike now than they were when
somebody looked at them; that it came back, and what changed, is shown.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from numpy.typing import NDArray

from members import selectors
from members.matching import BLOCKS, Columns, Found, Gathering, Record, find_alike
from members.models import Change, Member, PairSearch
from members.services.history import lock_register
from office.progress import Report, silent
from office.services.audit import record
from office.services.jobs import open_job

SUBJECT: Final = ("members", "pairs")
_ROWS_A_TIME: Final = 10_000
_COMPARED: Final = (
    "id", "given_name", "family_name", "date_of_birth", "postcode", "address_1", "email", "phone",
    "unit_id",
)  # fmt: skip


def request_search(*, by: int | None, now: datetime, is_whole: bool) -> None:
    """Have the list searched in the background; a search under way is not begun twice."""
    open_job("find_pairs", subject=SUBJECT, by=by, now=now, parameters={"whole": is_whole})


def find_pairs(
    *, by: int | None, now: datetime, is_whole: bool = False, report: Report = silent
) -> PairSearch:
    """Find the pairs of the whole list, or those of members new or changed since the last search.

    The first search is of the whole list, whatever was asked. Returns the account of it; where
    nothing is new, that of the search before.
    """
    last = PairSearch.objects.first()
    if last is not None and not is_whole and not selectors.pairs.is_behind(last):
        return last
    search = _begin(last, is_whole=is_whole or last is None, now=now)
    columns = _read_list(report)
    fresh = None if search.is_whole or last is None else _fresh(columns, last)
    report(stage="Comparing", done=0, total=len(BLOCKS), unit="ways to meet")
    found = find_alike(columns, fresh=fresh, after_block=lambda done: report(done=done))
    search.members_read = len(columns.ids)
    search.members_fresh = len(columns.ids) if fresh is None else int(fresh.sum())
    search.pairs_compared = found.compared
    search.pairs_found = len(found.first)
    search.skipped = [
        {"block": each.block, "blocks": each.blocks, "records": each.records}
        for each in found.skipped
    ]
    report(stage="Writing down what was found", done=0, total=len(found.first), unit="pairs")
    _keep(search, found, last=last, by=by)
    return search


def _begin(last: PairSearch | None, *, is_whole: bool, now: datetime) -> PairSearch:
    """How far the list has got. Whoever changes members has the list locked, so that with the
    lock in hand every number given out so far has been committed: nothing is passed over."""
    with transaction.atomic():
        lock_register()
        return PairSearch(
            is_whole=is_whole,
            started_at=now,
            up_to_member=Member.objects.aggregate(last=Max("id"))["last"] or 0,
            up_to_change=Change.objects.aggregate(last=Max("id"))["last"] or 0,
        )


def _read_list(report: Report) -> Columns:
    """Everybody listed, as arrays. One statement reads them all, so that it reads one moment."""
    listed = Member.objects.filter(is_listed=True).order_by()
    report(stage="Reading the membership list", done=0, total=listed.count(), unit="members")
    gathering = Gathering()
    done = 0
    with transaction.atomic():
        rows = listed.values_list(*_COMPARED).iterator(chunk_size=_ROWS_A_TIME)
        while some := list(islice(rows, _ROWS_A_TIME)):
            gathering.add(Record(*row) for row in some)
            done += len(some)
            report(done=done)
    return gathering.columns()


def _fresh(columns: Columns, last: PairSearch) -> NDArray[np.bool_]:
    """Which members are new since the last search, or have changed in what is compared."""
    changed = (
        selectors.pairs.changes_compared(after=last.up_to_change)
        .values_list("member_id", flat=True)
        .distinct()
    )
    ids = np.fromiter(changed.iterator(chunk_size=_ROWS_A_TIME), dtype=np.int64)
    fresh: NDArray[np.bool_] = (columns.ids > last.up_to_member) | np.isin(columns.ids, ids)
    return fresh


@transaction.atomic
def _keep(
    search: PairSearch, found: Found, *, last: PairSearch | None, by: int | None
) -> None:
    """Write the pairs, and take from the queue those that are no longer alike."""
    lock_register()
    _stage(found)
    values: dict[str, Any] = {
        "now": search.started_at,
        "compared": selectors.pairs.COMPARED_COLUMNS,
        "whole": search.is_whole,
        "up_to_change": last.up_to_change if last else 0,
    }
    with connection.cursor() as cursor:
        for statement in (_WRITE, _GONE, _BACK_TO_REST, _FORGET, _DROP):
            cursor.execute(statement, values)
    search.finished_at = timezone.now()
    search.save()
    record(
        "find_pairs", subject=("pair_search", str(search.pk)), by=by, now=search.finished_at,
        parameters={
            "whole": search.is_whole, "members": search.members_read,
            "fresh": search.members_fresh, "compared": search.pairs_compared,
            "found": search.pairs_found,
        },
    )  # fmt: skip


def _stage(found: Found) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE found_pairs (first bigint, second bigint, score integer,"
            " levels text, PRIMARY KEY (first, second)) ON COMMIT DROP"
        )
        cursor.copy_expert("COPY found_pairs FROM STDIN", io.StringIO("".join(_lines(found))))


def _lines(found: Found) -> Iterator[str]:
    scores = np.rint(found.score * 100).astype(np.int64)
    columns: tuple[Any, ...] = (found.first, found.second, scores, found.levels)
    for first, second, score, levels in zip(*(each.tolist() for each in columns), strict=True):
        yield f"{first}\t{second}\t{score}\t{''.join(map(str, levels))}\n"


# Two records of one person already are no question; nor is one that is no longer listed.
_WRITE: Final = """
    INSERT INTO members_pair
        (first_id, second_id, score, levels, state, is_implied, reason, found_at, last_change)
    SELECT f.first, f.second, f.score, f.levels, 'open', false, '', %(now)s, 0
    FROM found_pairs f
    JOIN members_member a ON a.id = f.first AND a.is_listed
    JOIN members_member b ON b.id = f.second AND b.is_listed
    WHERE coalesce(a.merged_into_id, a.id) <> coalesce(b.merged_into_id, b.id)
    ORDER BY f.score DESC, f.first, f.second
    ON CONFLICT (first_id, second_id) DO UPDATE
    SET score = excluded.score, levels = excluded.levels, state = 'open',
        returned_at = CASE WHEN members_pair.state = 'different' THEN excluded.found_at
                           ELSE members_pair.returned_at END
    WHERE members_pair.state = 'open'
       OR (members_pair.state = 'different' AND excluded.score > members_pair.score
           AND EXISTS (
               SELECT FROM members_change c
               WHERE c.member_id IN (members_pair.first_id, members_pair.second_id)
                 AND c.id > members_pair.last_change AND c.after ?| %(compared)s
           ))
"""
# Open pairs that this search would have found, had they still been alike.
_GONE: Final = """
    CREATE TEMPORARY TABLE gone_pairs ON COMMIT DROP AS
    SELECT p.id FROM members_pair p
    WHERE p.state = 'open'
      AND NOT EXISTS (
          SELECT FROM found_pairs f WHERE f.first = p.first_id AND f.second = p.second_id
      )
      AND (%(whole)s OR EXISTS (
          SELECT FROM members_change c
          WHERE c.member_id IN (p.first_id, p.second_id)
            AND c.id > %(up_to_change)s AND c.after ?| %(compared)s
      ))
"""
_BACK_TO_REST: Final = """
    UPDATE members_pair SET state = 'different', returned_at = NULL
    WHERE id IN (SELECT id FROM gone_pairs) AND returned_at IS NOT NULL
"""
# Nobody has decided these; they were no more than a question.
_FORGET: Final = """
    DELETE FROM members_pair WHERE id IN (SELECT id FROM gone_pairs) AND state = 'open'
"""
_DROP: Final = "DROP TABLE found_pairs, gone_pairs"
