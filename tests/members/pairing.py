"""Pairs of records in tests: found, merged, and who stands."""

from __future__ import annotations

from members import services
from members.models import Member, Pair, PairSearch
from tests.members.factories import NOW, imported, person

TWICE = (person(number="1"), person(number="2", unit="South Aldermoor"))
THRICE = (*TWICE, person(number="3", unit="", section="affiliated"))


def numbered(number: str) -> Member:
    return Member.objects.get(number=number)


def searched(*rows: dict[str, str], scope: str = "whole", **given: bool) -> PairSearch:
    if rows:
        imported(*rows, scope=scope)
    return services.find_pairs(by=None, now=NOW, **given)


def pair_of(one: str, other: str) -> Pair:
    first, second = sorted((numbered(one).pk, numbered(other).pk))
    return Pair.objects.get(first=first, second=second)


def merged(one: str, other: str, *, keep: str) -> Pair:
    pair = pair_of(one, other)
    services.settle_same(pair.pk, keep=numbered(keep).pk, by=None, now=NOW)
    pair.refresh_from_db()
    return pair


def standing() -> dict[str, str]:
    """From each number to that of the record that stands for it."""
    return {
        member.number: member.merged_into.number if member.merged_into else member.number
        for member in Member.objects.select_related("merged_into")
    }
