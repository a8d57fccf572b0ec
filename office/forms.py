"""What is typed at the office's own pages."""

from __future__ import annotations

from django import forms

from office.permissions import OFFICERS, Role

_DAYS = "Give a whole number of days, from 1 to 365."


class RefuseForm(forms.Form):
    """Why a proposal is refused."""

    reason = forms.CharField(
        label="Why you refuse it",
        help_text="One sentence. The officer who proposed it will read it.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why you refuse it."},
    )


class InviteForm(forms.Form):
    """A new member of staff."""

    name = forms.CharField(
        label="Name", max_length=120, error_messages={"required": "Give the person’s name."}
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The invitation goes here. It leads to choosing a password and a second factor. "
                  "Nobody can change the address later.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the person’s e-mail address."},
    )
    role = forms.ChoiceField(
        label="Role",
        help_text="Trustees of an election need no account: each is sent a link of their own. "
                  "Officers and deputies are made on the server. A membership administrator and "
                  "a teller are invited once another officer has approved it.",
        choices=[
            (role.value, role.words.capitalize())
            for role in Role
            if role not in OFFICERS and role is not Role.TRUSTEE
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role."},
    )


class AuthorityForm(forms.Form):
    """A deputy's written authority."""

    document = forms.CharField(
        label="The authority",
        help_text="Its words, or where the signed paper is filed.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write down the authority, or where it is filed."},
    )
    days = forms.IntegerField(
        label="How many days it lasts",
        help_text="It begins at once.",
        min_value=1,
        max_value=365,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={
            "required": "Say how many days it lasts.",
            "invalid": _DAYS, "min_value": _DAYS, "max_value": _DAYS,
        },
    )


class RateForm(forms.Form):
    """How fast the letters of a dispatch go."""

    letters_a_minute = forms.IntegerField(
        label="At most so many letters a minute",
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text="Empty: as fast as the mail server takes them.",
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
    )
