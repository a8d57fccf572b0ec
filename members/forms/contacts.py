"""What is typed to correct contact details, to set their freeze, and to close a flag."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final

from django import forms
from django.utils import timezone

from members.models import Member
from members.selectors.contacts import COLUMN_WORDS

REQUEST_CAME: Final = (
    ("telephone, called back on the number on file", "By telephone, and called back on the number "
     "on file"),
    ("letter, signature compared", "By letter, signature compared"),
    ("in person, identity seen", "In person, identity seen"),
    ("e-mail from the address on file", "By e-mail from the address on file"),
    ("the post office or mail provider", "From the post office or the mail provider"),
    ("own records put right", "Nobody asked: our own record was wrong"),
)

ADDED_UP_BY: Final = {
    "actor": "Member of staff",
    "hour": "Hour",
    "unit": "Unit",
    "import": "Import",
    "source": "How it was changed",
}


class ContactForm(forms.Form):
    """One person's details, filled in as they are held."""

    title = forms.CharField(label=COLUMN_WORDS["title"], required=False, max_length=40)
    given_name = forms.CharField(label=COLUMN_WORDS["given_name"], required=False, max_length=100)
    family_name = forms.CharField(
        label=COLUMN_WORDS["family_name"],
        max_length=100,
        error_messages={"required": "Give the family name."},
    )
    email = forms.EmailField(
        label="E-mail address",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": "Write an e-mail address like name@example.org."},
    )
    phone = forms.CharField(label="Telephone number", required=False, max_length=32)
    address_1 = forms.CharField(label="Address, line 1", required=False, max_length=120)
    address_2 = forms.CharField(label="Address, line 2", required=False, max_length=120)
    address_3 = forms.CharField(label="Address, line 3", required=False, max_length=120)
    address_4 = forms.CharField(label="Address, line 4", required=False, max_length=120)
    postcode = forms.CharField(
        label="Postcode",
        required=False,
        max_length=16,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )
    country = forms.CharField(label="Country", required=False, max_length=60)
    came = forms.ChoiceField(
        label="How the request came",
        choices=REQUEST_CAME,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how the request came."},
    )
    reason = forms.CharField(
        label="Why it is changed",
        help_text="One sentence, kept in the person’s history for good.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why it is changed."},
    )

    @classmethod
    def first_values(cls, member: Member) -> dict[str, str]:
        return {name: getattr(member, name) for name in COLUMN_WORDS}

    def fields_given(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in COLUMN_WORDS}

    def whole_reason(self) -> str:
        return f"{self.cleaned_data['reason']} (Request: {self.cleaned_data['came']}.)"


class FreezeForm(forms.Form):
    """When contact details freeze."""

    unfilled: ClassVar = {"reason": "needed for a later hour"}

    day = forms.DateField(
        label="Day",
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "class": "govuk-input--width-10"}
        ),
        error_messages={"required": "Give the day."},
    )
    hour = forms.TimeField(
        label="Hour",
        help_text="From this minute on a change takes two people. On the clocks of "
        f"{timezone.get_default_timezone_name()}.",
        widget=forms.TimeInput(
            format="%H:%M", attrs={"type": "time", "class": "govuk-input--width-5"}
        ),
        error_messages={"required": "Give the hour."},
    )
    reason = forms.CharField(
        label="Why it is moved, if to a later hour",
        help_text="Another officer reads it and decides.",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, is_set: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_set:
            del self.fields["reason"]

    def moment(self) -> datetime:
        """The first of two where the clocks show it twice; where they jump over it, an hour on."""
        given = self.cleaned_data
        return timezone.make_aware(datetime.combine(given["day"], given["hour"]))


class FlagForm(forms.Form):
    """What was found of a flag."""

    note = forms.CharField(
        label="What was found",
        help_text="A sentence or two: who was asked, and what explains it. Name nobody’s address.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a sentence what was found."},
    )


class SpanForm(forms.Form):
    """How far back a report looks, and what it is grouped by."""

    days = forms.TypedChoiceField(
        label="Look back",
        coerce=int,
        choices=((7, "A week"), (30, "A month"), (90, "A quarter"), (366, "A year")),
    )
    by = forms.ChoiceField(
        label="Add up by",
        choices=tuple(ADDED_UP_BY.items()),
    )

    def asked(self) -> dict[str, Any]:
        """What was asked for; what is nonsense is as if nothing had been."""
        found = self.cleaned_data if self.is_valid() else {}
        return {"days": found.get("days", 30), "by": found.get("by", "actor")}
