"""The acts of an election as the desk offers them: the one table that their pages are built from.

What an act needs, says and does. Whether it may be done is decided elsewhere: by whom, in the
permission table; when, in the checklist and in the act's own service, of which this table names
what it begins with: the desk offers nothing that the service would refuse of such an election.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.utils import timezone

from ballot.checklist import BY_ACT
from ballot.destruction import DESTROYED_IN, require_destructible, require_not_ordered
from ballot.forms.acts import (
    LaterCloseForm,
    NamesLotForm,
    OpeningForm,
    OrderForm,
    PlainForm,
    ReasonForm,
    TrusteesForm,
)
from ballot.forms.mistakes import CorrectionForm
from ballot.forms.post import IssueForm
from ballot.forms.timetable import AmendNoticeForm
from ballot.lifecycle import State
from ballot.models import Election
from ballot.services.account_for_post import require_accountable
from ballot.services.amend_notice import AMENDED_IN
from ballot.services.archive_election import require_unchallengeable
from ballot.services.begin_again import begin_again, require_left_open
from ballot.services.begin_ceremony import begin_ceremony
from ballot.services.close_poll import close_poll
from ballot.services.correct_candidate import CORRECTED_IN
from ballot.services.draw_names import draw_names, require_undrawn
from ballot.services.extend_poll import require_extensible
from ballot.services.held_shares import hold_ceremony
from ballot.services.issue_envelopes import ISSUED_IN, require_offered
from ballot.services.moves import require_before_close, require_state
from ballot.services.open_envelopes import require_unopened
from ballot.services.publish_candidates import (
    publish_candidates,
    reopen_nominations,
    require_reopenable,
)
from ballot.services.publish_notice import publish_notice
from ballot.services.suspend_poll import require_time_left
from ballot.showing.business import is_unopposed
from office.acts import register_for_good, register_precondition
from office.refusal import Refusal
from office.services.approvals import propose_act
from office.services.jobs import open_job

Run = Callable[[int, int, datetime, dict[str, Any]], None]


class How(Enum):
    """How an act is carried out, and what is said after its title when the button was pressed."""

    AT_ONCE = "done."
    BY_JOB = "started. This page shows how far it is; you may leave it."
    BY_TWO = "proposed. Another officer must approve it."


@dataclass(frozen=True, slots=True)
class DeskAct:
    """One act: what it is called, what it does in sentences, and how it is carried out.

    permission: its row in the permission table, where that is not its name.
    is_grave:   it cannot be undone, or it interferes with a poll.
    caution:    what is said beside the button, of what can be undone.
    rehearsed:  what it does where the server sits for the trustees, if that is otherwise.
    requires:   what else its service begins with, called as requires(election, now=…), which
                raises a refusal; None: an election in one of its states is offered it.
    """

    name: str
    title: str
    sentences: tuple[str, ...]
    button: str
    states: tuple[State, ...]
    how: How
    form: type[PlainForm] = PlainForm
    run: Run | None = None
    permission: str = ""
    is_grave: bool = False
    caution: str = ""
    rehearsed: tuple[str, ...] = ()
    requires: Callable[..., None] | None = None

    @property
    def warning(self) -> str:
        """What is said beside the button of a grave act."""
        if self.caution:
            return self.caution
        if self.how is How.BY_TWO:
            return "Once another officer has approved it, it cannot be taken back."
        return "It cannot be taken back."

    def told(self, election: Election) -> tuple[str, ...]:
        """What it does, in sentences that are true of this election."""
        return self.rehearsed if election.demonstration and self.rehearsed else self.sentences

    @property
    def demands(self) -> str:
        return self.permission or self.name

    def said(self, election: Election) -> str:
        """What is said once its button was pressed."""
        if self.name == "set_key" and not election.demonstration:
            return "The key ceremony has begun, and each trustee is sent a link."
        return f"{self.title}: {self.how.value}"

    def is_at_its_state(self, election: Election) -> bool:
        """Whether the election stands where this act starts from."""
        if self.name == "declare" and is_unopposed(election):
            return election.stage in {State.NOMINATED, State.FROZEN}
        return election.stage in self.states

    def require(self, election: Election, *, now: datetime) -> None:
        """Refuse an election that is not where this act starts from, as its service would."""
        if not self.is_at_its_state(election):
            require_state(election, *self.states)
        if self.requires is not None:
            self.requires(election, now=now)

    def hindrance(self, election: Election, *, now: datetime) -> str:
        """Why the act cannot be done of this election as it stands; empty where it can."""
        try:
            self.require(election, now=now)
        except Refusal as refusal:
            return refusal.sentence
        return ""

    def carry_out(self, election: Election, *, by: int, given: dict[str, Any]) -> None:
        """Do it, start it or propose it."""
        now = timezone.now()
        subject = ("election", str(election.pk))
        if self.how is How.BY_TWO:
            propose_act(self.name, subject=subject, by=by, now=now, parameters=given)
        elif self.how is How.BY_JOB:
            open_job(self.name, subject=subject, by=by, now=now)
        elif self.run is not None:
            self.run(election.pk, by, now, given)


def _plainly(service: Callable[..., Any]) -> Run:
    def run(election_id: int, by: int, now: datetime, given: dict[str, Any]) -> None:
        service(election_id, by=by, now=now, **given)

    return run


def set_key(election_id: int, by: int, now: datetime, given: dict[str, Any]) -> None:
    """Begin the key ceremony; in a demonstration the server holds it, and the shares."""
    if Election.objects.get(pk=election_id).demonstration:
        names = [one.name for one in given["trustees"]]
        hold_ceremony(election_id, by=by, now=now, **(given | {"trustees": names}))
    else:
        begin_ceremony(election_id, by=by, now=now, **given)


def _step(name: str) -> tuple[State, ...]:
    return BY_ACT[name].states


def _whenever(require: Callable[[Election], None]) -> Callable[..., None]:
    """The same for a requirement that asks no clock."""

    def required(election: Election, *, now: datetime) -> None:
        del now
        require(election)

    return required


_BY_HASH = (
    "The public board shows the parts and the profile by their hashes alone until the result is "
    "declared."
)

_BEFORE_DECLARED = tuple(
    state for state in State if state not in {State.DECLARED, State.ARCHIVED, State.VOID}
)

_TABLE = (
    DeskAct(
        "publish_notice", "Publish the notice of poll",
        (
            "The notice goes on the public page and on the board, and nominations open.",
            "The timetable, the contests, how they are counted and who may vote are fixed by it.",
        ),
        "Publish the notice", _step("publish_notice"), How.AT_ONCE, run=_plainly(publish_notice),
        is_grave=True,
    ),
    DeskAct(
        "amend_notice", "Amend the notice of poll",
        (
            "What the notice says stands. Whom to turn to may still be corrected, and an hour that "
            "lies ahead moved to a later one; the opening and the close until the poll opens.",
            "The amendment is numbered and goes on the board, with what was, what is, and why. "
            "Change only what is to be otherwise. Once the roll is frozen, every elector with an "
            "e-mail address is told by letter; of a later end of nominations whoever was sent a "
            "link to nominate or to consent.",
            "If the contests, the count or who may vote are wrong, the election has to be declared "
            "void, and another called.",
        ),
        "Propose the amendment", AMENDED_IN, How.BY_TWO, form=AmendNoticeForm, is_grave=True,
    ),
    DeskAct(
        "publish_candidates", "Publish the statement of persons nominated",
        (
            "Nominations close, and who stands is published, contest by contest.",
            "A contest with one candidate and no “Re-open nominations” is unopposed.",
        ),
        "Publish who stands", _step("publish_candidates"), How.AT_ONCE,
        run=_plainly(publish_candidates),
    ),
    DeskAct(
        "reopen_nominations", "Take nominations again",
        (
            "Nominations open once more, until who stands is published, and the board says so. A "
            "statement of persons nominated that is out is given up.",
            "This is for an election in which somebody has to be found who may stand. What was "
            "handed in is kept, and may be amended again by every body and candidate.",
        ),
        "Take nominations again", (State.NOMINATED, State.NOMINATING), How.AT_ONCE,
        run=_plainly(reopen_nominations), permission="publish_candidates",
        requires=require_reopenable,
    ),
    DeskAct(
        "draw_names", "Record the lot for the order of names",
        (
            "What was drawn goes on the board, and the names are published in the order that "
            "follows from it. Anybody can work the order out anew.",
            "Draw it in public once the names are known, with dice or balls, and not by a "
            "machine. It is recorded once: it is drawn anew only if nominations open again.",
        ),
        "Record the lot", (State.NOMINATED, State.FROZEN), How.AT_ONCE, form=NamesLotForm,
        run=_plainly(draw_names), is_grave=True, requires=_whenever(require_undrawn),
    ),
    DeskAct(
        "correct_candidate", "Correct a statement, or take a photograph off",
        (
            "What electors read of a candidate is put right, on every page at once, and the board "
            "says what was and what is.",
            "Names, their order and who stands cannot be corrected: ballots are sealed upon them.",
        ),
        "Propose the correction", CORRECTED_IN, How.BY_TWO, form=CorrectionForm, is_grave=True,
    ),
    DeskAct(
        "freeze_roll", "Freeze the roll",
        (
            "Everybody on the membership list is judged by the rules of the notice, as the list "
            "stands then. Who is admitted may vote, and nobody else.",
            "The verdicts are kept with their reasons; totals and a commitment to the roll go on "
            "the board.",
        ),
        "Propose to freeze the roll", _step("freeze_roll"), How.BY_TWO,
    ),
    DeskAct(
        "withdraw_freeze", "Withdraw the freeze",
        (
            "The frozen roll is given up. Codes that were made for it are destroyed unsent.",
            "The next freeze is a new version of the roll.",
        ),
        "Propose to withdraw the freeze", (State.FROZEN,), How.BY_TWO, form=ReasonForm,
        is_grave=True,
    ),
    DeskAct(
        "set_key", "Set up the trustees’ key",
        (
            "The trustees make the key that every ballot is sealed with. Each holds a share; a "
            "quorum of them opens the box, and nobody alone.",
            "Each is sent a link of their own, and takes part from a machine of their own. No "
            "share is ever on this server.",
        ),
        "Begin the key ceremony", _step("set_key"), How.AT_ONCE, form=TrusteesForm, run=set_key,
        rehearsed=(
            "The server makes the key that every ballot is sealed with, for this is a "
            "demonstration: it sits for every trustee whom you name, and nobody is written to.",
            "It holds their shares, and opens the boxes itself. A real election’s shares are never "
            "on a server.",
        ),
    ),
    DeskAct(
        "send_codes", "Make the voting codes",
        (
            "A code is made for every elector on the roll. It waits encrypted in its letter, goes "
            "out when the poll opens, and is erased here once it is handed over.",
            "The public halves go on the board, so that nobody can add a ballot unseen.",
        ),
        "Make the codes", _step("send_codes"), How.BY_JOB,
    ),
    DeskAct(
        "open_poll", "Open the poll",
        (
            "The paper is fixed, ballots are taken, and the voting codes go out to the electors.",
        ),
        "Propose to open the poll", _step("open_poll"), How.BY_TWO, form=OpeningForm,
        is_grave=True,
    ),
    DeskAct(
        "suspend_poll", "Suspend the poll",
        ("No ballot is taken until the poll goes on. What was cast stays cast.",
         "The close does not move by itself: extend the poll for the time that is lost, before it "
         "goes on.",
         "If a court ordered it, every elector with an e-mail address is told by letter."),
        "Propose to suspend the poll", (State.POLLING,), How.BY_TWO, form=OrderForm,
        is_grave=True, requires=_whenever(require_before_close),
        caution="Whoever comes to vote finds the poll suspended, until two officers let it go on.",
    ),
    DeskAct(
        "resume_poll", "Go on with the poll",
        ("Ballots are taken again. Electors are told by letter if a court ordered this, or the "
         "suspension that it ends.",),
        "Propose to go on", (State.SUSPENDED,), How.BY_TWO, form=OrderForm,
        requires=_whenever(require_time_left),
    ),
    DeskAct(
        "extend_poll", "Extend the poll",
        (
            "The poll closes at a later hour, and the public page says so at once. One that is "
            "suspended may be extended even once its close has passed, and takes no ballot until "
            "it goes on.",
            "It moves no other hour of the notice. If the new close passes one, the count’s or the "
            "declaration’s, the proposal says which: amend the notice for those.",
        ),
        "Propose to extend the poll", (State.POLLING, State.SUSPENDED), How.BY_TWO,
        form=LaterCloseForm, is_grave=True, requires=_whenever(require_extensible),
    ),
    DeskAct(
        "issue_envelopes", "Issue postal envelopes",
        (
            "Each elector is given one outer envelope with a barcode of its own. Whoever has an "
            "envelope can vote with it, so the second officer compares the names with the letters "
            "of those who asked. Two tellers must be named on the board before.",
            "Once it is approved, the page of voting by post has the labels, and who has an e-mail "
            "address is told. Voting codes stay good until an envelope is received: whichever "
            "comes first counts.",
        ),
        "Propose to issue them", ISSUED_IN, How.BY_TWO, form=IssueForm, is_grave=True,
        requires=_whenever(require_offered),
    ),
    DeskAct(
        "close_poll", "Close the poll",
        ("No ballot is taken any more, and all that were cast are on the board.",),
        "Close the poll", _step("close_poll"), How.AT_ONCE, run=_plainly(close_poll),
        is_grave=True,
    ),
    DeskAct(
        "close_poll_early", "Close the poll early",
        (
            "The poll closes before its hour, for good. Whoever has not voted by then has lost "
            "the chance to.",
        ),
        "Propose to close the poll early", (State.POLLING, State.SUSPENDED), How.BY_TWO,
        form=ReasonForm, is_grave=True, requires=_whenever(require_before_close),
    ),
    DeskAct(
        "open_envelopes", "Open the postal envelopes",
        (
            "The register is looked at first: every mark must have its ballot or its envelope.",
            "Then the envelopes received are opened at the tellers’ table, and each paper is "
            "given a number, from 1 on in each section. Late and refused ones stay closed.",
        ),
        "Propose to open the envelopes", (State.CLOSED,), How.BY_TWO, is_grave=True,
        requires=_whenever(require_unopened),
    ),
    DeskAct(
        "account_for_post", "Put the postal papers into the boxes",
        (
            "Every paper must be settled: two tellers have read the same, or found none.",
            "The sealed papers go on the board in no order, with the account of the envelopes. "
            "They are mixed with the ballots cast online.",
        ),
        "Propose to put them in", (State.CLOSED,), How.BY_TWO, is_grave=True,
        requires=_whenever(require_accountable),
    ),
    DeskAct(
        "verify_register", "Verify the marked register",
        (
            "By section, marks in the register, ballots and entries on the board must be the same "
            "number, and every ballot passes its checks once more. Then the boxes are fixed.",
        ),
        "Verify", _step("verify_register"), How.BY_JOB, is_grave=True,
    ),
    DeskAct(
        "mix_box", "Mix the boxes",
        (
            "Every box is re-encrypted and shuffled, with a proof that no ballot was added, "
            "taken out or changed. Once every mixer has mixed, nobody can tell which ballot was "
            "whose, unless all of them say.",
        ),
        "Mix", _step("mix_box"), How.BY_JOB, is_grave=True,
    ),
    DeskAct(
        "open_box", "Open the boxes",
        (
            "The parts of a quorum of trustees are combined, and the papers come out as a profile: "
            "each ranking, and how many gave it.",
            _BY_HASH,
        ),
        "Open the boxes", _step("open_box"), How.BY_JOB, is_grave=True,
        rehearsed=(
            "The server opens the parts of a quorum of the trustees for whom it sits, and combines "
            "them. The papers come out as a profile: each ranking, and how many gave it.",
            _BY_HASH,
        ),
    ),
    DeskAct(
        "count", "Count",
        (
            "Every contest is counted by the rules of its notice. The count can be repeated by "
            "anybody once the result is declared, and always comes out the same. Until then the "
            "public board shows the count by its hash alone.",
        ),
        "Count", _step("count"), How.BY_JOB, is_grave=True,
    ),
    DeskAct(
        "declare", "Declare the result",
        (
            "The result is published at once, with the whole count sheet, and the board then shows "
            "in full what it held back: the trustees’ parts, the profiles, the lots, the counts.",
        ),
        "Propose to declare", _step("declare"), How.BY_TWO, is_grave=True,
    ),
    DeskAct(
        "archive_election", "Archive the election",
        (
            "Once the days are over in which the declaration may be challenged, the election is "
            "archived. The declaration, the profiles, the sheets and the whole board stay public.",
            "Nothing is destroyed by it. What names people goes with the roll, on the day that two "
            "officers set for it; the sealed ballots by an act of their own, once the notice keeps "
            "them no longer.",
        ),
        "Propose to archive it", (State.DECLARED,), How.BY_TWO, is_grave=True,
        requires=require_unchallengeable,
    ),
    DeskAct(
        "destroy_ballots", "Destroy the sealed ballots and the marked register",
        (
            "Once the notice has kept them for as long as it said, they may be destroyed. A "
            "command that the installation’s owner runs every day deletes them from the database "
            "in one step: what is ordered now is gone by tomorrow, or once no "
            "poll is open here. A certificate goes on the board.",
            "From then on nobody can look a ballot up by its receipt, and the whole check can be "
            "made only of copies taken before. What was declared, counted, mixed and opened stays "
            "on the board and can still be checked, and every hash of it stays. Of a void election "
            "the mixes go as well.",
            "Copies outside, and backups, are not reached by it. Destroy the backups yourself.",
        ),
        "Propose to destroy them", DESTROYED_IN, How.BY_TWO, is_grave=True,
        requires=require_destructible,
    ),
    DeskAct(
        "correct_result", "Correct the published result",
        (
            "The declaration is made again from the opened papers, which are counted twice anew, "
            "and from the reconciliation, and published as the next version. No figure can be "
            "typed.",
            "Write what was wrong in what was published, what is right, and how it was found. "
            "Every version stays on the board and on the page of the result. Candidates and the "
            "agents whom they named are told by letter.",
        ),
        "Propose the correction", (State.DECLARED, State.ARCHIVED), How.BY_TWO, form=ReasonForm,
        is_grave=True, requires=_whenever(require_not_ordered),
    ),
    DeskAct(
        "void_election", "Declare the election void",
        ("The election ends without a result. Codes not yet sent are destroyed, and nothing else "
         "is deleted.",),
        "Propose to declare it void", _BEFORE_DECLARED, How.BY_TWO, form=ReasonForm, is_grave=True,
    ),
    DeskAct(
        "begin_again", "Begin the election that takes nominations again",
        (
            "A draft is made with the settings of this election: the posts that stay open, and "
            "the list of nominating bodies. Give it a timetable, rules, and the outside issuer if "
            "there is one, and publish its notice.",
            "This election stays as it is.",
        ),
        "Begin it", (State.DECLARED, State.ARCHIVED, State.VOID), How.AT_ONCE,
        run=_plainly(begin_again), permission="set_up_election",
        requires=_whenever(require_left_open),
    ),
)

ACTS: dict[str, DeskAct] = {act.name: act for act in _TABLE}


def besides_business(election: Election, *, now: datetime) -> list[DeskAct]:
    """The acts of the election's state that are not steps of the order of business."""
    return [
        act
        for act in _TABLE
        if act.name not in BY_ACT
        and not act.hindrance(election, now=now)
    ]


def register() -> None:
    """Say to the office of each act of two what the desk goes by: when it can be carried out at
    all, and whether it can be taken back.
    """
    for act in _TABLE:
        if act.how is How.BY_TWO:
            register_precondition(act.name, _precondition(act))
            if act.is_grave and not act.caution:
                register_for_good(act.name)


def _precondition(act: DeskAct) -> Callable[..., None]:
    def precondition(subject_id: str, *, now: datetime, **given: Any) -> None:
        del given
        act.require(Election.objects.get(pk=int(subject_id)), now=now)

    return precondition
