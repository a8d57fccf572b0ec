"""What is typed at the pages of the membership list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members import selectors
from members.eligibility import Rules
from members.eligibility.rules import FORMAT, OLDEST_MINIMUM
from members.models import ImportBatch
from members.models.people import Standing
from members.rollfile import unit_key


class SearchForm(forms.Form):
    """Who is looked for."""

    q = forms.CharField(
        label="Membership number, or the beginning of a name",
        help_text="Family name first: “Fallowes”, “Fallowes, Carys” or “0012345”.",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )


class UploadForm(forms.Form):
    """A membership list, and what it is a list of."""

    file = forms.FileField(
        label="The list, as a CSV file",
        help_text="CSV in UTF-8, with the column names in the first line.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": "Choose the file.",
            "empty": "The file is empty. Choose another one.",
        },
    )
    scope = forms.ChoiceField(
        label="What the file lists",
        help_text="Somebody who should be in the file and is not will be marked as no longer "
        "on the membership list. You see how many before anything changes.",
        choices=ImportBatch.Scope.choices,
        widget=forms.RadioSelect,
        initial=ImportBatch.Scope.WHOLE,
        error_messages={"required": "Say what the file lists."},
    )
    section = forms.ChoiceField(
        label="Which section, if it is the list of one",
        required=False,
        widget=forms.Select,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = [(str(each.pk), each.name) for each in selectors.sections()]
        self.fields["section"].choices = [("", "–"), *sections]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_section = cleaned.get("scope") == ImportBatch.Scope.SECTION
        if is_section and not cleaned.get("section"):
            self.add_error("section", "Say which section the file lists.")
        cleaned["section_id"] = int(cleaned["section"]) if is_section and cleaned.get(
            "section") else None  # fmt: skip
        return cleaned


class SectionForm(forms.Form):
    """A further section of the electorate."""

    name = forms.CharField(
        label="Name",
        help_text="As it is printed: “Youth section”.",
        max_length=60,
        error_messages={"required": "Give the section’s name."},
    )
    code = forms.SlugField(
        label="Code",
        help_text="As lists write it: small letters, digits and hyphens, “youth”.",
        max_length=32,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
        error_messages={"required": "Give the section’s code."},
    )


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
        choices = [(each.code, each.name) for each in selectors.sections()]
        self.fields["sections"].choices = choices  # type: ignore[attr-defined]

    def clean_units(self) -> list[str]:
        lines = [line for line in self.cleaned_data["units"].splitlines() if line.strip()]
        known = selectors.unit_names()
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
    names = selectors.unit_names()
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


class EnquiryForm(forms.Form):
    """Am I on the roll? What somebody types who has no account and needs none."""

    number = forms.CharField(
        label="Membership number",
        max_length=32,
        widget=forms.TextInput(
            attrs={
                "class": "govuk-input--width-10",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": "Enter your membership number."},
    )
    proof = forms.CharField(
        label="Your postcode, or your e-mail address",
        help_text="As the party has it.",
        max_length=254,
        widget=forms.TextInput(
            attrs={"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter your postcode or your e-mail address."},
    )
