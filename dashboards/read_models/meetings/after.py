"""P23: what came of a meeting. Figures as they lay on the table, and as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from attendance.cohorts import COHORTS
from attendance.models import EnrolmentCohort, EnrolmentPeriod
from attendance.rules.percent import shown_percent
from attendance.states import Tag
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from dashboards.charts import (
    BeforeAfterFacts,
    Chart,
    Heading,
    Share,
    Slope,
    before_and_after,
)
from dashboards.read_models.meetings.windows import (
    SESSIONS_A_WEEK,
    Windows,
    windows_around,
)
from meetings.choices import MailKind
from meetings.models import Meeting, PackSnapshot
from meetings.permissions import check_can_book, check_can_run
from meetings.read_models.agreed import Agreed, Completion, agreed, completions
from meetings.read_models.preparation import Discussed, discussed
from meetings.states import MAILS, MailState, MeetingState
from schools.models import Enrolment, Pupil
from schools.permissions import allowed
from schools.rules.calendar import academic_year

if TYPE_CHECKING:
    from accounts.models import User

TOO_EARLY: Final = "Too early to say"


@dataclass(frozen=True)
class ChildLine:
    """A child who was spoken about: the year so far on the table and now, and the weeks around."""

    public_id: UUID
    name: str
    why: str
    then: str
    now: str
    before: str
    after: str
    direction: str


@dataclass(frozen=True)
class CohortLine:
    """A named group: how many were in it on the table and are now, and how those then have done."""

    label: str
    then: int
    now: int
    moved: str


@dataclass(frozen=True)
class EarlierMeeting:
    """What became of the actions of one meeting of this school."""

    when: str
    href: str
    words: str


@dataclass(frozen=True)
class After:
    """The page. `children_read`: those whose names it shows, so that the reading is written down.

    `pack`: which figures lay on the table, in words; empty where none were frozen.
    """

    is_over: bool
    held: str
    summary: list[tuple[str, Tag]]
    agreed: Agreed
    completion: str
    earlier: list[EarlierMeeting]
    pack: str
    helped: str
    chart: Chart | None
    cohorts: list[CohortLine]
    children: list[ChildLine]
    children_read: list[Pupil]
    next_href: str
    may_run: bool


@dataclass(frozen=True)
class Standpoint:
    """Whose reading, of which meeting, as of which figures, on which day."""

    meeting: Meeting
    user: User
    as_of: date | None
    on: date

    @property
    def held_on(self) -> date | None:
        """The day on which it was started."""
        started = self.meeting.started_at
        return started.astimezone(LONDON).date() if started is not None else None


def after(asked: Standpoint) -> After:
    """What came of a meeting, as this person sees it."""
    meeting, user, on = asked.meeting, asked.user, asked.on
    found = agreed(user, meeting, on)
    listed = discussed(user, meeting) if asked.held_on is not None else ()
    pack = meeting.packs.order_by("version").last() if asked.held_on is not None else None
    around = _windows(asked, [one.pupil.pk for one in listed])
    about = [line.action.pupil for line in found.actions if line.action.pupil is not None]
    done = completions([meeting.pk], on).get(meeting.pk, Completion())
    return After(
        is_over=meeting.state == MeetingState.HELD,
        held=_held(meeting),
        summary=_summary(meeting),
        agreed=found,
        completion=done.words,
        earlier=_earlier(asked),
        pack=_pack_in_words(pack),
        helped=helped_in_words(list(around.values()), len(listed)),
        chart=_chart(asked, listed, around),
        cohorts=_cohorts(asked, pack),
        children=_children(asked, listed, around, pack),
        children_read=[*(one.pupil for one in listed), *about],
        next_href=_next(meeting, user),
        may_run=allowed(check_can_run, user, meeting),
    )


def helped_in_words(around: Sequence[Windows], number: int) -> str:
    """Whether it went with fewer sessions missed, by counts of children; nobody is named."""
    if not number:
        return "No child was spoken about by name."
    if not around:
        return f"{TOO_EARLY}: no school week has gone by since."
    less, more, same = directions(around)
    weeks = max(one.weeks for one in around)
    children = wording.counted(len(around), "child", "children")
    span = wording.counted(weeks, "school week")
    left_out = number - len(around)
    without = f" {left_out:,} without marks on both sides left out." if left_out else ""
    return (
        f"Of {children} spoken about, {less:,} missed less since, {more:,} more, "
        f"{same:,} the same share, in up to {span} before and after.{without}"
    )


def directions(around: Iterable[Windows]) -> tuple[int, int, int]:
    """How many missed a smaller share afterwards, a larger one, and the same."""
    moves = [_move(one) for one in around]
    less, more = sum(move < 0 for move in moves), sum(move > 0 for move in moves)
    return less, more, len(moves) - less - more


def _move(one: Windows) -> int:
    """Below nothing where a smaller share was missed afterwards: crosswise, in whole numbers."""
    return one.after.part * one.before.whole - one.before.part * one.after.whole


def _direction(one: Windows | None) -> str:
    if one is None:
        return TOO_EARLY
    move = _move(one)
    if not move:
        return "The same share"
    return "Missed less since" if move < 0 else "Missed more since"


def _windows(asked: Standpoint, pupils: Sequence[int]) -> dict[int, Windows]:
    """Pupil to the weeks around the meeting, at this school."""
    if asked.held_on is None or asked.as_of is None or not pupils:
        return {}
    rolls = _rolls(asked, pupils)
    found = windows_around(list(rolls), asked.held_on, as_of=asked.as_of)
    return {rolls[pk]: one for pk, one in found.items()}


def _rolls(asked: Standpoint, pupils: Iterable[int]) -> dict[int, int]:
    """Enrolment at the meeting's school to its pupil; the latest of each."""
    rows = (
        Enrolment.objects.visible_to(asked.user)
        .filter(school=asked.meeting.school_id, pupil__in=list(pupils))
        .order_by("starts_on", "pk")
    )
    latest = {pupil: pk for pk, pupil in rows.values_list("pk", "pupil")}
    return {pk: pupil for pupil, pk in latest.items()}


def _chart(
    asked: Standpoint, listed: Sequence[Discussed], around: Mapping[int, Windows]
) -> Chart | None:
    """F11 of the children who were spoken about."""
    slopes = [
        Slope(
            around[one.pupil.pk].before,
            around[one.pupil.pk].after,
            name=str(one.pupil),
            href=reverse("pupil", args=[one.pupil.public_id]),
        )
        for one in listed
        if one.pupil.pk in around
    ]
    if not slopes or asked.held_on is None:
        return None
    weeks = max(one.weeks for one in around.values())
    period = (
        f"{wording.counted(weeks, 'school week')} before and after {wording.day(asked.held_on)}"
    )
    heading = Heading(who="children spoken about", period=period, marks_to=asked.as_of)
    return before_and_after(
        BeforeAfterFacts(heading, window_sessions=weeks * SESSIONS_A_WEEK, pupils=slopes)
    )


def _children(
    asked: Standpoint,
    listed: Sequence[Discussed],
    around: Mapping[int, Windows],
    pack: PackSnapshot | None,
) -> list[ChildLine]:
    then = frozen_figures(pack.content) if pack is not None else {}
    now = _years(asked, [one.pupil.pk for one in listed])
    lines = []
    for one in listed:
        found = around.get(one.pupil.pk)
        lines.append(
            ChildLine(
                public_id=one.pupil.public_id,
                name=str(one.pupil),
                why=", ".join(one.why),
                then=_share(then.get(str(one.pupil.public_id))),
                now=_share(now.get(one.pupil.pk)),
                before=_share(found.before if found else None),
                after=_share(found.after if found else None),
                direction=_direction(found),
            )
        )
    return lines


def _share(share: Share | None) -> str:
    if share is None:
        return "Not known"
    sessions = wording.counted(share.whole, "session")
    return f"{shown_percent(share.part, share.whole)}, {share.part:,} of {sessions}"


def _years(asked: Standpoint, pupils: Sequence[int]) -> dict[int, Share]:
    """Pupil to the year so far at this school."""
    if asked.as_of is None or not pupils:
        return {}
    rolls = _rolls(asked, pupils)
    rows = EnrolmentPeriod.objects.year(academic_year(asked.as_of)).filter(enrolment__in=rolls)
    found = rows.values_list("enrolment_id", "authorised", "unauthorised", "possible")
    return {rolls[pk]: Share(some + others, possible) for pk, some, others, possible in found}


def frozen_figures(content: Any) -> dict[str, Share]:
    """Public id to the year so far as it lay on the table, from anywhere in a frozen pack."""
    found: dict[str, Share] = {}
    if isinstance(content, list):
        for part in content:
            found |= frozen_figures(part)
    if isinstance(content, dict):
        if {"public_id", "possible", "absent"} <= set(content):
            share = Share(content["absent"], content["possible"])
            return {content["public_id"]: share} if share.whole else {}
        for part in content.values():
            found |= frozen_figures(part)
    return found


def frozen_cohorts(content: Any) -> dict[str, list[str]]:
    """Named group to the public ids of those who were in it on the table."""
    groups = content.get("cohorts", []) if isinstance(content, dict) else []
    return {one["key"]: [child["public_id"] for child in one["pupils"]] for one in groups}


def _cohorts(asked: Standpoint, pack: PackSnapshot | None) -> list[CohortLine]:
    """Each group of the frozen pack, in the order of the shared language; a fixed number of
    queries."""
    if pack is None:
        return []
    groups = frozen_cohorts(pack.content)
    wanted = {public_id for ids in groups.values() for public_id in ids}
    pupils = {
        str(public_id): pk
        for pk, public_id in Pupil.objects.visible_to(asked.user)
        .filter(public_id__in=wanted)
        .values_list("pk", "public_id")
    }
    around = _windows(asked, list(pupils.values()))
    here = Enrolment.objects.visible_to(asked.user).on_roll(asked.on)
    rows = EnrolmentCohort.objects.filter(
        enrolment__in=here.filter(school=asked.meeting.school_id).values("pk")
    )
    now: dict[str, int] = {}
    for key in rows.values_list("cohort", flat=True):
        now[key] = now.get(key, 0) + 1
    return [
        CohortLine(
            label=COHORTS[key].label,
            then=len(groups[key]),
            now=now.get(key, 0),
            moved=_moved([around[pupils[one]] for one in groups[key] if pupils.get(one) in around]),
        )
        for key in COHORTS
        if key in groups
    ]


def _moved(around: Sequence[Windows]) -> str:
    if not around:
        return TOO_EARLY
    less, more, same = directions(around)
    return f"{less:,} missed less since, {more:,} more, {same:,} the same share"


def _held(meeting: Meeting) -> str:
    if meeting.state != MeetingState.HELD or meeting.ended_at is None:
        return ""
    people = wording.counted(meeting.people_there, "person was", "people were")
    return f"Ended {wording.moment(meeting.ended_at)}. {people} there."


def _summary(meeting: Meeting) -> list[tuple[str, Tag]]:
    """To whom the summary was sent, and what became of each mail."""
    rows = meeting.mails.filter(kind=MailKind.SUMMARY)
    return [(f"{row.email}, {wording.moment(row.at)}", MAILS[MailState(row.state)]) for row in rows]


def _earlier(asked: Standpoint) -> list[EarlierMeeting]:
    """The school's other meetings that were held, newest first, and what became of their
    actions."""
    rows = Meeting.objects.visible_to(asked.user).held()
    found = list(rows.filter(school=asked.meeting.school_id).exclude(pk=asked.meeting.pk))
    done = completions([one.pk for one in found], asked.on)
    return [
        EarlierMeeting(
            when=wording.day(one.starts_at.astimezone(LONDON).date()) if one.starts_at else "",
            href=reverse("meeting_after", args=[one.pk]),
            words=done.get(one.pk, Completion()).words,
        )
        for one in found
    ]


def _pack_in_words(pack: PackSnapshot | None) -> str:
    if pack is None:
        return ""
    return f"The pack on the table: version {pack.version}, marks to {wording.day(pack.as_of)}."


def _next(meeting: Meeting, user: User) -> str:
    if meeting.state != MeetingState.HELD or not allowed(check_can_book, user, meeting.school):
        return ""
    return f"{reverse('meeting_book')}?{urlencode({'school': meeting.school_id})}"
