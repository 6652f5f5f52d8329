"""The filters of cases, by the names that the API and the pages share."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from attendance.filters import MomentFilter, visible_schools
from attendance_portal.shared import clock
from cases.choices import AGENCIES, choices_of
from cases.models import Case
from cases.states import STAGES, TRACKS

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
