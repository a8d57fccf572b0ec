"""The acts of two officers: what each does, in the sentence that both officers read."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from typing import Any

from ballot.models import Election
from ballot.served_software import served_software
from ballot.services.close_poll import close_poll_early
from ballot.services.declare import declare
from ballot.services.extend_poll import extend_poll
from ballot.services.freeze_roll import request_freeze, request_withdrawal
from ballot.services.open_poll import open_poll
from ballot.services.suspend_poll import resume_poll, suspend_poll
from ballot.services.void_election import void_election
from office.acts import register_act


def _election(subject_id: str) -> Election:
    return Election.objects.get(pk=int(subject_id))


def in_zone(moment: datetime, zone: str) -> str:
    """A time as people read it, in the election's zone."""
    local = moment.astimezone(zoneinfo.ZoneInfo(zone))
    return f"{local:%A} {local.day} {local:%B %Y at %H:%M} ({local:%Z})"


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
        "the voting codes go out"
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


def _extend_words(subject_id: str, closes_at: str, reason: str) -> str:
    election = _election(subject_id)
    later = in_zone(datetime.fromisoformat(closes_at), election.zone)
    return (
        f"The poll of “{election}” closes later, on {later}. The reason, which is published: "
        f"“{reason}”"
    )


def _declare_words(subject_id: str) -> str:
    return (
        f"The result of “{_election(subject_id)}” is declared as counted, and published at once."
    )


def _by_number(service: Any) -> Any:
    def carry_out(subject_id: str, **given: Any) -> None:
        service(int(subject_id), **given)

    return carry_out


def _open(subject_id: str, **given: Any) -> None:
    open_poll(int(subject_id), software=served_software(), **given)


def register() -> None:
    """Say to the office how each act is carried out and described."""
    register_act("freeze_roll", _by_number(request_freeze), _freeze_words)
    register_act("withdraw_freeze", _by_number(request_withdrawal), _withdraw_words)
    register_act("open_poll", _open, _open_words)
    register_act("suspend_poll", _by_number(suspend_poll),
                 _reasoned("The poll of “{}” stops taking ballots for the time being."))
    register_act("resume_poll", _by_number(resume_poll),
                 _reasoned("The poll of “{}” takes ballots again."))
    register_act("extend_poll", _by_number(extend_poll), _extend_words)
    register_act("close_poll_early", _by_number(close_poll_early),
                 _reasoned("The poll of “{}” closes now, before its hour, for good."))
    register_act("void_election", _by_number(void_election),
                 _reasoned("The election “{}” is declared void and ends without a result."))
    register_act("declare", _by_number(declare), _declare_words)
