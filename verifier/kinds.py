"""What an entry of each kind holds, and when it may stand (bundle §4), as tables."""

from __future__ import annotations

from typing import NamedTuple

from verifier.forms import (
    Form,
    any_object,
    by_member,
    code,
    each,
    members,
    named,
    number,
    octets,
    or_null,
    positive,
    text,
    time,
    truth,
    word,
)

HASH = octets(32)
POINT = octets(33)
AFTER_CAST = word("stands", "set-aside")
CHANGE = word("added", "restored", "struck", "corrected")

BLOB = members(sha256=HASH, size_bytes=number)
_CONTEST: dict[str, Form] = {
    "candidates": each(text),
    "max_preferences": or_null(positive),
    "method": word("av", "plurality"),
    "position": number,
    "reopen_nominations": truth,
    "stop": word("majority", "two"),
    "tie_rule": word("earlier-stages-then-lot", "lot"),
    "title": text,
    "unopposed": truth,
}
CONTESTS = members(contests=each(members(**_CONTEST)))
KEYS_OF_SECTION = members(section=code, credentials=number, keys=BLOB)
REVOKED = or_null(members(credentials=positive, keys=BLOB))
REASON = members(reason=text)
PLACE = {"contest": code, "box": number}
LISTED_BALLOTS = members(
    ballots=each(members(tracker=HASH, entry=positive, reason=text, amendment=positive))
)
FIGURES = ("frozen", "added", "struck", "electors", "struck_voted", "issued", "marks", "ballots",
           "set_aside", "counted", "votes", "on_board")  # fmt: skip
DECLARED = {"code": code, "title": text, "unopposed": truth, "elected": each(text)}

CONTENT: dict[str, Form] = {
    "notice": members(
        board=text,
        title=text,
        party=text,
        returning_officer=text,
        zone=text,
        opens_at=time,
        closes_at=time,
        contests=each(members(**_CONTEST)),
        eligibility=any_object,
        mixes_wanted=positive,
        smallest_box=number,
        after_cast=members(
            dead=AFTER_CAST, duplicate=AFTER_CAST, excluded=AFTER_CAST, resigned=AFTER_CAST
        ),
        turnout_by_section_shows_during_the_poll=truth,
    ),
    "contest-struck": members(contest=text),
    "candidates": CONTESTS,
    "nominations-reopened": members(),
    "withdrawal": members(candidate=text, contest=text),
    "roll": members(
        commitment=HASH,
        totals=each(members(section=code, unit=or_null(text), rule=text, people=number)),
    ),
    "roll-withdrawn": REASON,
    "amendment": members(
        number=positive,
        kind=word("add", "remove", "correct"),
        reason=text,
        roll=HASH,
        previous=HASH,
        commitment=HASH,
        set=HASH,
        changes=each(members(change=CHANGE, section=code, people=positive)),
        electors=named(code, number),
        keys=by_member(
            "sealed",
            members(sealed=HASH),
            members(issued=each(KEYS_OF_SECTION), revoked=REVOKED),
        ),
    ),
    "key": members(
        public_key=POINT,
        quorum=positive,
        trustees=each(members(number=positive, name=text, point=POINT)),
    ),
    "credentials": members(sections=each(KEYS_OF_SECTION)),
    "opening": members(
        contests=each(members(code=code, **_CONTEST)),
        entries=members(notice=HASH, candidates=HASH, roll=HASH, key=HASH, credentials=HASH),
        amendments=each(HASH),
        software=named(text, HASH),
    ),
    "ballot": members(
        credential=octets(32),
        votes=each(octets(131)),
        signature=octets(64),
    ),
    "reissue": members(credential=octets(32), revoked=each(octets(32))),
    "suspension": REASON,
    "resumption": REASON,
    "extension": members(closes_at=time, closed_before_at=time, reason=text),
    "close": by_member(
        "reason",
        members(early=truth, was_due_at=time, reason=text),
        members(early=truth, was_due_at=time),
    ),
    "set-aside": LISTED_BALLOTS,
    "ballots-stand": LISTED_BALLOTS,
    "reconciliation": members(
        sections=each(members(code=code, name=text, **dict.fromkeys(FIGURES, number))),
        boxes=each(
            members(
                contest=code,
                number=number,
                sections=each(code),
                ballots=number,
                digest=HASH,
                sealed=BLOB,
            )
        ),
        amended_keys=each(
            members(amendment=positive, issued=each(KEYS_OF_SECTION), revoked=REVOKED, salt=HASH)
        ),
    ),
    "mix": members(**PLACE, number=positive, mixer=text, by_server=truth, content=BLOB),
    "opening-commitment": members(**PLACE, trustee=positive, commitment=HASH),
    "part": members(**PLACE, trustee=positive, content=BLOB),
    "profile": members(**PLACE, papers=number, papers_rejected=number, profile=BLOB, salt=HASH),
    "lot": members(contest=code, among=each(number), drawn=each(number), salt=HASH),
    "count": members(contest=code, sheet=any_object, salt=HASH),
    "declaration": members(
        version=positive,
        contests=each(
            by_member(
                "sheet",
                members(sheet=any_object, nominations_reopen=truth, **DECLARED),
                members(**DECLARED),
            )
        ),
        sections=each(members(code=code, issued=number, ballots=number, set_aside=number)),
    ),
    "void": REASON,
}


class When(NamedTuple):
    """When a kind may stand: after one of each of these kinds, and before any of those."""

    after: frozenset[str]
    before: frozenset[str]


def _when(after: str, before: str) -> When:
    # Nothing follows a declaration. What a void election still may not have, each row says.
    return When(frozenset(after.split()), frozenset({*before.split(), "declaration"}))


ORDER: dict[str, When] = {
    "notice": _when("", "notice"),
    "contest-struck": _when("notice", "opening"),
    "candidates": _when("notice", "opening"),
    "nominations-reopened": _when("notice", "opening"),
    "withdrawal": _when("notice candidates", "opening"),
    "roll": _when("notice candidates", "opening"),
    "roll-withdrawn": _when("roll", "opening"),
    "amendment": _when("roll", "reconciliation"),
    "key": _when("notice", "opening"),
    "credentials": _when("roll", "opening"),
    "opening": _when("candidates roll key credentials", "opening void"),
    "ballot": _when("opening", "close"),
    "reissue": _when("opening", "close"),
    "suspension": _when("opening", "close"),
    "resumption": _when("suspension", "close"),
    "extension": _when("opening", "close"),
    "close": _when("opening", "close"),
    "set-aside": _when("close", "reconciliation"),
    "ballots-stand": _when("set-aside", "reconciliation"),
    "reconciliation": _when("close", "reconciliation"),
    "mix": _when("reconciliation", ""),
    "opening-commitment": _when("reconciliation", "void"),
    "part": _when("opening-commitment", "void"),
    "profile": _when("reconciliation", "void count"),
    "lot": _when("reconciliation", "void"),
    "count": _when("reconciliation", "void"),
    "declaration": _when("candidates", "void"),
    "void": _when("notice", "void"),
}
