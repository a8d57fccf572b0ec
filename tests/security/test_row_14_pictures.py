"""Row 14: picture bombs, scripts in pictures, places in photographs. Prevents."""

from __future__ import annotations

import io
import struct
import time
import zlib

import pytest
from PIL import Image

from ballot.services.photographs import LARGEST_RESULT_BYTES, SIDE_PIXELS, re_encode
from tests.ballot.factories import code_of_refusal


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG that says it is as large as it says, whatever it holds."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def picture(kind: str, size: tuple[int, int] = (300, 200), **given: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (10, 120, 60)).save(out, kind, **given)
    return out.getvalue()


@pytest.mark.parametrize(
    ("side", "code"),
    [(50_000, "photograph.not-a-picture"), (12_000, "photograph.too-many-pixels")],
)
def test_a_bomb_is_refused_before_it_is_unpacked(side: int, code: str) -> None:
    bomb = png(side, side, bytes(1_000_000))
    assert len(bomb) < 10_000
    begun = time.perf_counter()

    refused = code_of_refusal(lambda: re_encode(bomb))

    assert refused in {code, "photograph.not-a-picture", "photograph.too-many-pixels"}
    assert time.perf_counter() - begun < 2
    assert re_encode(picture("PNG"))


def test_a_file_larger_than_a_photograph_is_refused_unread() -> None:
    assert code_of_refusal(lambda: re_encode(bytes(12_000_001))) == "photograph.too-large"


@pytest.mark.parametrize(
    "handed_in",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) run",
        b"GIF89a<script>alert(1)</script>",
        b"BM" + bytes(100),
        b"",
        picture("PNG")[:60],
        picture("TIFF"),
        picture("GIF"),
    ],
    ids=["svg", "xml", "postscript", "gif with script", "bmp", "nothing", "cut short", "tiff",
         "gif"],
)
def test_what_is_no_photograph_is_refused(handed_in: bytes) -> None:
    assert code_of_refusal(lambda: re_encode(handed_in)) == "photograph.not-a-picture"


def test_what_is_served_is_our_own_encoders_and_carries_nothing_over() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A Camera of Somebody"
    exif[0x8825] = {1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)}
    script = b"<script>alert(1)</script>"
    with_place = picture("JPEG", exif=exif.tobytes())
    polyglot = picture("PNG") + script
    for handed_in, hidden in ((with_place, b"A Camera of Somebody"), (polyglot, script)):
        assert hidden in handed_in

        served = re_encode(handed_in)

        assert served[:4] == b"RIFF" and served[8:12] == b"WEBP"
        assert hidden not in served and len(served) <= LARGEST_RESULT_BYTES
        with Image.open(io.BytesIO(served)) as drawn:
            assert drawn.size == (SIDE_PIXELS, SIDE_PIXELS)
            assert not drawn.getexif() and "exif" not in drawn.info
