"""Python and script hold one ceremony: the first trustee here, two in node (sealing §9).

Everything that one sends the other reads from JSON, as from the board.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ballot.sealing.ceremony import check_reveals, conclude, deal, finish, prepare, receive, reveal
from ballot.sealing.keys import KeyShare
from ballot.sealing.messages import (
    Ceremony,
    Commitment,
    Complaint,
    Confirmation,
    Dealing,
    Reveal,
    TrusteeSecret,
)
from ballot.sealing.sharefile import check_share_proof, open_share, prove_share, seal_share
from tests.sealing.making import NAMES, rng

ROOT = Path(__file__).parent.parent.parent
PASSPHRASE = "wyth mochyn bach tew"
OTHERS = (2, 3)
QUESTION = bytes(range(32))


class Script:
    """Trustees in a process of node, and the board as they and we see it: lists of JSON."""

    def __init__(self, process: subprocess.Popen[str], frame: Ceremony) -> None:
        self._process = process
        shown = {
            "identifier": frame.ceremony_id.hex(),
            "quorum": frame.quorum,
            "trustees": list(frame.trustees),
        }
        names = ("commitments", "reveals", "dealings", "complaints", "confirmations")
        self.board: dict[str, Any] = {"frame": shown} | {name: [] for name in names}

    def ask(self, act: str, number: int = 0, **others: Any) -> Any:
        asked = {"act": act, "number": number, "published": self.board} | others
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"node ended at {act}"
        return json.loads(answer)

    def publish(self, name: str, *messages: Any) -> None:
        self.board[name] += messages

    def read(self, name: str, kind: Any) -> list[Any]:
        return [kind.parse(message) for message in self.board[name]]


@pytest.fixture
def script() -> Iterator[Script]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node on this machine")
    frame = Ceremony(bytes(range(16)), NAMES[:3], 2)
    with subprocess.Popen(
        [node, str(ROOT / "tests/js/trustees.mjs")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Script(process, frame)
        assert process.stdin is not None
        process.stdin.close()


def begun(script: Script) -> tuple[Ceremony, TrusteeSecret]:
    """Commit and reveal, all three."""
    frame = Ceremony(bytes(range(16)), NAMES[:3], 2)
    secret, commitment = prepare(frame, 1, rng=rng(b"one"))
    script.publish("commitments", commitment.to_json())
    script.publish("commitments", *(script.ask("prepare", number) for number in OTHERS))
    commitments = script.read("commitments", Commitment)
    mine = reveal(secret, ceremony=frame, commitments=commitments)
    script.publish("reveals", mine.to_json())
    script.publish("reveals", *(script.ask("reveal", number) for number in OTHERS))
    return frame, secret


def heard(script: Script, frame: Ceremony) -> dict[str, Any]:
    """What the first trustee reads from the board, for `finish`."""
    commitments = script.read("commitments", Commitment)
    return {
        "ceremony": frame,
        "commitments": commitments,
        "reveals": check_reveals(frame, commitments, script.read("reveals", Reveal)),
        "dealings": script.read("dealings", Dealing),
        "complaints": script.read("complaints", Complaint),
    }


def test_a_ceremony_of_both_ends_with_one_key_and_shares_that_open_in_both(
    script: Script,
) -> None:
    frame, secret = begun(script)
    known = heard(script, frame)
    mine = deal(secret, ceremony=frame, reveals=known["reveals"], rng=rng(b"deal"))
    script.publish("dealings", mine.to_json(), *(script.ask("deal", one) for one in OTHERS))
    known = heard(script, frame)
    shown = {name: known[name] for name in ("ceremony", "reveals", "dealings")}
    assert receive(secret, rng=rng(b"receive"), **shown) == ()
    assert [script.ask("receive", number) for number in OTHERS] == [[], []]

    share, confirmation = finish(secret, rng=rng(b"finish"), **known)
    script.publish("confirmations", confirmation.to_json())
    script.publish("confirmations", *(script.ask("finish", number) for number in OTHERS))

    key = conclude(
        frame,
        reveals=script.read("reveals", Reveal),
        confirmations=script.read("confirmations", Confirmation),
        **{name: known[name] for name in ("commitments", "dealings", "complaints")},
    )
    assert script.ask("conclude") == key.to_json()
    sealed = script.ask("seal", 2, passphrase=PASSPHRASE).encode()
    theirs = open_share(sealed, passphrase=PASSPHRASE)
    assert isinstance(theirs, KeyShare)
    assert (theirs.number, theirs.public_key) == (2, key.public_key)
    check_share_proof(key, 2, QUESTION, prove_share(theirs, question=QUESTION, rng=rng(b"two")))
    proof = bytes.fromhex(script.ask("prove", 3, question=QUESTION.hex()))
    check_share_proof(key, 3, QUESTION, proof)
    file = seal_share(share, passphrase=PASSPHRASE, rng=rng(b"file")).decode()
    assert script.ask("open", file=file, passphrase=PASSPHRASE) == share.to_json()
    ours = prove_share(share, question=QUESTION, rng=rng(b"mine")).hex()
    asked = {"key": key.to_json(), "question": QUESTION.hex(), "proof": ours}
    assert script.ask("check", 1, **asked)


def test_a_false_share_from_here_is_complained_of_there_and_its_dealer_is_out(
    script: Script,
) -> None:
    frame, secret = begun(script)
    first, *others = secret.coefficients
    false = replace(secret, coefficients=(first + 1, *others))
    reveals = heard(script, frame)["reveals"]
    mine = deal(false, ceremony=frame, reveals=reveals, rng=rng(b"deal"))
    script.publish("dealings", mine.to_json(), *(script.ask("deal", one) for one in OTHERS))

    complaints = [one for number in OTHERS for one in script.ask("receive", number)]
    script.publish("complaints", *complaints)
    script.publish("confirmations", *(script.ask("finish", number) for number in OTHERS))

    assert [(one["dealer"], one["complainant"]) for one in complaints] == [(1, 2), (1, 3)]
    known = heard(script, frame)
    key = conclude(
        frame,
        reveals=script.read("reveals", Reveal),
        confirmations=script.read("confirmations", Confirmation),
        **{name: known[name] for name in ("commitments", "dealings", "complaints")},
    )
    assert [trustee.number for trustee in key.trustees] == [2, 3]
    assert script.ask("conclude") == key.to_json()
