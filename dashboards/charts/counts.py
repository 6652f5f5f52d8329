"""F2: how many children? Columns, year to date at each half-term's end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attendance.rules import protection
from attendance_portal.shared import wording
from dashboards.charts import words
from dashboards.charts.axes import (
    NARROW,
    WIDE,
    Canvas,
    Scale,
    label_margin,
    spread_down,
    ticks,
    value_axis,
    within,
    without_overlaps,
)
from dashboards.charts.facts import CountFacts, HalfTermPoint, Share
from dashboards.charts.shapes import (
    LAST_YEAR,
    LIGHT,
    SUBJECT,
    Chart,
    Column,
    Line,
    Rect,
    Shape,
    Svg,
    Text,
    text_width,
)
from schools.rules.calendar import TERM_NAMES, term_of_half_term

_TICK_OVERHANG = 5
_BOLD = 1.08  # how much wider a bold text is


@dataclass(frozen=True)
class _Bar:
    """One column as this reader may see it; None: hidden, and not drawn."""

    point: HalfTermPoint
    severe: int | None
    other: int | None
    enrolments: int | None
    last_year: int | None
    last_year_severe: int | None

    @property
    def total(self) -> int | None:
        if self.severe is None or self.other is None:
            return None
        return self.severe + self.other


def children_over_the_lines(facts: CountFacts, *, protected: bool = False) -> Chart | None:
    """F2. None if there is no half-term, or nobody had a possible session."""
    bars = [_bar(point, protected) for point in facts.points if point.enrolments]
    if not bars:
        return None
    rows = [_row(bar) for bar in bars]
    hidden = sum(bar.total is None for bar in bars)
    summary = _summary(bars[-1], protected)
    return Chart(
        key="children-over-the-lines",
        title=_title(facts, bars[-1]),
        subtitle=words.subtitle(facts.heading, "enrolments, year to date at half-term ends"),
        wide=_draw(WIDE, bars, summary),
        narrow=_draw(NARROW, bars, summary),
        summary=summary,
        columns=[
            Column("Year to date at", is_number=False),
            Column("Severe, 50% or more"),
            Column("Other persistent, 10% to under 50%"),
            Column("All persistent, 10% or more"),
            Column("Enrolments"),
            Column("All persistent, last year"),
            Column("Severe, last year"),
        ],
        rows=rows,
        notes=words.notes_on(rows, hidden, "column"),
        source=words.source(facts.heading),
    )


def _bar(point: HalfTermPoint, protected: bool) -> _Bar:
    other = point.persistent - point.severe
    if not protected:
        return _Bar(
            point,
            point.severe,
            other,
            point.enrolments,
            point.last_year_persistent,
            point.last_year_severe,
        )
    rest = point.enrolments - point.persistent
    (severe, others, _), enrolments = protection.protected_row(
        [point.severe, other, rest], words.thresholds()
    )
    if enrolments is not None and severe is not None and others is not None:
        enrolments = max(enrolments, severe + others)  # rounded parts may add up to more
    last = _protected_last_year(point)
    return _Bar(point, severe, others, enrolments, *last)


def _protected_last_year(point: HalfTermPoint) -> tuple[int | None, int | None]:
    """Last year's counts come without their total: the small are hidden, and then both are."""
    persistent, severe = point.last_year_persistent, point.last_year_severe
    if persistent is None:
        return None, None
    parts = [severe or 0, persistent - (severe or 0)]
    edge = words.thresholds().largest_hidden_count
    if any(0 < count <= edge for count in [*parts, persistent]):
        return None, None
    return protection.rounded(persistent), None if severe is None else protection.rounded(severe)


def _shown(count: int | None, missing: str = protection.HIDDEN) -> str:
    return missing if count is None else f"{count:,}"


def _row(bar: _Bar) -> list[str]:
    def last_year(shown: int | None, known: int | None) -> str:
        return _shown(shown, protection.NOT_AVAILABLE if known is None else protection.HIDDEN)

    counts = [bar.severe, bar.other, bar.total, bar.enrolments]
    return [
        bar.point.label,
        *(_shown(count) for count in counts),
        last_year(bar.last_year, bar.point.last_year_persistent),
        last_year(bar.last_year_severe, bar.point.last_year_severe),
    ]


def _title(facts: CountFacts, last: _Bar) -> str:
    if last.total is None or last.enrolments is None:
        return words.fitted(
            f"Enrolments in {facts.heading.who} that missed 10% or more",
            "Enrolments that missed 10% or more",
        )
    start, rest = f"{last.total:,} of {last.enrolments:,} enrolments", "missed 10% or more"
    tail = f", {last.severe:,} of them half or more" if last.severe else ""
    return words.fitted(f"{start} in {facts.heading.who} {rest}{tail}", f"{start} {rest}{tail}")


def _summary(last: _Bar, protected: bool) -> str:
    if last.total is None or last.enrolments is None:
        return f"The counts at {last.point.label} are hidden to protect children."
    share = Share(last.total, last.enrolments)
    whole = f"{protection.whole_percent(share.part, share.whole)}%"
    percent = whole if protected else words.figure(share, protected=False).percent
    enrolments = wording.counted(share.whole, "enrolment")
    now = f"At {last.point.label}, {percent} of {enrolments} had missed 10% or more"
    if last.last_year is None:
        return f"{now}."
    return f"{now}: {share.part:,}, and {last.last_year:,} at the same point last year."


def _draw(canvas: Canvas, bars: Sequence[_Bar], description: str) -> Svg:
    height = 290 if canvas.is_narrow else 330
    tallest = max(max(bar.total or 0, bar.last_year or 0) for bar in bars)
    marks = [(tick, f"{tick:,}") for tick in ticks(tallest, least_top=5)]
    left = label_margin(canvas, [label for _, label in marks])
    side = max(text_width(name, canvas.font) for name in _names(canvas)) + 16
    names_at = canvas.width - side
    right = names_at - _overhang(canvas, bars[-1], names_at - left, len(bars))
    top, bottom = canvas.line + 6, height - 2 * canvas.line - 11
    scale = Scale(marks[-1][0], bottom, top)
    shapes = value_axis(canvas, scale, marks, right)
    left += _overhang(canvas, bars[0], right - left, len(bars))
    pitch = (right - left) / len(bars)
    width = min(pitch * 0.62, 64)
    centres = [left + pitch * (i + 0.5) for i in range(len(bars))]
    totals: list[Text] = []
    for bar, x in zip(bars, centres, strict=True):
        column, total = _column(canvas, bar, x, width, scale)
        shapes += column
        totals.insert(0, total)
    shapes += _apart(totals)
    shapes += _side_labels(canvas, bars, scale, centres[-1] + width / 2, names_at, (top, bottom))
    shapes += _places(canvas, bars, centres, bottom)
    return Svg(canvas.width, height, description, shapes)


def _overhang(canvas: Canvas, outermost: _Bar, room: float, columns: int) -> float:
    """How far the first or last column's total reaches past the column's place, and so must keep
    from what stands beside it: many narrow columns have totals wider than they are."""
    half = text_width(_shown(outermost.total), canvas.font) * _BOLD / 2 + 6
    half_place = 1 / (2 * columns)  # of the room, which shrinks by the answer
    return max(half - room * half_place, 0) / (1 - half_place)


def _names(canvas: Canvas) -> tuple[str, str, str]:
    if canvas.is_narrow:
        return "Other", "Severe", "Last year"
    return "Other persistent", "Severe", "Last year"


def _apart(totals: Sequence[Text]) -> list[Text]:
    """The totals that do not touch, newest first kept: on a phone six columns may not have room
    for them all, and the table has every one."""
    kept: list[Text] = []
    for total in totals:
        if not any(total.box.overlaps(other.box) for other in kept):
            kept.append(total)
    return kept


def _column(
    canvas: Canvas, bar: _Bar, x: float, width: float, scale: Scale
) -> tuple[list[Shape], Text]:
    """One column with last year's tick, and its total."""
    shapes: list[Shape] = []
    label_at = scale.at(0) - 6
    if bar.total is not None:
        low, high = scale.at(bar.severe or 0), scale.at(bar.total)
        left = x - width / 2
        shapes.append(Rect(left, low, width, scale.at(0) - low, SUBJECT, role="severe"))
        shapes.append(Rect(left, high, width, low - high, LIGHT, role="other"))
        label_at = high - 6
        if bar.last_year is not None:
            label_at = _clear_of(canvas, scale.at(bar.last_year), high, low)
    if bar.last_year is not None:
        y = scale.at(bar.last_year)
        reach = width / 2 + _TICK_OVERHANG
        shapes.append(Line([(x - reach, y), (x + reach, y)], LAST_YEAR, 3, role="last-year"))
    total = Text(
        x, label_at, _shown(bar.total), canvas.font, anchor="middle", is_bold=True, role="total"
    )
    return shapes, total


def _clear_of(canvas: Canvas, tick: float, top: float, foot: float) -> float:
    """Where the total stands: on its column; just inside if the tick is in the way and the column
    has room; else over the tick."""
    if not top - canvas.line - 4 < tick < top + 4:
        return top - 6
    inside = max(top, tick) + canvas.font + 3
    return inside if inside + 4 < foot else min(top, tick) - 6


def _side_labels(
    canvas: Canvas,
    bars: Sequence[_Bar],
    scale: Scale,
    edge: float,
    names_at: float,
    edges: tuple[float, float],
) -> list[Shape]:
    """The parts named once, beside the last column."""
    last = next((bar for bar in reversed(bars) if bar.total is not None), None)
    if last is None or last.total is None:
        return []
    severe = last.severe or 0
    heights = [(severe + last.total) / 2, severe / 2, last.last_year]
    named = [(name, at) for name, at in zip(_names(canvas), heights, strict=True) if at is not None]
    lift = canvas.font * 0.35
    ys = spread_down(
        [scale.at(at) + lift for _, at in named],
        apart=canvas.line,
        top=edges[0],
        bottom=edges[1] + lift - 4,
    )
    return [
        Text(names_at + 8, y, name, canvas.font, role="label")
        for (name, _), y in zip(named, ys, strict=True)
    ]


def _places(
    canvas: Canvas, bars: Sequence[_Bar], centres: Sequence[float], bottom: float
) -> list[Shape]:
    """The half-terms' names; on a phone 1 and 2, with the term's name below both."""
    y = bottom + canvas.line + 5
    whole = [
        within(
            Text(x, y, bar.point.label, canvas.font, anchor="middle", role="place"), 0, canvas.width
        )
        for bar, x in zip(bars, centres, strict=True)
    ]
    if len(without_overlaps(whole)) == len(whole):
        return [*whole]
    numbers = [
        Text(x, y, str(2 - bar.point.half_term % 2), canvas.font, anchor="middle", role="place")
        for bar, x in zip(bars, centres, strict=True)
    ]
    by_term: dict[int, list[float]] = {}
    for bar, x in zip(bars, centres, strict=True):
        by_term.setdefault(term_of_half_term(bar.point.half_term), []).append(x)
    terms = [
        Text(sum(xs) / len(xs), y + canvas.line, TERM_NAMES[term], canvas.font, anchor="middle")
        for term, xs in by_term.items()
    ]
    return [*numbers, *without_overlaps([within(term, 0, canvas.width) for term in terms])]
