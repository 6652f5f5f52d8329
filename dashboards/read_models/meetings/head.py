"""What every page of one meeting begins with: whose it is, when and where, and its sub-pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import NoReverseMatch, reverse

from accounts.roles import Permission
from attendance.states import Tag
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from meetings.choices import KINDS, THEMES, Kind, Theme
from meetings.models import Meeting
from meetings.states import meeting_tag
from schools.permissions import permissions_of
from schools.rules.calendar import academic_year_label

if TYPE_CHECKING:
    from accounts.models import User

TERM_NAMES: Final = {1: "Autumn", 2: "Spring", 3: "Summer"}


@dataclass(frozen=True)
class SubPage:
    """A page of a meeting: its words, its route, who it is for, whether it shows figures."""

    text: str
    route: str
    permission: Permission
    shows_figures: bool = True


#: In the order of the links. One that is not built has no entry.
SUB_PAGES: Final = (
    SubPage("Overview", "meeting", Permission.SEE_MEETINGS, shows_figures=False),
    SubPage("Prepare", "meeting_prepare", Permission.PREPARE_MEETINGS),
    SubPage("Pack", "meeting_pack", Permission.SEE_MEETINGS),
    SubPage("Live", "meeting_live", Permission.SEE_MEETINGS),
    SubPage("After", "meeting_after", Permission.SEE_MEETINGS),
)


@dataclass(frozen=True)
class PageLink:
    """A sub-page as the component for them shows it."""

    text: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class MeetingHead:
    """The name of a meeting, its facts and its state.

    `sees_all`: whether the reader has the school, and so its pupils and figures.
    """

    meeting_id: int
    name: str
    school: str
    urn: int
    identity: list[tuple[str, str]]
    tag: Tag
    pages: list[PageLink]
    sees_all: bool


def sees_all(user: User, meeting: Meeting) -> bool:
    """Whether the meeting's school is the reader's, so that they see its pupils and figures."""
    found: bool = Meeting.objects.with_figures_for(user).filter(pk=meeting.pk).exists()
    return found


def meeting_head(meeting: Meeting, user: User, *, route: str) -> MeetingHead:
    """The head of a page of this meeting; `route` names the page that is open."""
    has_figures = sees_all(user, meeting)
    return MeetingHead(
        meeting_id=meeting.pk,
        name=f"{KINDS[Kind(meeting.kind)]}, {meeting.school.name}",
        school=meeting.school.name,
        urn=meeting.school_id,
        identity=list(_identity(meeting)),
        tag=meeting_tag(meeting.state),
        pages=_pages(meeting, user, route, has_figures=has_figures),
        sees_all=has_figures,
    )


def term_in_words(academic_year: int, term: int) -> str:
    """'Spring 2025/26'."""
    return f"{TERM_NAMES[term]} {academic_year_label(academic_year)}"


def moment_in_words(meeting: Meeting) -> str:
    """'Tue 17 Mar 2026, 9:30am', or that no time is chosen yet."""
    if meeting.starts_at is None:
        return "No time chosen yet"
    on = meeting.starts_at.astimezone(LONDON).date()
    return f"{wording.day_of_week(on)}, {wording.clock_time(meeting.starts_at)}"


def _identity(meeting: Meeting) -> list[tuple[str, str]]:
    return [
        ("Term", term_in_words(meeting.academic_year, meeting.term)),
        ("Theme", THEMES[Theme(meeting.theme)]),
        ("When", moment_in_words(meeting)),
        ("How long", f"{meeting.minutes} minutes"),
        ("Where", meeting.place or "Online"),
        ("Attendance team", str(meeting.la_contact)),
    ]


def _pages(meeting: Meeting, user: User, route: str, *, has_figures: bool) -> list[PageLink]:
    held = permissions_of(user)
    shown = [
        page
        for page in SUB_PAGES
        if page.permission in held and (has_figures or not page.shows_figures)
    ]
    found = [(page, meeting_page(page.route, meeting.pk)) for page in shown]
    return [PageLink(page.text, href, page.route == route) for page, href in found if href]


def meeting_page(route: str, meeting_id: int) -> str:
    """The address of a page of a meeting; empty while it is not built."""
    try:
        return reverse(route, args=[meeting_id])
    except NoReverseMatch:
        return ""
