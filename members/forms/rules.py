"""What is typed to write eligibility rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members import selectors
from members.eligibility import Rules
from members.eligibility.rules import FORMAT, OLDEST_MINIMUM
from members.models.people import Standing
from members.rollfile import unit_key


def _date_input() -> forms.DateInput:
    return forms.DateInput(
        format="%Y-%m-%d", attrs={"type": "date", "class": "govuk-input--width-10"}
    )


class RulesForm(forms.Form):
    """Who may vote, in words and dates. What is left blank is not asked."""

    name = forms.CharField(
        label="Name",
        help_text="One name for one election. Saving again under the same name writes the next "
        "version; earlier versions are kept.",
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
        choices=[(code, name.capitalize()) for code, name in Standing.choices],
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
    minimum_age = forms.IntegerField(
        label="Minimum age, in years",
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
        choices = [(each.code, each.name) for each in selectors.people.sections()]
        self.fields["sections"].choices = choices  # type: ignore[attr-defined]

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
        return cleaned

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
        }


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
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
