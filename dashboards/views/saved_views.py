"""Saved views: one's own names for lists with their filters."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from accounts.forms import Done, once
from accounts.models import SavedView
from accounts.roles import Permission
from accounts.services.saved_views import LONGEST_NAME, LONGEST_PATH, delete_view, save_view
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid
from dashboards import listing
from dashboards.addresses import route_at
from dashboards.worklists import why_no_worklist
from schools.permissions import GuardedView, SignedInRequest

#: The lists whose address may be saved, by route, and what they are called.
LISTS: Final = {
    "pupil_list": "Pupils",
    "case_list": "Cases",
    "school_list": "Schools",
    "school_pupils": "Pupils of a school",
    "school": "School",
    "meeting_list": "Meetings",
    "borough": "Borough",
    "explore": "Cohorts",
    "explore_at_risk": "At risk",
    "concentration": "Concentration",
    "place_list": "Places",
    "place": "Place",
    "benchmark": "Benchmark",
    "trust": "Trust",
    "feed_health": "Registers coming in",
}


class SaveViewForm(forms.Form):
    """What to call the list that is open."""

    name = forms.CharField(
        label="Name of the view",
        help_text="Only you see it. For example: Year 9, severe absence",
        max_length=LONGEST_NAME,
        error_messages={"required": "Enter a name for this view"},
    )
    path = forms.CharField(max_length=LONGEST_PATH, widget=forms.HiddenInput)
    query = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_path(self) -> str:
        path: str = self.cleaned_data["path"]
        if list_at(path) is None:
            raise forms.ValidationError("Only lists of ours can be saved.")
        return path

    def clean_query(self) -> str:
        kept = QueryDict(self.cleaned_data["query"], mutable=True)
        kept.pop(listing.PAGE, None)
        return kept.urlencode()


def list_at(path: str) -> str | None:
    """What the list at this address is called; None when it is not a list."""
    return LISTS.get(route_at(unquote(path)))


class SavedViewsView(GuardedView):
    """One's own views, and the form that names the list one came from."""

    permission = Permission.SEE_PUPILS

    def get(self, request: SignedInRequest) -> HttpResponse:
        path = request.GET.get("path", "")
        given = {"path": path, "query": request.GET.get("query", "")}
        form = SaveViewForm(initial=given) if list_at(path) else None
        return self._page(request, form, path)

    def post(self, request: SignedInRequest) -> HttpResponse:
        form = SaveViewForm(request.POST)
        path = request.POST.get("path", "")
        if not list_at(path):
            raise Http404
        if form.is_valid():
            try:
                return once(request, lambda: self._save(request, form))
            except (Invalid, Conflict) as problem:
                form.add_error("name", problem.message)
        return self._page(request, form, path)

    def _save(self, request: SignedInRequest, form: SaveViewForm) -> Done:
        view = save_view(user=request.user, at=clock.now(), **form.cleaned_data)
        return Done(reverse("saved_views"), f"The view {view.name} is saved.")

    def _page(self, request: SignedInRequest, form: SaveViewForm | None, path: str) -> HttpResponse:
        mine = SavedView.objects.filter(user=request.user)
        context = {
            "form": form,
            "list": list_at(path),
            "views": [
                (view, list_at(view.path) or "A page that is gone", not why_no_worklist(view))
                for view in mine
            ],
        }
        return render(request, "dashboards/saved_views.html", context)


class SavedViewDeleteView(GuardedView):
    """Forget a view of one's own."""

    permission = Permission.SEE_PUPILS
    http_method_names = ("post", "options")

    def post(self, request: SignedInRequest, view_id: int) -> HttpResponse:
        return once(request, lambda: self._delete(request, view_id))

    def _delete(self, request: SignedInRequest, view_id: int) -> Done:
        view = SavedView.objects.filter(pk=view_id, user=request.user).first()
        if view is None:
            raise Http404
        delete_view(view=view, by=request.user, at=clock.now())
        return Done(reverse("saved_views"), f"The view {view.name} is deleted.")
