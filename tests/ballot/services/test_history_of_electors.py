"""What a member's history at the desk tells of a contest: not whether they have voted."""

from __future__ import annotations

import pytest

from ballot.services.amend_roll import amend_roll
from ballot.services.codes import PURPOSE_ADDED, PURPOSE_AGAIN
from ballot.services.reissue_code import reissue_code
from members.models import Member
from members.selectors.history import history_of
from office.models import Letter
from tests.ballot.factories import REASON, cast, election, entries

pytestmark = pytest.mark.django_db


def letters(member_id: int) -> list[str]:
    told = [event.words for event in history_of(member_id)[0]]
    return [words for words in told if words.startswith("Letter")]


def test_who_has_voted_and_who_has_not_have_the_same_letters_in_their_history() -> None:
    run = election(at="polling", electors=3)
    voter, absent, asked = entries(run)
    cast(run, voter, (0,))
    Member.objects.update(email="new@example.org")

    for entry in (voter, absent):
        amend_roll(run.election_id, member=entry.member_id, kind="correct", reason="contact",
                   grounds=REASON, **run.by_two)  # fmt: skip
    reissue_code(run.election_id, recipient=asked.public_id, **run.by)
    for kind, reason in (("remove", "died"), ("add", "reinstated")):
        amend_roll(run.election_id, member=asked.member_id, kind=kind, reason=reason,
                   grounds=REASON, **run.by_two)  # fmt: skip

    sent = Letter.objects.filter(purpose__in=[PURPOSE_AGAIN, PURPOSE_ADDED])
    assert {letter.recipient for letter in sent} == {str(absent.public_id), str(asked.public_id)}
    assert [len(letters(entry.member_id)) for entry in (voter, absent, asked)] == [1, 1, 1]
    assert all("Voting codes (" in words for entry in (voter, absent)
               for words in letters(entry.member_id))
