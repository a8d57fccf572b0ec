"""`send` and `print`: each letter once, what is in doubt listed, the words of the server."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from ballot.issuance.lists import Kind
from ballot.issuer import printing
from ballot.issuer.folder import open_folder, write_whole
from ballot.issuer.outbox import Letter, Outbox
from ballot.issuer.sending import MailServer, Sender, send_letters
from ballot.issuer.store import opened
from tests.ballot.issuer.files import contact, given_list, given_requests, request
from tests.ballot.issuer.outside import PASSPHRASE, Outside, Post, code_in, text_of
from tests.ballot.issuer.test_making import codes_of


def made(outside: Outside, electors: int = 4) -> None:
    outside.init()
    people = [contact(n) for n in range(electors)]
    assert outside.run("make", given_list(outside, people)) == 0


def counts(outside: Outside) -> dict[str, int]:
    secrets = open_folder(outside.folder, passphrase=PASSPHRASE)
    with opened(outside.folder / "codes.sqlite", key=secrets.stores) as store:
        return Outbox(store).counts()


def test_everybody_with_an_address_is_sent_their_code_once_and_the_others_wait_for_print(
    outside: Outside, post: Post
) -> None:
    made(outside)
    codes = codes_of(outside)

    assert outside.send(post) == 0
    assert outside.send(post) == 0

    assert len(post.taken) == 3  # Elector 2 has no e-mail address.
    for number in (0, 1, 3):
        (mail,) = post.to(contact(number).email)
        text = text_of(mail)
        assert mail["Subject"] == "Leader 2026: your link to vote"
        assert "codes@issuer.example" in str(mail["From"])
        assert code_in(text).replace("-", "") == codes[contact(number).pseudonym]
        assert f"To {contact(number).name}" in text
        html = mail.get_body(("html",))
        assert html is not None and "https://votes.example/vote/leader-2026/#" in html.get_content()
        links = re.findall(r"https?://[^\s/]+", text)
        assert set(links) == {"https://votes.example"}
    assert counts(outside) == {"sent": 3, "waiting": 1}


def test_no_subject_and_no_header_carries_a_code(outside: Outside, post: Post) -> None:
    made(outside)
    codes = set(codes_of(outside).values())

    outside.send(post)

    for whole in post.taken:
        head = whole.split(b"\r\n\r\n")[0].decode()
        assert not any(code in head.replace("-", "") for code in codes)


def test_what_was_handed_over_when_the_connection_ended_is_in_doubt_and_not_sent_again_unasked(
    outside: Outside, post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    made(outside)
    post.hangs_up_at = 1

    assert outside.send(post) == 1
    assert "(issuer-mail.server)" in capsys.readouterr().err
    assert counts(outside) == {"sent": 1, "going": 1, "waiting": 2}
    post.hangs_up_at = None
    assert outside.send(post) == 1
    said = capsys.readouterr().err
    assert "(issuer-mail.in-doubt)" in said and contact(1).pseudonym.hex() in said
    assert len(post.taken) == 1

    assert outside.send(post, "--doubtful-again") == 0
    assert len(post.taken) == 3
    assert counts(outside) == {"sent": 3, "waiting": 1}


def test_who_says_that_the_doubtful_went_out_has_none_sent_again(
    outside: Outside, post: Post
) -> None:
    made(outside)
    post.hangs_up_at = 1
    outside.send(post)
    post.hangs_up_at = None

    assert outside.send(post, "--doubtful-went") == 0

    assert post.to(contact(1).email) == []
    assert counts(outside) == {"sent": 3, "waiting": 1}


def test_a_letter_has_the_same_message_id_whenever_it_is_sent(outside: Outside, post: Post) -> None:
    made(outside)
    outside.send(post)
    ids = {mail["Message-ID"] for mail in post.mails()}
    secrets = open_folder(outside.folder, passphrase=PASSPHRASE)
    with opened(outside.folder / "codes.sqlite", key=secrets.stores) as store:
        Outbox(store).mark([1, 2, 3, 4], Letter.WAITING)

    outside.send(post)

    assert len(ids) == 3 and {mail["Message-ID"] for mail in post.mails()} == ids
    assert not any(contact(n).pseudonym.hex() in one for n in range(4) for one in ids)


def test_what_the_mail_server_refuses_did_not_go_and_a_busy_one_is_tried_again(
    outside: Outside, post: Post
) -> None:
    made(outside)
    post.refuses = {contact(0).email: 550, contact(1).email: 451}

    assert outside.send(post) == 0
    assert counts(outside) == {"refused": 1, "sent": 1, "waiting": 2}
    post.refuses = {}
    assert outside.send(post) == 0

    assert counts(outside) == {"refused": 1, "sent": 2, "waiting": 1}


def test_a_sender_whom_the_mail_server_refuses_costs_nobody_their_letter(
    outside: Outside, post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    made(outside)
    post.sender_code = 550

    assert outside.send(post) == 1
    assert "(issuer-mail.sender)" in capsys.readouterr().err
    assert counts(outside) == {"waiting": 4}
    post.sender_code = 250
    assert outside.send(post) == 0

    assert counts(outside) == {"sent": 3, "waiting": 1}


def test_what_was_refused_is_printed_or_tried_again_and_only_the_newest_code(
    outside: Outside, post: Post
) -> None:
    made(outside)
    post.refuses = {contact(n).email: 550 for n in (0, 1, 3)}
    outside.send(post)
    again = given_requests(outside, [request(1, Kind.REISSUE, contact(0))])
    outside.run("answer", again)
    assert counts(outside) == {"refused": 3, "waiting": 2}
    post.refuses = {contact(3).email: 550}

    assert outside.send(post, "--refused-again") == 0
    (new,) = post.to(contact(0).email)
    assert new["Subject"] == "Leader 2026: a new link to vote"
    assert len(post.to(contact(1).email)) == 1
    assert counts(outside) == {"refused": 2, "sent": 2, "waiting": 1}
    assert outside.run("print") == 0

    (page,) = [path.read_text() for path in (outside.folder / "letters").iterdir()]
    assert contact(2).name in page and contact(3).name in page
    assert page.count('class="letter"') == 2
    assert counts(outside) == {"printed": 2, "refused": 1, "sent": 2}


@pytest.mark.parametrize("address", ["no address", "a@b.org\nBcc: c@d.org", "@"])
def test_what_is_no_address_is_refused_here(outside: Outside, post: Post, address: str) -> None:
    outside.init()
    people = [contact(0, email=address.replace("\n", " ")), contact(1)]
    outside.run("make", given_list(outside, people))

    outside.send(post)

    assert counts(outside) == {"refused": 1, "sent": 1}
    assert [str(mail["To"]) for mail in post.mails()] == [contact(1).email]


def test_codes_go_in_the_clear_to_no_other_machine(outside: Outside) -> None:
    made(outside)
    arguments = ("--host", "mail.example", "--security", "none", "--from", "codes@issuer.example")

    assert outside.run("send", *arguments) == 1

    assert counts(outside) == {"waiting": 4}


def test_letters_go_out_no_faster_than_is_said(outside: Outside, post: Post) -> None:
    made(outside)
    pauses: list[float] = []
    secrets = open_folder(outside.folder, passphrase=PASSPHRASE)
    with opened(outside.folder / "codes.sqlite", key=secrets.stores) as store:
        send_letters(
            store, MailServer("127.0.0.1", post.port, "none"),
            Sender("Ines", "codes@issuer.example", letters_a_minute=30),
            progress=lambda done, total: None, pause=pauses.append,
        )  # fmt: skip

    assert pauses == [2.0] * 3


# --- print -----------------------------------------------------------------------------------


def test_a_file_and_its_name_are_on_the_disk_when_it_is_said_to_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled = []
    monkeypatch.setattr(
        "ballot.issuer.folder.os.fsync",
        lambda descriptor: settled.append(stat.S_ISDIR(os.fstat(descriptor).st_mode)),
    )

    write_whole(tmp_path / "letters-0001.html", b"codes")

    assert settled == [False, True]


def test_those_without_an_address_are_printed_one_a_page_with_the_link_as_a_picture(
    outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    made(outside)
    code = codes_of(outside)[contact(2).pseudonym]

    assert outside.run("print") == 0

    (path,) = (outside.folder / "letters").iterdir()
    page = path.read_text()
    assert page.count('class="letter"') == 1 and page.count("<svg") == 1
    assert contact(2).name in page and "2 High Street<br>Bangor<br>BT20 1AA" in page
    assert code[:4] in page and path.stat().st_mode & 0o077 == 0
    assert str(path) in capsys.readouterr().out
    assert counts(outside) == {"printed": 1, "waiting": 3}


def test_letters_are_printed_in_files_and_none_stands_in_two(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "LETTERS_A_FILE", 3)
    made(outside, 7)

    assert outside.run("print", "--all") == 0
    assert outside.run("print", "--all") == 0

    pages = [path.read_text() for path in sorted((outside.folder / "letters").iterdir())]
    assert [page.count('class="letter"') for page in pages] == [3, 3, 1]
    names = [name for page in pages for name in re.findall(r"To (Carys \w+)", page)]
    assert sorted(names) == [contact(n).name for n in range(7)]


def test_a_file_that_was_being_written_when_the_program_stopped_is_written_again_whole(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(outside, 3)
    write_whole = printing.write_whole

    def stopped(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(printing, "write_whole", stopped)
    assert outside.run("print", "--all") == 1
    assert counts(outside) == {"printing": 3}
    monkeypatch.setattr(printing, "write_whole", write_whole)

    assert outside.run("print", "--all") == 0

    (path,) = (outside.folder / "letters").iterdir()
    assert path.read_text().count('class="letter"') == 3
    assert counts(outside) == {"printed": 3}


def test_markup_in_a_name_is_words_in_the_letter(outside: Outside, post: Post) -> None:
    outside.init()
    who = contact(0, name="<b>Carys</b>", address=("<i>Street</i>",))
    outside.run("make", given_list(outside, [who]))

    outside.run("print", "--all")

    page = next((outside.folder / "letters").iterdir()).read_text()
    assert "&lt;b&gt;Carys" in page and "<b>Carys" not in page and "<i>Street" not in page


def resting(outside: Outside) -> list[bytes]:
    """The codes and contacts as they rest in the folder, encrypted."""
    with closing(sqlite3.connect(outside.folder / "codes.sqlite")) as connection:
        rows = connection.execute("SELECT code FROM code UNION ALL SELECT contact FROM elector")
        return [row[0] for row in rows]


def held(outside: Outside, octets: bytes) -> bool:
    """Whether these bytes stand in any file of the folder."""
    return any(octets in path.read_bytes() for path in outside.folder.glob("codes.sqlite*"))


def test_erasing_leaves_no_code_and_no_address_and_can_still_be_signed_with(
    outside: Outside,
) -> None:
    made(outside)
    outside.run("print", "--all")
    before = resting(outside)
    assert len(before) == 8 and all(held(outside, one) for one in before)

    assert outside.run("erase") == 0

    assert codes_of(outside) == {}
    assert not any(held(outside, one) for one in before)
    assert list((outside.folder / "letters").iterdir()) == []
    assert outside.run("status") == 0
