"""The timeline of a child: on the record, and as a page of the case. One way to narrow both."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from attendance.selectors import figures_date
from attendance_portal.shared import clock, wording
from cases.choices import AGENCIES, Agency
from cases.states import ENTRIES, STAGES, Stage
from cases.states import EntryKind as CaseworkKind
from dashboards import listing
from dashboards.read_models.pupil import Record, record_of
from dashboards.read_models.pupil_timeline import (
    ENTRY_LABELS,
    EntryKind,
    Filters,
    Offered,
    offered,
    timeline_of,
)
from dashboards.views.cases.common import CaseView
from schools.permissions import SignedInRequest, permissions_of

_KINDS = {
    **{k.value: t for k, t in ENTRIES.items()},
    **{k.value: t for k, t in ENTRY_LABELS.items()},
}


class TimelineForm(forms.Form):
    """What is shown, by the names of the address: of what kind, by which agency, at which stage."""

    kind = forms.ChoiceField(label="Shown", required=False)
    agency = forms.ChoiceField(label="Agency", required=False)
    stage = forms.ChoiceField(label="While the case stood at", required=False)

    def __init__(self, *args: Any, filters: Filters, found: Offered) -> None:
        """`found`: what occurs on this timeline; what was asked for may be chosen as well."""
        super().__init__(*args)
        stage = str(filters.stage or "")
        self._offer("kind", "Everything", found.kinds, (filters.kind, _KINDS.get(filters.kind, "")))
        self._offer("agency", "Any", found.agencies, (filters.agency, _agency(filters.agency)))
        self._offer("stage", "Any", found.stages, (stage, _stage(filters.stage)))

    def _offer(
        self, name: str, empty: str, choices: list[tuple[str, str]], asked: tuple[str, str]
    ) -> None:
        also = [asked] if asked[0] and asked not in choices else []
        if name != "kind" and not choices and not also:
            del self.fields[name]
            return
        self.fields[name].choices = [("", empty), *choices, *also]  # type: ignore[attr-defined]

    def chips(self, request: SignedInRequest) -> list[listing.Chip]:
        """The filters that are on, in words."""
        found = []
        for name, field in self.fields.items():
            words = dict(field.choices).get(self.data.get(name, ""), "")  # type: ignore[attr-defined]
            if self.data.get(name):
                label = f"{field.label}: {words}"
                found.append(listing.Chip(label, listing.address(request.GET, **{name: None})))
        return found


def timeline_context(request: SignedInRequest, record: Record) -> dict[str, Any]:
    """What the timeline's template needs. Raises BadRequest for what is in no list."""
    filters = _filters(request)
    form = TimelineForm(request.GET, filters=filters, found=offered(record))
    timeline = timeline_of(record, filters)
    page = Paginator(timeline, listing.PER_PAGE).get_page(request.GET.get("page"))
    as_of = request.GET.get("as_of", "")
    return {
        "entries": list(page),
        "count": wording.counted(len(timeline), "entry", "entries"),
        "form": form,
        "chips": form.chips(request),
        "clear": f"{request.path}?as_of={as_of}" if as_of else request.path,
        "kept": [("as_of", as_of)] if as_of else [],
        "pages": listing.page_links(page, request.GET),
    }


def _filters(request: SignedInRequest) -> Filters:
    kind, agency, stage = (request.GET.get(name, "") for name in ("kind", "agency", "stage"))
    _known("kind", kind, [*EntryKind, *CaseworkKind])
    _known("agency", agency, list(Agency))
    _known("stage", stage, [str(one.value) for one in Stage])
    return Filters(kind=kind, agency=agency, stage=int(stage) if stage else None)


def _known(name: str, asked: str, known: list[Any]) -> None:
    if asked and asked not in known:
        raise BadRequest(f"The {name} in the address is one of {wording.listed(map(str, known))}.")


def _agency(asked: str) -> str:
    return AGENCIES[Agency(asked)] if asked else ""


def _stage(asked: int | None) -> str:
    return STAGES[Stage(asked)].place if asked else ""


class CaseTimelineView(CaseView):
    """Everything of the child in order, opened from the case."""

    def get(self, request: SignedInRequest, reference: str) -> HttpResponse:
        case = self.case_of(request, reference)
        record = record_of(
            case.pupil,
            request.user,
            permissions=permissions_of(request.user),
            as_of=figures_date(),
            on=clock.today(),
            minimum=settings.MINIMUM_POSSIBLE_SESSIONS,
        )
        context = {"case": case, "pupil": case.pupil, **timeline_context(request, record)}
        return render(request, "dashboards/cases/timeline.html", context)
