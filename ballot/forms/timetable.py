"""The dates of a timetable while it is planned, and what an amendment changes in a notice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from ballot.forms.acts import ReasonForm
from ballot.forms.reading import CLOCK, ClockField, clean_clock
from ballot.models import Dated, Election
from ballot.services.amend_notice import NEEDED, TEXTS, changes_of, steps_ahead
from ballot.showing.sentences import PARTS
from ballot.times import local_time
from ballot.timetable import TITLES, dates_of
from office.refusal import Refusal

_LONG = {"helped_routes", "complaints"}


def _shown(moment: datetime | None, zone: str) -> str:
    return local_time(moment, zone).strftime(CLOCK) if moment else ""


class DatesForm(forms.Form):
    """Every step that may be dated, but the election's own hours, which the set-up has."""

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = election.zone
        planned = dates_of(election)
        for step in Dated:
            self.fields[step.value] = ClockField(
                label=step.label, required=False, initial=_shown(planned.get(step), self.zone)
            )

    def clean(self) -> dict[str, Any]:
        for step in Dated:
            clean_clock(self, step.value, self.zone)
        return self.cleaned_data


class AmendNoticeForm(ReasonForm):
    """What may be amended, as it stands; what is typed otherwise is the amendment."""

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, election=election, **kwargs)
        for part in TEXTS:
            widget = forms.Textarea(attrs={"rows": 3}) if part in _LONG else forms.TextInput()
            self.fields[part] = forms.CharField(
                label=PARTS[part], required=part in NEEDED, max_length=2000, widget=widget,
                initial=getattr(election, part),
                error_messages={"required": NEEDED.get(part, "")},
            )
        planned = dates_of(election)
        self.steps = steps_ahead(election, now=timezone.now())
        for step in self.steps:
            self.fields[step] = ClockField(
                label=TITLES[step], required=False,
                help_text=f"On the clocks of {election.zone}.",
                initial=_shown(planned.get(step), election.zone),
            )
        self.order_fields([*TEXTS, *self.steps, "reason"])

    def clean(self) -> dict[str, Any]:
        for step in self.steps:
            if step in self.changed_data:
                clean_clock(self, step, self.election.zone)
        if not self.errors:
            try:
                changes_of(self.election, dict(self._changes()), now=timezone.now())
            except Refusal as refusal:
                raise forms.ValidationError(refusal.sentence) from refusal
        return self.cleaned_data

    def parameters(self) -> dict[str, Any]:
        return {"changes": dict(self._changes()), "reason": self.cleaned_data["reason"]}

    def _changes(self) -> Iterator[tuple[str, str]]:
        for part in TEXTS:
            text = "\n".join(self.cleaned_data[part].splitlines())
            if text.strip() != getattr(self.election, part).strip():
                yield part, text
        for step in self.steps:
            # A date that is emptied is no amendment: what the notice named, it goes on naming.
            moment = self.cleaned_data[step] if step in self.changed_data else None
            if moment is not None:
                yield step, moment.isoformat()
