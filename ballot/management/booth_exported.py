"""The booth and the page that checks a device, as files that anybody can serve from elsewhere.

The same templates, scripts and styles as this server's own pages, so that `watch_booth` compares
them with the same opening entry. They are the same for every elector: what is this elector's is
asked of this server, by script, at the addresses that answer the origins of HUSTINGS_BOOTH_ORIGINS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static

from ballot.models import Candidate, Election
from ballot.served_software import FILES, served_files
from ballot.showing.booth import Booth, PaperCandidate, booth_of, check_page_of, photo_url

BESIDES: Final = ("images/mark.svg", "build/licences.txt")
"""What the pages show, and what their scripts were given on terms of."""
_WEBP: Final = ".webp"


class NothingToExport(Exception):
    """The poll is not open, so that there is no paper."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file: its path below the folder, with slashes, and its bytes."""

    path: str
    octets: bytes


def exported_files(elections: list[Election], *, now: datetime) -> Iterator[ExportedFile]:
    """Every file of an origin that serves these elections.

    Raises: NothingToExport, naming an election whose poll is not open; FileNotFoundError, a file
    that has not been built.
    """
    booths = [booth_of(election, now=now, is_exported=True) for election in elections]
    for election, booth in zip(elections, booths, strict=True):
        if not booth.is_open:
            raise NothingToExport(f"{election.slug}: {booth.closed_sentence}")
    for name, path in served_files((*FILES, *BESIDES)).items():
        yield ExportedFile(static(name).lstrip("/"), path.read_bytes())
    for election, booth in zip(elections, booths, strict=True):
        yield from _photographs(election)
        check = check_page_of(election, is_exported=True)
        yield _page(f"vote/{election.slug}", "ballot/booth.html", booth=_own_photographs(booth))
        yield _page(f"check/{election.slug}", "ballot/device_check.html", check=check)
    yield _page("", "ballot/exported.html", elections=elections)


def _page(folder: str, template: str, **given: Any) -> ExportedFile:
    # A request without a session or a cookie: the page is nobody's.
    page = render_to_string(
        template, {"site_origin": settings.ORIGIN, **given}, request=HttpRequest()
    )
    return ExportedFile(f"{folder}/index.html".lstrip("/"), page.encode())


def _photographs(election: Election) -> Iterator[ExportedFile]:
    rows = Candidate.objects.filter(contest__election=election, photo__isnull=False)
    for row in rows.order_by("pk"):
        url = photo_url(election, row.pk, has_photo=True)
        yield ExportedFile(f"{url.lstrip('/')}{_WEBP}", bytes(row.photo or b""))


def _own_photographs(booth: Booth) -> Booth:
    """The paper with its photographs under names by which a file server knows what they are."""
    contests = tuple(
        replace(contest, candidates=tuple(_own_photograph(one) for one in contest.candidates))
        for contest in booth.contests
    )
    return replace(booth, contests=contests)


def _own_photograph(candidate: PaperCandidate) -> PaperCandidate:
    url = candidate.photo_url
    return replace(candidate, photo_url=f"{url}{_WEBP}" if url else "")
