"""What every part of a replay shares: the election, who acts, and how an act of two is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ballot.management.replay.electors import Elector
from ballot.management.replay.figures import Figures
from ballot.management.replay.hours import Hours
from ballot.management.replay.journal import Journal
from ballot.models import Contest, Election
from ballot.sealing.codes import VotingKey
from ballot.selectors import roll_of
from office.kinds import Work
from office.models import Job
from office.permissions import Role
from office.progress import silent
from office.refusal import Refusal
from office.selectors import dispatch_for
from office.services.approvals import approve_act, propose_act
from office.services.dispatches import SEND_JOB
from office.services.jobs import open_job
from office.services.sending import send_at_once, send_letters
from office.services.staff import make_staff
from office.services.working import claim_job, finish_job

OFFICER: Final = "returning officer"
TWO: Final = "two officers"
CLOCK: Final = "the clock"
KEEPER: Final = "membership administrator"
KEEPER_AND_OFFICER: Final = "membership administrator and an officer"
ELECTORS: Final = "electors"
TELLERS: Final = "two tellers"
REASON: Final = "Played in the replay of 2016; no such decision is on record."

_STAFF: Final = (
    ("officer", Role.RETURNING_OFFICER), ("second", Role.RETURNING_OFFICER),
    ("keeper", Role.MEMBERSHIP_ADMINISTRATOR), ("teller 1", Role.TELLER),
    ("teller 2", Role.TELLER), ("agent", Role.CANDIDATES_AGENT),
)


@dataclass(frozen=True, slots=True)
class Board:
    """The board as it ended. kinds: how many entries of each.  lines: the verifier's own."""

    entries: int
    kinds: Mapping[str, int]
    size_bytes: int
    lines: Sequence[str]


@dataclass(slots=True)
class Play:
    """The replay as it stands.

    staff: who acts, by name.  election_id: 0 until it is set up.
    electors: by membership number, with the codes that they hold, once those are made.
    tellers: the two tellers' own keys.  barcodes: of the envelopes, by membership number.
    link:    the secret of an agent's link to the count under embargo.
    board:   what became of the board; none until its bundle was checked.
    """

    figures: Figures
    hours: Hours
    journal: Journal
    processes: int
    staff: Mapping[str, int]
    election_id: int = 0
    electors: dict[str, Elector] = field(default_factory=dict)
    tellers: list[VotingKey] = field(default_factory=list, repr=False)
    barcodes: dict[str, str] = field(default_factory=dict)
    link: str = field(default="", repr=False)
    board: Board | None = None

    @property
    def election(self) -> Election:
        return Election.objects.get(pk=self.election_id)

    @property
    def contest(self) -> Contest:
        return self.election.contests.get()

    @property
    def officer(self) -> int:
        return self.staff["officer"]

    def candidate(self, name: str) -> int:
        return self.contest.candidates.get(name=name).pk

    @contextmanager
    def act(self, at: datetime, who: str, words: str) -> Iterator[datetime]:
        """Do one act at an hour of 2016; gives the hour as it is moved."""
        with self.journal.act(at, who, words):
            yield self.hours.moved(at)

    def propose(
        self, act: str, *, now: datetime, subject: tuple[str, str] | None = None,
        **parameters: Any,
    ) -> int:
        """One officer proposes an act of two, as on its page; return the proposal's id."""
        about = subject or ("election", str(self.election_id))
        return propose_act(act, subject=about, by=self.officer, now=now, parameters=parameters).pk

    def two(
        self, act: str, *, now: datetime, subject: tuple[str, str] | None = None,
        **parameters: Any,
    ) -> None:
        """One officer proposes an act, the other approves it, and it is done."""
        proposed = self.propose(act, now=now, subject=subject, **parameters)
        approve_act(proposed, by=self.staff["second"], now=now)

    def job(self, kind: str, service: Callable[..., None], *, now: datetime) -> None:
        """A long act as its page starts it and a worker carries it out, with the hour moved."""
        open_job(kind, subject=("election", str(self.election_id)), by=self.officer, now=now)
        self.work(kind, lambda work: service(
            self.election_id, by=self.officer, now=now, processes=self.processes,
            report=work.report,
        ))  # fmt: skip

    def work(
        self, kind: str, function: Callable[[Work], None],
        *, subject: tuple[str, str] | None = None,
    ) -> None:
        """Carry out the job that waits, as a worker does."""
        name, key = subject or ("election", str(self.election_id))
        waiting = Job.objects.get(kind=kind, subject_kind=name, subject_id=key, state="open")
        job = claim_job(waiting.pk)
        if job is None:
            raise RuntimeError(f"the job {kind} was taken by a worker of this installation")
        function(Work(job_id=job.pk, kind=kind, subject_kind=name, subject_id=key,
                      parameters=job.parameters, opened_by=job.opened_by_id, report=silent))
        finish_job(job.pk, claim=job.claim)

    def send_released(self, purpose: str) -> int:
        """Send the letters of a purpose that were let out; return how many were handed over."""
        dispatch = dispatch_for(purpose, reference=roll_of(self.election).public_id)
        if dispatch is None:
            raise LookupError(f"there are no letters of the purpose {purpose}")
        sent = 0

        def send(work: Work) -> None:
            nonlocal sent
            while not (turn := send_letters(int(work.subject_id), wait=lambda _: None)).is_over:
                if turn.is_mail_down or turn.rests:
                    raise RuntimeError(f"the letters do not go out: {turn}")
                sent += turn.handed_over
            sent += turn.handed_over

        self.work(SEND_JOB, send, subject=("dispatch", str(dispatch.pk)))
        return sent

    def send_waiting(self) -> int:
        """Send the letters that wait for no release, as the clock does, until none is left."""
        sent = 0
        while turn := send_at_once():
            sent += turn
        return sent

    def refused(self, what: str, code: str, act: Callable[[], object]) -> None:
        """Try what has to be refused, and write down the code with which it is."""
        found = "nothing was refused"
        try:
            act()
        except Refusal as refusal:
            found = refusal.code
        self.journal.expect(what, code, found)


def make_everybody(*, now: datetime) -> dict[str, int]:
    """Accounts of those who act, by the services' own way; none of them ever signs in."""
    return {
        name: make_staff(
            f"{name.replace(' ', '-')}@replay.invalid", f"Replay {name}", role, now=now
        ).person.pk
        for name, role in _STAFF
    }
