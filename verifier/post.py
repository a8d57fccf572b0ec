"""What came by post: the tellers, the envelopes, the papers that two of them sealed (bundle §4.6).

Who read what is nowhere: a postal paper is a sealed ballot under a credential that nobody was
issued, and two tellers have signed it (sealing §6.10).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from verifier.ballots import Cast, Paper, tracker
from verifier.board import Ballot, Board, Entry
from verifier.bundle import Bundle, read_blob
from verifier.canonical import digest
from verifier.claims import Claim, false_claims
from verifier.columns import pieces
from verifier.credentials import Credentials
from verifier.failure import Failed, raise_all
from verifier.group import Point
from verifier.signature import public_key, signature_claim

HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Post:
    """What the board shows of it.

    papers:   the postal papers, in the order of the board, each with its entry's number.
    received: envelopes by section; issued: likewise.
    """

    papers: list[tuple[Ballot, Cast]] = field(default_factory=list)
    received: Counter[str] = field(default_factory=Counter)
    issued: Counter[str] = field(default_factory=Counter)

    @property
    def sealed(self) -> Counter[str]:
        """Return how many postal papers each section has."""
        return Counter(cast.section for _, cast in self.papers)


def check_post(bundle: Bundle, board: Board, credentials: Credentials, paper: Paper) -> Post:
    """Check everything of it but the papers' own votes and signatures, which are a ballot's.

    Raises: Failed, or ExceptionGroup of Failed (teller.*, envelope.*, postal.*, post.*, blob.*,
            file.*).
    """
    _require_offered(board)
    keys = _tellers(board)
    issued = _issued(bundle, board)
    received = _received(board, credentials, issued)
    papers = _papers(board, credentials, issued)
    raise_all(_unsigned(board, keys, paper), "postal papers")
    post = Post(papers, received, Counter(section for section, _ in issued.values()))
    _check_account(board, post, paper)
    return post


def _tellers(board: Board) -> dict[int, Point]:
    """Return the keys of the last `tellers`, by number; those before are read, too."""
    keys: dict[int, Point] = {}
    for entry in board.all("tellers"):
        told: list[dict[str, Any]] = entry.content["tellers"]
        numbers = [one["number"] for one in told]
        if any(left >= right for left, right in pairwise(numbers)):
            raise Failed("teller.number", entry.where, "The numbers do not ascend.")
        if len({one["key"] for one in told}) < len(told):
            raise Failed("teller.twice", entry.where, "Two tellers have one key.")
        keys = {
            one["number"]: public_key(
                bytes.fromhex(one["key"]), "teller.key", f"{entry.where}, teller {one['number']}"
            )
            for one in told
        }
    return keys


def _require_offered(board: Board) -> None:
    issued = board.last("envelopes")
    if issued is not None and not board.only("notice").content["postal_papers"]:
        raise Failed("post.not-offered", issued.where, "The notice sends no papers by post.")


def _issued(bundle: Bundle, board: Board) -> dict[bytes, tuple[str, int]]:
    """Return the section, and the entry, of every envelope's hash."""
    issued: dict[bytes, tuple[str, int]] = {}
    for entry in board.all("envelopes"):
        for one in entry.content["sections"]:
            where = f"{entry.where}, section {one['section']}"
            content = read_blob(bundle, one["hashes"], where)
            hashes = pieces(content, HASH_BYTES)
            if len(content) != HASH_BYTES * one["envelopes"] or any(
                left >= right for left, right in pairwise(hashes)
            ):
                why = "Its blob has not a hash of 32 bytes for each envelope, ascending."
                raise Failed("envelope.hash", where, why)
            if issued.keys() & set(hashes):
                raise Failed("envelope.twice", where, "An envelope was named before.")
            issued.update(dict.fromkeys(hashes, (one["section"], entry.number)))
    return issued


def _received(
    board: Board, credentials: Credentials, issued: dict[bytes, tuple[str, int]]
) -> Counter[str]:
    """Return how many envelopes came, by section; each takes its credential out of use."""
    voted = {ballot.credential for ballot in board.ballots}
    came: set[bytes] = set()
    marked: set[bytes] = set()
    received: Counter[str] = Counter()
    for entry in board.all("envelope"):
        name = bytes.fromhex(entry.content["envelope"])
        key = bytes.fromhex(entry.content["credential"])
        section, since = issued.get(name, ("", entry.number))
        if since >= entry.number:
            raise Failed("envelope.hash", entry.where, "No such envelope was issued before it.")
        if name in came or key in marked:
            raise Failed("envelope.twice", entry.where, "It, or another of its elector's, came.")
        if key in voted:
            raise Failed("envelope.voted", entry.where, "Its credential cast a ballot as well.")
        is_sealed_still = bool(credentials.unread) and key not in credentials.section
        if key in credentials.dead or (
            not is_sealed_still and credentials.section.get(key) != section
        ):
            why = "Its credential was not issued in the envelope's section, or died."
            raise Failed("envelope.credential", entry.where, why)
        came.add(name)
        marked.add(key)
        received[section] += 1
    return received


def _papers(
    board: Board, credentials: Credentials, issued: dict[bytes, tuple[str, int]]
) -> list[tuple[Ballot, Cast]]:
    """Return the postal papers as ballots, each in its section, once."""
    sections = {section for section, _ in issued.values()}
    numbers: set[tuple[str, int]] = set()
    papers = []
    for entry in board.all("postal-paper"):
        told = entry.content
        place = (told["section"], told["number"])
        if told["section"] not in sections:
            raise Failed("postal.section", entry.where, "No envelope was issued in its section.")
        if place in numbers:
            raise Failed("postal.number", entry.where, "Another paper of its section has it.")
        if bytes.fromhex(told["credential"]) in credentials.section:
            raise Failed("postal.credential", entry.where, "An elector was issued its credential.")
        numbers.add(place)
        wire = bytes.fromhex("".join((told["credential"], *told["votes"], told["signature"])))
        papers.append((Ballot(entry.number, wire), Cast(wire, told["section"])))
    return papers


def _unsigned(board: Board, keys: dict[int, Point], paper: Paper) -> list[Failed]:
    """Return a failure for each signature of a teller that does not hold: equation (53)."""
    claims: list[Claim] = []
    places: list[str] = []
    for entry in board.all("postal-paper"):
        for claim, where in _claims(entry, keys, paper):
            claims.append(claim)
            places.append(where)
    why = "The signature is not by this teller over this paper."
    return [Failed("teller.signature", places[row], why) for row in false_claims(claims)]


def _claims(entry: Entry, keys: dict[int, Point], paper: Paper) -> Iterator[tuple[Claim, str]]:
    told, setting = entry.content, paper.setting
    numbers = [one["number"] for one in told["tellers"]]
    if len(numbers) != 2 or numbers[0] >= numbers[1]:
        raise Failed("teller.same", entry.where, "It is not of two tellers, in their order.")
    wire = bytes.fromhex("".join((told["credential"], *told["votes"], told["signature"])))
    name = tracker(setting, Cast(wire, told["section"]), len(paper.contests))
    place = (setting.fingerprint, setting.key, told["section"], told["number"])
    message = digest("postal-paper", *place, name)
    for one in told["tellers"]:
        where = f"{entry.where}, teller {one['number']}"
        if one["number"] not in keys:
            raise Failed("teller.unknown", where, "The board names no such teller.")
        signature = bytes.fromhex(one["signature"])
        key = keys[one["number"]]
        yield signature_claim(key, message, signature, "teller.signature", where), where


def _check_account(board: Board, post: Post, paper: Paper) -> None:
    """Check the entry `post`, which is there if there were envelopes, once the boxes are fixed."""
    entry = board.last("post")
    if entry is None:
        if board.has("reconciliation") and board.has("envelopes"):
            raise Failed("post.missing", "the board", "There is no account of the envelopes.")
        return
    told: list[dict[str, Any]] = entry.content["sections"]
    if [one["section"] for one in told] != sorted(post.issued):
        raise Failed("post.figure", entry.where, "Its sections are not those of the envelopes.")
    for one in told:
        code = one["section"]
        expected = {
            "issued": post.issued[code],
            "received": post.received[code],
            "papers": post.sealed[code],
        }
        wrong = [name for name, figure in expected.items() if one[name] != figure]
        if one["papers"] + one["empty"] != one["received"]:
            wrong.append("empty")
        if one["received"] + one["refused"] + one["late"] > one["issued"]:
            wrong.append("late")
        if wrong:
            where = f"{entry.where}, section {code}"
            raise Failed("post.figure", where, f"These are not so: {', '.join(wrong)}.")
    _check_rejected(entry, post, paper)


def _check_rejected(entry: Entry, post: Post, paper: Paper) -> None:
    """Check that no contest has more papers rejected than came, nor a reason twice."""
    told: list[dict[str, Any]] = entry.content["rejected"]
    if len({(one["contest"], one["reason"]) for one in told}) < len(told):
        raise Failed("post.figure", entry.where, "A reason stands twice for one contest.")
    totals: Counter[str] = Counter()
    for one in told:
        totals[one["contest"]] += one["papers"]
    if totals.keys() - set(paper.contests) or any(
        papers > len(post.papers) for papers in totals.values()
    ):
        why = "It rejects in a contest that is not on the paper, or more papers than there are."
        raise Failed("post.figure", entry.where, why)


def check_rejected_came_out(board: Board, rejected: Mapping[str, int]) -> None:
    """Check that the boxes held what the account rejects: papers without a ranking.

    rejected: by contest, how many papers of its boxes bore no ranking.
    Raises: Failed (post.figure).
    """
    entry = board.last("post")
    if entry is None:
        return
    by_account: Counter[str] = Counter()
    for one in entry.content["rejected"]:
        by_account[one["contest"]] += one["papers"]
    for contest, papers in by_account.items():
        if papers > rejected.get(contest, 0):
            why = f"It rejects {papers} papers, and fewer of those opened are without a ranking."
            raise Failed("post.figure", f"{entry.where}, {contest}", why)
