"""What every form shares: being sent or only looked at, and hours on the clocks of a zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from ballot.times import from_clock

NARROW = {"class": "govuk-input--width-4"}
CLOCK = "%Y-%m-%dT%H:%M"


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent; nothing for a page that is only looked at.

    Not `request.POST or None`: a form without a field is sent empty.
    """
    return request.POST if request.method == "POST" else None


def sent_with_files(request: HttpRequest) -> tuple[QueryDict | None, Any]:
    """The same with its files."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


class ClockField(forms.CharField):
    """A day and an hour on the clocks of a zone, which the form knows; empty where not given."""

    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local", "class": "govuk-input--width-20"}, format=CLOCK
    )

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return datetime.fromisoformat(text)
        except ValueError as wrong:
            raise forms.ValidationError(
                "Give a day and an hour, such as 30 November 2026, 09:00."
            ) from wrong

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as hours: browsers may send one with its seconds, or without."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except forms.ValidationError:
            return True

    def run_validators(self, value: Any) -> None:
        """There is nothing left to look at once it is a time."""


def clean_clock(form: forms.Form, field: str, zone: str) -> None:
    """Put the field's time into its zone, or say why the clocks never show it."""
    naive = form.cleaned_data.get(field)
    if naive is None:
        return
    moment = from_clock(naive, zone)
    if moment is None:
        form.add_error(field, "The clocks jump over this hour. Choose another.")
        return
    form.cleaned_data[field] = moment
