"""Where the figures of enrolments are read: one period, as of one day, by one set of statements.

The figures' date has stored summaries; another day's are worked out once by the same statements and
kept in a table of the same shape until the next import (ADR 0014). So a list, a sum and an export
of any day ask the same question of one table or of the other.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import (
    BooleanField,
    DecimalField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Now, NullIf

from attendance.models import EnrolmentPeriod, PastPeriod, PastStanding, PeriodKind
from attendance.read_models.keeping import told
from attendance.selectors import figures_date, last_import_until
from attendance.sql.working import PERIOD_STATEMENTS, TEMPORARY, Question, answers
from attendance_portal.shared.locks import PAST_DAYS, one_at_a_time
from attendance_portal.shared.once import once_a_reading
from schools.models import Enrolment
from schools.rules.calendar import TERM_NAMES, academic_year, academic_year_label, half_term_label

_KEPT: Final = timedelta(days=1)
_SESSIONS: Final = ("possible", "attended", "authorised", "unauthorised", "illness")
_KEYS: Final = ("enrolment_id", "school_id", "academic_year", "kind", "key")
_COLUMNS: Final = ", ".join((*_KEYS, *_SESSIONS, "persistent", "severe"))
_EXACT: Final = DecimalField(max_digits=12, decimal_places=6)


@dataclass(frozen=True)
class Period:
    """A stretch of an academic year, as the filter bar names it: `year`, `term_2`, `half_term_3`.

    `key` is the term (1 to 3) or the half-term (1 to 6); of the year it is 0, and the year's own
    number stands for it in the summaries.
    """

    kind: PeriodKind = PeriodKind.YEAR
    key: int = 0

    @property
    def name(self) -> str:
        """As it stands in an address."""
        return "year" if self.kind == PeriodKind.YEAR else f"{self.kind.label}_{self.key}"

    @property
    def short_label(self) -> str:
        """'Year so far', 'Spring term', 'Autumn 2'."""
        if self.kind == PeriodKind.YEAR:
            return "Year so far"
        if self.kind == PeriodKind.TERM:
            return f"{TERM_NAMES[self.key]} term"
        return half_term_label(self.key)

    def label(self, year: int) -> str:
        """'2025/26 so far', 'Spring term, 2025/26'."""
        of = academic_year_label(year)
        return f"{of} so far" if self.kind == PeriodKind.YEAR else f"{self.short_label}, {of}"


#: All absence, authorised and not; the kinds that narrow it are fields of the summaries.
ABSENT: Final = "absent"
WHOLE_YEAR: Final = Period()
PERIODS: Final = {
    period.name: period
    for period in (
        WHOLE_YEAR,
        *(Period(PeriodKind.TERM, term) for term in (1, 2, 3)),
        *(Period(PeriodKind.HALF_TERM, half) for half in range(1, 7)),
    )
}


@dataclass(frozen=True)
class Figures:
    """The figures of one period as of one day. `standing`: the number of a past day's rows; None
    at the figures' date."""

    as_of: date
    period: Period = WHOLE_YEAR
    standing: int | None = None

    @property
    def year(self) -> int:
        """The academic year that the day lies in."""
        return academic_year(self.as_of)

    @property
    def label(self) -> str:
        """The period in words."""
        return self.period.label(self.year)

    def of(self, period: Period) -> Figures:
        """Another period as of the same day."""
        return Figures(self.as_of, period, self.standing)

    def condition(self, path: str = "") -> Q:
        """The condition that a row of the summaries, at the end of `path`, is of this period."""
        key = self.period.key or self.year
        asked = {"academic_year": self.year, "kind": self.period.kind, "key": key}
        if self.standing is not None:
            asked["standing"] = self.standing
        return Q(**{f"{path}{name}": value for name, value in asked.items()})

    @property
    def rows(self) -> QuerySet[Any]:
        """The summaries of this period, of everyone: join them to enrolments in scope."""
        model = EnrolmentPeriod if self.standing is None else PastPeriod
        return model._default_manager.filter(self.condition())

    def held_by(self, **facts: Any) -> Exists:
        """The condition, for enrolments, that they had a possible session in this period, and that
        what is asked holds of it: `held_by(persistent=True)`."""
        return Exists(self.rows.filter(enrolment=OuterRef("pk"), **facts))

    def on(self, enrolments: QuerySet[Enrolment], *, missed: str = ABSENT) -> QuerySet[Enrolment]:
        """Each enrolment with its sessions in this period.

        Adds possible, attended, authorised, unauthorised, illness, absent (sessions, None where
        nothing was possible), share (exact; of the sessions that count as `missed`), persistent
        and severe (False where nothing was possible). Filter and count before: that needs no
        figures.
        """
        relation = "periods" if self.standing is None else "past_periods"
        no, nought = Value(False, output_field=BooleanField()), Value(Decimal(0), _EXACT)
        absent = F("figures__authorised") + F("figures__unauthorised")
        part = absent if missed == ABSENT else F(f"figures__{missed}")
        return enrolments.annotate(
            figures=FilteredRelation(relation, condition=self.condition(f"{relation}__"))
        ).annotate(
            **{name: F(f"figures__{name}") for name in _SESSIONS},
            absent=absent,
            persistent=Coalesce(F("figures__persistent"), no),
            severe=Coalesce(F("figures__severe"), no),
            share=Cast(part, _EXACT) / NullIf(Cast(F("figures__possible"), _EXACT), nought),
        )


def figures_on(
    as_of: date, *, period: Period = WHOLE_YEAR, urns: Collection[int] | None = None
) -> Figures:
    """The figures as of a day: stored at the figures' date, else worked out and kept.

    `urns`: the schools in question, None for all. Scope is the caller's: rows are joined to
    enrolments that `.visible_to` gave.
    """
    if as_of == figures_date():
        return Figures(as_of, period)
    return Figures(as_of, period, _standing(as_of, None if urns is None else frozenset(urns)))


def is_worked_out(as_of: date) -> bool:
    """Whether the figures of every school as of a past day stand already."""
    return PastStanding.objects.filter(**_asked(as_of, None)).exists()


def _asked(as_of: date, urns: frozenset[int] | None) -> dict[str, Any]:
    return {
        "as_of": as_of,
        "last_import": last_import_until(as_of),
        "schools": "" if urns is None else told(urns),
    }


@once_a_reading
def _standing(as_of: date, urns: frozenset[int] | None) -> int:
    """The number of the day's rows, worked out where nobody asked since an import reached it."""
    asked = _asked(as_of, urns)
    found = PastStanding.objects.filter(**asked).values_list("pk", flat=True).first()
    return found if found is not None else _work_out(asked, urns)


def _work_out(asked: dict[str, Any], urns: frozenset[int] | None) -> int:
    """Once, whoever asks at the same moment: the others wait, and find it."""
    question = Question(
        as_of=asked["as_of"],
        schools=None if urns is None else sorted(urns),
        is_of_one_year=True,
    )
    with one_at_a_time(PAST_DAYS):
        found = PastStanding.objects.filter(**asked).first()
        if found is not None:
            return int(found.pk)
        with answers(question, PERIOD_STATEMENTS) as cursor:
            standing = PastStanding.objects.create(**asked)
            cursor.execute(
                f"INSERT INTO past_period (standing_id, {_COLUMNS}) "  # noqa: S608 - our own names
                f"SELECT %s, {_COLUMNS} FROM {TEMPORARY.name('period')} WHERE academic_year = %s",
                [standing.pk, academic_year(question.as_of)],
            )
            cursor.execute("ANALYZE past_period")
    return int(standing.pk)


def forget_past_figures() -> int:
    """Drop what was worked out of past days a day ago, or before an import that reached them; how
    many days."""
    standing = PastStanding.objects.annotate(is_old=Q(made_at__lt=Now() - _KEPT))
    gone = [
        one.pk for one in standing if one.is_old or one.last_import < last_import_until(one.as_of)
    ]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM past_period WHERE standing_id = ANY(%s)", [gone])
    return PastStanding.objects.filter(pk__in=gone).delete()[0]
