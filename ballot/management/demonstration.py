"""The demonstration: a party that does not exist, with a contest declared and a contest open.

Everything goes through the services of a real election, by the demonstration's own staff. It is
made once; what it leaves for the person who tries it (passwords, TOTP secrets, voting links) is
kept in var/demonstration.json, readable by its owner alone.
"""

from __future__ import annotations

import io
import json
import os
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from PIL import Image, ImageDraw, ImageFont

from ballot.management.demonstration_nominations import take_nominations_of_2016
from ballot.models import Election
from ballot.rehearsal_steps import acts_after_poll, import_list, keys_in_letters
from ballot.sealing.bulk import seal_ballots
from ballot.sealing.codes import show_code
from ballot.selectors import contest_codes, contested, ranking_space, setting_of
from ballot.served_software import served_software
from ballot.services.cast_ballot import cast_ballot
from ballot.services.codes import PURPOSE as CODES
from ballot.services.codes import issue_codes
from ballot.services.freeze_roll import freeze_roll
from ballot.services.held_shares import hold_ceremony
from ballot.services.open_poll import open_poll
from ballot.services.polls import poll_at
from ballot.services.publish_candidates import publish_candidates
from ballot.services.publish_notice import publish_notice
from ballot.services.set_up import create_election, edit_election
from ballot.services.set_up_candidate import add_candidate
from ballot.services.set_up_contest import add_contest
from members.services import save_rules
from office.enclosure import open_enclosure
from office.permissions import Role
from office.services.staff import make_staff

SAMPLE: Final = Path(settings.BASE_DIR) / "demonstration" / "sample-members.csv"
KEPT: Final = Path(settings.VAR_DIR) / "demonstration.json"
TRUSTEES: Final = ("Trustee A (held by the server)", "Trustee B (held by the server)",
                   "Trustee C (held by the server)")
HELPED: Final = (
    "Ring the membership office on 0800 000 000 for a postal paper, or vote on the device at the "
    "party's office, where somebody shows you how and nobody sees your choice."
)

STAFF: Final = (
    ("officer.one@hustings.invalid", "Ruth Adeyemi", Role.RETURNING_OFFICER),
    ("officer.two@hustings.invalid", "Gareth Pugh", Role.RETURNING_OFFICER),
    ("membership@hustings.invalid", "Moira Kerr", Role.MEMBERSHIP_ADMINISTRATOR),
    ("observer@hustings.invalid", "Dev Anand Rao", Role.OBSERVER),
)

LEADER: Final = (
    ("Amara Okafor", "A party that listens wins. I will put members' decisions first and publish "
                     "how every one of them was carried out."),
    ("Tom Hartley", "Steady hands, plain words. I have led a council through hard years and left "
                    "it solvent."),
    ("Siân Rees", "From the valleys to the coast: homes, buses and a fair wage. I will make the "
                  "case in every town we lost."),
    ("Priya Nair", "Science and schools. I will build the team that can govern, and bring back "
                   "those who left."),
    ("Jo Fairweather", "Let us stop shouting. I will mend this party first and the country next."),
)
DEPUTY: Final = (
    ("Bola Adebayo", "Branches first: a named officer and a budget for each."),
    ("Hugh Mackenzie", "I will chair fairly, and say no when it is needed."),
    ("Catrin Powell", "Training for every candidate, paid for and on time."),
    ("Imran Sheikh", "Turnout is won on doorsteps. I have knocked on forty thousand."),
)
DEPUTY_PAPERS: Final = 347
SHADES: Final = ((34, 87, 122), (122, 62, 34), (60, 110, 60), (96, 60, 122), (140, 90, 20))


@dataclass(frozen=True, slots=True)
class WayIn:
    """How a member of the demonstration's staff signs in."""

    name: str
    role: str
    email: str
    password: str
    totp_secret: str


def ways_in() -> dict[str, Any]:
    """What was left when the demonstration was made, or nothing."""
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def is_made() -> bool:
    """Whether this database holds the demonstration and its ways in are kept."""
    return Election.objects.filter(demonstration=True).exists() and bool(ways_in())


def make(say: Callable[[str], None]) -> None:
    """Make the whole demonstration, or nothing of it."""
    with transaction.atomic():
        staff = _staff()
        officers = (staff[0][0], staff[1][0])
        say("importing the sample list of members")
        _import_list(by=staff[2][0])
        say("running a small contest to its declaration")
        _declared_contest(officers)
        say("opening a contest to vote in")
        election = _open_contest(officers)
        say("taking the nominations of 2016")
        shown = take_nominations_of_2016(helped_routes=HELPED, by=officers[0], now=_now())
    ways = {"staff": [asdict(way) for _, way in staff], **election, "nominations": shown}
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.touch(mode=0o600)
    KEPT.write_text(json.dumps(ways, indent=1))


def _staff() -> list[tuple[int, WayIn]]:
    made = []
    for email, name, role in STAFF:
        new = make_staff(email, name, role)
        way = WayIn(name, role.value, email, new.password, new.totp_secret)
        made.append((new.person.pk, way))
    return made


def _import_list(*, by: int) -> None:
    import_list(iter([SAMPLE.read_bytes()]), file_name=SAMPLE.name, by=by, now=_now())


def _now() -> datetime:
    return datetime.now(UTC)


def _frozen(
    officers: tuple[int, int],
    *,
    title: str,
    post: str,
    candidates: tuple[tuple[str, str], ...],
    days: int,
    summary: str,
) -> Election:
    """An election from its set-up to the codes, ready to be opened."""
    first, second = officers
    now = _now()
    rules = save_rules(
        title,
        body={
            "format": 1, "joined_by": (now - timedelta(days=180)).date().isoformat(),
            "paid_up_on": None, "standings": ["good"], "minimum_age": 14,
            "age_on": now.date().isoformat(), "sections": ["member", "affiliated", "registered"],
            "units": [],
        },
        by=first,
        now=now,
    )
    election_id = create_election(title=title, party=settings.PARTY_NAME, by=first, now=now)
    Election.objects.filter(pk=election_id).update(demonstration=True)
    edit_election(
        election_id, by=first, now=now, returning_officer="Ruth Adeyemi", rules_id=rules,
        helped_routes=HELPED, summary=summary, opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(days=days),
    )
    contest_id = add_contest(election_id, title=post, method="av", by=first, now=now)
    for number, (name, statement) in enumerate(candidates):
        add_candidate(contest_id, name=name, statement=statement, photo=_portrait(name, number),
                      by=first, now=now)
    publish_notice(election_id, by=first, now=now)
    publish_candidates(election_id, by=first, now=now)
    freeze_roll(election_id, by=first, seconded_by=second, now=now)
    hold_ceremony(election_id, trustees=TRUSTEES, quorum=2, by=first, now=now)
    issue_codes(election_id, by=first, now=now)
    return Election.objects.get(pk=election_id)


def _portrait(name: str, number: int) -> bytes:
    """A picture in place of a photograph: nobody's face, the candidate's initials."""
    picture = Image.new("RGB", (480, 480), SHADES[number % len(SHADES)])
    initials = "".join(word[0] for word in name.split()[:2])
    font = ImageFont.load_default(size=200)
    ImageDraw.Draw(picture).text((240, 240), initials, fill="white", font=font, anchor="mm")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _open(election: Election, officers: tuple[int, int]) -> Election:
    open_poll(election.pk, software=served_software(), by=officers[0], seconded_by=officers[1],
              now=_now())
    return Election.objects.get(pk=election.pk)


def _open_contest(officers: tuple[int, int]) -> dict[str, Any]:
    """The contest to vote in; returns its slug, and three electors with the paths to vote at."""
    election = _frozen(
        officers, title="Leader 2026", post="Leader", candidates=LEADER, days=14,
        summary="The members, affiliated supporters and registered supporters elect the leader.",
    )
    electors = voting_paths(election, 3)
    _open(election, officers)
    return {"election": election.slug, "electors": electors}


def voting_paths(election: Election, wanted: int) -> list[dict[str, str]]:
    """The first electors' paths to the booth, their codes read from their sealed letters.

    Paths, and not links: the next start may be at another address.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.recipient, l.attempt, l.enclosure, r.given_name || ' ' || r.family_name"
            " FROM office_letter l JOIN members_rollentry r ON r.public_id::text = l.recipient"
            " WHERE l.purpose = %s AND r.roll_id = %s ORDER BY r.number LIMIT %s",
            [CODES, election.roll_id, wanted],
        )
        rows = cursor.fetchall()
    return [
        {
            "name": name,
            "path": f"/vote/{election.slug}/#" + show_code(
                open_enclosure(
                    enclosure, purpose=CODES, recipient=recipient, attempt=attempt
                ).decode()
            ),
        }
        for recipient, attempt, enclosure, name in rows
    ]


def _declared_contest(officers: tuple[int, int]) -> None:
    """A contest that has run its course, so that there is a result to look at."""
    election = _frozen(
        officers, title="Deputy leader 2025", post="Deputy leader", candidates=DEPUTY, days=7,
        summary="A contest that is over, to show what a declared result looks like.",
    )
    keys = {
        section: keys_in_letters(election, section, DEPUTY_PAPERS, 1)
        for section in ("member", "affiliated", "registered")
    }
    election = _open(election, officers)
    _cast_papers(election, keys)
    for _, act in acts_after_poll(election, officers):
        act()


def _cast_papers(election: Election, keys: dict[str, np.ndarray]) -> None:
    """Cast papers with made-up preferences: always the same ones, and a few of them blank."""
    drawn = random.Random(2025)  # noqa: S311 - made-up preferences, not a secret.
    (contest,) = contested(election)
    space = ranking_space(contest)
    poll = poll_at(election.slug)
    for section, secrets in keys.items():
        voting = secrets[: int(len(secrets) * 0.7)]
        choices = [space.index(_preferences(drawn, len(DEPUTY))) for _ in voting]
        wires = seal_ballots(
            np.array(choices, dtype=np.uint32).reshape(-1, 1), setting=setting_of(election),
            contests=contest_codes(election), section=section, secrets=voting, rng=os.urandom,
        )
        for row in wires:
            cast_ballot(poll, wire=row.tobytes())


def _preferences(drawn: random.Random, candidates: int) -> list[int]:
    if drawn.random() < 0.01:
        return []
    order = sorted(range(candidates), key=lambda one: drawn.random() ** (1.4 - 0.15 * one))
    return order[: drawn.randint(1, candidates)]
