"""The acts of two officers: what each does, in the sentence that both officers read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from ballot.destruction import require_destructible, what_goes
from ballot.lifecycle import State
from ballot.models import Election
from ballot.postal import papers_of, post_by_section
from ballot.selectors import roll_of
from ballot.served_software import served_software
from ballot.services.account_for_post import account_for_post
from ballot.services.amend_notice import Change, amend_notice, changes_of, steps_ahead
from ballot.services.amend_roll import AMENDABLE, amend_roll, request_bulk
from ballot.services.archive_election import archive_election
from ballot.services.close_poll import close_poll_early
from ballot.services.correct_candidate import candidate_of, correct_candidate
from ballot.services.correct_result import correct_result
from ballot.services.declare import declare
from ballot.services.destroy_roll import require_day_after_keeping
from ballot.services.explain_difference import difference_of, explain_difference
from ballot.services.extend_poll import extend_poll
from ballot.services.freeze_roll import request_freeze, request_withdrawal
from ballot.services.issue_envelopes import issue_envelopes
from ballot.services.moves import require_state
from ballot.services.open_envelopes import open_envelopes
from ballot.services.open_poll import open_poll
from ballot.services.order_destruction import order_destruction
from ballot.services.set_aside_ballots import digest_due, set_aside_ballots
from ballot.services.suspend_poll import resume_poll, suspend_poll
from ballot.services.void_election import void_election
from ballot.showing.post import people_of
from ballot.showing.sentences import PARTS, order_sentence
from ballot.showing.small_box import small_box_sentence
from ballot.showing.wording import how_many
from ballot.struck_ballots import set_aside_due
from ballot.times import in_zone
from ballot.timetable import OPENING, TITLES, dates_of, passed_by, reminders_overtaken
from members.selectors import (
    AmendmentDue,
    bulk_amendment,
    bulk_by_section,
    member_amended,
    reason_label,
)
from members.selectors import by_number as members_by_number
from members.services.amending import Offer, register_amender
from office.acts import register_act, register_precondition
from office.refusal import Refusal
from office.selectors import waiting_approval


def _election(subject_id: str) -> Election:
    return Election.objects.get(pk=int(subject_id))


def _freeze_words(subject_id: str) -> str:
    election = _election(subject_id)
    return (
        f"The roll of “{election}” is frozen by the rules “{election.rules}”: everybody on the "
        "membership list is judged now, and who is on the roll may vote."
    )


def _withdraw_words(subject_id: str, reason: str) -> str:
    return (
        f"The frozen roll of “{_election(subject_id)}” is given up and its unsent codes are "
        f"destroyed. The reason, which is published: “{reason}”"
    )


def _open_words(subject_id: str, tranches: int | None = None) -> str:
    election = _election(subject_id)
    closes = in_zone(election.closes_at, election.zone) if election.closes_at else "an unset time"
    codes = (
        f"{election.issuer['name']} sends the voting codes"
        if election.issuer is not None
        else "the voting codes go out"
        if tranches is None
        else "the first tranche of voting codes goes out, the others when an officer releases them"
    )
    return (
        f"The poll of “{election}” opens, its paper is fixed, and {codes}. It closes on "
        f"{closes}."
    )


def _reasoned(words: str) -> Any:
    def describe(subject_id: str, reason: str) -> str:
        return f"{words.format(_election(subject_id))} The reason, which is published: “{reason}”"

    return describe


def _ordered(words: str) -> Any:
    """The same for an act that a court may have ordered."""
    reasoned = _reasoned(words)

    def describe(subject_id: str, reason: str, order: dict[str, str] | None = None) -> str:
        sentence: str = reasoned(subject_id, reason)
        return f"{sentence} {order_sentence(order)}" if order else sentence

    return describe


def _correct_words(
    subject_id: str,
    candidate: int,
    statement: str | None,
    without_photograph: bool,
    reason: str,
) -> str:
    row = candidate_of(_election(subject_id), candidate)
    said = [f"What electors read of {row.name} ({row.contest.title}) is corrected."]
    if statement is not None:
        said.append(f"The statement was: “{row.statement}” It becomes: “{statement}”")
    if without_photograph:
        said.append("The photograph is taken off.")
    return f"{' '.join(said)} The reason, which is published: “{reason}”"


def _amend_notice_words(subject_id: str, changes: dict[str, str], reason: str) -> str:
    election = _election(subject_id)
    made = changes_of(election, changes, now=timezone.now())
    said = " ".join(
        f"{PARTS[one.part]}: {_as_read(one.becomes, election)}, "
        f"and not {_as_read(one.was, election)}."
        for one in made
    )
    return (
        f"The notice of “{election}” is amended. {said} {_overtaken_words(election, made)}"
        f"The reason, which is published: “{reason}”"
    )


def _overtaken_words(election: Election, made: Sequence[Change]) -> str:
    """Which reminders a later opening overtakes; empty where it overtakes none."""
    openings = [one.becomes for one in made if one.part == OPENING]
    hours = [
        in_zone(at, election.zone)
        for opens_at in openings if isinstance(opens_at, datetime)
        for at in reminders_overtaken(election, opens_at)
    ]
    if not hours:
        return ""
    return f"No reminder is sent on {' or on '.join(hours)}: the poll opens no earlier. "


def _as_read(value: str | datetime | None, election: Election) -> str:
    if isinstance(value, datetime):
        return in_zone(value, election.zone)
    return f"“{value}”" if value else "unsaid" if value == "" else "undated"


def _extend_words(subject_id: str, closes_at: str, reason: str) -> str:
    election = _election(subject_id)
    later = in_zone(datetime.fromisoformat(closes_at), election.zone)
    present = in_zone(election.closes_at, election.zone) if election.closes_at else "an unset time"
    return (
        f"The poll of “{election}” closes later, on {later}, and not on {present}. "
        f"{_passed_words(election, datetime.fromisoformat(closes_at))}"
        f"The reason, which is published: “{reason}”"
    )


def _passed_words(election: Election, closes_at: datetime) -> str:
    """What the notice dates before the new close, and may be amended; empty where nothing is."""
    dates, ahead = dates_of(election), steps_ahead(election, now=timezone.now())
    passed = "; ".join(f"“{TITLES[step]}” on {in_zone(dates[step], election.zone)}"
                       for step in passed_by(dates, closes_at) if step in ahead)
    return f"That is later than the notice has {passed}: amend the notice too. " if passed else ""


def _explain_words(subject_id: str, number: int, explanation: str) -> str:
    election_id, code, section = subject_id.split(":", 2)
    found = difference_of(_election(election_id), code, section)
    now = "" if found.number == number else f" (now {found.number})"
    return (
        f"Of “{_election(election_id)}”, in {found.section_name}: {number}{now} {found.words}. The "
        f"explanation, which is published: “{explanation}”"
    )


def _explain(subject_id: str, **given: Any) -> None:
    election_id, code, section = subject_id.split(":", 2)
    explain_difference(int(election_id), difference=code, section=section, **given)


def _archive_words(subject_id: str) -> str:
    return (
        f"“{_election(subject_id)}” is archived: its declaration is final, and the root of the "
        "whole board stands on it. Nothing is destroyed by this."
    )


def _destroy_words(subject_id: str) -> str:
    election = _election(subject_id)
    require_destructible(election, now=timezone.now())
    said = "; ".join(f"{words} ({rows:,})" for words, rows in what_goes(election))
    stays = (
        "Every act on its board stays"
        if election.stage == State.VOID
        else "The declaration, the count, the mixes and what was opened stay"
    )
    return (
        f"Of “{election}” there are destroyed for good: {said or 'no rows, since there are none'}. "
        f"{stays}, and so do the hashes of the whole board. A certificate goes on it."
    )


def _declare_words(subject_id: str) -> str:
    return (
        f"The result of “{_election(subject_id)}” is declared as counted, and published at once."
    )


def amend_subject(election: Election, member_id: int) -> tuple[str, str]:
    """The subject of a proposal to amend the roll by one person: each has one of their own."""
    return "elector", f"{election.pk}-{member_id}"


_AMENDED = {
    "add": "is added to the roll of",
    "remove": "is struck off the roll of",
    "correct": "has their name and address on the roll corrected from the membership list, for",
}


def amend_parameters(
    election: Election, member_id: int, *, kind: str, reason: str, grounds: str
) -> dict[str, str]:
    """What is proposed, with the digest of the record as it stands now and is read."""
    who = member_amended(roll_of(election).pk, member_id, kind=kind)
    return {"kind": kind, "reason": reason, "grounds": grounds, "digest": who.digest}


def _amend_words(subject_id: str, kind: str, reason: str, grounds: str, digest: str) -> str:
    del digest  # The sentence is of the record as it stands: where that has changed, it differs.
    election_id, member_id = subject_id.split("-")
    election = _election(election_id)
    who = member_amended(roll_of(election).pk, int(member_id), kind=kind)
    return (
        f"Member record {member_id} ({who.section}) {_AMENDED[kind]} “{election}”. "
        f"{reason_label(reason)}. The record as it stands: {who.digest}. The grounds: “{grounds}”"
    )


def _amend_page(subject_id: str, **given: str) -> str:
    del given
    return reverse("member", args=[int(subject_id.split("-")[1])])


def _amend(subject_id: str, *, digest: str, **given: Any) -> None:
    election_id, member_id = subject_id.split("-")
    amend_roll(int(election_id), member=int(member_id), digest=digest, **given)


def offer_amendment(
    roll_id: int, decision_id: int, due: AmendmentDue, now: datetime
) -> Offer | None:
    """What a decision's page offers of a roll: the button's path, or the proposal that waits."""
    election = Election.objects.filter(roll_id=roll_id).first()
    if election is None or election.stage not in AMENDABLE:
        return None
    subject = amend_subject(election, due.member_id)
    return Offer(
        reverse("desk_amend_as_decided", args=[election.slug, decision_id]),
        waiting_approval("amend_roll", subject=subject, now=now),
    )


def _bulk_words(subject_id: str, bulk: int, digest: str) -> str:
    chosen = bulk_amendment(bulk)
    if chosen is None:
        raise LookupError("there is no such set")
    sections = ", ".join(f"{name} {people:,}" for name, people in bulk_by_section(chosen))
    done = "added to" if chosen.kind == "add" else "struck off"
    return (
        f"{how_many(chosen.people, 'person is', 'people are')} {done} the roll of "
        f"“{_election(subject_id)}” ({sections}). "
        f"{reason_label(chosen.reason)}. Exactly the set {digest}, or nobody. The grounds: "
        f"“{chosen.grounds}”"
    )


def _bulk_page(subject_id: str, bulk: int, digest: str) -> str:
    del digest
    return reverse("desk_bulk", args=[_election(subject_id).slug, bulk])


def _set_aside_words(subject_id: str, digest: str) -> str:
    election = _election(subject_id)
    due = set_aside_due(election)
    reasons = sorted({one.reason for one in due})
    said = ", ".join(
        f"{sum(one.reason == reason for one in due):,} × {reason_label(reason).lower()}"
        for reason in reasons
    )
    is_same = digest_due(due) == digest
    words = (
        f"By the rule of the notice, {len(due):,} of the ballots cast in “{election}” are set "
        f"aside and not counted, since their electors were struck off the roll: {said}. "
        f"{'These' if is_same else 'No longer these'}: {digest}."
    )
    return f"{words} {small_box_sentence(election)}".rstrip()


def _issue_words(subject_id: str, electors: list[str]) -> str:
    sections = Counter(one.section for one in people_of(electors))
    said = ", ".join(f"{name} {people:,}" for name, people in sorted(sections.items()))
    return (
        f"Postal envelopes are issued to {sections.total():,} of the electors of "
        f"“{_election(subject_id)}”: {said}."
    )


def _page_of(act: str) -> Callable[..., str]:
    """The page of an act, where its figures stand."""

    def page(subject_id: str, **given: Any) -> str:
        del given
        return reverse(f"act_{act}", args=[_election(subject_id).slug])

    return page


def _issue_page(subject_id: str, electors: list[str]) -> str:
    del electors  # One proposal waits at a time, and the page is of that one.
    return reverse("desk_envelopes", args=[_election(subject_id).slug])


def _open_envelopes_words(subject_id: str) -> str:
    election = _election(subject_id)
    received = sum(one.received for one in post_by_section(election))
    return (
        f"The postal envelopes received in “{election}” are opened, {received:,} in all, and each "
        "paper is read by two tellers."
    )


def _account_words(subject_id: str) -> str:
    election = _election(subject_id)
    papers = papers_of(election)
    settled = sum(paper.agrees for paper in papers)
    return (
        f"Postal papers of “{election}”: {len(papers):,}, settled: {settled:,}. They go on the "
        "board, and into the boxes with the ballots cast online."
    )


def _stands_at(*states: State) -> Callable[..., None]:
    """The precondition of a state. The subject begins with the election's id."""

    def precondition(subject_id: str, **given: Any) -> None:
        del given
        require_state(_election(re.split("[-:]", subject_id)[0]), *states)

    return precondition


def _require_bulk(subject_id: str, *, bulk: int, **given: Any) -> None:
    """Refuse a set of a roll that was given up."""
    _stands_at(*AMENDABLE)(subject_id, **given)
    chosen = bulk_amendment(bulk)
    if chosen is None or chosen.roll_id != _election(subject_id).roll_id:
        raise Refusal(
            "amendment.other-set", "This set is of a roll that was given up. Choose it anew."
        )


def _by_number(service: Any) -> Any:
    def carry_out(subject_id: str, **given: Any) -> None:
        service(int(subject_id), **given)

    return carry_out


def _open(subject_id: str, **given: Any) -> None:
    open_poll(int(subject_id), software=served_software(), **given)


def register() -> None:
    """Say to the office how each act is carried out and described."""
    register_act("freeze_roll", _by_number(request_freeze), _freeze_words,
                 page=_page_of("freeze_roll"))
    register_act("withdraw_freeze", _by_number(request_withdrawal), _withdraw_words,
                 page=_page_of("withdraw_freeze"))
    register_act("amend_roll", _amend, _amend_words, page=_amend_page,
                 precondition=_stands_at(*AMENDABLE), shown=members_by_number)
    register_amender(offer_amendment)
    # An act on a roll, whose day the notice of its election may bound.
    register_precondition("set_destruction_date", require_day_after_keeping)
    register_act("amend_roll_in_bulk", _by_number(request_bulk), _bulk_words,
                 page=_bulk_page, precondition=_require_bulk)
    register_act("set_aside_ballot", _by_number(set_aside_ballots), _set_aside_words,
                 precondition=_stands_at(State.CLOSED))
    register_act("issue_envelopes", _by_number(issue_envelopes), _issue_words, page=_issue_page)
    register_act("open_envelopes", _by_number(open_envelopes), _open_envelopes_words)
    register_act("account_for_post", _by_number(account_for_post), _account_words)
    register_act("amend_notice", _by_number(amend_notice), _amend_notice_words)
    register_act("correct_candidate", _by_number(correct_candidate), _correct_words)
    register_act("open_poll", _open, _open_words, page=_page_of("open_poll"))
    register_act("suspend_poll", _by_number(suspend_poll),
                 _ordered("The poll of “{}” stops taking ballots for the time being."))
    register_act("resume_poll", _by_number(resume_poll),
                 _ordered("The poll of “{}” takes ballots again."))
    register_act("extend_poll", _by_number(extend_poll), _extend_words)
    register_act("close_poll_early", _by_number(close_poll_early),
                 _reasoned("The poll of “{}” closes now, before its hour, for good."),
                 page=_page_of("close_poll_early"))
    register_act("void_election", _by_number(void_election),
                 _reasoned("The election “{}” is declared void and ends without a result."),
                 page=_page_of("void_election"))
    register_act("declare", _by_number(declare), _declare_words, page=_page_of("declare"))
    register_act("explain_difference", _explain, _explain_words,
                 precondition=_stands_at(State.CLOSED))
    register_act("archive_election", _by_number(archive_election), _archive_words)
    register_act("destroy_ballots", _by_number(order_destruction), _destroy_words)
    register_act("correct_result", _by_number(correct_result), _reasoned(
        "The result of “{}” is published anew as the next version, made again from the opened "
        "papers and the reconciliation. The version before stays to be read beside it."))
