"""Groups of a slice beside everyone else in it (F8), and the table of two ways of dividing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from attendance.rules.intervals import wilson_interval
from attendance.rules.percent import shown_percent
from attendance_portal.shared import wording
from dashboards.charts import Chart, GroupFacts, Heading, group_gaps
from dashboards.charts.facts import GroupRow
from dashboards.read_models.explore.dimensions import (
    MEASURES,
    SCHOOL,
    Dimension,
    Measure,
    by_group,
    label_of,
    narrowed,
    plus,
    share_of,
)
from dashboards.read_models.slices import Slice, Sums
from dashboards.read_models.slices.sums import grouped

ALL: Final = "All"
NOBODY: Final = "No pupils"


@dataclass(frozen=True)
class CrossCell:
    """One cell: a rate, the count behind it, and the list of those counted; `label` its column."""

    label: str
    rate: str
    count: str = ""
    href: str = ""


@dataclass(frozen=True)
class CrossRow:
    """One group of the first way of dividing, by each of the second, all of them last."""

    label: str
    cells: list[CrossCell]
    is_total: bool = False


@dataclass(frozen=True)
class CrossTable:
    """Two ways of dividing a slice, one down and one across."""

    caption: str
    corner: str
    columns: list[str]
    rows: list[CrossRow]


def groups_chart(asked: Slice, dimension: Dimension, measure: Measure, who: str) -> Chart | None:
    """F8: each group beside everyone else of the slice. Schools stand in the table alone, A to Z:
    a chart would name the one that misses most."""
    if dimension.key == SCHOOL:
        return None
    sums = by_group(dimension, grouped(asked, dimension.path))
    everyone = Sums()
    for each in sums.values():
        everyone = plus(everyone, each)
    rows = [
        _row(dimension, group, each, everyone.without(each), measure, asked.missed)
        for group, each in sums.items()
    ]
    heading = Heading(
        who=who, period=asked.period, marks_to=asked.as_of, measure=_measure(asked, measure)
    )
    return group_gaps(GroupFacts(heading, rows), protected=asked.is_protected)


def _measure(asked: Slice, measure: Measure) -> str:
    if measure != "absence":
        return MEASURES[measure]
    return "All absence" if asked.measure == "Absence" else asked.measure


def _row(
    dimension: Dimension, group: str, sums: Sums, others: Sums, measure: Measure, missed: str
) -> GroupRow:
    share = share_of(sums, measure, missed)
    interval = None if measure == "absence" else wilson_interval(share.part, share.whole)
    beside = share_of(others, measure, missed)
    return GroupRow(dimension.label, label_of(dimension, group), share, beside, interval)


def cross_table(
    asked: Slice, down: Dimension, across: Dimension, measure: Measure
) -> CrossTable | None:
    """Each group of one way of dividing by each of another; None where nobody is counted."""
    table = _table(asked, down, across)
    if not table:
        return None
    columns = [key for key in (*across.groups, "") if any(key in row for row in table.values())]
    shown = _Shown(asked, down, across, measure)
    rows = [
        CrossRow(label_of(down, group), shown.cells(group, row, columns))
        for group, row in table.items()
    ]
    everyone: dict[str, Sums] = {}
    for row in table.values():
        for key, each in row.items():
            everyone[key] = plus(everyone.get(key, Sums()), each)
    rows.append(CrossRow(ALL, shown.cells(None, everyone, columns), is_total=True))
    return CrossTable(
        caption=f"{_measure(asked, measure)} by {down.label} and {across.label}, {asked.period}",
        corner=down.label,
        columns=[*(label_of(across, key) for key in columns), ALL],
        rows=rows,
    )


def _table(asked: Slice, down: Dimension, across: Dimension) -> dict[str, dict[str, Sums]]:
    """Groups down, in order, to groups across, to their sums."""
    pairs = grouped(asked, down.path, across.path)
    by_value: dict[str, dict[str, Sums]] = {}
    for (one, other), each in pairs.items():
        group = down.group_of(one)
        row = by_value.setdefault(group if group in down.groups else "", {})
        row[other] = plus(row.get(other, Sums()), each)
    order = (key for key in (*down.groups, "") if key in by_value)
    return {key: by_group(across, by_value[key]) for key in order}


@dataclass(frozen=True)
class _Shown:
    """How a cell is printed, and which list it opens."""

    asked: Slice
    down: Dimension
    across: Dimension
    measure: Measure

    def cells(self, group: str | None, row: dict[str, Sums], columns: list[str]) -> list[CrossCell]:
        """The cells of a row; `group` None: of all groups together."""
        whole = Sums()
        for each in row.values():
            whole = plus(whole, each)
        cells = [self._cell(group, key, row.get(key, Sums())) for key in columns]
        return [*cells, self._cell(group, None, whole)]

    def _cell(self, group: str | None, column: str | None, sums: Sums) -> CrossCell:
        label = ALL if column is None else label_of(self.across, column)
        if not sums.enrolments:
            return CrossCell(label, NOBODY)
        share = share_of(sums, self.measure, self.asked.missed)
        rate = shown_percent(share.part, share.whole)
        if self.measure == "absence":
            count, changes = wording.counted(sums.enrolments, "pupil"), {"sort": "-absence"}
        else:
            count, changes = f"{share.part:,} of {share.whole:,}", {self.measure: "true"}
        has_list = share.part > 0 or self.measure == "absence"
        return CrossCell(label, rate, count, self._list(group, column, changes) if has_list else "")

    def _list(self, group: str | None, column: str | None, changes: dict[str, str]) -> str:
        """Empty where a group has no filter that names it."""
        chosen = [(self.down, group), (self.across, column)]
        for dimension, key in chosen:
            if key is not None:
                filters = narrowed(self.asked, dimension, key)
                if filters is None:
                    return ""
                changes = {**changes, **filters}
        return self.asked.list_of(**changes)
