"""A server of seats and of a board, for the trustee's page: as docs/spec/trustees.md has it.

It takes every message that has its form, so that a test can put on its board what the true server
would refuse, and see the page find it. Each test begins with `stage`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from ballot.board.tiles import read_path
from ballot.canonical import canonical
from ballot.sealing.ceremony import conclude
from ballot.sealing.errors import SealingError
from ballot.sealing.messages import Ceremony, Commitment, Confirmation, Dealing, Received, Reveal
from tests.board.making import Board, board_key

SLUG = "leader-2026"
IDENTIFIER = bytes(range(16))
STEPS: dict[str, Any] = {
    "commitment": Commitment,
    "reveal": Reveal,
    "dealing": Dealing,
    "received": Received,
    "confirmation": Confirmation,
}


def secret_of(number: int) -> str:
    return f"seat-of-trustee-number-{number}-" + "x" * 12


_lock = threading.RLock()  # Several pages are answered at once, and the test itself acts, too.


@dataclass
class Stage:
    """One contest with its trustees, its board, and what was said."""

    trustees: Sequence[str] = ("Ann Ash", "Bob Birch", "Cai Cedar")
    quorum: int = 2
    board: Board = field(default_factory=Board)
    said: dict[str, dict[int, Any]] = field(
        default_factory=lambda: {step: {} for step in STEPS}
    )
    held: set[int] = field(default_factory=set)
    is_away: bool = False

    def append(self, kind: str, content: Any) -> None:
        with _lock:
            self.board.append(
                [
                    canonical(
                        {
                            "at": "2026-11-26T09:00:00Z",
                            "content": content,
                            "election": "8c5d2a4b-e1f0-4c6f-9a7d-e3b1c0ffee01",
                            "kind": kind,
                            "number": len(self.board.entries),
                            "version": "hustings/v1",
                        }
                    )
                ]
            )

    def begin(self) -> None:
        self.append("ceremony", self.frame_json())

    def frame_json(self) -> dict[str, Any]:
        names = list(self.trustees)
        return {"identifier": IDENTIFIER.hex(), "quorum": self.quorum, "trustees": names}

    @property
    def has_begun(self) -> bool:
        return len(self.board.entries) > 1

    def take(self, number: int, step: str, message: Any) -> None:
        if number in self.said[step]:
            return
        self.said[step][number] = STEPS[step].parse(message)
        self.append("ceremony-message", {"message": message, "step": step})
        if step == "confirmation":
            self._conclude()

    def _conclude(self) -> None:
        lists = {f"{step}s": list(self.said[step].values()) for step in STEPS}
        received = lists.pop("receiveds")
        complaints = [one for each in received for one in each.complaints]
        frame = Ceremony(IDENTIFIER, tuple(self.trustees), self.quorum)
        try:
            key = conclude(frame, complaints=complaints, **lists)
        except SealingError:
            return  # Somebody has not confirmed yet.
        self.append("key", key.to_json())
        self.held = set()

    @property
    def has_key(self) -> bool:
        return b'"kind":"key"' in b"".join(self.board.entries)

    def seat(self, number: int) -> dict[str, Any]:
        is_held_due = self.has_key and number not in self.held
        return {
            "election": {
                "board": board_key().public().text(),
                "id": "8c5d2a4b-e1f0-4c6f-9a7d-e3b1c0ffee01",
                "rehearsal": False,
                "slug": SLUG,
                "state": "frozen",
                "title": "Leader 2026",
            },
            "trustee": {"name": self.trustees[number - 1], "number": number},
            "ceremony": self.frame_json() if self.has_begun else None,
            "done": {step: sorted(self.said[step]) for step in STEPS},
            "out": [],
            "failed": None,
            "key": None,
            "held": sorted(self.held),
            "mixes_wanted": 2,
            "boxes": [],
            "due": "held" if is_held_due else None,
            "waits_for": "The returning officer opens the poll." if self.has_key else "",
        }


stage = Stage()


def begin_anew(**fields: Any) -> Stage:
    """Set a new stage, with a notice on its board; the ceremony is begun by the test."""
    global stage  # noqa: PLW0603 - the views of one test's server share it, as they would a database
    stage = Stage(**fields)
    stage.append("notice", {"board": board_key().public().text()})
    return stage


def page(request: HttpRequest) -> HttpResponse:
    return render(request, "ballot/trustee.html", {"election": {"title": "Leader 2026"}})


def _number(request: HttpRequest) -> int | None:
    header = request.headers.get("Authorization", "")
    numbers = range(1, len(stage.trustees) + 1)
    return next((one for one in numbers if header == f"Seat {secret_of(one)}"), None)


@csrf_exempt
def asked(request: HttpRequest, what: str) -> HttpResponse:
    if stage.is_away:
        return HttpResponse("<p>Bad gateway</p>", status=502)
    number = _number(request)
    if number is None:
        return JsonResponse({"code": "seat", "message": "No such seat."}, status=403)
    with _lock:
        return _answer(request, what, number)


def _answer(request: HttpRequest, what: str, number: int) -> HttpResponse:
    if what == "seat":
        return JsonResponse(stage.seat(number))
    body = json.loads(request.body)
    if what == "ceremony":
        stage.take(number, body["step"], body["message"])
    else:
        stage.held.add(number)
        stage.append("share-held", {"trustee": number} | body)
    return JsonResponse({})


def checkpoint(request: HttpRequest) -> HttpResponse:
    with _lock:
        return HttpResponse(stage.board.signed().octets(), content_type="text/plain")


def tile(request: HttpRequest, name: str) -> HttpResponse:
    with _lock:
        octets = stage.board.files[read_path(f"tile/{name}").path]
    return HttpResponse(octets, content_type="application/octet-stream")


urlpatterns = [
    path(f"trustee/{SLUG}/", page),
    *(
        path(f"trustee/{SLUG}/{what}", asked, {"what": what})
        for what in ("seat", "ceremony", "held")
    ),
    path(f"board/{SLUG}/checkpoint", checkpoint),
    path(f"board/{SLUG}/tile/<path:name>", tile),
]
