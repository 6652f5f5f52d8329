"""F11: before and after. A thin line a pupil, a thick one the middle of them; equal windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Final

from attendance.rules.chance import moved_in_pairs
from attendance_portal.shared import wording
from dashboards.charts import words
from dashboards.charts.axes import (
    NARROW,
    WIDE,
    Canvas,
    Scale,
    ground,
    percent_ticks,
    spread_down,
    value_axis,
)
from dashboards.charts.facts import Heading, Share
from dashboards.charts.shapes import (
    GREY,
    LAST_YEAR,
    SUBJECT,
    Chart,
    Column,
    Dot,
    Line,
    Shape,
    Svg,
    Text,
    text_width,
)

_THIN: Final = "#8F9194"
_HEIGHT: Final = 280


@dataclass(frozen=True)
class Slope:
    """One pupil's sessions missed of those possible, in two windows of the same length."""

    before: Share
    after: Share
    name: str = ""
    href: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether both windows had a possible session."""
        return bool(self.before.whole and self.after.whole)


@dataclass(frozen=True)
class BeforeAfterFacts:
    """F11. `window_sessions`: how many sessions each window has at most."""

    heading: Heading
    window_sessions: int
    pupils: Sequence[Slope]
    matched: Sequence[Slope] = ()


@dataclass(frozen=True)
class _Middle:
    """The medians of a group before and after, exact, in percent of sessions."""

    size: int
    before: Fraction
    after: Fraction

    @property
    def shown(self) -> tuple[str, str]:
        return _shown(self.before), _shown(self.after)


def before_and_after(facts: BeforeAfterFacts, *, protected: bool = False) -> Chart | None:
    """F11; None in a protected view, where each line is a child, and without a pupil who had
    possible sessions in both windows."""
    pupils = [slope for slope in facts.pupils if slope.is_whole]
    if protected or not pupils:
        return None
    middle = _middle(pupils)
    alike = [slope for slope in facts.matched if slope.is_whole]
    matched = _middle(alike) if alike else None
    summary = _summary(pupils, middle, matched)
    groups = [(f"Middle of {wording.counted(middle.size, 'pupil')}", middle)]
    if matched:
        groups.append((f"Middle of {wording.counted(matched.size, 'matched pupil')}", matched))
    return Chart(
        key="before-after",
        title=_title(facts.heading, pupils, middle),
        subtitle=words.subtitle(
            facts.heading, f"% of sessions, {facts.window_sessions} sessions before and after"
        ),
        wide=_draw(WIDE, pupils, groups, summary),
        narrow=_draw(NARROW, pupils, groups, summary),
        summary=summary,
        columns=[Column("Who", is_number=False), Column("Before"), Column("After")],
        rows=[
            *([name, *group.shown] for name, group in groups),
            *(_row(place, slope) for place, slope in enumerate(pupils, 1)),
        ],
        notes=_notes(facts),
        source=words.source(facts.heading),
        links=[*("" for _ in groups), *(slope.href for slope in pupils)],
    )


def _percent(share: Share) -> Fraction:
    return Fraction(100 * share.part, share.whole)


def _middle(slopes: Sequence[Slope]) -> _Middle:
    before = median(_percent(slope.before) for slope in slopes)
    return _Middle(len(slopes), before, median(_percent(slope.after) for slope in slopes))


def _shown(percent: Fraction) -> str:
    return words.published_percent(percent)


def _row(place: int, slope: Slope) -> list[str]:
    figures = [words.figure(share, protected=False) for share in (slope.before, slope.after)]
    return [slope.name or f"Pupil {place}", *(figure.words for figure in figures)]


def _directions(pupils: Sequence[Slope]) -> tuple[int, int, int]:
    """How many missed less afterwards, more, and the same share."""
    moves = [_percent(slope.after) - _percent(slope.before) for slope in pupils]
    less, more = sum(move < 0 for move in moves), sum(move > 0 for move in moves)
    return less, more, len(moves) - less - more


def _title(heading: Heading, pupils: Sequence[Slope], middle: _Middle) -> str:
    less, more, _ = _directions(pupils)
    before, after = middle.shown
    who = wording.counted(middle.size, "pupil")
    noun = words.noun(heading)
    if before == after or not moved_in_pairs(less, more):
        return f"{noun} of {who} was about the same: middle {before}, then {after}"
    verb = "rose" if middle.after > middle.before else "fell"
    return f"{noun} of the middle of {who} {verb} from {before} to {after}"


def _summary(pupils: Sequence[Slope], middle: _Middle, matched: _Middle | None) -> str:
    less, more, same = _directions(pupils)
    counts = f"{less:,} missed less, {more:,} more, {same:,} the same share."
    before, after = middle.shown
    first = f"Of {wording.counted(middle.size, 'pupil')}, {counts}"
    second = f"The middle went from {before} to {after}"
    if matched is None:
        return f"{first} {second}."
    before, after = matched.shown
    return f"{first} {second}; that of matched pupils from {before} to {after}."


def _notes(facts: BeforeAfterFacts) -> list[str]:
    left_out = sum(not slope.is_whole for slope in [*facts.pupils, *facts.matched])
    notes = ["The middle is the median: as many pupils lie above it as below."]
    if left_out:
        verb = "is" if left_out == 1 else "are"
        who = wording.counted(left_out, "pupil")
        notes.append(f"{who} without sessions in one of the windows {verb} left out.")
    return notes


def _draw(
    canvas: Canvas,
    pupils: Sequence[Slope],
    groups: Sequence[tuple[str, _Middle]],
    description: str,
) -> Svg:
    values = [_percent(share) for slope in pupils for share in (slope.before, slope.after)]
    values += [value for _, group in groups for value in (group.before, group.after)]
    ticks = percent_ticks(max(values))
    key, top = _key(canvas, groups)
    top += canvas.line + 8
    bottom = top + _HEIGHT
    scale = Scale(ticks[-1], bottom, top)
    room = text_width("100.0%", canvas.font) * 1.08 + 14
    axis = value_axis(canvas, scale, [(tick, f"{tick}%") for tick in ticks], canvas.width)
    left = text_width("100%", canvas.font) + 9 + room
    right = canvas.width - room
    shapes: list[Shape] = [*key, *axis]
    for slope in pupils:
        ends = [(left, scale.at(_percent(slope.before))), (right, scale.at(_percent(slope.after)))]
        shapes.append(Line(ends, _THIN, 1.5, role="pupil"))
    shapes += _middles(canvas, groups, scale, (left, right))
    for x, word in ((left, "Before"), (right, "After")):
        anchor = "start" if x == left else "end"
        shapes.append(Text(x, top - 10, word, canvas.font, GREY, anchor, role="window"))
    return Svg(canvas.width, round(bottom + canvas.line), description, shapes)


def _short(shown: str) -> str:
    """'<10%' for "just under 10%": beside a line there is no room for words."""
    return shown.replace("just under ", "<").replace("under ", "<")


def _look(place: int) -> tuple[str, float, str, str]:
    """Colour, width, dashes and role: our middle first, that of matched pupils second."""
    if place == 0:
        return SUBJECT, 4, "", "middle"
    return LAST_YEAR, 3, "8 5", "matched"


def _middles(
    canvas: Canvas,
    groups: Sequence[tuple[str, _Middle]],
    scale: Scale,
    edges: tuple[float, float],
) -> list[Shape]:
    """The thick lines with their percentages at both ends."""
    left, right = edges
    shapes: list[Shape] = []
    for place, (_, group) in reversed(list(enumerate(groups))):
        colour, width, dashes, role = _look(place)
        ends = [(left, scale.at(group.before)), (right, scale.at(group.after))]
        shapes.append(Line(ends, colour, width, dashes, role))
        shapes += [Dot(x, y, 5, colour, bool(place), role=f"{role}-end") for x, y in ends]
    for is_after, x, anchor in ((False, left - 10, "end"), (True, right + 10, "start")):
        wanted = [scale.at(group.after if is_after else group.before) for _, group in groups]
        heights = spread_down(wanted, apart=canvas.line, top=scale.end, bottom=scale.start)
        for place, ((_, group), y) in enumerate(zip(groups, heights, strict=True)):
            colour = _look(place)[0]
            text = _short(group.shown[is_after])
            base = y + canvas.font * 0.35
            label = Text(x, base, text, canvas.font, colour, anchor, place == 0, "value")
            shapes += [ground(label), label]
    return shapes


def _key(canvas: Canvas, groups: Sequence[tuple[str, _Middle]]) -> tuple[list[Shape], float]:
    """A row each: the thin line, the thick one, the dashed one."""
    entries = [("A pupil", (_THIN, 1.5, "", "key"))]
    for place, (name, _) in enumerate(groups):
        entries.append((name, (*_look(place)[:3], "key")))
    shapes: list[Shape] = []
    y = canvas.font * 0.6
    for name, (colour, width, dashes, role) in entries:
        shapes.append(Line([(0, y), (28, y)], colour, width, dashes, role))
        shapes.append(Text(36, y + canvas.font * 0.35, name, canvas.font, role="label"))
        y += canvas.line
    return shapes, y
