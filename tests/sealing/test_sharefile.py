"""Share files, and the proof that they still open (sealing §9.7 and §9.8)."""

from __future__ import annotations

import pytest
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ballot.canonical import canonical, read_canonical
from ballot.sealing import sharefile as sharefile_module
from ballot.sealing.ceremony import prepare
from ballot.sealing.sharefile import check_share_proof, open_share, prove_share, seal_share
from tests.sealing.making import ceremony, key, refusal, rng

PASSPHRASE = "correct horse batteries"


@pytest.fixture(autouse=True)
def _quick(request, monkeypatch):
    """Spare the tests the half second a passphrase is meant to cost, but for one of them."""
    if "real_cost" not in request.fixturenames:
        monkeypatch.setattr(sharefile_module, "_MEMORY_KIB", 64)


@pytest.fixture
def real_cost():
    """Ask for the parameters of RFC 9106's second recommended option."""
    assert sharefile_module._MEMORY_KIB == 64 * 1024


def test_the_format_stays_what_it_is(real_cost):
    # sealing §9.8: recomputed from the published algorithms.
    _, shares = key()
    form = read_canonical(seal_share(shares[0], passphrase=PASSPHRASE, rng=rng()))
    head = {name: form[name] for name in ("format", "kind", "number", "salt")}
    assert head == {
        "format": "hustings/v1/share-file",
        "kind": "share",
        "number": 1,
        "salt": rng()(16).hex(),
    }
    derived = hash_secret_raw(
        PASSPHRASE.encode(), rng()(16), 3, 65536, 4, 32, Type.ID
    )
    cipher = ChaCha20Poly1305(derived)
    opened = cipher.decrypt(bytes(12), bytes.fromhex(form["sealed"]), canonical(head))
    assert read_canonical(opened) == shares[0].to_json()


def test_a_share_opens_with_its_passphrase_however_it_was_typed():
    _, shares = key()
    data = seal_share(shares[1], passphrase="ﬁfty Siân's words", rng=rng())
    assert open_share(data, passphrase="fifty Sia\u0302n's words") == shares[1]
    assert f"{shares[1].secret:064x}".encode() not in data
    assert seal_share(shares[1], passphrase=PASSPHRASE, rng=rng(b"2")) != data


def test_what_a_trustee_keeps_between_the_steps_can_be_kept_likewise():
    secret, _ = prepare(ceremony(), 2, rng=rng())
    data = seal_share(secret, passphrase=PASSPHRASE, rng=rng())
    assert open_share(data, passphrase=PASSPHRASE) == secret


def test_the_wrong_passphrase_or_a_changed_file_opens_nothing():
    _, shares = key()
    data = seal_share(shares[0], passphrase=PASSPHRASE, rng=rng())
    assert open_share(data, passphrase=PASSPHRASE) == shares[0]
    wrong = refusal(open_share, data, passphrase=PASSPHRASE + "?")
    assert wrong.condition == "sharefile.passphrase"
    form = read_canonical(data)
    for change in ({"number": 2}, {"kind": "ceremony"}, {"salt": "00" * 16}, {"sealed": "00"}):
        changed = canonical(form | change)
        refused = refusal(open_share, changed, passphrase=PASSPHRASE)
        assert refused.condition == "sharefile.passphrase"


@pytest.mark.parametrize(
    "change",
    [
        {"format": "hustings/v2/share-file"},
        {"kind": "other"},
        {"salt": "00"},
        {"sealed": "xx"},
        {"number": 1, "more": 2},
        {"sealed": 5},
    ],
)
def test_what_is_no_share_file_is_said_to_be_none(change):
    _, shares = key()
    form = read_canonical(seal_share(shares[0], passphrase=PASSPHRASE, rng=rng()))
    refused = refusal(open_share, canonical(form | change), passphrase=PASSPHRASE)
    assert refused.condition == "sharefile.format"
    assert refusal(open_share, b"{", passphrase=PASSPHRASE).condition == "sharefile.format"
    assert refusal(open_share, b"[]", passphrase=PASSPHRASE).condition == "sharefile.format"


def test_a_short_passphrase_is_refused():
    _, shares = key()
    refused = refusal(seal_share, shares[0], passphrase="short", rng=rng())
    assert refused.condition == "sharefile.passphrase-short"


def test_a_trustee_proves_that_the_share_is_still_held():
    election_key, shares = key()
    proof = prove_share(shares[1], question=b"before the close", rng=rng())
    check_share_proof(election_key, 2, b"before the close", proof)
    for number, question in ((1, b"before the close"), (2, b"before the opening")):
        refused = refusal(check_share_proof, election_key, number, question, proof)
        assert refused.condition == "share.proof"
    other_key, _ = key(3, 3)
    refused = refusal(check_share_proof, other_key, 2, b"before the close", proof)
    assert refused.condition == "share.proof"
    for bad, condition in ((proof[:-1], "proof.length"), (b"\x05" + proof[1:], "proof.point")):
        refused = refusal(check_share_proof, election_key, 2, b"before the close", bad)
        assert refused.condition == condition
    assert refusal(check_share_proof, election_key, 9, b"", proof).condition == "key.trustee"
