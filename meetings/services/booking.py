"""Offering times, booking, confirming by the link in a mail, moving and calling off.

Raises: Refused (not theirs, or not now), Invalid (times that cannot be), Conflict (a clash, or
somebody was first).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from attendance.read_models.calendar import ExpectedDays
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from attendance_portal.shared.errors import Conflict
from cases.services.common import write_audit
from cases.services.typed import fits, needed, one_of, wrong
from meetings.choices import THEME_OF_TERM, THEMES, MailKind, Side
from meetings.models import MOST_SLOTS, Meeting, Slot
from meetings.permissions import check_ahead, check_can_book, check_not_started
from meetings.rules.booking import Day, overlap, time_problem, warnings_of
from meetings.services import agenda, mails
from meetings.services.common import facts, locked, save
from meetings.services.people import Guest, add_people, asked, forget_answers
from meetings.states import STANDING, MeetingState
from schools.models import School, Term
from schools.rules.calendar import TermDates

SHORTEST: Final = 15  # minutes
LONGEST: Final = 240
_LONGEST_REASON: Final = 300


@dataclass(frozen=True)
class Booked:
    """A meeting that was offered or booked, and what to think about: it may go on all the same."""

    meeting: Meeting
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Where and how long: what a form asks beside times and people."""

    minutes: int = 60
    place: str = ""
    link: str = ""
    theme: str = ""


@dataclass(frozen=True)
class Confirmed:
    """What a press of the confirmation link did: `is_first` is false where it had been done."""

    meeting: Meeting
    is_first: bool


@transaction.atomic
def offer_meeting(
    *,
    school: School,
    times: Sequence[datetime],
    la_contact: User,
    guests: Sequence[Guest] = (),
    plan: Plan = Plan(),
    by: User,
    on: date,
    at: datetime,
) -> Booked:
    """Offer a school up to three times, and mail the link by which it chooses one."""
    meeting = _new(school, times, la_contact, plan, by, on, at)
    _offer(meeting, times)
    return _made(meeting, guests, "meeting.offered", MailKind.OFFER, by, on, at)


@transaction.atomic
def book_meeting(
    *,
    school: School,
    starts_at: datetime,
    la_contact: User,
    guests: Sequence[Guest] = (),
    plan: Plan = Plan(),
    by: User,
    on: date,
    at: datetime,
) -> Booked:
    """Book a time that both sides know of already, and mail the calendar file."""
    meeting = _new(school, [starts_at], la_contact, plan, by, on, at)
    _offer(meeting, [starts_at])
    _take(meeting, meeting.slots.get(), at)
    return _made(meeting, guests, "meeting.booked", MailKind.BOOKED, by, on, at)


@transaction.atomic
def confirm_by_token(
    *, token: str, slot_id: int, name: str = "", on: date, at: datetime
) -> Confirmed:
    """Choose a time by the link of a mail, without signing in. Pressed twice it is chosen once.

    Raises Conflict, with what stands, where the link has nothing left to choose, and
    `Meeting.DoesNotExist` for a link that never was one.
    """
    meeting = locked(Meeting.objects.get(confirm_token=token))
    slot = meeting.slots.filter(pk=slot_id, withdrawn_at__isnull=True).first()
    if slot is not None and slot.chosen_at is not None and meeting.state == MeetingState.BOOKED:
        return Confirmed(meeting, is_first=False)
    if meeting.state != MeetingState.OFFERED:
        raise Conflict(what_stands(meeting), code="meeting_not_offered")
    if slot is None:
        raise Conflict("The times have changed. Choose one of those that stand now.")
    if slot.starts_at <= at:
        raise Conflict("This time has passed. Choose another, or ask for new times.")
    _hold_diaries(meeting)
    _check_free(meeting, [slot.starts_at])
    meeting.confirmed_at = at
    meeting.confirmed_by_name = fits(name, pointer="name", longest=150)
    _take(meeting, slot, at)
    save(meeting, at)
    mails.write(meeting, MailKind.BOOKED, _everyone(meeting), on=on, at=at)
    write_audit(verb="meeting.confirmed", about=meeting, by=None, at=at, after=facts(meeting))
    return Confirmed(meeting, is_first=True)


@transaction.atomic
def rearrange_meeting(
    *, meeting: Meeting, times: Sequence[datetime], by: User, on: date, at: datetime
) -> Meeting:
    """Move it: one time books it, several are offered anew. Calendars that have the old entry get
    the new one under the same UID, or take the old one out."""
    meeting = locked(meeting)
    check_can_book(by, meeting.school)
    check_ahead(meeting)
    check_not_started(meeting)
    before = facts(meeting)
    year, term = _check_times(meeting.school, times, at)
    if (year, term) != (meeting.academic_year, meeting.term):
        raise wrong("Choose times in the same term: each term has a meeting.", pointer="times")
    _hold_diaries(meeting)
    _check_free(meeting, times)
    meeting.slots.filter(withdrawn_at__isnull=True).update(withdrawn_at=at)
    forget_answers(meeting)
    _offer(meeting, times)
    if len(times) == 1:
        _take(meeting, meeting.slots.get(withdrawn_at__isnull=True), at)
    else:
        _open_again(meeting, on)
    save(meeting, at)
    _mail(meeting, on, at)
    write_audit(
        verb="meeting.moved", about=meeting, by=by, at=at, before=before, after=facts(meeting)
    )
    return meeting


@transaction.atomic
def record_not_held(*, meeting: Meeting, reason: str, by: User, on: date, at: datetime) -> Meeting:
    """Call it off, or write down why it did not take place. Those asked are told where the day is
    still to come. Said twice it is said once."""
    meeting = locked(meeting)
    check_can_book(by, meeting.school)
    if meeting.state == MeetingState.NOT_HELD:
        return meeting
    check_ahead(meeting)
    check_not_started(meeting)
    before = facts(meeting)
    meeting.not_held_reason = needed(
        reason, "Say why it is not held.", pointer="reason", longest=_LONGEST_REASON
    )
    is_to_come = meeting.starts_at is None or meeting.starts_at > at
    if meeting.starts_at is not None:
        meeting.sequence += 1
    meeting.state = MeetingState.NOT_HELD.value
    save(meeting, at)
    if is_to_come:
        mails.write(meeting, MailKind.CALLED_OFF, _everyone(meeting), on=on, at=at)
    write_audit(
        verb="meeting.not_held", about=meeting, by=by, at=at, before=before, after=facts(meeting)
    )
    return meeting


@transaction.atomic
def change_plan(*, meeting: Meeting, plan: Plan, by: User, on: date, at: datetime) -> Meeting:
    """Another length, place, link or theme; those asked get the calendar file anew."""
    meeting = locked(meeting)
    check_can_book(by, meeting.school)
    check_ahead(meeting)
    check_not_started(meeting)
    before = facts(meeting)
    _lay(meeting, plan)
    if meeting.starts_at is not None:
        _hold_diaries(meeting)
        _check_free(meeting, [meeting.starts_at])
        meeting.sequence += 1
    save(meeting, at)
    if meeting.state == MeetingState.BOOKED:
        _mail(meeting, on, at)
    write_audit(
        verb="meeting.changed", about=meeting, by=by, at=at, before=before, after=facts(meeting)
    )
    return meeting


@transaction.atomic
def change_contact(
    *, meeting: Meeting, la_contact: User, by: User, on: date, at: datetime
) -> Meeting:
    """Somebody else of the attendance team is the contact; the one before still comes, unless let
    off. Everyone gets the calendar file anew."""
    meeting = locked(meeting)
    check_can_book(by, meeting.school)
    check_can_book(la_contact, meeting.school)
    check_ahead(meeting)
    check_not_started(meeting)
    if meeting.la_contact_id == la_contact.pk:
        return meeting
    before = facts(meeting)
    meeting.la_contact = la_contact
    _hold_diaries(meeting)
    standing = meeting.slots.filter(withdrawn_at__isnull=True).values_list("starts_at", flat=True)
    _check_free(meeting, [meeting.starts_at] if meeting.starts_at else list(standing))
    for row in add_people(meeting, [Guest(Side.LA, user=la_contact)]):
        row.is_expected = True
        row.save(update_fields=["is_expected"])
    if meeting.state == MeetingState.BOOKED:
        meeting.sequence += 1
    save(meeting, at)
    if meeting.state == MeetingState.BOOKED:
        _mail(meeting, on, at)
    write_audit(
        verb="meeting.contact", about=meeting, by=by, at=at, before=before, after=facts(meeting)
    )
    return meeting


def what_stands(meeting: Meeting) -> str:
    """How a meeting stands, for whoever follows a link of an older mail."""
    if meeting.state == MeetingState.BOOKED and meeting.starts_at is not None:
        return f"This meeting is booked for {wording.long_moment(meeting.starts_at)}."
    if meeting.state == MeetingState.HELD:
        return "This meeting was held."
    if meeting.state == MeetingState.NOT_HELD:
        return "This meeting will not take place."
    return "Times are offered. Choose one of them."


def _new(
    school: School,
    times: Sequence[datetime],
    la_contact: User,
    plan: Plan,
    by: User,
    on: date,
    at: datetime,
) -> Meeting:
    check_can_book(by, school)
    check_can_book(la_contact, school)
    year, term = _check_times(school, times, at)
    meeting = Meeting(
        school=school,
        academic_year=year,
        term=term,
        theme=THEME_OF_TERM[term].value,
        la_contact=la_contact,
        offered_on=on,
        by=by,
        at=at,
        updated_at=at,
    )
    _lay(meeting, plan)
    _hold_diaries(meeting)
    _check_none_stands(meeting)
    _check_free(meeting, times)
    meeting.save()
    return meeting


def _made(
    meeting: Meeting,
    guests: Sequence[Guest],
    verb: str,
    kind: MailKind,
    by: User,
    on: date,
    at: datetime,
) -> Booked:
    people = asked(meeting, guests)
    agenda.fill(meeting, by=by, at=at)
    meeting.save()
    for_school = [one.address for one in people if one.side == Side.SCHOOL]
    addresses = for_school if kind is MailKind.OFFER else [one.address for one in people]
    mails.write(meeting, kind, addresses, on=on, at=at)
    write_audit(verb=verb, about=meeting, by=by, at=at, after=facts(meeting))
    decides = [one.is_decision_maker for one in people if one.side == Side.SCHOOL]
    return Booked(meeting, warnings_of(decides))


def _lay(meeting: Meeting, plan: Plan) -> None:
    if not SHORTEST <= plan.minutes <= LONGEST:
        raise wrong(f"Choose {SHORTEST} to {LONGEST} minutes.", pointer="minutes")
    meeting.minutes = plan.minutes
    meeting.place = fits(plan.place, pointer="place", longest=200)
    meeting.link = fits(plan.link, pointer="link", longest=500)
    if meeting.link and not meeting.link.startswith("https://"):
        raise wrong("Write the whole link, from https:// on.", pointer="link")
    if not meeting.place and not meeting.link:
        raise wrong("Say where the meeting is, or give a link.", pointer="place")
    if plan.theme:
        meeting.theme = one_of(plan.theme, THEMES, "Choose a theme.", pointer="theme")


def _offer(meeting: Meeting, times: Sequence[datetime]) -> None:
    Slot.objects.bulk_create(
        Slot(meeting=meeting, position=place, starts_at=starts_at)
        for place, starts_at in enumerate(sorted(times), start=1)
    )


def _take(meeting: Meeting, slot: Slot, at: datetime) -> None:
    """Book the time of a slot. Each calendar file of a meeting has a higher number."""
    slot.chosen_at = at
    slot.save(update_fields=["chosen_at"])
    meeting.starts_at = slot.starts_at
    meeting.state = MeetingState.BOOKED.value
    meeting.sequence += 1


def _open_again(meeting: Meeting, on: date) -> None:
    if meeting.starts_at is not None:
        meeting.sequence += 1
    meeting.starts_at = meeting.confirmed_at = None
    meeting.confirmed_by_name = ""
    meeting.state = MeetingState.OFFERED.value
    meeting.offered_on = on


def _mail(meeting: Meeting, on: date, at: datetime) -> None:
    if meeting.state == MeetingState.BOOKED:
        mails.write(meeting, MailKind.BOOKED, _everyone(meeting), on=on, at=at)
    elif meeting.sequence:  # everyone has an entry to take out
        mails.write(meeting, MailKind.OFFER, _everyone(meeting), on=on, at=at)
    else:
        mails.write(meeting, MailKind.OFFER, mails.school_addresses(meeting), on=on, at=at)


def _everyone(meeting: Meeting) -> list[str]:
    return [one.address for one in mails.standing_people(meeting)]


def _check_times(school: School, times: Sequence[datetime], at: datetime) -> tuple[int, int]:
    """The academic year and term that all the times lie in. Raises Invalid."""
    if not 1 <= len(times) <= MOST_SLOTS or len(set(times)) != len(times):
        raise wrong(f"Give one to {MOST_SLOTS} times, each once.", pointer="times")
    calendar, terms = ExpectedDays(), _terms()
    found: set[tuple[int, int]] = set()
    for starts_at in times:
        local = starts_at.astimezone(LONDON)
        half = terms.on(local.date())
        is_school_day = calendar.is_school_day(local.date(), school.meeting_days)
        day = Day(half.academic_year if half else None, half.term if half else None, is_school_day)
        problem = time_problem(local, now=at.astimezone(LONDON), day=day)
        if problem:
            raise wrong(f"{wording.long_moment(starts_at)}: {problem}", pointer="times")
        if half is not None:
            found.add((half.academic_year, half.term))
    if len(found) != 1:
        raise wrong("Choose times in one term: each term has a meeting.", pointer="times")
    return found.pop()


def _terms() -> TermDates:
    rows = Term.objects.values_list("academic_year", "half_term", "starts_on", "ends_on")
    return TermDates.of(rows)


def _hold_diaries(meeting: Meeting) -> None:
    """Bookings of one school, and of one contact, wait for each other."""
    School.objects.select_for_update().get(pk=meeting.school_id)
    User.objects.select_for_update().get(pk=meeting.la_contact_id)


def _check_none_stands(meeting: Meeting) -> None:
    there = Meeting.objects.of_term(meeting.academic_year, meeting.term)
    first = there.filter(school=meeting.school_id, kind=meeting.kind, state__in=STANDING).first()
    if first is not None:
        raise Conflict(
            f"{meeting.school} has a meeting this term already. {what_stands(first)}",
            code="meeting_stands",
        )


def _check_free(meeting: Meeting, times: Sequence[datetime]) -> None:
    """No other meeting of the contact or the school at these times, booked or offered."""
    others = Meeting.objects.ahead().filter(
        Q(school=meeting.school_id) | Q(la_contact=meeting.la_contact_id)
    )
    taken = Slot.objects.filter(
        Q(meeting__state=MeetingState.OFFERED) | Q(chosen_at__isnull=False),
        meeting__in=others.exclude(pk=meeting.pk).values("pk"),
        withdrawn_at__isnull=True,
    ).select_related("meeting__school", "meeting__la_contact")
    longest = timedelta(minutes=LONGEST)
    for slot in taken.filter(
        starts_at__gt=min(times) - longest, starts_at__lt=max(times) + longest
    ):
        for starts_at in times:
            if overlap(starts_at, meeting.minutes, slot.starts_at, slot.meeting.minutes):
                raise Conflict(_clash(meeting, slot), code="meeting_clash")


def _clash(meeting: Meeting, slot: Slot) -> str:
    who = (
        str(meeting.school)
        if slot.meeting.school_id == meeting.school_id
        else str(meeting.la_contact)
    )
    return (
        f"{who} has another meeting at {wording.long_moment(slot.starts_at)}. "
        "Choose a time before or after it."
    )
