"""What every page of a case does first: find it in scope, and write the reading down."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, TypedDict

from django.http import Http404
from django.urls import reverse
from django.utils.encoding import iri_to_uri

from accounts.models import User
from accounts.roles import Permission
from accounts.services import log_view
from accounts.services.submissions import LONGEST_ADDRESS
from attendance_portal.shared import clock
from cases.models import Case
from dashboards.addresses import route_at
from dashboards.frame import NavigationItem
from dashboards.read_models.cases.case_page import page_of
from schools.models import Pupil
from schools.permissions import GuardedView, SignedInRequest


class Acting(TypedDict):
    """Who acts, on which day, at which moment: what every service of casework is told."""

    by: User
    on: date
    at: datetime


def acting(request: SignedInRequest) -> Acting:
    """The person of this request, now."""
    return {"by": request.user, "on": clock.today(), "at": clock.now()}


def log_reading(request: SignedInRequest, pupil: Pupil) -> None:
    """Write down that this person opens this page about the child, under the name of its route."""
    route = request.resolver_match.url_name if request.resolver_match else None
    log_view(
        user=request.user,
        subject_ref=str(pupil.public_id),
        page=route or request.path,
        at=clock.now(),
    )


class CaseView(GuardedView):
    """A page of one case, or a form about it. A case out of scope is a page that never was."""

    permission = Permission.SEE_CASES

    def case_of(self, request: SignedInRequest, reference: str) -> Case:
        """The case with its child, school and people. Raises Http404. The reading is logged."""
        case = visible_case(request, reference)
        log_reading(request, case.pupil)
        return case

    def back(self, request: SignedInRequest, case: Case) -> str:
        """Where the person came from, inside the portal; the case otherwise."""
        return back_to(request, reverse("case", args=[case.reference]))


def visible_case(request: SignedInRequest, reference: str) -> Case:
    """The case that a person may see, without logging a reading. Raises Http404."""
    found: Case | None = (
        Case.objects.visible_to(request.user)
        .filter(reference=reference.upper().replace("\0", ""))
        .select_related("pupil__household", "school", "lead", "cover", "lead_practitioner")
        .first()
    )
    if found is None:
        raise Http404
    return found


def back_to(request: SignedInRequest, otherwise: str) -> str:
    """The page named by `next`, if it is one of ours; else `otherwise`."""
    asked = iri_to_uri(request.POST.get("next") or request.GET.get("next") or "")
    is_page = bool(route_at(asked.partition("?")[0].partition("#")[0]))
    return asked if is_page and len(asked) <= LONGEST_ADDRESS else otherwise


#: The sub-pages of a case: route and words. One that is not built has no entry.
TABS: Final = (("case", "Case"), ("case_timeline", "Timeline"), ("case_people", "People"))


def case_tabs(case: Case, current: str) -> list[NavigationItem]:
    """Where one may go from a case, and to the child's record."""
    found = [(route, words, page_of(route, case)) for route, words in TABS]
    record = reverse("pupil", args=[case.pupil.public_id])
    return [
        *(NavigationItem(words, href, route == current) for route, words, href in found if href),
        NavigationItem("The child's record", record, False),
    ]
