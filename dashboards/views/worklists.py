"""Saved views that are worklists: what is new on them, and the buttons of their owner."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms import Done, once
from accounts.models import SavedView
from accounts.roles import Permission
from accounts.services.saved_views import make_worklist, mark_looked_at, stop_worklist
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid
from dashboards.worklists import LINES_SHOWN, lines_of, standing_of, why_no_worklist
from schools.permissions import GuardedView, SignedInRequest

_VIEW = "view"
LONGEST_NUMBER = 18  # digits: what the database can hold
CHANGED = "The list has changed since you opened it. Look at what is new, then press again."


def own_view(request: SignedInRequest, number: str | int) -> SavedView:
    """One's own saved view by its number; anybody else's never was."""
    text = str(number)
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise Http404
    view = SavedView.objects.filter(pk=int(text), user=request.user).first()
    if view is None:
        raise Http404
    return view


def address_of(view: SavedView) -> str:
    """The page of a worklist."""
    return f"{reverse('worklist_new')}?{_VIEW}={view.pk}"


class WorklistNewView(GuardedView):
    """What is new on one's own worklist since one looked, and what is gone."""

    permission = Permission.SEE_PUPILS

    def get(self, request: SignedInRequest) -> HttpResponse:
        if _VIEW not in request.GET:
            return redirect("saved_views")
        view = own_view(request, request.GET[_VIEW])
        if not view.is_worklist:
            return redirect("saved_views")
        return self._page(request, view)

    def post(self, request: SignedInRequest) -> HttpResponse:
        """Marks it as looked at, unless it is not what was looked at."""
        view = own_view(request, request.GET.get(_VIEW, ""))
        found = standing_of(view, user=request.user, on=clock.today())
        if found.rows is None or request.POST.get("mark") != found.mark:
            return self._page(request, view, problem=CHANGED, status=409)
        rows = found.rows
        try:
            return once(request, lambda: self._looked(request, view, rows))
        except Invalid as problem:
            return self._page(request, view, problem=problem.message, status=409)

    def _looked(self, request: SignedInRequest, view: SavedView, rows: frozenset[int]) -> Done:
        mark_looked_at(view=view, rows=rows, by=request.user, at=clock.now())
        return Done(address_of(view), f"{view.name} is marked as looked at.")

    def _page(
        self, request: SignedInRequest, view: SavedView, *, problem: str = "", status: int = 200
    ) -> HttpResponse:
        on = clock.today()
        found = standing_of(view, user=request.user, on=on)
        context = {
            "view": view,
            "worklist": found,
            "new": lines_of(found, found.new, user=request.user, on=on),
            "gone": lines_of(found, found.gone, user=request.user, on=on),
            "new_more": max(len(found.new) - LINES_SHOWN, 0),
            "gone_more": max(len(found.gone) - LINES_SHOWN, 0),
            "here": address_of(view),
            "problem": problem,
        }
        return render(request, "dashboards/worklist_new.html", context, status=status)


class WorklistMakeView(GuardedView):
    """Make one's own saved view a worklist, or let it be one no more."""

    permission = Permission.SEE_PUPILS
    http_method_names = ("post", "options")

    def post(self, request: SignedInRequest, view_id: int) -> HttpResponse:
        view = own_view(request, view_id)
        wanted = request.POST.get("worklist")
        if wanted not in ("yes", "no"):
            raise BadRequest
        change = self._make if wanted == "yes" else self._stop
        try:
            return once(request, lambda: change(request, view))
        except Invalid as problem:
            messages.warning(request, problem.message)
            return redirect("saved_views")

    def _make(self, request: SignedInRequest, view: SavedView) -> Done:
        """Raises Invalid, Conflict."""
        if refused := why_no_worklist(view):
            raise Invalid(refused)
        found = standing_of(view, user=request.user, on=clock.today())
        if found.rows is None:
            raise Invalid("This list is not open to you now.")
        make_worklist(view=view, rows=found.rows, by=request.user, at=clock.now())
        return Done(address_of(view), f"{view.name} is a worklist. It says from now on who is new.")

    def _stop(self, request: SignedInRequest, view: SavedView) -> Done:
        stop_worklist(view=view, by=request.user, at=clock.now())
        return Done(reverse("saved_views"), f"{view.name} is no worklist any more.")
