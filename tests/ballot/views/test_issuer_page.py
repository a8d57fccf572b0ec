"""The page of the outside issuer, and the choice of who makes the codes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ballot.issuer.__main__ import ANSWERS_FILE, KEYS_FILE
from ballot.models import Credential
from ballot.sealing import sharefile
from ballot.services.reissue_code import reissue_code
from ballot.services.take_keys import JOB
from office.models import Job, StaffMember
from office.permissions import Role
from office.services.working import work_job
from tests.ballot.factories import Run, bring, content, election, entries
from tests.ballot.issuer.outside import NAME, Outside, with_issuer
from tests.ballot.views.world import AFTER_COUNT
from tests.office.factories import sign_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    monkeypatch.setattr(sharefile, "_MEMORY_KIB", 64)
    return Outside(tmp_path / "issuer", monkeypatch)


def officer_of(run: Run, *, fresh: bool = True) -> Client:
    return sign_in(Client(), StaffMember.objects.get(pk=run.officers[0]), fresh=fresh)


def download(client: Client, run: Run, name: str, outside: Outside) -> Path:
    response = client.post(reverse(name, args=[run.election.slug]))
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment")
    path = outside.folder.parent / f"{name}.bin"
    path.write_bytes(b"".join(response))  # type: ignore[arg-type]
    return path


def hand_in(client: Client, run: Run, content: bytes) -> str:
    response = client.post(
        reverse("desk_issuer_take", args=[run.election.slug]),
        {"file": SimpleUploadedFile("file.bin", content)}, follow=True,
    )  # fmt: skip
    assert response.status_code == 200
    return response.content.decode()


def test_an_officer_gives_the_list_takes_the_keys_and_later_the_answers(outside: Outside) -> None:
    run = with_issuer(outside, electors=3)
    client = officer_of(run)
    address = reverse("desk_issuer", args=[run.election.slug])
    assert NAME in client.get(address).content.decode()
    # The step of the order of business leads here.
    act = client.get(reverse("act_send_codes", args=[run.election.slug])).text
    assert address in act and "waits encrypted in its letter" not in act
    opening = client.get(reverse("act_open_poll", args=[run.election.slug])).text
    assert "to send them once the poll is open" in opening

    file = download(client, run, "desk_issuer_list", outside)
    assert outside.run("make", file) == 0
    assert "is being looked at" in hand_in(client, run, (outside.folder / KEYS_FILE).read_bytes())
    work_job(Job.objects.get(kind=JOB).pk)
    assert Credential.objects.filter(force="in-force").count() == 3

    bring(run, to="polling")
    reissue_code(run.election_id, recipient=entries(run)[0].public_id, **run.by)
    assert "1 asks for a new code" in client.get(address).text
    assert "1 request waits for the outside issuer" in client.get(
        reverse("desk_election", args=[run.election.slug])).text
    file = download(client, run, "desk_issuer_requests", outside)
    assert outside.run("answer", file) == 0
    answers = (outside.folder / ANSWERS_FILE).read_bytes()
    assert "New codes that wait to be confirmed: 1;" in hand_in(client, run, answers)
    assert "taken before, or not asked any more" in hand_in(client, run, answers)


def test_the_page_shows_the_mark_that_the_issuers_program_shows(
    outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    run = with_issuer(outside, electors=2)
    client = officer_of(run)
    outside.run("make", download(client, run, "desk_issuer_list", outside))

    shown = client.get(reverse("desk_issuer", args=[run.election.slug])).text

    printed = capsys.readouterr().out.split("officer's page: ")[1].splitlines()[0]
    assert len(printed) == 39 and printed in shown


def test_a_file_that_is_refused_says_why_and_takes_nothing(outside: Outside) -> None:
    run = with_issuer(outside, electors=2)
    client = officer_of(run)

    assert "This is not the file of keys of an issuer" in hand_in(client, run, b"GIF89a\n")
    nothing = client.post(reverse("desk_issuer_take", args=[run.election.slug]))
    assert "Choose the file." in nothing.text

    assert not Job.objects.filter(kind=JOB).exists()


def test_keys_that_do_not_fit_fail_the_job_with_the_reason(outside: Outside) -> None:
    run = with_issuer(outside, electors=2)
    client = officer_of(run)
    outside.run("make", download(client, run, "desk_issuer_list", outside))
    keys = (outside.folder / KEYS_FILE).read_bytes()
    changed = keys[:-32] + os.urandom(32)

    hand_in(client, run, changed)
    work_job(Job.objects.get(kind=JOB).pk)

    assert "signature does not hold" in client.get(
        reverse("desk_issuer", args=[run.election.slug])
    ).text  # fmt: skip
    assert not Credential.objects.exists()


@pytest.mark.parametrize("name", ["desk_issuer_list", "desk_issuer_requests", "desk_issuer_take"])
def test_the_list_leaves_by_post_alone_and_by_officers_who_prove_anew_who_they_are(
    outside: Outside, name: str
) -> None:
    run = with_issuer(outside, electors=2)
    address = reverse(name, args=[run.election.slug])

    assert officer_of(run).get(address).status_code == 405
    assert officer_of(run, fresh=False).post(address).status_code == 302
    for role in (Role.MEMBERSHIP_ADMINISTRATOR, Role.SCRUTINEER):
        assert sign_in(Client(), staff(role)).post(address).status_code == 404


def test_an_election_whose_codes_the_server_makes_has_no_such_page() -> None:
    run = election(at="frozen", electors=2)

    assert officer_of(run).get(
        reverse("desk_issuer", args=[run.election.slug])
    ).status_code == 404  # fmt: skip


def set_up(client: Client, run: Run, **given: str) -> str:
    here = run.election
    response = client.post(reverse("desk_set_up", args=[here.slug]), {
        "title": here.title, "party": here.party, "returning_officer": "Ruth Adeyemi",
        "summary": "", "zone": "Europe/London", "opens_at": "2030-06-30T09:00",
        "closes_at": "2030-07-30T12:00", "rules_id": here.rules_id,
        "helped_routes": "Ring us.", "smallest_box": 1, "mixes_wanted": 2, **AFTER_COUNT,
        "ballot_of_excluded": "stands", "ballot_of_dead": "stands",
        "ballot_of_resigned": "stands", **given,
    }, follow=True)
    return response.content.decode()


def test_the_set_up_says_what_each_choice_trusts_and_takes_the_card(outside: Outside) -> None:
    run = election(electors=2)
    client = officer_of(run)
    page = client.get(reverse("desk_set_up", args=[run.election.slug])).text
    assert "Whoever controls the server has to be trusted" in page
    assert "The issuer has to be trusted not to use the codes" in page
    card = outside.init().decode()

    assert "This is not the card of an issuer" in set_up(
        client, run, codes_by="outside", issuer_card="{}"
    )
    assert "Choose who makes the voting codes" in set_up(client, run)
    assert run.election.issuer is None
    set_up(client, run, codes_by="outside", issuer_card=card)

    assert run.election.issuer["name"] == NAME
    again = client.get(reverse("desk_set_up", args=[run.election.slug])).text
    assert run.election.issuer["key"] in again
    set_up(client, run, codes_by="server", issuer_card=card)
    assert run.election.issuer is None
    set_up(client, run, codes_by="outside", issuer_card=card)
    bring(run, to="nominating")
    assert content(run, "notice")["issuer"]["name"] == NAME
