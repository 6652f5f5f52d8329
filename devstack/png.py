"""Pictures of pages as small PNG files: at most 256 colours, written without any library for it."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_COLOURS = 256

Colours = npt.NDArray[np.int32]  # a number each, or a row of red, green and blue


def small_png(rgba: bytes, width: int, height: int) -> bytes:
    """A PNG of these pixels. A rare colour becomes the nearest of the 256 most frequent ones."""
    pixels = np.frombuffer(rgba, dtype=np.uint8).reshape(-1, 4)[:, :3].astype(np.int32)
    packed = (pixels[:, 0] << 16) | (pixels[:, 1] << 8) | pixels[:, 2]
    colours, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    often = colours[np.argsort(-counts, kind="stable")[:MOST_COLOURS]]
    entries = _nearest(colours, often)[places].reshape(height, width).astype(np.uint8)
    rows = np.hstack([np.zeros((height, 1), dtype=np.uint8), entries])  # no filter before any row
    return b"".join(
        (
            SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", _parts(often).astype(np.uint8).tobytes()),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _parts(colours: Colours) -> Colours:
    """Red, green and blue, a row for each colour."""
    return np.stack([colours >> 16, (colours >> 8) & 255, colours & 255], axis=1)


def _nearest(colours: Colours, palette: Colours) -> npt.NDArray[np.intp]:
    """The place in the palette of the colour most like each."""
    apart = _parts(colours)[:, None, :] - _parts(palette)[None, :, :]
    nearest: npt.NDArray[np.intp] = (apart**2).sum(axis=2).argmin(axis=1)
    return nearest


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
