"""Row 32: mass changes of addresses before the freeze. Detects: two elections, replayed.

Croydon East, 2023: of a unit of 500, 40 e-mail addresses, 71 postal addresses and 26 telephone
numbers were altered by one hand. Alberta, 2017: 200 invented e-mail addresses. Each must be flagged
whole; beside it stands a month of honest changes, whose false alarms are counted and printed.
The list is scaled down to 6,000 people of 24 units; `make bench-roll` does the same at full size.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from members import services
from members.models import Change, ContactFlag, ImportBatch, Member
from members.services.history import tell_history
from office.models import Letter
from tests.members.factories import NOW, imported, person
from tests.office.factories import officer

pytestmark = pytest.mark.django_db

PEOPLE, UNITS = 6000, 24
LATER = NOW + timedelta(days=1)


@pytest.fixture
def listed() -> None:
    """A list whose people live at different addresses, with mailboxes at four providers."""
    imported(
        *[
            person(
                number=f"{n}", family_name=f"Fallowes{n}", unit=f"Unit {n % UNITS}",
                email=f"f{n * 7919 % 100_003}@mail{n // UNITS % 4}.example", phone=f"01990 {n:06}",
                address_1=f"{n} Inkle Row",
            )
            for n in range(PEOPLE)
        ]
    )  # fmt: skip


def by_hand(assignment: str, where: str, *, by: int | None, source: str = "edit") -> int:
    """Change members as one act, and return how many: `n` is the person's number."""
    batch = ImportBatch.objects.get().pk if source == "import" else None
    tell_history(Change.Source(source), by=by, now=NOW, batch_id=batch)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE members_member m SET {assignment} FROM (SELECT id, number::int AS n"
            f" FROM members_member WHERE number ~ '^[0-9]+$') p WHERE p.id = m.id AND {where}"
        )
        return int(cursor.rowcount)


def flagged() -> list[ContactFlag]:
    services.flag_contacts(now=LATER)
    return list(ContactFlag.objects.order_by("pk"))


def test_the_pattern_of_croydon_is_flagged_whole(listed: None) -> None:
    thief = officer().pk
    unit = "p.n % 24 = 5"
    emails = by_hand("email = 'c' || (p.n * 31) || '@mail0.example'",
                     f"{unit} AND p.n / 24 < 40", by=thief)  # fmt: skip
    posts = by_hand("address_1 = (p.n * 3) || ' Other Street'", f"{unit} AND p.n / 24 < 71",
                    by=thief)  # fmt: skip
    phones = by_hand("phone = '01990 9' || p.n", f"{unit} AND p.n / 24 < 26", by=thief)
    assert (emails, posts, phones) == (40, 71, 26)

    found = {flag.subject: flag for flag in flagged() if flag.kind == "unit"}

    assert {subject: flag.people for subject, flag in found.items()} == {
        "email": 40, "address": 71, "phone": 26,
    }  # fmt: skip
    assert {flag.by_id for flag in found.values()} == {thief}
    assert {flag.unit.name for flag in found.values() if flag.unit} == {"Unit 5"}


def test_the_pattern_of_croydon_is_flagged_when_it_comes_by_an_import(listed: None) -> None:
    rows = []
    for member in Member.objects.filter(unit__name="Unit 5").order_by("pk")[:40]:
        rows.append(person(number=member.number, family_name=member.family_name, unit="Unit 5",
                           email=f"c{member.pk}@mail0.example", phone=member.phone,
                           address_1=member.address_1))  # fmt: skip

    batch = imported(*rows, scope="part")

    (flag,) = [flag for flag in flagged() if flag.kind == "unit"]
    assert (flag.subject, flag.people, flag.batch) == ("email", 40, batch)


@pytest.mark.parametrize(
    ("invented", "kinds"),
    [
        ("'k' || (p.n * 613 % 99991) || '@invented.example'", {"domain"}),
        ("'k' || (p.n * 613 % 99991) || '@' || (ARRAY['one', 'two'])[p.n % 2 + 1] || '.example'",
         {"domain"}),
        ("'voter' || p.n || '@mail1.example'", {"sequence"}),
        ("'hq@mail1.example'", {"mailbox"}),
    ],
)  # fmt: skip
def test_the_pattern_of_alberta_is_flagged_whole(
    listed: None, invented: str, kinds: set[str]
) -> None:
    everybody = "p.n BETWEEN 1000 AND 1199"
    assert by_hand(f"email = {invented}", everybody, by=None, source="import") == 200

    found = [flag for flag in flagged() if flag.kind in kinds]

    assert {flag.kind for flag in found} == kinds
    assert sum(flag.people for flag in found) == 200


def test_a_month_like_any_other_is_hardly_flagged(listed: None) -> None:
    """2 % movers, new mailboxes and telephones; students; a provider that moves; a secretary."""
    by_hand("address_1 = p.n || ' New Street'", "p.n % 101 = 7", by=None, source="import")
    by_hand("email = 'g' || (p.n * 6151 % 99989) || '@mail3.example'", "p.n % 139 = 9", by=None,
            source="import")  # fmt: skip
    by_hand("phone = '01990 7' || p.n", "p.n % 199 = 11", by=None, source="import")
    by_hand("address_1 = 'Hall, room ' || p.n, postcode = 'QA7 7AA'",
            "p.n % 24 = 3 AND p.n / 24 < 30", by=None, source="import")  # fmt: skip
    by_hand("email = replace(m.email, '@mail2.example', '@moved.example')",
            "m.email LIKE '%@mail2.example'", by=None, source="import")  # fmt: skip
    by_hand("phone = '01990 8' || p.n", "p.n % 24 = 4 AND p.n / 24 < 15", by=officer().pk)

    alarms = flagged()

    print(f"\nfalse alarms in a normal month: {len(alarms)}: "
          + "; ".join(f"{flag.get_kind_display()} ({flag.subject}, {flag.people})"
                      for flag in alarms))  # fmt: skip
    # The hall of thirty students in September, and the provider's own move: one glance each.
    assert [(flag.kind, flag.subject) for flag in alarms] == [
        ("unit", "address"), ("domain", "moved.example"),
    ]  # fmt: skip
    assert alarms[1].remark == "1477 of them kept the part before the @"


def test_each_change_of_a_replayed_theft_is_told_to_the_old_mailbox(listed: None) -> None:
    rows = [
        person(number=member.number, family_name=member.family_name, unit="Unit 5",
               email=f"c{member.pk}@mail0.example", phone=member.phone,
               address_1=member.address_1)
        for member in Member.objects.filter(unit__name="Unit 5").order_by("pk")[:40]
    ]  # fmt: skip

    imported(*rows, scope="part")

    told = Letter.objects.filter(purpose="members.contact_changed")
    assert told.filter(recipient__endswith=":old").count() == 40
    assert told.filter(recipient__endswith=":new").count() == 40
