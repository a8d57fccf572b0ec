"""The declared count of a rehearsal against a count of the profile that went in."""

from __future__ import annotations

import json
from collections import Counter

from ballot.counting import count
from ballot.counting.profile import Profile, Ranking, parse_profile
from ballot.counting.sheet import full_document
from ballot.models import Contest, Count, Election
from ballot.opened_papers import rules_of_count
from ballot.rehearsal.outcome import Outcome
from ballot.rehearsal.plan import Plan, section_codes, section_name, voting
from ballot.selectors import on_paper
from ballot.turnout import turnout_by_section


def compare(plan: Plan, election: Election, outcome: Outcome) -> None:
    """The declared sheet against a count of the profile itself, and turnout by section.

    Everything is compared: each stage in each box, and what was left blank or rejected there.
    """
    contest = Contest.objects.get(election=election)
    outcome.sheet = Count.objects.get(contest=contest).sheet
    counted = count(_by_box(plan, contest), rules_of_count(contest))
    # Through JSON, as the sheet has been.
    wanted = json.loads(json.dumps(full_document(counted)))
    for part, expected in wanted.items():
        found = outcome.sheet.get(part)
        if found != expected:
            outcome.differences.append(f"{part}: {found} instead of {expected}")
    cast = {one.name: one.ballots for one in turnout_by_section(election)}
    for section in voting(plan):
        papers = section.valid + section.blank
        ballots = cast.get(section_name(section.name))
        if ballots != papers:
            outcome.differences.append(
                f"{section.name}: {ballots} ballots instead of {papers}"
            )


def _by_box(plan: Plan, contest: Contest) -> Profile:
    """The profile as it would be opened: names in the paper's order, small sections pooled."""
    names = [candidate.name for candidate in on_paper(contest)]
    places = [names.index(name) for name in plan.profile.candidates]
    codes = section_codes(plan)
    by_code = {codes[section.name]: section for section in voting(plan)}
    boxes: dict[str, Counter[Ranking]] = {}
    for box in contest.boxes.order_by("number"):
        papers = boxes[box.label] = Counter()
        for code in box.sections.values_list("code", flat=True):
            papers[()] += by_code[code].blank
            for ranking, number in by_code[code].papers:
                papers[tuple(places[candidate] for candidate in ranking)] += number
    return parse_profile(names, boxes, title=contest.title)
