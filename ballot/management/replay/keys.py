"""The trustees' key, the voting codes, the letters, and the opening of the poll."""

from __future__ import annotations

from typing import Final

from ballot.management.replay.electors import electors_of
from ballot.management.replay.hours import hour
from ballot.management.replay.play import OFFICER, TWO, Play
from ballot.management.replay.roll import is_on_paper
from ballot.selectors import key_of, roll_of
from ballot.services.codes import PURPOSE as CODES
from ballot.services.codes import issue_codes
from ballot.services.held_shares import hold_ceremony
from office.models import PrintBatch
from office.selectors import dispatch_for, letter_counts
from office.services.approvals import approve_act
from office.services.printing import files_of, hand_over_batch, letters_to_print, take_file

NAMES: Final = ("Trustee A", "Trustee B", "Trustee C")
QUORUM: Final = 2


def make_and_open(play: Play) -> None:
    """From the ceremony to the letters that are out."""
    play.journal.begin(
        "Key, codes, letters and opening",
        "The server sits for the three trustees, whose shares a real election never gives it; each "
        "message is taken, checked and published by the services that take a trustee’s own.",
    )
    with play.act(hour(8, 19, 12), "three trustees", "Hold the key ceremony") as now:
        hold_ceremony(play.election_id, trustees=NAMES, quorum=QUORUM, by=play.officer, now=now)
    key = key_of(play.election)
    play.journal.expect("quorum and holders of the key", (QUORUM, list(NAMES)),
                        (key.quorum, [one.name for one in key.trustees]))
    with play.act(hour(8, 19, 14), OFFICER, "Make the voting codes") as now:
        play.job("send_codes", issue_codes, now=now)
    play.electors = electors_of(play.election, purpose=CODES)
    play.journal.expect("voting codes", _frozen(play), len(play.electors))
    _print(play)
    with play.act(hour(8, 22, 9), TWO, "Open the poll") as now:
        proposed = play.propose("open_poll", now=now)
        play.refused("the approval of one’s own proposal", "approval.own-proposal",
                     lambda: approve_act(proposed, by=play.officer, now=now))
        approve_act(proposed, by=play.staff["second"], now=now)
    with play.act(hour(8, 22, 9), "the outbox", "Send the codes by e-mail"):
        sent = play.send_released(CODES)
    play.journal.expect("codes sent by e-mail", _frozen(play) - _on_paper(play), sent)


def _frozen(play: Play) -> int:
    return sum(play.figures.on_frozen_roll(section) for section in play.figures.issued)


def _on_paper(play: Play) -> int:
    return sum(is_on_paper(number) for number in play.electors)


def _print(play: Play) -> None:
    """Codes for those without an e-mail address, as two officers order and a printer takes them."""
    dispatch = dispatch_for(CODES, reference=roll_of(play.election).public_id)
    if dispatch is None:
        raise LookupError("no letters with codes are there")
    waiting = letters_to_print(dispatch)
    with play.act(hour(8, 19, 16), TWO, "Have the letters without e-mail printed") as now:
        play.two("order_print_batch", subject=("dispatch", str(dispatch.pk)), now=now,
                 letters=waiting)
    batch = PrintBatch.objects.get(dispatch=dispatch)
    with play.act(hour(8, 19, 17), OFFICER, "Take the files, and hand them over") as now:
        for number in range(1, files_of(batch) + 1):
            take_file(batch.pk, number=number, by=play.officer, now=now)
        handed_over = hand_over_batch(batch.pk, by=play.officer, now=now)
    play.journal.expect("letters printed", _on_paper(play), handed_over.letters)
    play.journal.expect("codes that wait for the opening", _frozen(play) - _on_paper(play),
                        letter_counts(dispatch.pk).waiting)
