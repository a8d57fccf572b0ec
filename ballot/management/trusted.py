"""What the trustees' and mixers' commands share: the election, the share file, the passphrase."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError

from ballot.models import Election
from ballot.sealing.errors import SealingError
from ballot.sealing.keys import KeyShare
from ballot.sealing.sharefile import SHORTEST_PASSPHRASE, open_share
from office.refusal import Refusal

_WHAT_TO_DO = {
    "opening.share": "This share is not one of this election's key. Give the share file that this "
    "trustee was given for this election.",
}
_KEEP_IT = (
    "What was given or stored does not pass its check, and nothing was taken. Keep the files as "
    "they are, and tell the returning officer what stands in brackets."
)


def election_named(slug: str) -> Election:
    """The election of a slug, or an error that names those there are."""
    election = Election.objects.filter(slug=slug).first()
    if election is None:
        known = ", ".join(Election.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no election “{slug}”. There are: {known}.")
    return election


def ask_passphrase(who: str) -> str:
    """Ask at the terminal, unseen; without one, take the next line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(f"Passphrase of {who}: ")
    return sys.stdin.readline().rstrip("\n")


def ask_new_passphrase(who: str) -> str:
    """Ask for a passphrase to be set: at a terminal twice, and anew until it will do."""
    while True:
        passphrase = ask_passphrase(who)
        if len(passphrase) < SHORTEST_PASSPHRASE:
            why = f"A passphrase has at least {SHORTEST_PASSPHRASE} characters."
        elif sys.stdin.isatty() and getpass.getpass("The same again: ") != passphrase:
            why = "The two are not the same."
        else:
            return passphrase
        if not sys.stdin.isatty():
            raise CommandError(f"{why} Nothing was written.")
        print(f"{why} Type it anew.", file=sys.stderr)


def read_share(path: Path) -> KeyShare:
    """Open a trustee's share file with its passphrase."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        share = open_share(data, passphrase=ask_passphrase(path.name))
    except SealingError as refused:
        raise CommandError(
            f"{path} does not open ({refused.condition}): the passphrase is wrong, or the file is "
            "damaged. Try again, or use the trustee's copy."
        ) from refused
    if not isinstance(share, KeyShare):
        raise CommandError(f"{path} was kept before its ceremony ended: it holds no share yet.")
    return share


@contextmanager
def refusals_as_errors() -> Iterator[None]:
    """Show a refusal as the command's error, and what the sealing core refuses in words too."""
    try:
        yield
    except Refusal as refusal:
        raise CommandError(refusal.sentence) from refusal
    except SealingError as refused:
        words = _WHAT_TO_DO.get(refused.condition, _KEEP_IT)
        raise CommandError(f"{words} ({refused.condition})") from refused
