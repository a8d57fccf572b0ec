"""What is typed about standing decisions and appeals, at the desk."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from members.models import Appeal
from members.models.decisions import (
    APPEAL_DAYS,
    LONGEST_APPEAL_DAYS,
    REASONS_BY_KIND,
    Kind,
    Reason,
)

LONGEST_TEXT = 4000
# Nobody is told of the one with days to appeal in it, and the other cannot be appealed against.
WITHOUT_DAYS = (Kind.DEATH, Kind.REINSTATEMENT)


class DecisionForm(forms.Form):
    """A standing decision, as it is proposed."""

    unfilled: ClassVar = {"appeal_days": "not of a death or a reinstatement"}

    kind = forms.ChoiceField(
        label="What is decided",
        choices=[(kind.value, kind.label.capitalize()) for kind in Kind],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is decided."},
    )
    reason = forms.ChoiceField(
        label="Reason",
        help_text="The member is sent these words, but of a death nobody is. The public totals "
        "count them.",
        choices=[("", "Choose a reason"), *[(r.value, r.label.capitalize()) for r in Reason]],
        error_messages={"required": "Choose a reason."},
    )
    evidence = forms.CharField(
        label="What it rests on",
        help_text="Kept at the desk for the officer who approves it and for an appeal. It is in "
        "no letter and on no public page.",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write down what the decision rests on."},
    )
    appeal_days = forms.IntegerField(
        label="Days to appeal",
        help_text="From the approval, to the next full hour.",
        initial=APPEAL_DAYS,
        required=False,
        min_value=1,
        max_value=LONGEST_APPEAL_DAYS,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        kind, reason = cleaned.get("kind"), cleaned.get("reason")
        if kind in WITHOUT_DAYS:
            self.errors.pop("appeal_days", None)
            cleaned["appeal_days"] = APPEAL_DAYS
        elif not cleaned.get("appeal_days") and "appeal_days" not in self.errors:
            self.add_error("appeal_days", "Say how many days the member has to appeal.")
        if kind and reason and reason not in REASONS_BY_KIND[kind]:
            fitting = ", ".join(f"“{each.label}”" for each in REASONS_BY_KIND[kind])
            self.add_error("reason", f"For this decision choose one of: {fitting}.")
        return cleaned


class GroundsForm(forms.Form):
    """Why a decision is wrong."""

    grounds = forms.CharField(
        label="Why the decision is wrong",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Say why the decision is wrong."},
    )


class OutcomeForm(forms.Form):
    """What became of an appeal."""

    outcome = forms.ChoiceField(
        label="The appeal is",
        choices=[(each.value, each.label.capitalize()) for each in Appeal.Outcome],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether the appeal is upheld or dismissed."},
    )
    answer = forms.CharField(
        label="The reason",
        help_text="The member is sent these words.",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Give the reason: the member is sent it."},
    )
