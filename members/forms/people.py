"""What is typed to find somebody, to export members, and to record a subject access request."""

from __future__ import annotations

from typing import Any

from django import forms

from members import selectors
from members.models import AccessRequest
from members.models.people import Standing
from members.services.export_members import COLUMNS, LEAST, SHORTEST_PURPOSE


class SearchForm(forms.Form):
    """Who is looked for."""

    q = forms.CharField(
        label="Number, name, postcode or e-mail address",
        help_text="In any order, a part of it, or as near as you have it: “Falowes Caris”, "
        "“0012345”, “qa1 2bd”, “carys@exampel.org”.",
        required=False,
        max_length=120,
        widget=forms.TextInput(
            attrs={"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}
        ),
    )


class ExportForm(forms.Form):
    """Which columns of whom, and what for."""

    columns = forms.MultipleChoiceField(
        label="Columns",
        help_text="Only what the purpose needs. Address, e-mail and phone stay blank for people "
        "whose address is withheld.",
        choices=[(column.name, column.words) for column in COLUMNS],
        initial=LEAST,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one column."},
    )
    section_id = forms.ChoiceField(label="Section", required=False)
    unit_id = forms.ChoiceField(label="Unit", required=False)
    standing = forms.ChoiceField(
        label="Standing", required=False,
        choices=[("", "Any"), *((code, name.capitalize()) for code, name in Standing.choices)],
    )  # fmt: skip
    is_listed = forms.ChoiceField(
        label="On the membership list", required=False, initial="yes",
        choices=[("yes", "Now"), ("no", "No longer"), ("", "Now or once")],
    )  # fmt: skip
    purpose = forms.CharField(
        label="What it is for",
        help_text="One sentence. It stands in the file, and in the record of exports.",
        min_length=SHORTEST_PURPOSE,
        max_length=300,
        error_messages={
            "required": "Say what the export is for.",
            "min_length": "Say in a sentence what the export is for.",
        },
    )
    undertaking = forms.BooleanField(
        label="I shall use it for this purpose alone, pass it to nobody else, and destroy it "
        "within 30 days.",
        error_messages={"required": "Give the undertaking, or do not export."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = [(str(each.pk), each.name) for each in selectors.people.sections()]
        units = [(str(each.pk), each.name) for each in selectors.people.units()]
        self.fields["section_id"].choices = [("", "All"), *sections]  # type: ignore[attr-defined]
        self.fields["unit_id"].choices = [("", "All"), *units]  # type: ignore[attr-defined]

    def filters(self) -> dict[str, Any]:
        """What was chosen, as the service takes it; what was left open is left out."""
        given = self.cleaned_data
        chosen: dict[str, Any] = {
            name: int(given[name]) for name in ("section_id", "unit_id") if given[name]
        }
        if given["standing"]:
            chosen["standing"] = given["standing"]
        if given["is_listed"]:
            chosen["is_listed"] = given["is_listed"] == "yes"
        return chosen


class AccessRequestForm(forms.Form):
    """Who asked when, and how they proved who they are."""

    asked_on = forms.DateField(
        label="The day on which they asked",
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "class": "govuk-input--width-10"}
        ),
        error_messages={"required": "Give the day on which they asked."},
    )
    proof = forms.ChoiceField(
        label="How they proved who they are",
        choices=AccessRequest.Proof.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how they proved who they are."},
    )
    note = forms.CharField(
        label="Note",
        help_text="Where the request is filed, say. Do not copy a document’s number.",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
