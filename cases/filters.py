"""The filters of cases, by the names that the API and the pages share."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from attendance.filters import MomentFilter, visible_schools
from attendance_portal.shared import clock
from cases.choices import AGENCIES, choices_of
from cases.models import Case, Contact, SupportPlan
from cases.states import STAGES, TRACKS
from schools.models import Place

STAGE_CHOICES = [(str(stage.value), facts.place) for stage, facts in STAGES.items()]
TRACK_CHOICES = [(key.value, facts.label) for key, facts in TRACKS.items()]
YES = [("true", "Yes")]


def _any(label: str, choices: list[tuple[str, str]], **options: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label="Any", **options)


class CaseFilter(django_filters.FilterSet):
    """Cases by stage, state, track, school and team, by a review that is late, and by change."""

    stage = _any("Stage", STAGE_CHOICES)
    status = _any("State", list(Case.Status.choices))
    track = _any("Track", TRACK_CHOICES)
    school = django_filters.ModelChoiceFilter(
        label="School", queryset=visible_schools, empty_label="Any"
    )
    team = _any("Team", choices_of(AGENCIES))
    overdue = _any("Review overdue", YES, method="by_overdue")
    changed_since = MomentFilter("updated_at")

    class Meta:
        model = Case
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, on: date | None = None, **options: Any) -> None:
        """`on`: the day on which a review is late or not; today unless given."""
        super().__init__(*args, **options)
        self.on = on or clock.today()

    def by_overdue(self, rows: QuerySet[Case], _name: str, _value: str) -> QuerySet[Case]:
        """Those whose next review was due before the day."""
        late: QuerySet[Case] = rows.filter(pk__in=Case.objects.review_overdue(self.on).values("pk"))
        return late


def visible_leads(request: Any) -> QuerySet[User]:
    """Those who lead a case that the person asking may see."""
    if request is None:
        return User.objects.none()
    led = Case.objects.visible_to(request.user).live().order_by().values("lead")
    return User.objects.filter(pk__in=led).order_by("name", "email")


class CaseListFilter(CaseFilter):
    """The list of cases, for people: the same, and whose they are, where the child lives, and
    whether the child was heard."""

    mine = _any("Mine", YES, method="by_mine")
    lead = django_filters.ModelChoiceFilter(
        label="Lead", queryset=visible_leads, empty_label="Anyone"
    )
    waiting = _any("Waits for a lead", YES, method="by_waiting")
    no_child_view = _any("Without the child's view", YES, method="by_no_child_view")
    locality = django_filters.ModelChoiceFilter(
        label="Locality of home",
        field_name="pupil__ward__part_of",
        queryset=Place.objects.filter(kind=Place.Kind.LOCALITY).order_by("name"),
        to_field_name="code",
        empty_label="Any",
    )

    #: The order of the panel: what is asked daily comes first. `changed_since` is for machines:
    #: nobody types a moment with its offset.
    ORDER: ClassVar = (
        "mine", "stage", "overdue", "no_child_view", "waiting", "lead", "school", "track",
        "locality", "team", "status",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        """As for the API; the panel in the order of people."""
        super().__init__(*args, **options)
        known = self.filters  # type: ignore[has-type]
        self.filters = {name: known[name] for name in self.ORDER}

    def by_mine(self, rows: QuerySet[Case], _name: str, _value: str) -> QuerySet[Case]:
        """Those that the person leads or covers on the day."""
        mine = Case.objects.led_by(self.request.user, self.on)
        return rows.filter(pk__in=mine.values("pk"))

    def by_waiting(self, rows: QuerySet[Case], _name: str, _value: str) -> QuerySet[Case]:
        """Those that nobody leads yet."""
        return rows.filter(lead__isnull=True)

    def by_no_child_view(self, rows: QuerySet[Case], _name: str, _value: str) -> QuerySet[Case]:
        """Those of which neither a plan nor a contact holds the child's own words."""
        plans = SupportPlan.objects.filter(case=OuterRef("pk")).exclude(child_view="")
        contacts = Contact.objects.filter(case=OuterRef("pk")).exclude(child_words="")
        return rows.filter(~Exists(plans), ~Exists(contacts))
