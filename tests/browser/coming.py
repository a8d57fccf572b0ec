"""How the election of the walk over every page comes from stop to stop.

Each function brings it so far, by the services, and says what stands in the addresses there, by the
names in their patterns. The election has one of everything that a page can show, and long names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ballot.differences import DISPUTED, unexplained
from ballot.models import Candidate, Incident
from ballot.nominations import newest_nominations
from ballot.postal import Kind
from ballot.services.account_for_post import account_for_post
from ballot.services.archive_election import archive_election
from ballot.services.attest import attest
from ballot.services.close_poll import close_poll_early
from ballot.services.codes import PURPOSE as VOTING_CODE
from ballot.services.correct_result import correct_result
from ballot.services.draw_names import draw_names
from ballot.services.explain_difference import explain_difference
from ballot.services.extend_poll import extend_poll
from ballot.services.helpdesk import note_at_helpdesk
from ballot.services.judge_incidents import judge_incidents
from ballot.services.open_incident import open_incident
from ballot.services.publish_board import publish_board
from ballot.services.read_papers import Read
from ballot.services.recount import ask_recount, decide_recount
from ballot.services.reissue_code import reissue_code
from ballot.services.release_result import give_release
from ballot.services.rule_on_paper import rule_on_nomination
from ballot.services.rule_on_postal_paper import rule_on_postal_paper
from ballot.services.set_up import edit_election
from ballot.services.suspend_poll import resume_poll, suspend_poll
from ballot.services.take_daily_sheet import take_due_sheet
from ballot.services.take_snapshot import take_snapshot
from ballot.showing.dispute_links import dispute_path
from members.services import draft_bulk
from office.models import Dispatch, Letter
from office.permissions import Role
from office.services.approvals import propose_act
from office.services.printing import order_batch
from tests.ballot.factories import (
    REASON,
    Run,
    bring,
    cast,
    election,
    entries,
    no_triggers,
    now,
)
from tests.ballot.posting_papers import Table
from tests.ballot.services.nominating import body, give, rule, take_bodies
from tests.members.factories import imported, person
from tests.office.factories import staff

Given = dict[str, Any]

LEADERS = ("Ash Amin", "Gwenllian Angharad Llywelyn-Prydderch ap Gruffydd", "Cedar Cox")
DEPUTIES = ("Dilys Dunn", "Eluned Eyre", "Ffion Finch")
REJECTED = "Rhys Roe"
GATES = "30% of CLP or 1 of affiliate/union"
ORDER = {"court": "High Court", "dated": "2026-08-08", "reference": "[2026] EWHC 2058 (QB)"}
VOTES = ((0, 1, 2), (0,), (1, 2), (2, 1), (0, 2), (1,), ())
tables: dict[int, Table] = {}


def first_run() -> Run:
    """A draft that has everything, with nominating bodies and two posts."""
    imported(*(
        person(
            number=f"{1000 + n}", given_name="Carys", family_name=f"Fallowes{n:02d}",
            email=f"elector{n}@example.org" if n < 12 else "",
            section="affiliated" if n % 3 == 0 else "member", unit="",
        )
        for n in range(14)
    ))
    run = election(
        candidates=(*LEADERS, REJECTED), sections=("member", "affiliated"), rankings=VOTES,
        gates=GATES, names_order="lot",
        other_contests=[{"title": "Deputy leader", "candidates": DEPUTIES}],
    )
    edit_election(run.election_id, turnout_by_section=True, **run.by)
    take_bodies(run)
    return run


def named(run: Run) -> Given:
    """What every stop's addresses name: the election, a contest and a candidate of it."""
    candidate = Candidate.objects.filter(contest=run.contest).earliest("pk")
    return {
        "slug": run.election.slug, "contest_id": run.contest.pk, "candidate_id": candidate.pk,
        "number": 1, "section": "member", "code": DISPUTED,
    }


def draft(run: Run) -> Given:
    return named(run)


def nominating(run: Run) -> Given:
    bring(run, to="nominating")
    first = now() - timedelta(days=4)
    for days, name, whom in ((0, "Barking", LEADERS[0]), (0, "Mair Prys", LEADERS[1]),
                             (1, "Aberavon", LEADERS[0]), (3, "Dockers", LEADERS[1]),
                             (4, "Ned Orr", LEADERS[0]), (4, "Barking", LEADERS[1]),
                             (4, "Cardiff South", LEADERS[2])):
        give(run, name, whom, now=first + timedelta(days=days))
    (dockers,) = [one for one in newest_nominations(run.contest) if one.body.name == "Dockers"]
    rule_on_nomination(dockers.pk, is_valid=False, reason="The executive did not meet.", **run.by)
    return named(run) | {"body_id": body("Barking").pk, "nomination_id": dockers.pk}


def nominated(run: Run) -> Given:
    for name in (*LEADERS, *DEPUTIES):
        rule(run, name)
    rule(run, REJECTED, is_valid=False, reason=f"{REJECTED} joined after the freeze date.")
    bring(run, to="nominated")
    put_on_record(run, Role.CANDIDATES_AGENT, "paper", "objects",
                  "For Cedar Cox: the photograph is of another year.")
    return named(run)


def put_on_record(run: Run, role: Role, about: str, says: str, words: str = "") -> None:
    """Somebody who watches signs, objects or reports."""
    attest(run.election_id, about=about, says=says, words=words, by=staff(role).pk, now=now())


def frozen(run: Run) -> Given:
    draw_names(run.election_id, seed="4 2 6 1", source="Four dice, thrown before both agents.",
               **run.by)
    bring(run, to="frozen")
    propose(run, "withdraw_freeze", reason=REASON)
    return named(run)


def coded(run: Run) -> Given:
    bring(run, to="coded")
    propose(run, "open_poll", tranches=2)
    return named(run)


def polling(run: Run) -> Given:
    bring(run, to="polling")
    post(run)
    given = named(run) | list_of_a_court(run)
    for place, ranking in enumerate(VOTES):
        cast(run, entries(run)[place], ranking)
        if place == 4:
            take_snapshot(run.election, now=now())
    _at_the_helpdesk(run)
    take_due_sheet(run.election, now=now() + timedelta(days=1))
    extend_poll(run.election_id, reason="The post was late by two days.", **run.by_two,
                closes_at=(now() + timedelta(days=9)).isoformat())
    propose(run, "suspend_poll", reason=REASON, order=ORDER)
    propose(run, "issue_envelopes", electors=[str(entries(run)[12].public_id)])
    publish_board(run.election_id, now=now())
    return given | letters(run)


def post(run: Run) -> None:
    """Four envelopes: three came, one of them too late for its elector, who had voted."""
    table = tables[run.election_id] = Table(run)
    came = table.issue(8, 9, 10, 11)
    for envelope in came[:3]:
        table.receive(envelope)


def list_of_a_court(run: Run) -> Given:
    bulk = draft_bulk(run.election.roll_id or 0, kind="remove", reason="court-order",
                      grounds=REASON, content=b"1012\n1013\n77\n", **run.by)
    return {"bulk_id": bulk}


def _at_the_helpdesk(run: Run) -> None:
    voter, other = entries(run)[0], entries(run)[7]
    for kind in ("not-me", "no-letter"):
        note_at_helpdesk(run.election_id, kind=kind, entry_id=voter.pk, **run.by)
    reissue_code(run.election_id, recipient=other.public_id, **run.by)
    open_incident(
        run.election_id, kind="letters", happened_at=now() - timedelta(hours=2),
        found_by="The helpdesk", said="Letters to one domain came back.",
        done="Printed letters were sent.", kept_from_voting=4, **run.by,
    )


def letters(run: Run) -> Given:
    """A dispatch half gone: handed over, held, come back, complained of; and a batch on paper."""
    codes = Dispatch.objects.get(purpose=VOTING_CODE)
    order_batch(str(codes.pk), letters=1, **run.by_two)
    mailed = list(Letter.objects.filter(dispatch=codes, state="waiting").order_by("pk"))
    gone: Given = {"state": "handed_over", "enclosure": None, "delivery_at": now()}
    with no_triggers():
        _mark(mailed[:2], **gone, delivery="delivered")
        _mark(mailed[2:3], **gone, delivery="bounced")
        _mark(mailed[3:4], **gone, delivery="complained")
        _mark(mailed[4:5], state="held", held_because="in-doubt")
    return {"dispatch_id": codes.pk, "token": dispute_path(
        entries(run)[0].public_id, election=run.election).split("/")[-2]}


def _mark(letters: Sequence[Letter], **values: Any) -> None:
    Letter.objects.filter(pk__in=[one.pk for one in letters]).update(**values)


def suspended(run: Run) -> Given:
    suspend_poll(run.election_id, reason="The court has stopped the poll.", order=ORDER,
                 **run.by_two)
    return named(run)


def closed(run: Run) -> Given:
    resume_poll(run.election_id, reason=REASON, **run.by_two)
    close_poll_early(run.election_id, reason=REASON, **run.by_two)
    take_snapshot(run.election, now=now())
    return named(run) | {"section": "affiliated"}


def doubted(run: Run) -> Given:
    """The envelopes are open: one paper is read apart, one is doubted, one is read alike."""
    table = tables[run.election_id]
    table.open()
    table.both_read(1, (0, 1), (0, 1), section="affiliated")
    table.read(0, 1, (0,), (1,))
    table.read(1, 1, (1,), (1,))
    table.hand_in(0, Read("member", 2, 2, Kind.DOUBTFUL, doubt="uncertain"))
    return named(run)


def accounted(run: Run) -> Given:
    table = tables[run.election_id]
    ruled = {"section": "member", "agents": 2, **run.by}
    rule_on_postal_paper(run.election_id, number=1, rejected={}, **ruled)
    rule_on_postal_paper(run.election_id, number=2, rejected={"contest-1": "uncertain"}, **ruled)
    table.both_read(1, (0,), (1,))
    table.both_read(2, None, (1,))
    account_for_post(run.election_id, **run.by_two)
    return named(run)


def verified(run: Run) -> Given:
    for code, section in differing(run):
        explain_difference(run.election_id, difference=code, section=section, number=1,
                           explanation=REASON, **run.by_two)
    bring(run, to="verified")
    return named(run)


def mixed(run: Run) -> Given:
    bring(run, to="mixed")
    return named(run)


def opened(run: Run) -> Given:
    bring(run, to="opened")
    return named(run)


def counted(run: Run) -> Given:
    bring(run, to="counted")
    put_on_record(run, Role.CANDIDATES_AGENT, "count", "signed")
    asked = ask_recount(run.contest.pk, grounds=REASON, **run.by)
    candidate = named(run)["candidate_id"]
    give_release(candidate, name=LEADERS[0], embargo_until=now() + timedelta(hours=2), **run.by)
    return named(run) | {"recount_id": asked}


def declared(run: Run) -> Given:
    decide_recount(run.contest.recounts.get().pk, granted=True, reason=REASON, **run.by)
    numbers = list(Incident.objects.filter(election=run.election_id)
                   .values_list("number", flat=True))
    judge_incidents(run.election_id, numbers=numbers, is_material=False,
                    grounds="Nobody was kept from voting in the end.", **run.by)
    bring(run, to="declared")
    correct_result(run.election_id, reason=REASON, **run.by_two)
    put_on_record(run, Role.SCRUTINEER, "election", "reports", "All sixteen lines passed.")
    publish_board(run.election_id, now=now())
    return named(run) | {"version": 1, "roll_id": run.election.roll_id}


def archived(run: Run) -> Given:
    later = now() + timedelta(days=400)
    archive_election(run.election_id, **run.by_two | {"now": later})
    return named(run)


def propose(run: Run, act: str, **parameters: Any) -> None:
    """An act of two officers, proposed by the first: its page and the approvals show it."""
    propose_act(act, subject=("election", str(run.election_id)), parameters=parameters, **run.by)


def differing(run: Run) -> list[tuple[str, str]]:
    return [(one.code, one.section) for one in unexplained(run.election)]
