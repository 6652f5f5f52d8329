"""A chart as a picture that stands by itself: title, drawing, summary, source and stamp.

The SVG is our own drawing with its words around it; the PNG is the same SVG, drawn by Typst.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from dashboards.charts import Chart
from dashboards.charts.shapes import GREY, INK, Svg, text_width
from dashboards.exports.stamps import Stamp
from dashboards.printing import picture

_MARGIN: Final = 24
_FONTS: Final = "Noto Sans, Helvetica Neue, Arial, sans-serif"
_TITLE, _WORDS, _SMALL = 20, 15, 13
_LEADING: Final = 1.35


def svg_file(chart: Chart, stamp: Stamp) -> bytes:
    """The picture as SVG, wide enough for a page."""
    above = _Lines(chart.wide.width)
    above.add(chart.title, _TITLE, is_bold=True)
    above.add(chart.subtitle, _WORDS)
    below = _Lines(chart.wide.width)
    for text in (chart.summary, *chart.notes):
        below.add(text, _WORDS)
    for text in ([chart.source] if chart.source else []) + list(stamp.lines()):
        below.add(text, _SMALL, colour=GREY)
    return _document(chart, above, below).encode()


def drawing(chart: Chart) -> str:
    """The drawing alone, for a document that sets the words around it."""
    svg = chart.wide
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{svg.width}" height="{svg.height}" '
        f'viewBox="0 0 {svg.width} {svg.height}"><g font-family="{_FONTS}">{svg.markup}</g></svg>'
    )


def png_file(chart: Chart, stamp: Stamp) -> bytes:
    """The same picture as PNG, sharp in print."""
    return picture(svg_file(chart, stamp))


class _Lines:
    """Lines of words, broken to a width, one below the other."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._elements: list[str] = []
        self.height = 0.0

    def add(self, text: str, size: int, *, is_bold: bool = False, colour: str = INK) -> None:
        for line in _broken(text, size, self._width):
            self.height += size * _LEADING
            weight = ' font-weight="bold"' if is_bold else ""
            self._elements.append(
                f'<text x="0" y="{self.height:.1f}" font-size="{size}" fill="{colour}"{weight}>'
                f"{_xml(line)}</text>"
            )
        self.height += size * 0.4

    def at(self, top: float) -> str:
        """The lines as a group that begins at `top`."""
        return f'<g transform="translate({_MARGIN} {top:.1f})">{"".join(self._elements)}</g>'


def _xml(text: str) -> str:
    """Without the signs that show nothing, of which some no drawing may hold."""
    return escape("".join(sign for sign in text if sign.isprintable()))


def _broken(text: str, size: int, width: int) -> Iterator[str]:
    words: list[str] = []
    for word in text.split():
        if words and text_width(" ".join([*words, word]), size) > width:
            yield " ".join(words)
            words = []
        words.append(word)
    if words:
        yield " ".join(words)


def _document(chart: Chart, above: _Lines, below: _Lines) -> str:
    drawing: Svg = chart.wide
    top = _MARGIN + above.height
    foot = top + drawing.height
    width, height = drawing.width + 2 * _MARGIN, round(foot + below.height + _MARGIN)
    parts: Sequence[str] = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" aria-labelledby="t d">',
        f'<title id="t">{_xml(chart.title)}</title>',
        f'<desc id="d">{_xml(drawing.description)}</desc>',
        f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>',
        f'<g font-family="{_FONTS}">',
        above.at(_MARGIN),
        f'<g transform="translate({_MARGIN} {top:.1f})">{drawing.markup}</g>',
        below.at(foot),
        "</g></svg>",
    )
    return "\n".join(parts)
