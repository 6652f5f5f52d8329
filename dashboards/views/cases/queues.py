"""Cases that wait for somebody to lead them: who waits longest, who has how much, and giving."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.forms import Done, once
from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import clock, wording
from cases.choices import AGENCIES
from cases.models import Case
from cases.services.cases import allocate_case
from dashboards import listing
from dashboards.frame import NavigationItem
from dashboards.read_models.cases import queues
from dashboards.views.cases.common import acting
from schools.permissions import GuardedView, SignedInRequest, has_permission

MOST_AT_ONCE = 100


class GiveForm(forms.Form):
    """Which cases, and to whom. Both are of the page: what is out of scope is no choice."""

    case = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": "Choose at least one case."}
    )
    lead = forms.ChoiceField(
        label="Who leads the chosen cases?",
        error_messages={"required": "Choose who leads."},
    )

    def __init__(self, *data: Any, cases: list[int], leads: list[tuple[str, str]]) -> None:
        super().__init__(*data)
        self.fields["case"].choices = [(pk, pk) for pk in cases]  # type: ignore[attr-defined]
        if len(leads) == 1:
            self.fields["lead"].widget = forms.HiddenInput()
            self.fields["lead"].initial = leads[0][0]
        self.fields["lead"].choices = (  # type: ignore[attr-defined]
            leads if len(leads) == 1 else [("", "Choose somebody"), *leads]
        )


class QueuesView(GuardedView):
    """Queues per team and locality. A manager gives cases, others take them."""

    permission = Permission.LEAD_CASES

    def get(self, request: SignedInRequest) -> HttpResponse:
        return self._page(request, None)

    def post(self, request: SignedInRequest) -> HttpResponse:
        known = list(queues.unallocated(request.user).values_list("pk", flat=True))
        form = GiveForm(request.POST, cases=known, leads=self._leads(request))
        if not form.is_valid():
            return self._page(request, form)
        return once(request, lambda: self._give(request, form))

    def _give(self, request: SignedInRequest, form: GiveForm) -> Done:
        """All of them or none: one that is refused says why."""
        lead = User.objects.get(pk=form.cleaned_data["lead"])
        chosen = Case.objects.visible_to(request.user).filter(pk__in=form.cleaned_data["case"])
        cases = list(chosen.order_by("pk")[:MOST_AT_ONCE])
        for case in cases:
            allocate_case(case=case, lead=lead, **acting(request))
        number = wording.counted(len(cases), "case")
        return Done(reverse("case_queues"), f"{lead} leads {number} more.")

    def _leads(self, request: SignedInRequest) -> list[tuple[str, str]]:
        """Oneself; for a manager, everyone of the team."""
        user, on = request.user, clock.today()
        if not has_permission(user, Permission.ALLOCATE_CASES):
            return [(str(user.pk), str(user))]
        return queues.leads_to_choose(queues.caseloads(user, on=on), on=on)

    def _page(self, request: SignedInRequest, form: GiveForm | None) -> HttpResponse:
        on, user = clock.today(), request.user
        team, locality = request.GET.get("team", ""), request.GET.get("locality", "")
        if team not in {"", *AGENCIES} or (locality and not queues.is_locality(locality)):
            raise Http404
        rows = queues.unallocated(user, team=team, locality=locality)
        page = Paginator(queues.with_what_lines_show(rows), listing.PER_PAGE).get_page(
            request.GET.get(listing.PAGE)
        )
        shown = list(page)
        loads = queues.caseloads(user, on=on)
        context = {
            "form": form or GiveForm(cases=[case.pk for case in shown], leads=self._leads(request)),
            "chosen": request.POST.getlist("case"),
            "gives": has_permission(user, Permission.ALLOCATE_CASES),
            "lines": queues.waiting_cases(shown, on=on),
            "count": page.paginator.count,
            "pages": listing.page_links(page, request.GET),
            "teams": _links(request, "team", queues.queues_by_team(user), team),
            "localities": _links(request, "locality", queues.queues_by_locality(user), locality),
            "loads": loads,
        }
        return render(request, "dashboards/cases/queues.html", context)


def _links(
    request: SignedInRequest, name: str, found: list[queues.Queue], current: str
) -> list[NavigationItem]:
    """Everything, then each queue with its number."""
    every = NavigationItem("All", listing.address(request.GET, **{name: None}), not current)
    return [
        every,
        *(
            NavigationItem(
                f"{one.label} ({one.count})",
                listing.address(request.GET, **{name: one.key}),
                one.key == current,
            )
            for one in found
        ),
    ]
