"""The meeting itself: who is here, actions that stand at once, decisions, referrals, the end.

No minutes are kept: an action is casework's own row the moment it is agreed, in the owner's list
before the meeting ends (SUP-14). Each form carries a token: pressed twice it is one record.

Raises: Refused (not theirs, or not now), Invalid (words, days), Conflict (somebody was first).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendance.cohorts import COHORTS
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from attendance_portal.shared.errors import Conflict, Refused
from cases.choices import AGENCY_OF_ROLE, Agency
from cases.models import Action, Case
from cases.read_models.partners import sees_casework_of
from cases.services.actions import add_action, reassign_action
from cases.services.common import acting_role, write_audit
from cases.services.partners import send_referral
from cases.services.typed import fits, needed, one_of, wrong
from cases.states import Origin
from meetings.choices import ABOUTS, About, MailKind, WhyDiscussed
from meetings.models import (
    AgendaItem,
    Decision,
    DiscussedPupil,
    Meeting,
    MeetingAction,
    MeetingReferral,
)
from meetings.permissions import (
    check_ahead,
    check_can_run,
    check_going_on,
    check_its_day,
    check_sees_all,
)
from meetings.read_models.preparation import severely_absent
from meetings.services import mails
from meetings.services.common import facts, locked, save
from meetings.services.people import Guest, add_people
from meetings.services.preparation import check_on_roll
from meetings.states import Acceptance, MeetingState
from schools.models import Pupil
from schools.permissions import check_has

_LONGEST_DECISION: Final = 500
_SCHOOL_IN_LABEL: Final = 110  # characters, so that the label fits with its date


@dataclass(frozen=True)
class Subject:
    """What an action is about: the school itself, one of its named groups, or a child."""

    about: str = About.SCHOOL
    pupil: Pupil | None = None
    cohort: str = ""


@dataclass(frozen=True)
class Owner:
    """Who will do it: somebody with a login, or a name and the agency they speak for."""

    user: User | None = None
    name: str = ""
    agency: str = ""


@transaction.atomic
def start_meeting(
    *,
    meeting: Meeting,
    came: Collection[int],
    others: Sequence[Guest] = (),
    version: int,
    by: User,
    on: date,
    at: datetime,
) -> Meeting:
    """Say who is here and begin. `came`: the numbers of those on the list who are; `others` came
    without being asked. Started twice it was started the first time.

    Raises Conflict where the meeting has changed since the form was made.
    """
    meeting = locked(meeting)
    check_can_run(by, meeting)
    check_ahead(meeting)
    if meeting.started_at is not None:
        return meeting
    check_its_day(meeting, on)
    if meeting.version != version:
        raise Conflict("The meeting has changed meanwhile. Look at it again, then start it.")
    _write_who_came(meeting, came, others)
    _keep_severe(meeting, at)
    meeting.started_at, meeting.started_by = at, by
    save(meeting, at)
    write_audit(verb="meeting.started", about=meeting, by=by, at=at, after=facts(meeting))
    return meeting


@transaction.atomic
def record_who_is_here(
    *, meeting: Meeting, came: Collection[int], others: Sequence[Guest] = (), by: User, at: datetime
) -> Meeting:
    """Put right who is here while the meeting goes on."""
    meeting = locked(meeting)
    check_can_run(by, meeting)
    check_going_on(meeting)
    _write_who_came(meeting, came, others)
    save(meeting, at)
    write_audit(verb="meeting.people", about=meeting, by=by, at=at, after=facts(meeting))
    return meeting


@transaction.atomic
def add_live_action(
    *,
    meeting: Meeting,
    text: str,
    due_on: date,
    owner: Owner,
    subject: Subject = Subject(),
    agenda_item: AgendaItem | None = None,
    client_token: UUID,
    by: User,
    on: date,
    at: datetime,
) -> MeetingAction:
    """Agree an action: from this moment it is in its owner's list. Whoever is not here is asked to
    accept it."""
    meeting = locked(meeting)
    _check_at_table(by, meeting)
    before: MeetingAction | None = meeting.actions.filter(client_token=client_token).first()
    if before is not None:
        return before
    _check_subject(meeting, subject, owner, by, on)
    action = add_action(
        text=text,
        due_on=due_on,
        origin=Origin.TSM,
        origin_label=_label(meeting),
        agency=_agency(owner, on),
        owner=owner.user,
        owner_name=owner.name,
        pupil=subject.pupil,
        school=meeting.school,
        by=by,
        on=on,
        at=at,
    )
    row = MeetingAction.objects.create(
        meeting=meeting,
        action=action,
        agenda_item=_own_item(meeting, agenda_item),
        about=subject.about,
        cohort=subject.cohort,
        client_token=client_token,
        acceptance=_acceptance(meeting, action, by),
        by=by,
        at=at,
    )
    if row.acceptance == Acceptance.ASKED and owner.user is not None:
        mails.write(meeting, MailKind.ACCEPT, [owner.user.email], on=on, at=at)
    _record(meeting, "meeting.action_added", row, by, at)
    return row


def check_can_answer(user: User, row: MeetingAction) -> None:
    """Whether this person says if an action is accepted: its owner, while they are asked."""
    action = row.action
    if action.owner is None:
        check_can_run(user, row.meeting)
    elif action.owner != user:
        raise Refused(f"{action.owner} is asked, and answers.", code="not_the_owner")
    if row.acceptance != Acceptance.ASKED:
        raise Refused("Nobody is asking about this action now.", code="nobody_asks")


@transaction.atomic
def answer_action(
    *,
    row: MeetingAction,
    is_accepted: bool,
    reason: str = "",
    by: User,
    on: date,
    at: datetime,
) -> MeetingAction:
    """Say whether one stands by an action that was agreed without one. What is not accepted goes
    back to whoever asked, with the reason. For somebody without a login, whoever runs meetings
    says so. The same answer twice is one."""
    row = MeetingAction.objects.select_for_update(of=("self",)).get(pk=row.pk)
    action = row.action
    answer = Acceptance.ACCEPTED if is_accepted else Acceptance.DECLINED
    if row.acceptance == answer:
        return row
    check_can_answer(by, row)
    row.acceptance, row.answered_at = answer.value, at
    if not is_accepted:
        row.declined_reason = needed(reason, "Say why.", pointer="reason", longest=300)
        if row.by is not None:
            reassign_action(action=action, owner=row.by, by=by, on=on, at=at)
    row.save()
    after = {"meeting": row.meeting_id, "action": row.action_id, "acceptance": row.acceptance}
    write_audit(verb="meeting.action_answered", about=row, by=by, at=at, after=after)
    return row


@transaction.atomic
def record_decision(
    *,
    meeting: Meeting,
    text: str,
    figure_words: str = "",
    figure_shown: str = "",
    pupil: Pupil | None = None,
    agenda_item: AgendaItem | None = None,
    client_token: UUID,
    by: User,
    on: date,
    at: datetime,
) -> Decision:
    """Write down what was decided, with the figure it relied on as it was seen: the filter in
    words, and the number."""
    meeting = locked(meeting)
    _check_at_table(by, meeting)
    check_sees_all(by, meeting)
    before: Decision | None = meeting.decisions.filter(client_token=client_token).first()
    if before is not None:
        return before
    if pupil is not None:
        check_on_roll(meeting, pupil, by, on)
    words = fits(figure_words, pointer="figure_words", longest=300)
    shown = fits(figure_shown, pointer="figure_shown", longest=100)
    if bool(words) != bool(shown):
        raise wrong("Give the figure with what it counts, or neither.", pointer="figure_shown")
    decision = Decision.objects.create(
        meeting=meeting,
        agenda_item=_own_item(meeting, agenda_item),
        pupil=pupil,
        text=needed(text, "Say what was decided.", pointer="text", longest=_LONGEST_DECISION),
        figure_words=words,
        figure_shown=shown,
        client_token=client_token,
        by=by,
        at=at,
    )
    _record(meeting, "meeting.decided", decision, by, at)
    return decision


@transaction.atomic
def refer_from_meeting(
    *,
    meeting: Meeting,
    pupil: Pupil,
    to_agency: str,
    service: str,
    reason: str,
    meanwhile: str = "",
    agenda_item: AgendaItem | None = None,
    client_token: UUID,
    by: User,
    on: date,
    at: datetime,
) -> MeetingReferral:
    """Ask another agency to help a child, in one step: casework's referral, made at the table.

    Raises Refused where no case is open for the child, or the agency may not be told yet.
    """
    meeting = locked(meeting)
    _check_at_table(by, meeting)
    check_sees_all(by, meeting)
    before: MeetingReferral | None = meeting.referrals.filter(client_token=client_token).first()
    if before is not None:
        return before
    check_on_roll(meeting, pupil, by, on)
    case = Case.objects.visible_to(by).live().filter(pupil=pupil).first()
    if case is None:
        raise Refused(
            f"No case is open for {pupil}. Open one first: it holds the referral.", code="no_case"
        )
    referral = send_referral(
        case=case,
        to_agency=to_agency,
        service=service,
        reason=reason,
        meanwhile=meanwhile,
        by=by,
        on=on,
        at=at,
    )
    row = MeetingReferral.objects.create(
        meeting=meeting,
        referral=referral,
        agenda_item=_own_item(meeting, agenda_item),
        client_token=client_token,
        by=by,
        at=at,
    )
    _record(meeting, "meeting.referred", row, by, at)
    return row


@transaction.atomic
def end_meeting(
    *,
    meeting: Meeting,
    came: Collection[int] | None = None,
    without_action: bool = False,
    by: User,
    on: date,
    at: datetime,
) -> Meeting:
    """End it: it was held, and each attendee is sent a summary. Ended twice it ended once.

    Asks once, by Refused with the code `severe_without_action`, where a severely absent child has
    no action from this meeting; `without_action` says that this is meant.
    """
    meeting = locked(meeting)
    check_can_run(by, meeting)
    if meeting.state == MeetingState.HELD:
        return meeting
    check_going_on(meeting)
    if came is not None:
        _write_who_came(meeting, came, ())
    left_out = severe_without_action(meeting)
    if left_out and not without_action:
        who = wording.listed(mails.initials(one.forename, one.surname) for one in left_out)
        raise Refused(
            f"No action was agreed for {who}, severely absent. Agree one, or end all the same.",
            code="severe_without_action",
        )
    meeting.state = MeetingState.HELD.value
    meeting.ended_at, meeting.ended_by = at, by
    meeting.people_there = meeting.attendances.filter(came=True).count()
    save(meeting, at)
    people = [one.address for one in mails.standing_people(meeting)]
    mails.write(meeting, MailKind.SUMMARY, people, on=on, at=at)
    after = {**facts(meeting), "people": meeting.people_there, "severe_left_out": len(left_out)}
    write_audit(verb="meeting.held", about=meeting, by=by, at=at, after=after)
    return meeting


def severe_without_action(meeting: Meeting) -> list[Pupil]:
    """The severely absent children under discussion about whom this meeting agreed no action."""
    about = meeting.actions.filter(action__pupil__isnull=False).values("action__pupil_id")
    severe = meeting.discussed.standing().filter(is_severe=True)
    rows = Pupil.objects.filter(pk__in=severe.values("pupil_id")).exclude(pk__in=about)
    return list(rows.alphabetical())


def _write_who_came(meeting: Meeting, came: Collection[int], others: Sequence[Guest]) -> None:
    new = add_people(meeting, others)
    here = set(came) | {row.pk for row in new}
    rows = list(meeting.attendances.all())
    if not any(row.pk in here for row in rows):
        raise wrong("Say who is here: at least one person.", pointer="came")
    for row in rows:
        row.came = row.pk in here
        row.save(update_fields=["came"])


def _keep_severe(meeting: Meeting, at: datetime) -> None:
    """From the start on, the list says who was severely absent that day, beside the reasons that
    people gave."""
    rows = {row.pupil_id: row for row in meeting.discussed.all()}
    for pupil_id in severely_absent(meeting):
        row = rows.get(pupil_id)
        if row is None or row.removed_at is not None:
            row = row or DiscussedPupil(meeting=meeting, pupil_id=pupil_id)
            row.why, row.removed_at, row.at = WhyDiscussed.SEVERE.value, None, at
        row.is_severe = True
        row.save()


def _check_at_table(by: User, meeting: Meeting) -> None:
    check_has(by, Permission.HAVE_ACTIONS)
    if not Meeting.objects.visible_to(by).filter(pk=meeting.pk).exists():
        raise Refused("This meeting is not one of yours.", code="out_of_scope")
    check_going_on(meeting)


def _check_subject(meeting: Meeting, subject: Subject, owner: Owner, by: User, on: date) -> None:
    one_of(subject.about, ABOUTS, "Choose what it is about.", pointer="about")
    if subject.about == About.PUPIL:
        if subject.pupil is None:
            raise wrong("Choose the child.", pointer="pupil")
        if subject.cohort:
            raise wrong("Choose a child or a group, not both.", pointer="cohort")
        check_on_roll(meeting, subject.pupil, by, on)
        if owner.user is not None and not sees_casework_of(owner.user, subject.pupil, on):
            raise wrong(
                f"{owner.user} does not work with this child. Choose somebody else.",
                pointer="owner",
            )
        return
    if subject.pupil is not None:
        raise wrong("Choose a child or a group, not both.", pointer="pupil")
    check_sees_all(by, meeting)
    if subject.about == About.COHORT:
        one_of(subject.cohort, COHORTS, "Choose a group.", pointer="cohort")
    elif subject.cohort:
        raise wrong("Choose the school or a group, not both.", pointer="cohort")


def _acceptance(meeting: Meeting, action: Action, by: User) -> str:
    """Whoever is here has agreed; others are asked."""
    if action.owner_id is not None:
        here = action.owner_id == by.pk or meeting.attendances.filter(
            user=action.owner_id, came=True
        )
    else:
        here = meeting.attendances.filter(name__iexact=action.owner_name, came=True)
    return (Acceptance.THERE if here else Acceptance.ASKED).value


def _agency(owner: Owner, on: date) -> str:
    """Whom the owner speaks for: by their role, else as was said. Where nobody is named, the
    missing name is what is asked for."""
    if owner.user is None:
        return owner.agency if owner.name.strip() else _TEAM
    role = acting_role(owner.user, Permission.HAVE_ACTIONS, on)
    return AGENCY_OF_ROLE[role].value if role in AGENCY_OF_ROLE else (owner.agency or _TEAM)


_TEAM: Final = Agency.ATTENDANCE.value


def _own_item(meeting: Meeting, item: AgendaItem | None) -> AgendaItem | None:
    """The item, where it is of this meeting's agenda."""
    return item if item is not None and item.meeting_id == meeting.pk else None


def _label(meeting: Meeting) -> str:
    """'TSM, Marsh Lane School, 17 Mar 2026'."""
    assert meeting.starts_at is not None  # noqa: S101  # it is going on
    on = wording.day(meeting.starts_at.astimezone(LONDON).date())
    return f"TSM, {meeting.school.name[:_SCHOOL_IN_LABEL]}, {on}"


def _record(
    meeting: Meeting,
    verb: str,
    row: MeetingAction | Decision | MeetingReferral,
    by: User,
    at: datetime,
) -> None:
    """Others at the table see by the version that something was added."""
    save(meeting, at)
    write_audit(verb=verb, about=row, by=by, at=at, after={"meeting": meeting.pk})
