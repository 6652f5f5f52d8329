"""F15: how long have they waited? A bar a referral, from sent to outcome told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from attendance_portal.shared import wording
from cases.rules.waits import ReferralDays, total_wait, waited_days
from dashboards.charts.axes import NARROW, WIDE, Canvas, Scale, key_row, within, without_overlaps
from dashboards.charts.shapes import (
    GREY,
    GRID,
    INK,
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

NOT_YET = "Not yet"
_BAR = 18
_CROSS = 6


@dataclass(frozen=True)
class ReferralBar:
    """One referral and its days; `href` its page."""

    service: str
    agency: str
    days: ReferralDays
    href: str = ""


@dataclass(frozen=True)
class ReferralFacts:
    """F15. `who`: the case's reference, no name. Referrals in the order in which they were sent."""

    who: str
    on: date
    referrals: Sequence[ReferralBar]


def waiting_for_help(facts: ReferralFacts, *, protected: bool = False) -> Chart | None:
    """F15; None without referrals, and in a protected view: it is about one child."""
    if protected or not facts.referrals:
        return None
    summary = _summary(facts)
    return Chart(
        key="waits",
        title=_title(facts),
        subtitle=f"From sent to outcome told · Case {facts.who} · to {wording.day(facts.on)}",
        wide=_draw(WIDE, facts, summary),
        narrow=_draw(NARROW, facts, summary),
        summary=summary,
        columns=[
            Column("Service", is_number=False),
            Column("Asked", is_number=False),
            Column("Sent", is_number=False),
            Column("Answer", is_number=False),
            Column("Help began", is_number=False),
            Column("Outcome told", is_number=False),
            Column("Days waited"),
        ],
        rows=[_row(one, facts.on) for one in facts.referrals],
        notes=["Days on which the child waited for two services count once."],
        source="Source: the referrals of this case.",
        links=[one.href for one in facts.referrals],
    )


def _title(facts: ReferralFacts) -> str:
    total = wording.counted(_total(facts), "day")
    asked = wording.counted(len(facts.referrals), "referral")
    if any(one.days.is_waiting for one in facts.referrals):
        return f"{total} of waiting so far, over {asked}"
    return f"{total} of waiting, over {asked}"


def _summary(facts: ReferralFacts) -> str:
    waiting = sum(one.days.is_waiting for one in facts.referrals)
    declined = sum(one.days.declined_on is not None for one in facts.referrals)
    begun = sum(one.days.started_on is not None for one in facts.referrals)
    asked = wording.counted(len(facts.referrals), "referral")
    total = wording.counted(_total(facts), "day")
    return (
        f"Help began after {begun:,} of {asked}. Declined: {declined:,}; still waiting: "
        f"{waiting:,}. The child has waited {total} in all."
    )


def _total(facts: ReferralFacts) -> int:
    return total_wait([one.days for one in facts.referrals], facts.on)


def _row(one: ReferralBar, on: date) -> list[str]:
    days = one.days
    return [
        one.service,
        one.agency,
        wording.day(days.sent_on),
        _answer(days),
        _day(days.started_on),
        _day(days.told_on),
        f"{waited_days(days, on):,}",
    ]


def _answer(days: ReferralDays) -> str:
    if days.declined_on is not None:
        return f"Declined, {wording.day(days.declined_on)}"
    return f"Accepted, {wording.day(days.accepted_on)}" if days.accepted_on else NOT_YET


def _day(day: date | None) -> str:
    return wording.day(day) if day is not None else NOT_YET


def _draw(canvas: Canvas, facts: ReferralFacts, description: str) -> Svg:
    first = min(one.days.sent_on for one in facts.referrals)
    scale = Scale(max(1, (facts.on - first).days), _CROSS + 2, canvas.width - _CROSS - 2)
    shapes, y = key_row(canvas, [("Waiting", SUBJECT), ("After the wait", LIGHT)])
    note = Text(0, y + canvas.font, "× declined", canvas.font, role="label")
    shapes.append(note)
    y += canvas.line + 6
    for one in facts.referrals:
        words = _fitted(canvas, _words(one, facts.on))
        shapes.append(Text(0, y + canvas.font, words, canvas.font, role="words"))
        y += canvas.line + 4
        shapes += _bar(scale, one.days, first, facts.on, y)
        y += _BAR + 10
    shapes.append(Line([(scale.start, y), (scale.end, y)], INK, role="axis"))
    shapes += _dates(canvas, scale, first, facts.on, y + canvas.line)
    return Svg(canvas.width, round(y + canvas.line + 8), description, shapes)


def _words(one: ReferralBar, on: date) -> str:
    """'Family support: 57 days so far'."""
    so_far = " so far" if one.days.is_waiting else ""
    return f"{one.service}: {wording.counted(waited_days(one.days, on), 'day')}{so_far}"


def _fitted(canvas: Canvas, words: str) -> str:
    """The words, the service cut short where they are wider than the drawing."""
    service, _, days = words.rpartition(": ")
    shown = words
    while text_width(shown, canvas.font) > canvas.width and service:
        service = service[:-1].rstrip()
        shown = f"{service}…: {days}"
    return shown


def _bar(scale: Scale, days: ReferralDays, first: date, on: date, y: float) -> list[Shape]:
    """Dark while the child waits, light from then to the outcome told; a cross for a no."""
    until = min(days.waited_until or on, on)
    told = min(days.told_on or on, on)
    start = scale.at((min(days.sent_on, on) - first).days)
    over = scale.at((until - first).days)
    end = scale.at((max(told, until) - first).days)
    shapes: list[Shape] = [Rect(start, y, max(over - start, 1), _BAR, SUBJECT, role="wait")]
    if not days.is_waiting:
        shapes.append(Rect(over, y, end - over, _BAR, LIGHT, role="after"))
    if days.declined_on is not None:
        shapes += _cross(over, y + _BAR / 2)
    return shapes


def _cross(x: float, y: float) -> list[Shape]:
    ends = ((-_CROSS, -_CROSS), (_CROSS, _CROSS)), ((-_CROSS, _CROSS), (_CROSS, -_CROSS))
    return [
        Line([(x + a, y + b), (x + c, y + d)], INK, 3, role="declined") for (a, b), (c, d) in ends
    ]


def _dates(canvas: Canvas, scale: Scale, first: date, on: date, y: float) -> list[Shape]:
    """The first day and the last, and between them the first of each month that fits."""
    months = [
        date(first.year + month // 12, month % 12 + 1, 1)
        for month in range(first.month, first.month + (on - first).days // 28 + 1)
    ]
    days = [first, on, *(day for day in months if first < day < on)]
    labels = []
    for day in days:
        words = f"{day.day} {day:%b}" if day in (first, on) else f"{day:%b}"
        label = Text(
            scale.at((day - first).days), y, words, canvas.font, GREY, "middle", role="date"
        )
        labels.append(within(label, 0, canvas.width))
    ticks = [
        Line([(scale.at((day - first).days), y - canvas.line),
              (scale.at((day - first).days), y - canvas.line + 5)], GRID, role="tick-line")
        for day in days
    ]  # fmt: skip
    return [*ticks, *without_overlaps(labels, air=10)]
