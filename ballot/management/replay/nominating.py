"""Nominations: members of parliament as the gate, constituency parties and unions as advice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from ballot.management.demonstration_nominations import constituency_parties, nominate_over_days
from ballot.management.replay.figures import Nominating
from ballot.management.replay.hours import hour
from ballot.management.replay.play import OFFICER, Play
from ballot.models import Candidate, NominatingBody, Nomination
from ballot.nominations import papers_of
from ballot.selectors import standing
from ballot.services.consent import consent
from ballot.services.draw_names import draw_names
from ballot.services.nominate import nominate
from ballot.services.nominating_bodies import import_bodies
from ballot.services.nomination_seats import ask_consent, send_body_links
from ballot.services.publish_candidates import publish_candidates
from ballot.services.rule_on_paper import rule_on_candidate, rule_on_nomination
from ballot.services.set_up_candidate import add_candidate
from ballot.services.withdraw_candidate import withdraw_candidate

CORBYN, SMITH, EAGLE = "Jeremy Corbyn", "Owen Smith", "Angela Eagle"
UNIONS: Final = {
    CORBYN: ("ASLEF", "BFAWU", "CWU", "FBU", "TSSA", "UNISON", "Unite", "UCATT"),
    SMITH: ("Community", "GMB", "Musicians’ Union", "USDAW"),
}
BODIES: Final = "nominating bodies, by their links"


def nominate_all(play: Play) -> None:
    """Everything from the list of bodies to the order of names."""
    play.journal.begin(
        "Nominations",
        "Members of parliament, of whom a challenger needs a fifth, are the gate; constituency "
        "parties and unions nominate as advice. All are played in full up to a hundredth of the "
        "contest’s size. The incumbent stands without nominations, by the executive’s ruling of "
        "12 July. Eagle’s withdrawal on 19 July is played; how many had nominated her is made up.",
    )
    _open(play)
    _members_of_parliament(play)
    _advice(play)
    _rule(play)
    _publish(play)
    _compare(play)


def _open(play: Play) -> None:
    by, election = play.officer, play.election_id
    with play.act(hour(7, 13, 9), OFFICER, "Name three candidates; import the bodies") as now:
        for name in (CORBYN, SMITH, EAGLE):
            add_candidate(play.contest.pk, name=name, by=by, now=now)
        played = play.figures.nominating
        taken = import_bodies(election, content=_list(played), by=by, now=now)
        unions = sum(len(names) for names in UNIONS.values())
        play.journal.expect("nominating bodies", played.mps + played.parties + unions, taken.added)
    with play.act(hour(7, 13, 10), OFFICER, "Send links to nominate, and to consent") as now:
        sent = send_body_links(election, by=by, now=now)
        for name in (CORBYN, SMITH):
            ask_consent(play.candidate(name), address=f"{name.split()[1].lower()}@replay.invalid",
                        by=by, now=now)
        play.journal.expect("links to bodies that have an address", played.mps, sent)
        play.journal.expect("letters with links handed over", played.mps + 2, play.send_waiting())


def _list(played: Nominating) -> bytes:
    mps = range(1, played.mps + 1)
    lines = ["kind,name,mark,email"]
    lines += [f"MP,Member of parliament {n},,mp{n}@replay.invalid" for n in mps]
    lines += [f"{line},," for line in constituency_parties()[: played.parties]]
    lines += [f"affiliate,{name},union," for names in UNIONS.values() for name in names]
    return "\n".join(lines).encode()


def _members_of_parliament(play: Play) -> None:
    smith, eagle = play.candidate(SMITH), play.candidate(EAGLE)
    mps, played = _bodies(play, "MP"), play.figures.nominating
    first, hers = mps[: played.for_smith_first], mps[played.for_smith_first :][: played.for_eagle]
    later = mps[len(first) + len(hers) : played.for_smith]
    words = f"{len(first)} MPs nominate Smith and {len(hers)} Eagle"
    with play.act(hour(7, 18, 17), BODIES, words) as now:
        _give(play, first, smith, now=now)
        _give(play, hers, eagle, now=now)
    with play.act(hour(7, 19, 17), OFFICER, "Record that Eagle withdraws") as now:
        withdraw_candidate(eagle, by=play.officer, now=now)
    words = f"Those {len(hers)} amend theirs, and {len(later)} more nominate Smith"
    with play.act(hour(7, 20, 17), BODIES, words) as now:
        _give(play, [*hers, *later], smith, now=now)
        play.refused(
            "a nomination of who withdrew", "nomination.not-standing",
            lambda: _give(play, [mps[-1]], eagle, now=now),
        )


def _advice(play: Play) -> None:
    parties = _bodies(play, "CLP")
    given = 0
    for name, number in play.figures.nominating.by_parties.items():
        words = f"{number} constituency parties nominate {name}, from 22 July to 15 August"
        with play.act(hour(8, 15, 11), BODIES, words):
            nominate_over_days(
                parties[given : given + number], contest_id=play.contest.pk,
                candidate_id=play.candidate(name), days=25,
                first=play.hours.moved(hour(7, 22, 11)),
            )
        given += number
    with play.act(hour(8, 15, 11, 30), BODIES, "The unions nominate; so does one party more") as at:
        for name, unions in UNIONS.items():
            for union in unions:
                body = NominatingBody.objects.get(election=play.election_id, name=union)
                _give(play, [body.pk], play.candidate(name), now=at)
        _give(play, [parties[given]], play.candidate(SMITH), now=at)
    play.refused(
        "a nomination after the hour", "nomination.closed",
        lambda: _give(play, [parties[-1]], play.candidate(CORBYN),
                      now=play.hours.moved(hour(8, 15, 12, 1))),
    )  # fmt: skip


def _rule(play: Play) -> None:
    for name in (CORBYN, SMITH):
        with play.act(hour(8, 15, 11, 45), "candidate, by a link", f"{name} consents") as now:
            seat = Candidate.objects.values_list("seat", flat=True).get(pk=play.candidate(name))
            consent(play.candidate(name), seat=bytes(seat or b""), now=now,
                    statement=f"The statement of {name}, in the replay.",
                    agent_name=f"Agent of {name}", agent_address="agent@replay.invalid")
    with play.act(hour(8, 15, 13), OFFICER, "Rule on the papers, and reject one party’s") as now:
        by = play.officer
        lone = Nomination.objects.filter(contest=play.contest).latest("pk")
        rule_on_nomination(lone.pk, is_valid=False, by=by, now=now,
                           reason="Too few members were at the meeting that made it.")
        play.refused(
            "papers that lack the gate, ruled valid without the exemption", "ruling.gate-not-met",
            lambda: rule_on_candidate(play.candidate(CORBYN), is_valid=True, reason="In order.",
                                      by=by, now=now),
        )
        rule_on_candidate(play.candidate(SMITH), is_valid=True, by=by, now=now,
                          reason="More than a fifth of the members of parliament nominate him.")
        rule_on_candidate(play.candidate(CORBYN), is_valid=True, is_exempt=True, by=by, now=now,
                          reason="The incumbent needs none: the executive’s ruling of 12 July.")


def _publish(play: Play) -> None:
    with play.act(hour(8, 15, 18), OFFICER, "Publish the statement of persons nominated") as now:
        publish_candidates(play.election_id, by=play.officer, now=now)
    with play.act(hour(8, 16, 12), OFFICER, "Record the lot for the order of names") as now:
        draw_names(play.election_id, seed="4 1 6 6 2 3 5 1 2 2 6 4", by=play.officer, now=now,
                   source="Twelve dice, thrown by the replay: of no public draw.")


def _compare(play: Play) -> None:
    expect = play.journal.expect
    papers = {paper.candidate.name: paper for paper in papers_of(play.contest)}
    played = play.figures.nominating
    for name, number in played.by_parties.items():
        by_kind = [one.body.kind for one in papers[name].supporters]
        expect(f"valid nominations of {name} by constituency parties", number,
               by_kind.count("CLP"))
        expect(f"by unions, of {name}", len(UNIONS[name]), by_kind.count("affiliate"))
    mps = [one for one in papers[SMITH].supporters if one.body.kind == "MP"]
    expect("valid nominations of Owen Smith by members of parliament", played.for_smith, len(mps))
    expect("nominations rejected", 1, len(papers[SMITH].rejected))
    withdrawn = Candidate.objects.filter(contest=play.contest, withdrawn_at__isnull=False)
    expect("who withdrew", [EAGLE], [one.name for one in withdrawn])
    expect("who stands", sorted((CORBYN, SMITH)),
           sorted(one.name for one in standing(play.contest)))


def _bodies(play: Play, kind: str) -> list[int]:
    rows = NominatingBody.objects.filter(election=play.election_id, kind=kind)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _give(play: Play, bodies: Iterable[int], candidate: int, *, now: datetime) -> None:
    """Each body nominates, within the minutes before the hour that is given."""
    contest = play.contest.pk
    for place, body in enumerate(bodies):
        nominate(body, contest_id=contest, candidate_id=candidate, by=None,
                 now=now - timedelta(seconds=1 + place))
