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
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as reason:
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
