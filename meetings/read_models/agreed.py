"""What a meeting agreed and what became of it; what the next one opens with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from accounts.models import User
from attendance.cohorts import COHORTS
from attendance.rules.percent import shown_percent
from attendance.states import DUE_TAGS, Due, Tag
from attendance_portal.shared import wording
from cases.choices import AGENCIES, Agency
from cases.models import Action, Case
from cases.states import ACTIONS, ActionState, referral_tag
from meetings.choices import About
from meetings.models import Decision, Meeting, MeetingAction, MeetingReferral, PracticeNote
from meetings.states import ACCEPTANCES, Acceptance
from schools.models import School


@dataclass(frozen=True)
class ActionLine:
    """One action that a meeting agreed. `tag` is empty while it is open and not due."""

    row_id: int
    action: Action
    text: str
    owner: str
    about: str  # 'The school', a group's name, or the child's
    due_on: date
    due: str
    tag: Tag | None
    outcome: str
    acceptance: str
    is_asked: bool
    agenda_item_id: int | None


@dataclass(frozen=True)
class ReferralLine:
    """One referral made at the table."""

    referral_id: int
    pupil: str
    agency: str
    service: str
    tag: Tag


@dataclass(frozen=True)
class Completion:
    """What became of a meeting's actions, by number."""

    done: int = 0
    dropped: int = 0
    open: int = 0
    overdue: int = 0  # of those open

    @property
    def total(self) -> int:
        return self.done + self.dropped + self.open

    @property
    def words(self) -> str:
        """'2 of 3 actions done (66.7%), 1 overdue', or that there were none."""
        if not self.total:
            return "No actions were agreed"
        actions = wording.counted(self.total, "action")
        done = f"{self.done} of {actions} done ({shown_percent(self.done, self.total)})"
        return f"{done}, {self.overdue} overdue" if self.overdue else done


@dataclass(frozen=True)
class Agreed:
    """All that a meeting agreed, as far as this person sees it, in the order it was agreed."""

    actions: tuple[ActionLine, ...]
    decisions: tuple[Decision, ...]
    referrals: tuple[ReferralLine, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.actions or self.decisions or self.referrals)


def agreed(user: User, meeting: Meeting, on: date) -> Agreed:
    """What this person sees of it; somebody asked from elsewhere sees their own actions."""
    decisions = Decision.objects.visible_to(user).filter(meeting=meeting)
    return Agreed(
        actions=_lines(MeetingAction.objects.visible_to(user).filter(meeting=meeting), on),
        decisions=tuple(decisions.select_related("pupil", "by")),
        referrals=_referrals(user, meeting, on),
    )


def last_meeting(meeting: Meeting) -> Meeting | None:
    """The school's latest meeting that was held before this one's term."""
    earlier = Q(academic_year__lt=meeting.academic_year) | Q(
        academic_year=meeting.academic_year, term__lt=meeting.term
    )
    rows = Meeting.objects.held().filter(earlier, school=meeting.school_id, kind=meeting.kind)
    found: Meeting | None = rows.order_by("-academic_year", "-term").first()
    return found


def last_actions(user: User, meeting: Meeting, on: date) -> tuple[ActionLine, ...]:
    """The actions that this meeting opens with: those of the last one, and what became of them."""
    last = last_meeting(meeting)
    if last is None:
        return ()
    return _lines(MeetingAction.objects.visible_to(user).filter(meeting=last), on)


def last_actions_of_school(user: User, school: School, on: date) -> tuple[ActionLine, ...]:
    """The actions of the school's latest meeting that was held."""
    last = Meeting.objects.visible_to(user).held().filter(school=school).first()
    if last is None:
        return ()
    return _lines(MeetingAction.objects.visible_to(user).filter(meeting=last), on)


def completion_of(meeting: Meeting, on: date) -> Completion:
    """What became of all the meeting's actions; the same numbers for everyone."""
    return completions([meeting.pk], on).get(meeting.pk, Completion())


def completions(meeting_ids: Iterable[int], on: date) -> dict[int, Completion]:
    """The same of several meetings, by number; those without actions are left out. One query."""
    rows = (
        MeetingAction.objects.filter(meeting__in=list(meeting_ids))
        .order_by()
        .values("meeting_id", "action__state")
        .annotate(number=Count("pk"), late=Count("pk", filter=Q(action__due_on__lt=on)))
    )
    found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in rows:
        found[row["meeting_id"]][row["action__state"]] = (row["number"], row["late"])
    nothing = (0, 0)
    return {
        pk: Completion(
            done=states.get(ActionState.DONE, nothing)[0],
            dropped=states.get(ActionState.DROPPED, nothing)[0],
            open=states.get(ActionState.OPEN, nothing)[0],
            overdue=states.get(ActionState.OPEN, nothing)[1],
        )
        for pk, states in found.items()
    }


def asked_to_accept(user: User, on: date) -> tuple[ActionLine, ...]:
    """The open actions that this person was asked to accept and has not answered."""
    rows = MeetingAction.objects.visible_to(user).waiting_for(user)
    return _lines(rows.filter(action__state=ActionState.OPEN), on)


def practice_for(user: User, case: Case) -> list[PracticeNote]:
    """What worked elsewhere for the barriers of a case, newest first: notes given to the network,
    and the reader's own schools'."""
    kinds = case.barriers.values_list("kind", flat=True)
    rows = PracticeNote.objects.visible_to(user).filter(barrier__in=kinds)
    return list(rows.select_related("school"))


def _lines(rows: Iterable[MeetingAction], on: date) -> tuple[ActionLine, ...]:
    if hasattr(rows, "select_related"):
        rows = rows.select_related("action__owner", "action__pupil", "meeting__school")
    return tuple(_line(row, on) for row in rows)


def _line(row: MeetingAction, on: date) -> ActionLine:
    action = row.action
    return ActionLine(
        row_id=row.pk,
        action=action,
        text=action.text,
        owner=str(action.owner) if action.owner is not None else action.owner_name,
        about=_about(row),
        due_on=action.due_on,
        due=f"Due {wording.day(action.due_on)}",
        tag=_tag(action, on),
        outcome=action.outcome,
        acceptance=ACCEPTANCES[Acceptance(row.acceptance)],
        is_asked=row.acceptance == Acceptance.ASKED,
        agenda_item_id=row.agenda_item_id,
    )


def _about(row: MeetingAction) -> str:
    if row.about == About.COHORT:
        return COHORTS[row.cohort].label if row.cohort in COHORTS else row.cohort
    return str(row.action.pupil) if row.action.pupil is not None else "The school"


def _tag(action: Action, on: date) -> Tag | None:
    if action.state != ActionState.OPEN:
        return ACTIONS[ActionState(action.state)]
    if action.due_on < on:
        return DUE_TAGS[Due.OVERDUE]
    return DUE_TAGS[Due.TODAY] if action.due_on == on else None


def _referrals(user: User, meeting: Meeting, on: date) -> tuple[ReferralLine, ...]:
    rows = MeetingReferral.objects.visible_to(user).filter(meeting=meeting)
    return tuple(
        ReferralLine(
            referral_id=row.referral_id,
            pupil=str(row.referral.case.pupil),
            agency=AGENCIES[Agency(row.referral.to_agency)],
            service=row.referral.service,
            tag=referral_tag(
                row.referral.state,
                waiting_days=(on - row.referral.sent_on).days,
                is_told=row.referral.told_on is not None,
            ),
        )
        for row in rows.select_related("referral__case__pupil")
    )
