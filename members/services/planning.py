"""What the database is told before a statement over the whole list: memory, and how to join.

Both are said within a transaction, and at its end nothing of them is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def give_memory() -> None:
    """Let this transaction's sorts and joins of whole lists stay in memory."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '96MB'")


@contextmanager
def by_hashing() -> Iterator[None]:
    """Let what is run meanwhile look up and join by hashing alone.

    Of arrays and of a list that has just changed the planner knows too little: a loop over half a
    million rows for each of some thousand people has looked cheap to it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL enable_mergejoin = on")
