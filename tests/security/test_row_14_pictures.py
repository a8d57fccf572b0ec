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


def with_broken_chunk() -> bytes:
    """A PNG whose rows are parted by a chunk of no kind."""
    good = png(300, 200, bytes(301) * 200)
    assert re_encode(good)
    middle = good.index(b"IDAT") + 12
    rest = good[middle : good.index(b"IEND") - 8]
    start = good[: good.index(b"IDAT") - 4]
    rows = good[good.index(b"IDAT") + 4 : middle]
    return start + chunk(b"IDAT", rows) + chunk(bytes(4), b"") + chunk(b"IDAT", rest)


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
        picture("PNG").replace(b"IDAT", b"IDAX"),
        with_broken_chunk(),
        picture("PNG", exif=b"not a directory of tags"),
    ],
    ids=["svg", "xml", "postscript", "gif with script", "bmp", "nothing", "cut short", "tiff",
         "gif", "png without rows", "broken chunk", "broken tags"],
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


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_upright_however_the_camera_was_held(orientation: int) -> None:
    seen = Image.new("RGB", (300, 300), (250, 250, 250))
    seen.paste((10, 10, 10), (0, 0, 150, 100))
    held = {
        1: seen,
        2: seen.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: seen.transpose(Image.Transpose.ROTATE_180),
        4: seen.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: seen.transpose(Image.Transpose.TRANSPOSE),
        6: seen.transpose(Image.Transpose.ROTATE_90),
        7: seen.transpose(Image.Transpose.TRANSVERSE),
        8: seen.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    held.save(out, "JPEG", quality=95, exif=exif)

    with Image.open(io.BytesIO(re_encode(out.getvalue()))) as drawn:
        corners = [drawn.convert("L").getpixel(at) for at in ((40, 20), (200, 20), (40, 200))]

    assert [corner < 128 for corner in corners] == [True, False, False]


def test_a_photograph_whose_tags_cannot_be_written_anew_is_taken_all_the_same() -> None:
    # An orientation, and a text where tag 282 (resolution) has a fraction.
    tags = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 2)
    tags += struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0) + struct.pack("<HHI4s", 282, 2, 4, b"abc\x00")
    tags += bytes(4)

    assert re_encode(picture("JPEG", exif=b"Exif\x00\x00" + tags))
