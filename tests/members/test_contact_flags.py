"""Patterns of tampering are flagged, and a month like any other hardly is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from members import services
from members.models import Change, ContactFlag, Member
from members.services.history import change_member
from office.refusal import Refusal
from office.selectors import live_jobs
from tests.members.factories import NOW, imported, people, person
from tests.office.factories import officer

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=2)
NIGHT = datetime(2016, 8, 22, 23, 30, tzinfo=UTC)
"""Half past midnight in London, of the 23rd."""


def changed(
    count: int, *, by: int, after: int = 0, at: datetime = NOW, **fields: str
) -> None:
    """So many people corrected at the desk by one hand; "#" in a value is the person's place."""
    for place, member in enumerate(Member.objects.order_by("pk")[after : after + count], after):
        change_member(
            member.pk,
            fields={name: value.replace("#", str(place)) for name, value in fields.items()},
            source=Change.Source.EDIT, by=by, now=at,
        )  # fmt: skip


def kinds() -> list[str]:
    services.flag_contacts(now=LATER)
    return sorted(ContactFlag.objects.values_list("kind", flat=True))


def test_twenty_of_one_unit_by_one_hand_are_flagged_and_nineteen_are_not() -> None:
    imported(*people(30))
    by = officer()

    changed(19, by=by.pk, phone="01632 96010#")
    assert kinds() == []
    changed(20, by=by.pk, phone="01632 96020#")

    assert kinds() == ["unit"]
    flag = ContactFlag.objects.get()
    assert (flag.by, flag.people, flag.remark) == (by, 20, "telephone number")
    assert flag.unit is not None and flag.unit.name == "North Aldermoor"


def test_what_is_older_than_the_window_is_not_looked_at_again() -> None:
    imported(*people(30))
    changed(25, by=officer().pk, phone="01632 96010#")

    services.flag_contacts(now=NOW + timedelta(days=31))
    assert not ContactFlag.objects.exists()

    services.flag_contacts(now=NOW + timedelta(days=29))
    assert ContactFlag.objects.exists()


def test_a_single_change_by_hand_in_the_database_is_flagged() -> None:
    imported(*people(3))
    change_member(Member.objects.all()[0].pk, fields={"email": "x@example.org"},
                  source=Change.Source.EDIT, by=officer().pk, now=NOW)  # fmt: skip
    assert kinds() == []

    change_member(Member.objects.all()[1].pk, fields={"email": "y@example.org"},
                  source=Change.Source.DATABASE, by=None, now=NOW)  # fmt: skip

    assert kinds() == ["database"]


def test_fifty_at_the_desk_in_a_day_are_flagged_in_whatever_units() -> None:
    imported(*[person(number=str(n), unit=f"Unit {n % 10}", email=f"p{n}@example.org",
                      address_1=f"{n} Row") for n in range(60)])  # fmt: skip

    changed(49, by=officer().pk, given_name="X#")
    assert kinds() == []
    changed(50, by=officer().pk, given_name="Y#")

    assert kinds() == ["day"]


def test_a_flag_names_the_day_on_the_clocks_of_the_party() -> None:
    imported(*[person(number=str(n), unit=f"Unit {n % 10}", email=f"p{n}@example.org",
                      address_1=f"{n} Row") for n in range(60)])  # fmt: skip

    changed(50, by=officer().pk, at=NIGHT, given_name="Y#")
    services.flag_contacts(now=NIGHT + timedelta(hours=2))

    assert ContactFlag.objects.get(kind="day").remark == "on 23 August 2016"


def test_one_mailbox_given_to_many_is_flagged_and_a_household_is_not() -> None:
    imported(*people(30))
    by = officer().pk

    changed(4, by=by, email="family@example.org")
    assert kinds() == []
    changed(11, by=by, email="office@example.org")

    assert kinds() == ["mailbox"]
    assert ContactFlag.objects.get().subject == "office@example.org"


def test_people_who_are_added_at_invented_addresses_are_flagged_too() -> None:
    imported(*people(300))
    row = [person(number=f"N{n}", email=f"voter{n:03}@large.example", address_1=f"{n} Row")
           for n in range(25)]  # fmt: skip

    imported(*row, scope="part")

    assert kinds() == ["domain", "sequence"]
    sequence = ContactFlag.objects.get(kind="sequence")
    assert (sequence.subject, sequence.remark) == ("voter#@large.example", "0 to 24")


def test_the_first_list_of_all_is_no_pattern() -> None:
    imported(*people(60))

    assert kinds() == []


def test_a_flag_that_was_looked_at_comes_back_only_when_it_has_grown() -> None:
    imported(*people(60))
    by, other = officer(), officer()
    changed(20, by=by.pk, phone="01632 96010#")
    assert services.flag_contacts(now=LATER) == 1
    flag = ContactFlag.objects.get()

    with pytest.raises(Refusal, match="another"):
        services.look_at_flag(flag.pk, note="Mine.", by=by.pk, now=LATER)
    with pytest.raises(Refusal, match="in a sentence"):
        services.look_at_flag(flag.pk, note=" ", by=other.pk, now=LATER)
    services.look_at_flag(flag.pk, note="The secretary confirmed each.", by=other.pk, now=LATER)
    with pytest.raises(Refusal, match="has been looked at"):
        services.look_at_flag(flag.pk, note="Again.", by=other.pk, now=LATER)

    assert services.flag_contacts(now=LATER) == 0
    changed(29, by=by.pk, phone="01632 96030#")
    assert services.flag_contacts(now=LATER) == 0
    changed(30, by=by.pk, phone="01632 96040#")
    assert services.flag_contacts(now=LATER) == 1
    assert ContactFlag.objects.filter(state="open").count() == 1


def test_a_flag_that_was_looked_at_hides_nothing_of_what_came_two_windows_later() -> None:
    imported(*people(80))
    by, other = officer(), officer()
    changed(40, by=by.pk, phone="01632 96010#")
    assert services.flag_contacts(now=LATER) == 1
    services.look_at_flag(ContactFlag.objects.get().pk, note="Confirmed.", by=other.pk, now=LATER)
    assert services.flag_contacts(now=LATER + timedelta(days=29)) == 0

    much_later = NOW + timedelta(days=60)
    changed(40, by=by.pk, after=40, at=much_later, phone="01632 96020#")

    assert services.flag_contacts(now=much_later + timedelta(hours=2)) == 1
    assert ContactFlag.objects.get(state="open").people == 40


HANDS = {
    "domain": {"email": "m#x@new-domain.example"},
    "sequence": {"email": "voter#@mail.example"},
    "mailbox": {"email": "office@mail.example"},
    "phone": {"phone": "01632 960100"},
    "address": {"address_1": "9 Other Street"},
}


@pytest.mark.parametrize("kind", HANDS)
def test_who_made_the_changes_of_a_flag_without_a_name_does_not_close_it(kind: str) -> None:
    imported(*people(60), *[person(number=f"A{n}", family_name=f"Quayle{n}", unit=f"Unit {n}",
                                   email=f"q{n}@mail.example") for n in range(60)])  # fmt: skip
    by, other = officer(), officer()
    changed(30, by=by.pk, **HANDS[kind])
    services.flag_contacts(now=LATER)
    flag = ContactFlag.objects.get(kind=kind)
    assert flag.by is None

    with pytest.raises(Refusal, match=r"flag\.own-changes"):
        services.look_at_flag(flag.pk, note="Mine.", by=by.pk, now=LATER)
    services.look_at_flag(flag.pk, note="Confirmed.", by=other.pk, now=LATER)

    flag.refresh_from_db()
    assert flag.looked_by == other


def test_who_approved_a_change_that_is_disputed_does_not_close_its_flag() -> None:
    imported(person())
    by, second, other = officer(), officer(), officer()
    long_ago = NOW - timedelta(days=90)
    change = change_member(
        Member.objects.get().pk, fields={"email": "x@example.org"}, source=Change.Source.EDIT,
        by=by.pk, seconded_by=second.pk, now=long_ago,
    )  # fmt: skip
    assert change is not None
    services.record_contact_dispute(change.pk, now=NOW)
    flag = ContactFlag.objects.get()

    for one in (by, second):
        with pytest.raises(Refusal, match=r"flag\.own-changes"):
            services.look_at_flag(flag.pk, note="Mine.", by=one.pk, now=LATER)
    services.look_at_flag(flag.pk, note="Asked by telephone.", by=other.pk, now=LATER)


def test_who_sent_in_people_at_invented_addresses_does_not_close_their_flag() -> None:
    imported(*people(300))
    by, other = officer(), officer()
    rows = [person(number=f"N{n}", email=f"voter{n:03}@large.example", address_1=f"{n} Row")
            for n in range(25)]  # fmt: skip
    imported(*rows, scope="part", by=by.pk)
    services.flag_contacts(now=LATER)

    for flag in ContactFlag.objects.all():
        with pytest.raises(Refusal, match=r"flag\.own-changes"):
            services.look_at_flag(flag.pk, note="Mine.", by=by.pk, now=LATER)
        services.look_at_flag(flag.pk, note="A new branch.", by=other.pk, now=LATER)


def test_an_own_change_of_something_else_does_not_keep_a_flag_from_being_closed() -> None:
    imported(*people(60))
    by, other = officer(), officer()
    changed(12, by=by.pk, email="office@mail.example")
    changed(5, by=other.pk, after=20, email="p#x@example.org")
    services.flag_contacts(now=LATER)

    services.look_at_flag(ContactFlag.objects.get(kind="mailbox").pk, note="A home.", by=other.pk,
                          now=LATER)  # fmt: skip


def test_an_open_flag_is_brought_up_to_date_and_not_doubled() -> None:
    imported(*people(60))
    by = officer().pk
    changed(20, by=by, phone="01632 96010#")
    services.flag_contacts(now=LATER)

    changed(24, by=by, phone="01632 96020#")

    assert kinds() == ["unit"]
    assert ContactFlag.objects.get().people == 24


def test_an_import_and_the_day_have_the_changes_looked_at() -> None:
    from members.tasks import watch_contacts

    imported(person())
    assert [job.kind for job in live_jobs(subject=("register", "1"))] == ["flag_contacts"]

    live_jobs().filter(kind="flag_contacts").update(state="done")
    watch_contacts()

    assert [job.kind for job in live_jobs(subject=("register", "1"))] == ["flag_contacts"]
