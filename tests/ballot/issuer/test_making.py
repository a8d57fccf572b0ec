"""`python -m ballot.issuer init` and `make`: keys, codes, and what rests in the folder."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings

from ballot.issuance.errors import FileRefused
from ballot.issuance.keys import read_keys
from ballot.issuer.__main__ import KEYS_FILE
from ballot.issuer.folder import open_folder
from ballot.issuer.outbox import Outbox
from ballot.issuer.store import opened
from ballot.sealing.codes import voting_key
from ballot.sealing.issuing import check_list
from tests.ballot.issuer.files import PARTICULARS, card_of, contact, given_list
from tests.ballot.issuer.outside import PASSPHRASE, Outside

ELECTION = PARTICULARS.election


def keys_of(outside: Outside) -> dict[bytes, bytes]:
    """pseudonym → credential, as the file for the officer has it."""
    rows = read_keys((outside.folder / KEYS_FILE).read_bytes()).rows.tobytes()
    return {rows[at : at + 16]: rows[at + 16 : at + 48] for at in range(0, len(rows), 48)}


def codes_of(outside: Outside) -> dict[bytes, str]:
    """pseudonym → the newest code that waits in a letter."""
    secrets = open_folder(outside.folder, passphrase=PASSPHRASE)
    with opened(outside.folder / "codes.sqlite", key=secrets.stores) as store:
        return {one.contact.pseudonym: one.code for one in Outbox(store).waiting(most=1000)}


def test_the_program_needs_no_framework() -> None:
    program = "import sys; sys.modules['django'] = None; import ballot.issuer.__main__"

    done = subprocess.run([sys.executable, "-c", program], cwd=settings.BASE_DIR, check=False)

    assert done.returncode == 0


def test_everybody_on_the_list_gets_a_code_whose_key_is_signed(
    outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    outside.init()

    assert outside.run("make", given_list(outside, [contact(n) for n in range(5)])) == 0

    keys = read_keys((outside.folder / KEYS_FILE).read_bytes())
    assert keys.election == ELECTION and keys.issuer == card_of(outside).key
    assert [(one.section, one.credentials) for one in keys.sections] == [
        ("member", 3), ("youth", 2),
    ]  # fmt: skip
    made = keys_of(outside)
    for one in keys.sections:
        mine = sorted(made[contact(n).pseudonym] for n in range(5)
                      if contact(n).section == one.section)  # fmt: skip
        check_list(ELECTION, one.section, b"".join(mine), one.signature, issuer=keys.issuer)
    for pseudonym, code in codes_of(outside).items():
        assert voting_key(code, election_id=ELECTION).credential == made[pseudonym]
    assert "5 electors, 5 codes made now" in capsys.readouterr().out


def test_a_list_made_anew_keeps_the_codes_that_exist(
    outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    outside.init()
    outside.run("make", given_list(outside, [contact(n) for n in range(4)]))
    before = keys_of(outside)
    capsys.readouterr()

    moved = contact(3, email="elsewhere@example.org")
    again = [contact(1), contact(2), moved, contact(4)]
    assert outside.run("make", given_list(outside, again)) == 0

    after = keys_of(outside)
    assert set(after) == {contact(n).pseudonym for n in (1, 2, 3, 4)}
    assert all(after[key] == before[key] for key in set(after) & set(before))
    said = capsys.readouterr().out
    assert "4 electors, 1 codes made now" in said
    assert "1 have another address, and 1 are not on it any more" in said
    # Who is on the list no more is sent nothing.
    assert set(codes_of(outside)) == set(after)


def test_nothing_in_the_folder_shows_a_code_a_name_or_an_address(outside: Outside) -> None:
    outside.init()
    outside.run("make", given_list(outside, [contact(n) for n in range(5)]))

    everything = b"".join(path.read_bytes() for path in outside.folder.iterdir())
    assert contact(1).pseudonym in everything
    for secret in ("Fallowes", "example.org", "High Street", *codes_of(outside).values()):
        assert secret.encode() not in everything
    for path in outside.folder.iterdir():
        assert path.name.startswith("codes.sqlite-") or path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"issuer": bytes(31) + b"\x01"}, "issuer-list.other-key"),
        ({"lines": 4}, "issuer-file.form"),
        ({"lines": 6}, "issuer-file.form"),
        ({"particulars": replace(PARTICULARS, reissue="https://elsewhere.example/")},
         "issuer-file.address"),
        ({"particulars": replace(PARTICULARS, title="")}, "issuer-file.form"),
    ],
)  # fmt: skip
def test_a_list_that_is_not_what_it_says_makes_no_code(
    outside: Outside, capsys: pytest.CaptureFixture[str], change: dict[str, object], code: str
) -> None:
    outside.init()
    people = [contact(n) for n in range(5)]

    assert outside.run("make", given_list(outside, people, **change)) == 1  # type: ignore[arg-type]

    assert f"({code})" in capsys.readouterr().err
    assert codes_of(outside) == {}
    assert outside.run("make", given_list(outside, people)) == 0
    assert len(codes_of(outside)) == 5


@pytest.mark.parametrize("name", ["election", "booth", "notice"])
def test_a_later_list_of_another_election_or_with_links_elsewhere_is_refused(
    outside: Outside, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    outside.init()
    people = [contact(n) for n in range(3)]
    outside.run("make", given_list(outside, people))
    other: object = bytes(16) if name == "election" else "https://votes.example/other/"

    changed = replace(PARTICULARS, **{name: other})  # type: ignore[arg-type]
    assert outside.run("make", given_list(outside, people, particulars=changed)) == 1

    assert "(issuer-list.other-election)" in capsys.readouterr().err
    later = replace(PARTICULARS, closes="Tuesday")
    assert outside.run("make", given_list(outside, people, particulars=later)) == 0


def test_a_list_that_names_somebody_twice_or_was_cut_or_changed_makes_no_code(
    outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    outside.init()
    people = [contact(n) for n in range(3)]
    whole = given_list(outside, people)
    cut = outside.folder.parent / "cut.bin"
    cut.write_bytes(whole.read_bytes()[:-1])

    assert outside.run("make", given_list(outside, [*people, people[0]], name="twice.bin")) == 1
    assert "(issuer-list.twice)" in capsys.readouterr().err
    assert outside.run("make", cut) == 1
    assert "(issuer-file.closed)" in capsys.readouterr().err
    assert codes_of(outside) == {}
    assert outside.run("make", whole) == 0


def test_a_wrong_passphrase_a_short_one_and_a_folder_in_use_are_refused(
    outside: Outside, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert outside.run("init", "--name", "Ines", passphrase="eleven char") == 1
    assert "(issuer-folder.passphrase-short)" in capsys.readouterr().err
    outside.init()
    assert outside.run("init", "--name", "Ines") == 1
    assert "(issuer-folder.taken)" in capsys.readouterr().err
    assert outside.run("status", passphrase="another passphrase") == 1
    assert "(issuer-folder.passphrase)" in capsys.readouterr().err
    secrets = open_folder(outside.folder, passphrase=PASSPHRASE)
    with opened(outside.folder / "codes.sqlite", key=secrets.stores):
        assert outside.run("status") == 1
    assert "(issuer-folder.busy)" in capsys.readouterr().err
    assert outside.run("status") == 0
    with pytest.raises(FileRefused, match=r"issuer-folder\.none"):
        open_folder(tmp_path, passphrase=PASSPHRASE)


def test_a_code_that_is_moved_to_another_electors_row_does_not_open(outside: Outside) -> None:
    outside.init()
    outside.run("make", given_list(outside, [contact(n) for n in range(2)]))
    path = outside.folder / "codes.sqlite"
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT id, code FROM code ORDER BY id").fetchall()
        for (letter_id, _), (_, other) in zip(rows, reversed(rows), strict=True):
            connection.execute("UPDATE code SET code = ? WHERE id = ?", [other, letter_id])
    connection.close()

    secrets = open_folder(outside.folder, passphrase=PASSPHRASE)
    with opened(path, key=secrets.stores) as store, pytest.raises(InvalidTag):
        Outbox(store).waiting(most=10)
