"""What an entry of the board says, in a sentence: one function a kind of bundle §4.

The sentence is for reading; the entry's own bytes are what counts, and stand beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from ballot.times import in_zone
from ballot.timetable import COLUMNS, TITLES

Content = Mapping[str, Any]


def in_words(kind: str, content: Content, *, zone: str) -> tuple[str, str]:
    """The title of an entry, and what it says; hours as the clocks of `zone` show them."""
    title, words = SENTENCES.get(kind, (kind.capitalize(), _nothing))
    hours = {
        name: in_zone(datetime.fromisoformat(content[name]), zone)
        for name in ("opens_at", "closes_at")
        if name in content
    }
    return title, words({**content, **hours})


def _nothing(content: Content) -> str:
    del content
    return ""


def _notice(content: Content) -> str:
    issuer = content.get("issuer")
    codes = f" The voting codes are made by {issuer['name']}." if issuer else ""
    counts = " A rehearsal: its result counts for nothing." if content["rehearsal"] else ""
    return (
        f"{content['title']}, {content['party']}: {_many(content['contests'], 'contest')}. The "
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


def _candidates(content: Content) -> str:
    said = []
    for contest in content["contests"]:
        names = ", ".join(contest["candidates"])
        unopposed = " (unopposed)" if contest["unopposed"] else ""
        said.append(f"{contest['title']}: {names}{unopposed}.")
    return " ".join(said)


def _corrected(content: Content) -> str:
    what = ["the statement"] if content["statement"] else []
    what += ["the photograph, which is taken off"] if content["photograph_taken_off"] else []
    return (
        f"{content['candidate']}, {content['contest']}: {' and '.join(what)}. "
        f"The reason: {content['reason']}"
    )


def _struck(content: Content) -> str:
    return f"Nobody stands in {content['contest']}."


def _nominations(content: Content) -> str:
    bodies = sum(one["bodies"] for one in content["bodies"])
    papers = [paper for contest in content["contests"] for paper in contest["papers"]]
    lost = [f"{one['candidate']} ({one['reason']})" for one in papers if one["valid"] is False]
    rejected = f" Rejected: {'; '.join(lost)}." if lost else ""
    return (
        f"{_many(papers, 'candidate')} before {bodies:,} nominating "
        f"{'body' if bodies == 1 else 'bodies'}.{rejected}"
    )


def _names_drawn(content: Content) -> str:
    return f"Drawn: {content['seed']}. {content['source']}"


def _withdrawal(content: Content) -> str:
    return f"{content['candidate']} has withdrawn from {content['contest']}."


def _roll(content: Content) -> str:
    eligible = sum(one["people"] for one in content["totals"] if one["rule"] == "eligible")
    judged = sum(one["people"] for one in content["totals"])
    return f"{eligible:,} of {judged:,} people on the list may vote."


def _amendment(content: Content) -> str:
    changes = "; ".join(
        f"{one['people']:,} {one['change']} ({one['section']})" for one in content["changes"]
    )
    electors = sum(content["electors"].values())
    return (
        f"Amendment {content['number']}, by reason “{content['reason']}”: {changes}. "
        f"{electors:,} electors are on the roll now."
    )


def _set_aside(content: Content) -> str:
    reasons = ", ".join(sorted({one["reason"] for one in content["ballots"]}))
    return (
        f"{_many(content['ballots'], 'ballot')} set aside by the rule of the notice: {reasons}."
    )


def _stand(content: Content) -> str:
    return (
        f"{_many(content['ballots'], 'ballot')} set aside before, whose elector is on the roll "
        "again: counted."
    )


def _reasoned(content: Content) -> str:
    return f"The reason: {content['reason']}"


def _ordered(content: Content) -> str:
    said = _reasoned(content)
    return f"{order_sentence(content['order'])} {said}" if content["order"] else said


def order_sentence(order: Mapping[str, str]) -> str:
    """A court's order in words; its day as people write it."""
    day = date.fromisoformat(order["dated"])
    return (
        f"By order of {order['court']} of {day.day} {day:%B %Y}, {order['reference']}."
    )


def _ceremony(content: Content) -> str:
    names = ", ".join(content["trustees"])
    return (
        f"These trustees begin to make the key, {content['quorum']} of whom will open a box: "
        f"{names}. What was made before it counts for nothing."
    )


_STEPS: dict[str, str] = {
    "commitment": "fixed what they will bring to the key, by its hash",
    "reveal": "showed what they bring to the key",
    "dealing": "dealt the others their shares of it, each sealed to its holder",
    "received": "checked the shares that they were dealt",
    "confirmation": "confirmed the key, and that they hold their share of it",
}


def _message(content: Content) -> str:
    message, step = content["message"], content["step"]
    said = f"Trustee {message['number']} {_STEPS[step]}"
    if step != "received":
        return f"{said}."
    dealers = " and ".join(f"trustee {one['dealer']}" for one in message["complaints"])
    if dealers:
        return f"{said}, and say that what {dealers} dealt is false."
    return f"{said}, and say that all are good."


def _held(content: Content) -> str:
    return f"Trustee {content['trustee']} proved that they still hold their share of the key."


def _key(content: Content) -> str:
    names = ", ".join(one["name"] for one in content["trustees"])
    return f"{content['quorum']} of these trustees open a box: {names}."


def _credentials(content: Content) -> str:
    total = sum(one["credentials"] for one in content["sections"])
    return f"The public keys of {total:,} voting codes, by section and sorted."


def _keys(content: Content) -> str:
    if "sealed" in content:
        return (
            "What the issuer answered to amendments of the roll. The number of codes made and "
            "ended is told after the close, so that it does not show who had voted."
        )
    issued = sum(one["credentials"] for one in content["issued"])
    dead = content["revoked"]["credentials"] if content["revoked"] else 0
    return (
        f"What the issuer answered to amendments of the roll: {issued:,} voting "
        f"{'code' if issued == 1 else 'codes'} made, {dead:,} ended."
    )


def _opening(content: Content) -> str:
    return f"The paper is fixed: {_many(content['contests'], 'contest')}."


def _part(content: Content) -> str:
    return f"Trustee {content['trustee']} opened their part of box {content['box'] + 1}."


def _ballot(content: Content) -> str:
    return f"{_many(content['votes'], 'sealed vote')} under one voting code."


def _challenge(content: Content) -> str:
    return (
        f"A paper of section {content['section']} was opened to check a device: "
        f"{_many(content['votes'], 'vote')}, whose choices stand in the entry. It was not cast, "
        "and is never counted."
    )


def _reissue(content: Content) -> str:
    return f"A new code came into force, and {_many(content['revoked'], 'code')} before it ended."


def _tellers(content: Content) -> str:
    names = ", ".join(one["name"] for one in content["tellers"])
    return f"Two of them read every postal paper, each unseen by the other: {names}."


def _envelopes(content: Content) -> str:
    issued = sum(one["envelopes"] for one in content["sections"])
    return f"{issued:,} postal envelopes were issued, each named here by a hash."


def _envelope(content: Content) -> str:
    return "It counts as a vote by post: nobody casts with its elector’s code any more."


def _postal_paper(content: Content) -> str:
    one, two = (teller["number"] for teller in content["tellers"])
    return f"Read alike, sealed and signed by tellers {one} and {two}."


def _post(content: Content) -> str:
    totals = {
        name: sum(one[name] for one in content["sections"])
        for name in ("issued", "received", "papers", "empty", "refused", "late")
    }
    return (
        f"Of {totals['issued']:,} envelopes {totals['received']:,} were received, "
        f"{totals['refused']:,} refused since their electors had voted, and {totals['late']:,} "
        f"came late and stay unopened. {totals['papers']:,} papers were sealed; "
        f"{totals['empty']:,} envelopes were empty."
    )


def _extension(content: Content) -> str:
    return f"The poll closes later, on {content['closes_at']}. The reason: {content['reason']}"


def _close(content: Content) -> str:
    if content["early"]:
        return f"The poll closed before its hour. The reason: {content['reason']}"
    return "The poll closed at its hour."


def _reconciliation(content: Content) -> str:
    ballots = sum(one["ballots"] for one in content["sections"])
    aside = sum(one["set_aside"] for one in content["sections"])
    explained = "".join(
        f" In section {one['section']} {one['number']} of them are disputed by their electors: "
        f"{one['explanation']}"
        for one in content["explanations"]
    )
    return (
        f"Marked register and ballots agree: {ballots:,} ballots, {aside:,} of them set aside, "
        f"{_many(content['boxes'], 'box', 'boxes')}.{explained}"
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
    return f"{content['papers']:,} papers, {content['papers_rejected']:,} of them rejected."


def _count(content: Content) -> str:
    sheet = content["sheet"]
    names = ", ".join(sheet["elected"])
    twice = {
        "agrees": "Counted twice, by two programs that agree.",
        "counted-once": "Counted once only: the second program does not know this method.",
    }[content["second_count"]]
    return f"{sheet['valid']:,} valid papers, {_many(sheet['stages'], 'stage')}: {names}. {twice}"


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
    return f"{_many(content['incidents'], 'incident')} in the book. {said.capitalize()}."


def _declaration(content: Content) -> str:
    said = [f"{one['title']}: {', '.join(one['elected'])}." for one in content["contests"]]
    return " ".join(said)


def _archive(content: Content) -> str:
    return (
        f"Version {content['version']} of the declaration is final. The root of the first "
        f"{content['size']:,} entries: {content['root']}."
    )


def _correction(content: Content) -> str:
    return (
        f"Version {content['version']} of the declaration. The reason: {content['reason']} "
        f"{_declaration(content)}"
    )


def _many(items: Any, noun: str, several: str = "") -> str:
    """ "1 contest", "2 contests"."""
    count = len(items)
    return f"{count} {noun}" if count == 1 else f"{count} {several or noun + 's'}"


SENTENCES: dict[str, tuple[str, Callable[[Content], str]]] = {
    "notice": ("Notice of poll", _notice),
    "notice-amendment": ("The notice was amended", _amended_notice),
    "candidates": ("Statement of persons nominated", _candidates),
    "nominations-reopened": ("Nominations opened again", _nothing),
    "contest-struck": ("A contest was struck", _struck),
    "nominations": ("Statement of the nomination papers", _nominations),
    "names-drawn": ("The lot for the order of names", _names_drawn),
    "withdrawal": ("A candidate withdrew", _withdrawal),
    "candidate-corrected": ("What is shown of a candidate was corrected", _corrected),
    "roll": ("The roll was frozen", _roll),
    "amendment": ("The roll was amended", _amendment),
    "set-aside": ("Ballots were set aside", _set_aside),
    "ballots-stand": ("Ballots stand again", _stand),
    "roll-withdrawn": ("The freeze was withdrawn", _reasoned),
    "ceremony": ("The key ceremony began", _ceremony),
    "ceremony-message": ("A step of the key ceremony", _message),
    "share-held": ("A trustee holds their share", _held),
    "key": ("The trustees’ key", _key),
    "credentials": ("Voting codes", _credentials),
    "keys": ("Voting codes after amendments", _keys),
    "opening": ("Opening of the poll", _opening),
    "ballot": ("A sealed ballot", _ballot),
    "challenge": ("A paper opened to check a device", _challenge),
    "reissue": ("A code was replaced", _reissue),
    "tellers": ("The tellers were named", _tellers),
    "envelopes": ("Postal envelopes were issued", _envelopes),
    "envelope": ("A postal envelope was received", _envelope),
    "postal-paper": ("A postal paper", _postal_paper),
    "post": ("The account of the post", _post),
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
    "void": ("Declared void", _reasoned),
}
