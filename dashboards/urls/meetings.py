"""Targeting support meetings: the board, booking, and the pages of one meeting."""

from typing import Final

from django.urls import URLPattern, path

from dashboards.views.meetings import (
    add_group,
    after,
    agenda,
    answers,
    board,
    booking,
    confirm,
    how_often,
    of_school,
    overview,
    own_view,
    people,
    prepare,
    pupils,
    templates,
)

_MEETING: Final = "meetings/<int:meeting_id>/"

urlpatterns: list[URLPattern] = [
    path("meetings/", board.BoardView.as_view(), name="meeting_list"),
    path("meetings/practice/", after.PracticeView.as_view(), name="meeting_practice"),
    path("meetings/agendas/", templates.AgendasView.as_view(), name="meeting_agendas"),
    path(
        "meetings/agendas/<int:item_id>/",
        templates.AgendaWordingView.as_view(),
        name="meeting_agenda_wording",
    ),
    path(
        "meetings/actions/<int:row_id>/",
        answers.AnswerView.as_view(),
        name="meeting_action_answer",
    ),
    path("meetings/book/", booking.BookView.as_view(), name="meeting_book"),
    path("meetings/add-group/", add_group.AddGroupView.as_view(), name="meeting_add_group"),
    path("m/<str:token>/", confirm.ConfirmView.as_view(), name="meeting_confirm"),
    path("m/<str:token>/meeting.ics", confirm.CalendarView.as_view(), name="meeting_calendar"),
    path(_MEETING, overview.OverviewView.as_view(), name="meeting"),
    path(f"{_MEETING}agenda/", agenda.AgendaView.as_view(), name="meeting_agenda"),
    path(f"{_MEETING}move/", booking.MoveView.as_view(), name="meeting_move"),
    path(f"{_MEETING}change/", booking.ChangeView.as_view(), name="meeting_change"),
    path(f"{_MEETING}contact/", booking.ContactView.as_view(), name="meeting_contact"),
    path(f"{_MEETING}not-held/", booking.NotHeldView.as_view(), name="meeting_not_held"),
    path(f"{_MEETING}invite/", people.InviteView.as_view(), name="meeting_invite"),
    path(f"{_MEETING}uninvite/", people.UninviteView.as_view(), name="meeting_uninvite"),
    path(f"{_MEETING}answer/", people.AnswerView.as_view(), name="meeting_answer"),
    path(f"{_MEETING}prepare/", prepare.PrepareView.as_view(), name="meeting_prepare"),
    path(f"{_MEETING}prepare/pupils/", pupils.PupilsView.as_view(), name="meeting_pupils"),
    path(
        f"{_MEETING}prepare/pupils/<uuid:public_id>/",
        pupils.ChooseView.as_view(),
        name="meeting_choose",
    ),
    path(
        f"{_MEETING}prepare/tried/<slug:cohort>/", prepare.TriedView.as_view(), name="meeting_tried"
    ),
    path(f"{_MEETING}prepare/offers/", prepare.OffersView.as_view(), name="meeting_offers"),
    path(f"{_MEETING}prepare/own-view/", own_view.OwnViewView.as_view(), name="meeting_own_view"),
    path(
        f"{_MEETING}prepare/own-view/write/",
        own_view.WriteView.as_view(),
        name="meeting_own_view_write",
    ),
    path(f"{_MEETING}after/", after.AfterView.as_view(), name="meeting_after"),
    path(f"{_MEETING}after/reflection/", after.ReflectionView.as_view(), name="meeting_reflection"),
    path(
        f"{_MEETING}after/practice/",
        after.PracticeWriteView.as_view(),
        name="meeting_practice_write",
    ),
    path(f"{_MEETING}after/leave/", after.LeaveView.as_view(), name="meeting_leave"),
    path(
        "schools/<int:urn>/meetings/",
        of_school.SchoolMeetingsView.as_view(),
        name="school_meetings",
    ),
    path(
        "schools/<int:urn>/meetings/how-often/",
        how_often.HowOftenView.as_view(),
        name="school_how_often",
    ),
]
