"""A contest whose trustees use their own software against the server itself, over HTTP."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from ballot.models import HandedIn
from ballot.services.give_seat import show_new_seat
from ballot.services.hand_in import check_handed_in
from ballot.services.mix_box import mix_boxes
from ballot.services.publish_board import publish_board
from ballot.trustee.__main__ import CHECK_FAILED, main
from ballot.trustee.console import Console
from tests.ballot.factories import Run, begin, boxes, bring, election, now
from tests.ballot.trustee.world import PASSPHRASE

pytestmark = pytest.mark.django_db(transaction=True)


class Seated:
    """An election whose three trustees have seats, and a folder each."""

    def __init__(self, url: str, folder: Path) -> None:
        self.run: Run = election(at="frozen", demonstration=False, smallest_box=2)
        begin(self.run)
        self.folder = folder
        slug, officer = self.run.election.slug, self.run.officers[0]
        self.addresses = [
            f"{url}/trustee/{slug}/#"
            + show_new_seat(self.run.election_id, number=number, by=officer, now=now())
            for number in (1, 2, 3)
        ]

    def act(self, number: int, command: str) -> str:
        """Let a trustee do what is due, and the server what follows; give what was read."""
        out, err = StringIO(), StringIO()
        publish_board(self.run.election_id, now=now())
        line = [command, self.addresses[number - 1], "--keep", str(self.folder / str(number)),
                "--every", "0", "--jobs", "1"]  # fmt: skip
        status = main(line, console=Console(out=out, err=err), ask=lambda prompt: PASSPHRASE)
        assert status != CHECK_FAILED, err.getvalue()
        assert err.getvalue() == ""
        for kept in HandedIn.objects.filter(state=HandedIn.State.WAITING):
            check_handed_in(kept.pk, now=now())
        publish_board(self.run.election_id, now=now())
        return out.getvalue()

    def hold_ceremony(self) -> str:
        said = ""
        while said.count("The ceremony has ended") < 3:
            said += "".join(self.act(number, "ceremony") for number in (1, 2, 3))
        return said


def test_three_trustees_make_the_key_mix_and_open_and_the_count_is_declared(
    live_server: Any, tmp_path: Path
) -> None:
    seated = Seated(live_server.url, tmp_path)
    run = seated.run

    seated.hold_ceremony()
    assert all("still opens" in seated.act(number, "held") for number in (1, 2, 3))
    bring(run, to="verified")
    mix_boxes(run.election_id, share=None, **run.by)
    seated.act(3, "mix")
    assert run.state == "mixed"
    for number in (1, 2, 1, 2):
        seated.act(number, "open")
    bring(run, to="declared")

    assert run.state == "declared"
    assert [step.mixer for step in boxes(run)[0].mixes.order_by("number")] == ["server", "Cy Ode"]
