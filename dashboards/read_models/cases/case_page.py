"""The top of a case: what it is about, where it stands, what must be known first, what can be done.

The blocks below it (ladder, plan, actions, contacts, partners, timeline) have read models of their
own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse

from accounts.roles import Permission
from attendance.rules.why import why_sentence
from attendance.states import FLAGS, FlagKind, Tag
from attendance_portal.shared import wording
from attendance_portal.shared.errors import DomainError
from cases.choices import HOLDS, OPENED_FROM, OUTCOMES, HoldKind, OpenedFrom, Outcome
from cases.models import Case, Hold
from cases.permissions import check_can_work
from cases.read_models.direction import ComputedDirection, computed_direction
from cases.rules.direction import COMPARED_WEEKS
from cases.selectors import main_school
from cases.services.cases import check_can_staff
from cases.services.closing import (
    check_can_close,
    check_can_pause,
    check_can_reopen,
    check_can_resume,
    check_can_transfer,
)
from cases.services.contacts import check_can_log
from cases.services.holds import check_can_change_hold, check_can_hold
from cases.services.partners import check_can_refer
from cases.services.planning import check_can_plan
from cases.services.stages import check_can_move
from cases.states import ARROWS, DIRECTIONS, TRACKS, CaseStatus, Direction, Track, case_tag
from dashboards.parts import ContextualDate, due_date
from dashboards.read_models.cases.household import HouseholdChild, household_of
from schools.choices import year_group_label
from schools.models import Enrolment
from schools.permissions import has_permission

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class DirectionLine:
    """Which way it goes, in words with an arrow; who says so, and what they see."""

    who: str
    label: str
    arrow: str
    text: str


@dataclass(frozen=True)
class HoldNotice:
    """The hold that stands, in sentences; `is_overdue`: its review has gone by."""

    text: str
    reason: str
    is_overdue: bool


@dataclass(frozen=True)
class FlagLine:
    """A flag that the case rests on, with its figures as they stood when it was linked."""

    label: str
    sentence: str
    flag_id: int


@dataclass(frozen=True)
class Closure:
    """An earlier time that the case was open, and how it ended."""

    dates: str
    outcome: str
    what_helped: str
    reopened: str


@dataclass(frozen=True)
class Thing:
    """Something that can be done: where, or why it cannot be done now."""

    text: str
    href: str
    refusal: str


@dataclass(frozen=True)
class CasePage:
    """The page without its blocks."""

    caption: str
    tag: Tag
    next_review: ContextualDate | None
    identity: list[tuple[str, str]]
    directions: list[DirectionLine]
    hold: HoldNotice | None
    notices: list[str]
    from_what: str
    flags: list[FlagLine]
    household: list[HouseholdChild]
    closures: list[Closure]
    things: list[Thing]
    refused: list[Thing]


def case_page(case: Case, user: User, *, on: date) -> CasePage:
    """Everything of the page's top, scoped to the reader."""
    hold = Hold.objects.visible_to(user).filter(pupil=case.pupil_id, ended_at__isnull=True)
    standing = hold.select_related("pupil").first()
    computed = computed_direction(case, on=on)
    things = _things(case, user, standing, on)
    return CasePage(
        caption=_caption(case, on),
        tag=case_tag(case.status, case.paused_until),
        next_review=due_date(case.next_review_on, today=on) if case.next_review_on else None,
        identity=_identity(case, on),
        directions=[_by_the_marks(computed), _by_the_worker(case)],
        hold=_hold_notice(standing, on) if standing else None,
        notices=_notices(case, on),
        from_what=_from_what(case),
        flags=_flags(case),
        household=household_of(case.pupil, user),
        closures=_closures(case),
        things=[one for one in things if one.href],
        refused=[one for one in things if one.refusal],
    )


def page_of(route: str, case: Case, query: str = "") -> str:
    """The address of a page of this case; empty while it is not built."""
    try:
        return reverse(route, args=[case.reference]) + query
    except NoReverseMatch:
        return ""


def _caption(case: Case, on: date) -> str:
    rolls = Enrolment.objects.on_roll(on).filter(pupil=case.pupil_id, school=case.school_id)
    roll = rolls.first()
    year = year_group_label(roll.year_group) if roll else ""
    return ", ".join(part for part in (case.reference, case.school.name, year) if part)


def _identity(case: Case, on: date) -> list[tuple[str, str]]:
    rows = [
        ("Track", TRACKS[Track(case.track)].label),
        ("Lead", str(case.lead) if case.lead else "Nobody yet"),
        ("Cover", _cover(case, on)),
        ("Lead practitioner", str(case.lead_practitioner or "")),
        ("Trusted adult", case.trusted_adult),
        ("Best way to be in touch", case.preferred_contact),
        ("Open since", wording.day(case.opened_on) if case.is_live else ""),
        ("Closed on", wording.day(case.closed_on) if case.closed_on else ""),
    ]
    return [(key, value) for key, value in rows if value]


def _cover(case: Case, on: date) -> str:
    if case.cover is None or (case.cover_until is not None and case.cover_until < on):
        return ""
    until = f" until {wording.day(case.cover_until)}" if case.cover_until else ""
    return f"{case.cover}{until}"


def _by_the_marks(computed: ComputedDirection) -> DirectionLine:
    now, before = computed.now, computed.before
    text = computed.why or (
        f"{now.absent} of {wording.counted(now.possible, 'session')} missed in the last "
        f"{COMPARED_WEEKS} school weeks, {before.absent} of {before.possible} in the "
        f"{COMPARED_WEEKS} before"
    )
    return _direction("By the marks", computed.direction, text)


def _by_the_worker(case: Case) -> DirectionLine:
    said = wording.day(case.worker_direction_on) if case.worker_direction_on else ""
    text = ": ".join(part for part in (said, case.worker_direction_why) if part)
    return _direction("As the worker sees it", Direction(case.worker_direction), text)


def _direction(who: str, direction: Direction, text: str) -> DirectionLine:
    return DirectionLine(who, DIRECTIONS[direction], ARROWS[direction], text)


def _hold_notice(hold: Hold, on: date) -> HoldNotice:
    kind = HOLDS[HoldKind(hold.kind)].lower()
    is_overdue = hold.review_on < on
    review = "was due" if is_overdue else "is due"
    text = (
        f"Hold: {kind}. The case does not step up, and nothing is sent. "
        f"A review {review} on {wording.day(hold.review_on)}."
    )
    return HoldNotice(text, hold.reason, is_overdue)


def _notices(case: Case, on: date) -> list[str]:
    """What somebody must know who works on this case today."""
    found = []
    if case.status == CaseStatus.PAUSED and case.paused_until is not None:
        over = " The pause is over: take the case up again." if case.paused_until <= on else ""
        until = wording.day(case.paused_until)
        found.append(f"Paused until {until}: {case.pause_reason.rstrip('.')}.{over}")
    school = main_school(case.pupil, on) if case.is_live else case.school
    if school is None:
        found.append("The child is on no school's roll today. Ask where the child is.")
    elif school.pk != case.school_id:
        found.append(
            f"The child's main school is {school} now. Move the case, so that it goes along."
        )
    home = case.pupil.home_la
    if home and home != case.school.la_code:
        found.append(
            f"The child lives in another authority (number {home}). "
            "Agree with its attendance team who leads, and what each may know."
        )
    return found


def _from_what(case: Case) -> str:
    return OPENED_FROM[OpenedFrom(case.opened_from)]


def _flags(case: Case) -> list[FlagLine]:
    links = case.case_flags.select_related("flag").order_by("pk")
    return [
        FlagLine(
            FLAGS[FlagKind(link.flag.kind)].tag.label,
            why_sentence(FlagKind(link.flag.kind), link.evidence),
            link.flag_id,
        )
        for link in links
    ]


def _closures(case: Case) -> list[Closure]:
    return [
        Closure(
            dates=f"{wording.day(one.opened_on)} to {wording.day(one.closed_on)}",
            outcome=OUTCOMES[Outcome(one.outcome)],
            what_helped=one.what_helped,
            reopened=(
                f"Reopened on {wording.day(one.reopened_on)}: {one.reopen_reason}"
                if one.reopened_on
                else ""
            ),
        )
        for one in case.closures.all()
    ]


def _things(case: Case, user: User, hold: Hold | None, on: date) -> list[Thing]:
    """What can be done with a case, each by the very check of its service."""
    printed = Thing("Print the case", page_of("case_print", case), "")
    if not has_permission(user, Permission.LEAD_CASES):
        return [printed]
    this = (user, case, on)
    if not case.is_live:
        return [
            _thing("Reopen the case", page_of("case_reopen", case), check_can_reopen, *this),
            printed,
        ]
    log = f"{reverse('contact_log')}?pupil={case.pupil.public_id}"
    return [
        _thing("Log a contact", log, check_can_log, user, [case.pupil]),
        _thing("Move to another stage", page_of("case_move", case), check_can_move, *this),
        _thing("Work on the support plan", page_of("plan_start", case), check_can_plan, user, case),
        _thing("Offer support", page_of("offer_add", case), check_can_refer, *this),
        _thing("Refer to a service", page_of("referral_add", case), check_can_refer, *this),
        _thing("Edit the case", page_of("case_edit", case), check_can_work, *this),
        _thing(
            "Change who leads or covers", page_of("case_allocate", case), check_can_staff, *this
        ),
        _hold_thing(case, user, hold, on),
        _pause_thing(case, user, on),
        _thing("Move to another school", page_of("case_transfer", case), check_can_transfer, *this),
        _thing("Close the case", page_of("case_close", case), check_can_close, *this),
        printed,
    ]


def _hold_thing(case: Case, user: User, hold: Hold | None, on: date) -> Thing:
    href = page_of("case_hold", case)
    if hold is None:
        return _thing("Hold messages and steps", href, check_can_hold, user, case.pupil, on)
    return _thing("Change or end the hold", href, check_can_change_hold, user, hold, on)


def _pause_thing(case: Case, user: User, on: date) -> Thing:
    href = page_of("case_pause", case)
    if case.status == CaseStatus.PAUSED:
        return _thing("Take the case up again", href, check_can_resume, user, case, on)
    return _thing("Pause the case", href, check_can_pause, user, case, on)


def _thing(text: str, href: str, check: Callable[..., None], *args: Any) -> Thing:
    try:
        check(*args)
    except DomainError as refusal:
        return Thing(text, "", refusal.message)
    return Thing(text, href, "")
