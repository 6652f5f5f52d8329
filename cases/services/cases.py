"""Opening a case, giving it to somebody, keeping it up to date.

Raises: Refused (this person may not, or not now), Invalid (a word or a day that cannot be used),
Conflict (the child has a case already; somebody else saved meanwhile).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction

from accounts.models import User
from accounts.roles import Permission
from attendance.models import Flag
from attendance.read_models.calendar import ExpectedDays
from attendance.rules.why import why_sentence
from attendance.states import FlagKind
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.choices import AGENCIES, OPENED_FROM, Agency, OpenedFrom
from cases.models import Case, CaseFlag, CaseWorker, StageChange
from cases.permissions import check_can_work, check_leads
from cases.read_models.partners import sees_casework_of
from cases.rules.reference import reference_of
from cases.rules.reviews import cover_problem, pace_of, review_after_change, review_problem
from cases.selectors import live_case, main_school
from cases.services.common import acting_role, tell, write_audit
from cases.services.leading import hand_over, lead_agency
from cases.services.saving import locked_case, save_case
from cases.services.typed import fits, needed, one_of, wrong
from cases.states import (
    DIRECTIONS,
    FIRST_STAGE,
    STAGES,
    TRACKS,
    Direction,
    EntryKind,
    Track,
)
from schools.models import Pupil, School
from schools.permissions import allowed, check_has, has_permission

LONGEST_NAME: Final = 200  # characters, as the columns keep

#: What an update may change, and how the timeline says it.
CHANGES: Final[Mapping[str, str]] = {
    "aim": "Aim written",
    "deescalation": "Ways to calm things down written",
    "track": "Track",
    "worker_direction": "Worker's view",
    "worker_direction_why": "Worker's view explained",
    "next_review_on": "Next review",
    "trusted_adult": "Trusted adult named",
    "preferred_contact": "Preferred contact noted",
    "lead_practitioner": "Lead practitioner",
}
#: What only whoever leads the case decides; the rest is for everyone who works on it.
DECIDED_BY_THE_LEAD: Final = frozenset({"track", "next_review_on", "lead_practitioner"})


def check_can_open(user: User, pupil: Pupil, on: date) -> None:
    """Whether this person may open a case for this child. Raises Refused, or Conflict naming the
    case that is open."""
    check_has(user, Permission.OPEN_CASES)
    if not sees_casework_of(user, pupil, on):
        raise Refused("This child is not one of yours.", code="out_of_scope")
    standing = live_case(pupil)
    if standing is not None:
        raise Conflict(
            f"This pupil has an open case, {standing.reference}.", code="case_open_already"
        )
    if main_school(pupil, on) is None:
        raise Refused(
            "This child is on no school's roll today, so no school can share the case. "
            "Ask the school to send the enrolment first.",
            code="not_on_roll",
        )


def next_review_from(on: date, track: str, school: School) -> date:
    """The day of the next review by the track's pace, in the school's own days."""
    return ExpectedDays().after(on, pace_of(track), school.meeting_days)


@transaction.atomic
def open_case(
    *,
    pupil: Pupil,
    opened_from: str,
    flags: Sequence[Flag] = (),
    concern: str = "",
    track: str,
    aim: str = "",
    lead: User | None = None,
    team: str = Agency.ATTENDANCE,
    by: User,
    on: date,
    at: datetime,
) -> Case:
    """The shared record of working with one child. Without a lead it waits in the team's queue.

    A flag's figures are kept as they stand today. A concern is in the words of whoever had it.
    """
    pupil = Pupil.objects.select_for_update().get(pk=pupil.pk)  # two openings wait in turn
    check_can_open(by, pupil, on)
    _check_may_give(by, lead)
    _check_opening(pupil, opened_from, flags, concern, track, team)
    school = main_school(pupil, on)
    assert school is not None  # noqa: S101 - the check has seen to it
    case = Case.objects.create(
        pupil=pupil,
        school=school,
        reference=_next_reference(),
        stage=FIRST_STAGE.value,
        stage_since=on,
        track=track,
        team=team,
        concern=concern.strip(),
        aim=aim.strip(),
        next_review_on=next_review_from(on, track, school),
        opened_on=on,
        opened_from=opened_from,
        opened_by=by,
        created_at=at,
        updated_at=at,
    )
    CaseFlag.objects.bulk_create(
        CaseFlag(case=case, flag=flag, evidence={"kind": flag.kind, **flag.evidence}, linked_on=on)
        for flag in flags
    )
    _write_first_step(case, flags, by=by, on=on, at=at)
    if lead is not None:
        hand_over(case, CaseWorker.Part.LEAD, lead, by=by, on=on, at=at)
    return locked_case(case)


def _check_may_give(by: User, lead: User | None) -> None:
    if lead is not None and lead.pk != by.pk and not has_permission(by, Permission.ALLOCATE_CASES):
        raise _managers_say()


def _managers_say() -> Refused:
    return Refused(
        "The team manager says who leads a case. Ask them to allocate it.",
        code="allocation_is_the_managers",
    )


def _check_opening(
    pupil: Pupil, opened_from: str, flags: Sequence[Flag], concern: str, track: str, team: str
) -> None:
    one_of(opened_from, OPENED_FROM, "Choose what the case comes from.", pointer="opened_from")
    one_of(track, TRACKS, "Choose a track.", pointer="track")
    one_of(team, AGENCIES, "Choose a team from the list.", pointer="team")
    if opened_from == OpenedFrom.FLAG and not flags:
        raise wrong("Name the flag that the case comes from.", pointer="flags")
    if opened_from != OpenedFrom.FLAG:
        needed(concern, "Write down the concern, in their words.", pointer="concern")
    if any(flag.enrolment.pupil_id != pupil.pk for flag in flags):
        raise wrong("A flag of another child cannot open this case.", pointer="flags")


def _next_reference() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('case_reference')")
        (number,) = cursor.fetchone()
    return reference_of(number)


def _write_first_step(
    case: Case, flags: Sequence[Flag], *, by: User, on: date, at: datetime
) -> None:
    by_role = acting_role(by, Permission.OPEN_CASES, on)
    sentences = [why_sentence(FlagKind(flag.kind), flag.evidence) for flag in flags]
    reason = " ".join(sentences) or case.concern
    change = StageChange.objects.create(
        case=case,
        from_stage=None,
        to_stage=case.stage,
        on=on,
        at=at,
        by=by,
        by_role=by_role,
        reason=reason,
        evidence=[
            {"kind": "flag", "ref": str(flag.pk), "text": sentence}
            for flag, sentence in zip(flags, sentences, strict=True)
        ],
    )
    tell(
        pupil=case.pupil,
        case=case,
        kind=EntryKind.CASE,
        title=f"Case opened at {STAGES[FIRST_STAGE].place}. It comes from: "
        f"{OPENED_FROM[OpenedFrom(case.opened_from)].lower()}",
        text=reason,
        at=at,
        by=by,
        by_role=by_role,
        about=change,
    )
    write_audit(
        verb="case.opened",
        about=case,
        by=by,
        at=at,
        after={
            "stage": case.stage,
            "track": case.track,
            "opened_from": case.opened_from,
            "flags": [flag.pk for flag in flags],
            "next_review_on": str(case.next_review_on),
        },
    )


def check_can_allocate(user: User, case: Case, on: date, *, lead: User | None = None) -> None:
    """Whether this person may say who leads: a manager, or whoever takes a case that nobody leads
    themselves. Raises Refused."""
    check_can_work(user, case, on)
    if has_permission(user, Permission.ALLOCATE_CASES):
        return
    if case.lead_id is None and lead is not None and lead.pk == user.pk:
        return
    raise _managers_say()


def check_can_staff(user: User, case: Case, on: date) -> None:
    """Whether this person may change who leads, who covers or whose queue it is in: whoever
    decides about the case, and whoever may take one that nobody leads. Raises Refused."""
    check_can_work(user, case, on)
    if not allowed(check_leads, user, case, on):
        check_can_allocate(user, case, on, lead=user)


@transaction.atomic
def allocate_case(*, case: Case, lead: User, by: User, on: date, at: datetime) -> Case:
    """Somebody leads the case from now on; whoever led it leaves it in the same moment."""
    case = locked_case(case)
    check_can_allocate(by, case, on, lead=lead)
    if case.lead_id == lead.pk:
        return case
    before = case.lead_id
    if case.cover_id == lead.pk:
        hand_over(case, CaseWorker.Part.COVER, None, by=by, on=on, at=at)
    hand_over(case, CaseWorker.Part.LEAD, lead, by=by, on=on, at=at)
    write_audit(
        verb="case.allocated",
        about=case,
        by=by,
        at=at,
        before={"lead": before},
        after={"lead": lead.pk, "agency": lead_agency(lead, on)},
    )
    return locked_case(case)


@transaction.atomic
def set_cover(
    *,
    case: Case,
    cover: User | None,
    until_on: date | None = None,
    by: User,
    on: date,
    at: datetime,
) -> Case:
    """Somebody stands in for the lead up to a day; None ends it."""
    case = locked_case(case)
    check_can_work(by, case, on)
    check_leads(by, case, on)
    if cover is not None and cover.pk == case.lead_id:
        raise wrong("Choose somebody else: the lead needs no cover by themselves.", pointer="cover")
    if until_on is not None and (problem := cover_problem(until_on, on)):
        raise wrong(problem, pointer="until_on")
    before = {"cover": case.cover_id, "until_on": str(case.cover_until or "")}
    hand_over(case, CaseWorker.Part.COVER, cover, until_on=until_on, by=by, on=on, at=at)
    write_audit(
        verb="case.covered",
        about=case,
        by=by,
        at=at,
        before=before,
        after={"cover": cover.pk if cover else None, "until_on": str(until_on or "")},
    )
    return locked_case(case)


@transaction.atomic
def set_team(*, case: Case, team: str, by: User, on: date, at: datetime) -> Case:
    """The team in whose queue the case waits until somebody leads it."""
    case = locked_case(case)
    check_can_work(by, case, on)
    check_leads(by, case, on)
    one_of(team, AGENCIES, "Choose a team from the list.", pointer="team")
    if case.team == team:
        return case
    before, case.team = case.team, team
    save_case(case, at)
    tell(
        pupil=case.pupil,
        case=case,
        kind=EntryKind.CASE,
        title=f"Team: {AGENCIES[Agency(team)]}",
        at=at,
        by=by,
        by_role=acting_role(by, Permission.LEAD_CASES, on),
        about=case,
    )
    write_audit(
        verb="case.team_set",
        about=case,
        by=by,
        at=at,
        before={"team": before},
        after={"team": team},
    )
    return case


@transaction.atomic
def update_case(
    *,
    case: Case,
    version: int,
    changes: Mapping[str, Any],
    reason: str = "",
    by: User,
    on: date,
    at: datetime,
) -> Case:
    """Keep a case up to date. `changes`: some of `CHANGES`; what is the same already is none.

    A new track needs a reason and moves the next review, unless that is among the changes. Raises
    Conflict where somebody saved since `version`.
    """
    case = locked_case(case)
    check_can_work(by, case, on)
    unknown = set(changes) - set(CHANGES)
    if unknown:
        raise Invalid(f"A case has no {wording.listed(sorted(unknown))} to change.")
    if case.version != version:
        raise Conflict("Somebody saved this case while you were writing.", code="changed_meanwhile")
    new = {name: value for name, value in changes.items() if getattr(case, name) != value}
    if not new:
        return case
    if DECIDED_BY_THE_LEAD & set(new):
        check_leads(by, case, on)
    new = _checked(case, new, reason, on)
    practitioner = new.pop("lead_practitioner", case.lead_practitioner)
    if practitioner != case.lead_practitioner:
        part = CaseWorker.Part.LEAD_PRACTITIONER
        hand_over(case, part, practitioner, by=by, on=on, at=at)
        case = locked_case(case)
    before = {name: getattr(case, name) for name in new}
    for name, value in new.items():
        setattr(case, name, value)
    save_case(case, at)
    _record_update(case, before, reason, by=by, on=on, at=at)
    return case


def _checked(case: Case, new: dict[str, Any], reason: str, on: date) -> dict[str, Any]:
    """The changes, fit to be kept, with what follows from them."""
    for name in ("trusted_adult", "preferred_contact"):
        if name in new:
            new[name] = fits(new[name], pointer=name, longest=LONGEST_NAME)
    if "worker_direction" in new:
        message = "Choose how you see it going."
        one_of(new["worker_direction"], DIRECTIONS, message, pointer="worker_direction")
    if {"worker_direction", "worker_direction_why"} & set(new):
        new["worker_direction_on"] = on
    if "next_review_on" in new:
        _check_review(new["next_review_on"], on)
    if "track" in new:
        one_of(new["track"], TRACKS, "Choose a track.", pointer="track")
        needed(reason, "Say why the track changes.", pointer="reason")
        if "next_review_on" not in new:
            by_pace = next_review_from(on, new["track"], case.school)
            new["next_review_on"] = review_after_change(
                case.next_review_on, was=case.track, becomes=new["track"], from_now=by_pace
            )
    return new


def _check_review(day: date | None, on: date) -> None:
    if day is None:
        raise wrong("Enter the day of the next review.", pointer="next_review_on")
    if problem := review_problem(day, on):
        raise wrong(problem, pointer="next_review_on")


def _record_update(
    case: Case, before: Mapping[str, Any], reason: str, *, by: User, on: date, at: datetime
) -> None:
    if not before:
        return
    said = [_in_words(case, name) for name in CHANGES if name in before]
    tell(
        pupil=case.pupil,
        case=case,
        kind=EntryKind.CASE,
        title=". ".join(said),
        text=reason.strip(),
        at=at,
        by=by,
        by_role=acting_role(by, Permission.LEAD_CASES, on),
        about=case,
    )
    kept = {"track", "worker_direction", "next_review_on"} & set(before)
    write_audit(
        verb="case.updated",
        about=case,
        by=by,
        at=at,
        before={name: str(before[name]) for name in sorted(kept)},
        after={
            **{name: str(getattr(case, name)) for name in sorted(kept)},
            "changed": sorted(before),
        },
    )


def _in_words(case: Case, name: str) -> str:
    """One change as the timeline says it; families' own words are not repeated there."""
    if name == "track":
        return f"Track: {TRACKS[Track(case.track)].label}"
    if name == "next_review_on" and case.next_review_on is not None:
        return f"Next review: {wording.day(case.next_review_on)}"
    if name == "worker_direction":
        return f"Worker's view: {DIRECTIONS[Direction(case.worker_direction)].lower()}"
    return CHANGES[name]
