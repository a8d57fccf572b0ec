"""What the desk's templates need said in words: durations, acts, a job's progress, a QR code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import segno
from django import template
from django.forms import BoundField
from django.template import Context
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from office.access import may
from office.kinds import is_known_kind, job_kind
from office.models import Approval, Dispatch, Job
from office.permissions import words_of_act
from office.purposes import words_of
from office.selectors import Progress, progress_of
from office.services.approvals import why_not
from office.services.jobs import has_ended_early, keepers_act, takes_two
from office.times import hour_words
from office.totals import as_told

register = template.Library()

_FOR_MACHINES = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?")
_MINUTE_S = 60
_HOUR_S = 3600


@register.filter
def duration(seconds: int | None) -> str:
    """Say a length of time as a person would: "40 seconds", "3 minutes", "1 hour 10 minutes"."""
    if seconds is None:
        return ""
    if seconds < _MINUTE_S:
        return _many(seconds, "second")
    if seconds < _HOUR_S:
        return _many(round(seconds / _MINUTE_S), "minute")
    hours, rest = divmod(round(seconds / _MINUTE_S), 60)
    return f"{_many(hours, 'hour')} {_many(rest, 'minute')}" if rest else _many(hours, "hour")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@register.filter
def grouped(number: int | None) -> str:
    """A whole number with commas: 654,006."""
    return "" if number is None else f"{number:,}"


@register.filter
def day_in_words(value: object) -> object:
    """A day or an hour that is written for machines, as people write it; anything else as it is.

    "2026-11-26" → "26 November 2026"; "2026-11-26T09:30:00Z" → "26 November 2026, 09:30 (GMT)".
    """
    if not isinstance(value, str) or not _FOR_MACHINES.fullmatch(value):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return hour_words(moment) if moment.tzinfo else f"{moment.day} {moment:%B %Y}"


@register.filter
def unfilled(field: BoundField) -> str:
    """What is said beside the label of a field that may be left empty; its form may know better."""
    return str(getattr(field.form, "unfilled", {}).get(field.name, "optional"))


@register.filter
def act_words(name: str) -> str:
    """An act in words: "freeze the roll"."""
    return words_of_act(name).replace("'", "’")


@register.filter
def job_words(job: Job) -> str:
    return job_kind(job.kind).words if is_known_kind(job.kind) else job.kind


@register.filter
def dispatch_words(dispatch: Dispatch) -> str:
    """What letters are, and of which election: "Voting codes, Leader 2026"."""
    return words_of(dispatch.purpose, dispatch.reference)


@register.inclusion_tag("office/_job.html", takes_context=True)
def job_card(context: Context, job: Job) -> dict[str, Any]:
    """A job's progress: bar, counts, rate, time left. It asks for itself anew until it ends.

    Whoever may start it again, once it has failed or was stopped, is offered to.
    """
    progress = progress_of(as_told(job), now=timezone.now())
    is_live = job.state in (Job.State.OPEN, Job.State.CLAIMED)
    return {
        "job": job,
        "title": job_words(job),
        "is_live": is_live,
        "is_failed": job.state == Job.State.FAILED,
        "must_be_proposed": has_ended_early(job) and takes_two(job),
        "can_retry": has_ended_early(job) and not takes_two(job) and all(
            may(context["request"].user, act) for act in ("retry_job", keepers_act(job))
        ),
        "label": f"{job_words(job)}: {job.stage or job.get_state_display()}",
        "percent": progress.percent,
        "figures": list(_figures(job, progress, is_live=is_live)),
    }


@register.inclusion_tag("office/_proposal.html")
def proposal_card(
    approval: Approval, sentence: str = "", hindrance: str | None = None
) -> dict[str, Any]:
    """A proposal that nobody has decided: that it waits, or why it can no longer be carried out.

    sentence:  in place of its own, for a page of those who may see the members.
    hindrance: why it can no longer be carried out, where the page knows; empty where it can.
    """
    if hindrance is None:
        found = why_not(approval, now=timezone.now())
        hindrance = found.sentence if found else ""
    return {
        "approval": approval,
        "sentence": sentence or approval.sentence,
        "hindrance": hindrance,
    }


def _figures(job: Job, progress: Progress, *, is_live: bool) -> Iterator[str]:
    """How far, how fast, how long: each only where it is known."""
    if job.total:
        yield f"{job.done:,} of {job.total:,} {job.unit}".strip()
    elif job.done:
        yield f"{job.done:,} {job.unit}".strip()
    if progress.rate is not None:
        yield f"{_rate(progress.rate)} a second"
    if progress.seconds_left is not None:
        yield f"about {duration(progress.seconds_left)} left"
    if not is_live and progress.seconds_taken is not None:
        yield f"took {duration(progress.seconds_taken)}"


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:,.1f}"


@register.simple_tag
def qr_code(text: str, label: str) -> SafeString:
    """A QR code as SVG in the page: the content policy takes no data: pictures.

    The text is a provisioning address made by us; the SVG that comes out of segno carries it
    only as a pattern of squares.
    """
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(scale=5, border=4, title=label, svgclass="app-qr", lineclass=None,
                          omitsize=False)
    return mark_safe(svg)  # noqa: S308 (our own squares: the text is not in the markup)
