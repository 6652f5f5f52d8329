"""Small questions about one child's casework, whoever asks: services, tasks and pages.

They see everything; a page asks for rows by `visible_to` first.
"""

from __future__ import annotations

from datetime import date

from cases.models import Case, Hold
from cases.states import LIVE
from schools.models import Enrolment, Pupil, School


def live_case(pupil: Pupil) -> Case | None:
    """The case that is being worked on, paused or not: a child has at most one."""
    return Case.objects.filter(pupil=pupil, status__in=LIVE).first()


def standing_hold(pupil: Pupil) -> Hold | None:
    """The hold that stands, also past its review: only a person ends it."""
    return Hold.objects.filter(pupil=pupil, ended_at__isnull=True).first()


def main_school(pupil: Pupil, on: date) -> School | None:
    """The school where the child is on roll on a day: the main one, else any other one there.

    None for a child who is on no roll, or whose only enrolment awaits confirmation.
    """
    rolls = (
        Enrolment.objects.on_roll(on)
        .filter(pupil=pupil, awaiting_confirmation=False)
        .select_related("school")
    )
    main = rolls.main().order_by("-starts_on", "-pk").first()
    found = main or rolls.order_by("-starts_on", "-pk").first()
    return found.school if found is not None else None
