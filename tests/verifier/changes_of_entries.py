"""Single changes of the entries themselves: their frames and form, how often and when they stand.

Each is signed again, in a log that is in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from ballot.canonical import canonical
from tests.verifier.challenge_making import with_challenge
from tests.verifier.changes_of_log import Change, logged
from tests.verifier.tampered import Board, drop, put


def _kept(change: Callable[[Board], Board]) -> Change:
    return lambda good: change(good.board).signed()


def _framed(kind: str, *path: str, to: object) -> Change:
    return _kept(lambda board: board.reframed(kind, put(*path, to=to)))


def _placed(kind: str, before: str, which: int = 0) -> Change:
    """Put an entry of a kind before the first of another kind."""
    return _kept(lambda board: board.moved(board.at(kind, which), board.at(before)))


def _challenged(change: Callable[[Board], Board]) -> Change:
    """Change a board on which a challenged paper stands."""
    return lambda good: change(with_challenge(good.board)).signed()


def _last(kind: str, before: str) -> Change:
    return _kept(lambda board: board.moved(board.at(kind), board.at(before) + 1))


def _added(kind: str, content: object, before: str) -> Change:
    """Put an entry that was never there before the first of a kind."""

    def change(board: Board) -> Board:
        number = board.at(before)
        model = board.entries[number]
        entry = model | {"kind": kind, "content": content, "at": model["at"]}
        more = replace(board, entries=[*board.entries, entry])
        return more.moved(len(board.entries), number)

    return _kept(change)


REASON = {"reason": "The reason is written here."}

ENTRIES: Final[dict[str, Change]] = {
    "an entry is of another version": _framed("close", "version", to="hustings/v2"),
    "an entry is of another election": _framed(
        "close", "election", to="00000000-0000-4000-8000-000000000000"
    ),
    "an entry has another number": _framed("close", "number", to=99),
    "an entry's kind is unknown": _framed("close", "kind", to="closing"),
    "an entry has no time": _framed("close", "at", to=None),
    "an entry's time is of another form": _framed("close", "at", to="2026-12-01T10:00:00+00:00"),
    "a ballot bears a time": _framed("ballot", "at", to="2026-12-01T10:00:00Z"),
    "a challenged paper names a unit": _challenged(
        lambda board: board.edited("challenge", put("unit", to="Aberavon"))
    ),
    "a challenged paper bears a time": _challenged(
        lambda board: board.reframed("challenge", put("at", to="2026-12-01T10:00:00Z"))
    ),
    "a challenged paper bears a credential": _challenged(
        lambda board: board.edited("challenge", lambda said: said.update(credential="11" * 32))
    ),
    "a challenged paper stands before the opening": _challenged(
        lambda board: board.moved(board.at("challenge"), board.at("opening"))
    ),
    "a challenged paper stands after the close": _challenged(
        lambda board: board.moved(board.at("challenge"), board.at("close") + 1)
    ),
    "it is not said whether it is a rehearsal": _kept(
        lambda board: board.edited("notice", drop("rehearsal"))
    ),
    "it is not said whether an issuer is outside": _kept(
        lambda board: board.edited("notice", drop("issuer"))
    ),
    "the notice has no words": _kept(lambda board: board.edited("notice", drop("words"))),
    "an amendment of the notice changes what none may": _kept(
        lambda board: board.edited(
            "notice-amendment", put("texts", 0, "part", to="title")
        )
    ),
    "a correction changes a candidate's name": _kept(
        lambda board: board.edited("candidate-corrected", put("name", to="Another"))
    ),
    "a court's order is of a day that there is not": _kept(
        lambda board: board.edited("suspension", put("order", "dated", to="2016-02-30"))
    ),
    "there is no ceremony": _kept(lambda board: board.without("ceremony")),
    "the poll is opened while a ceremony is begun anew": _kept(
        lambda board: board.in_order(
            [
                *range(board.at("opening")),
                board.at("ceremony"),
                *range(board.at("opening"), len(board.entries)),
            ]
        )
    ),
    "a ceremony comes after the opening": _last("ceremony", "opening"),
    "a message comes before its ceremony": _placed("ceremony-message", "ceremony"),
    "a message is of no step": _kept(
        lambda board: board.edited("ceremony-message", put("step", to="complaint"))
    ),
    "a ceremony's identifier is short": _kept(
        lambda board: board.edited("ceremony", put("identifier", to=lambda text: text[2:]))
    ),
    "a share is shown before there is a key": _placed("share-held", "ceremony"),
    "a share is shown after the close": _last("share-held", "close"),
    "a proof that a share is held is short": _kept(
        lambda board: board.edited("share-held", put("proof", to=lambda text: text[2:]))
    ),
    "a mix has no signature, nor null": _kept(lambda board: board.edited("mix", drop("signature"))),
    "a mix says that it was made by the server, as once": _kept(
        lambda board: board.edited("mix", lambda said: said.update(by_server=True))
    ),
    "keys of an outside issuer come before the codes": _added(
        "keys", {"issued": [], "revoked": None}, "credentials"
    ),
    "keys of an outside issuer come after the reconciliation": _added(
        "keys", {"sealed": "11" * 32}, "mix"
    ),
    "an entry has a member more": _kept(
        lambda board: board.reframed("close", lambda entry: entry.update(by="somebody"))
    ),
    "a content has a member more": _kept(
        lambda board: board.edited("close", lambda content: content.update(by="somebody"))
    ),
    "a content lacks a member": _kept(lambda board: board.edited("extension", drop("reason"))),
    "a ballot has a member more": _kept(
        lambda board: board.edited("ballot", lambda content: content.update(unit="North"))
    ),
    "a figure is text": _kept(
        lambda board: board.edited("reconciliation", put("sections", 0, "ballots", to="5"))
    ),
    "hexadecimal has capitals": _kept(
        lambda board: board.edited("mix", put("content", "sha256", to=lambda text: text.upper()))
    ),
    "an entry is not in canonical form": logged(
        "close", lambda entry: canonical(entry).replace(b'":', b'": ', 1)
    ),
    "the notice stands twice": _kept(lambda board: board.doubled("notice")),
    "there are two openings": _kept(lambda board: board.doubled("opening")),
    "there is no opening": _kept(lambda board: board.without("opening")),
    "there is no close": _kept(lambda board: board.without("close")),
    "there are two closes": _kept(lambda board: board.doubled("close")),
    "there are two reconciliations": _kept(lambda board: board.doubled("reconciliation")),
    "there is no reconciliation": _kept(lambda board: board.without("reconciliation")),
    "there are two declarations": _kept(lambda board: board.doubled("declaration")),
    "a ballot stands before the opening": _placed("ballot", "opening"),
    "a ballot stands after the close": _last("ballot", "close"),
    "a key is replaced after the close": _last("reissue", "close"),
    "the poll is extended after the close": _last("extension", "close"),
    "the poll is suspended before the opening": _placed("suspension", "opening"),
    "ballots are set aside before the close": _placed("set-aside", "close"),
    "ballots are set aside after the reconciliation": _last("set-aside", "reconciliation"),
    "a box is mixed before the reconciliation": _placed("mix", "reconciliation"),
    "a key of another ceremony comes after the opening": _last("key", "opening"),
    "a roll comes after the opening": _last("roll", "opening"),
    "another roll comes after the credentials": _kept(
        lambda board: board.doubled("roll").moved(board.at("roll") + 1, board.at("opening") + 1)
    ),
    "candidates come after the opening": _last("candidates", "opening"),
    "credentials come after the opening": _last("credentials", "opening"),
    "a part stands before the commitments": _placed("part", "opening-commitment"),
    "a part has no commitment": _kept(lambda board: board.without("opening-commitment", 1)),
    "a commitment is of no trustee": _kept(
        lambda board: board.edited("opening-commitment", put("trustee", to=9))
    ),
    "a trustee gives one part twice": _kept(lambda board: board.doubled("part")),
    "a trustee commits twice": _kept(lambda board: board.doubled("opening-commitment")),
    "a box has two profiles": _kept(lambda board: board.doubled("profile")),
    "a contest is counted twice": _kept(lambda board: board.doubled("count")),
    "a lot is drawn after the count": _kept(
        lambda board: board.moved(board.at("lot"), board.at("declaration"))
    ),
    "a void election is declared": _added("void", REASON, "declaration"),
    "the poll is resumed twice": _kept(lambda board: board.doubled("resumption")),
    "no candidates follow a withdrawal": _kept(
        lambda board: board.moved(board.at("withdrawal"), board.at("roll")).linked()
    ),
    "the poll is opened upon a list that was given up": _added(
        "nominations-reopened", {}, "roll"
    ),
    "no candidates follow the nomination papers": _added(
        "nominations", {"bodies": [], "contests": []}, "roll"
    ),
    "a resumption comes without a suspension": _kept(lambda board: board.without("suspension")),
}
