"""What the membership list can be asked: its people, its sections and units."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from members.models import Member, Section, Unit
from members.models.people import Standing
from members.rollfile import name_key, number_key
from members.rollfile.normal import fold

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class ListFigures:
    """The membership list in figures."""

    listed: int
    no_longer_listed: int
    units: int
    sections: tuple[tuple[str, int], ...]


def list_figures() -> ListFigures:
    """How many people are on the list, in all and by section."""
    counts = {
        (section, is_listed): people
        for section, is_listed, people in Member.objects.order_by()
        .values_list("section_id", "is_listed")
        .annotate(people=Count("pk"))
    }
    return ListFigures(
        listed=sum(people for (_, is_listed), people in counts.items() if is_listed),
        no_longer_listed=sum(people for (_, is_listed), people in counts.items() if not is_listed),
        units=Unit.objects.count(),
        sections=tuple(
            (section.name, counts.get((section.pk, True), 0)) for section in Section.objects.all()
        ),
    )


def records_listed() -> int:
    """How many are on the list."""
    return Member.objects.filter(is_listed=True).count()


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One page of members in the order of names.

    next_after: the member that the next page begins after; 0 if there is no further page.
    """

    members: tuple[Member, ...]
    next_after: int


def find_members(words: str = "", *, after: int = 0) -> MemberPage:
    """Members whose number is `words`, or whose name begins with them; all, if there are none.

    after: the member that the page before named; 0 begins. Pages go by the key of names, so that
    the last is as quick as the first, and no name stands in an address.
    """
    people = Member.objects.select_related("section", "unit").order_by("name_key", "pk")
    if words.strip():
        people = people.filter(pk__in=_by_number_or_name(words))
    return _page_after(people, after)


def _by_number_or_name(words: str) -> list[int]:
    """Keys of the people found: two questions, each with its index, of at most so many rows."""
    numbers = Member.objects.filter(number_key=number_key(words.strip())[:32])
    names = Member.objects.filter(name_key__startswith=_name_as_kept(words)).order_by("name_key")
    most = 10 * PAGE_ROWS
    return [*numbers.values_list("pk", flat=True), *names.values_list("pk", flat=True)[:most]]


def _name_as_kept(words: str) -> str:
    """What was typed, as the list keeps names: family name first, whichever way round it came."""
    family, comma, given = words.partition(",")
    return name_key(family, given) if comma else fold(words)


def _page_after(people: QuerySet[Member], after: int) -> MemberPage:
    if after:
        people = people.extra(
            where=[
                "(members_member.name_key, members_member.id) >"
                " (SELECT last.name_key, last.id FROM members_member last WHERE last.id = %s)"
            ],
            params=[after],
        )
    rows = list(people[: PAGE_ROWS + 1])
    page, more = rows[:PAGE_ROWS], rows[PAGE_ROWS:]
    return MemberPage(tuple(page), page[-1].pk if more else 0)


def member(member_id: int) -> Member | None:
    return Member.objects.select_related("section", "unit", "last_import", "merged_into").filter(
        pk=member_id
    ).first()


def member_numbered(number: str) -> Member | None:
    """The member with this number, in whatever form it was typed."""
    key = number_key(number.strip())
    if not key or len(key) > 32:
        return None
    return Member.objects.select_related("section", "unit").filter(number_key=key).first()


def sections() -> QuerySet[Section]:
    return Section.objects.order_by("precedence")


def units() -> QuerySet[Unit]:
    return Unit.objects.order_by("key")


def unit_names() -> dict[str, str]:
    """From each unit's key to its name."""
    return dict(Unit.objects.values_list("key", "name"))


def display_names() -> dict[str, str]:
    """What to call each section, standing and unit where rules are put in words."""
    sections_named = dict(Section.objects.values_list("code", "name"))
    return {**unit_names(), **sections_named, **dict(Standing.choices)}


def merged_into(member_id: int) -> QuerySet[Member]:
    """The other records of the same person, where this is the one that stands."""
    return Member.objects.filter(merged_into_id=member_id).order_by("pk")
