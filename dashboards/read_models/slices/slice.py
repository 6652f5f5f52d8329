"""Whom the filter bar names, in which period, as of which day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse

from attendance.read_models.figures import ABSENT, Figures
from attendance.read_models.keeping import KEPT_SECONDS, last_run_id
from attendance.selectors import last_import_id
from attendance_portal.shared import wording
from schools.models import Enrolment
from schools.scoping import access_of

if TYPE_CHECKING:
    from accounts.models import User

_Found = TypeVar("_Found")
#: What counts as missed, as headings say it.
MISSED: Final[Mapping[str, str]] = {
    ABSENT: "Absence",
    "authorised": "Authorised absence",
    "unauthorised": "Unauthorised absence",
    "illness": "Illness",
}


@dataclass(frozen=True)
class Slice:
    """The enrolments that a filter bar names, with the figures of a period as of a day.

    `rows`: the enrolments named, in scope, of the academic year of `as_of`; `peers`: those that the
    same schools, place and phase hold, whatever the child: everyone else is `peers` without `rows`.
    `schools`: URNs of those schools that are in scope. `is_of_whole_schools`: no filter speaks of a
    child, so sums of schools serve. `who`: in words ('Year 9, SEN support'), empty for everyone.
    `address`: the bar's own parameters, for links; `has_lists`: whether they may be followed to
    children (not in a protected view); `names_children`: whether a filter speaks of the child.
    """

    user: User
    as_of: date
    today: date
    figures: Figures
    missed: str
    rows: QuerySet[Enrolment]
    peers: QuerySet[Enrolment]
    schools: tuple[int, ...]
    is_of_whole_schools: bool
    who: str
    phase: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    is_protected: bool = False
    has_lists: bool = True
    names_children: bool = False

    @property
    def has_parts(self) -> bool:
        """Whether it may be divided by school, ward, band or group: in a protected view only where
        no filter speaks of a child, or a hidden part would follow from the parts of the others."""
        return not (self.is_protected and self.names_children)

    @property
    def measure(self) -> str:
        """'Unauthorised absence', as a heading says it."""
        return MISSED[self.missed]

    @property
    def period(self) -> str:
        """'2025/26 so far', 'Spring term, 2025/26'."""
        return self.figures.label

    def link(self, route: str, **changes: str) -> str:
        """Another page of the same slice, with some parameters changed or, empty, taken away."""
        return self.link_to(route, [], **changes)

    def link_to(self, route: str, given: Sequence[object], **changes: str) -> str:
        """The same of a page whose address holds something already, as a school's URN."""
        parameters = {**self.address, **changes}
        asked = urlencode({name: value for name, value in parameters.items() if value})
        address = reverse(route, args=given)
        return f"{address}?{asked}" if asked else address

    def list_of(self, **changes: str) -> str:
        """The list of the children behind a figure; empty where nobody may follow it.

        Figures count who had a session to attend (STAT-11), and so does the list.
        """
        if not self.has_lists or self.is_protected:
            return ""
        return self.link("pupil_list", **{"sessions": "true", **changes})

    def kept(self, name: str, work_out: Callable[[], _Found]) -> _Found:
        """What was worked out of this slice, kept until the next run or import.

        Only for somebody who sees everyone: what others see hangs on their access of the moment.
        """
        if not access_of(self.user).everything:
            return work_out()
        key = f"slice:{name}:{self._told()}:{last_run_id()}:{last_import_id()}"
        found: Any = cache.get(key)
        if found is None:
            found = work_out()
            cache.set(key, found, KEPT_SECONDS)
        return found  # type: ignore[no-any-return]

    def _told(self) -> str:
        """The slice as a short text: its statement tells whom it names."""
        statement, parameters = self.rows.order_by().values("pk").query.sql_with_params()
        asked = repr((statement, parameters, self.figures, self.missed))
        return hashlib.sha256(asked.encode()).hexdigest()


def title_of(measure: str, who: str) -> str:
    """'Absence: Year 9, SEN support'."""
    return f"{measure}: {who}" if who else measure


def counted_pupils(number: int, who: str) -> str:
    """'214 pupils: Year 9, SEN support'."""
    counted = wording.counted(number, "pupil")
    return f"{counted}: {who}" if who else counted
