"""Row 34: a choice in a log, a table, a mail or the cache before the box is opened. Prevents.

Rankings of candidates with peculiar names are cast, with errors forced at every turn; then every
byte that was written is searched for names in the company of a choice. Not searched: the
database's own write-ahead log, and core dumps (rows 34 and 39 of docs/threat-model.md say so).
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ballot.models import ProfileLine, SealedBallot
from ballot.selectors import ranking_space
from ballot.services import cast_ballot
from ballot.services.tend_polls import tend_polls
from tests.ballot.factories import (
    bring,
    code_of,
    election,
    entries,
    key_of_elector,
    sealed,
)
from tests.security.looking import cached, dump, forget_limits, logged, send_everything, whole

pytestmark = pytest.mark.django_db(transaction=True)

CANARIES = ("Zyzzyva Quokka", "Xylem Axolotl", "Qwerty Numbat")
RANKINGS = ((0, 1, 2), (2, 1, 0), (1,), (), (0, 2))


def test_no_choice_is_written_anywhere_before_the_opening(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forget_limits()
    run = election(at="polling", candidates=CANARIES, electors=6, rankings=())
    client = Client(raise_request_exception=False)
    address = reverse("cast", args=[run.election.slug])
    names_before = {name: dump().count(name) for name in CANARIES}
    keys = {entry.pk: key_of_elector(run, entry) for entry in entries(run)}
    codes = [code_of(entry) for entry in entries(run)]
    wires = [sealed(run, entry, ranking)
             for entry, ranking in zip(entries(run), RANKINGS, strict=False)]

    def post(wire: bytes) -> Any:
        return client.post(address, wire, content_type="application/octet-stream")

    with logged() as log:
        # A bug in every step of the cast, one after the other; the traceback goes to the log.
        for step in ("_check", "tracker_hash", "ballot_size", "again_or_refuse"):
            def fails(*given: object, **named: object) -> None:
                raise RuntimeError("a bug")

            with monkeypatch.context() as patch:
                patch.setattr(cast_ballot, step, fails)
                answer = post(wires[0] if step != "again_or_refuse" else bytes(len(wires[0])))
                assert answer.status_code == 500, step
        for wire in wires:
            assert post(wire[:-1] + bytes([wire[-1] ^ 1])).status_code == 422
            assert post(wire[:100]).status_code == 422
            assert post(wire).status_code == 200
            assert post(wire).status_code == 200
        other = sealed(run, entries(run)[0], (1, 0))
        assert post(other).status_code == 409
        tend_polls()
        mails = send_everything()

    assert SealedBallot.objects.count() == len(RANKINGS)
    text = log.getvalue()
    assert text.count("ERROR django.request Internal Server Error") == 4, "nothing was logged"
    assert text.count("RuntimeError: a bug") >= 4
    everything = {"the log": text, "a table": dump(), "the cache": cached(),
                  "a mail": "\n".join(whole(message) for message in mails)}
    # The names stand where they stood, as candidates; no cast has written them anywhere.
    for name in CANARIES:
        assert everything["a table"].count(name) == names_before[name]
        for place in ("the log", "the cache", "a mail"):
            assert name not in everything[place], place
    # Nor is anything there from which a choice could be worked out without the trustees.
    for key in keys.values():
        secret = key.secret.hex()
        assert all(secret not in held for held in everything.values())
    for code in codes:
        assert code not in text and code not in everything["the cache"]
    # A ballot's own bytes are on the board and in its rows, and in no log.
    for wire in wires:
        assert wire.hex() not in text and wire[32:98].hex() not in text
        assert wire[32:65].hex() in everything["a table"]
    assert not ProfileLine.objects.exists()

    bring(run, to="opened")
    # The search would have found them: once opened, the choices are there.
    space = ranking_space(run.contest)
    opened = {space.ranking(line) for line in ProfileLine.objects.values_list("ranking", flat=True)}
    assert opened == set(RANKINGS)
