"""Last time: what was agreed and done, and the children spoken about, before and since."""

from __future__ import annotations

from datetime import date
from typing import Final

from attendance_portal.shared.clock import LONDON
from dashboards.charts import Share
from dashboards.read_models.meetings.pack_content import LastTime, PastAction, PastPupil
from dashboards.read_models.meetings.pack_people import Roll
from dashboards.read_models.meetings.windows import Windows, windows_around
from meetings.models import DiscussedPupil, Meeting, MeetingAction
from meetings.read_models.agreed import last_meeting

_NO_WEEKS: Final = Windows(Share(0, 0), Share(0, 0), weeks=0)


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
    around = windows_around([row.pk for row in children], held_on, as_of=roll.as_of)
    found = []
    for row in children:
        windows = around.get(row.pk, _NO_WEEKS)
        found.append(
            PastPupil(
                pupil=roll.pupil(row),
                why=why[row.pupil_id],
                before=windows.before,
                since=windows.after,
                weeks=windows.weeks,
            )
        )
    return found
