"""The tables of a school's registers that name children: reasons owed, part-time timetables, and
codes to ask about."""

from __future__ import annotations

from collections.abc import Callable

from accounts.roles import Permission
from attendance_portal.shared import clock
from dashboards.exports import registry
from dashboards.exports.tables import Cell, Column, Kind, Row, Table
from dashboards.read_models.registers_page import CodeLine, RegistersPage, registers_page
from dashboards.views.outgoing.common import day_of, school_of
from schools.permissions import SignedInRequest


def _register(name: str, label: str) -> Callable[[registry.Build[Table]], registry.Build[Table]]:
    return registry.table(
        name,
        f"{label}, a school",
        Permission.SEE_SCHOOLS,
        page="school_registers",
        args=("urn",),
        names_children=True,
    )


def _page(request: SignedInRequest) -> RegistersPage | None:
    school, on = school_of(request), day_of(request)
    return registers_page(school, request.user, as_of=on, on=clock.today()) if on else None


def _table(
    request: SignedInRequest, title: str, columns: list[Column], rows: list[Row]
) -> Table | None:
    on = day_of(request)
    if on is None or not rows:
        return None
    return Table(title=title, as_of=on, columns=columns, rows=rows, about=[school_of(request).name])


@_register("school_owed", "Reasons owed")
def owed(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Sessions still coded N after five school days."""
    page = _page(request)
    columns = [
        Column("Pupil"),
        Column("Year"),
        Column("Sessions", Kind.NUMBER),
        Column("Oldest"),
    ]
    rows = [
        Row([one.pupil, one.year_group, one.sessions, one.oldest], child=str(one.public_id))
        for one in (page.owed if page else ())
    ]
    return _table(request, "Reasons owed: coded N after more than 5 school days", columns, rows)


_OF_CODES = [
    Column("Pupil"),
    Column("Year"),
    Column("Sessions", Kind.NUMBER),
    Column("First"),
    Column("Latest"),
]


def _code_row(one: CodeLine, *before: Cell) -> Row:
    cells = [one.pupil, *before, one.year_group, one.sessions, one.first, one.latest]
    return Row(cells, child=str(one.public_id))


@_register("school_part_time", "Part-time timetables")
def part_time(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Pupils with code C2 this academic year."""
    page = _page(request)
    rows = [_code_row(one) for one in (page.part_time if page else ())]
    return _table(request, "Pupils with code C2 this academic year", _OF_CODES, rows)


@_register("school_queries", "Codes to ask about")
def queries(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Every question about a code, a child a row."""
    page = _page(request)
    rows = [
        _code_row(one, query.question)
        for query in (page.queries if page else ())
        for one in query.lines
    ]
    columns = [_OF_CODES[0], Column("Question"), *_OF_CODES[1:]]
    return _table(request, "Codes to ask about", columns, rows)
