"""What an entry of the board says, in a sentence: one function a kind.

The sentence is for reading; the entry's own bytes are what counts, and stand beside it. What
would give the result away is told by number, kind and hash alone until two officers declare it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ballot.canonical import read_canonical
from ballot.mapping import WITHHELD, BlobNamed, blobs_named, entry_digest
from ballot.models import Election, Entry
from ballot.times import in_zone

Content = Mapping[str, Any]

WITHHELD_SENTENCE = (
    "What it says is published with the declaration of the result; until then it stands here by "
    "its hash."
)


@dataclass(frozen=True, slots=True)
class EntryShown:
    """An entry for a reader: its number, what it says, when, and its name."""

    number: int
    kind: str
    title: str
    sentence: str
    when: str
    digest: str
    blobs: tuple[BlobNamed, ...] = ()
    is_withheld: bool = False


def is_withheld(kind: str, *, election: Election) -> bool:
    """Whether an entry of this kind waits for the declaration; in a void election, for ever."""
    return kind in WITHHELD and not election.stage.is_declared


def shown(entry: Entry, *, election: Election) -> EntryShown:
    """An entry in words. A ballot bears no time."""
    body = bytes(entry.body)
    digest = entry_digest(entry.kind, body).hex()
    title, words = SENTENCES.get(entry.kind, (entry.kind.capitalize(), _nothing))
    if is_withheld(entry.kind, election=election):
        return EntryShown(
            entry.number, entry.kind, title, WITHHELD_SENTENCE, "", digest, is_withheld=True
        )
    read: Any = read_canonical(body)
    at = read["at"]
    when = in_zone(datetime.fromisoformat(at), election.zone) if at else ""
    return EntryShown(
        entry.number,
        entry.kind,
        title,
        words(read["content"]),
        when,
        digest,
        tuple(blobs_named(read["content"])),
    )


def _nothing(content: Content) -> str:
    del content
    return ""


def _notice(content: Content) -> str:
    issuer = content.get("issuer")
    codes = f" The voting codes are made by {issuer['name']}." if issuer else ""
    return (
        f"{content['title']}, {content['party']}: {_many(content['contests'], 'contest')}.{codes}"
    )


def _candidates(content: Content) -> str:
    said = []
    for contest in content["contests"]:
        names = ", ".join(contest["candidates"])
        unopposed = " (unopposed)" if contest["unopposed"] else ""
        said.append(f"{contest['title']}: {names}{unopposed}.")
    return " ".join(said)


def _struck(content: Content) -> str:
    return f"Nobody stands in {content['contest']}."


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


def _key(content: Content) -> str:
    names = ", ".join(one["name"] for one in content["trustees"])
    return f"{content['quorum']} of these trustees open a box: {names}."


def _credentials(content: Content) -> str:
    total = sum(one["credentials"] for one in content["sections"])
    return f"The public keys of {total:,} voting codes, by section and sorted."


def _keys(content: Content) -> str:
    if "sealed" in content:
        return "What the issuer says to amendments of the roll; told after the close."
    issued = sum(one["credentials"] for one in content["issued"])
    dead = content["revoked"]["credentials"] if content["revoked"] else 0
    return f"What the issuer says to amendments of the roll: {issued:,} keys new, {dead:,} dead."


def _opening(content: Content) -> str:
    return f"The paper is fixed: {_many(content['contests'], 'contest')}."


def _part(content: Content) -> str:
    return f"Trustee {content['trustee']} opened their part of box {content['box'] + 1}."


def _ballot(content: Content) -> str:
    return f"{_many(content['votes'], 'sealed vote')} under one credential."


def _challenge(content: Content) -> str:
    return (
        f"A paper of section {content['section']} was opened to check a device: "
        f"{_many(content['votes'], 'vote')}, whose choices stand in the entry. It was not cast, "
        "and is never counted."
    )


def _reissue(content: Content) -> str:
    return f"A new code came into force; {_many(content['revoked'], 'code')} before it died."


def _extension(content: Content) -> str:
    return f"The poll closes later, at {content['closes_at']}. The reason: {content['reason']}"


def _close(content: Content) -> str:
    if content["early"]:
        return f"The poll closed before its hour. The reason: {content['reason']}"
    return "The poll closed at its hour."


def _reconciliation(content: Content) -> str:
    ballots = sum(one["ballots"] for one in content["sections"])
    aside = sum(one["set_aside"] for one in content["sections"])
    return (
        f"Marked register and ballots agree: {ballots:,} ballots, {aside:,} of them set aside, "
        f"{_many(content['boxes'], 'box', 'boxes')}."
    )


def _mix(content: Content) -> str:
    return f"Mix {content['number']} of box {content['box'] + 1}, by {content['mixer']}."


def _commitment(content: Content) -> str:
    return f"Trustee {content['trustee']} committed to their part of box {content['box'] + 1}."


def _profile(content: Content) -> str:
    return f"{content['papers']:,} papers, {content['papers_rejected']:,} of them rejected."


def _count(content: Content) -> str:
    sheet = content["sheet"]
    names = ", ".join(sheet["elected"])
    return f"{sheet['valid']:,} valid papers, {_many(sheet['stages'], 'stage')}: {names}."


def _lot(content: Content) -> str:
    return f"Drawn first: place {content['drawn'][0] + 1} on the paper, which is excluded."


def _declaration(content: Content) -> str:
    said = [f"{one['title']}: {', '.join(one['elected'])}." for one in content["contests"]]
    return " ".join(said)


def _many(items: Any, noun: str, several: str = "") -> str:
    """ "1 contest", "2 contests"."""
    count = len(items)
    return f"{count} {noun}" if count == 1 else f"{count} {several or noun + 's'}"


SENTENCES: dict[str, tuple[str, Callable[[Content], str]]] = {
    "notice": ("Notice of poll", _notice),
    "candidates": ("Statement of persons nominated", _candidates),
    "nominations-reopened": ("Nominations opened again", _nothing),
    "contest-struck": ("A contest was struck", _struck),
    "withdrawal": ("A candidate withdrew", _withdrawal),
    "roll": ("The roll was frozen", _roll),
    "amendment": ("The roll was amended", _amendment),
    "set-aside": ("Ballots were set aside", _set_aside),
    "ballots-stand": ("Ballots stand again", _stand),
    "roll-withdrawn": ("The freeze was withdrawn", _reasoned),
    "key": ("The trustees’ key", _key),
    "credentials": ("Voting codes", _credentials),
    "keys": ("Keys of amendments", _keys),
    "opening": ("Opening of the poll", _opening),
    "ballot": ("A sealed ballot", _ballot),
    "challenge": ("A challenged paper", _challenge),
    "reissue": ("A code sent again", _reissue),
    "suspension": ("The poll was suspended", _reasoned),
    "resumption": ("The poll went on", _reasoned),
    "extension": ("The poll was extended", _extension),
    "close": ("Close of the poll", _close),
    "reconciliation": ("The register was verified", _reconciliation),
    "mix": ("A box was mixed", _mix),
    "opening-commitment": ("A trustee’s commitment", _commitment),
    "part": ("A trustee’s part", _part),
    "profile": ("A box was opened", _profile),
    "lot": ("A lot was drawn", _lot),
    "count": ("A contest was counted", _count),
    "declaration": ("Declaration of the result", _declaration),
    "void": ("Declared void", _reasoned),
}
