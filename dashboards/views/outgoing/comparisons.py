"""The comparison with published figures, and absence by reason and by day of the week."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.roles import Permission
from attendance.rules.protection import NOT_AVAILABLE
from dashboards.charts import Chart
from dashboards.exports import registry
from dashboards.exports.tables import Cell, Column, Kind, Row, Table
from dashboards.read_models.benchmark import (
    NO_FIGURES,
    NOT_PUBLISHED,
    BenchmarkPage,
    benchmark_page,
)
from dashboards.read_models.reasons_panel import ReasonsPanel, panel_of_schools
from dashboards.views import benchmark
from dashboards.views.chips import filter_chips
from dashboards.views.outgoing.common import (
    SYMBOLS,
    day_of,
    in_words,
    rate_cells,
    rate_columns,
    school_of,
)
from dashboards.views.outgoing.tables import borough_of
from schools.permissions import SignedInRequest

_ON_THE_BASIS = "Ours stands on the basis of the published figures, published ones as they are."


def _page(request: SignedInRequest, *, is_protected: bool) -> BenchmarkPage | None:
    asked = benchmark.asked_benchmark(request)
    if asked.standing.as_of is None or not asked.schools:
        return None
    question = benchmark.question_of(asked, asked.standing.as_of, is_protected=is_protected)
    return benchmark_page(question)


@registry.chart(
    "benchmark-compared",
    "Beside published figures",
    Permission.SEE_SCHOOLS,
    page="benchmark",
    protects=True,
)
def compared(request: SignedInRequest, is_protected: bool) -> Chart | None:
    """F10."""
    page = _page(request, is_protected=is_protected)
    return page.chart if page else None


@registry.table(
    "benchmark_bases", "Published basis and all pupils", Permission.SEE_SCHOOLS, page="benchmark"
)
def bases(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Both bases by phase; side by side they have no protected form."""
    page = _page(request, is_protected=False)
    columns = [Column("Phase"), *rate_columns("Published basis"), *rate_columns("All pupils")]
    rows = [
        Row([line.phase, *_rate(line.published), *_rate(line.everyone)])
        for line in (page.bases if page else ())
    ]
    return _table(request, page, "Published basis and all pupils", columns, rows)


@registry.table(
    "benchmark_last_year",
    "Last year beside published figures",
    Permission.SEE_SCHOOLS,
    page="benchmark",
    protects=True,
)
def last_year(request: SignedInRequest, is_protected: bool) -> Table | None:
    """Ours and the published figures of the year before, by phase."""
    page = _page(request, is_protected=is_protected)
    names = ("Borough, published", page.region if page else "", "England")
    columns = [
        Column("Phase"),
        *rate_columns("Ours"),
        *(Column(name, Kind.PERCENT) for name in names),
    ]
    rows = [
        Row(
            [
                line.phase,
                *_rate(line.us),
                *map(_published, (line.borough, line.region, line.england)),
            ]
        )
        for line in (page.before if page else ())
    ]
    title = f"Last year beside published figures, {page.last_year}" if page else ""
    return _table(request, page, title, columns, rows)


def _rate(shown: str) -> list[Cell]:
    """'9.4%, 940 of 10,000' in three cells."""
    if shown == NO_FIGURES:
        return [NOT_AVAILABLE] * 3
    percent, _, count = shown.partition(", ")
    return rate_cells(percent, count)


def _published(shown: str) -> str:
    return NOT_AVAILABLE if shown == NOT_PUBLISHED else shown


def _table(
    request: SignedInRequest,
    page: BenchmarkPage | None,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
) -> Table | None:
    on = day_of(request)
    if page is None or on is None or not rows:
        return None
    asked = benchmark.asked_benchmark(request)
    return Table(
        title=f"{asked.measure.label}: {title}",
        as_of=on,
        columns=columns,
        rows=rows,
        about=[asked.who, *in_words(filter_chips(asked.form, request.GET))],
        notes=[_ON_THE_BASIS, SYMBOLS, *page.sources],
    )


@registry.table(
    "borough_reasons", "Absence by reason", Permission.SEE_BOROUGH, page="borough", protects=True
)
def borough_reasons(request: SignedInRequest, is_protected: bool) -> Table | None:
    """By code, of the borough."""
    page = borough_of(request, is_protected=is_protected)
    return None if page is None else codes_table(request, page.reasons, page.whose)


@registry.table(
    "borough_days", "Absence by day of the week", Permission.SEE_BOROUGH, page="borough",
    protects=True,
)  # fmt: skip
def borough_days(request: SignedInRequest, is_protected: bool) -> Table | None:
    """By day of the week, of the borough."""
    page = borough_of(request, is_protected=is_protected)
    return None if page is None else days_table(request, page.reasons, page.whose)


@registry.table(
    "school_reasons", "Absence by reason, a school", Permission.SEE_SCHOOLS,
    page="school_registers", args=("urn",),
)  # fmt: skip
def school_reasons(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """By code, of a school."""
    school, on = school_of(request), day_of(request)
    panel = None if on is None else panel_of_schools([school.pk], as_of=on)
    return codes_table(request, panel, school.name)


@registry.table(
    "school_days", "Absence by day of the week, a school", Permission.SEE_SCHOOLS,
    page="school_registers", args=("urn",),
)  # fmt: skip
def school_days(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """By day of the week, of a school."""
    school, on = school_of(request), day_of(request)
    panel = None if on is None else panel_of_schools([school.pk], as_of=on)
    return days_table(request, panel, school.name)


def codes_table(request: SignedInRequest, panel: ReasonsPanel | None, who: str) -> Table | None:
    on = day_of(request)
    if panel is None or on is None or not panel.codes:
        return None
    return Table(
        title=f"Absence by reason, {panel.period}",
        as_of=on,
        columns=[
            Column("Reason"),
            Column("Code"),
            Column("Counts as"),
            Column("Of possible sessions", Kind.PERCENT),
            Column("Sessions", Kind.NUMBER),
        ],
        rows=[Row([r.name, r.code, r.kind, r.rate, r.sessions]) for r in panel.codes],
        about=[who],
        notes=[note for note in (f"Of {panel.possible} possible sessions.", panel.note) if note],
    )


def days_table(request: SignedInRequest, panel: ReasonsPanel | None, who: str) -> Table | None:
    on = day_of(request)
    if panel is None or on is None or not panel.days:
        return None
    rates = ("Absence", "Authorised", "Unauthorised")
    counts = ("Sessions missed", "Possible")
    return Table(
        title=f"Absence by day of the week, {panel.period}",
        as_of=on,
        columns=[
            Column("Day"),
            *(Column(name, Kind.PERCENT) for name in rates),
            *(Column(name, Kind.NUMBER) for name in counts),
        ],
        rows=[
            Row([r.day, r.rate, r.authorised, r.unauthorised, r.sessions, r.possible])
            for r in panel.days
        ],
        about=[who],
        notes=[panel.note] if panel.note else [],
    )
