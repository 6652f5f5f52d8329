"""F5: which weeks? One child's sessions missed, a bar a week, with what happened when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from attendance_portal.shared import wording
from dashboards.charts import words
from dashboards.charts.axes import (
    NARROW,
    WIDE,
    Canvas,
    Scale,
    Slot,
    WeekScale,
    half_term_labels,
    key_row,
    label_margin,
    value_axis,
    within,
)
from dashboards.charts.facts import Event, PupilWeek, PupilWeeksFacts
from dashboards.charts.shapes import (
    INK,
    LIGHT,
    PALE,
    SUBJECT,
    Chart,
    Column,
    Line,
    Rect,
    Shape,
    Svg,
    Text,
)
from schools.rules.calendar import half_term_label

_SESSIONS_A_WEEK = 10
_KEY = (("Authorised", LIGHT), ("Unauthorised", SUBJECT), ("Attended", PALE))


def weeks_missed(facts: PupilWeeksFacts, *, protected: bool = False) -> Chart | None:
    """F5. None if nothing was possible in any week, and in a protected view: it is one child."""
    if protected or not any(week.possible for week in facts.weeks):
        return None
    rows = [_row(week, facts) for week in facts.weeks]
    summary = _summary(facts.weeks)
    return Chart(
        key="weeks-missed",
        title=_title(facts.weeks),
        subtitle=words.subtitle(facts.heading, "sessions a week"),
        wide=_draw(WIDE, facts, summary),
        narrow=_draw(NARROW, facts, summary),
        summary=summary,
        columns=[
            Column("Week of", is_number=False),
            Column("Half-term", is_number=False),
            Column("Possible"),
            Column("Authorised"),
            Column("Unauthorised"),
            *([Column("What happened", is_number=False)] if facts.events else []),
        ],
        rows=rows,
        notes=words.notes_on(rows, 0, "bar"),
        source=words.source(facts.heading),
    )


def _week_of(event: Event, weeks: Sequence[PupilWeek]) -> PupilWeek | None:
    """The week an event is shown in; one in a holiday belongs to the next. None after the last."""
    return next((week for week in weeks if event.on < week.monday + timedelta(days=7)), None)


def _row(week: PupilWeek, facts: PupilWeeksFacts) -> list[str]:
    counts = [week.possible, week.authorised, week.unauthorised]
    shown = [str(count) for count in counts] if week.possible else ["0", "z", "z"]
    ours = [wording.day(week.monday), half_term_label(week.half_term), *shown]
    if not facts.events:
        return ours
    here = [event for event in facts.events if _week_of(event, facts.weeks) is week]
    happened = "; ".join(f"{event.label}, {wording.short_day(event.on)}" for event in here)
    return [*ours, happened or "Nothing recorded"]


def _title(weeks: Sequence[PupilWeek]) -> str:
    with_any = sum(bool(week.authorised + week.unauthorised) for week in weeks)
    counted = [week for week in weeks if week.possible]
    return f"Sessions were missed in {with_any} of {wording.counted(len(counted), 'school week')}"


def _summary(weeks: Sequence[PupilWeek]) -> str:
    authorised = sum(week.authorised for week in weeks)
    unauthorised = sum(week.unauthorised for week in weeks)
    if not authorised + unauthorised:
        return "No session was missed in these weeks."
    most = max(week.authorised + week.unauthorised for week in weeks)
    first = next(week for week in weeks if week.authorised + week.unauthorised == most)
    return (
        f"{wording.counted(authorised, 'session')} authorised, {unauthorised} unauthorised; "
        f"most in the {words.week_of(first.monday)}, {most} of {first.possible}."
    )


def _slots(weeks: Sequence[PupilWeek]) -> list[Slot]:
    """The weeks numbered in their half-terms, holidays skipped."""
    seen: dict[int, int] = {}
    slots = []
    for week in weeks:
        seen[week.half_term] = seen.get(week.half_term, 0) + 1
        slots.append(Slot(week.half_term, seen[week.half_term]))
    return slots


def _draw(canvas: Canvas, facts: PupilWeeksFacts, description: str) -> Svg:
    marks = [(value, str(value)) for value in (0, 5, _SESSIONS_A_WEEK)]
    left = label_margin(canvas, [label for _, label in marks])
    right = canvas.width - 2.0
    slots = _slots(facts.weeks)
    weeks = WeekScale.of(slots, left, right)
    key, below_key = key_row(canvas, _KEY)
    labels, top = _event_labels(canvas, facts, slots, weeks, below_key + 6)
    bottom = top + 150
    most = max([_SESSIONS_A_WEEK, *(week.possible for week in facts.weeks)])
    scale = Scale(most, bottom, top)
    bars = [
        shape
        for week, slot in zip(facts.weeks, slots, strict=True)
        for shape in _bar(week, weeks.centre(slot), weeks.pitch * 0.76, scale)
    ]
    shapes = [*key, *(bar for bar in bars if bar.role == "possible")]
    shapes += value_axis(canvas, scale, marks, right)
    shapes += [bar for bar in bars if bar.role != "possible"]
    for label, x in labels:
        line = [(x, label.y + 4), (x, bottom)]
        shapes += [Line(line, INK, 1.5, "3 3", role="event"), label]
    shapes += half_term_labels(canvas, weeks, bottom + canvas.line + 8)
    return Svg(canvas.width, round(bottom + canvas.line + 16), description, shapes)


def _bar(week: PupilWeek, x: float, width: float, scale: Scale) -> list[Shape]:
    """Unauthorised at the foot, authorised on it, and the sessions that were possible behind."""
    left, ground = x - width / 2, scale.at(0)
    possible = scale.at(week.possible)
    dark, light = scale.at(week.unauthorised), scale.at(week.unauthorised + week.authorised)
    shapes: list[Shape] = []
    for role, fill, top, foot in (
        ("possible", PALE, possible, ground),
        ("unauthorised", SUBJECT, dark, ground),
        ("authorised", LIGHT, light, dark),
    ):
        if week.possible:
            shapes.append(Rect(left, top, width, foot - top, fill, role=role))
    return shapes


def _event_labels(
    canvas: Canvas,
    facts: PupilWeeksFacts,
    slots: Sequence[Slot],
    weeks: WeekScale,
    top: float,
) -> tuple[list[tuple[Text, float]], float]:
    """Each event's name over its line, in as many rows as they need; and where the plot begins."""
    placed: list[tuple[Text, float]] = []
    for event in facts.events:
        x = _event_x(event, facts.weeks, slots, weeks)
        if x is None:
            continue
        y = top + canvas.font
        label = _beside(canvas, event.label, x, y)
        while any(label.box.overlaps(other.box) for other, _ in placed):
            y += canvas.line
            label = _beside(canvas, event.label, x, y)
        placed.append((label, x))
    foot = max((label.y for label, _ in placed), default=top)
    return placed, foot + 14


def _beside(canvas: Canvas, words_of_event: str, x: float, y: float) -> Text:
    label = Text(x, y, words_of_event, canvas.font, anchor="middle", role="label")
    return within(label, 0, canvas.width)


def _event_x(
    event: Event, weeks: Sequence[PupilWeek], slots: Sequence[Slot], scale: WeekScale
) -> float | None:
    """Where in its week an event stands; in a holiday, where the next week begins."""
    week = _week_of(event, weeks)
    if week is None:
        return None
    slot = slots[[other is week for other in weeks].index(True)]
    days = min(max((event.on - week.monday).days, 0), 5)
    return scale.centre(slot) + (days / 5 - 0.5) * scale.pitch
