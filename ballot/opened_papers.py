"""The opened papers of a contest and the rules of its count, as those who count take them."""

from __future__ import annotations

from ballot.counting import Count, count, rules_data
from ballot.counting.profile import Profile, parse_profile
from ballot.counting.rules import EarlierStages, Lot, Rules, TieRule
from ballot.counting.rules import Method as CountMethod
from ballot.counting.rules import Stop as CountStop
from ballot.models import Contest
from ballot.models import TieRule as Ties
from ballot.selectors import on_paper, ranking_space
from ballot.tellers import Opened
from ballot.who_stands import passed_over
from ballot.worth import weighting_of


def profile_of(contest: Contest) -> Profile:
    """The opened papers of a contest, box by box, as the counting core takes them."""
    space = ranking_space(contest)
    papers: dict[str, dict[tuple[int, ...], int]] = {}
    rejected: dict[str, int] = {}
    for box in contest.boxes.select_related("profile").order_by("number"):
        lines = box.profile.lines.values_list("ranking", "papers")
        papers[box.label] = {space.ranking(ranking): number for ranking, number in lines}
        rejected[box.label] = box.profile.papers_rejected
    return parse_profile(
        [candidate.name for candidate in on_paper(contest)],
        papers,
        withdrawn=passed_over(contest),
        rejected=rejected,
        title=contest.title,
        places=contest.places,
    )


def rules_of_count(contest: Contest) -> Rules:
    """The rules that the notice gave for a contest's count, with the lots drawn since."""
    lots: list[TieRule] = [
        Lot(tuple(lot.drawn), frozenset(lot.among)) for lot in contest.lots.all()
    ]
    first: list[TieRule] = (
        [EarlierStages()] if contest.tie_rule == Ties.EARLIER_THEN_LOT else []
    )
    return Rules(
        method=CountMethod(contest.method),
        stop=CountStop(contest.stop),
        ties=(*first, *lots),
        weighting=weighting_of(contest),
    )


def counted(contest: Contest) -> Count:
    """Count a contest's opened papers by its rules. Raises UnsettledTie where a lot is wanted."""
    return count(profile_of(contest), rules_of_count(contest))


def papers_for_tellers(contest: Contest) -> Opened:
    """The same papers, box by box, as the tellers take them: rows as they stand, not yet read."""
    boxes = contest.boxes.select_related("profile").order_by("number")
    candidates = [candidate.name for candidate in on_paper(contest)]
    return Opened(
        candidates,
        most=min(contest.max_preferences or len(candidates), len(candidates)),
        boxes={box.label: list(box.profile.lines.values_list("ranking", "papers"))
               for box in boxes},
        rules=rules_data(rules_of_count(contest)),
        rejected={box.label: box.profile.papers_rejected for box in boxes},
        withdrawn=[candidates[place] for place in sorted(passed_over(contest))],
        places=contest.places,
    )
