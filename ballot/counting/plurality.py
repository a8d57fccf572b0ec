"""Plurality: one stage; the candidate with the most first preferences is elected.

Source: docs/spec/counting.md §4.3.
"""

from __future__ import annotations

from ballot.counting.events import (
    Count,
    Elected,
    ElectedBy,
    Event,
    FirstPreferences,
    Number,
    VoteTable,
)
from ballot.counting.piles import (
    check_countable,
    exhausted_events,
    finished,
    papers_of,
    sort_papers,
    table_of,
)
from ballot.counting.profile import Profile
from ballot.counting.rules import Rules
from ballot.counting.ties import settle_election
from ballot.counting.weighting import weigh, worths_of


def count_plurality(profile: Profile, rules: Rules) -> Count:
    """Count by plurality.

    Spec:   counting §4.3; of later preferences only those below a withdrawn candidate matter.
    Cost:   one look at each distinct ranking.
    Raises: CountRefused; UnsettledTie, if the most votes are shared and no lot parts them.
    """
    check_countable(profile, rules)
    standing = profile.standing
    piles = sort_papers(papers_of(profile), frozenset(standing))
    votes = table_of(piles, profile)
    events: list[Event] = [FirstPreferences(votes)]
    events += exhausted_events(piles, stage=1, candidate=None)
    decides = _deciding(votes, profile, rules)
    most = max(decides[candidate] for candidate in standing)
    winners = tuple(candidate for candidate in standing if decides[candidate] == most)
    if len(winners) > 1:
        tie = settle_election(winners, rules=rules.ties, names=profile.candidates)
        events.append(tie)
        winners = tuple(candidate for candidate in winners if candidate not in tie.losers)
    events.append(Elected(1, winners[0], sum(votes[winners[0]]), ElectedBy.MOST_VOTES))
    return finished(profile, rules, events)


def _deciding(votes: VoteTable, profile: Profile, rules: Rules) -> tuple[Number, ...]:
    """Each candidate's votes, weighted where sections are. Spec: counting §12.2."""
    if rules.weighting is None:
        return tuple(sum(row) for row in votes)
    names = [section.name for section in profile.sections]
    at_first = [sum(column) for column in zip(*votes, strict=True)]
    return weigh(votes, worths_of(rules.weighting, names, at_first))
