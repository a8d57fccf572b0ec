"""Anybody checks a contest or watches it: the verifier in a page, and programs to take away."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ballot import programs
from ballot.destruction import destroyed_sentence
from ballot.showing.check import checking_of
from ballot.views.public import announced_election

_KEPT_S = 300
WORKER_POLICY: Final = "; ".join((
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "connect-src 'self'",
))  # fmt: skip
"""What the worker may do that no page may: run WebAssembly, which Python is in a browser.

A worker that comes from an address obeys the policy of that answer and not of the page that began
it (Content Security Policy 3 §4.2.2), so the policy of the pages stays one and strict. Elsewhere
than on WebAssembly it is narrower than theirs: scripts and files of our own, and nothing else.
"""


@require_safe
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """The sixteen checks, made by the reader's own browser."""
    election = announced_election(slug)
    context = {
        "election": election, "checking": checking_of(election),
        "destroyed": destroyed_sentence(election),
    }
    return render(request, "ballot/check.html", context)


@require_safe
def watch(request: HttpRequest, slug: str) -> HttpResponse:
    """How to watch the board from outside, and check the result: programs and their commands."""
    election = announced_election(slug)
    context = {"election": election, "checking": checking_of(election)}
    return render(request, "ballot/watch.html", context)


@require_safe
def check_worker(request: HttpRequest) -> HttpResponse:
    """The script in which the verifier runs, under its own policy."""
    answer = _file(programs.check_worker(), "text/javascript")
    answer.headers["Content-Security-Policy"] = WORKER_POLICY
    return answer


@require_safe
def verifier_zip(request: HttpRequest) -> HttpResponse:
    answer = _file(programs.verifier_zip(), "application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="verifier.zip"'
    return answer


@require_safe
def witness_file(request: HttpRequest) -> HttpResponse:
    answer = _file(programs.witness_file(), "text/x-python; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="hustings_witness.py"'
    return answer


def _file(octets: bytes, kind: str) -> HttpResponse:
    answer = HttpResponse(octets, content_type=kind)
    answer.headers["Cache-Control"] = f"public, max-age={_KEPT_S}"
    return answer
