"""What is sent to decide whether two records are one person."""

from __future__ import annotations

from django import forms


class DecisionForm(forms.Form):
    """keep: the record that stands; none where the two are not the same person."""

    keep = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    reason = forms.CharField(required=False, max_length=500)
