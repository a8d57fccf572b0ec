"""The notice of poll as it was published, and what its numbered amendments changed since.

Read from the board: a page and a print show what two officers, or the notice itself, put there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ballot.canonical import read_canonical
from ballot.models import Election, Entry
from ballot.published import board_key
from ballot.showing.hours import decided, timetable_now
from ballot.showing.notice_words import Part
from ballot.showing.sentences import PARTS
from ballot.times import in_zone
from office.pdf import Heading, QrCode, Text, make_document


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One thing that an amendment changed, as people read it."""

    part: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class AmendmentShown:
    """A numbered amendment."""

    number: int
    when: str
    reason: str
    changes: tuple[ChangeShown, ...]


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """The whole notice.

    timetable: as amended, and as decisions on the close left it.  is_decided: there were such.
    """

    published: str
    parts: tuple[Part, ...]
    timetable: tuple[str, ...]
    is_decided: bool
    amendments: tuple[AmendmentShown, ...]
    board_key: str


def notice_shown(election: Election) -> NoticeShown:
    """The notice of an election that has one."""
    entry = Entry.objects.get(election=election, number=0)
    notice = _read(entry)
    rows = election.entries.filter(kind="notice-amendment").order_by("number")
    return NoticeShown(
        published=_when(notice["at"], election.zone),
        parts=tuple(
            Part(one["heading"], tuple(one["paragraphs"])) for one in notice["content"]["words"]
        ),
        timetable=tuple(timetable_now(election)),
        is_decided=bool(decided(election)),
        amendments=tuple(_amendment(_read(row), election.zone) for row in rows),
        board_key=board_key(election).text(),
    )


def _read(entry: Entry) -> dict[str, Any]:
    read: Any = read_canonical(bytes(entry.body))
    return dict(read)


def _when(at: str, zone: str) -> str:
    return in_zone(datetime.fromisoformat(at), zone)


def _amendment(entry: dict[str, Any], zone: str) -> AmendmentShown:
    content = entry["content"]
    texts = [
        ChangeShown(PARTS[one["part"]], one["was"] or "nothing", one["becomes"] or "nothing")
        for one in content["texts"]
    ]
    hours = [
        ChangeShown(
            PARTS[one["part"]],
            _when(one["was"], zone) if one["was"] else "no date",
            _when(one["becomes"], zone),
        )
        for one in content["hours"]
    ]
    return AmendmentShown(
        content["number"], _when(entry["at"], zone), content["reason"], (*texts, *hours)
    )


def notice_pdf(election: Election, shown: NoticeShown, *, address: str) -> bytes:
    """The notice on paper: the same words as the page, with room for a signature.

    address: of the page, from which the newest state is read.
    """
    title = f"Notice of poll: {election.title}"
    parts: list[Heading | Text | QrCode] = [
        Heading(title),
        Text(f"Published on {shown.published}. {_states(shown)}"),
    ]
    for part in shown.parts:
        parts += [Heading(part.heading, 2), *map(Text, part.paragraphs)]
    for amendment in shown.amendments:
        parts += [Heading(f"Amendment {amendment.number}, of {amendment.when}", 2)]
        parts += [Text(f"{one.part}: {one.becomes}. It was: {one.was}.")
                  for one in amendment.changes]
        parts += [Text(f"The reason: {amendment.reason}")]
    if shown.is_decided:
        parts += [Heading("Timetable as it stands now", 2), *map(Text, shown.timetable)]
    parts += [
        Heading("The board’s key", 2),
        Text("Whoever checks this election compares this key with what the board names."),
        Text(shown.board_key),
        QrCode(shown.board_key),
        Text(f"The newest state of this notice: {address}"),
        Text(f"Signed by the returning officer, for the notice of {election.title} published on "
             f"{shown.published}:"),
    ]
    return make_document(parts, title=title)


def _states(shown: NoticeShown) -> str:
    count = len(shown.amendments)
    if not count:
        return "It has not been amended."
    times = "once" if count == 1 else f"{count} times"
    return f"It has been amended {times} since; where an amendment says otherwise, it counts."
