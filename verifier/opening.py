"""The notice, and the entry that opens the poll: what everything after it is bound to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from verifier.amended import notice_as_amended
from verifier.ballots import Paper
from verifier.board import Board
from verifier.failure import Failed
from verifier.keys import Key
from verifier.notes import BOARD, VerifierKey, read_key
from verifier.rankings import Space
from verifier.setting import Setting

CANDIDATES = "contest.candidates"
# In characters of Unicode (counting §2.2).
LONGEST_NAME = 200
# Bundle §4, `reminders` of a notice.
MOST_REMINDERS = 2
NAMED = ("notice", "candidates", "roll", "key", "credentials")


@dataclass(frozen=True, slots=True)
class Contest:
    """A contest on the paper. place: on the paper, from 0; told: as the opening has it."""

    code: str
    place: int
    told: dict[str, Any]

    @property
    def candidates(self) -> tuple[str, ...]:
        return tuple(self.told["candidates"])

    @property
    def preferences(self) -> int:
        """How many may be ranked: one under plurality; all, if no more stand than the limit."""
        if self.told["method"] == "plurality":
            return 1
        most = self.told["max_preferences"] or len(self.candidates)
        return min(int(most), len(self.candidates))

    @property
    def space(self) -> Space:
        return Space(len(self.candidates), self.preferences)


@dataclass(frozen=True, slots=True)
class Poll:
    """The poll as it was opened. contests: those on the paper, in its order."""

    fingerprint: bytes
    contests: tuple[Contest, ...]

    def paper(self, key: Key) -> Paper:
        return Paper(self.setting(key), tuple(contest.code for contest in self.contests))

    def setting(self, key: Key) -> Setting:
        return Setting(self.fingerprint, key.encoded)

    def contest(self, code: str, where: str) -> Contest:
        for contest in self.contests:
            if contest.code == code:
                return contest
        raise Failed("contest.unknown", where, f"{code} is no contest on the paper.")


def check_notice(board: Board, signed_by: VerifierKey) -> None:
    """Check that the notice names the key that signed the board, and times that can be.

    Raises: Failed (notice.board, notice.times, extension.times, close.due), and those of
    notice_as_amended.
    """
    notice = board.only("notice")
    if read_key(notice.content["board"], BOARD, notice.where) != signed_by:
        raise Failed("notice.board", notice.where, "It names another key than the one that signed.")
    stands = notice_as_amended(board)
    opens_at, closes_at = stands["opens_at"], stands["closes_at"]
    if opens_at >= closes_at:
        raise Failed("notice.times", notice.where, "The poll closes before it opens.")
    reminders = notice.content["reminders"]
    if len(reminders) > MOST_REMINDERS or reminders != sorted(set(reminders)):
        raise Failed("notice.times", notice.where, "Its reminders are too many, or out of order.")
    for entry in board.all("extension"):
        later = entry.content["closes_at"]
        if entry.content["closed_before_at"] != closes_at or later <= closes_at:
            why = f"It does not put off the close that was due at {closes_at}."
            raise Failed("extension.times", entry.where, why)
        closes_at = later
    for entry in board.all("close"):
        if entry.content["was_due_at"] != closes_at:
            raise Failed("close.due", entry.where, f"The close was due at {closes_at}.")
        if entry.content["early"] != ("reason" in entry.content):
            raise Failed("close.early", entry.where, "A reason is given of an early close alone.")
        if entry.content["early"] != (entry.at < closes_at):
            raise Failed(
                "close.early", entry.where, f"It was at {entry.at}, and due at {closes_at}."
            )


# What the notice settles of a contest, for good.
SETTLED = (
    "title", "method", "max_preferences", "places", "reopen_nominations", "stop", "tie_rule",
    "gates", "names_order", "votes_of_withdrawn", "weights", "ticket",
    "points", "points_floor",
)  # fmt: skip


def check_contests(board: Board) -> None:
    """Check that the last `candidates` has the contests of the notice, but those that were struck.

    Raises: Failed (notice.contests, contest.position, contest.title, contest.candidates,
            withdrawal.who).
    """
    _check_who_withdrew(board)
    if not board.has("candidates"):
        return
    struck = {entry.content["contest"] for entry in board.all("contest-struck")}
    notice = board.only("notice").content["contests"]
    wanted = [_settled(told) for told in notice if told["title"] not in struck]
    contests = contests_in_order(board)
    where = board.only("candidates").where
    if [_settled(told) for told in contests] != wanted:
        why = "The contests are not those of the notice, with the rules that stand there."
        raise Failed("notice.contests", where, why)
    for told in contests:
        _check_candidates(told, f"{where}, {told['title']}")


def _check_who_withdrew(board: Board) -> None:
    """Check that a withdrawal says who of two withdrew where two stand together, there alone."""
    contests = board.only("notice").content["contests"]
    tickets = {told["title"] for told in contests if told["ticket"]}
    for entry in board.all("withdrawal"):
        if ("who" in entry.content) != (entry.content["contest"] in tickets):
            why = "Who of two withdrew is said where two stand together, and there alone."
            raise Failed("withdrawal.who", entry.where, why)


def _check_candidates(told: dict[str, Any], where: str) -> None:
    """Check that candidates can be told apart, and that one alone stands unopposed."""
    names = told["candidates"]
    if len({normalize("NFC", name) for name in names}) < len(names):
        raise Failed(CANDIDATES, where, "Two candidates have one name.")
    for name in names:
        if not (1 <= len(name) <= LONGEST_NAME and name.isprintable() and name == name.strip()):
            raise Failed(CANDIDATES, where, "A name is not of 1 to 200 characters that all see.")
    if told["ticket"]:
        _check_tickets(_people(told), where)
    if told["unopposed"] and (len(names) != 1 or told["reopen_nominations"]):
        why = "Nobody is unopposed where another stands, or nominations can be re-opened."
        raise Failed(CANDIDATES, where, why)


def _people(told: dict[str, Any]) -> list[str]:
    """The names but “re-open nominations”, which stands last where it does."""
    names: list[str] = told["candidates"]
    return names[:-1] if told["reopen_nominations"] else names


def _check_tickets(names: list[str], where: str) -> None:
    """Check that each name is two people's, parted in one way, and that nobody is named twice."""
    pairs = [_pair(normalize("NFC", name)) for name in names]
    if not all(first and second for first, second in pairs):
        why = "Somebody stands alone where two stand together in a place."
        raise Failed(CANDIDATES, where, why)
    people = [person for pair in pairs for person in pair]
    if len(set(people)) < len(people):
        raise Failed(CANDIDATES, where, "Somebody stands on two tickets, or twice on one.")


def _pair(name: str) -> tuple[str, str]:
    """The two people; both empty where the name cannot be parted, or could be in two places."""
    first, _, second = name.partition(" with ")
    is_clear = all(" with " not in f" {person} " for person in (first, second))
    return (first, second) if is_clear else ("", "")


def _settled(told: dict[str, Any]) -> list[Any]:
    return [told[name] for name in SETTLED]


def contests_in_order(board: Board) -> list[dict[str, Any]]:
    """Return the contests of the last `candidates`; their places are 0, 1, 2, …

    Raises: Failed (contest.position, contest.title).
    """
    entry = board.only("candidates")
    contests: list[dict[str, Any]] = entry.content["contests"]
    positions = [contest["position"] for contest in contests]
    if positions != sorted(set(positions)):
        raise Failed("contest.position", entry.where, "The contests are not in their order.")
    titles = [contest["title"] for contest in contests]
    if len(set(titles)) < len(titles):
        raise Failed("contest.title", entry.where, "Two contests have one title.")
    return contests


def no_poll(board: Board) -> bool:
    """Say whether the election was declared without a poll: every contest is unopposed."""
    candidates = board.last("candidates")
    return (
        board.declared
        and not board.has("opening")
        and candidates is not None
        and all(contest["unopposed"] for contest in candidates.content["contests"])
    )


def check_opening(board: Board) -> Poll:
    """Check what the opening names, and its contests.

    Raises: Failed (opening.entries, opening.amendments, opening.contests, ranking.preferences,
            ranking.space).
    """
    opening = board.only("opening")
    for kind in NAMED:
        if opening.content["entries"][kind] != board.only(kind).digest.hex():
            why = f"It names another {kind} than the last."
            raise Failed("opening.entries", opening.where, why)
    roll = board.only("roll").number
    amendments = [
        entry.digest.hex()
        for entry in board.all("amendment")
        if roll < entry.number < opening.number
    ]
    if opening.content["amendments"] != amendments:
        raise Failed("opening.amendments", opening.where, "It does not name those since the roll.")
    expected = [
        {**contest, "code": f"contest-{place}"}
        for place, contest in enumerate(contests_in_order(board), 1)
        if not contest["unopposed"]
    ]
    if opening.content["contests"] != expected or not expected:
        why = "Its contests are not those of the last candidates that are voted on."
        raise Failed("opening.contests", opening.where, why)
    contests = tuple(
        Contest(told["code"], place, told) for place, told in enumerate(opening.content["contests"])
    )
    for contest in contests:
        _require_space(contest, opening.where)
    return Poll(opening.digest, contests)


def _require_space(contest: Contest, where: str) -> None:
    try:
        Space(len(contest.candidates), contest.preferences)
    except Failed as failure:
        raise Failed(failure.check, f"{where}, {contest.code}", failure.why) from None
