"""P19: the board of meetings, filtered by its address."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import User
from accounts.roles import Permission
from attendance.selectors import figures_date
from attendance_portal.shared import clock
from dashboards import listing
from dashboards.read_models.meetings import board as boards
from schools.choices import PHASE
from schools.models import School
from schools.permissions import GuardedView, SignedInRequest, permissions_of


class BoardForm(forms.Form):
    """The filters of the board."""

    officer = forms.ChoiceField(label="Officer", required=False)
    phase = forms.ChoiceField(label="Phase", choices=[("", "Any"), *PHASE.items()], required=False)
    meeting = forms.ChoiceField(
        label="This term's meeting", choices=[("", "Any"), *boards.SHOWN.items()], required=False
    )

    def __init__(self, *args: Any, user: User, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.on = on
        officers = boards.officers_to_choose(user, on=on)
        self.fields["officer"].choices = [("", "Any"), *officers]  # type: ignore[attr-defined]

    @property
    def shown(self) -> str:
        """Which rows are asked for; empty for all."""
        return self.cleaned_data.get("meeting", "") if self.is_valid() else ""

    def applied_to(self, schools: QuerySet[School]) -> QuerySet[School]:
        """The schools that answer to officer and phase; a filter that is wrong finds none."""
        if not self.is_valid():
            return schools.none()
        if self.cleaned_data["phase"]:
            schools = schools.filter(phase=self.cleaned_data["phase"])
        if self.cleaned_data["officer"]:
            schools = boards.of_officer(schools, self.cleaned_data["officer"], on=self.on)
        return schools

    def chips(self, request: SignedInRequest) -> list[listing.Chip]:
        """The filters that are on, in words."""
        if not self.is_valid():
            return []
        on = [(name, value) for name, value in self.cleaned_data.items() if value]
        return [
            listing.Chip(
                f"{self.fields[name].label}: {dict(self.fields[name].choices)[value]}",  # type: ignore[attr-defined]
                listing.address(request.GET, **{name: None}),
            )
            for name, value in on
        ]


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
