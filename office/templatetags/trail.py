"""The audit trail's parameters as people read them: each with a name in words, and its value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django import template

from office.kinds import is_known_kind, job_kind
from office.permissions import words_of_act
from office.templatetags.office import day_in_words

register = template.Library()

_NAMES: Final = {
    # Where the name as it is recorded, begun with a capital, would not say it.
    "against": "Compared with",
    "agents": "Agents there",
    "approval": "Proposal",
    "asks": "Asks what the columns are",
    "at": "From",
    "authority": "Written authority",
    "batch": "Batch or import",
    "begun_again": "Begun again as election",
    "certificate": "Certificate of destruction",
    "change": "Change of contact details",
    "changed": "Rows changed",
    "compared": "Pairs compared",
    "destroy_on": "Day of destruction",
    "digest": "Hash",
    "electors": "Electors on the roll",
    "entry": "Entry of the board",
    "first": "First record",
    "found": "Pairs found",
    "fresh": "Records new or changed",
    "gave_back": "Standing given back",
    "given": "Link given",
    "gone": "Records no longer listed",
    "how": "What became of it",
    "is_listed": "Listed",
    "is_material": "Material",
    "judged": "Records judged",
    "keep": "Record kept",
    "kept": "Record kept",
    "left_out": "Letters left out",
    "losing": "People losing a place",
    "mark": "Mark of the file",
    "member": "Record",
    "members": "Records read",
    "name_is": "Name now",
    "name_was": "Name before",
    "new": "Rows new",
    "of_second": "Of the second person of the ticket",
    "photograph_is": "Photograph now, by its SHA-256",
    "photograph_was": "Photograph before, by its SHA-256",
    "raised": "Flags raised",
    "read": "Rows read",
    "refused": "Rows refused",
    "rules": "Rules, number",
    "second": "Second record",
    "section_id": "Section, number",
    "sha256": "SHA-256",
    "shown": "Link shown",
    "size_bytes": "Size in bytes",
    "statement_is": "Statement now, by its SHA-256",
    "statement_was": "Statement before, by its SHA-256",
    "to_seeds": "To addresses that test delivery",
    "unchanged": "Rows unchanged",
    "unit_id": "Unit, number",
    "verdicts": "Hash of the verdicts",
    "was": "Was decided",
    "was_sent": "Was sent",
    "whole": "The whole list",
    "why": "Because",
}
_VERBATIM: Final = frozenset({
    "code", "columns", "digest", "commitment", "encoding", "mark", "section", "sha256", "verdicts",
})
"""Codes and hashes that are looked up elsewhere as they are written."""
_PLAIN: Final = {None: "none", True: "yes", False: "no"}
_CODE: Final = re.compile(r"[a-z]+([-_:][a-z]+)*")


@register.filter
def told(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an act was recorded with: ("Letters left out", "2"), ("Material", "yes")."""
    return [(_name(name), _value(name, value)) for name, value in parameters.items()]


def _name(name: str) -> str:
    return _NAMES.get(name) or name.replace("_", " ").replace("-", " ").capitalize()


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_value(name, each) for each in value) or "none"
    if value is None or isinstance(value, bool):
        return _PLAIN[value]
    if name == "act":
        return words_of_act(str(value))
    if name == "kind" and is_known_kind(str(value)):
        return job_kind(str(value)).words
    if isinstance(value, str) and name not in _VERBATIM and _CODE.fullmatch(value):
        return re.sub("[-_:]", " ", value)
    return str(day_in_words(value))
