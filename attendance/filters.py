"""The filters of lists, by the names that the API and the pages share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from attendance import states
from attendance.cohorts import COHORTS
from attendance.models import EnrolmentCohort, EnrolmentPeriod, Flag, MarkChange
from attendance.read_models.figures import ABSENT, PERIODS, WHOLE_YEAR, Figures, figures_on
from attendance.read_models.past import PastFigures
from attendance.selectors import figures_date
from attendance.states import BANDS, LAST_BAND
from schools.choices import (
    ANY_SEN,
    ENGLISH,
    ENROLMENT_STATUS,
    ETHNICITY,
    ETHNICITY_EXTENDED,
    KEY_STAGE,
    LANGUAGE_GROUP,
    NO_LANGUAGE,
    PHASE,
    SCHOOL_STATUS,
    SEN_PROVISION,
    SEX,
    SOCIAL_CARE,
    YEAR_GROUP,
)
from schools.models import Enrolment, Place, Pupil, School, Trust
from schools.rules.names import fold_text
from schools.scoping import in_force

COHORT_CHOICES = [(key, cohort.label) for key, cohort in COHORTS.items()]
FLAG_KINDS = [(state.kind.value, state.label) for state in states.FLAGS.values()]
YES_NO = [("true", "Yes"), ("false", "No")]
ON_ROLL = [("true", "On roll now"), ("false", "Left")]
#: Stretches of the academic year that the day of the figures lies in.
PERIOD_CHOICES = [
    ("", "Year so far"),
    *((name, one.short_label) for name, one in PERIODS.items() if one != WHOLE_YEAR),
]
#: What is counted as missed: nothing chosen is all absence. The values are fields of the figures.
ABSENCE_KINDS = [
    ("authorised", "Authorised absence"),
    ("unauthorised", "Unauthorised absence"),
    ("illness", "Illness (code I)"),
]
#: Single year groups, and the key stages they make up.
YEAR_CHOICES = [
    *((key, label) for key, (label, _) in KEY_STAGE.items()),
    *YEAR_GROUP.items(),
]
SEN_CHOICES = [("any", "Any special educational need"), *SEN_PROVISION.items()]
SOCIAL_CARE_CHOICES = [
    ("any", "Any, now or before"),
    *SOCIAL_CARE.items(),
]
MOST_SESSIONS = 1000  # in a year; a school year has some 380
PLACE_BY = [("home", "Live here"), ("school", "Go to school here")]


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


def places_with_children() -> QuerySet[Place]:
    """Localities, then wards, in which a child lives or a school stands."""
    inside = Q(ward=OuterRef("pk")) | Q(ward__part_of=OuterRef("pk"))
    return Place.objects.filter(
        Exists(Pupil.objects.filter(inside)) | Exists(School.objects.filter(inside))
    ).order_by("kind", "name")


class PlaceByField(django_filters.fields.ChoiceField):
    """Home is what a place means unless a school is asked for: chosen or not, it is the same."""

    def clean(self, value: Any) -> str:
        """Empty for home."""
        chosen: str = super().clean(value)
        return "" if chosen == PLACE_BY[0][0] else chosen


class PlaceByFilter(django_filters.ChoiceFilter):
    """Where a place is looked for."""

    field_class = PlaceByField


class MissedFilter(django_filters.Filter):
    """A whole number of sessions."""

    field_class = forms.IntegerField

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MOST_SESSIONS, **options)


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
    year_group = _any("Year group", YEAR_CHOICES, method="by_year_group")
    flag = _any("Open flag", FLAG_KINDS, method="by_open_flag")
    cohort = _any("Named cohort", COHORT_CHOICES, method="by_cohort")
    persistent = _any("Persistent absence", YES_NO, method="by_year_figure")
    severe = _any("Severe absence", YES_NO, method="by_year_figure")
    sex = _any("Sex", list(SEX.items()), field_name="pupil__sex")
    fsm = _any("Free school meals", YES_NO, method="by_free_meals")
    sen = _any("SEN", SEN_CHOICES, method="by_sen")
    ethnicity = _any("Ethnicity", list(ETHNICITY.items()), method="by_ethnicity")
    ward = django_filters.ModelChoiceFilter(
        label="Ward of home",
        field_name="pupil__ward",
        queryset=Place.objects.filter(
            Exists(Pupil.objects.filter(ward=OuterRef("pk"))), kind=Place.Kind.WARD
        ).order_by("name"),
        to_field_name="code",
        empty_label="Any",
    )
    place = django_filters.ModelChoiceFilter(
        label="Ward or locality",
        queryset=lambda _request: places_with_children(),
        to_field_name="code",
        empty_label="Any",
        method="by_place",
    )
    place_by = PlaceByFilter(
        label="Ward or locality of", choices=PLACE_BY, empty_label=None, method="as_asked"
    )
    language = _any("First language", list(LANGUAGE_GROUP.items()), method="by_language")
    social_care = _any("Social care", SOCIAL_CARE_CHOICES, method="by_social_care")
    young_carer = _any("Young carer", YES_NO, method="by_young_carer")
    period = django_filters.ChoiceFilter(
        label="Period", choices=PERIOD_CHOICES[1:], empty_label="Year so far", method="as_asked"
    )
    absence = django_filters.ChoiceFilter(
        label="Absence", choices=ABSENCE_KINDS, empty_label="All absence", method="as_asked"
    )
    sessions = _any("Had a session to attend", YES_NO, method="by_sessions")
    band = _any("Absence between", list(BANDS.items()), method="by_band")
    missed = MissedFilter(label="Sessions missed, at least", method="by_missed")
    status = _any("Registration", list(ENROLMENT_STATUS.items()))
    on_roll = _any("On roll", ON_ROLL, method="by_roll")

    class Meta:
        model = Enrolment
        fields: ClassVar[list[str]] = []

    #: Facts that only those may filter by who may see them (`Permission.SEE_SENSITIVE`).
    SENSITIVE: ClassVar[frozenset[str]] = frozenset(
        {"fsm", "sen", "ethnicity", "language", "social_care", "young_carer"}
    )
    #: Filters that would tell something of a child of whose record a part is not open to the
    #: asker: not confirmed yet, or gone to another school. The record itself leaves these out too.
    OF_THE_WHOLE_RECORD: ClassVar[frozenset[str]] = SENSITIVE | {"sex", "ward", "place"}
    OF_THE_RECORD: ClassVar[frozenset[str]] = OF_THE_WHOLE_RECORD | {"q"}

    def __init__(
        self,
        *args: Any,
        on: date | None = None,
        without: frozenset[str] = frozenset(),
        past: PastFigures | None = None,
        figures: Figures | None = None,
        **options: Any,
    ) -> None:
        """`on`: the day that "on roll" and the figures speak of; `without`: filters left out.

        `figures`: the year so far as of the day asked (those of `on` if none are given); `past`:
        what else is known of a day that is not the figures' date.
        """
        super().__init__(*args, **options)
        self.on = on
        self.past = past
        self._figures = figures
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

    @property
    def figures(self) -> Figures | None:
        """The figures of the period asked for; None before the first run."""
        if self._figures is None and figures_date() is not None:
            self._figures = figures_on(figures_date() or self._day())
        asked = self.form.cleaned_data.get("period") or WHOLE_YEAR.name
        return None if self._figures is None else self._figures.of(PERIODS[asked])

    @property
    def absence_kind(self) -> str:
        """Which sessions count as missed, as the figures name them."""
        return self.form.cleaned_data.get("absence") or ABSENT

    def as_asked(self, rows: QuerySet[Enrolment], _name: str, _value: str) -> QuerySet[Enrolment]:
        """It says what is counted, and leaves nobody out."""
        return rows

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
        """Whether the period says persistent or severe; nothing possible is neither."""
        if self.figures is None:
            return rows.none() if value == "true" else rows
        held = self.figures.held_by(**{name: True})
        return rows.filter(held if value == "true" else ~held)

    def by_sessions(self, rows: QuerySet[Enrolment], _name: str, value: str) -> QuerySet[Enrolment]:
        """Whether the period had a session that the child could have attended: who counts."""
        if self.figures is None:
            return rows.none() if value == "true" else rows
        held = self.figures.held_by()
        return rows.filter(held if value == "true" else ~held)

    def by_band(self, rows: QuerySet[Enrolment], _name: str, value: str) -> QuerySet[Enrolment]:
        """In this band of absence (STAT-26), as `spread.sql` divides them."""
        if self.figures is None:
            return rows.none()
        band, missed = int(value), 20 * (F("authorised") + F("unauthorised"))
        within = self.figures.rows.annotate(missed=missed).filter(missed__gte=band * F("possible"))
        if band < LAST_BAND:
            within = within.filter(missed__lt=(band + 1) * F("possible"))
        return rows.filter(Exists(within.filter(enrolment=OuterRef("pk"))))

    def by_missed(self, rows: QuerySet[Enrolment], _name: str, least: int) -> QuerySet[Enrolment]:
        """Who missed at least so many sessions, of the kind of absence asked for."""
        if self.figures is None:
            return rows.none()
        counted = self.figures.rows.annotate(absent=F("authorised") + F("unauthorised"))
        enough = counted.filter(enrolment=OuterRef("pk"), **{f"{self.absence_kind}__gte": least})
        return rows.filter(Exists(enough))

    def by_year_group(
        self, rows: QuerySet[Enrolment], _name: str, value: str
    ) -> QuerySet[Enrolment]:
        """One year group, or those of a key stage."""
        _, groups = KEY_STAGE.get(value, ("", (value,)))
        return rows.filter(year_group__in=groups)

    def by_sen(self, rows: QuerySet[Enrolment], _name: str, value: str) -> QuerySet[Enrolment]:
        """One kind of provision, or any."""
        return rows.filter(pupil__sen_provision__in=ANY_SEN if value == "any" else (value,))

    def by_ethnicity(
        self, rows: QuerySet[Enrolment], _name: str, value: str
    ) -> QuerySet[Enrolment]:
        """A main code, with the extended codes that belong to it."""
        codes = [value, *(code for code, main in ETHNICITY_EXTENDED.items() if main == value)]
        return rows.filter(pupil__ethnicity__in=codes)

    def by_place(self, rows: QuerySet[Enrolment], _name: str, place: Place) -> QuerySet[Enrolment]:
        """Who lives in a ward or in a locality's wards or, if asked so, goes to school there."""
        path = "school" if self.form.cleaned_data.get("place_by") == "school" else "pupil"
        return rows.filter(Q(**{f"{path}__ward": place}) | Q(**{f"{path}__ward__part_of": place}))

    def by_language(self, rows: QuerySet[Enrolment], _name: str, value: str) -> QuerySet[Enrolment]:
        """English, or another; where no language is known it is neither."""
        english = Q(pupil__first_language__in=ENGLISH)
        if value == "english":
            return rows.filter(english)
        return rows.exclude(english).exclude(pupil__first_language__in=NO_LANGUAGE)

    def by_social_care(
        self, rows: QuerySet[Enrolment], _name: str, value: str
    ) -> QuerySet[Enrolment]:
        """One kind of support, or any that is known of."""
        if value == "any":
            return rows.exclude(pupil__social_care__in=["", "NONE"])
        return rows.filter(pupil__social_care=value)

    def by_young_carer(
        self, rows: QuerySet[Enrolment], _name: str, value: str
    ) -> QuerySet[Enrolment]:
        """Known to care for someone, or known not to."""
        return rows.filter(pupil__young_carer=value == "true")

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
