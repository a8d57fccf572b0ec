"""Bring what the search looks through up to date with the membership list.

Which members are due is noted by a trigger, whatever changed them; here they are read anew, some
thousands a transaction, so that an import is never held up and a fallen worker loses nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from members.models import SearchDue
from office.progress import Report, silent
from office.services.jobs import open_job

MEMBERS_A_TURN: Final = 20_000
SUBJECT: Final = ("search", "members")

_TAKE = """
DELETE FROM members_searchdue WHERE id IN (
    SELECT id FROM (
        SELECT id, sum(last - first + 1) OVER (ORDER BY id) AS members
        FROM (SELECT * FROM members_searchdue ORDER BY id LIMIT 5000) AS next
    ) AS counted WHERE members <= %s
) RETURNING first, last
"""

# Folded words of the name as they stand; two or three first ones run together, so that “van der
# Meer” is found as “vandermeer”; and the letters of the mailbox, so that a name in it is found.
_READ = """
INSERT INTO members_searchrow (member_id, words, postcode, mailbox)
SELECT m.id,
       ARRAY(SELECT DISTINCT word FROM unnest(
           parts || run_of_two || run_of_three
           || ARRAY(SELECT p FROM regexp_split_to_table(mailbox, '[^a-z]+') AS p
                    WHERE length(p) >= 3)
       ) AS word WHERE word <> '' ORDER BY word),
       translate(regexp_replace(upper(m.postcode), '[^A-Z0-9]', '', 'g'), 'OIL', '011'),
       mailbox
FROM members_member m
CROSS JOIN LATERAL (
    SELECT string_to_array(m.name_key, ' ') AS parts,
           split_part(lower(m.email), '@', 1) AS mailbox
) AS named
CROSS JOIN LATERAL (
    SELECT CASE WHEN cardinality(parts) > 2 THEN parts[1] || parts[2] END AS run_of_two,
           CASE WHEN cardinality(parts) > 3 THEN parts[1] || parts[2] || parts[3] END
               AS run_of_three
) AS run
WHERE m.id = ANY(%s)
ON CONFLICT (member_id) DO UPDATE
SET words = excluded.words, postcode = excluded.postcode, mailbox = excluded.mailbox
"""

_WORDS_OF = """
SELECT DISTINCT word FROM members_searchrow CROSS JOIN LATERAL unnest(words) AS word
WHERE member_id = ANY(%s)
"""


def ask_for_refresh(*, now: datetime) -> bool:
    """Have the search brought up to date, if anything is due. Called by the beat."""
    if not SearchDue.objects.exists():
        return False
    open_job("refresh_search", subject=SUBJECT, by=None, now=now)
    return True


def refresh_search(*, report: Report = silent) -> int:
    """Read anew every member who is due, and return how many that were."""
    report(stage="Bringing the search up to date", done=0, total=_due(), unit="members")
    read = 0
    while members := _refresh_some():
        read += members
        report(done=read)
    return read


def _due() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(last - first + 1), 0) FROM members_searchdue")
        return int(cursor.fetchone()[0])


@transaction.atomic
def _refresh_some() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [MEMBERS_A_TURN])
        # Somebody changed twice is due twice, and is read once.
        ids = sorted({n for first, last in cursor.fetchall() for n in range(first, last + 1)})
        if not ids:
            return 0
        before = _words_of(ids)
        cursor.execute(_READ, [ids])
        after = _words_of(ids)
        _keep_words(after - before)
        _drop_words(before - after)
    return len(ids)


def _words_of(ids: list[int]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WORDS_OF, [ids])
        return {word for (word,) in cursor.fetchall()}


def _keep_words(words: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO members_searchword (word) SELECT unnest(%s::text[])"
            " ON CONFLICT (word) DO NOTHING",
            [sorted(words)],
        )


def _drop_words(words: set[str]) -> None:
    """Forget the words that nobody has any more: a destroyed name leaves none behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM members_searchword w WHERE w.word = ANY(%s) AND NOT EXISTS"
            " (SELECT 1 FROM members_searchrow r WHERE r.words @> ARRAY[w.word])",
            [sorted(words)],
        )
