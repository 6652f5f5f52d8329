"""The targeting support meetings of the demo: an autumn behind it, and a spring that goes on.

Every school of either patch has its place in the patterns below, in the order of the URNs, so that
the same borough has the same meetings. All of it is done by the services that the pages use, each
on the day on which it would have been done.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import F

from accounts.models import User
from attendance.read_models import school_totals
from attendance.read_models.calendar import ExpectedDays
from attendance.rules.percent import shown_percent
from attendance_portal.shared.clock import LONDON
from cases.services.actions import complete_action, drop_action
from dashboards.management import demo_meeting_words as words
from dashboards.management.demo_packs import pack_then
from dashboards.read_models.meetings.pack import content_of
from meetings.choices import TASKS, About, Side
from meetings.models import (
    STALE_SCHOOL_DAYS,
    Meeting,
    MeetingAction,
    MeetingMail,
    SelfAssessment,
)
from meetings.read_models.preparation import severely_absent
from meetings.services.after import (
    give_leave,
    share_reflection,
    write_practice_note,
    write_reflection,
)
from meetings.services.agenda import add_item, share_agenda
from meetings.services.booking import Plan, book_meeting, offer_meeting, record_not_held
from meetings.services.live import (
    Owner,
    Subject,
    add_live_action,
    end_meeting,
    record_decision,
    start_meeting,
)
from meetings.services.own_view import Scored, save_own_view, share_own_view
from meetings.services.pack import freeze_pack
from meetings.services.people import Guest
from meetings.services.preparation import offer_places, tick_task, write_tried
from meetings.states import MailState
from schools.models import Enrolment, Pupil, School, Term
from schools.rules.calendar import academic_year

AUTUMN, SPRING = 1, 2
HELD, NO_DECIDER, NOT_HELD = "held", "held without anybody who decides", "not held"
BOOKED, OFFERED, NOTHING = "booked", "offered", "nothing"
#: How the meetings of a term stand, by the place of the school in its officer's patch.
PATTERNS: Final = {
    AUTUMN: (HELD, HELD, HELD, NOT_HELD, HELD, NO_DECIDER, HELD),
    SPRING: (HELD, BOOKED, NOTHING, HELD, OFFERED, NOT_HELD, BOOKED),
}
PLAN: Final = Plan(minutes=60, place=words.PLACE)
ASKED_BEFORE: Final = timedelta(days=21)
#: School days from the start of a term to its first meeting, and from one meeting to the next.
FIRST_AFTER: Final = {AUTUMN: 24, SPRING: 8}
APART: Final = {AUTUMN: 3, SPRING: 2}
A_DAY: Final = 12  # from the 13th school on, afternoons
PACKS_AHEAD: Final = 3  # schools of a patch whose pack of a booked meeting is frozen already
OWN_DRAFT: Final = 6  # expectations that the school of the school lead has scored so far


@dataclass(frozen=True)
class Hosts:
    """Who sits at the tables: officers with their schools, the lead of each, the partner, and the
    school whose lead signs in."""

    patches: tuple[tuple[User, tuple[School, ...]], ...]
    leads: Mapping[int, User]
    partner: User
    own_school: School


def make_meetings(hosts: Hosts, *, until: date, today: date) -> int:
    """Walk every meeting of the two terms; how many there are then."""
    if Meeting.objects.exists():
        return Meeting.objects.count()
    for officer, schools in hosts.patches:
        rates = _rates(officer, until)
        for place, school in enumerate(_own_last(schools, hosts.own_school)):
            rate = rates.get(school.pk, "")
            table = Table(school, officer, hosts, place, today, until, rate)
            table.autumn()
            table.spring()
    # Their day is past: what would have been mailed then is not mailed now.
    MeetingMail.objects.update(state=MailState.SENT, ended_at=F("at"))
    return Meeting.objects.count()


def _own_last(schools: Iterable[School], own: School) -> list[School]:
    """The school of the school lead has a story of its own, and no place in the patterns."""
    return sorted(schools, key=lambda school: (school == own, school.pk))


def _rates(officer: User, until: date) -> dict[int, str]:
    """URN to the absence of the year so far, as pages print it."""
    totals = school_totals(officer, as_of=until)
    return {
        row.urn: shown_percent(row.authorised + row.unauthorised, row.possible) for row in totals
    }


class Table:
    """One school and its officer, two terms long."""

    def __init__(
        self,
        school: School,
        officer: User,
        hosts: Hosts,
        place: int,
        today: date,
        until: date,
        rate: str,
    ) -> None:
        self.school, self.officer, self.hosts = school, officer, hosts
        self.place, self.today, self.until, self.rate = place, today, until, rate
        self.lead = hosts.leads[school.pk]
        self.is_own = school == hosts.own_school
        self.days = ExpectedDays()
        self.year = academic_year(today)
        self.starts = dict(
            Term.objects.filter(academic_year=self.year).values_list("half_term", "starts_on")
        )

    # The two terms.

    def autumn(self) -> None:
        """The term behind."""
        how = HELD if self.is_own else self._how(AUTUMN)
        on = self._day_in(AUTUMN)
        if how == NOT_HELD:
            self._call_off(self._book(on), on)
            return
        self._write_own_view(AUTUMN, on)
        meeting = self._book(on)
        self._hold(meeting, on, with_decider=how == HELD)
        self._follow_up(meeting)

    def spring(self) -> None:
        """The term that goes on."""
        if self.is_own:
            self._prepare_own(self._book(self._school_day(self.days.after(self.today, 2))))
            return
        how = self._how(SPRING)
        if how == HELD:
            on = self._day_in(SPRING)
            self._write_own_view(SPRING, on)
            self._hold(self._book(on), on, with_decider=True)
        elif how == BOOKED:
            on = self._school_day(self.days.after(self.today, 3 + 2 * (self.place // 2 % 6)))
            self._write_own_view(SPRING, self.today)
            meeting = self._book(on)
            self._prepare(meeting, tasks=2)
            if self.place < PACKS_AHEAD:
                self._freeze(meeting, self.today)
        elif how == OFFERED:
            self._offer()
        elif how == NOT_HELD:
            on = self._day_in(SPRING)
            self._call_off(self._book(on), on)

    def _how(self, term: int) -> str:
        pattern = PATTERNS[term]
        return pattern[self.place % len(pattern)]

    # Days.

    def _day_in(self, term: int) -> date:
        first = self.starts[2 * term - 1]
        number = FIRST_AFTER[term] + APART[term] * (self.place % A_DAY)
        return self._school_day(self.days.after(first, number))

    def _school_day(self, day: date) -> date:
        """That day, or the next on which the school meets."""
        return self.days.after(day - timedelta(days=1), 1, self.school.meeting_days)

    def _starts_at(self, on: date) -> datetime:
        hour = time(9, 30) if self.place < A_DAY else time(14)
        return datetime.combine(on, hour, tzinfo=LONDON)

    def _as(self, user: User, on: date) -> dict[str, Any]:
        return {"by": user, "on": on, "at": datetime.combine(on, time(12), tzinfo=UTC)}

    def _typed(self, user: User, on: date) -> dict[str, Any]:
        """For services that need no day."""
        return {"by": user, "at": datetime.combine(on, time(12), tzinfo=UTC)}

    # Booking.

    @property
    def _guests(self) -> list[Guest]:
        guests = [Guest(Side.SCHOOL, user=self.lead, is_decision_maker=True)]
        if self.is_own or self.place % 3 == 0:
            guests.append(Guest(Side.PARTNER, user=self.hosts.partner))
        return guests

    def _book(self, on: date) -> Meeting:
        asked_on = min(on - ASKED_BEFORE, self.today)
        return book_meeting(
            school=self.school,
            starts_at=self._starts_at(on),
            la_contact=self.officer,
            guests=self._guests,
            plan=PLAN,
            **self._as(self.officer, asked_on),
        ).meeting

    def _offer(self) -> None:
        days = (self.days.after(self.today, number + self.place) for number in (8, 9, 10))
        times = [
            datetime.combine(self._school_day(day), time(11 + number, 30), tzinfo=LONDON)
            for number, day in enumerate(days)
        ]
        offer_meeting(
            school=self.school,
            times=times,
            la_contact=self.officer,
            guests=self._guests,
            plan=PLAN,
            **self._as(self.officer, self.today - timedelta(days=1)),
        )

    def _call_off(self, meeting: Meeting, on: date) -> None:
        reason = words.NOT_HELD[self.place % len(words.NOT_HELD)]
        record_not_held(meeting=meeting, reason=reason, **self._as(self.officer, on))

    # Before.

    def _write_own_view(self, term: int, on: date) -> SelfAssessment:
        """The school looks at its own work a week before, and shares it."""
        who = self._typed(self.lead, min(on - timedelta(days=7), self.today))
        scores = words.scores_of(self.place, later=term == SPRING)
        key: dict[str, Any] = {"school": self.school, "academic_year": self.year, "term": term}
        scored = {name: Scored(score) for name, score in scores.items()}
        view = save_own_view(**key, texts=words.OWN_VIEW, scores=scored, version=0, **who)
        return share_own_view(view=view, **who)

    def _prepare(self, meeting: Meeting, *, tasks: int) -> None:
        """Both sides have done the first of their tasks."""
        for side, user in ((Side.LA, self.officer), (Side.SCHOOL, self.lead)):
            for task in list(TASKS[side])[:tasks]:
                tick_task(meeting=meeting, task=task, is_done=True, **self._typed(user, self.today))

    def _prepare_own(self, meeting: Meeting) -> None:
        """The school lead is in the middle of it: the agenda is shared, the own view half done."""
        who = self._typed(self.lead, self.today)
        self._prepare(meeting, tasks=3)
        add_item(meeting=meeting, title="How the school day begins", **who)
        for what, agency, places in words.PLACES:
            offer_places(
                meeting=meeting, what=what, agency=agency, places=places,
                **self._typed(self.officer, self.today),
            )  # fmt: skip
        self._freeze(meeting, self.today)
        share_agenda(meeting=meeting, **self._as(self.officer, self.today))
        scores = list(words.scores_of(self.place, later=True).items())[:OWN_DRAFT]
        save_own_view(
            school=self.school, academic_year=self.year, term=SPRING, version=0,
            texts={"strengths": words.OWN_VIEW["strengths"]},
            scores={name: Scored(score) for name, score in scores}, **who,
        )  # fmt: skip

    def _freeze(self, meeting: Meeting, on: date) -> None:
        """The pack as of the day before, or the day of the figures."""
        as_of = min(self.days.last_before(on) or on, self.until)
        pack = pack_then(meeting, self.officer, as_of=as_of, until=self.until, on=on)
        is_stale = pack.school_days_behind >= STALE_SCHOOL_DAYS
        freeze_pack(
            meeting=meeting, content=content_of(pack), as_of=as_of,
            school_days_behind=pack.school_days_behind,
            stale_reason=words.STALE if is_stale else "", **self._typed(self.officer, on),
        )  # fmt: skip

    # The meeting, and after it.

    def _hold(self, meeting: Meeting, on: date, *, with_decider: bool) -> None:
        cohort, _ = words.FOR_COHORTS[self.place % len(words.FOR_COHORTS)]
        tried = words.TRIED[self.place % len(words.TRIED)]
        before = self._typed(self.lead, on - timedelta(days=3))
        write_tried(meeting=meeting, cohort=cohort.value, tried=tried, **before)
        if meeting.term == SPRING or self.is_own:
            self._freeze(meeting, on)
        starts_at = self._starts_at(on)
        begun = starts_at + timedelta(minutes=5)
        now: dict[str, Any] = {"by": self.officer, "on": on, "at": begun}
        people = meeting.attendances.all()
        came = [one.pk for one in people if with_decider or one.user_id != self.lead.pk]
        others = [] if with_decider else [self._office(meeting)]
        meeting.refresh_from_db()
        start_meeting(meeting=meeting, came=came, others=others, version=meeting.version, **now)
        self._agree(meeting, now)
        end = {**now, "at": starts_at + timedelta(minutes=55)}
        end_meeting(meeting=meeting, without_action=True, **end)
        self._reflect(meeting, on)

    def _office(self, meeting: Meeting) -> Guest:
        return Guest(
            Side.SCHOOL, name="The office", email=f"office.{meeting.school_id}@portal.example"
        )

    def _agree(self, meeting: Meeting, now: Mapping[str, Any]) -> None:
        """One thing each about the school, a group and children, and one decision."""
        cohort, text = words.FOR_COHORTS[self.place % len(words.FOR_COHORTS)]
        agreed = [
            (words.FOR_SCHOOLS[self.place % len(words.FOR_SCHOOLS)], Subject(), self.lead),
            (text, Subject(About.COHORT, cohort=cohort.value), self.lead),
            *(
                (words.FOR_PUPILS[number], Subject(About.PUPIL, pupil=pupil), owner)
                for number, (pupil, owner) in enumerate(self._children(meeting, now["on"]))
            ),
        ]
        for number, (what, subject, owner) in enumerate(agreed):
            add_live_action(
                meeting=meeting, text=what, subject=subject, owner=Owner(owner),
                due_on=self.days.after(now["on"], 10 + 5 * number),
                client_token=_token(meeting, what), **now,
            )  # fmt: skip
        decision = words.DECISIONS[self.place % len(words.DECISIONS)]
        is_now = meeting.term == SPRING and self.rate
        record_decision(
            meeting=meeting, text=decision, client_token=_token(meeting, decision),
            figure_words="Absence of the year so far, all pupils" if is_now else "",
            figure_shown=self.rate if is_now else "", **now,
        )  # fmt: skip

    def _children(self, meeting: Meeting, on: date) -> list[tuple[Pupil, User]]:
        """Up to two severely absent children who were on the roll, and who sees to them."""
        rolls = Enrolment.objects.on_roll(on).filter(
            school=self.school, pupil__in=severely_absent(meeting), awaiting_confirmation=False
        )
        seen = Pupil.objects.worked_with_by(self.officer).filter(pk__in=rolls.values("pupil_id"))
        return list(zip(seen.order_by("upn")[:2], (self.lead, self.officer), strict=False))

    def _reflect(self, meeting: Meeting, on: date) -> None:
        if self.place % 3 == 0:
            text = words.REFLECTIONS[self.place % len(words.REFLECTIONS)]
            who = self._typed(self.officer, on)
            note = write_reflection(meeting=meeting, text=text, **who)
            share_reflection(reflection=note, is_shared=self.place % 2 == 0, **who)
        if self.place < len(words.PRACTICE):
            barrier, title, text = words.PRACTICE[self.place]
            who = self._typed(self.lead, on + timedelta(days=1))
            practice = write_practice_note(
                meeting=meeting, barrier=barrier, title=title, text=text, **who
            )
            give_leave(note=practice, is_given=self.place != 1, **who)

    def _follow_up(self, meeting: Meeting) -> None:
        """Of what was agreed most is done on its day, some late, one in four not yet."""
        rows = MeetingAction.objects.filter(meeting=meeting).select_related("action__owner")
        for number, row in enumerate(rows.order_by("pk")):
            action, turn = row.action, (self.place + number) % 4
            if turn == 3 or action.owner is None:
                continue
            on = min(self.days.after(action.due_on, 4) if turn == 2 else action.due_on, self.today)
            who = self._as(action.owner, on)
            if turn == 2 and number == 2:
                drop_action(action=action, reason=words.DROPPED, **who)
            else:
                outcome = words.OUTCOMES[turn % len(words.OUTCOMES)]
                complete_action(action=action, outcome=outcome, **who)


def _token(meeting: Meeting, text: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{meeting.pk}/{text}")
