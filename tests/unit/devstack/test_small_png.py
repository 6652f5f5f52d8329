"""Small pictures: what few colours there are stay as they were."""

import struct
import zlib

from devstack.png import MOST_COLOURS, SIGNATURE, small_png


def read(content: bytes) -> tuple[int, int, list[tuple[int, ...]]]:
    """Width, height and colour of each pixel of a palette PNG without filters."""
    assert content.startswith(SIGNATURE)
    chunks, at = {}, len(SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", content[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(kind + body)
        chunks[kind], at = body, at + 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = zlib.decompress(chunks[b"IDAT"])
    palette = [tuple(chunks[b"PLTE"][n : n + 3]) for n in range(0, len(chunks[b"PLTE"]), 3)]
    entries = [entry for n in range(height) for entry in rows[n * (width + 1) + 1 :][:width]]
    return width, height, [palette[entry] for entry in entries]


def test_few_colours_are_kept_exactly():
    pixels = [(11, 12, 12), (255, 255, 255), (29, 112, 184), (11, 12, 12), (0, 0, 0), (255, 0, 9)]

    content = small_png(b"".join(bytes((*one, 255)) for one in pixels), 3, 2)

    assert read(content) == (3, 2, pixels)


def test_rare_colour_becomes_the_nearest_frequent_one():
    often = [(value, value, value) for value in range(MOST_COLOURS)]
    pixels = [*often, *often, (10, 10, 11)]

    content = small_png(b"".join(bytes((*one, 255)) for one in pixels), len(pixels), 1)

    assert read(content)[2] == [*often, *often, (10, 10, 10)]
