"""Everyone that somebody sees, as a slice: for pages and papers that no filter bar stands above."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from attendance.read_models.figures import ABSENT, figures_on
from dashboards.read_models.rolls import enrolments_of_year
from dashboards.read_models.slices.slice import Slice
from schools.models import School
from schools.scoping import access_of

if TYPE_CHECKING:
    from accounts.models import User


def everyone(user: User, *, as_of: date, today: date, is_protected: bool = False) -> Slice:
    """The year so far of all enrolments in scope, as of a day."""
    rows = enrolments_of_year(user, as_of=as_of, on=today).filter(starts_on__lte=as_of)
    schools = School.objects.visible_to(user).order_by("urn")
    urns = tuple(schools.values_list("urn", flat=True))
    return Slice(
        user=user,
        as_of=as_of,
        today=today,
        figures=figures_on(as_of, urns=None if access_of(user).everything else urns),
        missed=ABSENT,
        rows=rows,
        peers=rows,
        schools=urns,
        is_of_whole_schools=True,
        who="",
        address={"as_of": as_of.isoformat()},
        is_protected=is_protected,
    )
