"""What is chosen to say what the columns of a file are.

One field for each header, each column of dates and each word of a column of standings or
sections. What a person chose decides which words are asked, so a form that is sent in again
asks for the words of the column that was chosen meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms

from members import selectors
from members.mapping import section_codes
from members.models.people import Standing
from members.rollfile import COLUMNS, STANDINGS, DateOrder
from members.rollfile.mapping import DATE_COLUMNS, FORMAT, MAY_DELETE, word_key
from members.rollfile.recognising import propose_section, propose_standing
from members.selectors.differences import in_words

_ORDERS: Final = (
    ("", "Choose"),
    (DateOrder.DAY_FIRST.value, "day first: 31/12/2016"),
    (DateOrder.MONTH_FIRST.value, "month first: 12/31/2016"),
    (DateOrder.ISO.value, "year first: 2016-12-31"),
    (DateOrder.EXCEL_SERIAL.value, "a spreadsheet’s day numbers: 42735"),
)
_SKIP: Final = "-"
"""The choice to read a word as a blank: an empty choice is one not yet made."""


class MappingForm(forms.Form):
    """Which header feeds which column, and what its dates and words mean."""

    source_name = forms.CharField(
        label="Which membership system the file comes from",
        help_text="Your name for it, such as CiviCRM or North office. The next file with the "
        "same headers is read the same way, without asking.",
        max_length=80,
        error_messages={"required": "Name the membership system."},
    )
    section = forms.ChoiceField(
        label="Which section all of them belong to, if no column says so", required=False
    )
    deletes = forms.MultipleChoiceField(
        label="Columns in which a blank cell deletes what is recorded",
        help_text="In every other column a blank cell is no news, and changes nothing.",
        choices=[(name, name.replace("_", " ")) for name in MAY_DELETE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self, *args: Any, look: Mapping[str, Any], saved: Mapping[str, Any] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.look = look
        self.saved = saved or {}
        sections = selectors.people.sections()
        self._section_choices = [(each.code, each.name) for each in sections]
        self._set_choices("section", [("", "A column says so"), *self._section_choices])
        self.fields["section"].initial = self.saved.get("section", "")
        self.fields["deletes"].initial = self.saved.get("deletes", [])
        for place, column in enumerate(look["columns"]):
            self._add_column(place, column)
        for place, column in enumerate(look["columns"]):
            self._add_words(place, column)

    def _set_choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _add_column(self, place: int, column: Mapping[str, Any]) -> None:
        by_header = {header: name for name, header in self.saved.get("columns", {}).items()}
        proposed = by_header.get(column["plain"], "") if self.saved else column["column"]
        self.fields[f"column_{place}"] = forms.ChoiceField(
            label=f"What “{column['header'] or 'the column without a name'}” is",
            choices=[
                ("", "Leave out"),
                *((c.name, in_words(c.name).capitalize()) for c in COLUMNS),
            ],
            initial=proposed,
            required=False,
        )
        if column["is_dates"]:
            self.fields[f"order_{place}"] = forms.ChoiceField(
                label=f"How the dates of “{column['header']}” are written",
                choices=_ORDERS,
                initial=column["order"] or self.saved.get("dates", {}).get(proposed, ""),
                required=False,
            )

    def _add_words(self, place: int, column: Mapping[str, Any]) -> None:
        feeds = self._chosen(place)
        if feeds not in ("standing", "section") or column["words"] is None:
            return
        codes = section_codes()
        known = self.saved.get("standings" if feeds == "standing" else "sections", {})
        choices = [(name, str(Standing(name).label)) for name in STANDINGS]
        if feeds == "section":
            choices = self._section_choices
        for number, word in enumerate(column["words"]):
            is_section = feeds == "section"
            proposed = propose_section(word, codes) if is_section else propose_standing(word)
            self.fields[f"word_{place}_{number}"] = forms.ChoiceField(
                label=f"“{word}” means",
                choices=[("", "Choose"), *choices, (_SKIP, "read it as a blank")],
                initial=known.get(word_key(word), "") or proposed,
                required=False,
            )

    def _chosen(self, place: int) -> str:
        name = f"column_{place}"
        return str(self[name].value() or "")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each header with its samples and its fields, for the page."""
        for place, column in enumerate(self.look["columns"]):
            yield {
                "header": column["header"],
                "samples": column["samples"],
                "sure": column["sure"],
                "contradiction": column["contradiction"],
                "column": self[f"column_{place}"],
                "order": self[f"order_{place}"] if f"order_{place}" in self.fields else None,
            }

    def words(self) -> list[Any]:
        """The fields of the words that are asked."""
        return [self[name] for name in self.fields if name.startswith("word_")]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        feeds = {place: cleaned.get(f"column_{place}", "") for place in self._places()}
        for column in ("number", "family_name"):
            if column not in feeds.values():
                self.add_error(None, f"Say which column is the {column.replace('_', ' ')}.")
        if ("section" in feeds.values()) == bool(cleaned.get("section")):
            self.add_error("section", "Say which column is the section, or which section all of "
                           "them belong to: one of the two.")
        for place, name in feeds.items():
            if name and list(feeds.values()).count(name) > 1:
                self.add_error(f"column_{place}", f"Two columns are {name.replace('_', ' ')}; "
                               "leave one of them out.")
            if name in DATE_COLUMNS and not cleaned.get(f"order_{place}"):
                self._ask_order(place)
            self._ask_words(place, name, cleaned)
        self._refuse_to_delete_everybodys(set(cleaned.get("deletes", [])) - set(feeds.values()))
        return cleaned

    def _refuse_to_delete_everybodys(self, columns: set[str]) -> None:
        """A column that nothing feeds is blank in every row, and would be deleted of everybody."""
        for name in sorted(columns):
            self.add_error("deletes", f"No column of the file is {name.replace('_', ' ')}, so that "
                           "no cell of it can be blank. Take the mark away.")

    def _places(self) -> range:
        return range(len(self.look["columns"]))

    def _ask_order(self, place: int) -> None:
        header = self.look["columns"][place]["header"]
        if f"order_{place}" in self.fields:
            self.add_error(f"order_{place}", f"Say how the dates of “{header}” are written: "
                           "they can be read in two ways.")
        elif self.look["columns"][place]["samples"]:
            self.add_error(f"column_{place}", f"“{header}” holds no dates.")

    def _ask_words(self, place: int, name: str, cleaned: Mapping[str, Any]) -> None:
        words = self.look["columns"][place]["words"] or []
        if name not in ("standing", "section"):
            return
        for number, word in enumerate(words):
            field = f"word_{place}_{number}"
            if not cleaned.get(field):
                self.add_error(field if field in self.fields else None,
                               f"Say what “{word}” means.")

    def body(self) -> dict[str, Any]:
        """The mapping that was chosen, as members.rollfile.mapping parses it."""
        columns = self.look["columns"]
        feeds = {
            self.cleaned_data[f"column_{place}"]: place
            for place in self._places()
            if self.cleaned_data[f"column_{place}"]
        }
        return {
            "format": FORMAT,
            "encoding": self.look["encoding"],
            "delimiter": self.look["delimiter"],
            "header_line": self.look["header_line"],
            "headers": [column["plain"] for column in columns],
            "columns": {name: columns[place]["plain"] for name, place in feeds.items()},
            "dates": {
                name: self.cleaned_data.get(f"order_{feeds[name]}") or DateOrder.ISO.value
                for name in DATE_COLUMNS
                if name in feeds
            },
            "standings": self._meanings(feeds.get("standing")),
            "sections": self._meanings(feeds.get("section")),
            "section": self.cleaned_data["section"],
            "deletes": list(self.cleaned_data["deletes"]),
        }

    def _meanings(self, place: int | None) -> dict[str, str]:
        if place is None:
            return {}
        meanings = {}
        for number, word in enumerate(self.look["columns"][place]["words"] or []):
            meaning = self.cleaned_data[f"word_{place}_{number}"]
            meanings[word_key(word)] = "" if meaning == _SKIP else meaning
        return meanings
