"""Getting ready: tasks done, what was tried, pupils to discuss, support with places, the pack.

Raises: Refused (not theirs, or the meeting has started), Invalid, Conflict.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendance.cohorts import COHORTS
from attendance_portal.shared.errors import Refused
from cases.choices import AGENCIES
from cases.services.common import write_audit
from cases.services.typed import fits, needed, one_of, wrong
from meetings.choices import TASKS, WHY_DISCUSSED, WhyDiscussed
from meetings.models import CohortNote, DiscussedPupil, Meeting, PlacesOffered, PreparationMark
from meetings.permissions import check_can_prepare, side_of
from meetings.services.common import locked
from schools.models import Enrolment, Pupil
from schools.permissions import check_has

LONGEST_NOTE: Final = 2000  # characters of what was tried
MOST_PLACES: Final = 500
#: What people choose; who is severely absent is in by itself.
CHOSEN: Final = tuple(key for key in WHY_DISCUSSED if key is not WhyDiscussed.SEVERE)


@transaction.atomic
def tick_task(
    *, meeting: Meeting, task: str, is_done: bool, by: User, at: datetime
) -> PreparationMark | None:
    """Mark a task of one's own side done, or not yet; done twice it was done the first time."""
    meeting = locked(meeting)
    check_can_prepare(by, meeting)
    side = side_of(by)
    one_of(task, TASKS[side], "Choose a task of your side.", pointer="task")
    mark = meeting.preparation.filter(side=side, task=task).first()
    if is_done and mark is None:
        mark = PreparationMark.objects.create(
            meeting=meeting, side=side.value, task=task, done_by=by, done_at=at
        )
    elif is_done or mark is None:
        return mark
    else:
        mark.delete()
    after = {"side": side.value, "task": task, "is_done": is_done}
    write_audit(verb="meeting.task", about=meeting, by=by, at=at, after=after)
    return mark if is_done else None


@transaction.atomic
def write_tried(*, meeting: Meeting, cohort: str, tried: str, by: User, at: datetime) -> CohortNote:
    """'What have you tried, what helped?' for one named group; a later text takes its place."""
    meeting = locked(meeting)
    check_can_prepare(by, meeting)
    one_of(cohort, COHORTS, "Choose a group.", pointer="cohort")
    words = needed(tried, "Say what you tried.", pointer="tried", longest=LONGEST_NOTE)
    note, _ = CohortNote.objects.update_or_create(
        meeting=meeting, cohort=cohort, defaults={"tried": words, "by": by, "at": at}
    )
    write_audit(verb="meeting.tried", about=meeting, by=by, at=at, after={"cohort": cohort})
    return note


@transaction.atomic
def choose_pupil(
    *, meeting: Meeting, pupil: Pupil, why: str, note: str = "", by: User, on: date, at: datetime
) -> DiscussedPupil:
    """Put a child on the list. Chosen again, the later reason stands. Needing more than one agency
    says which."""
    meeting = locked(meeting)
    check_can_prepare(by, meeting)
    check_on_roll(meeting, pupil, by, on)
    one_of(why, CHOSEN, "Say why you want to speak about this child.", pointer="why")
    words = fits(note, pointer="note", longest=300)
    if why == WhyDiscussed.AGENCIES:
        words = needed(note, "Say which agencies are needed.", pointer="note", longest=300)
    row, _ = DiscussedPupil.objects.update_or_create(
        meeting=meeting,
        pupil=pupil,
        defaults={
            "why": why,
            "note": words,
            "side": side_of(by).value,
            "by": by,
            "at": at,
            "removed_at": None,
        },
    )
    _record(row, "meeting.pupil_chosen", by, at)
    return row


@transaction.atomic
def remove_pupil(*, discussed: DiscussedPupil, by: User, at: datetime) -> DiscussedPupil:
    """Take a child off the list again. Who is severely absent stays on it all the same."""
    meeting = locked(discussed.meeting)
    check_can_prepare(by, meeting)
    row: DiscussedPupil = meeting.discussed.get(pk=discussed.pk)
    if row.removed_at is None:
        row.removed_at = at
        row.save(update_fields=["removed_at"])
        _record(row, "meeting.pupil_removed", by, at)
    return row


@transaction.atomic
def offer_places(
    *, meeting: Meeting, what: str, agency: str, places: int, by: User, at: datetime
) -> PlacesOffered:
    """Write down support that has places now; the council brings it. The same support is kept
    once, with the later number."""
    meeting = locked(meeting)
    check_has(by, Permission.BOOK_MEETINGS)
    check_can_prepare(by, meeting)
    what = needed(what, "Say what the support is.", pointer="what", longest=200)
    one_of(agency, AGENCIES, "Choose who gives it.", pointer="agency")
    if not 0 <= places <= MOST_PLACES:
        raise wrong(f"Give a number from 0 to {MOST_PLACES}.", pointer="places")
    row = meeting.places_offered.standing().filter(what__iexact=what, agency=agency).first()
    row = row or PlacesOffered(meeting=meeting, what=what, agency=agency)
    row.places, row.by, row.at = places, by, at
    row.save()
    after = {"meeting": meeting.pk, "agency": agency, "places": places}
    write_audit(verb="meeting.places_offered", about=row, by=by, at=at, after=after)
    return row


@transaction.atomic
def remove_places(*, offered: PlacesOffered, by: User, at: datetime) -> PlacesOffered:
    """It has no places after all, or was written down wrongly."""
    meeting = locked(offered.meeting)
    check_has(by, Permission.BOOK_MEETINGS)
    check_can_prepare(by, meeting)
    row: PlacesOffered = meeting.places_offered.get(pk=offered.pk)
    if row.removed_at is None:
        row.removed_at = at
        row.save(update_fields=["removed_at"])
        write_audit(verb="meeting.places_removed", about=row, by=by, at=at)
    return row


def check_on_roll(meeting: Meeting, pupil: Pupil, by: User, on: date) -> None:
    """Whether the child is on the roll of the meeting's school, and theirs to speak about."""
    here = Enrolment.objects.on_roll(on).filter(
        school=meeting.school_id, pupil=pupil, awaiting_confirmation=False
    )
    is_theirs = Pupil.objects.worked_with_by(by).filter(pk=pupil.pk).exists()
    if not is_theirs or not here.exists():
        raise Refused(f"This child is not on the roll of {meeting.school}.", code="out_of_scope")


def _record(row: DiscussedPupil, verb: str, by: User, at: datetime) -> None:
    after = {"meeting": row.meeting_id, "pupil": str(row.pupil.public_id), "why": row.why}
    write_audit(verb=verb, about=row, by=by, at=at, after=after)
