"""What is typed on the pages of an election, and read from there into plain values."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from ballot.models import Candidate, Election, Method, Stop, TieRule
from ballot.showing.trackers import NoTracker, tracker_range
from ballot.times import from_clock, local_time

_NARROW = {"class": "govuk-input--width-4"}
_CLOCK = "%Y-%m-%dT%H:%M"


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent; nothing for a page that is only looked at.

    Not `request.POST or None`: a form without a field is sent empty.
    """
    return request.POST if request.method == "POST" else None


def sent_with_files(request: HttpRequest) -> tuple[QueryDict | None, Any]:
    """The same with its files."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


@cache
def _zones() -> list[tuple[str, str]]:
    """Zones by place, this country's first."""
    named = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)
    places = [zone for zone in named if not zone.startswith(("Etc/", "posix/", "right/"))]
    first = "Europe/London"
    ordered = [first, *(zone for zone in places if zone != first)]
    return [(zone, zone.replace("_", " ")) for zone in ordered]


class ClockField(forms.CharField):
    """A day and an hour on the clocks of a zone, which the form knows; empty where not given."""

    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local", "class": "govuk-input--width-20"}, format=_CLOCK
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

    def run_validators(self, value: Any) -> None:
        """There is nothing left to look at once it is a time."""


def _clean_clock(form: forms.Form, field: str, zone: str) -> None:
    """Put the field's time into its zone, or say why the clocks never show it."""
    naive = form.cleaned_data.get(field)
    if naive is None:
        return
    moment = from_clock(naive, zone)
    if moment is None:
        form.add_error(field, "The clocks jump over this hour. Choose another.")
        return
    form.cleaned_data[field] = moment


class BeginForm(forms.Form):
    """A new election, before anything else of it is known."""

    title = forms.CharField(
        label="Title",
        help_text="As it will stand on the paper: “Leader and deputy leader 2026”.",
        max_length=120,
        error_messages={"required": "Give the election a title."},
    )
    party = forms.CharField(
        label="Party", max_length=120, error_messages={"required": "Name the party."}
    )


class SetUpForm(BeginForm):
    """Everything of an election that its notice fixes."""

    returning_officer = forms.CharField(
        label="Returning officer", max_length=120, required=False,
        help_text="The name that stands under the notice and the letters.",
    )
    summary = forms.CharField(
        label="What it is about", required=False, max_length=2000,
        help_text="A sentence or two for the public page.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    zone = forms.ChoiceField(
        label="Time zone", choices=_zones,
        help_text="The hours below are on the clocks of this zone.",
    )
    opens_at = ClockField(label="The poll opens", required=False)
    closes_at = ClockField(label="The poll closes", required=False)
    rules_id = forms.TypedChoiceField(
        label="Who may vote", coerce=int, empty_value=None, required=False,
        help_text="A version of this election’s own eligibility rules. Whoever they admit when "
        "the roll is frozen may vote.",
    )
    helped_routes = forms.CharField(
        label="Other ways to vote", required=False, max_length=2000,
        help_text="For somebody who cannot use the page. One way a line.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    smallest_box = forms.IntegerField(
        label="Smallest box", min_value=1, max_value=1000, widget=forms.NumberInput(attrs=_NARROW),
        help_text="A section with fewer ballots than this is opened together with another, so "
        "that it does not show how its few electors voted.",
    )
    mixes_wanted = forms.IntegerField(
        label="How many times each box is mixed", min_value=2, max_value=4,
        widget=forms.NumberInput(attrs=_NARROW),
        help_text="Each by another mixer; the server is one of them at most.",
    )

    def __init__(self, *args: Any, rules: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rules_id"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Not chosen yet"), *rules]

    def clean(self) -> dict[str, Any]:
        zone = self.cleaned_data.get("zone", "UTC")
        _clean_clock(self, "opens_at", zone)
        _clean_clock(self, "closes_at", zone)
        opens, closes = self.cleaned_data.get("opens_at"), self.cleaned_data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "The poll must close after it opens.")
        return self.cleaned_data


def values_of(election: Election) -> dict[str, Any]:
    """What the set-up form shows of an election."""
    fields = ("title", "party", "returning_officer", "summary", "zone", "rules_id",
              "helped_routes", "smallest_box", "mixes_wanted")
    values: dict[str, Any] = {field: getattr(election, field) for field in fields}
    for field in ("opens_at", "closes_at"):
        moment = getattr(election, field)
        values[field] = local_time(moment, election.zone).strftime(_CLOCK) if moment else ""
    return values


class ContestForm(forms.Form):
    """One post on the paper."""

    title = forms.CharField(
        label="The post", max_length=120, help_text="“Leader”",
        error_messages={"required": "Name the post that is filled."},
    )
    method = forms.ChoiceField(
        label="How it is counted", choices=Method.choices, initial=Method.ALTERNATIVE_VOTE,
        widget=forms.RadioSelect,
    )
    max_preferences = forms.IntegerField(
        label="Most preferences on a paper", required=False, min_value=1, max_value=32,
        help_text="Leave it empty to let electors rank everybody. By most votes it is always one.",
        widget=forms.NumberInput(attrs=_NARROW),
    )
    stop = forms.ChoiceField(
        label="When the alternative vote ends", choices=Stop.choices, initial=Stop.MAJORITY,
        widget=forms.RadioSelect,
    )
    tie_rule = forms.ChoiceField(
        label="How a tie is settled", choices=TieRule.choices, initial=TieRule.EARLIER_THEN_LOT,
        widget=forms.RadioSelect,
    )
    reopen_nominations = forms.BooleanField(
        label="“Re-open nominations” stands on the paper", required=False
    )


class CandidateForm(forms.Form):
    """A nomination."""

    name = forms.CharField(
        label="Name", max_length=120, help_text="As it shall stand on the paper.",
        error_messages={"required": "Give the candidate’s name."},
    )
    statement = forms.CharField(
        label="Statement", max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    photo = forms.FileField(
        label="Photograph", required=False,
        help_text="JPEG, PNG or WebP, up to 12 MB. It is cut square and drawn anew; what the file "
        "says of place and camera is thrown away.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


# --- acts ------------------------------------------------------------------------------------


class PlainForm(forms.Form):
    """An act that needs nothing but the decision."""

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.election = election

    def parameters(self) -> dict[str, Any]:
        """What the act is given."""
        return dict(self.cleaned_data)


class ReasonForm(PlainForm):
    """An act that is published with its reason."""

    reason = forms.CharField(
        label="The reason", min_length=10, max_length=2000,
        help_text="It is published on the board, word for word. Name no elector.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Write the reason; it will be published.",
            "min_length": "Write the reason in ten characters or more; it will be published.",
            "max_length": "Write the reason in 2,000 characters or fewer.",
        },
    )


class LaterCloseForm(ReasonForm):
    """A later close, and why."""

    field_order = ("closes_at", "reason")
    closes_at = ClockField(
        label="The poll closes at", error_messages={"required": "Give the new hour of the close."}
    )

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, election=election, **kwargs)
        self.fields["closes_at"].help_text = f"On the clocks of {election.zone}."

    def clean(self) -> dict[str, Any]:
        _clean_clock(self, "closes_at", self.election.zone)
        later = self.cleaned_data.get("closes_at")
        if later and self.election.closes_at and later <= self.election.closes_at:
            self.add_error("closes_at", "An extension sets a later close than the present one.")
        return self.cleaned_data

    def parameters(self) -> dict[str, Any]:
        return {
            "closes_at": self.cleaned_data["closes_at"].isoformat(),
            "reason": self.cleaned_data["reason"],
        }


class DemonstrationKeyForm(PlainForm):
    """The trustees of a demonstration, whose shares the server holds."""

    trustees = forms.CharField(
        label="Trustees", help_text="One name a line; two to nine.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Name the trustees, one a line."},
    )
    quorum = forms.IntegerField(
        label="How many must take part to open a box", min_value=1, max_value=9,
        widget=forms.NumberInput(attrs=_NARROW),
        error_messages={"required": "Say how many trustees are needed."},
    )

    def clean_trustees(self) -> tuple[str, ...]:
        lines = (" ".join(line.split()) for line in self.cleaned_data["trustees"].splitlines())
        names = tuple(line for line in lines if line)
        if not 2 <= len(names) <= 9 or len(set(names)) != len(names):
            raise forms.ValidationError("Name two to nine trustees, each once.")
        return names

    def clean(self) -> dict[str, Any]:
        names, quorum = self.cleaned_data.get("trustees"), self.cleaned_data.get("quorum")
        if names and quorum and quorum > len(names):
            self.add_error("quorum", "There are not so many trustees.")
        return self.cleaned_data


class LotForm(forms.Form):
    """The order in which a lot was drawn, place by place."""

    def __init__(self, *args: Any, tied: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose"), *((str(one.position), one.name) for one in tied)]
        self.positions = sorted(one.position or 0 for one in tied)
        for place in range(len(tied)):
            self.fields[f"place_{place}"] = forms.TypedChoiceField(
                label="Drawn first: this candidate is excluded" if not place
                else f"Drawn {_ordinal(place + 1)}",
                choices=choices, coerce=int,
                error_messages={"required": "Say who was drawn."},
            )

    def clean(self) -> dict[str, Any]:
        if not self.errors and sorted(self.drawn()) != self.positions:
            raise forms.ValidationError("Each of the tied is drawn once.")
        return self.cleaned_data

    def drawn(self) -> list[int]:
        """Places on the paper, in the order drawn."""
        return [self.cleaned_data[f"place_{place}"] for place in range(len(self.positions))]


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{endings.get(number if number < 20 else number % 10, 'th')}"


# --- electors and the public -----------------------------------------------------------------


class NumberForm(forms.Form):
    """An elector at the helpdesk."""

    number = forms.CharField(
        label="Membership number", max_length=32,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={"required": "Give the membership number."},
    )


class ReissueForm(forms.Form):
    """An elector who asks for a new link without help."""

    number = forms.CharField(
        label="Your membership number", max_length=32,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={"required": "Give your membership number."},
    )
    proof = forms.CharField(
        label="Your postcode or your e-mail address", max_length=254,
        help_text="As the party had it when the roll was frozen.",
        error_messages={"required": "Give your postcode or your e-mail address."},
    )


class TrackerForm(forms.Form):
    """A receipt's tracker, in words or in full."""

    tracker = forms.CharField(
        label="The words of your receipt", max_length=400,
        help_text="All twelve in their order, or the line “In full”.",
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Type the words of your receipt."},
    )

    def clean_tracker(self) -> tuple[bytes, bytes]:
        try:
            return tracker_range(self.cleaned_data["tracker"])
        except NoTracker as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
