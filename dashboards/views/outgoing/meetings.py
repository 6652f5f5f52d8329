"""The tables of meetings: the board, one school's, and what came of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.roles import Permission
from attendance.selectors import figures_date
from attendance_portal.shared import clock, wording
from dashboards.charts import Chart
from dashboards.exports import registry
from dashboards.exports.tables import Column, Kind, Row, Table
from dashboards.read_models.meetings.after import After, Standpoint, after
from dashboards.read_models.meetings.board import BoardCell, BoardLine, meeting_board
from dashboards.read_models.meetings.of_school import SchoolMeetings, school_meetings
from dashboards.school_filters import BoardForm
from dashboards.views.outgoing.common import in_words, school_of
from meetings.models import Meeting
from meetings.read_models.agreed import ActionLine
from schools.models import School
from schools.permissions import SignedInRequest

_LONGEST_ID = 9  # digits
_MEETING = ("meeting_id",)
_NOTHING_YET = "Nothing written yet"


def meeting_of(request: SignedInRequest) -> Meeting:
    """The meeting that the page is about, for whoever has its figures. Raises Http404."""
    key = request.GET.get("meeting_id", "")
    if not key.isdecimal() or len(key) > _LONGEST_ID:
        raise Http404
    rows = Meeting.objects.with_figures_for(request.user).select_related("school", "la_contact")
    found: Meeting = get_object_or_404(rows, pk=int(key))
    return found


@registry.table(
    "meeting_list", "Meetings", Permission.SEE_MEETINGS, protects=True, is_of_today=True
)
def board(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """The board, a school a row, which counts no child: the same for every reader."""
    user, on = request.user, clock.today()
    form = BoardForm(request.GET, user=user, on=on)
    schools = form.applied_to(School.objects.visible_to(user).filter(status="open"))
    found = meeting_board(user, schools, shown=form.shown, on=on, may_book=False)
    if not found.lines:
        return None
    return Table(
        title="Targeting support meetings",
        as_of=on,
        columns=[
            Column("School"),
            Column("Phase"),
            Column("Council contact"),
            *(Column(f"{term}{what}") for term in found.terms for what in ("", ", when", ", note")),
        ],
        rows=[Row(_board_cells(line)) for line in found.lines],
        about=in_words(form.chips(request)),
        notes=[f"{found.coverage}."],
    )


def _board_cells(line: BoardLine) -> list[str]:
    terms = [text for cell in line.cells for text in _term_cells(cell)]
    return [line.name, line.phase, line.contact or "Nobody", *terms]


def _term_cells(cell: BoardCell) -> tuple[str, str, str]:
    """How one term stands. Where nothing is due and nothing was booked, a note says so."""
    state = cell.tag.label if cell.tag else "z"
    return state, cell.when or "z", "; ".join(cell.notes) or "None"


@registry.table(
    "school_meetings",
    "Meetings of a school",
    Permission.PREPARE_MEETINGS,
    args=("urn",),
    protects=True,
    is_of_today=True,
)
def of_school(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Every meeting with a school and how many of its actions were done; it counts no child."""
    page = _of_school(request)
    if not page.lines:
        return None
    return Table(
        title=f"Targeting support meetings with {school_of(request).name}",
        as_of=clock.today(),
        columns=[
            Column("Term"),
            Column("When"),
            Column("State"),
            Column("Note"),
            Column("Actions"),
        ],
        rows=[
            Row([one.term, one.when, one.tag.label, one.note or "None", one.actions or "None"])
            for one in page.lines
        ],
        about=[page.how_often],
    )


@registry.table(
    "school_meeting_actions",
    "Actions of a school's last meeting",
    Permission.PREPARE_MEETINGS,
    page="school_meetings",
    args=("urn",),
    names_children=True,
    is_of_today=True,
)
def actions_of_school(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """What the last meeting agreed with a school."""
    title = f"Actions of the last meeting with {school_of(request).name}"
    return _actions(title, _of_school(request).actions)


def _of_school(request: SignedInRequest) -> SchoolMeetings:
    return school_meetings(school_of(request), request.user, on=clock.today(), at=clock.moment())


def _after(request: SignedInRequest) -> tuple[Meeting, After]:
    meeting = meeting_of(request)
    return meeting, after(Standpoint(meeting, request.user, figures_date(), clock.today()))


def _of_after(
    name: str, label: str, *, names_children: bool = True
) -> Callable[[registry.Build[Table]], registry.Build[Table]]:
    return registry.table(
        name,
        label,
        Permission.SEE_MEETINGS,
        page="meeting_after",
        args=_MEETING,
        names_children=names_children,
        is_of_today=True,
    )


def _title(words: str, meeting: Meeting) -> str:
    when = f", {wording.moment(meeting.starts_at)}" if meeting.starts_at else ""
    return f"{words}: {meeting.school.name}{when}"


@_of_after("meeting_actions", "Actions of a meeting")
def actions_of_meeting(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """What a meeting agreed, and what became of it."""
    meeting, page = _after(request)
    return _actions(_title("What was agreed", meeting), page.agreed.actions)


def _actions(title: str, actions: Iterable[ActionLine]) -> Table | None:
    rows = [
        Row(
            [
                one.text,
                one.about,
                one.owner,
                one.due_on,
                one.tag.label if one.tag else "Open",
                one.outcome or _NOTHING_YET,
            ],
            child=str(one.action.pupil.public_id) if one.action.pupil else "",
        )
        for one in actions
    ]
    if not rows:
        return None
    return Table(
        title=title,
        as_of=clock.today(),
        columns=[
            Column("Action"),
            Column("About"),
            Column("Who"),
            Column("By when", Kind.DATE),
            Column("State"),
            Column("What happened"),
        ],
        rows=rows,
    )


@_of_after("meeting_children", "Children spoken about, then and now")
def children_of_meeting(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """The year's sessions missed of each child, on the table and now, and the weeks around."""
    meeting, page = _after(request)
    if not page.children:
        return None
    named = ("Child", "Why", "In the pack", "Now", "Weeks before", "Weeks since", "Direction")
    return Table(
        title=_title("Children spoken about, then and now", meeting),
        as_of=figures_date() or clock.today(),
        columns=[Column(name) for name in named],
        rows=[
            Row(
                [one.name, one.why, one.then, one.now, one.before, one.after, one.direction],
                child=str(one.public_id),
            )
            for one in page.children
        ],
        notes=_then_and_now(page),
    )


@_of_after("meeting_cohorts", "Groups of pupils, then and now", names_children=False)
def cohorts_of_meeting(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Each named cohort of the pack: how many were in it and are now."""
    meeting, page = _after(request)
    if not page.cohorts:
        return None
    return Table(
        title=_title("Groups of pupils, then and now", meeting),
        as_of=figures_date() or clock.today(),
        columns=[
            Column("Group"),
            Column("In the pack", Kind.NUMBER),
            Column("Now", Kind.NUMBER),
            Column("Those in it then"),
        ],
        rows=[Row([one.label, one.then, one.now, one.moved]) for one in page.cohorts],
        notes=_then_and_now(page),
    )


def _then_and_now(page: After) -> list[str]:
    moved = "Figures moved after the meeting, not always because of it."
    return [page.helped, moved, *([page.pack] if page.pack else [])]


def _children(request: SignedInRequest) -> list[str]:
    _, page = _after(request)
    return [str(one.public_id) for one in page.children]


@registry.chart(
    "meeting-before-and-after",
    "Before and after a meeting",
    Permission.SEE_MEETINGS,
    page="meeting_after",
    args=_MEETING,
    names_children=True,
    children=_children,
)
def before_and_after(request: SignedInRequest, _is_protected: bool) -> Chart | None:
    """F11 of the children who were spoken about."""
    _, page = _after(request)
    return page.chart
