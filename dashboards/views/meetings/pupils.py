"""Choosing the children a meeting speaks about. Every reading of a name here is written down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.forms import Done, once
from accounts.roles import Permission
from attendance.cohorts import COHORTS
from attendance_portal.shared import clock
from dashboards import listing
from dashboards.frame import NavigationItem
from dashboards.read_models.meetings.prepare import cohort_lines
from dashboards.read_models.meetings.pupils import candidate_lines, candidates, discussed_lines
from dashboards.views.cases.common import log_reading
from dashboards.views.cases.forms import refusal_of
from dashboards.views.meetings.common import MeetingView, log_children
from dashboards.views.meetings.prepare import PreparationFormView
from meetings.choices import WHY_DISCUSSED, WhyDiscussed
from meetings.models import Meeting
from meetings.permissions import check_can_prepare
from meetings.read_models.preparation import discussed
from meetings.services.preparation import CHOSEN, check_on_roll, choose_pupil, remove_pupil
from schools.models import Pupil
from schools.permissions import SignedInRequest


class PupilsView(MeetingView):
    """The list, and by named group or name who could be put on it."""

    permission = Permission.PREPARE_MEETINGS
    route = "meeting_prepare"
    template = "dashboards/meetings/pupils.html"

    def get(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        on, user = clock.today(), request.user
        cohort = request.GET.get("cohort", "")
        cohort, q = cohort if cohort in COHORTS else "", request.GET.get("q", "").strip()
        found = discussed(user, meeting)
        page, rows = None, []
        if cohort or len(q) > 1:
            asked = {"cohort": cohort, "q": q, "page": request.GET.get(listing.PAGE, "1")}
            page = candidates(meeting, user, on=on, **asked)
            rows = candidate_lines(meeting, page, found)
        log_children(request, [*(one.pupil for one in found), *(page or [])])
        lines = cohort_lines(meeting, user, on=on, may_write=False)
        context = {
            "title": "Children to discuss",
            "refusal": refusal_of(check_can_prepare, user, meeting),
            "listed": discussed_lines(meeting, found),
            "groups": [
                NavigationItem(
                    f"{one.label} ({one.count:,})", f"?cohort={one.key}#choose", one.key == cohort
                )
                for one in lines
            ],
            "cohort": COHORTS.get(cohort),
            "q": q,
            "rows": rows,
            "count": page.paginator.count if page is not None else None,
            "pages": listing.page_links(page, request.GET) if page is not None else None,
        }
        return self.show(request, meeting, context)

    def post(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        """Take a child off the list again."""
        meeting = self.meeting_of(request, meeting_id)
        return once(request, lambda: self._removed(request, meeting))

    def _removed(self, request: SignedInRequest, meeting: Meeting) -> Done:
        key = request.POST.get("remove", "")
        rows = meeting.discussed.standing().select_related("pupil")
        row = get_object_or_404(
            rows.filter(pupil__in=Pupil.objects.worked_with_by(request.user)),
            pk=key if key.isdecimal() else 0,
        )
        remove_pupil(discussed=row, by=request.user, at=clock.moment())
        return Done(request.path, f"Taken off the list: {row.pupil}.")


class ChooseForm(forms.Form):
    """Why this child."""

    why = forms.ChoiceField(
        label="Why do you want to speak about this child?",
        choices=[(key.value, WHY_DISCUSSED[key]) for key in CHOSEN],
        initial=WhyDiscussed.AGENCIES.value,
        widget=forms.RadioSelect,
        error_messages={"required": "Say why you want to speak about this child."},
    )
    note = forms.CharField(
        label="Which agencies, or what should be asked?",
        help_text="Both sides read it. Needed where more than one agency is.",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )


class ChooseView(PreparationFormView):
    """Put one child on the list."""

    template = "dashboards/meetings/choose.html"
    title = "Discuss this child"
    button = "Put on the list"

    def thing_of(self, request: SignedInRequest, meeting: Meeting, **names: Any) -> Pupil:
        """The child, in scope. Raises Http404. The reading is logged."""
        pupils = Pupil.objects.worked_with_by(request.user)
        pupil: Pupil = get_object_or_404(pupils, public_id=names["public_id"])
        log_reading(request, pupil)
        return pupil

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """The service's own checks."""
        check_can_prepare(request.user, meeting)
        check_on_roll(meeting, thing, request.user, clock.today())

    def initial(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """Why they are on the list, where they were chosen before."""
        row = meeting.discussed.standing().filter(pupil=thing).first()
        if row is None or row.why == WhyDiscussed.SEVERE:
            return {}
        return {"why": row.why, "note": row.note}

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """Two questions."""
        return ChooseForm(*data, **options)

    def back(self, request: SignedInRequest, meeting: Meeting) -> str:
        """The list."""
        return reverse("meeting_pupils", args=[meeting.pk])

    def context(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """Whom."""
        return {"pupil": thing}

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Put the child on the list."""
        choose_pupil(
            meeting=meeting,
            pupil=thing,
            why=form.cleaned_data["why"],
            note=form.cleaned_data["note"],
            by=request.user,
            on=clock.today(),
            at=clock.moment(),
        )
        return f"On the list: {thing}."
