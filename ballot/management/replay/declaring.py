"""The count, the second count, the release under embargo, the declaration and what follows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from ballot.management.replay.hours import hour
from ballot.management.replay.play import OFFICER, REASON, TWO, Play
from ballot.models import Count, Declaration, Release
from ballot.selectors import on_paper
from ballot.services.archive_election import archive_election
from ballot.services.count_papers import count_papers
from ballot.services.declare import declare as declare_result
from ballot.services.declared_content import share
from ballot.services.judge_incidents import judge_incidents
from ballot.services.publish_board import publish_board
from ballot.services.recount import ask_recount, decide_recount
from ballot.services.release_result import give_release, note_look, release_of

CHALLENGE_DAYS: Final = 28


def count(play: Play) -> None:
    """Count twice, tell the candidates under an embargo, and count again for who asks."""
    play.journal.begin(
        "Count and release",
        "Two programs that share nothing but the papers count in one run. Each candidate’s agent "
        "is told under an embargo, by a link; every look is written down. A recount is rehearsed.",
    )
    with play.act(hour(9, 23, 10), OFFICER, "Count the papers, twice") as now:
        play.job("count", count_papers, now=now)
    counted = Count.objects.get(contest=play.contest)
    play.journal.expect("what became of the second count", Count.Second.AGREES.value,
                        counted.second_count)
    _judge(play)
    _release(play)
    with play.act(hour(9, 23, 14), "a candidate’s agent", "Ask for a recount") as now:
        asked = ask_recount(play.contest.pk, grounds="The lead is smaller than we think it is.",
                            by=play.staff["agent"], now=now)
    play.refused(
        "the declaration while a recount waits", "election.not-ready",
        lambda: declare_result(play.election_id, by=play.officer,
                               seconded_by=play.staff["second"],
                               now=play.hours.moved(hour(9, 23, 15))),
    )
    with play.act(hour(9, 23, 16), OFFICER, "Grant it, and count again") as now:
        decide_recount(asked, granted=True, reason=REASON, by=play.officer, now=now)


def _judge(play: Play) -> None:
    numbers = sorted(play.election.incidents.values_list("number", flat=True))
    play.journal.expect("incidents in the book", [1, 2], numbers)
    with play.act(hour(9, 23, 11), OFFICER, "Judge the incidents") as now:
        judge_incidents(play.election_id, numbers=numbers, is_material=False, by=play.officer,
                        grounds="Neither could have changed the result.", now=now)


def _release(play: Play) -> None:
    election = play.election
    secrets = {}
    with play.act(hour(9, 23, 12), OFFICER, "Give each candidate’s agent a link") as now:
        ends = play.hours.moved(hour(9, 24, 11, 45))
        for candidate in on_paper(play.contest):
            secrets[candidate.name] = give_release(
                candidate.pk, name=f"The agent of {candidate}", embargo_until=ends,
                by=play.officer, now=now,
            )
    with play.act(hour(9, 23, 13), "both agents", "Look at the count under the embargo") as now:
        for secret in secrets.values():
            note_look(release_of(election.slug, secret), now=now)
    looks = sum(one.looks.count() for one in Release.objects.filter(
        candidate__contest__election=election))
    play.journal.expect("looks written down", 2, looks)
    play.refused("a link that nobody was given", "release.no-such-link",
                 lambda: release_of(election.slug, "no such secret"))
    play.link = next(iter(secrets.values()))


def declare(play: Play) -> None:
    """Declare; correct once; and archive when nothing can be challenged any more."""
    play.journal.begin(
        "Declaration",
        "The correction is rehearsed: it publishes the same figures as version 2. After the days "
        "of challenge the election is archived.",
    )
    with play.act(hour(9, 24, 11, 45), TWO, "Declare the result") as now:
        play.two("declare", now=now)
    play.refused("the agents’ link after the declaration", "release.no-such-link",
                 lambda: release_of(play.election.slug, play.link))
    first = Declaration.objects.get(election=play.election_id).content
    _compare(play, first)
    with play.act(hour(9, 26, 10), TWO, "Publish a correction, version 2") as now:
        play.two("correct_result", now=now, reason=REASON)
    newest = Declaration.objects.filter(election=play.election_id).latest("pk").content
    play.journal.expect("versions of the declaration, and the figures of the second as the first’s",
                        (2, True), (newest["version"], newest["contests"] == first["contests"]))
    publish_board(play.election_id, now=play.hours.moved(hour(9, 26, 11)))
    soon = play.hours.moved(hour(10, 1, 9))
    play.refused(
        "the archive while the result may be challenged", "archive.may-be-challenged",
        lambda: archive_election(play.election_id, by=play.officer,
                                 seconded_by=play.staff["second"], now=soon),
    )
    after = hour(9, 26, 12) + timedelta(days=CHALLENGE_DAYS + 1)
    with play.act(after, TWO, "Archive the election") as now:
        play.two("archive_election", now=now)
        publish_board(play.election_id, now=now)
    play.journal.expect("state of the election", "archived", play.election.state)


def _compare(play: Play, content: dict[str, Any]) -> None:
    """What was declared against what was played: every section, every candidate, the turnout."""
    figures, expect = play.figures, play.journal.expect
    (contest,) = content["contests"]
    sheet = contest["sheet"]
    (stage,) = sheet["stages"]
    papers = {one["name"]: one for one in sheet["sections"]}
    for box in play.contest.boxes.prefetch_related("sections"):
        (section,) = box.sections.all()
        asked = figures.votes[section.code]
        found = stage["sections"][box.label]["votes"]
        for name, votes in asked.items():
            expect(f"{box.label}: {name}", votes, found.get(name))
        blank, rejected = (
            (figures.blank, figures.post.rejected) if section.code == "member" else (0, 0)
        )
        expect(f"{box.label}: unmarked, rejected", (blank, rejected),
               (papers[box.label]["blank"], papers[box.label]["rejected"]))
    expect("valid papers", figures.valid, sheet["valid"])
    expect("unmarked and rejected", figures.spoilt, sheet["blank"] + sheet["rejected"])
    expect("elected", ["Jeremy Corbyn"], contest["elected"])
    voted = figures.valid + figures.spoilt + figures.post.empty + 1
    issued = sum(figures.issued.values())
    expect("turnout", {"base": "ballots-cast", "issued": issued, "part": voted,
                       "percent": share(voted, issued)}, contest["turnout"])
