"""What is typed to say how long a roll is kept."""

from __future__ import annotations

from django import forms


class DestructionForm(forms.Form):
    """The day on which a roll's personal data are destroyed."""

    destroy_on = forms.DateField(
        label="Destroy the roll on",
        help_text="After the time for a challenge, and after the last day on which the notice of "
        "its election keeps it.",
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "class": "govuk-input--width-10"}
        ),
        error_messages={"required": "Choose the day."},
    )
