"""What stands before somebody opens a case: the child, the flags with their figures, and what there
is already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from attendance.models import Flag
from attendance.rules.why import why_sentence
from attendance.selectors import figures_date
from attendance.states import FLAG_ORDER, FLAGS, FlagKind
from attendance_portal.shared import wording
from attendance_portal.shared.errors import DomainError
from cases.models import Case
from cases.selectors import live_case, main_school
from cases.services.cases import check_can_open
from schools.choices import year_group_label
from schools.models import Enrolment, Pupil, School

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class EarlierCase:
    """A case of this child that has closed."""

    reference: str
    closed: str


@dataclass(frozen=True)
class OpenPage:
    """The page. `flags`: all that stand open for the child, the one asked for first.

    `refusal`: why no case can be opened now; `open_case`: the reference of the one that is open,
    if this person sees it.
    """

    pupil: Pupil
    school: School | None
    caption: str
    flags: list[Flag]
    facts: list[tuple[str, str]]
    refusal: str
    open_case: str
    earlier: list[EarlierCase]


def pupil_to_open_for(public_id: UUID, user: User) -> Pupil | None:
    """The child, for those who may open the record."""
    found: Pupil | None = Pupil.objects.visible_to(user).filter(public_id=public_id).first()
    return found


def open_page(pupil: Pupil, user: User, *, flag: Flag | None, on: date) -> OpenPage:
    """Everything of the page, scoped to the reader."""
    flags = _flags(pupil, user, flag) if flag is not None else []
    school = main_school(pupil, on)
    return OpenPage(
        pupil=pupil,
        school=school,
        caption=_caption(pupil, school, on),
        flags=flags,
        facts=_facts(flags),
        refusal=_refusal(user, pupil, on),
        open_case=_open_case(pupil, user),
        earlier=_earlier(pupil, user),
    )


def _flags(pupil: Pupil, user: User, asked: Flag) -> list[Flag]:
    """The flag asked for, closed or not, then every other one that stands."""
    others = Flag.objects.visible_to(user).open().filter(enrolment__pupil=pupil)
    rest = others.exclude(pk=asked.pk).select_related("enrolment", "school")
    return [asked, *sorted(rest, key=lambda one: (FLAG_ORDER[FlagKind(one.kind)], one.pk))]


def _facts(flags: list[Flag]) -> list[tuple[str, str]]:
    rows = [(FLAGS[FlagKind(flag.kind)].tag.label, _fact(flag)) for flag in flags]
    stands = figures_date()
    return [*rows, ("Marks to", wording.day_of_week(stands))] if rows and stands else rows


def _fact(flag: Flag) -> str:
    sentence = why_sentence(FlagKind(flag.kind), flag.evidence)
    closed = f" It closed on {wording.day(flag.closed_on)}." if flag.closed_on else ""
    return f"{sentence} Since {wording.day(flag.met_on)}, at {flag.school}.{closed}"


def _caption(pupil: Pupil, school: School | None, on: date) -> str:
    if school is None:
        return str(pupil)
    roll = Enrolment.objects.on_roll(on).filter(pupil=pupil, school=school).first()
    year = year_group_label(roll.year_group) if roll else ""
    return ", ".join(part for part in (str(pupil), str(school), year) if part)


def _refusal(user: User, pupil: Pupil, on: date) -> str:
    try:
        check_can_open(user, pupil, on)
    except DomainError as refusal:
        return refusal.message
    return ""


def _open_case(pupil: Pupil, user: User) -> str:
    standing = live_case(pupil)
    if standing is None or not Case.objects.visible_to(user).filter(pk=standing.pk).exists():
        return ""
    return str(standing.reference)


def _earlier(pupil: Pupil, user: User) -> list[EarlierCase]:
    closed = Case.objects.visible_to(user).filter(pupil=pupil, closed_on__isnull=False)
    return [
        EarlierCase(case.reference, f"closed on {wording.day(case.closed_on)}")
        for case in closed.order_by("-closed_on", "-pk")
    ]
