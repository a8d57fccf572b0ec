"""Make the election's key with its trustees, and a share file for each.

Run where the trustees are together, on a machine that is theirs: the shares are made in this
process's memory, written encrypted under each trustee's passphrase, and nowhere else. Whoever
controls this machine during the ceremony could read them; a ceremony in which each trustee works
on a machine of their own is described in docs/spec/sealing.md.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ballot.checklist import require_ready
from ballot.management.trusted import ask_new_passphrase, election_named, refusals_as_errors
from ballot.sealing.ceremony import make_key
from ballot.sealing.errors import SealingError
from ballot.sealing.keys import KeyShare
from ballot.sealing.messages import Ceremony
from ballot.sealing.sharefile import open_share, seal_share
from ballot.services.set_key import set_key
from office.refusal import Refusal


class Command(BaseCommand):
    """`python manage.py make_trustees SLUG --trustees "Ann Lee, Ben Ray" --quorum 2 --out DIR`"""

    help = "Make the election's key and a share file for each trustee."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("election", help="the election's slug, as in its address")
        parser.add_argument("--trustees", required=True, help="their names, with commas between")
        parser.add_argument("--quorum", type=int, required=True, help="how many open the box")
        parser.add_argument("--out", type=Path, required=True, help="where the share files go")

    def handle(self, **options: Any) -> None:
        election = election_named(options["election"])
        with refusals_as_errors():
            require_ready(election, "set_key", now=timezone.now())
        names = tuple(name.strip() for name in options["trustees"].split(","))
        out: Path = options["out"]
        try:
            key, shares = make_key(
                Ceremony(election.public_id.bytes, names, options["quorum"]), rng=os.urandom
            )
        except SealingError as refused:
            raise CommandError(f"No key was made ({refused.condition}).") from refused
        files = [out / f"{election.slug}-trustee-{share.number}.share" for share in shares]
        if taken := [file for file in files if file.exists()]:
            raise CommandError(f"{taken[0]} is there already. Give another folder.")
        # Every passphrase before the first file: a ceremony that is broken off leaves none.
        sealed = [_seal(name, share) for name, share in zip(names, shares, strict=True)]
        with refusals_as_errors(), _removed_if_refused() as written:
            out.mkdir(parents=True, exist_ok=True)
            for file, content in zip(files, sealed, strict=True):
                file.touch(mode=0o600, exist_ok=False)
                written.append(file)
                _write(file, content)
            set_key(election.pk, key=key, by=None, now=timezone.now())
        for name, share, file in zip(names, shares, files, strict=True):
            self.stdout.write(f"Share {share.number} of {name}: {file}")
        self.stdout.write(
            f"The key is on the board. Any {options['quorum']} of {len(names)} trustees open the "
            "box. Give each trustee their file and a copy of it, and remove them from here."
        )


def _seal(name: str, share: KeyShare) -> bytes:
    passphrase = ask_new_passphrase(name)
    sealed = seal_share(share, passphrase=passphrase, rng=os.urandom)
    # Read back before the key is published: a share that does not open is no share.
    if open_share(sealed, passphrase=passphrase) != share:
        raise CommandError(f"The share of {name} does not read back. Start again.")
    return sealed


def _write(file: Path, content: bytes) -> None:
    """Write a share to the disk before the key that needs it is published."""
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def _removed_if_refused() -> Iterator[list[Path]]:
    """Leave no share of a key that was refused, or of a set that could not be written whole.

    In these cases alone is it certain that the key is not on the board. After anything else, a
    connection lost at the commit for one, these may be its only shares: then they stay.
    """
    written: list[Path] = []
    try:
        yield written
    except (Refusal, OSError) as refused:
        for file in written:
            file.unlink()
        if isinstance(refused, OSError):
            why = refused.strerror
            raise CommandError(f"The share files cannot be written: {why}.") from refused
        raise
