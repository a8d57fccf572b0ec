"""Row 36: from an elector or a sealed ballot to the opened choice. Prevents, with one honest mixer.

By structure: no key, no time and no order leads there. By figures: 64 electors whose choices follow
their order on the roll; after the mixes the order of the papers says nothing of it.
"""

from __future__ import annotations

import numpy as np
import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, ManyToManyField

from ballot.models import Mix, Profile, ProfileLine
from ballot.selectors import setting_of
from ballot.services.held_shares import held_shares
from ballot.services.stored_boxes import mixed_box
from tests.ballot.factories import boxes, bring, election, set_keys
from tests.sealing import plain

pytestmark = pytest.mark.django_db

ELECTORS = 64
OPENED = {"ballot.Profile", "ballot.ProfileLine"}
# What an elector, a ballot and the trail of either are known by.
KNOWN = {"ballot.SealedBallot", "ballot.SealedVote", "ballot.Credential", "ballot.RegisterMark",
         "ballot.Entry", "ballot.CastDispute", "members.RollEntry", "members.Member",
         "office.Letter"}
# Shared by all electors of a box or of an election alike: no relation of one of them.
SHARED = {"ballot.Election", "ballot.Contest", "ballot.Box", "members.Section", "members.Roll",
          "members.EligibilityRules", "ballot.Blob"}


def relations() -> dict[str, set[str]]:
    """Which tables point at which, in both directions."""
    found: dict[str, set[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        for one in model._meta.get_fields():
            if isinstance(one, ForeignKey | ManyToManyField):
                there = one.remote_field.model._meta.label
                found.setdefault(model._meta.label, set()).add(there)
                found.setdefault(there, set()).add(model._meta.label)
    return found


def test_no_relation_leads_from_what_was_opened_to_anybody() -> None:
    near, seen = set(OPENED), set(OPENED)
    graph = relations()
    assert graph["ballot.ProfileLine"] == {"ballot.Profile"}

    while near:
        near = {there for here in near for there in graph[here]} - seen - SHARED
        seen |= near

    assert seen & KNOWN == set()
    # Without the tables that all share, the opened papers stand alone.
    assert seen == OPENED


def test_what_is_opened_is_numbers_of_papers_and_nothing_of_one_paper() -> None:
    columns = {field.column for model in (Profile, ProfileLine) for field in model._meta.fields}

    assert columns == {"box_id", "papers", "papers_rejected", "id", "profile_id", "ranking"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_name IN"
            " ('ballot_profile', 'ballot_profileline') AND data_type LIKE '%time%'"
        )
        assert cursor.fetchone() == (0,)


def test_lines_are_stored_in_the_order_of_the_rankings_and_not_of_the_papers() -> None:
    election(at="opened", rankings=((2,), (1,), (0,), (2, 1), (0, 1), (), (1,)))

    lines = list(ProfileLine.objects.order_by("pk").values_list("ranking", flat=True))

    assert lines == sorted(lines) and len(lines) == 6


def _choices(rows: np.ndarray, secret: int) -> list[int]:
    """What each pair of a box holds, opened one by one as only a quorum of trustees could."""
    points = {plain.write(plain.times(number + 1, plain.G)): number for number in range(20)}
    opened = []
    for row in rows:
        wire = row.tobytes()
        masked = plain.times(plain.N - secret, plain.read(wire[:33]))
        opened.append(points[plain.write(plain.add(plain.read(wire[33:]), masked))])
    return opened


def test_the_order_after_the_mixes_says_nothing_of_the_order_of_the_roll() -> None:
    run = election(at="frozen", electors=ELECTORS,
                   rankings=tuple((0,) if n < ELECTORS // 2 else (1,) for n in range(ELECTORS)))
    set_keys(run, quorum=1, trustees=("Ann",))
    bring(run, to="mixed")
    (share,) = held_shares(run.election)
    assert plain.write(plain.times(share.secret, plain.G)) == setting_of(run.election).key
    (box,) = boxes(run)
    assert Mix.objects.count() == 2

    mixed = _choices(mixed_box(box).rows(), share.secret)

    first, second = sorted(set(mixed))
    ahead = np.array([choice == first for choice in mixed], dtype=float)
    assert ahead.sum() == ELECTORS / 2 and second
    # The electors of the first half all chose the first. By chance the correlation of place and
    # choice has a deviation of 1/8; six of them are passed once in five hundred million runs.
    correlation = np.corrcoef(np.arange(ELECTORS), ahead)[0, 1]
    assert abs(correlation) < 6 / 8
    # And it is found where it is: in the order of the roll itself.
    roll = np.array([1.0] * (ELECTORS // 2) + [0.0] * (ELECTORS // 2))
    assert abs(np.corrcoef(np.arange(ELECTORS), roll)[0, 1]) > 6 / 8
