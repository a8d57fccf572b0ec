"""What is written into the incidents book."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms

from ballot.forms.reading import CLOCK, NARROW, ClockField, clean_clock
from ballot.models import FROM_ELECTORS, IncidentKind
from ballot.times import local_time

_PUBLISHED = "Name no elector: it is published at the end, word for word."
_TOO_LATE = "Name no elector. The published book stays as it is: this is read at the desk alone."


def _say_who_reads(form: forms.Form, *, is_published: bool) -> None:
    """Once the book is published, promise of nothing written into it that it will be."""
    for field in form.fields.values() if is_published else ():
        field.help_text = str(field.help_text).replace(_PUBLISHED, _TOO_LATE)


def _kept() -> forms.IntegerField:
    return forms.IntegerField(
        label="How many electors it kept from voting", required=False, min_value=0,
        max_value=10_000_000, widget=forms.NumberInput(attrs=NARROW),
        help_text="Your best number, for good and not for the hour. Leave it empty where nobody "
        "can say yet; a later entry can give it.",
    )


class IncidentForm(forms.Form):
    """A new incident."""

    kind = forms.ChoiceField(
        label="What it is of", widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in IncidentKind if one not in FROM_ELECTORS],
        error_messages={"required": "Choose what it is of."},
    )
    happened_at = ClockField(
        label="When it happened", error_messages={"required": "Give the day and the hour."}
    )
    found_by = forms.CharField(
        label="Who found it", max_length=120, help_text=f"An office, a camp or a place. "
        f"{_PUBLISHED}", error_messages={"required": "Say who found it."},
    )
    said = forms.CharField(
        label="What happened", max_length=2000, help_text=_PUBLISHED,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write what happened."},
    )
    done = forms.CharField(
        label="What was done about it", max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    kept_from_voting = _kept()

    def __init__(
        self, *args: Any, zone: str, now: datetime, is_published: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _say_who_reads(self, is_published=is_published)
        self.zone, self.now = zone, now
        self.fields["happened_at"].help_text = f"On the clocks of {zone.replace('_', ' ')}."
        self.fields["happened_at"].initial = local_time(now, zone).strftime(CLOCK)

    def clean(self) -> dict[str, Any]:
        clean_clock(self, "happened_at", self.zone)
        at = self.cleaned_data.get("happened_at")
        if at and at.astimezone(UTC) > self.now:
            self.add_error("happened_at", "An incident lies behind: this hour has not come yet.")
        return self.cleaned_data


class FurtherForm(forms.Form):
    """A further entry about an incident."""

    said = forms.CharField(
        label="What is known since", max_length=2000, help_text=_PUBLISHED,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what is known since."},
    )
    done = forms.CharField(
        label="What was done about it", max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    kept_from_voting = _kept()

    def __init__(self, *args: Any, is_published: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_who_reads(self, is_published=is_published)


class JudgementForm(forms.Form):
    """Whether an incident could have changed the result."""

    is_material = forms.TypedChoiceField(
        label="Could it have changed the result?", widget=forms.RadioSelect,
        choices=[("no", "No: it is not material"), ("yes", "Yes: it is material")],
        coerce=lambda answer: answer == "yes",
        error_messages={"required": "Judge whether it could have changed the result."},
    )
    grounds = forms.CharField(
        label="The grounds", max_length=2000, help_text=_PUBLISHED,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write the grounds; they will be published."},
    )
    and_the_like = forms.BooleanField(
        label="Judge every other incident of this kind in the same words, where it is not judged",
        required=False,
    )
