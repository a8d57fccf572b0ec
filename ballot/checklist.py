"""What stops the next step: each act's preconditions, by name, as one list.

The officer's page shows them, and the act's own service refuses while one is unmet: there is no
second list anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q

from ballot.ceremonies import not_proved
from ballot.counting.weighting import MOST_PARTS
from ballot.differences import unexplained, unproposed
from ballot.incidents import unjudged
from ballot.lifecycle import State
from ballot.models import Contest, Election
from ballot.models import Count as CountRecord
from ballot.nominations import kinds_missing, papers_of
from ballot.postal import has_post, is_accounted
from ballot.recounts import demanded, stopped, waiting
from ballot.sealing.errors import RankingRejected
from ballot.sealing.rankings import RankingSpace
from ballot.selectors import codes_made, contested, issuer_is_awaited, key_of, roll_of, standing
from ballot.struck_ballots import set_aside_due
from ballot.times import in_zone
from ballot.timetable import dates_of, out_of_order
from ballot.who_stands import is_by_lot, names_seed
from members.selectors import electors_amended
from office.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Check:
    """One precondition: what must be so, whether it is, and what to do where it is not.

    page: the name of the address at which that is done, where it is not the act's own.
    """

    words: str
    is_met: bool
    mend: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One act in the officer's order of business: where it starts from, and what it needs.

    instead: what else officers may decide, in sentences, where it is not the only way on.
    """

    act: str
    words: str
    states: tuple[State, ...]
    checks: Callable[[Election, datetime], Iterator[Check]]
    instead: str = ""


def _notice(election: Election, now: datetime) -> Iterator[Check]:
    yield Check("The party and the returning officer are named",
                bool(election.party and election.returning_officer),
                "Fill them in on the set-up page.")
    yield Check("The opening and the close are dated",
                bool(election.opens_at and election.closes_at and election.closes_at > now),
                "Give both on the set-up page; the close must lie ahead.")
    wrong = out_of_order(dates_of(election))
    yield Check("The dates of the timetable come one after the other", wrong is None,
                f"“{wrong[1]}” is dated before “{wrong[0]}”. Mend it on the page of the timetable."
                if wrong else "")
    yield Check("The eligibility rules are chosen", election.rules_id is not None,
                "Choose a version of the rules on the set-up page.")
    yield Check("It is written how somebody votes who cannot use the page",
                bool(election.helped_routes), "Write it on the set-up page.")
    yield Check("There is a contest on the paper", election.contests.exists(),
                "Add the post that is to be filled.")
    if election.rules is not None:
        named = set(election.rules.body.get("sections", ()))
        for contest in election.contests.filter(points__isnull=False):
            yield Check(f"The points of all sections of “{contest.title}” are {MOST_PARTS:,} or "
                        "fewer", (contest.points or 0) * len(named) <= MOST_PARTS,
                        "Take the contest off the paper and add it again with fewer points: "
                        "sections that are opened together have theirs added.")
        for contest in election.contests.filter(weights__isnull=False):
            yield Check(f"The weights of “{contest.title}” name each section of the rules",
                        set(contest.weights or {}) == named,
                        "Take the contest off the paper and add it again with a weight for each "
                        "section that may vote, and no other.")


def _statement(election: Election, now: datetime) -> Iterator[Check]:
    ends = election.nominations_close_at
    if ends is not None:
        yield Check("The hour at which nominations close has come", ends <= now,
                    "Wait for it: until then bodies and candidates may hand in and amend.")
    for contest in election.contests.all():
        people = [one for one in standing(contest) if not one.is_reopen_nominations]
        yield Check(f"Somebody stands in “{contest.title}”", bool(people),
                    "Add a candidate, or take the contest off the paper. Where the hour of "
                    "nominations has passed, take nominations again before you add anybody.")
        yield Check(f"There are at most 1,048,576 ways to fill in the paper of “{contest.title}”",
                    _fits(contest), "Allow fewer preferences.")
        yield from _papers(contest)


_ASK_BOTH: Final = (
    "Ask them by a link, or wait for their answer. Where both consented on paper, record that on "
    "the page of the nominations. Else reject the papers."
)
"""Of a joint ticket."""


def _papers(contest: Contest) -> Iterator[Check]:
    """Who stands has consented, if asked, and both of a joint ticket; where there is a gate, they
    have met it and were ruled on.
    """
    if contest.gates:
        missing = kinds_missing(contest)
        yield Check(f"The list has bodies of every kind that “{contest.title}” asks for",
                    not missing, f"Add the bodies of the kind {_and(missing)}. Where the hour of "
                    "nominations has passed, take nominations again first." if missing else "")
    standing_ids = {one.pk for one in standing(contest)}
    for paper in papers_of(contest):
        if paper.candidate.pk not in standing_ids:
            continue
        name = paper.candidate.name
        for person, at in paper.consents:
            yield Check(f"{person} has consented", at is not None, _ASK_BOTH
                        if paper.candidate.second else
                        "Wait for it, send the link again, or reject the papers.")
        if contest.gates:
            yield Check(f"The papers of {name} are ruled on, and if valid have what is asked for",
                        paper.meets_gates and paper.ruling is not None,
                        "Rule them valid, or reject them, on the page of the nominations.",
                        "desk_nominations")


def _fits(contest: Contest) -> bool:
    candidates = len(standing(contest))
    if not candidates:
        return True
    try:
        RankingSpace(candidates, min(contest.max_preferences or candidates, candidates))
    except RankingRejected:
        return False
    return True


def _freeze(election: Election, now: datetime) -> Iterator[Check]:
    del now
    yield Check("The eligibility rules are chosen", election.rules_id is not None,
                "Choose a version of the rules.")
    yield Check("At least one contest goes to a poll", bool(contested(election)),
                "Every contest is unopposed: declare instead.")


def _key(election: Election, now: datetime) -> Iterator[Check]:
    del now
    yield Check("The key is still to be set up", election.key is None,
                "It has been: nothing is left to do.")


def _codes(election: Election, now: datetime) -> Iterator[Check]:
    del now
    yield Check("Codes are still to be made, or their public halves to go on the board",
                not codes_made(election), "All are made: nothing is left to do.")


def _open(election: Election, now: datetime) -> Iterator[Check]:
    yield Check("The trustees’ key is set up", election.key is not None,
                "Hold the key ceremony, or in a demonstration let the server hold the shares.")
    if election.key is not None:
        yield from _key_can_be_used(election, now)
    yield Check("A voting code has been made for every elector on the roll",
                codes_made(election),
                "Start making the codes, and wait until all are made."
                if election.issuer is None
                else "Give the outside issuer the list, and take their keys.")
    yield from _issuer(election)
    yield Check("At least one contest goes to a poll", bool(contested(election)),
                "Every contest is unopposed: declare instead.")
    if any(is_by_lot(contest) for contest in contested(election)):
        yield Check("The lot for the order of names has been drawn",
                    names_seed(election.pk) is not None,
                    "Draw it in public, and record it on its page.")
    for contest in contested(election):
        yield Check(f"There is a choice in “{contest.title}”", len(standing(contest)) >= 2,
                    "Nobody is left to vote for: withdraw the freeze and reopen nominations.")
        if contest.weights is not None and election.roll_id is not None:
            yield _weighted(election, contest)
    yield Check("The hour of the opening has come",
                election.opens_at is not None and election.opens_at <= now,
                "Wait for it: the notice gave that hour.")
    yield Check("The close lies ahead", election.closes_at is not None and election.closes_at > now,
                "The poll's time has passed. Void this election and call another.")


def _weighted(election: Election, contest: Contest) -> Check:
    """A smaller section could only be opened with another, and would never weigh by itself."""
    on_roll = {one.code: one.electors for one in electors_amended(roll_of(election).pk)}
    few = [code for code in contest.weights or {} if on_roll.get(code, 0) < election.smallest_box]
    return Check(
        f"Each section to which “{contest.title}” gives a weight has {election.smallest_box} "
        "electors, the smallest box, or more", not few,
        f"Too few are in {_and(few)}: complete the roll, or void this election and call another "
        "with a smaller box or without that section.",
    )  # fmt: skip


def _issuer(election: Election) -> Iterator[Check]:
    """With an outside issuer: what amendments did to the keys is signed, and on the board."""
    if election.issuer is not None:
        yield Check("The outside issuer has answered for every amendment of the roll",
                    not issuer_is_awaited(election),
                    "Give them the requests, and take their answers, on the issuer’s page. Nobody "
                    "else can answer: if their key is lost, let two officers declare the election "
                    "void.")


def _key_can_be_used(election: Election, now: datetime) -> Iterator[Check]:
    """What else the opening needs of the key: holders who still hold it, and mixers enough."""
    yield Check(f"The server and the trustees can make the {election.mixes_wanted} mixes of the "
                "notice", election.mixes_wanted <= 1 + len(key_of(election).trustees),
                "Begin the key ceremony anew with more trustees.")
    lacking = not_proved(election, now=now)
    yield Check("Every trustee has proved that they hold their share", not lacking,
                f"Ask {_and(lacking)} to prove it, or begin the key ceremony anew.")


def _and(names: list[str]) -> str:
    return " and ".join(", ".join(names).rsplit(", ", 1))


def _close(election: Election, now: datetime) -> Iterator[Check]:
    hour = in_zone(election.closes_at, election.zone) if election.closes_at else "not set"
    yield Check("The hour of the close has come",
                election.closes_at is not None and election.closes_at <= now,
                f"It is {hour}. Wait for it, or let two officers close the poll early.",
                "act_close_poll_early")


def _verify(election: Election, now: datetime) -> Iterator[Check]:
    yield Check("Every ballot that the notice’s rule sets aside has been set aside",
                not set_aside_due(election),
                "Let two officers set aside the ballots of those struck off after casting.",
                "desk_set_aside")
    yield Check("Every difference is explained in writing by two officers",
                not unexplained(election),
                "Explain each on the page of the verification."
                if unproposed(election, now=now)
                else "What is proposed of each waits for another officer.", "desk_verification")
    yield from _issuer(election)
    if has_post(election):
        yield Check("The postal papers are read, and in the account", is_accounted(election),
                    "Open the envelopes, let two tellers read every paper, and let two officers "
                    "put the papers into the boxes.", "desk_post")


def _nothing(election: Election, now: datetime) -> Iterator[Check]:
    del election, now
    yield from ()


def _mixed(election: Election) -> bool:
    boxes = _boxes_with(election, Count("mixes"))
    return bool(boxes) and all(done >= election.mixes_wanted for done in boxes)


def _boxes_with(election: Election, what: Count) -> list[int]:
    return [
        done
        for contest in contested(election)
        for done in contest.boxes.annotate(done=what).values_list("done", flat=True)
    ]


def _open_box(election: Election, now: datetime) -> Iterator[Check]:
    del now
    signed = _boxes_with(election, Count("mixes", filter=Q(mixes__trustee__isnull=False)))
    mixer = "the server" if election.demonstration else "another trustee"
    yield Check(f"Every box has been mixed {election.mixes_wanted} times or more",
                _mixed(election), f"Let {mixer} mix the boxes.")
    if election.demonstration:
        # The server opens the trustees' parts itself, and says so in a banner.
        yield Check("The server has mixed every box in a trustee’s place, and signed it",
                    bool(signed) and all(signed), "Let it mix the boxes.")
        return
    yield Check("A trustee has mixed every box, and signed it", bool(signed) and all(signed),
                "Let a trustee mix the boxes.")
    quorum = key_of(election).quorum if election.key else 0
    parts = _boxes_with(election, Count("openings", filter=Q(openings__content__isnull=False)))
    yield Check(f"{quorum} trustees have opened their part of every box",
                bool(parts) and all(done >= quorum for done in parts),
                "Ask the trustees to open their parts.")


def _declare(election: Election, now: datetime) -> Iterator[Check]:
    del now
    differing = stopped(election)
    for contest in contested(election):
        sheet = CountRecord.objects.filter(contest=contest).first()
        yield Check(f"“{contest.title}” has been counted", sheet is not None, "Count it.")
        yield Check(f"The sums of the sheet of “{contest.title}” agree",
                    sheet is not None and bool(sheet.sheet.get("sums_agree")),
                    "Look for the difference before anything is declared.")
        yield Check(f"No two counts of “{contest.title}” differ", contest not in differing,
                    "Read which figures do, and what to do, on the page of the two counts.",
                    "desk_evidence")
    yield Check("Every incident from before the count has been judged", not unjudged(election),
                "Judge them in the incidents book, now that the count is there.", "desk_incidents")
    yield Check("Every recount that was asked for is granted or refused", not waiting(election),
                "Decide it on the page of the recounts.", "desk_recounts")
    yield Check("Every contest that the notice has recounted was recounted",
                not demanded(election),
                "Recount on the page of the recounts: the lead is smaller than the notice allows.",
                "desk_recounts")


STEPS: tuple[Step, ...] = (
    Step("publish_notice", "Publish the notice of poll", (State.DRAFT,), _notice),
    Step("publish_candidates", "Publish the statement of persons nominated",
         (State.NOMINATING,), _statement),
    Step("freeze_roll", "Freeze the roll", (State.NOMINATED,), _freeze),
    Step("set_key", "Set up the trustees’ key", (State.FROZEN,), _key),
    Step("send_codes", "Make the voting codes", (State.FROZEN,), _codes),
    Step("open_poll", "Open the poll", (State.FROZEN,), _open),
    Step("close_poll", "Close the poll", (State.POLLING, State.SUSPENDED), _close),
    Step("verify_register", "Verify the marked register", (State.CLOSED,), _verify),
    Step("mix_box", "Mix the boxes", (State.VERIFIED,), _nothing),
    Step("open_box", "Open the boxes", (State.MIXED,), _open_box),
    Step("count", "Count", (State.OPENED,), _nothing),
    Step("declare", "Declare the result", (State.COUNTED,), _declare),
)

RESUME = Step(
    "resume_poll", "Go on with the poll", (State.SUSPENDED,), _nothing,
    instead="Two officers decide when it goes on. They may close it early instead, or declare the "
    "election void.",
)
"""Comes next only where the poll was suspended: it has no place in the order of business."""

BY_ACT: dict[str, Step] = {step.act: step for step in STEPS}


def checks_of(election: Election, act: str, *, now: datetime) -> list[Check]:
    """The preconditions of an act, each with whether it is met."""
    return list(BY_ACT[act].checks(election, now))


def require_ready(election: Election, act: str, *, now: datetime) -> None:
    """Refuse an act while anything stops it, naming everything that does."""
    step = BY_ACT[act]
    if election.stage not in step.states:
        wanted = " or ".join(f"“{state.words}”" for state in step.states)
        raise Refusal(
            "election.wrong-state",
            f"This can be done only in the state {wanted}. "
            f"The election stands at “{election.stage.words}”.",
        )
    unmet = [check for check in checks_of(election, act, now=now) if not check.is_met]
    if unmet:
        what = " ".join(f"{check.words}: not yet. {check.mend}" for check in unmet)
        raise Refusal("election.not-ready", f"{step.words} has to wait. {what}")
