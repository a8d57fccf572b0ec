"""Who stands, in which order, and whose votes are passed over. Nothing writes here."""

from __future__ import annotations

from django.db.models import Q

from ballot.canonical import read_canonical
from ballot.lifecycle import State
from ballot.mapping.notice import contest_code
from ballot.models import Contest, Election, Entry, NamesOrder, Ruling, VotesOfWithdrawn


def rejected(contest: Contest) -> dict[int, str]:
    """Of those whose papers the newest ruling rejects, by their ids: why."""
    newest = (
        Ruling.objects.filter(candidate__contest=contest)
        .order_by("candidate_id", "-pk")
        .distinct("candidate_id")
    )
    rows = newest.values_list("candidate_id", "is_valid", "reason")
    return {int(candidate or 0): reason for candidate, is_valid, reason in rows if not is_valid}


def is_by_lot(contest: Contest) -> bool:
    """Whether the notice has the names of this contest drawn by lot."""
    return contest.names_order == NamesOrder.LOT


def names_seed(election_id: int) -> str | None:
    """What was drawn for the order of names since nominations last opened, as on the board."""
    kinds = Entry.objects.filter(
        election=election_id, ballot__isnull=True, kind__in=["names-drawn", "nominations-reopened"]
    )
    newest = kinds.order_by("-number").first()
    if newest is None or newest.kind != "names-drawn":
        return None
    return str(read_canonical(bytes(newest.body))["content"]["seed"])


def passed_over(contest: Contest) -> frozenset[int]:
    """The places of those who withdrew after the opening, if their votes pass on (counting 2.4)."""
    if contest.votes_of_withdrawn == VotesOfWithdrawn.STAND:
        return frozenset()
    gone = contest.candidates.filter(position__isnull=False, withdrawn_at__isnull=False)
    return frozenset(one.position for one in gone if one.position is not None)


def contests_left_open(election: Election) -> list[Contest]:
    """The contests in which nominations open again: by the declaration, or all of a void one."""
    contests = list(election.contests.order_by("position"))
    if election.stage == State.VOID:
        return contests
    declared = election.declarations.first()
    told = declared.content["contests"] if declared else []
    reopening = {one["code"] for one in told if one.get("nominations_reopen")}
    return [contest for contest in contests if contest_code(contest) in reopening]


def withdrawal_entries(election: Election) -> dict[tuple[str, str], int]:
    """The newest entry of each withdrawal: by contest's title and candidate's name, its number."""
    entries = Entry.objects.filter(election=election, ballot__isnull=True, kind="withdrawal")
    found = {}
    for number, body in entries.order_by("number").values_list("number", "body"):
        content = read_canonical(bytes(body))["content"]
        found[content["contest"], content["candidate"]] = number
    return found


def is_reopening(contest: Contest, elected: list[str]) -> bool:
    """Whether nominations open again: “re-open nominations” has won, or who withdrew has."""
    gone = Q(is_reopen_nominations=True) | Q(withdrawn_at__isnull=False)
    return contest.candidates.filter(gone, position__isnull=False, name__in=elected).exists()
