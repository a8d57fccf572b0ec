"""The incidents book goes on the board at the end: with the declaration, or when all is void."""

from __future__ import annotations

from datetime import datetime

from ballot.incidents import book_of, incidents_content
from ballot.models import Election
from ballot.services.board import append_entry
from ballot.services.open_incident import keep_book


def publish_incidents(election: Election, *, now: datetime) -> None:
    """Append the book as it stands, within the act that ends the election; nothing if it is empty.

    What is written afterwards is the next entry of a book that stays open at the desk.
    """
    keep_book(election.pk)
    book = book_of(election)
    if book:
        append_entry(election, kind="incidents", content=incidents_content(book), now=now)
