"""Files that one party alone can read (docs/spec/issuer.md, 8)."""

from __future__ import annotations

import io

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ballot.sealing.letterbox import CHUNK_BYTES, Reader, Sender, public_half
from tests.sealing.making import refusal, rng

SECRET = rng(b"reader")(32)
PUBLIC = public_half(SECRET)
HEAD = len(b"hustings/v1/issuer-list\n")


def sent(plain: bytes, *, reader: bytes = PUBLIC, pieces: int = 1) -> bytes:
    size = -(-len(plain) // pieces) or 1
    cut = [plain[at : at + size] for at in range(0, len(plain), size)]
    return b"".join(Sender("issuer-list", reader=reader, rng=rng()).write(cut))


def read(wire: bytes, *, use: str = "issuer-list", secret: bytes = SECRET) -> bytes:
    return b"".join(Reader(use, io.BytesIO(wire), secret=secret).read())


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES]
)
def test_what_is_sent_is_read_however_it_is_cut(size):
    plain = bytes(number % 251 for number in range(size))

    assert read(sent(plain)) == plain
    assert sent(plain, pieces=7) == sent(plain)


def test_the_format_stays_what_it_is():
    # docs/spec/issuer.md, 8, from the published algorithms.
    wire = sent(b"hello")
    mark = wire[HEAD : HEAD + 32]
    common = X25519PrivateKey.from_private_bytes(SECRET).exchange(
        X25519PublicKey.from_public_bytes(mark)
    )
    key = HKDF(SHA256(), 32, salt=mark + PUBLIC, info=b"hustings/v1/issuer-list").derive(common)

    assert wire[:HEAD] == b"hustings/v1/issuer-list\n"
    assert wire[HEAD + 32 :] == ChaCha20Poly1305(key).encrypt(bytes(11) + b"\x01", b"hello", None)


def test_the_mark_is_known_to_both_before_anything_is_read():
    sender = Sender("issuer-list", reader=PUBLIC, rng=rng())

    reader = Reader("issuer-list", io.BytesIO(b"".join(sender.write([b"x"]))), secret=SECRET)

    assert reader.mark == sender.mark


@pytest.mark.parametrize("at", [HEAD, HEAD + 31, HEAD + 32, HEAD + 40, -1])
def test_any_changed_byte_is_refused(at):
    wire = bytearray(sent(b"hello, issuer"))
    wire[at] ^= 1

    assert read(sent(b"hello, issuer")) == b"hello, issuer"
    assert refusal(read, bytes(wire)).condition == "letterbox.closed"


def test_chunks_are_not_moved_left_out_cut_off_or_added():
    size = CHUNK_BYTES + 16
    whole = sent(bytes(3 * CHUNK_BYTES))
    head, chunks = whole[: HEAD + 32], [
        whole[HEAD + 32 + at * size : HEAD + 32 + (at + 1) * size] for at in range(3)
    ]

    assert read(head + b"".join(chunks)) == bytes(3 * CHUNK_BYTES)
    for wrong in (chunks[:2], chunks[1:], [chunks[1], chunks[0], chunks[2]], [*chunks, chunks[2]],
                  []):
        assert refusal(read, head + b"".join(wrong)).condition == "letterbox.closed"


def test_another_reader_another_use_and_no_file_at_all_are_refused():
    wire = sent(b"hello")

    assert refusal(read, wire, secret=rng(b"other")(32)).condition == "letterbox.closed"
    assert refusal(read, wire, use="issuer-requests").condition == "letterbox.format"
    assert refusal(read, b"GIF89a").condition == "letterbox.format"


def test_a_key_that_is_none_is_neither_written_to_nor_read_with():
    # Of small order: the common secret would be known to everybody.
    nothing = bytes(32)
    wire = sent(b"hello")

    refused = refusal(Sender, "issuer-list", reader=nothing, rng=rng())
    assert refused.condition == "letterbox.key"
    forged = wire[:HEAD] + nothing + wire[HEAD + 32 :]
    assert refusal(read, forged).condition == "letterbox.format"
