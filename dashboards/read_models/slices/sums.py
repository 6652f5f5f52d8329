"""What a slice adds up to, whole and by group; each figure once, in SQL, over the summaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from attendance.read_models.figures import ABSENT
from attendance.states import LAST_BAND
from dashboards.charts.facts import Share
from dashboards.read_models.slices.slice import Slice
from schools.models import Enrolment, Pupil
from schools.scoping import access_of

_SESSIONS: Final = ("possible", "authorised", "unauthorised", "illness")


@dataclass(frozen=True)
class Sums:
    """Enrolments with a possible session in the period (STAT-11, STAT-12), and their sessions."""

    enrolments: int = 0
    possible: int = 0
    authorised: int = 0
    unauthorised: int = 0
    illness: int = 0
    persistent: int = 0
    severe: int = 0

    @property
    def absent(self) -> int:
        """Sessions missed, authorised and not."""
        return self.authorised + self.unauthorised

    def missed(self, kind: str) -> Share:
        """Sessions missed of those possible, by what counts as missed."""
        return Share(getattr(self, kind), self.possible)

    def of_enrolments(self, line: str) -> Share:
        """Enrolments over a line, `persistent` or `severe`, of all."""
        return Share(getattr(self, line), self.enrolments)

    def without(self, part: Sums) -> Sums:
        """The others, where `part` is among these."""
        return Sums(*(getattr(self, name) - getattr(part, name) for name in _FIELDS))


_FIELDS: Final = tuple(Sums.__dataclass_fields__)
_AGGREGATES: Final = {
    "enrolments": Count("enrolment"),
    **{name: Coalesce(Sum(name), 0) for name in _SESSIONS},
    "persistent": Count("enrolment", filter=Q(persistent=True)),
    "severe": Count("enrolment", filter=Q(severe=True)),
}
#: Names that do not collide with the fields they add up.
_TOTALS: Final = {f"all_{name}": value for name, value in _AGGREGATES.items()}


def figures_of(asked: Slice, rows: QuerySet[Enrolment]) -> QuerySet[Any]:
    """The summaries of these enrolments, in the slice's period."""
    return asked.figures.rows.filter(enrolment__in=rows.order_by().values("pk"))


def sums(asked: Slice) -> Sums:
    """Whom the slice names, added up."""
    return asked.kept("sums", lambda: _added(figures_of(asked, asked.rows)))


def sums_of_peers(asked: Slice) -> Sums:
    """Everyone of the same schools, added up, those named included."""
    return asked.kept("peers", lambda: _added(figures_of(asked, asked.peers)))


def _added(figures: QuerySet[Any]) -> Sums:
    found = figures.aggregate(**_TOTALS)
    return Sums(*(found[f"all_{name}"] for name in _FIELDS))


def grouped(asked: Slice, *by: str, rows: QuerySet[Enrolment] | None = None) -> dict[Any, Sums]:
    """Sums by one or more fields of the enrolment (`pupil__sex`, `year_group`, `school_id`).

    The key is the value, or a tuple of values where several fields are given; text, empty where
    not known. Facts of a child whose record is not wholly open to the reader count as not known.
    """
    chosen = asked.rows if rows is None else rows
    names = {f"by_{place}": _told(asked, path) for place, path in enumerate(by)}

    def work_out() -> dict[Any, Sums]:
        found = figures_of(asked, chosen).annotate(**names).values(*names).annotate(**_TOTALS)
        return {
            tuple(row[name] for name in names) if len(names) > 1 else row["by_0"]: Sums(
                *(row[f"all_{field}"] for field in _FIELDS)
            )
            for row in found.order_by()
        }

    if rows is not None:
        return work_out()
    return asked.kept(f"grouped:{','.join(by)}", work_out)


def _told(asked: Slice, path: str) -> Combinable:
    """A field of the enrolment as text, where the reader may know it."""
    value = Coalesce(Cast(F(f"enrolment__{path}"), CharField()), Value(""))
    if not path.startswith("pupil__") or access_of(asked.user).everything:
        return value
    known = Pupil.objects.wholly_visible_to(asked.user).values("pk")
    return Case(When(enrolment__pupil__in=known, then=value), default=Value(""))


def histogram(asked: Slice, kind: str = ABSENT) -> dict[int, int]:
    """Sessions missed in the period to the number of enrolments that missed so many."""

    def work_out() -> dict[int, int]:
        missed = F("authorised") + F("unauthorised") if kind == ABSENT else F(kind)
        rows = figures_of(asked, asked.rows).annotate(missed=missed).values_list("missed")
        return dict(rows.annotate(Count("enrolment")).order_by("missed"))

    return asked.kept(f"histogram:{kind}", work_out)


def histograms(asked: Slice, by: str, kind: str = ABSENT) -> dict[str, dict[int, int]]:
    """The same within each group, by a field of the enrolment as `grouped` has it."""

    def work_out() -> dict[str, dict[int, int]]:
        missed = F("authorised") + F("unauthorised") if kind == ABSENT else F(kind)
        rows = figures_of(asked, asked.rows).annotate(group=_told(asked, by), missed=missed)
        counts = rows.values_list("group", "missed").annotate(Count("enrolment")).order_by()
        found: dict[str, dict[int, int]] = {}
        for group, sessions, enrolments in counts:
            found.setdefault(group, {})[sessions] = enrolments
        return found

    return asked.kept(f"histograms:{by}:{kind}", work_out)


def bands(asked: Slice) -> dict[int, int]:
    """Band of absence (0 to 10, STAT-26) to enrolments, every band there."""

    def work_out() -> dict[int, int]:
        # Whole numbers: PostgreSQL divides them without a remainder, as `spread.sql` does.
        band = 20 * (F("authorised") + F("unauthorised")) / F("possible")
        rows = figures_of(asked, asked.rows).annotate(band=band).values_list("band")
        counts = dict.fromkeys(range(LAST_BAND + 1), 0)
        for number, enrolments in rows.annotate(Count("enrolment")).order_by("band"):
            counts[min(number, LAST_BAND)] += enrolments
        return counts

    return asked.kept("bands", work_out)
