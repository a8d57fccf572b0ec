"""`python -m ballot.issuer`: the acts of an outside issuer, one a subcommand.

    init FOLDER --name NAME      make the keys and the card
    make FOLDER LIST             make the codes of a list, and the file of keys for the officer
    send FOLDER --host HOST …    send the letters by e-mail
    print FOLDER                 write the letters of those without an e-mail address, or whom the
                                 mail server refused, to be printed
    answer FOLDER REQUESTS       answer the officer's requests; then `send` or `print` again
    status FOLDER                how many letters wait, went, or are in doubt
    erase FOLDER                 forget codes and addresses, after the close

Exit status: 0 done, 1 refused (standard error says why), 2 a mistake in the command.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from pathlib import Path

from ballot.issuance.errors import FileRefused
from ballot.issuance.lists import LIST, REQUESTS, Opened, mark_in_words
from ballot.issuer.answering import Asked, answer_all, look_at
from ballot.issuer.folder import (
    LETTERS,
    STORE,
    Secrets,
    card_of,
    make_folder,
    open_folder,
    write_whole,
)
from ballot.issuer.making import keys_file, make_of_list
from ballot.issuer.outbox import Outbox
from ballot.issuer.printing import print_letters
from ballot.issuer.sending import MailServer, Sender, send_letters
from ballot.issuer.showing import Bar
from ballot.issuer.store import Store, opened

KEYS_FILE = "keys-for-the-officer.bin"
ANSWERS_FILE = "answers-for-the-officer.json"


def main(arguments: list[str] | None = None) -> int:
    """Run one act; return the exit status."""
    options = _parser().parse_args(arguments)
    act: Callable[[argparse.Namespace], None] = options.act
    try:
        act(options)
    except FileRefused as refused:
        print(f"{refused.sentence} ({refused.code})", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or 'A file'}: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


def _init(options: argparse.Namespace) -> None:
    card = make_folder(
        options.folder, name=options.name, passphrase=_new_passphrase(), rng=os.urandom
    )
    print(f"The card is {options.folder / 'issuer.json'}: give it to the returning officer.")
    print(f"Read them these words, and let them read them back: {card.words()}")
    print("Without the folder or its passphrase no code can be made, answered or revoked. Copy it.")


def _make(options: argparse.Namespace) -> None:
    with _work(options) as (secrets, store), options.list.open("rb") as file:
        listed = Opened(LIST, file, secret=secrets.reads)
        _say_mark(listed)
        bar = Bar("Making codes", unit="electors")
        made = make_of_list(
            store, listed, secrets=secrets, processes=os.cpu_count() or 1, progress=bar
        )
        path = options.folder / KEYS_FILE
        write_whole(path, b"".join(keys_file(store, secrets=secrets)))
        said = listed.head.particulars
    print(f"{said.title}, {said.party}: {made.electors:,} electors, {made.made:,} codes made now.")
    if made.moved or made.gone:
        print(
            f"Since the list before: {made.moved:,} have another address, and {made.gone:,} are "
            "not on it any more. Ask the returning officer why, if you do not know."
        )
    print(f"Every link in the letters begins with {said.booth}")
    print(f"Hand in {path}. Send no letter before the returning officer says that the poll opened.")


def _send(options: argparse.Namespace) -> None:
    server, sender = _mail_server(options), _sender(options)
    with _work(options) as (_, store):
        outbox = Outbox(store)
        if options.doubtful_again or options.doubtful_went:
            settled = outbox.settle_doubtful(went=options.doubtful_went)
            print(f"{settled:,} letters in doubt are settled.")
        if options.refused_again:
            print(f"{outbox.try_refused_again():,} letters that were refused are tried again.")
        handed = send_letters(store, server, sender, progress=Bar("Sending", unit="letters"))
        _say_counts(outbox)
    if handed.without_address:
        print(f"{handed.without_address:,} electors have no e-mail address: run “print” for them.")
    if handed.refused:
        print(
            f"{handed.refused:,} were not taken. What the mail server was too busy for waits: run "
            "“send” again. Whose address it refused: run “print”, or “send --refused-again”."
        )


def _mail_server(options: argparse.Namespace) -> MailServer:
    password = ""
    if options.username:
        password = os.environ.get("ISSUER_SMTP_PASSWORD") or getpass.getpass("Mail password: ")
    return MailServer(options.host, options.port, options.security, options.username, password)


def _sender(options: argparse.Namespace) -> Sender:
    _, address = parseaddr(options.sender)
    name = card_of(options.folder).name
    return Sender(name, address, options.letters_a_minute)


def _print(options: argparse.Namespace) -> None:
    with _work(options) as (_, store):
        files = print_letters(
            store, options.folder / LETTERS, everybody=options.all,
            issuer=card_of(options.folder).name, progress=Bar("Writing", unit="files"),
        )  # fmt: skip
        _say_counts(Outbox(store))
    for path in files:
        print(f"Print {path}, and delete it once it is printed: the codes in it can be read.")


def _answer(options: argparse.Namespace) -> None:
    with _work(options) as (secrets, store), options.requests.open("rb") as file:
        requests = Opened(REQUESTS, file, secret=secrets.reads)
        _say_mark(requests)
        asked = look_at(store, requests, secrets=secrets)
        _say_asked(asked)
        if asked.moved and not options.with_new_addresses:
            raise FileRefused(
                "issuer-requests.moved",
                "Nothing was answered. See the officers' decisions on these addresses; if they are "
                "right, run the same again with --with-new-addresses.",
            )
        answers = answer_all(store, requests, asked, secrets=secrets)
        path = options.folder / ANSWERS_FILE
        write_whole(path, answers.to_bytes())
    print(f"Hand in {path}. Once it is taken, run “send” or “print”.")


def _say_asked(asked: Asked) -> None:
    words = {"issue": "added to the roll", "reissue": "ask for a new code",
             "revoke": "struck off the roll"}  # fmt: skip
    print(f"{len(asked.requests):,} requests, {asked.new:,} of them new:")
    for kind, count in asked.by_kind:
        print(f"  {count:,} {words[kind.value]}")
    if asked.moved:
        print(
            f"{asked.moved:,} of them send a code to another address than the list gave. Whoever "
            "chooses the address gets the code: each must be a correction by two officers."
        )


def _status(options: argparse.Namespace) -> None:
    with _work(options) as (_, store):
        _say_counts(Outbox(store))
        for pseudonym, attempt in Outbox(store).in_doubt():
            print(f"in doubt: elector {pseudonym.hex()}, code {attempt}")


def _erase(options: argparse.Namespace) -> None:
    with _work(options) as (_, store):
        store.erase()
    letters = options.folder / LETTERS
    for path in sorted(letters.glob("letters-*.html*")):
        path.unlink()
    print("Codes and addresses are gone. Signatures can still be asked for; delete the folder when")
    print("the result is declared.")


def _say_mark(file: Opened) -> None:
    print(f"The file's mark, to compare with the officer's page: {mark_in_words(file.mark)}")


def _say_counts(outbox: Outbox) -> None:
    said = ", ".join(f"{count:,} {letter}" for letter, count in sorted(outbox.counts().items()))
    print(f"Letters: {said or 'none'}.")


@contextmanager
def _work(options: argparse.Namespace) -> Iterator[tuple[Secrets, Store]]:
    secrets = open_folder(options.folder, passphrase=_passphrase("Passphrase: "))
    with opened(options.folder / STORE, key=secrets.stores) as store:
        yield secrets, store


def _passphrase(words: str) -> str:
    """Ask at the terminal, unseen; without one, take the next line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(words)
    return sys.stdin.readline().rstrip("\n")


def _new_passphrase() -> str:
    passphrase = _passphrase("A passphrase for the folder, of twelve characters or more: ")
    if sys.stdin.isatty() and _passphrase("The same again: ") != passphrase:
        raise FileRefused("issuer-folder.passphrase", "The two are not the same. Start again.")
    return passphrase


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ballot.issuer", description="Make voting codes outside the server."
    )
    acts = parser.add_subparsers(required=True, metavar="ACT")

    def act(name: str, run: Callable[[argparse.Namespace], None], words: str) -> (
        argparse.ArgumentParser
    ):
        one = acts.add_parser(name, help=words, description=words)
        one.add_argument("folder", type=Path, help="the issuer's folder")
        one.set_defaults(act=run)
        return one

    act("init", _init, "Make the keys and the card.").add_argument("--name", required=True)
    act("make", _make, "Make the codes of a list.").add_argument("list", type=Path)
    _add_mail(act("send", _send, "Send the letters by e-mail."))
    act("print", _print, "Write the letters of those whom no e-mail reaches, to be printed."
        ).add_argument("--all", action="store_true", help="of everybody whose letter waits")
    answer = act("answer", _answer, "Answer the officer's requests.")
    answer.add_argument("requests", type=Path)
    answer.add_argument("--with-new-addresses", action="store_true")
    act("status", _status, "Say how many letters wait, went, or are in doubt.")
    act("erase", _erase, "Forget codes and addresses, after the close.")
    return parser


def _add_mail(send: argparse.ArgumentParser) -> None:
    send.add_argument("--host", required=True, help="your mail server")
    send.add_argument("--port", type=int, default=587)
    send.add_argument("--security", choices=("starttls", "tls", "none"), default="starttls")
    send.add_argument("--username", default="", help="the password is asked for")
    send.add_argument("--from", dest="sender", required=True, help="the address they come from")
    send.add_argument("--letters-a-minute", type=int, default=0, help="0: as fast as they go")
    send.add_argument("--refused-again", action="store_true", help="try those refused once more")
    doubt = send.add_mutually_exclusive_group()
    doubt.add_argument("--doubtful-again", action="store_true", help="send those in doubt again")
    doubt.add_argument("--doubtful-went", action="store_true", help="those in doubt did go out")


if __name__ == "__main__":
    sys.exit(main())
