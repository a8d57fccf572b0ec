"""How many letters of a dispatch there are, where a page may tell it.

The number of some letters says more than everybody is told just now: that of the notices of a cast,
how many have voted. Meanwhile a page tells how they stand and what waits for a person, and neither
it nor the progress of their job tells how many they are.
"""

from __future__ import annotations

from office.models import Dispatch, Job
from office.purposes import hides_totals


def are_hidden(dispatch: Dispatch) -> bool:
    return hides_totals(dispatch.purpose, dispatch.reference)


def as_told(job: Job) -> Job:
    """A job to be shown: without how far it is, where that would tell how many letters it has."""
    if job.subject_kind == "dispatch":
        dispatch = Dispatch.objects.filter(pk=int(job.subject_id)).first()
        if dispatch is not None and are_hidden(dispatch):
            job.done, job.total = 0, None
    return job
