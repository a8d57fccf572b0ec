"""Candidates' photographs: whatever is handed in, only our own encoder's bytes are served.

The picture is decoded under a limit of pixels, cut square, drawn anew at one size and encoded
without metadata; vector formats are refused because they can carry script.
"""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from office.refusal import Refusal

SIDE_PIXELS = 240
MOST_PIXELS = 40_000_000
MOST_BYTES = 12_000_000
LARGEST_RESULT_BYTES = 10_000

# Exif 2.3 §4.6.4 A, tag 274: how the camera was held, and what turns the picture upright.
_ORIENTATION = 0x0112
_TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def re_encode(handed_in: bytes) -> bytes:
    """Return the picture as a square WebP of 240 pixels a side and at most 10 kB, or refuse."""
    if len(handed_in) > MOST_BYTES:
        raise Refusal(
            "photograph.too-large",
            "The photograph is larger than 12 MB. Save it smaller and send it again.",
        )
    try:
        with Image.open(io.BytesIO(handed_in), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refusal(
                    "photograph.too-many-pixels",
                    "The photograph has more than 40 million pixels. Save it smaller and send "
                    "it again.",
                )
            upright = _upright(picture).convert("RGB")
    except (
        UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError
    ) as reason:  # fmt: skip
        # SyntaxError is Pillow's word for a chunk or a tag that breaks its format.
        raise Refusal(
            "photograph.not-a-picture",
            "The file is not a picture that can be read. Send a JPEG, PNG or WebP file.",
        ) from reason
    square = ImageOps.fit(upright, (SIDE_PIXELS, SIDE_PIXELS))
    for quality in (80, 65, 50, 35, 20):
        out = io.BytesIO()
        square.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= LARGEST_RESULT_BYTES:
            break
    return out.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """The picture as it was seen. Pillow's own function also writes the metadata anew, which
    we throw away, and which fails in a dozen ways where they are broken."""
    turn = _TURNS.get(picture.getexif().get(_ORIENTATION))
    return picture if turn is None else picture.transpose(turn)
