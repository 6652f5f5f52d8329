"""The filters of lists of pupils, people, readings and deeds, by their names in the address."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django import forms
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from accounts.models import AccessLogEntry, AuditEvent, User
from accounts.roles import ROLES
from attendance.filters import EnrolmentFilter
from attendance.read_models.movement import Window, moved, usual_since
from attendance.rules.movement import Movement
from attendance.states import MOVEMENTS
from attendance_portal.shared import clock, wording
from cases.models import SupportPlan
from cases.states import PlanState
from dashboards.read_models.people import memberships_of, with_access
from schools.models import Enrolment, Place, Pupil, School

ROLE = [(role.value, facts.label) for role, facts in ROLES.items()]
ACCESS = [
    ("now", "Has access today"),
    ("ending", "Ends within 14 days"),
    ("unused", "Not used for 60 days"),
    ("none", "Has no access today"),
]


PLAN = [("none", "No agreed plan"), ("agreed", "Agreed plan")]

#: The filter bar, the same on every page of figures and on the lists they open.
FILTER_BAR = (
    "period", "as_of", "phase", "school", "trust", "place", "place_by", "year_group", "sex", "fsm",
    "sen", "ethnicity", "language", "social_care", "young_carer", "absence", "status",
)  # fmt: skip
#: What lists add: a name, and figures that may be filtered by.
OF_LISTS = (
    "q", "on_roll", "persistent", "severe", "movement", "since", "flag", "cohort", "plan",
    "sessions", "band", "missed", "ward",
)  # fmt: skip
#: Filters about the child or the enrolment: with one of them on, whole schools' sums do not serve.
OF_CHILDREN = frozenset(FILTER_BAR) - {
    "period", "as_of", "phase", "school", "trust", "absence", "place", "place_by",
}  # fmt: skip


#: Filters that choose schools: a page about one school has none of them.
OF_SCHOOLS = frozenset({"school", "trust", "phase", "place", "place_by"})
_NAMES = {
    ("fsm", "true"): "free school meals",
    ("fsm", "false"): "no free school meals",
    ("young_carer", "true"): "young carers",
    ("young_carer", "false"): "not young carers",
    ("sex", "F"): "girls",
    ("sex", "M"): "boys",
    ("language", "english"): "first language English",
    ("language", "other"): "first language not English",
    ("social_care", "any"): "social care, now or before",
    ("sen", "any"): "any SEN",
    ("sen", "N"): "no SEN",
}
_SAID_ELSEWHERE = frozenset({"period", "as_of", "absence", "place_by"})


def names_in_words(form: forms.Form) -> str:
    """Whom the bar names: 'Year 9, free school meals, SEN support'; empty for everyone."""
    on = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
    by_school = on.get("place_by") == "school"
    said = []
    for name in (each for each in FILTER_BAR if each in on and each not in _SAID_ELSEWHERE):
        words = _NAMES.get((name, str(on[name])), value_in_words(form.fields[name], on[name]))
        if name == "place":
            words = f"at schools in {words}" if by_school else f"living in {words}"
        said.append(words)
    return ", ".join(said)


def value_in_words(field: Any, value: Any) -> str:
    """A value of a form as people read it: a day, the label of a choice, or itself."""
    if isinstance(value, date):
        return wording.day(value)
    choices = getattr(field, "choices", None)
    if isinstance(value, str) and choices:
        return str(dict(choices).get(value, value))
    return str(value)


class DateInput(forms.DateInput):
    """The browser's own field for a date, which is plain text where it has none."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"classes": "govuk-input--width-10"}, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A date, written as 2026-03-02."""

    widget = DateInput

    def __init__(self, *, required_message: str = "", **options: Any) -> None:
        """`required_message`: what is said when it is left out and must not be."""
        said = {"invalid": "Write the date as 2026-03-02.", "required": required_message}
        super().__init__(input_formats=["%Y-%m-%d"], error_messages=said, **options)


class DayFilter(django_filters.Filter):
    """From or until a day."""

    field_class = DayField


class RecordFilter(EnrolmentFilter):
    """Enrolments as pages list them: with what casework adds, for those who read it."""

    #: Filters of casework (`Permission.SEE_CASES`).
    CASEWORK: ClassVar[frozenset[str]] = frozenset({"plan"})

    as_of = DayFilter(label="As of", method="as_asked")
    ward = django_filters.ModelChoiceFilter(
        field_name="pupil__ward",
        queryset=Place.objects.filter(kind=Place.Kind.WARD),
        to_field_name="code",
        widget=forms.HiddenInput,  # an old address keeps its meaning; the bar offers `place`
    )
    plan = django_filters.ChoiceFilter(
        label="Support plan", choices=PLAN, empty_label="Any", method="by_plan"
    )

    movement = django_filters.ChoiceFilter(
        label="Came over a line or went below it",
        choices=list(MOVEMENTS.items()),
        empty_label="Any",
        method="by_movement",
    )
    since = DayFilter(label="New or cleared since", method="as_asked")

    def __init__(self, *args: Any, **options: Any) -> None:
        """In the order of the bar, what lists add after it."""
        super().__init__(*args, **options)
        order = [*FILTER_BAR, *OF_LISTS]
        held = dict(self.filters)  # type: ignore[has-type]
        self.filters = {name: held[name] for name in order if name in held}

    def by_plan(self, rows: QuerySet[Enrolment], _name: str, value: str) -> QuerySet[Enrolment]:
        """Whether the child has an agreed plan that the asker may read: a draft is none yet, and
        the plan of a child who has left the school is not the school's to know of."""
        if self.request is None:
            return rows.none()
        agreed = SupportPlan.objects.visible_to(self.request.user).filter(
            pupil=OuterRef("pupil"), state=PlanState.AGREED
        )
        return rows.filter(~Exists(agreed) if value == "none" else Exists(agreed))

    def by_movement(self, rows: QuerySet[Enrolment], _name: str, value: str) -> QuerySet[Enrolment]:
        """Who came over a line since a day, went below it or stayed over it, by what the asker
        may know of the child's past."""
        if self.figures is None or self.request is None:
            return rows.none()
        as_of = self.figures.as_of
        since = self.form.cleaned_data.get("since") or usual_since(as_of)
        known = Enrolment.objects.visible_to(self.request.user)
        return rows.filter(moved(Movement(value), Window(since, as_of), known))


def people_to_choose(_request: Any) -> QuerySet[User]:
    """Everyone who signs in, by name."""
    return User.objects.filter(is_machine=False).order_by("name", "email")


class EntryFilter(django_filters.Filter):
    """One entry of the chain, by a whole number: a decimal may have a million figures."""

    field_class = forms.IntegerField


class PeopleFilter(django_filters.FilterSet):
    """People by name or address, by the role and school of today's access, and by its state."""

    q = django_filters.CharFilter(label="Name or email", method="by_words")
    role = django_filters.ChoiceFilter(
        label="Role", choices=ROLE, empty_label="Any", method="by_role"
    )
    school = django_filters.ModelChoiceFilter(
        label="School", queryset=None, empty_label="Any", method="by_school"
    )
    access = django_filters.ChoiceFilter(
        label="Access", choices=ACCESS, empty_label="Any", method="by_access"
    )

    class Meta:
        model = User
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, schools: QuerySet[School], **options: Any) -> None:
        """`schools`: those that the person asking may choose from."""
        super().__init__(*args, **options)
        self.filters["school"].field.queryset = schools

    def by_words(self, people: QuerySet[User], _name: str, words: str) -> QuerySet[User]:
        """Every word must stand in the name, the address or the organisation."""
        for word in words.split():
            people = people.filter(
                Q(name__icontains=word) | Q(email__icontains=word) | Q(organisation__icontains=word)
            )
        return people

    def by_role(self, people: QuerySet[User], _name: str, role: str) -> QuerySet[User]:
        """Who holds the role today."""
        return people.filter(Exists(memberships_of(on=clock.today()).filter(role=role)))

    def by_school(self, people: QuerySet[User], _name: str, school: School) -> QuerySet[User]:
        """Whose access today names the school, its trust or a patch that it is in."""
        named = Q(school=school) | Q(patch__schools=school)
        if school.trust_id:
            named |= Q(trust=school.trust_id)
        return people.filter(Exists(memberships_of(on=clock.today()).filter(named)))

    def by_access(self, people: QuerySet[User], _name: str, state: str) -> QuerySet[User]:
        """See `with_access`."""
        return with_access(people, state, on=clock.today())


class AccessLogFilter(django_filters.FilterSet):
    """Readings by child (the record's public id: a UPN never stands in an address), by reader, by
    the school on whose roll the child is or was, and by day."""

    pupil = django_filters.UUIDFilter(label="Record", method="by_record", widget=forms.HiddenInput)
    person = django_filters.ModelChoiceFilter(
        label="Person", field_name="user", queryset=people_to_choose, empty_label="Anyone"
    )
    school = django_filters.ModelChoiceFilter(
        label="School of the pupil",
        queryset=lambda _request: School.objects.alphabetical(),
        empty_label="Any",
        method="by_school",
    )
    since = DayFilter(label="From", field_name="at", lookup_expr="date__gte")
    until = DayFilter(label="Until", field_name="at", lookup_expr="date__lte")

    class Meta:
        model = AccessLogEntry
        fields: ClassVar[list[str]] = []

    def by_record(
        self, rows: QuerySet[AccessLogEntry], _name: str, record: UUID
    ) -> QuerySet[AccessLogEntry]:
        """Readings of one child's record."""
        return rows.filter(subject_kind="pupil", subject_ref=str(record))

    def by_school(
        self, rows: QuerySet[AccessLogEntry], _name: str, school: School
    ) -> QuerySet[AccessLogEntry]:
        """Readings of records of children who are or were on this school's roll."""
        records = Pupil.objects.filter(enrolments__school=school)
        texts = records.annotate(ref=Cast("public_id", CharField())).values("ref")
        return rows.filter(subject_kind="pupil", subject_ref__in=texts)


class AuditFilter(django_filters.FilterSet):
    """Deeds by what was done to what, by whom and when, or one entry of the chain."""

    verb = django_filters.CharFilter(label="Done", lookup_expr="icontains")
    object = django_filters.CharFilter(
        label="To what", field_name="object_kind", lookup_expr="icontains"
    )
    ref = django_filters.CharFilter(label="Its number", field_name="object_ref")
    person = django_filters.ModelChoiceFilter(
        label="Person", field_name="actor", queryset=people_to_choose, empty_label="Anyone"
    )
    since = DayFilter(label="From", field_name="at", lookup_expr="date__gte")
    until = DayFilter(label="Until", field_name="at", lookup_expr="date__lte")
    entry = EntryFilter(label="Entry", field_name="sequence")

    class Meta:
        model = AuditEvent
        fields: ClassVar[list[str]] = []
