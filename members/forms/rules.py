"""What is typed to write eligibility rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from members import selectors
from members.eligibility import Rules
from members.eligibility.rules import FORMAT, LONGEST_GRACE, OLDEST_MINIMUM
from members.models import Section
from members.models.people import Standing
from members.rollfile import unit_key


def _date_input() -> forms.DateInput:
    return forms.DateInput(
        format="%Y-%m-%d", attrs={"type": "date", "class": "govuk-input--width-10"}
    )


@dataclass(frozen=True, slots=True)
class SectionPart:
    """The fields about one section's own days, for the page."""

    name: str
    fields: tuple[BoundField, ...]
    is_open: bool


class RulesForm(forms.Form):
    """Who may vote, in words and dates. What is left blank is not asked."""

    name = forms.CharField(
        label="Name",
        help_text="Such as “Leadership 2026”: one name for one election, under which all versions "
        "of its rules stand.",
        max_length=100,
        error_messages={"required": "Give the rules a name."},
    )
    sections = forms.MultipleChoiceField(
        label="Sections that may vote",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one section."},
    )
    standings = forms.MultipleChoiceField(
        label="Standings that may vote",
        choices=[
            (each.value, each.label.capitalize()) for each in Standing if each != Standing.DECEASED
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one standing."},
    )
    joined_by = forms.DateField(
        label="Joined on or before",
        help_text="The freeze date. Whoever joined later does not vote.",
        required=False,
        widget=_date_input(),
    )
    paid_up_on = forms.DateField(
        label="Paid up on",
        help_text="Whoever has paid until this day or a later one is paid up.",
        required=False,
        widget=_date_input(),
    )
    grace_days = forms.IntegerField(
        label="Days of grace for arrears",
        help_text="Whoever has paid until so many days before that day, or later, is still paid "
        "up. Blank for none.",
        required=False,
        min_value=0,
        max_value=LONGEST_GRACE,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    levy_sections = forms.MultipleChoiceField(
        label="Sections whose people must have the levy confirmed by their affiliate",
        help_text="Whoever is not confirmed there does not vote. Tick none, and it is not asked.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minimum_age = forms.IntegerField(
        label="Minimum age, in years",
        help_text="Blank for none.",
        required=False,
        min_value=1,
        max_value=OLDEST_MINIMUM,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    age_on = forms.DateField(
        label="The day on which that age must be reached",
        required=False,
        widget=_date_input(),
    )
    units = forms.CharField(
        label="Only these units",
        help_text="One name a line: constituency, branch or affiliate. Blank for all of them.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = list(selectors.people.sections())
        for name in ("sections", "levy_sections"):
            choices = [(each.code, each.name) for each in self.known]
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        for section in self.known:
            self.fields |= _fields_of(section)

    def section_parts(self) -> Iterator[SectionPart]:
        """One part of the page for each section; open where something is written in it."""
        for section in self.known:
            bound = tuple(self[name] for name in _fields_of(section))
            yield SectionPart(section.name, bound, any(each.value() or each.errors
                                                       for each in bound))

    def clean_units(self) -> list[str]:
        lines = [line for line in self.cleaned_data["units"].splitlines() if line.strip()]
        known = selectors.people.unit_names()
        unknown = [line.strip() for line in lines if unit_key(line) not in known]
        if unknown:
            raise ValidationError(f"No unit is called {', '.join(unknown[:5])}.")
        return sorted({unit_key(line) for line in lines})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        age, day = cleaned.get("minimum_age"), cleaned.get("age_on")
        if age and not day and "age_on" not in self.errors:
            self.add_error("age_on", "Say on which day that age must be reached.")
        if day and not age and "minimum_age" not in self.errors:
            self.add_error("minimum_age", "Say which age must be reached on that day.")
        for section in self.known:
            self._clean_section(section, cleaned)
        return cleaned

    def _clean_section(self, section: Section, cleaned: dict[str, Any]) -> None:
        is_chosen = section.code in cleaned.get("sections", [section.code])
        for kind in OWN_DAYS:
            day, free = (cleaned.get(f"{part}_{section.code}") for part in (kind, f"{kind}_free"))
            if day and free:
                self.add_error(f"{kind}_{section.code}", "Give a day or tick the box, not both.")
            if (day or free) and not is_chosen:
                self.add_error(f"{kind}_{section.code}", "This section is not one that may vote.")
        if section.code in cleaned.get("levy_sections", []) and not is_chosen:
            self.add_error("levy_sections", f"{section.name} is not a section that may vote.")

    def body(self) -> dict[str, object]:
        """The rules as the core reads them."""
        given = self.cleaned_data
        return {
            "format": FORMAT,
            "joined_by": _iso(given["joined_by"]),
            "paid_up_on": _iso(given["paid_up_on"]),
            "standings": given["standings"],
            "minimum_age": given["minimum_age"],
            "age_on": _iso(given["age_on"]),
            "sections": given["sections"],
            "units": given["units"],
            "joined_by_in": self._own_days("joined_by"),
            "paid_up_on_in": self._own_days("paid_up_on"),
            "grace_days": given["grace_days"] or 0,
            "levy_sections": given["levy_sections"],
        }

    def _own_days(self, kind: str) -> dict[str, str | None]:
        """The sections with a day of their own, or with none where the others have one."""
        given = self.cleaned_data
        return {
            each.code: _iso(given[f"{kind}_{each.code}"])
            for each in self.known
            if given[f"{kind}_{each.code}"] or given[f"{kind}_free_{each.code}"]
        }


OWN_DAYS = {
    "joined_by": ("Joined on or before", "The day of joining does not matter"),
    "paid_up_on": ("Paid up on", "They need not be paid up"),
}


def _fields_of(section: Section) -> dict[str, forms.Field]:
    """A day, or that it is not asked, for each rule that a section may have of its own."""
    fields: dict[str, forms.Field] = {}
    for kind, (label, free) in OWN_DAYS.items():
        fields[f"{kind}_{section.code}"] = forms.DateField(
            label=label, help_text="Blank for the same day as everybody.", required=False,
            widget=_date_input(),
        )  # fmt: skip
        fields[f"{kind}_free_{section.code}"] = forms.BooleanField(label=free, required=False)
    return fields


def rules_as_typed(name: str, rules: Rules) -> dict[str, object]:
    """Stored rules as the form's first values, for writing the next version of them."""
    names = selectors.people.unit_names()
    return {
        "name": name,
        "sections": sorted(rules.sections),
        "standings": sorted(rules.standings),
        "joined_by": rules.joined_by,
        "paid_up_on": rules.paid_up_on,
        "minimum_age": rules.minimum_age,
        "age_on": rules.age_on,
        "units": "\n".join(sorted(names.get(key, key) for key in rules.units)),
        "grace_days": rules.grace_days or None,
        "levy_sections": sorted(rules.levy_sections),
        **_own_as_typed("joined_by", rules.joined_by_in),
        **_own_as_typed("paid_up_on", rules.paid_up_on_in),
    }


def _own_as_typed(kind: str, days: Mapping[str, date | None]) -> dict[str, object]:
    return {
        f"{kind}_{code}" if day else f"{kind}_free_{code}": day or True
        for code, day in days.items()
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
