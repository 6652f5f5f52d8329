"""P35: figures taken out as files, with a reader and a reason."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import unquote, urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from kombu.exceptions import OperationalError

from accounts.forms import Done, once
from accounts.models import ExportRecord, SavedView, User
from accounts.roles import Permission
from accounts.services.access import log_taken_out
from attendance.exports import requests
from attendance.exports.requests import Choice, request_export
from attendance.selectors import figures_date
from attendance.tasks import make_export
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid
from dashboards import listing
from dashboards.exports import registry
from dashboards.filters import DayField
from dashboards.read_models.exports import export_rows
from dashboards.read_models.standing import standing
from dashboards.views.board_report import board_report_href
from schools.choices import PHASE, YEAR_GROUP
from schools.models import School, Trust
from schools.permissions import GuardedView, SignedInRequest, permissions_of

READERS = [(str(one.value), str(one.label)) for one in requests.Reader]


class ExportForm(forms.Form):
    """What, of which part, as of when, for whom and why. Protected unless chosen otherwise."""

    kind = forms.ChoiceField(
        label="What is the file of?",
        choices=list(requests.KINDS.items()),
        widget=forms.RadioSelect,
        initial="dashboard",
        error_messages={"required": "Choose what the file is of."},
    )
    school = forms.ModelChoiceField(
        label="School", queryset=School.objects.none(), required=False, empty_label="All you see"
    )
    trust = forms.ModelChoiceField(
        label="Trust",
        queryset=Trust.objects.none(),
        required=False,
        empty_label="Any",
        to_field_name="uid",
    )
    phase = forms.ChoiceField(label="Phase", required=False, choices=[("", "Any"), *PHASE.items()])
    year_group = forms.ChoiceField(
        label="Year group", required=False, choices=[("", "Any"), *YEAR_GROUP.items()]
    )
    as_of = DayField(label="As of", required_message="Enter the day of the figures.")
    reader = forms.ChoiceField(
        label="Who will read it?",
        choices=READERS,
        widget=forms.RadioSelect,
        initial=requests.Reader.ANYONE.value,
        error_messages={"required": "Choose who will read it."},
    )
    reason = forms.CharField(
        label="What is it for?",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what the file is for."},
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        schools = School.objects.visible_to(user).alphabetical()
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        self.fields["trust"].queryset = (  # type: ignore[attr-defined]
            Trust.objects.filter(schools__in=schools).distinct().order_by("name")
        )

    def choice(self) -> Choice:
        """The part of the authority that is chosen."""
        facts = self.cleaned_data
        return Choice(
            school=facts["school"].pk if facts["school"] else None,
            trust=facts["trust"].uid if facts["trust"] else "",
            phase=facts["phase"],
            year_group=facts["year_group"],
        )


def export_of(user: User, as_of: date | None, **part: object) -> str:
    """The form, filled in for the dashboard file of a part as of a day; empty if not theirs."""
    if as_of is None or Permission.EXPORT not in permissions_of(user):
        return ""
    facts = {"kind": "dashboard", **part, "as_of": as_of.isoformat()}
    chosen = {name: value for name, value in facts.items() if value}
    return f"{reverse('export_list')}?{urlencode(chosen)}"


class ExportListView(GuardedView):
    """The form, and the files that were taken out before."""

    permission = Permission.EXPORT

    def get(self, request: SignedInRequest) -> HttpResponse:
        initial = {name: value for name, value in request.GET.items() if value}
        initial.setdefault("as_of", (figures_date() or clock.today()).isoformat())
        return self._page(request, ExportForm(initial=initial, user=request.user))

    def post(self, request: SignedInRequest) -> HttpResponse:
        form = ExportForm(request.POST, user=request.user)
        if not form.is_valid():
            return self._page(request, form)
        try:
            return once(request, lambda: self._ask(request, form))
        except Invalid as wrong:
            for error in wrong.errors:
                form.add_error(error.pointer, error.message)
            return self._page(request, form)

    def _ask(self, request: SignedInRequest, form: ExportForm) -> Done:
        facts = form.cleaned_data
        record = request_export(
            kind=facts["kind"],
            as_of=facts["as_of"],
            reader=facts["reader"],
            reason=facts["reason"],
            choice=form.choice(),
            by=request.user,
            today=clock.today(),
            at=clock.now(),
        )
        transaction.on_commit(lambda: _nudge(record.pk))
        return Done(
            address=f"{reverse('export_list')}#past",
            message="The file is being made. It stands below when it is ready.",
        )

    def _page(self, request: SignedInRequest, form: ExportForm) -> HttpResponse:
        records = requests.visible_exports(request.user).select_related("user").order_by("-id")
        page: Page[ExportRecord] = Paginator(records, listing.PER_PAGE).get_page(
            request.GET.get(listing.PAGE)
        )
        rows = export_rows(page, request.user, registry.labels())
        on = figures_date()
        context = {
            "form": form,
            "standing": standing(None, user=request.user, latest_href=request.path),
            "stale": requests.stale_words(request.user, on, None) if on else "",
            "rows": rows,
            "board_report_href": board_report_href(request.user),
            "views": _saved_views(request.user),
            "is_waiting": any(row.is_waiting for row in rows),
            "pages": listing.page_links(page, request.GET),
        }
        return render(request, "dashboards/exports.html", context)


def _saved_views(user: User) -> list[tuple[str, str]]:
    """One's own saved views that are tables one may take out: the name, and where it is asked."""
    found = []
    for view in SavedView.objects.filter(user=user):
        at = registry.table_at(unquote(view.path))
        if at is None:
            continue
        source, args = at
        href = registry.take_out_href(source.name, user, QueryDict(view.query), args)
        if href:
            found.append((view.name, href))
    return found


def _nudge(record_id: int) -> None:
    """Tell the worker at once; if it cannot be told, it finds the file within a minute."""
    try:
        make_export.apply_async((record_id,), retry=False)
    except OperationalError:
        return


class ExportFileView(GuardedView):
    """The file itself, while it is kept. Each taking is logged."""

    permission = Permission.EXPORT

    def get(self, request: SignedInRequest, export_id: int) -> StreamingHttpResponse:
        record = requests.open_exports(request.user).filter(pk=export_id).first()
        if record is None:
            raise Http404
        log_taken_out(record, user=request.user, page="export_file", at=clock.now())
        response = StreamingHttpResponse(
            requests.bytes_of(record), content_type="text/csv; charset=utf-8"
        )
        is_protected = record.reader == requests.Reader.ANYONE
        name = f"attendance_{record.kind}_{record.as_of}{'_protected' if is_protected else ''}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
