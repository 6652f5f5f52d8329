"""F3: how is it spread? Bars of enrolments by band of absence (STAT-26), England as diamonds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from attendance.rules import protection
from dashboards.charts import words
from dashboards.charts.axes import (
    NARROW,
    WIDE,
    Canvas,
    Scale,
    label_margin,
    percent_ticks,
    within,
)
from dashboards.charts.facts import Band, Share, SpreadFacts
from dashboards.charts.shapes import (
    GREY,
    INK,
    SUBJECT,
    Chart,
    Column,
    Diamond,
    Line,
    Rect,
    Shape,
    Svg,
    Text,
    text_width,
)

_LINES = {"10%": "Persistent: 10% or more", "50%": "Severe: 50% or more"}


@dataclass(frozen=True)
class _Bar:
    label: str
    value: Fraction | None
    percent: str
    count: str
    england: Decimal | None

    @property
    def england_shown(self) -> str:
        if self.england is None:
            return protection.NOT_AVAILABLE
        return words.published_percent(self.england)

    @property
    def line(self) -> str:
        """The line this band begins at, in words; nothing for the others."""
        return _LINES.get(self.label.split(" ")[0], "")


def spread(facts: SpreadFacts, *, protected: bool = False) -> Chart | None:
    """F3. None if no enrolment had a possible session."""
    total = sum(band.enrolments for band in facts.bands)
    if not total:
        return None
    bars, shown_total = _bars(facts.bands, total, protected)
    has_england = any(bar.england is not None for bar in bars)
    rows = [_row(bar, has_england) for bar in bars]
    hidden = sum(bar.percent == protection.HIDDEN for bar in bars)
    summary = _summary(facts.bands, bars, shown_total, protected)
    columns = [Column("Sessions missed", is_number=False), Column("Enrolments"), Column("Share")]
    return Chart(
        key="spread",
        title=_title(facts, bars, protected),
        subtitle=words.subtitle(facts.heading, f"% of {shown_total} enrolments by band"),
        wide=_draw(WIDE, bars, summary),
        narrow=_draw(NARROW, bars, summary),
        summary=summary,
        columns=[*columns, *([Column("England")] if has_england else [])],
        rows=rows,
        notes=words.notes_on(rows, hidden, "bar"),
        source=words.source(facts.heading, facts.england_source),
    )


def _bars(bands: Sequence[Band], total: int, protected: bool) -> tuple[list[_Bar], str]:
    """The bars, and the number of enrolments as it may be shown."""
    if not protected:
        bars = []
        for band in bands:
            figure = words.figure(Share(band.enrolments, total), protected=False)
            bars.append(
                _Bar(band.label, figure.value, figure.percent, figure.part, band.england_percent)
            )
        return bars, f"{total:,}"
    counts, whole = protection.protected_row([b.enrolments for b in bands], words.thresholds())
    bars = []
    for band, count in zip(bands, counts, strict=True):
        if count is None or not whole:
            bars.append(_Bar(band.label, None, "c", "c", band.england_percent))
            continue
        percent = Fraction(protection.whole_percent(count, whole))
        bars.append(_Bar(band.label, percent, f"{percent}%", f"{count:,}", band.england_percent))
    return bars, "c" if whole is None else f"{whole:,}"


def _row(bar: _Bar, has_england: bool) -> list[str]:
    ours = [bar.label, bar.count, bar.percent]
    return [*ours, bar.england_shown] if has_england else ours


def _over(
    bands: Sequence[Band], bars: Sequence[_Bar], line: str, protected: bool
) -> words.Figure | None:
    """Enrolments from the band that begins at a line upwards. None if no band begins there, or
    if one of them is hidden: their sum would give it away."""
    begins = [i for i, bar in enumerate(bars) if bar.label.split(" ")[0] == line]
    if not begins or any(bar.value is None for bar in bars[begins[0] :]):
        return None
    missed = sum(band.enrolments for band in bands[begins[0] :])
    total = sum(band.enrolments for band in bands)
    found = words.figure(Share(missed, total), protected=protected)
    return None if found.is_hidden else found


def _title(facts: SpreadFacts, bars: Sequence[_Bar], protected: bool) -> str:
    missed = _over(facts.bands, bars, "10%", protected)
    if missed is None:
        return "Enrolments by how much was missed"
    start = f"{missed.part} of {missed.whole} enrolments"
    rest = "missed 10% or more of their sessions"
    return words.fitted(f"{start} in {facts.heading.who} {rest}", f"{start} {rest}")


def _summary(bands: Sequence[Band], bars: Sequence[_Bar], shown_total: str, protected: bool) -> str:
    parts = []
    for line, name in (("10%", "10% or more"), ("50%", "50% or more")):
        missed = _over(bands, bars, line, protected)
        if missed is not None:
            parts.append(f"{missed.percent} missed {name}")
    if not parts:
        return f"{shown_total} enrolments in {len(bands)} bands of sessions missed."
    return f"Of {shown_total} enrolments, {' and '.join(parts)} of their sessions."


def _draw(canvas: Canvas, bars: Sequence[_Bar], description: str) -> Svg:
    thick, pitch = (18, 28) if canvas.is_narrow else (20, 28)
    left = label_margin(canvas, [_place(canvas, bar) for bar in bars])
    largest = max(max(bar.value or 0, bar.england or 0) for bar in bars)
    side = max(text_width(bar.percent, canvas.font) for bar in bars) + 18
    scale = Scale(percent_ticks(largest)[-1], left, canvas.width - side)
    has_england = any(bar.england is not None for bar in bars)
    y = canvas.line + 10 if has_england else 6.0
    shapes: list[Shape] = []
    if has_england:
        first = next(bar for bar in bars if bar.england is not None)
        x = scale.at(first.england or 0)
        label = Text(x, canvas.font, "England", canvas.font, GREY, "middle", role="label")
        shapes.append(within(label, left, canvas.width))
    top = y
    for bar in bars:
        if bar.line:
            shapes += _dividing_line(canvas, bar.line, y, left)
            y += canvas.line + 8
        shapes += _bar_shapes(canvas, bar, scale, y, thick, left)
        y += pitch
    shapes.insert(0, Line([(left, top - 2), (left, y - 4)], INK, role="grid"))
    return Svg(canvas.width, round(y) + 4, description, shapes)


def _place(canvas: Canvas, bar: _Bar) -> str:
    """The band's name, shorter on a phone; the table has the exact one."""
    return bar.label.replace("under ", "") if canvas.is_narrow else bar.label


def _dividing_line(canvas: Canvas, text: str, y: float, left: float) -> list[Shape]:
    """Between two bands, with its name: what lies below is over the line."""
    return [
        Line([(0, y), (canvas.width, y)], GREY, 1, "4 3", role="line"),
        Text(canvas.width, y + canvas.font + 2, text, canvas.font, GREY, "end", role="label"),
    ]


def _bar_shapes(
    canvas: Canvas, bar: _Bar, scale: Scale, y: float, thick: float, left: float
) -> list[Shape]:
    middle = y + thick / 2
    base = middle + canvas.font * 0.35
    shapes: list[Shape] = [
        Text(left - 8, base, _place(canvas, bar), canvas.font, anchor="end", role="place")
    ]
    end = left
    if bar.value is not None:
        end = scale.at(bar.value)
        shapes.append(Rect(left, y, end - left, thick, SUBJECT, role="bar"))
    if bar.england is not None:
        at = scale.at(bar.england)
        shapes.append(Diamond(at, middle, role="england"))
        end = max(end, at + 8)
    shapes.append(Text(end + 7, base, bar.percent, canvas.font, role="value"))
    return shapes
