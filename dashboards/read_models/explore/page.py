"""P15: who, exactly, and how much they miss, beside everyone else of the same schools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from attendance.read_models.by_school import sums_on
from attendance.rules.percent import shown_percent
from attendance.rules.protection import HIDDEN, MEANINGS
from attendance_portal.shared import wording
from dashboards.charts import Chart
from dashboards.read_models.explore.at_risk import at_risk
from dashboards.read_models.explore.dimensions import Dimension, Measure
from dashboards.read_models.explore.figures import (
    ILLNESS,
    Figure,
    LastYear,
    figures,
    protected_figures,
)
from dashboards.read_models.explore.groups import CrossTable, cross_table, groups_chart
from dashboards.read_models.explore.movement import MovementBlock, movement_block
from dashboards.read_models.reasons_panel import ReasonsPanel, panel_of_slice
from dashboards.read_models.series import Ground
from dashboards.read_models.slices import Slice, Sums, sums
from dashboards.read_models.slices.charts import Drawn, slice_charts
from dashboards.read_models.slices.protection import (
    TOO_SMALL,
    ProtectedCounts,
    is_too_small,
    protected_counts,
)
from dashboards.read_models.slices.slice import counted_pupils
from dashboards.read_models.slices.sums import sums_of_peers
from schools.models import School
from schools.scoping import access_of

_OF_SCHOOLS: Final = (
    "enrolments", "possible", "authorised", "unauthorised", "persistent", "severe",
)  # fmt: skip
PROTECTED_NOTE: Final = (
    f"Counts are to the nearest 5. {HIDDEN} means {MEANINGS[HIDDEN]}. "
    "Lists, the table of two groupings, reasons, days of the week and last year's figures of some "
    "pupils only are left out, and a choice of pupils is not divided further: with the rest they "
    "could give hidden counts away."
)


@dataclass(frozen=True)
class Question:
    """What the page is asked: a slice, the same last year, and how it is divided.

    `left_out`: whom each filter leaves out, and everyone else at the schools, asked for protected
    views alone.
    """

    now: Slice
    then: Slice | None
    ground: Ground
    down: Dimension
    across: Dimension | None
    measure: Measure
    left_out: Sequence[Sums] = ()


@dataclass(frozen=True)
class ExplorePage:
    """The page. `count`: how many, for the live region; `is_hidden`: too few to tell of."""

    count: str
    sentence: str
    note: str = ""
    is_hidden: bool = False
    is_empty: bool = False
    figures: list[Figure] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    groups: Chart | None = None
    cross: CrossTable | None = None
    movement: MovementBlock | None = None
    reasons: ReasonsPanel | None = None
    pupils_href: str = ""
    at_risk: str = ""
    at_risk_href: str = ""
    last_year_note: str = ""


def explore_page(asked: Question) -> ExplorePage:
    """Everything of the page; for people outside the team where the slice is protected."""
    now = asked.now
    named = sums(now)
    if not named.enrolments:
        return ExplorePage(counted_pupils(0, ""), counted_pupils(0, now.who), is_empty=True)
    others = sums_of_peers(now).without(named)
    if now.is_protected:
        return _protected(asked, named, others)
    return ExplorePage(
        count=counted_pupils(named.enrolments, ""),
        sentence=_sentence(now, named, others),
        figures=figures(now, named, _last_year(asked)),
        charts=slice_charts(_drawn(asked, asked.then)),
        groups=groups_chart(now, asked.down, asked.measure, whom(now)),
        cross=cross_table(now, asked.down, asked.across, asked.measure) if asked.across else None,
        movement=movement_block(now),
        reasons=panel_of_slice(now),
        pupils_href=now.list_of(),
        at_risk=wording.counted(now.kept("at-risk", at_risk(now).count), "pupil"),
        at_risk_href=now.link("explore_at_risk"),
        last_year_note=_last_year_note(asked),
    )


def _protected(asked: Question, named: Sums, others: Sums) -> ExplorePage:
    left_out = asked.left_out or [others]
    wider = [named.enrolments + each.enrolments for each in left_out]
    if is_too_small(named.enrolments, wider):
        return ExplorePage(HIDDEN, TOO_SMALL, PROTECTED_NOTE, is_hidden=True)
    counts = protected_counts(named, *left_out)
    has_parts = asked.now.has_parts and None not in (counts.persistent, counts.severe)
    return ExplorePage(
        count=f"About {counts.enrolments:,} pupils",
        sentence=_protected_sentence(asked.now, counts, others),
        note=PROTECTED_NOTE,
        figures=protected_figures(named, counts),
        charts=slice_charts(
            _drawn(asked, None if others.enrolments else asked.then), has_counts=has_parts
        ),
        groups=groups_chart(asked.now, asked.down, asked.measure, whom(asked.now))
        if has_parts
        else None,
    )


def whom(asked: Slice) -> str:
    """As a chart's title says it: 'Year 9, SEN support', 'the borough', 'Ash School'."""
    if asked.who:
        return asked.who
    if access_of(asked.user).everything:
        return "the borough"
    if len(asked.schools) == 1:
        return School.objects.visible_to(asked.user).get(pk=asked.schools[0]).name
    return f"your {wording.counted(len(asked.schools), 'school')}"


def _sentence(asked: Slice, named: Sums, others: Sums) -> str:
    """'214 pupils: Year 9. 31.2% persistently absent; everyone else 17.8%'."""
    rate = shown_percent(named.persistent, named.enrolments)
    beside = ""
    if others.enrolments:
        beside = f"; everyone else {shown_percent(others.persistent, others.enrolments)}"
    who = counted_pupils(named.enrolments, asked.who)
    return f"{who}. {rate} persistently absent{beside}"


def _protected_sentence(asked: Slice, counts: ProtectedCounts, others: Sums) -> str:
    who = f"About {counted_pupils(counts.enrolments or 0, asked.who)}"
    if counts.persistent is None or not counts.enrolments:
        return f"{who}. How many are persistently absent is hidden to protect children"
    part = min(counts.persistent, counts.enrolments)
    rate = protected_rate(part, counts.enrolments)
    return f"{who}. {rate} persistently absent"


def protected_rate(part: int, whole: int) -> str:
    """A whole percentage of counts that are rounded already."""
    return f"{(200 * part + whole) // (2 * whole)}%"


def _last_year(asked: Question) -> LastYear | None:
    """Of whole schools their own sums, which hold children who have left since.

    The filters alone would name those whose record the reader may still open.
    """
    then = asked.then
    if then is None:
        return None
    if not _has_sums_of_schools(asked.now):
        return LastYear(then.as_of, sums(then))
    found = sums_on(asked.now.schools, [then.as_of])[then.as_of]
    return LastYear(then.as_of, Sums(**{name: getattr(found, name) for name in _OF_SCHOOLS}))


def _has_sums_of_schools(asked: Slice) -> bool:
    """Schools' own sums do not tell illness apart."""
    return asked.is_of_whole_schools and asked.missed != ILLNESS


def _last_year_note(asked: Question) -> str:
    """Whose figures last year's are, where they are not of everyone of then."""
    now = asked.now
    if asked.then is None or _has_sums_of_schools(now) or access_of(now.user).everything:
        return ""
    return "Last year's figures are of pupils whose record you may still open."


def _drawn(asked: Question, then: Slice | None) -> Drawn:
    return Drawn(asked.now, then, asked.ground, whom(asked.now))
