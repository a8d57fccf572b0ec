"""Elections at any point of their life, made by the real services: functions with keywords.

Few electors, real keys, real sealed ballots. Nothing here is shared between tests.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, connections

from ballot.canonical import Json, read_canonical
from ballot.lifecycle import State
from ballot.models import Box, Candidate, Checkpoint, Contest, Credential, Election, Entry
from ballot.sealing.ballot import seal_ballot, sign_ballot
from ballot.sealing.challenge import PaperOpening, draw_opening, make_again
from ballot.sealing.codes import VotingKey, voting_key
from ballot.sealing.keys import KeyShare
from ballot.sealing.maker import sign_commitment, sign_mix
from ballot.sealing.mixing import mix
from ballot.sealing.opening import open_part, part_commitment
from ballot.sealing.sharefile import prove_share
from ballot.selectors import contest_codes, contested, key_of, ranking_space, setting_of
from ballot.services.begin_ceremony import NewTrustee, begin_ceremony
from ballot.services.cast_ballot import cast_ballot
from ballot.services.challenge_paper import challenge_paper
from ballot.services.close_poll import close_poll_early
from ballot.services.codes import PURPOSE as VOTING_CODE
from ballot.services.codes import issue_codes
from ballot.services.count_papers import count_papers
from ballot.services.declare import declare
from ballot.services.freeze_roll import freeze_roll
from ballot.services.held_shares import hold_ceremony, mixers_held
from ballot.services.mix_box import mix_boxes, record_mix
from ballot.services.open_box import commit_part, open_box, reveal_part
from ballot.services.open_poll import open_poll
from ballot.services.paper_consent import take_paper_consent
from ballot.services.polls import poll_at
from ballot.services.prove_held import take_held_proof
from ballot.services.publish_board import publish_board
from ballot.services.publish_candidates import publish_candidates
from ballot.services.publish_notice import publish_notice
from ballot.services.receipts import Receipt
from ballot.services.set_up import create_election, edit_election
from ballot.services.set_up_candidate import add_candidate
from ballot.services.set_up_contest import add_contest
from ballot.services.stored_boxes import box_name, mixed_box
from ballot.services.verify_register import verify_register
from members.models import Member, RollEntry, Section
from members.models.people import Register
from members.services import add_section, save_rules
from office.enclosure import open_enclosure
from office.models import AuditRecord, Letter
from office.refusal import Refusal
from tests.ballot.trustees import Trustees, speaking
from tests.members.factories import imported, person
from tests.office.factories import officer

T = TypeVar("T")

CANDIDATES = ("Ash Amin", "Birch Bell", "Cedar Cox")
SECTIONS = {"member": "Members", "affiliated": "Affiliated supporters"}
# On a paper that names Ash, Birch and Cedar: Ash 3, Birch 2, Cedar 1, and one blank.
RANKINGS = ((0, 1, 2), (0,), (1, 2), (2, 1), (0, 2), (1,), ())
REASON = "The reason is written here."
WITNESSES = ("Dee Hall, agent of Ash Amin", "Ed Orr, scrutineer")
SOFTWARE = {"booth.js": "00" * 32}
TRUSTEES = ("Ann Lee", "Ben Ray", "Cy Ode")

POINTS = ("draft", "nominating", "nominated", "frozen", "keyed", "coded", "polling", "closed",
          "verified", "mixed", "opened", "counted", "declared")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Run:
    """An election, its two officers, and the shares of its trustees."""

    election_id: int
    officers: tuple[int, int]
    rankings: Sequence[tuple[int, ...]] = RANKINGS
    shares: tuple[KeyShare, ...] = field(default=(), repr=False)

    @property
    def election(self) -> Election:
        """The election as it stands now."""
        return Election.objects.get(pk=self.election_id)

    @property
    def state(self) -> State:
        return self.election.stage

    @property
    def contest(self) -> Contest:
        contest = self.election.contests.order_by("position").first()
        assert contest is not None
        return contest

    @property
    def by(self) -> dict[str, Any]:
        return {"by": self.officers[0], "now": now()}

    @property
    def by_two(self) -> dict[str, Any]:
        return {**self.by, "seconded_by": self.officers[1]}


def election(
    *,
    at: str = "draft",
    title: str = "Leader 2026",
    electors: int = 7,
    candidates: Sequence[str] = CANDIDATES,
    rankings: Sequence[tuple[int, ...]] = RANKINGS,
    sections: Sequence[str] = ("member",),
    demonstration: bool = True,
    smallest_box: int = 1,
    mixes_wanted: int = 2,
    opens_in: timedelta = timedelta(minutes=-1),
    lasts: timedelta = timedelta(days=7),
    other_contests: Sequence[Mapping[str, Any]] = (),
    **contest: Any,
) -> Run:
    """An election at a point of its life; see POINTS.

    electors:       spread evenly over the sections. The membership list is made once a test.
    rankings:       what the first electors, in the order of their numbers, cast before the close.
    contest:        keywords of the paper's first contest; other_contests: those of further ones,
                    each with its own `candidates`.
    """
    officers = (officer().pk, officer().pk)
    _have_members(electors, sections)
    by = officers[0]
    rules = save_rules(title, body=_rules(sections), by=by, now=now())
    election_id = create_election(
        title=title, party="The Party", by=by, now=now(), demonstration=demonstration
    )
    edit_election(
        election_id, by=by, now=now(), returning_officer="Ruth Adeyemi", rules_id=rules,
        helped_routes="Ring 0800 000 000.", smallest_box=smallest_box, mixes_wanted=mixes_wanted,
        postal_papers=True,
        opens_at=now() + opens_in, closes_at=now() + opens_in + lasts,
    )
    for post in ({"title": "Leader", "candidates": candidates, **contest}, *other_contests):
        _add_contest(election_id, by=by, **post)
    return bring(Run(election_id, officers, rankings), to=at)


def _add_contest(
    election_id: int, *, candidates: Sequence[str], by: int, title: str, method: str = "av",
    **rest: Any,
) -> None:
    contest_id = add_contest(election_id, title=title, method=method, by=by, now=now(), **rest)
    for name in candidates:
        # Of a joint ticket “Ash Amin with Birch Bell” two people are entered.
        first, _, second = name.partition(" with ")
        add_candidate(contest_id, name=first, second=second, by=by, now=now())


def _rules(sections: Sequence[str]) -> dict[str, Any]:
    return {
        "format": 1, "joined_by": None, "paid_up_on": None, "standings": ["good"],
        "minimum_age": None, "age_on": None, "sections": list(sections), "units": [],
    }


def _have_members(electors: int, sections: Sequence[str]) -> None:
    # A test that commits empties the tables after itself, and with them what migrations put there.
    Register.objects.get_or_create(pk=1)
    for code in sections:
        if not Section.objects.filter(code=code).exists():
            add_section(code, name=SECTIONS.get(code, code.title()), by=None, now=now())
    if Member.objects.exists():
        return
    imported(*(
        person(
            number=f"{1000 + n}", given_name="Carys", family_name=f"Fallowes{n:02d}",
            email=f"elector{n}@example.org", section=sections[n % len(sections)], unit="",
        )
        for n in range(electors)
    ))


# --- the order of business -------------------------------------------------------------------


def bring(run: Run, *, to: str) -> Run:
    """Carry out the order of business from where the election stands to a point of POINTS."""
    wanted = POINTS.index(to)
    while (here := POINTS.index(point_of(run.election))) < wanted:
        _STEPS[POINTS[here + 1]](run)
    return run


def point_of(election: Election) -> str:
    """Where an election stands, told apart more finely than by its state before the opening."""
    if election.stage != State.FROZEN or election.key is None:
        return election.stage.value
    codes = Credential.objects.filter(election=election, force=Credential.Force.IN_FORCE)
    return "coded" if codes.exists() else "keyed"


def set_keys(run: Run, *, quorum: int = 2, trustees: tuple[str, ...] = TRUSTEES) -> None:
    """The trustees' key: in a demonstration the server's to hold, otherwise kept in the run."""
    if run.election.demonstration:
        hold_ceremony(run.election_id, trustees=trustees, quorum=quorum, **run.by)
        return
    begin(run, quorum=quorum, trustees=trustees)
    run.shares = sitting(run).hold()
    for share in run.shares:
        prove_held(run, share)


def begin(run: Run, *, quorum: int = 2, trustees: tuple[str, ...] = TRUSTEES) -> None:
    """Begin a key ceremony of trustees who have addresses of their own."""
    named = [NewTrustee(name, f"trustee{n}@example.org") for n, name in enumerate(trustees, 1)]
    begin_ceremony(run.election_id, trustees=named, quorum=quorum, **run.by)


def sitting(run: Run) -> Trustees:
    return Trustees(run.election, speaking(run.election, now=now))


def question(run: Run) -> Checkpoint:
    """The board as it stands now, signed."""
    publish_board(run.election_id, now=now())
    return Checkpoint.objects.filter(election=run.election_id).latest("size")


def proof_of(share: KeyShare, asked: Checkpoint) -> bytes:
    return prove_share(share, question=bytes(asked.root), rng=os.urandom)


def prove_held(run: Run, share: KeyShare) -> None:
    """A trustee proves upon the board as it stands that they hold their share still."""
    asked = question(run)
    take_held_proof(run.election_id, number=share.number, size=asked.size,
                    proof=proof_of(share, asked), now=now())


def consent_and_publish(run: Run) -> None:
    """Both people of every joint ticket consent, on paper, and who stands is published."""
    tickets = Candidate.objects.filter(contest__election=run.election_id, withdrawn_at=None)
    for one in tickets.exclude(second=""):
        take_paper_consent(one.pk, reason="signed-form", **run.by)
    publish_candidates(run.election_id, **run.by)


def cast_and_close(run: Run) -> None:
    cast_all(run)
    close_poll_early(run.election_id, reason=REASON, **run.by_two)


def cast_all(run: Run) -> list[Receipt]:
    """The run's rankings, one an elector, in the order of their numbers."""
    return [
        cast(run, entry, ranking)
        for entry, ranking in zip(entries(run), run.rankings, strict=False)
    ]


def mix_all(run: Run) -> None:
    """As many mixes as the notice wants, the server's first."""
    for share in (None, *mixers_held(run.election)):
        mix_boxes(run.election_id, share=share, **run.by)
    for share in run.shares[: run.election.mixes_wanted - 1]:
        for box in boxes(run):
            hand_in_mix(run, box, share)


def mix_of(run: Run, box: Box, share: KeyShare) -> tuple[bytes, bytes]:
    """A mix of a box as a trustee makes it on a machine of their own, and its signature."""
    before, setting = mixed_box(box), setting_of(run.election)
    key = key_of(run.election)
    mixer = key.trustee(share.number).name
    made = mix(before, setting=setting, mixer=mixer, rng=os.urandom).to_bytes()
    return made, sign_mix(made, name=before.name, setting=setting, key=key, share=share,
                          rng=os.urandom)


def hand_in_mix(run: Run, box: Box, share: KeyShare) -> None:
    made, signature = mix_of(run, box, share)
    record_mix(box.pk, trustee=share.number, number=box.mixes.count() + 1, content=made,
               signature=signature, now=now())


def open_all(run: Run) -> None:
    if not run.election.demonstration:
        give_parts(run)
    open_box(run.election_id, **run.by)


def give_parts(run: Run) -> None:
    """A quorum of trustees commit to their parts of every box, and reveal them."""
    quorum = key_of(run.election).quorum
    for box in boxes(run):
        parts = {share.number: part_of(run, box, share) for share in run.shares[:quorum]}
        for number, content in parts.items():
            commit(run, box, number, content)
        for number, content in parts.items():
            reveal_part(box.pk, number=number, content=content, **run.by)


def part_of(run: Run, box: Box, share: KeyShare) -> bytes:
    """A trustee's part of a box as its last mixer left it."""
    setting = setting_of(run.election)
    part = open_part(mixed_box(box), setting=setting, key=key_of(run.election), share=share,
                     rng=os.urandom)
    return part.to_bytes()


def commit(run: Run, box: Box, number: int, content: bytes) -> None:
    """A trustee commits to a part of a box, and signs it with their share."""
    (share,) = (share for share in run.shares if share.number == number)
    commitment = commitment_of(run, number, content)
    commit_part(box.pk, number=number, commitment=commitment,
                signature=signed_by(run, box, share, commitment), **run.by)


def signed_by(run: Run, box: Box, share: KeyShare, commitment: bytes) -> bytes:
    """The signature of a commitment in the name of the trustee whose number the share has."""
    return sign_commitment(commitment, name=box_name(box), setting=setting_of(run.election),
                           key=key_of(run.election), share=share, rng=os.urandom)


def commitment_of(run: Run, number: int, content: bytes) -> bytes:
    return part_commitment(content, setting=setting_of(run.election), number=number)


_STEPS: dict[str, Callable[[Run], Any]] = {
    "nominating": lambda run: publish_notice(run.election_id, **run.by),
    "nominated": consent_and_publish,
    "frozen": lambda run: freeze_roll(run.election_id, **run.by_two),
    "keyed": set_keys,
    "coded": lambda run: issue_codes(run.election_id, **run.by),
    "polling": lambda run: open_poll(run.election_id, software=SOFTWARE, **run.by_two),
    "closed": cast_and_close,
    "verified": lambda run: verify_register(run.election_id, **run.by),
    "mixed": mix_all,
    "opened": open_all,
    "counted": lambda run: count_papers(run.election_id, **run.by),
    "declared": lambda run: declare(run.election_id, **run.by_two),
}


# --- electors --------------------------------------------------------------------------------


def entries(run: Run) -> list[RollEntry]:
    """The roll, in the order of the membership numbers."""
    found = RollEntry.objects.filter(roll=run.election.roll).select_related("section")
    return list(found.order_by("number"))


def code_of(entry: RollEntry, *, purpose: str = VOTING_CODE) -> str:
    """The voting code in an elector's newest unsent letter."""
    letter = (
        Letter.objects.filter(purpose=purpose, recipient=str(entry.public_id))
        .order_by("-attempt")
        .first()
    )
    assert letter is not None and letter.enclosure is not None
    return open_enclosure(
        bytes(letter.enclosure), purpose=purpose, recipient=letter.recipient,
        attempt=letter.attempt,
    ).decode()


def key_of_elector(run: Run, entry: RollEntry, *, purpose: str = VOTING_CODE) -> VotingKey:
    return voting_key(code_of(entry, purpose=purpose), election_id=run.election.public_id.bytes)


def sealed(
    run: Run,
    entry: RollEntry,
    *rankings: tuple[int, ...],
    key: VotingKey | None = None,
    section: str | None = None,
    choices: Sequence[int] | None = None,
    contests: Sequence[str] | None = None,
) -> bytes:
    """A sealed ballot on the wire: one ranking a contest, the first for those not given.

    section, choices, contests: what is sealed in place of what is right, for ballots that lie.
    """
    now_standing = run.election
    if choices is None:
        spaces = [ranking_space(contest) for contest in contested(now_standing)]
        given = [*rankings, *([rankings[0]] * (len(spaces) - len(rankings)))]
        choices = [space.index(one) for space, one in zip(spaces, given, strict=True)]
    return seal_ballot(
        choices,
        setting=setting_of(now_standing),
        contests=contests or contest_codes(now_standing),
        section=section or entry.section.code,
        key=key or key_of_elector(run, entry),
        rng=os.urandom,
    ).to_bytes()


def opening_of(
    run: Run,
    entry: RollEntry,
    *rankings: tuple[int, ...],
    key: VotingKey | None = None,
    section: str | None = None,
) -> PaperOpening:
    """What a device drew for a paper: one ranking a contest, the first for those not given."""
    spaces = [ranking_space(contest) for contest in contested(run.election)]
    given = [*rankings, *([rankings[0]] * (len(spaces) - len(rankings)))]
    return draw_opening(
        [space.index(one) for space, one in zip(spaces, given, strict=True)],
        setting=setting_of(run.election),
        section=section or entry.section.code,
        credential=(key or key_of_elector(run, entry)).credential,
        rng=os.urandom,
    )


def signed_after_all(run: Run, opening: PaperOpening, key: VotingKey) -> bytes:
    """The ballot on the wire that the paper of an opening would be, had it been signed."""
    where: dict[str, Any] = {
        "setting": setting_of(run.election), "contests": contest_codes(run.election)
    }
    paper = make_again(opening, **where)
    ballot = sign_ballot(paper.votes, section=opening.section, key=key, rng=os.urandom, **where)
    return ballot.to_bytes()


def challenge(run: Run, opening: PaperOpening, *, text: str | None = None) -> bytes:
    return challenge_paper(
        run.election.slug, credential=opening.credential, text=text or opening.to_text(), now=now()
    )


def cast_wire(run: Run, wire: bytes) -> Receipt:
    return cast_ballot(poll_at(run.election.slug), wire=wire)


def cast(run: Run, entry: RollEntry, *rankings: tuple[int, ...]) -> Receipt:
    return cast_wire(run, sealed(run, entry, *rankings))


# --- what there is to see afterwards -----------------------------------------------------------


def boxes(run: Run) -> list[Box]:
    found = Box.objects.filter(contest__election=run.election_id)
    return list(found.order_by("contest__position", "number"))


def kinds(run: Run) -> list[str]:
    """The kinds of the entries on the board, in their order."""
    found = Entry.objects.filter(election=run.election_id).order_by("number")
    return list(found.values_list("kind", flat=True))


def content(run: Run, kind: str) -> dict[str, Any]:
    """What the newest entry of a kind says, read from its canonical bytes."""
    entry = Entry.objects.filter(election=run.election_id, kind=kind).order_by("-number").first()
    assert entry is not None, f"no entry of the kind {kind}: {kinds(run)}"
    body: Json = read_canonical(bytes(entry.body))
    assert isinstance(body, dict)
    assert body["kind"] == kind and body["number"] == entry.number
    told = body["content"]
    assert isinstance(told, dict)
    return dict(told)


def recorded(act: str, *, subject: tuple[str, str]) -> list[tuple[int | None, int | None]]:
    """Who did an act and who seconded it, as the audit trail has it, oldest first."""
    rows = AuditRecord.objects.filter(act=act, subject_kind=subject[0], subject_id=subject[1])
    return list(rows.order_by("pk").values_list("by", "seconded_by"))


def code_of_refusal(act: Callable[[], Any]) -> str:
    """The code with which something is refused."""
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    raise AssertionError("nothing was refused")


@contextmanager
def no_triggers() -> Iterator[None]:
    """Change rows as whoever owns the database server can: past every trigger and foreign key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        ((role,),) = cursor.fetchall()
        cursor.execute("RESET ROLE")
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")
            cursor.execute(f"SET ROLE {role}")


def at_once(acts: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Do all of these at the same moment, each in a thread with a connection of its own."""
    results: list[T | Exception] = [RuntimeError("not run")] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait(60)
            results[place] = acts[place]()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results
