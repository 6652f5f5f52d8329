"""Makes one file of a table or a chart, and writes down that it left: who, what, for whom, why."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, Final

from django.db import transaction

from accounts.models import ExportRecord, User
from accounts.services.access import log_export, log_papers
from dashboards.charts import Chart
from dashboards.exports.csv_file import write_csv
from dashboards.exports.pictures import png_file, svg_file
from dashboards.exports.stamps import Stamp
from dashboards.exports.tables import Row, Table, table_of_chart
from dashboards.exports.xlsx_file import write_xlsx
from schools.scoping import access_of

TABLE_KIND, CHART_KIND = "table_", "chart_"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Form:
    """A form of file: what people are told it is, its ending and its content type."""

    label: str
    content_type: str


TABLE_FORMS: Final = {
    "csv": Form("CSV, which any program reads", "text/csv; charset=utf-8"),
    "xlsx": Form("XLSX, a spreadsheet", _XLSX),
}
CHART_FORMS: Final = {
    "svg": Form("SVG, a drawing that stays sharp at any size", "image/svg+xml"),
    "png": Form("PNG, a picture for a document or a slide", "image/png"),
    "csv": Form("CSV, the numbers of the chart", TABLE_FORMS["csv"].content_type),
    "xlsx": Form("XLSX, the numbers of the chart as a spreadsheet", _XLSX),
}
_WRITERS: Final[dict[str, Callable[[Table, Iterable[Row], Stamp, IO[bytes]], None]]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
}


@dataclass
class _Passing:
    """Counts the rows that pass through, and keeps whom they name."""

    rows: int = 0
    children: dict[str, None] = field(default_factory=dict)

    def through(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.rows += 1
            if row.child:
                self.children[row.child] = None
            yield row


@dataclass(frozen=True)
class Taking:
    """Which thing is taken, in which form, by whom: `name` is the registered one, `filters` what
    the page's address asked."""

    name: str
    form: str
    user: User
    filters: Mapping[str, Any]
    stamp: Stamp

    @property
    def file_name(self) -> str:
        """No word of it is a child's or typed by anybody."""
        ending = "_protected" if self.stamp.is_protected else ""
        return f"attendance_{self.name}_{self.stamp.as_of}{ending}.{self.form}"


def take_table(table: Table, taking: Taking) -> IO[bytes]:
    """The table as a file, at its beginning; whoever is given it closes it."""
    return _take(table, taking, TABLE_KIND, words=table.about)


def take_chart(chart: Chart, taking: Taking, *, children: Sequence[str] = ()) -> IO[bytes]:
    """The chart as a picture, or its numbers as a table. `children`: whom it is of, or names."""
    if taking.form in _WRITERS:
        table = table_of_chart(chart, taking.stamp.as_of)
        return _take(table, taking, CHART_KIND, children, table.about)
    draw = svg_file if taking.form == "svg" else png_file
    with _file_to_send() as file:
        file.write(draw(chart, taking.stamp))
        _log(file, taking, CHART_KIND, len(chart.rows), children, [chart.subtitle])
    return file


def _take(
    table: Table,
    taking: Taking,
    kind: str,
    children: Iterable[str] = (),
    words: Sequence[str] = (),
) -> IO[bytes]:
    passing = _Passing()
    with _file_to_send() as file:
        _WRITERS[taking.form](table, passing.through(table.rows), taking.stamp, file)
        _log(file, taking, kind, passing.rows, [*children, *passing.children], words)
    return file


@contextmanager
def _file_to_send() -> Iterator[IO[bytes]]:
    """A file that whoever sends it closes; closed here where it is never finished."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this function
    try:
        yield file
    except BaseException:
        file.close()
        raise


@transaction.atomic
def _log(
    file: IO[bytes],
    taking: Taking,
    kind: str,
    rows: int,
    children: Sequence[str],
    words: Sequence[str],
) -> None:
    """The file with its checksum and what it is of, and each child that it names; then back to its
    beginning."""
    file.seek(0)
    stamp, access = taking.stamp, access_of(taking.user)
    page = f"{kind}{taking.name}"
    is_for_anyone = stamp.is_protected
    log_export(
        user=taking.user,
        kind=page,
        as_of=stamp.as_of,
        rows=rows,
        sha256=hashlib.file_digest(file, "sha256").hexdigest(),  # type: ignore[arg-type]
        page=page,
        at=stamp.at,
        reason=stamp.reason,
        filters={**taking.filters, "file": taking.form, "words": list(words)},
        reader=ExportRecord.Reader.ANYONE if is_for_anyone else ExportRecord.Reader.ENTITLED,
        urns=None if access.everything else sorted(access.urns),
        state=ExportRecord.State.GONE,
    )
    log_papers(user=taking.user, subject_refs=children, page=page, at=stamp.at)
    file.seek(0)
