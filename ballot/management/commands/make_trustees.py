"""Make the election's key with its trustees, and a share file for each.

Run where the trustees are together, on a machine that is theirs: the shares are made in this
process's memory, written encrypted under each trustee's passphrase, and nowhere else. Whoever
controls this machine during the ceremony could read them; a ceremony in which each trustee works
on a machine of their own is described in docs/spec/sealing.md.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ballot.management.trusted import ask_passphrase, election_named, refusals_as_errors
from ballot.sealing.ceremony import make_key
from ballot.sealing.errors import SealingError
from ballot.sealing.messages import Ceremony
from ballot.sealing.sharefile import open_share, seal_share
from ballot.services.set_key import set_key


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
        names = tuple(name.strip() for name in options["trustees"].split(","))
        out: Path = options["out"]
        try:
            key, shares = make_key(
                Ceremony(election.public_id.bytes, names, options["quorum"]), rng=os.urandom
            )
        except SealingError as refused:
            raise CommandError(f"No key was made ({refused.condition}).") from refused
        out.mkdir(parents=True, exist_ok=True)
        files = [out / f"{election.slug}-trustee-{share.number}.share" for share in shares]
        if taken := [file for file in files if file.exists()]:
            raise CommandError(f"{taken[0]} is there already. Give another folder.")
        for name, share, file in zip(names, shares, files, strict=True):
            passphrase = ask_passphrase(name, twice=True)
            sealed = seal_share(share, passphrase=passphrase, rng=os.urandom)
            # Read back before the key is published: a share that does not open is no share.
            if open_share(sealed, passphrase=passphrase) != share:
                raise CommandError(f"The share of {name} does not read back. Start again.")
            file.touch(mode=0o600)
            file.write_bytes(sealed)
            self.stdout.write(f"Share {share.number} of {name}: {file}")
        with refusals_as_errors():
            set_key(election.pk, key=key, by=None, now=timezone.now())
        self.stdout.write(
            f"The key is on the board. Any {options['quorum']} of {len(names)} trustees open the "
            "box. Give each trustee their file and a copy of it, and remove them from here."
        )
