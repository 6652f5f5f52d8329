"""The filters of lists, by the names that the API and the pages share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from attendance import states
from attendance.cohorts import COHORTS
from attendance.models import EnrolmentCohort, EnrolmentPeriod, Flag, MarkChange, PeriodKind
from attendance.read_models.past import PastFigures
from attendance.selectors import figures_date
from schools.choices import (
    ENROLMENT_STATUS,
    ETHNICITY,
    PHASE,
    SCHOOL_STATUS,
    SEN_PROVISION,
    SEX,
    YEAR_GROUP,
)
from schools.models import Enrolment, Place, Pupil, School, Trust
from schools.rules.calendar import academic_year
from schools.rules.names import fold_text
from schools.scoping import in_force

COHORT_CHOICES = [(key, cohort.label) for key, cohort in COHORTS.items()]
FLAG_KINDS = [(state.kind.value, state.label) for state in states.FLAGS.values()]
YES_NO = [("true", "Yes"), ("false", "No")]
ON_ROLL = [("true", "On roll now"), ("false", "Left")]


def _any(label: str, choices: list[tuple[str, str]], **options: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label="Any", **options)


def visible_schools(request: Any) -> QuerySet[School]:
    """Schools that the person or machine asking may see: the choices are scoped like the rows."""
    if request is None:
        return School.objects.none()
    return School.objects.visible_to(request.user).alphabetical()


def visible_trusts(request: Any) -> QuerySet[Trust]:
    """Trusts that run a school the person or machine asking may see."""
    running = visible_schools(request).order_by().values("trust")
    return Trust.objects.filter(pk__in=running).order_by("name")


class EnrolmentFilter(django_filters.FilterSet):
    """Enrolments by school, pupil and figures (those of the figures' date).

    `flag` is a kind of flag that stands; `kind` is taken, the API means a period by it.
    """

    q = django_filters.CharFilter(label="Name", method="by_name")
    school = django_filters.ModelChoiceFilter(
        label="School", queryset=visible_schools, empty_label="Any"
    )
    trust = django_filters.ModelChoiceFilter(
        label="Trust",
        field_name="school__trust",
        queryset=visible_trusts,
        to_field_name="uid",
        empty_label="Any",
    )
    phase = _any("Phase", list(PHASE.items()), field_name="school__phase")
    year_group = _any("Year group", list(YEAR_GROUP.items()))
    flag = _any("Open flag", FLAG_KINDS, method="by_open_flag")
    cohort = _any("Named cohort", COHORT_CHOICES, method="by_cohort")
    persistent = _any("Persistent absence", YES_NO, method="by_year_figure")
    severe = _any("Severe absence", YES_NO, method="by_year_figure")
    sex = _any("Sex", list(SEX.items()), field_name="pupil__sex")
    fsm = _any("Free school meals", YES_NO, method="by_free_meals")
    sen = _any("SEN", list(SEN_PROVISION.items()), field_name="pupil__sen_provision")
    ethnicity = _any("Ethnicity", list(ETHNICITY.items()), field_name="pupil__ethnicity")
    ward = django_filters.ModelChoiceFilter(
        label="Ward of home",
        field_name="pupil__ward",
        queryset=Place.objects.filter(
            Exists(Pupil.objects.filter(ward=OuterRef("pk"))), kind=Place.Kind.WARD
        ).order_by("name"),
        to_field_name="code",
        empty_label="Any",
    )
    status = _any("Registration", list(ENROLMENT_STATUS.items()))
    on_roll = _any("On roll", ON_ROLL, method="by_roll")

    class Meta:
        model = Enrolment
        fields: ClassVar[list[str]] = []

    #: Facts that only those may filter by who may see them (`Permission.SEE_SENSITIVE`).
    SENSITIVE: ClassVar[frozenset[str]] = frozenset({"fsm", "sen", "ethnicity"})
    #: Filters that would tell something of a child of whose record a part is not open to the
    #: asker: not confirmed yet, or gone to another school. The record itself leaves these out too.
    OF_THE_WHOLE_RECORD: ClassVar[frozenset[str]] = SENSITIVE | {"sex", "ward"}
    OF_THE_RECORD: ClassVar[frozenset[str]] = OF_THE_WHOLE_RECORD | {"q"}

    def __init__(
        self,
        *args: Any,
        on: date | None = None,
        without: frozenset[str] = frozenset(),
        past: PastFigures | None = None,
        **options: Any,
    ) -> None:
        """`on`: the day that "on roll" and the figures speak of; `without`: filters left out.

        `past`: the figures of another date than the figures' date, to filter by those.
        """
        super().__init__(*args, **options)
        self.on = on
        self.past = past
        for name in without:
            del self.filters[name]

    def filter_queryset(self, queryset: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
        """Filtering by a fact of a child needs the right to that child's record."""
        rows = super().filter_queryset(queryset)
        asked = {name for name, value in self.form.cleaned_data.items() if value}
        if self.request is None or not asked & self.OF_THE_RECORD:
            return rows
        needs_all = asked & self.OF_THE_WHOLE_RECORD
        pupils, user = Pupil.objects, self.request.user
        open_to = pupils.wholly_visible_to(user) if needs_all else pupils.visible_to(user)
        return rows.filter(pupil__in=open_to.values("pk"))

    def _day(self) -> date:
        """A date before every enrolment while there are no figures."""
        return self.on or figures_date() or date.min

    def by_name(self, rows: QuerySet[Enrolment], _name: str, words: str) -> QuerySet[Enrolment]:
        """Every word must stand somewhere in the name, whatever the order and accents."""
        for word in fold_text(words).replace(",", " ").split():
            rows = rows.filter(pupil__folded_name__contains=word)
        return rows

    def by_open_flag(self, rows: QuerySet[Enrolment], _name: str, kind: str) -> QuerySet[Enrolment]:
        """Enrolments with an open flag of this kind (at most one, so no row doubles)."""
        if self.past is not None:
            then = Flag.objects.standing_on(self.past.as_of)
            return rows.filter(Exists(then.filter(enrolment=OuterRef("pk"), kind=kind)))
        return rows.filter(flags__kind=kind, flags__closed_on__isnull=True)

    def by_cohort(self, rows: QuerySet[Enrolment], _name: str, key: str) -> QuerySet[Enrolment]:
        """Enrolments in this cohort at the figures' date, or that of the past figures."""
        if self.past is not None:
            return rows.filter(pk__in=self.past.in_cohort(key))
        held = EnrolmentCohort.objects.filter(enrolment=OuterRef("pk"), cohort=key)
        return rows.filter(Exists(held))

    def by_year_figure(
        self, rows: QuerySet[Enrolment], name: str, value: str
    ) -> QuerySet[Enrolment]:
        """Whether the year says persistent or severe; nothing possible is neither."""
        if self.past is not None:
            found = Q(pk__in=self.past.that_are(name))
            return rows.filter(found if value == "true" else ~found)
        year = EnrolmentPeriod.objects.filter(
            enrolment=OuterRef("pk"),
            kind=PeriodKind.YEAR,
            academic_year=academic_year(self._day()),
            **{name: True},
        )
        return rows.filter(Exists(year) if value == "true" else ~Exists(year))

    def by_free_meals(
        self, rows: QuerySet[Enrolment], _name: str, value: str
    ) -> QuerySet[Enrolment]:
        """Eligible, or known not to be."""
        return rows.filter(pupil__fsm_eligible=value == "true")

    def by_roll(self, rows: QuerySet[Enrolment], _name: str, value: str) -> QuerySet[Enrolment]:
        """On the roll that day, or not."""
        covers = in_force(self._day(), "starts_on", "ends_on")
        return rows.filter(covers) if value == "true" else rows.exclude(covers)


class MomentField(forms.CharField):
    """A moment with its offset: 2026-03-02T04:00:00Z or +00:00 (in an address, %2B00:00)."""

    def clean(self, value: Any) -> datetime | None:
        """The moment; a plus sign that an address turned into a space is understood."""
        text = super().clean(value)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text.replace(" ", "+"))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise forms.ValidationError(
                "Write a moment with its offset, as 2026-03-02T04:00:00Z.", code="bad_value"
            )
        return moment


class MomentFilter(django_filters.Filter):
    """From this moment on."""

    field_class = MomentField

    def __init__(self, field_name: str | None = None, **options: Any) -> None:
        """`field_name`: the moment of the row's last change."""
        super().__init__(field_name=field_name, lookup_expr="gte", **options)


class AbsenceFilter(EnrolmentFilter):
    """The same filters, and what changed since: a figure, or a mark behind one."""

    changed_since = MomentFilter(method="by_change")

    def by_change(
        self, rows: QuerySet[Enrolment], _name: str, since: datetime
    ) -> QuerySet[Enrolment]:
        """Enrolments of which a year, term or half-term was written, or a mark corrected.

        A week may change without its year (one session more here, one less there): the correction
        tells. A new mark that counts always changes the year.
        """
        figures = EnrolmentPeriod.objects.filter(enrolment=OuterRef("pk"), changed_at__gte=since)
        marks = MarkChange.objects.filter(enrolment=OuterRef("pk"), at__gte=since)
        return rows.filter(Exists(figures) | Exists(marks))


class SchoolFilter(django_filters.FilterSet):
    """Schools by phase, status and trust."""

    phase = django_filters.ChoiceFilter(choices=list(PHASE.items()))
    status = django_filters.ChoiceFilter(choices=list(SCHOOL_STATUS.items()))
    trust = django_filters.ModelChoiceFilter(queryset=Trust.objects.all(), to_field_name="uid")
    changed_since = MomentFilter("updated_at")

    class Meta:
        model = School
        fields: ClassVar[list[str]] = []


class FlagFilter(django_filters.FilterSet):
    """Flags by school, kind and whether they stand."""

    school = django_filters.ModelChoiceFilter(queryset=visible_schools)
    kind = django_filters.ChoiceFilter(choices=FLAG_KINDS)
    open = django_filters.BooleanFilter(field_name="closed_on", lookup_expr="isnull")
    changed_since = MomentFilter("updated_at")

    class Meta:
        model = Flag
        fields: ClassVar[list[str]] = []
