"""The termly report to the board: on a page, and as DOCX or PDF for whoever takes it out."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import ExportRecord, User
from accounts.roles import Permission
from accounts.services import log_export
from attendance.selectors import figures_date
from attendance_portal.shared import clock, wording
from dashboards.exports.board_files import FORMS, board_file
from dashboards.exports.stamps import Stamp
from dashboards.filters import DayField
from dashboards.read_models.board import BoardReport, ReportTerm, board_report, terms_until
from dashboards.read_models.board.report import default_day, is_within
from dashboards.read_models.standing import standing
from schools.permissions import GuardedView, SignedInRequest, check_has, permissions_of
from schools.scoping import access_of

NAME = "report_board"


def board_report_href(user: User) -> str:
    """The report, for whoever sees the borough's figures and may take them out; empty for others,
    so that no page offers what would be refused."""
    held = permissions_of(user)
    return reverse("board_report") if {Permission.SEE_BOROUGH, Permission.EXPORT} <= held else ""


class ReportForm(forms.Form):
    """Of which term, and as of which day of it."""

    term = forms.ChoiceField(label="Term", required=False)
    as_of = DayField(label="As of", required=False)

    def __init__(self, *args: Any, terms: list[ReportTerm], latest: Any, **options: Any) -> None:
        """`terms`: the newest first; `latest`: the day that figures go up to."""
        super().__init__(*args, **options)
        self.terms = {term.key: term for term in terms}
        self.latest = latest
        self.fields["term"].choices = [  # type: ignore[attr-defined]
            (term.key, term.label) for term in terms
        ]

    def clean(self) -> dict[str, Any]:
        """The newest term and its last day with figures, unless others are asked for."""
        facts = dict(super().clean() or {})
        term = self.terms.get(facts.get("term") or next(iter(self.terms)))
        if term is None:
            return facts
        on = facts.get("as_of") or default_day(term, self.latest)
        if not is_within(term, on, self.latest):
            first = wording.day(term.first_day)
            last = wording.day(default_day(term, self.latest))
            self.add_error("as_of", f"Choose a day from {first} to {last}.")
        return {"term": term, "as_of": on}


class TakeReportForm(forms.Form):
    """In which form, and why. It is always for anyone: protected."""

    form = forms.ChoiceField(
        label="What kind of file?",
        choices=[(name, label) for name, (label, _) in FORMS.items()],
        widget=forms.RadioSelect,
        initial="docx",
        error_messages={"required": "Choose the kind of file."},
    )
    reason = forms.CharField(
        label="What is it for?",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what the file is for."},
    )


class BoardReportView(GuardedView):
    """Written from the data by rules, protected for anyone; the files print the same parts."""

    permission = Permission.SEE_BOROUGH

    def get(self, request: SignedInRequest) -> HttpResponse:
        check_has(request.user, Permission.EXPORT)
        return self._page(request, TakeReportForm())

    def post(self, request: SignedInRequest) -> HttpResponse:
        check_has(request.user, Permission.EXPORT)
        form = TakeReportForm(request.POST)
        chosen = _chosen(request)
        report = _report(request, chosen)
        if not form.is_valid() or report is None:
            return self._page(request, form, chosen, report)
        return _file(request, report, form.cleaned_data["form"], form.cleaned_data["reason"])

    def _page(
        self,
        request: SignedInRequest,
        form: TakeReportForm,
        chosen: ReportForm | None = None,
        report: BoardReport | None = None,
    ) -> HttpResponse:
        chosen = chosen or _chosen(request)
        context = {
            "report": report or _report(request, chosen),
            "chosen": chosen,
            "form": form,
            "standing": standing(None, user=request.user, latest_href=request.path),
        }
        return render(request, "dashboards/board_report.html", context)


def _chosen(request: SignedInRequest) -> ReportForm | None:
    """Which report; None before the first figures of a known term."""
    latest = figures_date()
    terms = terms_until(latest) if latest else []
    if not terms:
        return None
    return ReportForm(request.GET, terms=terms, latest=latest)


def _report(request: SignedInRequest, chosen: ReportForm | None) -> BoardReport | None:
    if chosen is None or not chosen.is_valid():
        return None
    term, as_of = chosen.cleaned_data["term"], chosen.cleaned_data["as_of"]
    return board_report(request.user, term=term, as_of=as_of, today=clock.today())


def _file(request: SignedInRequest, report: BoardReport, form: str, reason: str) -> HttpResponse:
    at = clock.now()
    stamp = Stamp(
        who=str(request.user),
        at=at,
        reason=reason,
        as_of=report.as_of,
        marks_to=report.marks_to,
        names_children=False,
        is_protected=True,
    )
    content = board_file(report, stamp, form)
    access = access_of(request.user)
    log_export(
        user=request.user,
        kind=NAME,
        as_of=report.as_of,
        rows=sum(len(table.rows) for section in report.sections for table in section.tables),
        sha256=hashlib.sha256(content).hexdigest(),
        page=NAME,
        at=at,
        reason=reason,
        filters={**{key: value for key, value in request.GET.items() if value}, "file": form},
        reader=ExportRecord.Reader.ANYONE,
        urns=None if access.everything else sorted(access.urns),
        state=ExportRecord.State.GONE,
    )
    response = HttpResponse(content, content_type=FORMS[form][1])
    name = f"attendance_board_report_{report.as_of}_protected.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
