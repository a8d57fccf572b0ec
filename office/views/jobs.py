"""A job's progress: a page, the fragment it asks for anew, the same as JSON, retry and stop."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from office import selectors
from office.access import StaffRequest, freshly, may, staff_only
from office.kinds import act_of_kind
from office.models import Job
from office.permissions import ACTS
from office.services.jobs import keepers_act, retry_job, stop_job, takes_two
from office.totals import as_told


@staff_only("see_job")
@never_cache
@require_GET
def job(request: StaffRequest, job_id: int) -> HttpResponse:
    found = _seen(request, job_id)
    return render(
        request,
        "office/job.html",
        {
            "job": found,
            "is_live": found.state in (Job.State.OPEN, Job.State.CLAIMED),
            "takes_two": takes_two(found),
            "can_stop": may(request.user, "stop_job") and may(request.user, keepers_act(found)),
        },
    )


@staff_only("see_job")
@never_cache
@require_GET
def job_fragment(request: StaffRequest, job_id: int) -> HttpResponse:
    """The card alone. Once the job has ended, the page that holds it is told to load itself."""
    found = _seen(request, job_id)
    response = render(request, "office/job_fragment.html", {"job": found})
    if found.state not in (Job.State.OPEN, Job.State.CLAIMED):
        response.headers["HX-Refresh"] = "true"
    return response


@staff_only("see_job")
@never_cache
@require_GET
def job_json(request: StaffRequest, job_id: int) -> JsonResponse:
    found = as_told(_seen(request, job_id))
    progress = selectors.progress_of(found, now=timezone.now())
    return JsonResponse(
        {
            "id": found.pk,
            "kind": found.kind,
            "state": found.state,
            "stage": found.stage,
            "done": found.done,
            "total": found.total,
            "unit": found.unit,
            "percent": progress.percent,
            "rate": progress.rate,
            "seconds_left": progress.seconds_left,
            "seconds_taken": progress.seconds_taken,
            "error": found.error,
        }
    )


@staff_only("see_job", post="retry_job")
@require_POST
def job_retry(request: StaffRequest, job_id: int) -> HttpResponseBase:
    """Starting it again demands what starting it did: fresh authentication for a grave act."""
    found = _own(request, job_id)
    again = freshly(_retry) if ACTS[act_of_kind(found.kind)].fresh else _retry
    return again(request, job_id)


def _retry(request: StaffRequest, job_id: int) -> HttpResponse:
    retry_job(job_id, by=request.user.pk, now=timezone.now())
    return redirect("job", job_id)


@staff_only("see_job", post="stop_job")
@require_POST
def job_stop(request: StaffRequest, job_id: int) -> HttpResponse:
    found = _own(request, job_id)
    if stop_job(job_id, by=request.user.pk, now=timezone.now()):
        whoever = "Two officers can order" if takes_two(found) else "You can start"
        messages.success(request, f"Stopped. {whoever} it again.")
    return redirect("job", job_id)


def _seen(request: StaffRequest, job_id: int) -> Job:
    """A job to look at. Why it failed may say who is tied: that is for who may do its act."""
    found = _job(job_id)
    if found.error and not may(request.user, act_of_kind(found.kind)):
        found.error = "Whoever may do this act can read here why it stopped."
    return found


def _own(request: StaffRequest, job_id: int) -> Job:
    """A job to start or to stop: whoever may not do its act may not do that either."""
    found = _job(job_id)
    if not may(request.user, keepers_act(found)):
        raise Http404
    return found


def _job(job_id: int) -> Job:
    found = selectors.job(job_id)
    if found is None:
        raise Http404
    return found
