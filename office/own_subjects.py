"""What the office's own acts are done to: members of staff, their authorities, and letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from office.models import Dispatch, StaffMember, WrittenAuthority
from office.purposes import title_about, titled
from office.subjects import Subject, numbers, register_subject


def register() -> None:
    """Say to the trail and the approvals how each kind is named."""
    register_subject("staff", _staff)
    register_subject("person", _staff)
    register_subject("authority", _authorities)
    register_subject("dispatch", _dispatches)


def _staff(ids: Sequence[str]) -> Mapping[str, Subject]:
    people = StaffMember.objects.filter(pk__in=numbers(ids)).values_list("pk", "name")
    return {str(pk): _person(name, pk) for pk, name in people}


def _authorities(ids: Sequence[str]) -> Mapping[str, Subject]:
    rows = WrittenAuthority.objects.filter(pk__in=numbers(ids))
    return {
        str(pk): _person(f"Written authority of {name}", deputy)
        for pk, deputy, name in rows.values_list("pk", "deputy_id", "deputy__name")
    }


def _person(words: str, person_id: int) -> Subject:
    return Subject(words, reverse("staff_member", args=[person_id]), "see_staff")


def _dispatches(ids: Sequence[str]) -> Mapping[str, Subject]:
    rows = list(Dispatch.objects.filter(pk__in=numbers(ids)))
    titles = {one: title_about(one) for one in {row.reference for row in rows}}
    return {
        str(row.pk): Subject(
            titled(row.purpose, titles[row.reference]),
            reverse("dispatch", args=[row.pk]),
            "see_letters",
        )
        for row in rows
    }
