"""What stands behind the booth in its own tests: Django with its real middleware, and one desk.

The desk takes the place of the roll and the box. It answers as the two addresses of the booth do,
checks what it is sent with the sealing core, and keeps it for the test to look at.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from btclib_secp256k1 import ssa
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from ballot.canonical import XofRng, transcript_hash
from ballot.sealing import ballot as ballots
from ballot.sealing import challenge as challenges
from ballot.sealing import codes, native
from ballot.sealing.native import ORDER
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.setting import Setting

ELECTION_ID = bytes.fromhex("0f1e2d3c4b5a69788796a5b4c3d2e1f0")
FINGERPRINT = bytes(range(32))
SECRET = 0x5EA1  # The election's key, so that a test can open what the booth sealed.
LEADER = ("Ada Okoro", "Jin Chun", "Mair Puw", "Sam O’Neill", "Tamsin Vale")
DEPUTY = ("Ruth Adeyemi", "Owen Pryce")
STATEMENT = (
    "I have knocked on doors in every weather and I will go on doing it.\n\n"
    "We win when we say plainly what we would do, and then do it."
)


def contest(code: str, title: str, names: tuple[str, ...], **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "title": title,
        "description": "",
        "is_plurality": False,
        "preferences": len(names),
        "candidate_count": len(names),
        "has_ron": False,
        "order_sentence": "The names are in an order drawn by lot.",
        "candidates": [
            {
                "position": position,
                "name": name,
                "statement": STATEMENT,
                "photo_url": "" if position == 1 else f"/photo/{position}.png",
                "is_ron": False,
            }
            for position, name in enumerate(names)
        ],
        **more,
    }


LEADER_CONTEST = contest("leader", "Leader", LEADER)
DEPUTY_CONTEST = contest("deputy", "Deputy leader", DEPUTY, is_plurality=True, preferences=1)


@dataclass
class Desk:
    """One election with one elector, and everything the booth sent."""

    contests: list[dict[str, Any]] = field(default_factory=lambda: [LEADER_CONTEST])
    is_open: bool = True
    state: dict[str, Any] = field(default_factory=dict)
    cast_answers: list[HttpResponse | str] = field(default_factory=list)
    posted: list[bytes] = field(default_factory=list)
    challenge_answers: list[HttpResponse] = field(default_factory=list)
    opened_texts: list[str] = field(default_factory=list)
    identified: list[dict[str, str]] = field(default_factory=list)
    code: str = field(init=False)
    setting: Setting = field(init=False)

    def __post_init__(self) -> None:
        self.code = codes.make_code(rng=XofRng(b"the elector of the booth's tests"))
        self.setting = Setting(FINGERPRINT, native.write_point(native.base_times(SECRET)))

    @property
    def shown_code(self) -> str:
        return codes.show_code(self.code)

    @property
    def checked(self) -> ballots.SealedBallot:
        """The last ballot posted, once it has passed every check of the intake."""
        return ballots.check_ballot(
            self.posted[-1],
            setting=self.setting,
            contests=[each["code"] for each in self.contests],
            section="members",
        )

    @property
    def spaces(self) -> list[RankingSpace]:
        return [RankingSpace(each["candidate_count"], each["preferences"])
                for each in self.contests]

    @property
    def challenged(self) -> tuple[challenges.PaperOpening, challenges.RemadePaper]:
        """The last opening posted, and the paper made again from it."""
        opening = challenges.read_opening(
            self.opened_texts[-1], setting=self.setting, spaces=self.spaces
        )
        codes_of = [each["code"] for each in self.contests]
        paper = challenges.make_again(opening, setting=self.setting, contests=codes_of)
        return opening, paper

    def opened(self) -> list[tuple[int, ...]]:
        """The rankings in the last ballot posted: what the elector's device really sealed."""
        rankings = []
        for space, vote in zip(self.spaces, self.checked.votes, strict=True):
            masked = native.times(native.read_point(vote.c1), ORDER - SECRET)
            opened = native.add(native.read_point(vote.c2), masked)
            points = {native.base_times(index + 1): index for index in range(space.size)}
            rankings.append(space.ranking(points[opened]))
        return rankings

    def booth(self) -> dict[str, Any]:
        return {
            "title": "Leadership election 2026",
            "is_open": self.is_open,
            "closed_sentence": "The poll opens on Monday 30 November 2026 at 9 am.",
            "result_sentence": "",
            "election_url": "/elections/leader/",
            "closes_at_text": "Friday 11 December 2026 at 12 noon",
            "election_id": ELECTION_ID.hex(),
            "fingerprint": FINGERPRINT.hex(),
            "public_key": self.setting.key.hex(),
            "identify_url": "/vote/leader/identify",
            "confirm_url": "/vote/leader/confirm",
            "cast_url": "/vote/leader/cast",
            "challenge_url": "/vote/leader/challenge",
            "check_url": "https://scrutineer.example/check/leader/",
            "is_checked_elsewhere": True,
            "reissue_url": "/roll/",
            "receipt_url": "/board/leader/",
            "helped_routes": [
                {"text": "Ring 0800 496 0123 and ask for a postal paper.", "url": ""},
                {"text": "Vote on a supervised device at any office.", "url": "/help/"},
            ],
            "contests": self.contests,
        }


standing = SimpleNamespace(desk=None)


def vote(request: HttpRequest) -> HttpResponse:
    return render(request, "ballot/booth.html", {"booth": standing.desk.booth()})


@require_POST
@csrf_protect
def identify(request: HttpRequest) -> HttpResponse:
    asked = json.loads(request.body)
    standing.desk.identified.append(asked)
    credential = bytes.fromhex(asked["credential"])
    message = transcript_hash("identify", ELECTION_ID, credential)
    assert ssa.verify(message, credential, bytes.fromhex(asked["signature"]))
    if standing.desk.state:
        return JsonResponse(standing.desk.state)
    ours = codes.voting_key(standing.desk.code, election_id=ELECTION_ID).credential
    if credential != ours:
        return JsonResponse({"state": "unknown"})
    return JsonResponse(
        {
            "state": "ready",
            "elector": "J. Smith, number ending 431",
            "section": "members",
            "section_name": "Members",
            "unit": "",
        }
    )


@require_POST
@csrf_protect
def confirm(request: HttpRequest) -> HttpResponse:
    assert standing.desk.state["state"] == "waiting"
    standing.desk.state = {}
    return identify(request)


@require_POST
@csrf_protect
def cast(request: HttpRequest) -> HttpResponse:
    standing.desk.posted.append(request.body)
    planned = standing.desk.cast_answers.pop(0) if standing.desk.cast_answers else "receipt"
    if isinstance(planned, HttpResponse):
        return planned
    it = standing.desk.checked
    tracker = ballots.tracker_hash(it.credential, it.votes, setting=standing.desk.setting)
    return JsonResponse(
        {
            "tracker": tracker.hex(),
            "cast_at_text": "Monday 30 November 2026 at 10:42",
            "signed": f"hustings/v1/receipt\nexample.org/board/leader\n{tracker.hex()}\n",
        }
    )


@require_POST
@csrf_protect
def challenge(request: HttpRequest) -> HttpResponse:
    asked = json.loads(request.body)
    standing.desk.opened_texts.append(asked["opening"])
    if standing.desk.challenge_answers:
        return standing.desk.challenge_answers.pop(0)
    return JsonResponse({"tracker": standing.desk.challenged[1].tracker.hex()})


def photo(request: HttpRequest, number: int) -> HttpResponse:
    from io import BytesIO

    from PIL import Image

    held = BytesIO()
    Image.new("RGB", (176, 176), (90 + 30 * number, 110, 160 - 20 * number)).save(held, "PNG")
    return HttpResponse(held.getvalue(), content_type="image/png")


urlpatterns = [
    path("vote/leader/", vote),
    path("vote/leader/identify", identify),
    path("vote/leader/confirm", confirm),
    path("vote/leader/cast", cast),
    path("vote/leader/challenge", challenge),
    path("photo/<int:number>.png", photo),
]
