"""`answer`: new codes and signatures, once a request, and never to another address unasked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ballot.issuance.answers import Answer, Answers, read_answers
from ballot.issuance.errors import FileRefused
from ballot.issuance.lists import Kind, Request
from ballot.issuer.__main__ import ANSWERS_FILE
from ballot.sealing.codes import voting_key
from ballot.sealing.issuing import check_issued, check_replaced, check_revoked
from tests.ballot.issuer.files import PARTICULARS, card_of, contact, given_list, given_requests
from tests.ballot.issuer.outside import Outside, Post, code_in, text_of
from tests.ballot.issuer.test_making import codes_of, keys_of

ELECTION = PARTICULARS.election


def made(outside: Outside, electors: int = 4) -> dict[bytes, bytes]:
    outside.init()
    outside.run("make", given_list(outside, [contact(n) for n in range(electors)]))
    return keys_of(outside)


def answered(outside: Outside, *requests: Request, more: tuple[str, ...] = ()) -> list[Answer]:
    assert outside.run("answer", given_requests(outside, requests), *more) == 0
    return list(read_answers((outside.folder / ANSWERS_FILE).read_bytes()).answers)


def refused(
    outside: Outside, capsys: pytest.CaptureFixture[str], *requests: Request
) -> str:
    capsys.readouterr()
    assert outside.run("answer", given_requests(outside, requests)) == 1
    return capsys.readouterr().err


def test_a_reissue_bears_a_new_key_and_the_death_of_every_one_before(outside: Outside) -> None:
    # sealing §5.5, equations 46 and 47a
    first = made(outside)[contact(1).pseudonym]

    (one,) = answered(outside, Request(7, Kind.REISSUE, contact(1)))
    (_, two) = answered(
        outside, Request(7, Kind.REISSUE, contact(1)), Request(8, Kind.REISSUE, contact(1))
    )

    issuer = card_of(outside).key
    for answer, dead in ((one, [first]), (two, [first, one.credential])):
        assert answer.credential is not None and answer.signature is not None
        check_issued(ELECTION, "youth", answer.credential, answer.signature, issuer=issuer)
        assert [each.credential for each in answer.revocations] == dead
        for each in answer.revocations:
            check_replaced(
                ELECTION, each.credential, each.signature, by=answer.credential, issuer=issuer
            )
    assert one.credential != two.credential


def test_a_request_that_comes_again_is_answered_as_before_and_makes_no_code(
    outside: Outside, post: Post
) -> None:
    made(outside)
    asked = Request(7, Kind.REISSUE, contact(1))

    once, twice = answered(outside, asked), answered(outside, asked)

    assert once == twice
    outside.send(post)
    # The first code stays good, so its letter goes too; and one new one.
    first, again = post.to(contact(1).email)
    assert str(again["Subject"]).endswith("a new link to vote") and first["Subject"] != again[
        "Subject"
    ]


def test_the_letter_of_a_reissue_holds_the_code_of_the_key_that_was_signed(
    outside: Outside, post: Post
) -> None:
    made(outside)
    (answer,) = answered(outside, Request(7, Kind.REISSUE, contact(1)))

    outside.send(post)

    code = code_in(text_of(post.to(contact(1).email)[1]))
    assert voting_key(code, election_id=ELECTION).credential == answer.credential


def test_somebody_added_gets_a_code_and_the_letter_of_a_first_one(
    outside: Outside, post: Post
) -> None:
    made(outside)

    (answer,) = answered(outside, Request(3, Kind.ISSUE, contact(9)))

    assert answer.revocations == () and answer.credential is not None
    outside.send(post)
    (mail,) = post.to(contact(9).email)
    assert str(mail["Subject"]).endswith("your link to vote")


def test_whoever_is_struck_off_is_sent_nothing_and_their_key_dies(
    outside: Outside, post: Post
) -> None:
    keys = made(outside)
    struck = contact(1)

    (answer,) = answered(outside, Request(4, Kind.REVOKE, struck, keys[struck.pseudonym]))

    assert answer.credential is None and answer.signature is None
    (dead,) = answer.revocations
    check_revoked(ELECTION, keys[struck.pseudonym], dead.signature, issuer=card_of(outside).key)
    outside.send(post)
    assert post.to(struck.email) == []


def test_a_code_goes_to_another_address_only_when_the_issuer_says_so(
    outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    made(outside)
    elsewhere = contact(1, email="other@example.net")

    said = refused(outside, capsys, Request(7, Kind.REISSUE, elsewhere))

    assert "(issuer-requests.moved)" in said
    assert len(codes_of(outside)) == 4
    assert answered(
        outside, Request(7, Kind.REISSUE, elsewhere), more=("--with-new-addresses",)
    )


def test_another_name_on_the_envelope_is_another_address(
    outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    made(outside)

    said = refused(outside, capsys, Request(7, Kind.REISSUE, contact(2, name="The Lodger")))

    assert "(issuer-requests.moved)" in said
    assert len(codes_of(outside)) == 4


def test_after_the_erasing_every_address_is_another_one(
    outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    made(outside)
    assert outside.run("erase") == 0

    for kind in (Kind.ISSUE, Kind.REISSUE):
        said = refused(outside, capsys, Request(7, kind, contact(1, email="other@example.net")))
        assert "(issuer-requests.moved)" in said


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Request(1, Kind.REISSUE, contact(77)), "issuer-requests.unknown"),
        (Request(1, Kind.REVOKE, contact(1), bytes(32)), "issuer-requests.unknown"),
        (Request(1, Kind.REISSUE, contact(1, section="member")), "issuer-requests.section"),
        (Request(1, Kind.ISSUE, contact(1, section="member")), "issuer-requests.section"),
    ],
)
def test_a_request_about_somebody_or_a_code_unknown_is_refused_with_its_whole_file(
    outside: Outside, capsys: pytest.CaptureFixture[str], asked: Request, code: str
) -> None:
    made(outside)
    good = Request(2, Kind.REISSUE, contact(2))

    assert f"({code})" in refused(outside, capsys, asked, good)

    assert len(codes_of(outside)) == 4
    assert len(answered(outside, good)) == 1


def test_a_number_that_asks_something_else_the_second_time_is_refused(
    outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = made(outside)
    answered(outside, Request(7, Kind.REISSUE, contact(1)))

    for other in (
        Request(7, Kind.REISSUE, contact(2)),
        Request(7, Kind.ISSUE, contact(1)),
        Request(7, Kind.REVOKE, contact(1), keys[contact(1).pseudonym]),
    ):
        assert "(issuer-requests.other)" in refused(outside, capsys, other)


def test_requests_of_another_election_or_before_any_list_are_refused(
    outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    outside.init()
    asked = Request(7, Kind.REISSUE, contact(1))
    assert "(issuer-list.none)" in refused(outside, capsys, asked)
    outside.run("make", given_list(outside, [contact(n) for n in range(3)]))

    other = replace(PARTICULARS, election=bytes(16))
    assert outside.run("answer", given_requests(outside, [asked], particulars=other)) == 1
    assert "(issuer-list.other-election)" in capsys.readouterr().err
    assert outside.run("answer", given_list(outside, [contact(1)])) == 1
    assert "(issuer-file.form)" in capsys.readouterr().err
    assert answered(outside, asked)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "dance"},
        {"credential": None},
        {"signature": None},
        {"number": -1},
        {"number": True},
        {"revocations": [{"credential": "00"}]},
        {"more": 1},
    ],
)
def test_an_answer_of_another_shape_is_refused(change: dict[str, object]) -> None:
    good = Answer(1, Kind.ISSUE, bytes(32), bytes(64), ()).to_json()

    assert Answer.parse(good).number == 1
    with pytest.raises(FileRefused, match=r"issuer-file\.form"):
        Answer.parse({**good, **change})


def test_a_number_or_a_key_that_stands_twice_in_a_file_is_refused() -> None:
    one, two = (Answer(n, Kind.ISSUE, bytes([n]) * 32, bytes(64), ()) for n in (1, 2))

    def read(*answers: Answer) -> int:
        return len(read_answers(Answers(bytes(16), bytes(32), answers).to_bytes()).answers)

    assert read(one, two) == 2
    for wrong in (replace(two, number=1), replace(two, credential=one.credential)):
        with pytest.raises(FileRefused, match=r"issuer-file\.form"):
            read(one, wrong)


def test_erased_codes_can_still_be_revoked(outside: Outside) -> None:
    keys = made(outside)
    outside.run("erase")

    (answer,) = answered(
        outside, Request(4, Kind.REVOKE, contact(1), keys[contact(1).pseudonym])
    )

    assert answer.revocations[0].credential == keys[contact(1).pseudonym]
