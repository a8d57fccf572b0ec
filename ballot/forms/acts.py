"""What the acts need beside the decision: a reason, a later hour, trustees, a lot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from ballot.forms.reading import NARROW, ClockField, clean_clock
from ballot.models import Candidate, Election
from ballot.names import TextRefused, clean_line
from ballot.sealing.errors import Malformed
from ballot.sealing.keys import MOST_TRUSTEES
from ballot.sealing.setting import LONGEST_NAME, check_name
from ballot.services.begin_ceremony import NewTrustee
from ballot.services.court_orders import LONGEST as LONGEST_ORDER
from ballot.services.reasons import require_reason
from ballot.times import in_zone
from office.refusal import Refusal


class PlainForm(forms.Form):
    """An act that needs nothing but the decision."""

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.election = election

    def parameters(self) -> dict[str, Any]:
        """What the act is given."""
        return dict(self.cleaned_data)


class ReasonForm(PlainForm):
    """An act that is published with its reason."""

    reason = forms.CharField(
        label="The reason", min_length=10, max_length=2000,
        help_text="It is published on the board, word for word. Name no elector.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Write the reason; it will be published.",
            "min_length": "Write the reason in ten characters or more; it will be published.",
            "max_length": "Write the reason in 2,000 characters or fewer.",
        },
    )

    def clean_reason(self) -> str:
        """The reason as it will be published: what the act would refuse is refused here, and
        not only to the officer who approves it."""
        try:
            return require_reason(self.cleaned_data["reason"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class OrderForm(ReasonForm):
    """An act that a court may have ordered: then its order is named, whole."""

    court = forms.CharField(
        label="The court, if one ordered this", required=False, max_length=LONGEST_ORDER,
        help_text="“the High Court, King’s Bench Division”. Leave these three empty where no court "
        "ordered it.",
    )
    dated = forms.DateField(
        label="The day of its order", required=False,
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "class": "govuk-input--width-10"}
        ),
        error_messages={"invalid": "Give a day, such as 8 August 2026."},
    )
    reference = forms.CharField(
        label="The order’s reference", required=False, max_length=LONGEST_ORDER,
        help_text="The claim’s number, or the citation.",
    )

    def clean(self) -> dict[str, Any]:
        parts = [self.cleaned_data.get(name) for name in ("court", "dated", "reference")]
        if any(parts) and not all(parts) and "dated" not in self.errors:
            raise forms.ValidationError(
                "Name the court, the day of its order and its reference: all three, or none."
            )
        return self.cleaned_data

    def parameters(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not given["court"]:
            return {"reason": given["reason"]}
        order = {"court": given["court"], "dated": given["dated"].isoformat(),
                 "reference": given["reference"]}
        return {"reason": given["reason"], "order": order}

    def clean_dated(self) -> Any:
        """What the act would refuse is refused here, and not only to the second officer."""
        day = self.cleaned_data["dated"]
        if day and day > timezone.now().date():
            raise forms.ValidationError(
                "The order’s date lies ahead. Give the day it was made."
            )
        return day


class OpeningForm(PlainForm):
    """The opening, and whether all voting codes go out with it."""

    first_tranche_alone = forms.BooleanField(
        label="Send the first 10,000 voting codes, and the others when an officer releases them",
        required=False,
        help_text="A look at how the first letters are taken, before all go out. Release the "
        "others on the page of the letters.",
    )

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, election=election, **kwargs)
        if election.issuer is not None:
            # The letters are the issuer's to send.
            del self.fields["first_tranche_alone"]

    def parameters(self) -> dict[str, Any]:
        return {"tranches": 1} if self.cleaned_data.get("first_tranche_alone") else {}


class NamesLotForm(PlainForm):
    """What was drawn for the order of names, and how."""

    seed = forms.CharField(
        label="What was drawn", min_length=6, max_length=200,
        help_text="As it was called out: the figures of twenty dice in their order, such as "
        "26143 55216 43312 66154. The order of the names follows from it, and from nothing else.",
        error_messages={"required": "Write what was drawn."},
    )
    source = forms.CharField(
        label="How it was drawn, and before whom", min_length=10, max_length=2000,
        help_text="It is published, word for word.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write how it was drawn; it will be published."},
    )


class LaterCloseForm(ReasonForm):
    """A later close, and why."""

    field_order = ("closes_at", "reason")
    closes_at = ClockField(
        label="The poll closes at", error_messages={"required": "Give the new hour of the close."}
    )

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, election=election, **kwargs)
        present = in_zone(election.closes_at, election.zone) if election.closes_at else "unset"
        self.fields["closes_at"].help_text = (
            f"On the clocks of {election.zone}. The close, as it stands now: {present}."
        )

    def clean(self) -> dict[str, Any]:
        clean_clock(self, "closes_at", self.election.zone)
        later = self.cleaned_data.get("closes_at")
        present = self.election.closes_at
        if later and present and later <= max(present, timezone.now()):
            self.add_error("closes_at", "An extension sets a later close than the present one, "
                           "and one that lies ahead.")
        return self.cleaned_data

    def parameters(self) -> dict[str, Any]:
        return {
            "closes_at": self.cleaned_data["closes_at"].isoformat(),
            "reason": self.cleaned_data["reason"],
        }


class TrusteesForm(PlainForm):
    """Who takes part in the key ceremony; in a demonstration the server sits for all of them."""

    trustees = forms.CharField(
        label="Trustees", widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Name the trustees, one a line."},
    )
    quorum = forms.IntegerField(
        label="How many must take part to open a box", min_value=1, max_value=MOST_TRUSTEES,
        widget=forms.NumberInput(attrs=NARROW),
        help_text="Fewer can open nothing. If fewer than this are left, nothing can be opened by "
        "anybody.",
        error_messages={"required": "Say how many trustees are needed."},
    )

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, election=election, **kwargs)
        one = "One name a line" if election.demonstration else (
            "One a line: the name, a comma, the e-mail address to which the seat is sent"
        )
        self.fields["trustees"].help_text = f"{one}; up to nine. The names are published."

    def clean_trustees(self) -> tuple[NewTrustee, ...]:
        lines = filter(None, map(str.strip, self.cleaned_data["trustees"].splitlines()))
        trustees = tuple(map(self._trustee, lines))
        names = {one.name for one in trustees}
        if not 1 <= len(trustees) <= MOST_TRUSTEES or len(names) != len(trustees):
            raise forms.ValidationError("Name one to nine trustees, each once.")
        return trustees

    def _trustee(self, line: str) -> NewTrustee:
        if self.election.demonstration:
            return NewTrustee(_name(line))
        name, comma, address = line.rpartition(",")
        try:
            address = forms.EmailField().clean(address.strip())
        except forms.ValidationError as wrong:
            raise forms.ValidationError(
                f"“{line}” does not end in a comma and an e-mail address. Write it like this: Ann "
                "Lee, ann@example.org"
            ) from wrong
        if not comma or not name.strip():
            raise forms.ValidationError(f"“{line}” gives no name before the address.")
        return NewTrustee(_name(name), address)

    def clean(self) -> dict[str, Any]:
        trustees, quorum = self.cleaned_data.get("trustees"), self.cleaned_data.get("quorum")
        if trustees and quorum and quorum > len(trustees):
            self.add_error("quorum", "There are not so many trustees.")
        return self.cleaned_data


def _name(text: str) -> str:
    """A trustee's name as the key can carry it."""
    try:
        name = clean_line(text)
        check_name(name)
    except TextRefused as refused:
        raise forms.ValidationError(
            f"A name holds {refused.found}, which would not show. Remove it."
        ) from refused
    except Malformed as wrong:
        raise forms.ValidationError(
            f"“{name}” is too long. A trustee’s name takes at most {LONGEST_NAME} bytes: as many "
            "plain letters, or half as many with accents."
        ) from wrong
    return name


class LotForm(forms.Form):
    """The order in which a lot was drawn, place by place."""

    def __init__(self, *args: Any, tied: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose"), *((str(one.position), one.name) for one in tied)]
        self.positions = sorted(one.position or 0 for one in tied)
        for place in range(len(tied)):
            self.fields[f"place_{place}"] = forms.TypedChoiceField(
                label="Drawn first: this candidate is excluded" if not place
                else f"Drawn {_ordinal(place + 1)}",
                choices=choices, coerce=int,
                error_messages={"required": "Say who was drawn."},
            )
        self.fields["witnesses"] = forms.CharField(
            label="Who saw it drawn",
            help_text="One a line, two or more: name, comma, capacity. “Dee Hall, agent of Ash "
            "Amin”. The names are published with the result.",
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"required": "Name two or more people who saw the lot drawn."},
        )

    def witnesses(self) -> list[str]:
        """Who saw it drawn, line by line."""
        return str(self.cleaned_data["witnesses"]).splitlines()

    def clean(self) -> dict[str, Any]:
        if not self.errors and sorted(self.drawn()) != self.positions:
            raise forms.ValidationError("Each of the tied is drawn once.")
        return self.cleaned_data

    def drawn(self) -> list[int]:
        """Places on the paper, in the order drawn."""
        return [self.cleaned_data[f"place_{place}"] for place in range(len(self.positions))]


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{endings.get(number if number < 20 else number % 10, 'th')}"
