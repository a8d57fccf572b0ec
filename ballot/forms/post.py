"""What is typed about papers by post: membership numbers, a barcode, a ruling."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from ballot.forms.acts import PlainForm
from ballot.forms.reading import NARROW
from ballot.models import Contest, Reason
from ballot.services.issue_envelopes import electors_numbered
from office.refusal import Refusal

_GOOD: Final = "good"


class IssueForm(PlainForm):
    """To whom envelopes are issued."""

    numbers = forms.CharField(
        label="Membership numbers, one a line", max_length=20_000,
        help_text="Up to 500 at once. Whoever has voted already is sent none.",
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Give one membership number or more."},
    )

    def clean_numbers(self) -> list[str]:
        """The electors with these numbers, by their pseudonyms, in their order."""
        numbers = str(self.cleaned_data["numbers"]).split()
        try:
            return electors_numbered(self.election, numbers)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    def parameters(self) -> dict[str, Any]:
        return {"electors": self.cleaned_data["numbers"]}


class BarcodeForm(forms.Form):
    """A scanner types the barcode and presses Enter."""

    barcode = forms.CharField(
        label="Barcode", max_length=64,
        help_text="Scan the outer envelope, or type the 21 characters below its barcode.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autofocus": True, "spellcheck": "false",
                   "class": "govuk-input--width-20"}
        ),
        error_messages={"required": "Scan an envelope."},
    )


class RulingForm(forms.Form):
    """What the officer decides of a paper, contest by contest."""

    agents = forms.IntegerField(
        label="How many candidates’ agents are watching", min_value=0, max_value=999,
        widget=forms.NumberInput(attrs=NARROW),
        error_messages={"required": "Say how many agents are watching; 0 if there is none."},
    )

    def __init__(self, *args: Any, contests: list[tuple[str, Contest]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [code for code, _ in contests]
        for code, contest in contests:
            self.fields[code] = forms.ChoiceField(
                label=contest.title, widget=forms.RadioSelect,
                choices=[(_GOOD, "Good: it is read again"), *Reason.choices],
                error_messages={"required": f"Say how you rule in “{contest.title}”."},
            )

    def rejected(self) -> dict[str, str]:
        """From a contest's code to the reason for which the paper is rejected there."""
        given = self.cleaned_data
        return {code: given[code] for code in self.codes if given[code] != _GOOD}
