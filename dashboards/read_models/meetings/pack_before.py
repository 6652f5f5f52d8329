"""Last time: what was agreed and done, and the children spoken about, before and since."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final

from django.db.models import F

from attendance.models import RegisterWeek
from attendance_portal.shared.clock import LONDON
from dashboards.charts import Share
from dashboards.read_models.meetings.pack_content import LastTime, PastAction, PastPupil
from dashboards.read_models.meetings.pack_people import Roll
from meetings.models import DiscussedPupil, Meeting, MeetingAction
from meetings.read_models.agreed import last_meeting
from schools.rules.calendar import week_start

#: School weeks on each side of the last meeting, where so many have gone by.
MOST_WEEKS: Final = 6
_LOOKED_AT: Final = timedelta(weeks=26)  # far enough for six school weeks across the summer

Week = tuple[date, int, int]  # its Monday, possible, absent


def last_time(roll: Roll) -> LastTime | None:
    """What came of the school's last held meeting before this one; None before the first."""
    before = last_meeting(roll.meeting)
    if before is None or before.started_at is None:
        return None
    held_on = before.started_at.astimezone(LONDON).date()
    return LastTime(
        held_on=held_on,
        actions=_actions(roll, before),
        pupils=_pupils(roll, before, held_on),
    )


def _actions(roll: Roll, before: Meeting) -> list[PastAction]:
    rows = MeetingAction.objects.visible_to(roll.user).filter(meeting=before)
    return [
        PastAction(
            text=row.action.text,
            owner=str(row.action.owner) if row.action.owner else row.action.owner_name,
            about=row.cohort or row.about,
            pupil=roll.named(row.action.pupil) if row.action.pupil else None,
            due_on=row.action.due_on,
            state=row.action.state,
            ended_on=row.action.ended_on,
            outcome=row.action.outcome,
        )
        for row in rows.select_related("action__owner", "action__pupil")
    ]


def _pupils(roll: Roll, before: Meeting, held_on: date) -> list[PastPupil]:
    """Those still on the roll, in the order of names."""
    rows = DiscussedPupil.objects.visible_to(roll.user).standing().filter(meeting=before)
    why = dict(rows.values_list("pupil_id", "why"))
    children = [row for row in roll.enrolments.values() if row.pupil_id in why]
    weeks = _weeks([row.pk for row in children], held_on, roll.as_of)
    found = []
    for row in children:
        earlier, later = _around(weeks.get(row.pk, []), held_on)
        found.append(
            PastPupil(
                pupil=roll.pupil(row),
                why=why[row.pupil_id],
                before=_added(earlier),
                since=_added(later),
                weeks=len(later),
            )
        )
    return found


def _weeks(enrolments: Collection[int], held_on: date, as_of: date) -> dict[int, list[Week]]:
    """Weeks with something possible around the meeting, oldest first."""
    rows = RegisterWeek.objects.filter(
        enrolment__in=enrolments,
        week_start__gt=held_on - _LOOKED_AT,
        week_start__lte=as_of,
        possible__gt=0,
    ).order_by("week_start")
    found: dict[int, list[Week]] = {}
    absent = rows.annotate(missed=F("possible") - F("attended"))
    for pk, *week in absent.values_list("enrolment_id", "week_start", "possible", "missed"):
        found.setdefault(pk, []).append((week[0], week[1], week[2]))
    return found


def _around(weeks: Sequence[Week], held_on: date) -> tuple[list[Week], list[Week]]:
    """Equal numbers of weeks before the week of the meeting and after it, at most `MOST_WEEKS`."""
    met = week_start(held_on)
    earlier = [week for week in weeks if week[0] < met]
    later = [week for week in weeks if week[0] > met]
    number = min(MOST_WEEKS, len(earlier), len(later))
    return earlier[len(earlier) - number :], later[:number]


def _added(weeks: Sequence[Week]) -> Share:
    return Share(sum(week[2] for week in weeks), sum(week[1] for week in weeks))
