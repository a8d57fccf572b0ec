"""What is typed when the count is told to a candidate beforehand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from ballot.forms.reading import ClockField, clean_clock


class ReleaseForm(forms.Form):
    """To whom the link is handed, and until when nothing may be told on."""

    name = forms.CharField(
        label="Whom you hand the link to", max_length=120,
        help_text="The candidate, or their agent.",
        error_messages={"required": "Name the person whom you hand the link to."},
    )
    embargo_until = ClockField(
        label="The embargo ends", error_messages={"required": "Say when the embargo ends."}
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["embargo_until"].help_text = (
            f"When the declaration is expected, on the clocks of {zone}. Until it is made, nothing "
            "of the count may be told on."
        )

    def clean(self) -> dict[str, Any]:
        clean_clock(self, "embargo_until", self.zone)
        return self.cleaned_data

    def ends(self) -> datetime:
        """When the embargo ends."""
        moment: datetime = self.cleaned_data["embargo_until"]
        return moment
