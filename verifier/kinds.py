"""What an entry of each kind holds, and when it may stand (bundle §4), as tables."""

from __future__ import annotations

from typing import NamedTuple

from verifier.forms import (
    Form,
    any_object,
    by_member,
    code,
    day,
    each,
    members,
    named,
    null,
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
TURNOUT_BASE = word("ballots-cast", "valid-papers")
AFTER_CAST = word("stands", "set-aside")
CHANGE = word("added", "restored", "struck", "corrected")
# The steps of a key ceremony, in their order (bundle §4.5).
STEPS = ("commitment", "reveal", "dealing", "received", "confirmation")

# What an amendment of the notice may change (bundle §4.7): whom to turn to, and when.
TEXTS = ("returning_officer", "deputy", "scrutineer", "helped_routes", "complaints")
# The hours of the notice itself, which no amendment moves once the poll is open.
HOURS = ("nominations_close_at", "opens_at", "closes_at")
# The steps of a timetable beside those, in their order.
DATED = (
    "notice",
    "nominations-open",
    "candidates",
    "freeze",
    "dispatch",
    "reissue-at-desk",
    "reissue-by-page",
    "count",
    "declaration",
)

BLOB = members(sha256=HASH, size_bytes=number)
_CONTEST: dict[str, Form] = {
    "candidates": each(text),
    "gates": each(text),
    "max_preferences": or_null(positive),
    "method": word("av", "plurality", "stv"),
    "places": positive,
    "names_order": word("alphabet", "lot", "shuffled"),
    "points": or_null(positive),
    "points_floor": number,
    "position": number,
    "reopen_nominations": truth,
    "stop": word("majority", "two"),
    "ticket": or_null(members(first=text, second=text)),
    "tie_rule": word("earlier-stages-then-lot", "lot"),
    "title": text,
    "unopposed": truth,
    "votes_of_withdrawn": word("pass-on", "stand"),
    "weights": or_null(named(code, positive)),
}
CONTESTS = members(contests=each(members(**_CONTEST)))
SIGNATURE = octets(64)
_OF_SECTION: dict[str, Form] = {"section": code, "credentials": number, "keys": BLOB}
_DEAD: dict[str, Form] = {"credentials": positive, "keys": BLOB}
KEYS: dict[str, Form] = {
    "issued": each(members(**_OF_SECTION)),
    "revoked": or_null(members(**_DEAD)),
}
# The same from an outside issuer: a signature for each key (bundle §4.1).
SIGNED_KEYS: dict[str, Form] = {
    "issued": each(members(**_OF_SECTION, signatures=BLOB)),
    "revoked": or_null(members(**_DEAD, signatures=BLOB)),
}
SEALED = members(sealed=HASH)
REASON = members(reason=text)
ORDERED = members(
    reason=text, order=or_null(members(court=text, dated=day, reference=text))
)
PLACE = {"contest": code, "box": number}
LISTED_BALLOTS = members(
    ballots=each(members(tracker=HASH, entry=positive, reason=text, amendment=positive))
)
FIGURES = ("frozen", "added", "struck", "electors", "struck_voted", "issued", "marks", "ballots",
           "set_aside", "counted", "votes", "on_board")  # fmt: skip
OF_THE_POST = ("issued", "received", "refused", "late", "empty", "papers")
REJECTED = ("unmarked", "uncertain", "identifiable", "no-official-mark", "two-first-preferences")
DECLARED = {"code": code, "title": text, "unopposed": truth, "elected": each(text)}
# What electors send: appended in batches, without a time (board §2.5); what a destruction takes.
PAPERS = ("ballot", "challenge", "envelope", "postal-paper")
SECOND_COUNT = word("agrees", "counted-once")
DECLARATION: dict[str, Form] = {
    "version": positive,
    "contests": each(
        by_member(
            "sheet",
            members(
                sheet=any_object,
                nominations_reopen=truth,
                second_count=SECOND_COUNT,
                turnout=members(base=TURNOUT_BASE, issued=number, part=number, percent=text),
                **DECLARED,
            ),
            members(**DECLARED),
        )
    ),
    "sections": each(
        members(
            code=code, issued=number, marks=number, ballots=number, set_aside=number,
            counted=number,
        )
    ),
}

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
        nominations_close_at=or_null(time),
        smallest_box=number,
        after_cast=members(
            dead=AFTER_CAST, duplicate=AFTER_CAST, excluded=AFTER_CAST, resigned=AFTER_CAST
        ),
        after_count=members(
            challenge_days=number,
            keep_days=number,
            recount_margin_permille=number,
            recount_on_request=truth,
            turnout_base=TURNOUT_BASE,
        ),
        turnout_by_section_shows_during_the_poll=truth,
        letters_in_welsh=truth,
        postal_papers=truth,
        reminders=each(time),
        rehearsal=truth,
        issuer=or_null(members(name=text, key=octets(32))),
        **dict.fromkeys(("helped_routes", "complaints", "deputy", "scrutineer"), text),
        timetable=each(members(step=word(*DATED), at=time)),
        words=each(members(heading=text, paragraphs=each(text))),
    ),
    "notice-amendment": members(
        number=positive,
        reason=text,
        texts=each(members(part=word(*TEXTS), was=text, becomes=text)),
        hours=each(members(part=word(*HOURS, *DATED), was=or_null(time), becomes=time)),
    ),
    "contest-struck": members(contest=text),
    "candidates": CONTESTS,
    "nominations-reopened": members(),
    "nominations": members(
        bodies=each(members(kind=text, mark=text, bodies=positive, members=number)),
        contests=each(
            members(
                contest=text,
                papers=each(
                    members(
                        candidate=text,
                        valid=or_null(truth),
                        exempt=truth,
                        reason=text,
                        nominated_by=each(members(kind=text, name=text)),
                        rejected=each(members(kind=text, name=text, reason=text)),
                    )
                ),
            )
        ),
    ),
    "names-drawn": members(seed=text, source=text),
    "withdrawal": by_member(
        "who",
        members(candidate=text, contest=text, who=word("first", "second", "both")),
        members(candidate=text, contest=text),
    ),
    "candidate-corrected": members(
        candidate=text,
        contest=text,
        statement=or_null(members(was=text, becomes=text)),
        photograph_taken_off=truth,
        reason=text,
    ),
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
        keys=or_null(by_member("sealed", SEALED, members(**KEYS))),
    ),
    "ceremony": members(identifier=octets(16), quorum=positive, trustees=each(text)),
    "ceremony-message": members(step=word(*STEPS), message=any_object),
    "key": members(
        public_key=POINT,
        quorum=positive,
        trustees=each(members(number=positive, name=text, point=POINT)),
    ),
    "share-held": members(trustee=positive, size=positive, proof=octets(65)),
    "credentials": members(sections=each(members(**_OF_SECTION, signature=or_null(SIGNATURE)))),
    "keys": by_member("sealed", SEALED, members(**SIGNED_KEYS)),
    "opening": members(
        contests=each(members(code=code, **_CONTEST)),
        entries=members(notice=HASH, candidates=HASH, roll=HASH, key=HASH, credentials=HASH),
        amendments=each(HASH),
        software=named(text, HASH),
    ),
    "ballot": members(
        credential=octets(32),
        votes=each(octets(131)),
        signature=SIGNATURE,
    ),
    "challenge": members(
        tracker=HASH,
        section=code,
        unit=null,
        votes=each(members(c1=POINT, c2=POINT, ranking=number, r=octets(32))),
    ),
    "reissue": members(
        credential=octets(32),
        revoked=each(octets(32)),
        signature=or_null(SIGNATURE),
        revocations=or_null(each(SIGNATURE)),
    ),
    "suspension": ORDERED,
    "resumption": ORDERED,
    "extension": members(closes_at=time, closed_before_at=time, reason=text),
    "close": by_member(
        "reason",
        members(early=truth, was_due_at=time, reason=text),
        members(early=truth, was_due_at=time),
    ),
    "tellers": members(
        tellers=each(members(number=positive, name=text, key=octets(32)))
    ),
    "envelopes": members(
        sections=each(members(section=code, envelopes=positive, hashes=BLOB))
    ),
    "envelope": members(credential=octets(32), envelope=HASH),
    "postal-paper": members(
        section=code,
        number=positive,
        credential=octets(32),
        votes=each(octets(131)),
        signature=SIGNATURE,
        tellers=each(members(number=positive, signature=SIGNATURE)),
    ),
    "post": members(
        sections=each(members(section=code, **dict.fromkeys(OF_THE_POST, number))),
        rejected=each(members(contest=code, reason=word(*REJECTED), papers=positive)),
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
        explanations=each(
            members(
                difference=word("disputed"), section=code, number=positive, explanation=text
            )
        ),
        amended_keys=each(
            by_member(
                "entry",
                members(entry=positive, salt=HASH, **SIGNED_KEYS),
                members(amendment=positive, salt=HASH, **KEYS),
            )
        ),
    ),
    "mix": members(
        **PLACE,
        number=positive,
        mixer=text,
        trustee=or_null(positive),
        signature=or_null(octets(65)),
        content=BLOB,
    ),
    "opening-commitment": members(
        **PLACE, trustee=positive, commitment=HASH, signature=octets(65)
    ),
    "part": members(**PLACE, trustee=positive, content=BLOB),
    "profile": members(**PLACE, papers=number, papers_rejected=number, profile=BLOB, salt=HASH),
    "lot": members(
        contest=code, among=each(number), drawn=each(number), witnesses=each(text), salt=HASH),
    "incidents": members(
        incidents=each(
            members(
                number=positive,
                kind=text,
                happened_at=time,
                found_by=text,
                kept_from_voting=or_null(number),
                material=or_null(truth),
                entries=each(members(at=time, said=text, done=text)),
            )
        )

    ),
    "count": members(
        contest=code, sheet=any_object, second_count=SECOND_COUNT, salt=HASH
    ),
    "recount": members(
        contest=code, by_rule=truth, grounds=text, granted=truth, reason=text, salt=HASH
    ),
    "declaration": members(**DECLARATION),
    "correction": members(reason=text, **DECLARATION),
    "archive": members(version=positive, size=positive, root=HASH),
    "destruction": members(
        blobs=each(HASH),
        entries=members(**dict.fromkeys(PAPERS, number)),
        kept_until=day,
        leaves=HASH,
        officers=each(text),
        rows=named(code, number),
    ),
    "void": REASON,
}


class When(NamedTuple):
    """When a kind may stand: after one of each of these kinds, and before any of those."""

    after: frozenset[str]
    before: frozenset[str]


def _when(after: str, before: str) -> When:
    # Nothing follows a declaration but what corrects it. What a void election still may not have,
    # each row says.
    return When(frozenset(after.split()), frozenset({*before.split(), "declaration"}))


# What an election ends with for good, and a destruction follows.
ENDS = frozenset({"archive", "void"})

ORDER: dict[str, When] = {
    "notice": _when("", "notice"),
    "notice-amendment": _when("notice", "void"),
    "contest-struck": _when("notice", "opening"),
    "candidates": _when("notice", "opening"),
    "nominations-reopened": _when("notice", "opening"),
    "nominations": _when("notice", "opening"),
    "names-drawn": _when("candidates", "opening"),
    "withdrawal": _when("notice candidates", "opening-commitment profile"),
    "candidate-corrected": _when("candidates", "close"),
    "roll": _when("notice candidates", "opening credentials"),
    "roll-withdrawn": _when("roll", "opening"),
    "amendment": _when("roll", "reconciliation"),
    "ceremony": _when("notice", "opening"),
    "ceremony-message": _when("ceremony", "opening"),
    "key": _when("ceremony-message", "opening"),
    "share-held": _when("key", "close"),
    "credentials": _when("roll", "opening"),
    "keys": _when("credentials", "reconciliation"),
    "opening": _when("candidates roll key credentials", "opening void"),
    "ballot": _when("opening", "close"),
    "challenge": _when("opening", "close"),
    "reissue": _when("opening", "close"),
    "tellers": _when("notice", "close"),
    "envelopes": _when("opening", "close"),
    "envelope": _when("envelopes", "close"),
    "postal-paper": _when("close envelopes tellers", "post reconciliation"),
    "post": _when("close envelopes", "post reconciliation"),
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
    "incidents": _when("notice", "incidents void"),
    "recount": _when("count", "void"),
    "declaration": _when("candidates", "void"),
    "correction": When(frozenset({"declaration"}), frozenset({"destruction"})),
    "archive": When(frozenset({"declaration"}), frozenset({"archive"})),
    # After the end, whichever it was: check_order asks for one of ENDS.
    "destruction": When(frozenset(), frozenset({"destruction"})),
    "void": _when("notice", "void"),
}
