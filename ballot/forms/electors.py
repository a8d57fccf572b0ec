"""What electors type, or somebody types for them: numbers, proofs, trackers."""

from __future__ import annotations

from typing import Final

from django import forms

from ballot.showing.trackers import NoTracker, tracker_range

# What the helpdesk may write down, with what is said when it has.
NOTES: Final = {
    "printed": "It is written down that a printed letter is wanted.",
    "no-letter": "It is written down that no letter came.",
    "page": "It is written down that the page could not be used.",
    "other": "The complaint is written down.",
    "not-me": "It stands in the incidents book: “This was not me”.",
    "did-not-vote": "It stands in the incidents book: “I did not vote”.",
}


class NumberForm(forms.Form):
    """An elector at the helpdesk."""

    number = forms.CharField(
        label="Membership number", max_length=32,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={"required": "Give the membership number."},
    )


class HelpdeskForm(NumberForm):
    """An elector at the helpdesk, and what is done for them; nothing: they are looked up."""

    act = forms.ChoiceField(
        required=False, widget=forms.HiddenInput,
        choices=[(one, one) for one in ("look", "reissue", "reissue-post", *NOTES)],
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
