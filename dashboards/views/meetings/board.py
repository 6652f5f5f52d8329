"""P19: the board of meetings, filtered by its address."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from attendance.selectors import figures_date
from attendance_portal.shared import clock
from dashboards.read_models.meetings import board as boards
from dashboards.school_filters import BoardForm
from schools.models import School
from schools.permissions import GuardedView, SignedInRequest, permissions_of


class BoardView(GuardedView):
    """Every open school in scope with its meetings of the year; whoever was asked to a meeting
    elsewhere finds it above them."""

    permission = Permission.SEE_MEETINGS

    def get(self, request: SignedInRequest) -> HttpResponse:
        user, on = request.user, clock.today()
        may = permissions_of(user)
        mine = School.objects.visible_to(user).filter(status="open")
        form = BoardForm(request.GET, user=user, on=on)
        chips = form.chips(request)
        may_book = Permission.BOOK_MEETINGS in may
        found = boards.meeting_board(
            user, form.applied_to(mine), shown=form.shown, on=on, may_book=may_book
        )
        if may_book and not chips:
            found = boards.with_beginning(found, user, as_of=figures_date())
        context = {
            "board": found,
            "invited": boards.invited(user),
            "to_record": boards.unrecorded(user, clock.moment()) if may_book else [],
            "form": form,
            "chips": chips,
            "clear": request.path,
            "may_book": may_book,
            "may_edit_agendas": Permission.EDIT_AGENDAS in may,
        }
        return render(request, "dashboards/meetings/board.html", context)
