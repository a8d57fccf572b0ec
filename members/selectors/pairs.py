"""What the search for doubles can be asked: the queue, one pair side by side, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet

from members.matching import Level, Record, compare
from members.models import Change, Member, Pair, PairSearch, RollEntry
from members.selectors import history

PAGE_ROWS: Final = 50
CHANGES_SHOWN: Final = 20

# As the history names them. Somebody who is listed again is looked at again.
COMPARED_COLUMNS: Final = [
    "given_name", "family_name", "date_of_birth", "postcode", "address_1", "email", "phone",
    "unit_id", "is_listed",
]  # fmt: skip

_FIELD_WORDS: Final = {
    "family_name": "Family name",
    "given_name": "Given name",
    "date_of_birth": "Date of birth",
    "postcode": "Postcode",
    "address": "First line of the address",
    "email": "E-mail",
    "phone": "Telephone",
    "unit": "Unit",
}
_LEVEL_WORDS: Final = {
    Level.SAME: "The same",
    Level.ALIKE: "Alike",
    Level.SWAPPED: "Day and month swapped",
    Level.DIFFERENT: "Different",
    Level.BLANK: "Not known",
}
# In hundredths of a bit: odds of sixteen to one, and even odds.
_VERY_LIKELY, _LIKELY = 400, 0


def last_search() -> PairSearch | None:
    return PairSearch.objects.first()


def changes_compared(*, after: int) -> QuerySet[Change]:
    """Changes in what is compared, newer than the given one."""
    return Change.objects.filter(pk__gt=after, after__has_any_keys=COMPARED_COLUMNS).order_by()


def is_behind(search: PairSearch | None = None) -> bool:
    """Whether members were added or changed since the last search; true if there was none."""
    search = search or last_search()
    if search is None:
        return True
    return (
        Member.objects.filter(pk__gt=search.up_to_member).exists()
        or changes_compared(after=search.up_to_change).exists()
    )


def likelihood(score: int) -> str:
    """The odds in words."""
    return ("Very likely" if score >= _VERY_LIKELY else "Likely" if score >= _LIKELY
            else "Possible")  # fmt: skip


def pairs_waiting() -> int:
    return Pair.objects.filter(state=Pair.State.OPEN).count()


def pair(pair_id: int) -> Pair | None:
    return _with_members().filter(pk=pair_id).first()


def waiting(*, after: int = 0, most: int = PAGE_ROWS + 1) -> list[Pair]:
    """Open pairs, the likeliest first, from the one after the given pair; 0 begins.

    The pair given may be decided already: it still says where in the queue one was.
    """
    rows = _with_members().filter(state=Pair.State.OPEN).order_by("-score", "pk")
    last = Pair.objects.filter(pk=after).first() if after else None
    if last is not None:
        rows = rows.filter(Q(score__lt=last.score) | Q(score=last.score, pk__gt=last.pk))
    return list(rows[:most])


def next_waiting(*, after: int) -> Pair | None:
    """The next open pair down the queue; at its end, the first that was passed over."""
    found = waiting(after=after, most=1) or waiting(most=1)
    return found[0] if found else None


def other_addresses(member_id: int) -> list[str]:
    """The e-mail addresses of a person's other records that this record has not."""
    member = Member.objects.get(pk=member_id)
    stands = member.merged_into_id or member.pk
    rows = Member.objects.filter(Q(pk=stands) | Q(merged_into=stands)).exclude(email="")
    others = {row.email.strip().lower() for row in rows} - {member.email.strip().lower()}
    return sorted(others)


def settled(*, before: int = 0) -> list[Pair]:
    """Decided pairs, the newest decision first, from the one after the given pair."""
    rows = (
        _with_members()
        .select_related("settled_by")
        .exclude(state=Pair.State.OPEN)
        .filter(is_implied=False)
        .order_by("-settled_at", "-pk")
    )
    last = Pair.objects.filter(pk=before).first() if before else None
    if last is not None and last.settled_at is not None:
        rows = rows.filter(
            Q(settled_at__lt=last.settled_at) | Q(settled_at=last.settled_at, pk__lt=last.pk)
        )
    return list(rows[: PAGE_ROWS + 1])


def _with_members() -> QuerySet[Pair]:
    return Pair.objects.select_related(
        "first__section", "second__section", "first__unit", "second__unit", "settled_by"
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of the two records side by side. verdict: in words whether they agree."""

    name: str
    first: str
    second: str
    verdict: str
    agrees: bool
    differs: bool


def side_by_side(pair: Pair) -> list[Compared]:
    """What is compared, as the two agree in it today, and then what is only shown."""
    rows = []
    for field, level in _levels(pair).items():
        first, second = (_value(member, field) for member in (pair.first, pair.second))
        agrees = level in (Level.SAME, Level.ALIKE, Level.SWAPPED)
        rows.append(Compared(_FIELD_WORDS[field], first, second, _LEVEL_WORDS[level], agrees,
                             level == Level.DIFFERENT))  # fmt: skip
    return [*rows, *_only_shown(pair)]


def agreement(pair: Pair) -> str:
    """What agrees, in a few words, for the list."""
    levels = _levels(pair).items()
    same = [_FIELD_WORDS[field].lower() for field, level in levels if level == Level.SAME]
    return ", ".join(same) or "nothing to the letter"


def has_changed(pair: Pair) -> bool:
    """Whether the two agree otherwise today than the search found, whose score it still has."""
    return "".join(str(int(level)) for level in _levels(pair).values()) != pair.levels


def _levels(pair: Pair) -> dict[str, Level]:
    """How far the two agree today: what a search found may have been changed since."""
    return compare(_record(pair.first), _record(pair.second))


def _record(member: Member) -> Record:
    return Record(
        member.pk, member.given_name, member.family_name, member.date_of_birth, member.postcode,
        member.address_1, member.email, member.phone, member.unit_id,
    )  # fmt: skip


def _value(member: Member, field: str) -> str:
    value = {
        "unit": member.unit.name if member.unit else "",
        "address": member.address_1,
        "date_of_birth": _day(member.date_of_birth),
    }.get(field)
    return value if value is not None else str(getattr(member, field))


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _only_shown(pair: Pair) -> list[Compared]:
    firsts, seconds = _held_besides(pair.first), _held_besides(pair.second)
    return [
        Compared(name, first, seconds[name], _plainly(first, seconds[name]),
                 first == seconds[name] != "", bool(first and seconds[name] not in ("", first)))
        for name, first in firsts.items()
    ]  # fmt: skip


def _plainly(first: str, second: str) -> str:
    if not first or not second:
        return _LEVEL_WORDS[Level.BLANK]
    return _LEVEL_WORDS[Level.SAME if first == second else Level.DIFFERENT]


def _held_besides(member: Member) -> dict[str, str]:
    levy = {True: "confirmed", False: "not confirmed", None: ""}
    return {
        "Membership number": member.number,
        "Title": member.title,
        "Rest of the address": ", ".join(
            filter(None, (member.address_2, member.address_3, member.address_4, member.country))
        ),
        "Section": member.section.name,
        "Standing": member.get_standing_display(),
        "Joined": _day(member.joined_on),
        "Paid until": _day(member.paid_until),
        "Levy": levy[member.levy_confirmed],
        "On the membership list": "yes" if member.is_listed else "no longer",
    }


@dataclass(frozen=True, slots=True)
class Trace:
    """Where one of the two records comes from, and what has happened to it."""

    member: Member
    imports: tuple[int, ...]
    rolls: tuple[str, ...]
    changes: tuple[Change, ...]
    others: tuple[Member, ...]


def trace(member: Member, *, since: int = 0) -> Trace:
    """Imports, frozen rolls, changes and merged records of one member.

    since: only changes newer than this one; 0 for all.
    """
    rolls = RollEntry.objects.filter(member=member).select_related("roll").order_by("-roll_id")
    changes = Change.objects.filter(member=member, pk__gt=since).select_related("by")
    standing = member.merged_into_id or member.pk
    others = Member.objects.filter(Q(pk=standing) | Q(merged_into=standing)).exclude(pk=member.pk)
    return Trace(
        member=member,
        imports=tuple(sorted({member.first_import_id, member.last_import_id})),
        rolls=tuple(f"{e.roll.name}, roll {e.roll.version}" for e in rolls[:CHANGES_SHOWN]),
        changes=tuple(changes[:CHANGES_SHOWN]),
        others=tuple(others.order_by("pk")[:CHANGES_SHOWN]),
    )


def changed_words(change: Change) -> str:
    """What one change changed, in words: "E-mail: a@example.org → b@example.org"."""
    return "; ".join(
        f"{each.name}: {each.old} → {each.new}"
        for each in history.differences(change, history.names_in([change]))
    )


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Which of the two records would stand, and why: words for the page."""

    stands: Member
    other: Member
    why: str


def entitlement(pair: Pair) -> Entitlement:
    """The record that stands unless the person chooses the other.

    The section that goes first wins: a full member who is also on an affiliate's list votes as a
    member. Within a section, the record that is listed longer stands.
    """
    first, second = pair.first, pair.second
    if first.section_id == second.section_id:
        return Entitlement(first, second, f"Both are in one section, {first.section.name}; "
                           "the record that was listed first stands.")  # fmt: skip
    ahead, behind = sorted((first, second), key=lambda member: member.section.precedence)
    return Entitlement(ahead, behind, (
        f"{ahead.section.name} go before {behind.section.name}: if both are entitled, this person "
        f"votes once, in the section {ahead.section.name}."
    ))  # fmt: skip

