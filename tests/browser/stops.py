"""Where the walk over every page stops, on the way of one election from draft to archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from office.models import StaffMember
from office.permissions import Role
from tests.browser import coming
from tests.browser.coming import Given
from tests.office.factories import officer, staff

BUSINESS = ("desk_election", "desk_timetable")


@dataclass(frozen=True)
class Stop:
    """A place of the walk: what is done to come there, and the pages that are looked at.

    come:  brings the election there; returns what stands in the addresses, by the patterns' names.
    pages: names of addresses. Those of the desk are looked at by the first officer, or by `who` is
    made for it; the others by nobody in particular, unless all of them are at the desk.
    """

    name: str
    come: Callable[..., Given]
    pages: tuple[str, ...]
    who: Callable[[], StaffMember] | None = None
    is_at_desk: bool = False


def act(*names: str) -> tuple[str, ...]:
    return tuple(f"act_{name}" for name in names)


STOPS: tuple[Stop, ...] = (
    Stop("draft", coming.draft, (
        *BUSINESS, "elections", "desk_begin", "desk_set_up", "desk_dates", "desk_paper",
        "desk_contest_new", "desk_candidate_new", "desk_candidate", "desk_election_letters",
        *act("publish_notice"),
    )),
    Stop("nominating", coming.nominating, (
        *BUSINESS, "home", "election", "notice", "nominations", "nominate", "consent",
        "desk_nominations", "desk_nomination", "desk_paper_of", "desk_ask_consent", "desk_bodies",
        "desk_body_new", "desk_body", *act("amend_notice", "publish_candidates",
                                           "reopen_nominations"),
    )),
    Stop("nominated", coming.nominated, (
        *BUSINESS, "election", "nominations", "desk_candidate_withdraw", "desk_paper",
        "desk_photograph",
        *act("draw_names", "freeze_roll"),
    )),
    Stop("frozen", coming.frozen, (
        *BUSINESS, "electorate", "desk_trustees", *act("set_key", "withdraw_freeze"),
    )),
    Stop("coded", coming.coded, (
        *BUSINESS, "approvals", "desk_trustees", "booth", *act("send_codes", "open_poll"),
    )),
    Stop("polling", coming.polling, (
        *BUSINESS, "home", "election", "booth", "device_check", "reissue", "reissue_asked",
        "not_me", "not_me_said", "turnout", "board", "check", "watch", "trustee",
        "desk_turnout", "desk_watching", "desk_helpdesk", "desk_incidents", "desk_incident_new",
        "desk_incident", "desk_amendments", "desk_bulk_new", "desk_bulk", "desk_set_aside",
        "desk_post", "desk_envelopes", "desk_receive_envelope",
        "desk_mistake", "desk_election_letters", "approvals", "audit_trail", "desk", "dispatches",
        "dispatch", "held_letters", "returned_letters", "printed_letters",
        *act("correct_candidate", "suspend_poll", "extend_poll", "close_poll", "close_poll_early",
             "void_election", "issue_envelopes"),
    )),
    Stop("second", coming.named, ("approvals", "desk_helpdesk"), who=officer),
    Stop("teller", coming.named, ("desk_papers",), who=partial(staff, Role.TELLER)),
    Stop("observer", coming.named, ("desk", "desk_election", "desk_watching"),
         who=partial(staff, Role.OBSERVER)),
    Stop("suspended", coming.suspended, (*BUSINESS, "election", "booth", *act("resume_poll"))),
    Stop("closed", coming.closed, (
        *BUSINESS, "booth", "turnout", "desk_turnout", "desk_verification", "desk_explain",
        *act("open_envelopes"),
    )),
    Stop("doubted", coming.doubted, ("desk_post", "desk_ruling", *act("account_for_post"))),
    Stop("accounted", coming.accounted, (*BUSINESS, "desk_post", *act("verify_register"))),
    Stop("verified", coming.verified, ("desk_verification", *act("mix_box"))),
    Stop("mixed", coming.mixed, (*BUSINESS, "desk_trustees", *act("open_box"))),
    Stop("opened", coming.opened, ("desk_lot", *act("count"))),
    Stop("counted", coming.counted, (
        *BUSINESS, "told_before", "desk_recounts", "desk_recount", "desk_releases",
        "desk_release", "desk_attestations", *act("declare"),
    )),
    Stop("agent", coming.named, ("desk_attestations",), who=partial(staff, Role.CANDIDATES_AGENT)),
    Stop("declared", coming.declared, (
        *BUSINESS, "home", "election", "result", "result_version", "board", "incidents",
        "attestations", "desk_attestations",
        "turnout", "electorate", "desk_incidents", "desk_incident", "desk_amendments", "desk_post",
        "desk_verification", "desk_watching", "desk_helpdesk", "roll", "rolls", "roll_destruction",
        *act("archive_election", "correct_result", "begin_again"),
    )),
    Stop("archived", coming.archived, (
        *BUSINESS, "election", "result", *act("destroy_ballots"),
    )),
)
