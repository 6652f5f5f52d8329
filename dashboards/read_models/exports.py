"""The files that were taken out, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from accounts.models import ExportRecord, User
from attendance.exports.requests import open_exports
from attendance_portal.shared import wording
from schools.choices import PHASE, year_group_label
from schools.models import School, Trust

LABELS = {
    "periods": "Periods",
    "checks": "Checks",
    "dashboard": "Dashboard",
    "report_board": "Report to the board",
    "published": "Borough, published shape",
    "published_schools": "Schools, published shape",
}
_NO_MORE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class ExportRow:
    """One file: what it is of, for whom, why, who asked, and whether it can be taken out now."""

    pk: int
    what: str
    of: str
    as_of: str
    reader: str
    reason: str
    who: str
    when: str
    state: str
    lines: str
    sha256: str
    is_waiting: bool
    is_open: bool


def export_rows(
    records: Iterable[ExportRecord], user: User, labels: Mapping[str, str] = _NO_MORE
) -> list[ExportRow]:
    """The lines of one page. `labels`: what kinds are called that pages give at once."""
    shown = list(records)
    is_open = set(
        open_exports(user).filter(pk__in=[one.pk for one in shown]).values_list("pk", flat=True)
    )
    schools = dict(School.objects.visible_to(user).values_list("pk", "name"))
    trusts = dict(Trust.objects.values_list("uid", "name"))
    called = {**labels, **LABELS}
    return [_row(one, one.pk in is_open, schools, trusts, called) for one in shown]


def _row(
    record: ExportRecord,
    is_open: bool,
    schools: Mapping[int, str],
    trusts: Mapping[str, str],
    called: Mapping[str, str],
) -> ExportRow:
    state = ExportRecord.State(record.state)
    return ExportRow(
        pk=record.pk,
        what=called.get(record.kind, record.kind.replace("_", " ").capitalize()),
        of=filters_in_words(record.filters, schools, trusts),
        as_of=wording.day(record.as_of),
        reader=str(ExportRecord.Reader(record.reader).label),
        reason=record.reason,
        who=str(record.user),
        when=wording.moment(record.at),
        state=record.message or str(state.label),
        lines=wording.counted(record.rows, "line") if record.sha256 else "",
        sha256=record.sha256,
        is_waiting=state == ExportRecord.State.WAITING,
        is_open=is_open,
    )


def filters_in_words(
    filters: Mapping[str, Any], schools: Mapping[int, str], trusts: Mapping[str, str]
) -> str:
    """'Ash School, Year 8', or everything. What a page gave at once says so itself."""
    if "file" in filters:
        told = [*filters.get("words", []), f"as {filters['file'].upper()}"]
        return "; ".join(map(str, told))
    words = []
    if "school" in filters:
        words.append(schools.get(filters["school"], f"School {filters['school']}"))
    if "trust" in filters:
        words.append(trusts.get(filters["trust"], f"Trust {filters['trust']}"))
    if "phase" in filters:
        words.append(PHASE.get(filters["phase"], filters["phase"]))
    if "year_group" in filters:
        words.append(year_group_label(filters["year_group"]))
    return ", ".join(words) or "All that the person sees"
