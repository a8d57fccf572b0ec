"""What an entry of the board says, in a sentence: one function a kind of bundle §4.

The sentence is for reading; the entry's own bytes are what counts, and stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from ballot.showing.sentences_of_candidates import CANDIDATES
from ballot.showing.sentences_of_keys import KEYS
from ballot.showing.sentences_of_post import POST
from ballot.showing.wording import Content, Sentences, how_many, many, nothing, section_named
from ballot.times import day_words, in_zone
from ballot.timetable import COLUMNS, TITLES


def in_words(
    kind: str, content: Content, *, zone: str, section_names: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """The title of an entry, and what it says; hours as the clocks of `zone` show them.

    section_names: by the codes that the board has.
    """
    title, words = SENTENCES.get(kind, (kind.capitalize(), nothing))
    hours = {
        name: in_zone(datetime.fromisoformat(content[name]), zone)
        for name in ("opens_at", "closes_at")
        if name in content
    }
    return title, words({**content, **hours, "section_names": section_names or {}})


def _notice(content: Content) -> str:
    issuer = content.get("issuer")
    codes = f" The voting codes are made by {issuer['name']}." if issuer else ""
    counts = " A rehearsal: its result counts for nothing." if content["rehearsal"] else ""
    return (
        f"{content['title']}, {content['party']}: {many(content['contests'], 'contest')}. The "
        f"poll opens on {content['opens_at']} and closes on {content['closes_at']}.{codes}{counts}"
    )


PARTS: dict[str, str] = {
    "returning_officer": "The returning officer",
    "deputy": "The deputy",
    "scrutineer": "The scrutineer",
    "helped_routes": "Other ways to vote",
    "complaints": "Where a complaint goes",
    **{column: TITLES[step] for step, column in COLUMNS.items()},
    **TITLES,
}
"""What a notice may be amended in, by the names of its entry and of the timetable."""


def _amended_notice(content: Content) -> str:
    changed = [*content["texts"], *content["hours"]]
    parts = ", ".join(f"“{PARTS[one['part']]}”" for one in changed)
    return f"Amendment {content['number']}: {parts}. The reason: {content['reason']}"


def _roll(content: Content) -> str:
    eligible = sum(one["people"] for one in content["totals"] if one["rule"] == "eligible")
    return f"{how_many(eligible, 'person', 'people')} on the list may vote."


def _amendment(content: Content) -> str:
    changes = "; ".join(
        f"{one['people']:,} {one['change']} ({section_named(content, one['section'])})"
        for one in content["changes"]
    )
    electors = sum(content["electors"].values())
    return (
        f"Amendment {content['number']}, by reason “{content['reason']}”: {changes}. "
        f"{how_many(electors, 'elector is', 'electors are')} on the roll now."
    )


def _set_aside(content: Content) -> str:
    reasons = ", ".join(sorted({one["reason"] for one in content["ballots"]}))
    return (
        f"{many(content['ballots'], 'ballot')} set aside by the rule of the notice: {reasons}."
    )


def _stand(content: Content) -> str:
    return (
        f"{many(content['ballots'], 'ballot')} set aside before, whose elector is on the roll "
        "again: counted."
    )


def _reasoned(content: Content) -> str:
    return f"The reason: {content['reason']}"


def _ordered(content: Content) -> str:
    said = _reasoned(content)
    return f"{order_sentence(content['order'])} {said}" if content["order"] else said


def order_sentence(order: Mapping[str, str]) -> str:
    """A court's order in words; its day as people write it."""
    day = day_words(date.fromisoformat(order["dated"]))
    return f"By order of {order['court']} of {day}, {order['reference']}."


def _opening(content: Content) -> str:
    return f"The paper is fixed: {many(content['contests'], 'contest')}."


def _part(content: Content) -> str:
    return f"Trustee {content['trustee']} opened their part of box {content['box'] + 1}."


def _ballot(content: Content) -> str:
    return f"{many(content['votes'], 'sealed vote')} under one voting code."


def _challenge(content: Content) -> str:
    return (
        f"A paper of the section “{section_named(content, content['section'])}” was opened to "
        "check a device: "
        f"{many(content['votes'], 'vote')}, whose choices stand in the entry. It was not cast, "
        "and is never counted."
    )


def _extension(content: Content) -> str:
    return f"The poll closes later, on {content['closes_at']}. The reason: {content['reason']}"


def _close(content: Content) -> str:
    if content["early"]:
        return f"The poll closed before its hour. The reason: {content['reason']}"
    return "The poll closed at its hour."


_DISPUTED: Final = {True: "is disputed by its elector", False: "are disputed by their electors"}


def _reconciliation(content: Content) -> str:
    ballots = sum(one["ballots"] for one in content["sections"])
    aside = sum(one["set_aside"] for one in content["sections"])
    explained = "".join(
        f" In the section “{section_named(content, one['section'])}”, {one['number']:,} of them "
        f"{_DISPUTED[one['number'] == 1]}: {one['explanation']}"
        for one in content["explanations"]
    )
    return (
        f"Marked register and ballots agree: {how_many(ballots, 'ballot')}, {aside:,} of them set "
        "aside, "
        f"{many(content['boxes'], 'box', 'boxes')}.{explained}"
    )


def _mix(content: Content) -> str:
    place = f"Mix {content['number']} of box {content['box'] + 1}"
    if content["trustee"] is None:
        return f"{place}, by the server."
    return f"{place}, by {content['mixer']}, trustee {content['trustee']}."


def _commitment(content: Content) -> str:
    return (
        f"Trustee {content['trustee']} fixed their part of box {content['box'] + 1} by its hash, "
        "signed with their share, before they showed it."
    )


def _profile(content: Content) -> str:
    papers = how_many(content["papers"], "paper")
    return f"{papers}, {content['papers_rejected']:,} of them rejected."


def _count(content: Content) -> str:
    sheet = content["sheet"]
    names = ", ".join(sheet["elected"])
    twice = {
        "agrees": "Counted twice, by two programs that agree.",
        "counted-once": "Counted once only: the second program does not know this method.",
    }[content["second_count"]]
    valid, stages = how_many(sheet["valid"], "valid paper"), many(sheet["stages"], "stage")
    return f"{valid}, {stages}: {names}. {twice}"


def _recount(content: Content) -> str:
    if not content["granted"]:
        return f"Refused: {content['reason']} It was asked for since: {content['grounds']}"
    return (
        f"The papers of {content['contest']} were counted anew, twice, with the same figures. The "
        f"grounds: {content['grounds']}"
    )


def _lot(content: Content) -> str:
    seen = "; ".join(content["witnesses"])
    return (
        f"Drawn first: place {content['drawn'][0] + 1} on the paper, which is excluded. Drawn "
        f"before {seen}."
    )


_WEIGHED = {True: "material", False: "not material", None: "not judged"}


def _incidents(content: Content) -> str:
    said = "; ".join(
        f"incident {one['number']}: {_WEIGHED[one['material']]}" for one in content["incidents"]
    )
    return f"{many(content['incidents'], 'incident')} in the book. {said.capitalize()}."


def _declaration(content: Content) -> str:
    said = [f"{one['title']}: {', '.join(one['elected'])}." for one in content["contests"]]
    return " ".join(said)


def _archive(content: Content) -> str:
    return (
        f"Version {content['version']} of the declaration is final. The root of the first "
        f"{how_many(content['size'], 'entry', 'entries')}: {content['root']}."
    )


_HASHED = {
    "ballot": ("sealed ballot", ""),
    "challenge": ("paper opened to check a device", "papers opened to check a device"),
    "envelope": ("postal envelope received", "postal envelopes received"),
    "postal-paper": ("postal paper", ""),
}


def _destruction(content: Content) -> str:
    first, second = content["officers"]
    kept = day_words(date.fromisoformat(content["kept_until"]))
    gone = ", ".join(
        how_many(content["entries"][kind], *words)
        for kind, words in _HASHED.items() if content["entries"][kind]
    )  # fmt: skip
    return (
        "The sealed ballots, the marked register and the voting keys were destroyed, as "
        f"{first} and {second} had ordered; the notice kept them until {kept}. "
        f"Of the entries before this one these are left by their hashes alone: {gone or 'none'}. "
        f"The hash of their leaves: {content['leaves']}."
    )


def _correction(content: Content) -> str:
    return (
        f"Version {content['version']} of the declaration. The reason: {content['reason']} "
        f"{_declaration(content)}"
    )


SENTENCES: Sentences = {
    "notice": ("Notice of poll", _notice),
    "notice-amendment": ("The notice was amended", _amended_notice),
    **CANDIDATES,
    "roll": ("The roll was frozen", _roll),
    "amendment": ("The roll was amended", _amendment),
    "set-aside": ("Ballots were set aside", _set_aside),
    "ballots-stand": ("Ballots stand again", _stand),
    "roll-withdrawn": ("The freeze was withdrawn", _reasoned),
    **KEYS,
    "opening": ("Opening of the poll", _opening),
    "ballot": ("A sealed ballot", _ballot),
    "challenge": ("A paper opened to check a device", _challenge),
    **POST,
    "suspension": ("The poll was suspended", _ordered),
    "resumption": ("The poll went on", _ordered),
    "extension": ("The poll was extended", _extension),
    "close": ("Close of the poll", _close),
    "reconciliation": ("The register was verified", _reconciliation),
    "mix": ("A box was mixed", _mix),
    "opening-commitment": ("A trustee fixed their part", _commitment),
    "part": ("A trustee opened their part", _part),
    "profile": ("A box was opened", _profile),
    "lot": ("A lot was drawn", _lot),
    "count": ("A contest was counted", _count),
    "incidents": ("The incidents book", _incidents),
    "recount": ("A recount", _recount),
    "declaration": ("Declaration of the result", _declaration),
    "correction": ("The declaration was corrected", _correction),
    "archive": ("The election was archived", _archive),
    "destruction": ("The sealed ballots were destroyed", _destruction),
    "void": ("Declared void", _reasoned),
}
