"""What is typed to begin an election, before anything else of it is known."""

from __future__ import annotations

from django import forms


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


class BeginTrialForm(BeginForm):
    """The same in a trial installation, where the server may sit for the trustees."""

    has_trustees = forms.BooleanField(
        label="Trustees hold the key, each on a machine of their own", required=False,
        help_text="As in a real election. Otherwise the server sits for all of them, and every "
        "page says that no result counts. It cannot be changed later.",
    )
