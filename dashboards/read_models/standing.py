"""As of when figures stand, and whether something is wrong with that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from accounts.models import User
from attendance.models import MarkChange, NightlyRun
from attendance.selectors import figures_date, marks_due_until
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from schools.models import Enrolment
from schools.rules.calendar import last_weekday


@dataclass(frozen=True)
class Standing:
    """The date line of a page with figures. `as_of` is None before the first finished run.

    `marks_to`: the last day whose registers were due then.
    """

    as_of: date | None
    is_latest: bool = True
    corrections: str = ""
    problem: str = ""
    latest_href: str = ""
    marks_to: date | None = None


def standing(
    asked: date | None, *, user: User, latest_href: str, pupil_id: int | None = None
) -> Standing:
    """Where a page stands: at the figures' date, or at the date asked for.

    `pupil_id`: the one child that the page is about, whose corrections alone are counted.
    """
    latest = figures_date()
    as_of = asked or latest
    is_latest = as_of == latest
    return Standing(
        as_of=as_of,
        is_latest=is_latest,
        corrections="" if is_latest or as_of is None else _corrected_since(as_of, user, pupil_id),
        problem=run_problem(latest),
        latest_href=latest_href,
        marks_to=None if as_of is None else last_weekday(marks_due_until(as_of)),
    )


def _corrected_since(as_of: date, user: User, pupil_id: int | None) -> str:
    midnight = datetime.combine(as_of + timedelta(days=1), time(), tzinfo=LONDON)
    visible = Enrolment.objects.visible_to(user)
    if pupil_id is not None:
        visible = visible.filter(pupil=pupil_id)
    corrected = MarkChange.objects.filter(
        at__gte=midnight, date__lte=as_of, enrolment__in=visible.values("pk")
    ).exclude(old=" ")
    number = corrected.count()
    if number == 0:
        return "None of them was corrected after that day."
    was = "was" if number == 1 else "were"
    return f"{number:,} of them {was} corrected after that day."


def run_problem(latest: date | None) -> str:
    """The sentence for a nightly run that failed; empty when the last one finished."""
    ended = NightlyRun.objects.filter(is_for_everyone=True).exclude(state=NightlyRun.State.RUNNING)
    run = ended.first()
    if run is None or run.state == NightlyRun.State.FINISHED:
        return ""
    if latest is None:
        return "The nightly run did not finish, so there are no figures yet."
    return f"Last night's run did not finish. These are the figures of {wording.long_day(latest)}."
