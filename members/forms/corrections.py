"""What is typed to ask for a correction, and to settle one."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members.models import CorrectionRequest, Member
from members.selectors.own_page import FIELDS_OF

LONGEST_TEXT = 1000

_LABELS = {
    "title": "Title",
    "given_name": "Given names",
    "family_name": "Family name",
    "email": "E-mail address",
    "phone": "Telephone number",
    "address_1": "Address, first line",
    "address_2": "Second line",
    "address_3": "Third line",
    "address_4": "Fourth line",
    "postcode": "Postcode",
    "country": "Country",
    "joined_on": "Joined on",
    "paid_until": "Paid until",
    "date_of_birth": "Date of birth",
}


class CorrectionForm(forms.Form):
    """What a member finds wrong, and what it should be."""

    detail = forms.ChoiceField(
        label="Which detail is wrong",
        choices=[("", "Choose a detail"), *CorrectionRequest.Detail.choices],
        error_messages={"required": "Choose the detail that is wrong."},
    )
    wanted = forms.CharField(
        label="What it should be",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what it should be."},
    )
    why = forms.CharField(
        label="What shows it",
        help_text="If you can: “moved in May”, “marriage certificate”, “receipt of 4 March”.",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SettleForm(forms.Form):
    """The corrected detail, as it will stand in the list, and a word to the member."""

    def __init__(self, asked: CorrectionRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._columns = FIELDS_OF[asked.detail]
        for name in self._columns:
            self.fields[name] = _field(name)
        self.initial = {**_first_values(asked), **self.initial}
        self.fields["answer"] = forms.CharField(
            label="A word to the member",
            help_text="Sent with the answer that it has been put right.",
            required=not self._columns,
            max_length=LONGEST_TEXT,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": "Say what was done: the member is sent it."},
        )

    def columns(self) -> Mapping[str, Any]:
        """The columns of the list, with their corrected values."""
        return {name: self.cleaned_data[name] for name in self._columns}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in self._columns:
            if isinstance(cleaned.get(name), str):
                cleaned[name] = self._seen(name, cleaned[name])
        return cleaned

    def _seen(self, name: str, value: str) -> str:
        """The value composed and in single spaces, as lists are read; hidden signs refused."""
        value = " ".join(unicodedata.normalize("NFC", value).split())
        if any(unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cn"} for sign in value):
            self.add_error(name, ValidationError("There is a character that cannot be seen."))
        return value


class RefuseCorrectionForm(forms.Form):
    """Why a request is refused."""

    answer = forms.CharField(
        label="Why it is refused",
        help_text="The member is sent these words.",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is refused: the member is sent it."},
    )


def _field(name: str) -> forms.Field:
    column = Member._meta.get_field(name)
    if name in ("joined_on", "paid_until", "date_of_birth"):
        return forms.DateField(
            label=_LABELS[name],
            required=False,
            widget=forms.DateInput(
                format="%Y-%m-%d", attrs={"type": "date", "class": "govuk-input--width-10"}
            ),
        )
    longest = getattr(column, "max_length", None)
    required = name == "family_name"
    if name == "email":
        return forms.EmailField(label=_LABELS[name], required=False, max_length=longest)
    return forms.CharField(label=_LABELS[name], required=required, max_length=longest)


def _first_values(asked: CorrectionRequest) -> dict[str, object]:
    """What is held; and of a detail of one line, what was asked for."""
    columns = FIELDS_OF[asked.detail]
    if columns in (("email",), ("phone",)):
        return {columns[0]: asked.wanted}
    return {name: getattr(asked.member, name) for name in columns}
