"""What the search looks through: a side table, so that an import is not slowed by its indexes.

A trigger on the members' table notes which rows are due (migration searching), once a statement:
a new list costs it a row for every 20,000 people. A worker brings the side table up to date
(services.refresh_search). Whole numbers and the beginnings of names are looked up in the
members' table itself, and so are never late.

Two facts make slips findable by plain indexes, without an extension of the database. A name's
words are few and often repeated, so that the slip is looked for among the words and not among
the people. And a word with one slip in it still has its first half or its last half whole, so
that an index from the front and one from the back find it between them.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Reverse

from members.models.people import Member


class SearchRow(models.Model):
    """What one member can be found by.

    words:    of the name, folded, each once; a name of several parts also run together; and
              the parts of the e-mail address that are letters.
    postcode: capitals and digits alone, with O as 0 and I and L as 1.
    mailbox:  the e-mail address before its @, in small letters.
    """

    member = models.OneToOneField(
        Member, on_delete=models.PROTECT, primary_key=True, db_constraint=False, related_name="+"
    )
    words = ArrayField(models.TextField(db_collation="C"))
    postcode = models.TextField(db_collation="C")
    mailbox = models.TextField(db_collation="C")

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["words"], name="search_by_words", fastupdate=False),
            models.Index(fields=["postcode"], name="search_by_postcode"),
            models.Index(fields=["mailbox"], name="search_by_mailbox"),
            models.Index(Reverse("mailbox"), name="search_by_end_of_mailbox"),
        ]

    def __str__(self) -> str:
        return f"search row of member {self.member_id}"


class SearchWord(models.Model):
    """A word that some search row has."""

    word = models.TextField(db_collation="C")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["word"], name="search_word_is_kept_once"),
        ]
        indexes: ClassVar = [models.Index(Reverse("word"), name="search_by_end_of_word")]

    def __str__(self) -> str:
        return self.word


class SearchDue(models.Model):
    """Members whose search rows are out of date: all from the first key to the last."""

    first = models.BigIntegerField()
    last = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "search due"

    def __str__(self) -> str:
        return f"members {self.first} to {self.last}"
