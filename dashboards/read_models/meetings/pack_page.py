"""P21, the pack in words: what a page, a paper and the live meeting show of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings

from attendance.read_models.by_school import YearSums, sums_on
from attendance.rules.percent import shown_percent
from attendance.rules.protection import Thresholds
from attendance_portal.shared import wording
from cases.choices import AGENCIES, Agency
from dashboards.charts import (
    Chart,
    Share,
    absence_by_week,
    children_over_the_lines,
    group_gaps,
    spread,
)
from dashboards.charts.words import published_percent
from dashboards.help.figures import measures
from dashboards.parts import Stale, marks_behind
from dashboards.read_models.meetings.pack_content import Pack, PackFigure
from dashboards.read_models.meetings.pack_figures import KINDS
from dashboards.read_models.meetings.pack_lists import PackLists, lists_of
from dashboards.read_models.meetings.pack_reading import Naming, ReadablePack
from meetings.choices import EXPECTATIONS, OWN_VIEW
from meetings.states import SCORES, Score

_DEFINED: Final = (
    "possible-sessions", "absence-rate", "authorised-and-unauthorised", "over-the-lines",
)  # fmt: skip
_WHO_COUNTS: Final = (
    "Figures count enrolments: a child on two rolls counts at both schools. "
    "Lists name the children on the roll on the day of the pack."
)


@dataclass(frozen=True)
class FigureRow:
    """A headline figure with its count, and what it stands beside. `since`: what later corrections
    changed, in words; empty where nothing did."""

    name: str
    rate: str
    count: str
    last_year: str
    borough: str
    england: str
    since: str


@dataclass(frozen=True)
class OwnViewPage:
    """How the school sees its own work."""

    answers: list[tuple[str, str]]
    scores: list[tuple[str, str, str]]


@dataclass(frozen=True)
class PackPage:
    """Everything of a pack, in words. `left_out`: pupils the reader is not shown, in words."""

    school: str
    as_of: date
    stale: Stale | None
    figures: list[FigureRow]
    charts: list[Chart]
    groups: Chart | None
    lists: PackLists
    support: list[tuple[str, str, str]]
    own_view: OwnViewPage | None
    definitions: list[tuple[str, str]]
    since_frozen: str
    left_out: str

    @property
    def charts_and_groups(self) -> list[Chart]:
        """All that is drawn, in order."""
        return [*self.charts, *([self.groups] if self.groups else [])]

    @property
    def is_empty(self) -> bool:
        """Whether no mark of the year has come."""
        return not self.charts


def pack_page(found: ReadablePack, naming: Naming, *, sums_now: YearSums | None = None) -> PackPage:
    """The pack in words. `sums_now`: today's sums for the pack's own day, where it was frozen."""
    pack = found.pack
    drawn = (
        absence_by_week(pack.by_week),
        children_over_the_lines(pack.over_the_lines),
        spread(pack.spread),
    )
    figures = [_figure_row(one, sums_now) for one in pack.figures]
    changed = [f"{row.name.lower()} {row.since}" for row in figures if row.since]
    return PackPage(
        school=pack.school,
        as_of=pack.as_of,
        stale=marks_behind(pack.last_mark_on, pack.school_days_behind),
        figures=figures,
        charts=[chart for chart in drawn if chart],
        groups=group_gaps(pack.groups),
        lists=lists_of(pack, naming),
        support=[
            (one.what, AGENCIES[Agency(one.agency)], wording.counted(one.places, "place"))
            for one in pack.support
        ],
        own_view=_own_view(pack),
        definitions=_definitions(),
        since_frozen=f"Since frozen: {', '.join(changed)}." if changed else "",
        left_out=_left_out(found.left_out),
    )


def sums_today(pack: Pack) -> YearSums:
    """What the figures of the pack's own day are by today's marks: corrections came since."""
    return sums_on([pack.urn], [pack.as_of])[pack.as_of]


def _figure_row(one: PackFigure, sums_now: YearSums | None) -> FigureRow:
    kind = KINDS[one.key]
    return FigureRow(
        name=kind.name,
        rate=shown_percent(one.share.part, one.share.whole),
        count=_counted(one.share, kind.unit),
        last_year=_last_year(one, kind.unit),
        borough=shown_percent(one.borough.part, one.borough.whole) if one.borough else "Not shown",
        england=_england(one),
        since=_since(one.share, kind.share(sums_now), kind.unit) if sums_now else "",
    )


def _counted(share: Share, unit: str) -> str:
    return f"{share.part:,} of {share.whole:,} {unit}"


def _last_year(one: PackFigure, unit: str) -> str:
    if one.last_year is None or one.then is None:
        return "No figures"
    rate = shown_percent(one.last_year.part, one.last_year.whole)
    return f"{rate}, {_counted(one.last_year, unit)}, to {wording.day(one.then)}"


def _england(one: PackFigure) -> str:
    if one.england is None:
        return "None published for this phase"
    return (
        f"{published_percent(one.england)}, {one.england_of} ({one.england_series}; "
        f"{one.england_source})"
    )


def _since(frozen: Share, now: Share, unit: str) -> str:
    """'+3 sessions': how much more, or less, the same figure counts by today's marks."""
    change = now.part - frozen.part
    if change == 0:
        return ""
    word = unit.removesuffix("s") if abs(change) == 1 else unit
    return f"{change:+,} {word}"


def _own_view(pack: Pack) -> OwnViewPage | None:
    if pack.own_view is None:
        return None
    return OwnViewPage(
        answers=[(OWN_VIEW[key], text) for key, text in pack.own_view.answers],
        scores=[
            (
                EXPECTATIONS[one.key].sentence,
                SCORES[Score(one.score)],
                SCORES[Score(one.before)] if one.before else "Not scored",
            )
            for one in pack.own_view.scores
            if one.key in EXPECTATIONS
        ],
    )


def _definitions() -> list[tuple[str, str]]:
    thresholds = Thresholds(
        settings.PROTECTED_SMALLEST_GROUP, settings.PROTECTED_LARGEST_HIDDEN_COUNT
    )
    known: Mapping[str, tuple[str, str]] = {
        one.key: (one.name, f"{one.words[0]} {one.source}.")
        for one in measures(settings.MINIMUM_POSSIBLE_SESSIONS, thresholds)
    }
    return [*(known[key] for key in _DEFINED if key in known), ("Who counts", _WHO_COUNTS)]


def _left_out(number: int) -> str:
    if not number:
        return ""
    have = "has" if number == 1 else "have"
    pupils = wording.counted(number, "pupil")
    return f"{pupils} {have} left the roll since the pack was frozen and {have} no place in it now."


#: A pack this old says so on its cover.
OLD: Final = timedelta(days=7)


def age_in_words(as_of: date, *, on: date) -> str:
    """How old the figures are; empty while they are fresh."""
    if on - as_of <= OLD:
        return ""
    return f"These figures are {wording.counted((on - as_of).days, 'day')} old."
