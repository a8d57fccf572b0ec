"""What of a voting page decides what it does: its files, its policy, and its paper.

Read by Python's parser, which does not read every page as a browser does.  So whatever the two
could read differently, and whatever could hide or move a candidate's name, is no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

Attributes = list[tuple[str, str | None]]

_FORBIDDEN: Final = frozenset({
    "base", "embed", "frame", "frameset", "iframe", "math", "noembed", "noframes", "object",
    "plaintext", "style", "template", "xmp",
})  # fmt: skip
_LOADED: Final = frozenset({"modulepreload", "preload", "stylesheet"})
_SCRIPT: Final = frozenset({"src", "type"})
_ROW: Final = frozenset({"class", "data-name", "data-position"})
_ROW_LOOKS: Final = frozenset({"booth-row", "booth-row--plain"})
_TICKET: Final = "data-ticket"
_WITHDRAWAL: Final = "data-withdrawal"
_NAME: Final = "booth-row__name"
RANKED: Final = "ranked"
"""What stands for the list of places by which a candidate is ranked."""


@dataclass(slots=True)
class Row:
    """A candidate's row: the number and the name that the script takes, the name that is read, and
    what marks it: the number that its button stands for, where there is one choice, else RANKED.

    withdrawal: the entry of the board by which nobody can choose this candidate any more."""

    position: str
    name: str
    shown: str = ""
    values: list[str] = field(default_factory=list)
    withdrawal: str = ""


@dataclass(slots=True)
class PaperRead:
    """A contest as the page has it. ticket: what it says of the two who stand in each place."""

    code: str
    title: str
    candidates: str
    preferences: str
    is_plurality: bool
    is_shuffled: bool
    rows: list[Row] = field(default_factory=list)
    ticket: str = ""


class Page(HTMLParser):
    """The page, read once it is fed."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[str] = []
        self.wrong: list[str] = []
        self.booth: dict[str, str] = {}
        self.policies: list[str] = []
        self.paper: list[PaperRead] = []
        self._in_script = False
        self._row: Row | None = None
        self._name_ends_with = ""
        self._in_ticket = False

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _FORBIDDEN:
            self.wrong.append(f"The page has an element <{tag}>.")
        self._look_at_attributes(tag, attrs)
        if tag == "meta" and "http-equiv" in given:
            self._read_meta(given)
        if tag == "script":
            self._read_script(given)
        if tag == "link" and _LOADED & set(given.get("rel", "").lower().split()):
            self.files.append(given.get("href", ""))
        if given.get("id") == "booth" and not self.booth:  # Of two, a script finds the first.
            self.booth = given
        if "data-sealing-url" in given:
            self.files.append(given["data-sealing-url"])
        self._read_paper(tag, given)

    def _look_at_attributes(self, tag: str, attrs: Attributes) -> None:
        """A browser takes the first of two attributes, and this parser gives both."""
        if len({name for name, _ in attrs}) < len(attrs):
            self.wrong.append(f"An attribute of <{tag}> stands there twice.")
        for name, value in attrs:
            words = (value or "").strip().lower()
            if name.startswith("on") or words.startswith(("javascript:", "data:")):
                self.wrong.append(f"The page has code in an attribute: {name} of <{tag}>.")
            if name == "style" or "</" in words:
                self.wrong.append(f"The page has a style or a tag in an attribute: {name}.")

    def _read_script(self, given: dict[str, str]) -> None:
        self._in_script = True
        if not given.get("src") or given.keys() - _SCRIPT:
            self.wrong.append("The page has a script that is not loaded as ours are.")
        self.files += [given["src"]] if given.get("src") else []

    def _read_meta(self, given: dict[str, str]) -> None:
        """A page that is served as a file says its policy itself; nothing else is said so."""
        if given["http-equiv"].lower() == "content-security-policy":
            self.policies.append(given.get("content", ""))
        else:
            self.wrong.append("The page has a <meta http-equiv> that is no policy.")

    # --- the paper ------------------------------------------------------------------------------

    def _read_paper(self, tag: str, given: dict[str, str]) -> None:
        if "data-contest" in given:
            self.paper.append(PaperRead(
                given["data-contest"], given.get("data-title", ""),
                given.get("data-candidates", ""), given.get("data-preferences", ""),
                "data-plurality" in given, "data-shuffled" in given,
            ))  # fmt: skip
        if _TICKET in given:
            self._begin_ticket(tag, given)
        if "data-position" in given:
            self._begin_row(given)
        elif tag == "li":
            self._row = None
        if self._row is not None and _NAME in given.get("class", "").split():
            self._name_ends_with = tag
        if self._row is not None and tag == "input":
            self._row.values.append(given.get("value", ""))
        if self._row is not None and tag == "select":
            self._row.values.append(RANKED)

    def _begin_ticket(self, tag: str, given: dict[str, str]) -> None:
        if tag != "p" or given != {"class": "govuk-body", _TICKET: ""} or not self.paper:
            self.wrong.append("The words on joint tickets do not look as ours do.")
        self._in_ticket = bool(self.paper)

    def _begin_row(self, given: dict[str, str]) -> None:
        looks = set(given.get("class", "").split())
        if given.keys() - {_WITHDRAWAL} != _ROW or not looks <= _ROW_LOOKS or not self.paper:
            self.wrong.append("A candidate's row does not look as the others do.")
        self._row = Row(given["data-position"], given.get("data-name", ""),
                        withdrawal=given.get(_WITHDRAWAL, ""))
        if self.paper:
            self.paper[-1].rows.append(self._row)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False
        if tag == self._name_ends_with:
            self._name_ends_with = ""
        if tag == "p":
            self._in_ticket = False

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.wrong.append("The page has a script written into it.")
        if self._name_ends_with and self._row is not None:
            self._row.shown += data
        if self._in_ticket:
            self.paper[-1].ticket += data

    # --- where a browser could read something else ---------------------------------------------

    def handle_comment(self, data: str) -> None:
        self._refuse_hidden()

    def handle_pi(self, data: str) -> None:
        self._refuse_hidden()

    def unknown_decl(self, data: str) -> None:
        self._refuse_hidden()

    def _refuse_hidden(self) -> None:
        self.wrong.append("The page has a comment, in which a browser could find something.")
