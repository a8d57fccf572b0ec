"""Making the codes of a list, and the file of their public halves for the server.

Spec: issuer §3 and §5.  Who has a code keeps it: a list made anew only adds those it names newly.
Nothing is kept unless all of the list was read, and of a list that does not say the truth about its
length, nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from ballot.issuance.errors import FileRefused
from ballot.issuance.keys import SignedSection, keys_head
from ballot.issuance.lists import Contact, Opened, Particulars
from ballot.issuer.folder import Secrets
from ballot.issuer.store import CHUNK, Code, Made, Store
from ballot.sealing.codes import credentials_of, make_codes
from ballot.sealing.issuing import list_message, sign_issue
from ballot.sealing.workers import Progress

T = TypeVar("T")
FIRST: Final = 1


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What came of a list: who is on it, for how many a code was made, whose address is another
    than in the list before, and how many of the list before are on it no more."""

    electors: int
    made: int
    moved: int
    gone: int


def make_of_list(
    store: Store,
    listed: Opened,
    *,
    secrets: Secrets,
    processes: int,
    progress: Progress,
) -> MadeOf:
    """Make a code for everybody on a list who has none.

    Raises: FileRefused: the list's own conditions; "issuer-list.other-key",
            "issuer-list.other-election", "issuer-list.twice".
    """
    require_same(store, listed, secrets=secrets)
    particulars, total = listed.head.particulars, listed.head.lines
    made = moved = done = 0
    with store.changing():
        before = store.listed()
        store.keep_particulars(particulars)
        store.begin_list()
        for contacts in _in_chunks(listed.contacts(), CHUNK):
            moved += sum(_has_moved(store, one) for one in contacts)
            store.keep_contacts(contacts)
            made += _make_for(
                store, contacts, election=particulars.election, processes=processes
            )
            done += len(contacts)
            progress(min(done, total), total)
        electors = store.listed()
        if electors != total:
            raise _twice()
    return MadeOf(electors, made, moved, max(before + made - electors, 0))


def require_same(store: Store, file: Opened, *, secrets: Secrets) -> None:
    """Refuse a file for another issuer's key, of another election, or with addresses elsewhere.

    A folder serves one election, at the addresses that its first list named: whoever could name
    others later could have every code sent to a page of their own.
    """
    if file.head.issuer != secrets.signs.public:
        raise FileRefused(
            "issuer-list.other-key",
            "This file names another issuer's key than yours. Let the returning officer compare "
            "the card in the set-up with yours.",
        )
    kept, given = store.particulars(), file.head.particulars
    if kept is not None and _fixed(kept) != _fixed(given):
        raise FileRefused(
            "issuer-list.other-election",
            "This file is of another election than the list before, or leads to another address. "
            "Nothing was taken from it. A folder serves one election; if the address changed, ask "
            "the returning officer why before you do anything.",
        )


def _fixed(particulars: Particulars) -> tuple[bytes, str, str, str]:
    return (
        particulars.election, particulars.booth, particulars.notice, particulars.reissue,
    )  # fmt: skip


def _has_moved(store: Store, contact: Contact) -> bool:
    before = store.contact(contact.pseudonym)
    return before is not None and before.goes_to != contact.goes_to


def _make_for(
    store: Store, contacts: list[Contact], *, election: bytes, processes: int
) -> int:
    """Make and keep the codes of those of a chunk who have none; return how many."""
    pseudonyms = [one.pseudonym for one in contacts]
    if len(set(pseudonyms)) < len(pseudonyms):
        raise _twice()
    known = store.known(pseudonyms)
    without = [one for one in pseudonyms if one not in known]
    codes = make_codes(len(without), rng=os.urandom)
    credentials = credentials_of(codes, election_id=election, processes=processes).tobytes()
    store.keep_codes(
        Code(pseudonym, FIRST, credentials[32 * at : 32 * at + 32], code, Made.FIRST)
        for at, (pseudonym, code) in enumerate(zip(without, codes, strict=True))
    )
    return len(without)


def keys_file(store: Store, *, secrets: Secrets) -> Iterator[bytes]:
    """Give the file of keys for the server: the signatures (45) by section, and the rows."""
    particulars = store.particulars()
    if particulars is None:
        raise FileRefused("issuer-list.none", "No list was read yet: there is no code.")
    sections = []
    for section, credentials in store.credentials_listed().items():
        message = list_message(particulars.election, section, credentials)
        signature = sign_issue(message, key=secrets.signs, rng=os.urandom)
        sections.append(SignedSection(section, len(credentials) // 32, signature))
    yield keys_head(
        election=particulars.election, issuer=secrets.signs.public, sections=sections
    )
    yield store.rows_listed()


def _twice() -> FileRefused:
    return FileRefused("issuer-list.twice", "In this list an elector stands twice.")


def _in_chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
