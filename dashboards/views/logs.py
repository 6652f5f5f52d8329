"""P38: who looked at which child, who changed what, and whether the trail is whole."""

from __future__ import annotations

import csv
import hashlib
from io import StringIO
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import AccessLogEntry, AuditEvent, ChainCheckRecord
from accounts.roles import Permission
from accounts.services import log_export, log_view
from accounts.services.audit import check_chain, entries_sealed
from attendance.tasks import check_audit_chain
from attendance_portal.shared import clock
from attendance_portal.shared.cells import harmless
from dashboards import listing
from dashboards.filters import AccessLogFilter, AuditFilter
from dashboards.read_models import logs
from dashboards.views.chips import filter_chips
from schools.models import Pupil
from schools.permissions import GuardedView, SignedInRequest

COLUMNS = (
    listing.Column("When"),
    listing.Column("Who"),
    listing.Column("In which role"),
    listing.Column("What"),
    listing.Column("Page"),
)


class UpnForm(forms.Form):
    """A child's number, now or formerly. It is posted, so that no address ever holds it."""

    upn = forms.CharField(
        label="Unique pupil number (UPN)",
        max_length=13,
        help_text="Current or former. It is not kept, and stands in no address.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "spellcheck": "false",
                "classes": "govuk-input--width-20",
            }
        ),
        error_messages={
            "required": "Enter a UPN.",
            "max_length": "A UPN has 13 characters.",
        },
    )

    def clean_upn(self) -> UUID:
        """The record it leads to."""
        record = logs.record_of(self.cleaned_data["upn"])
        if record is None:
            raise forms.ValidationError(
                "No pupil here has this UPN, now or formerly. Check each character."
            )
        return record


class FileForm(forms.Form):
    """Why the readings of a record are taken out."""

    pupil = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why is it taken out?",
        max_length=300,
        help_text="For example the number of the subject access request.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say why it is taken out. It is kept with the file's record."},
    )


class AccessLogView(GuardedView):
    """Who looked at whom. This page writes itself down as well."""

    permission = Permission.SEE_ACCESS_LOG

    def get(self, request: SignedInRequest) -> HttpResponse:
        return _log_page(request, UpnForm(), None)

    def post(self, request: SignedInRequest) -> HttpResponse:
        form = UpnForm(request.POST)
        if not form.is_valid():
            return _log_page(request, form, None)
        return redirect(f"{reverse('access_log')}?pupil={form.cleaned_data['upn']}")


def _log_page(
    request: SignedInRequest, upn_form: UpnForm, file_form: FileForm | None, record: str = ""
) -> HttpResponse:
    query = request.GET if not record else _only(record)
    entries = AccessLogEntry.objects.select_related("user")
    found = AccessLogFilter(query, entries, request=request)
    asked = found.form.cleaned_data if found.form.is_valid() else {}
    pupil = str(asked.get("pupil") or "")
    _write_down(request, pupil)
    page: Page[AccessLogEntry] = Paginator(found.qs, listing.PER_PAGE).get_page(
        query.get(listing.PAGE)
    )
    chips = filter_chips(found.form, query)
    found.form.fields.pop("pupil")  # a filter that is on, and no field: nobody types such an id
    if pupil:
        file_form = file_form or FileForm(initial={"pupil": pupil})
    context = {
        "form": file_form if file_form and file_form.is_bound else upn_form,
        "upn_form": upn_form,
        "file_form": file_form,
        "record": logs.short_record(pupil) if pupil else "",
        "nobody": bool(pupil) and not _opened(found.qs),
        "count": page.paginator.count,
        "rows": logs.log_rows(page),
        "columns": COLUMNS,
        "pages": listing.page_links(page, query),
        "filter_form": found.form,
        "chips": chips,
        "clear": reverse("access_log"),
        "kept": [("pupil", pupil)] if pupil else [],
        "patterns": [] if query else logs.patterns(at=clock.now()),
        "days": settings.ACCESS_LOG_DAYS,
    }
    return render(request, "dashboards/access_log.html", context)


def _only(record: str) -> QueryDict:
    return QueryDict(f"pupil={record}")


def _opened(entries: QuerySet[AccessLogEntry]) -> bool:
    return entries.exclude(page__in=logs.LOOK_UPS).exists()


def _write_down(request: SignedInRequest, record: str, page: str = "access_log") -> None:
    log_view(
        user=request.user,
        subject_kind="pupil" if record else "access_log",
        subject_ref=record,
        page=page,
        at=clock.now(),
    )


class AccessLogFileView(GuardedView):
    """The readings of one record as a file, for a subject access request."""

    permission = Permission.SEE_ACCESS_LOG

    def post(self, request: SignedInRequest) -> HttpResponse:
        form = FileForm(request.POST)
        is_valid = form.is_valid()
        record = form.cleaned_data.get("pupil")
        if record is None or not Pupil.objects.filter(public_id=record).exists():
            raise Http404
        if not is_valid:
            return _log_page(request, UpnForm(), form, str(record))
        _write_down(request, str(record), "access_log_file")
        entries = AccessLogEntry.objects.filter(subject_kind="pupil", subject_ref=str(record))
        content = _file(entries.select_related("user").order_by("at", "pk"))
        self._log(request, content, str(record), form.cleaned_data["reason"])
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="readings_of_one_record.csv"'
        return response

    def _log(self, request: SignedInRequest, content: bytes, record: str, reason: str) -> None:
        log_export(
            user=request.user,
            kind="access_log_file",
            as_of=clock.today(),
            rows=content.count(b"\r\n") - 1,
            sha256=hashlib.sha256(content).hexdigest(),
            page="access_log_file",
            at=clock.now(),
            reason=reason,
            filters={"pupil": record},
        )


def _file(entries: QuerySet[AccessLogEntry]) -> bytes:
    """When, who, in which role, what and where; no cell runs in a spreadsheet."""
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow(["when", "who", "email", "roles", "what", "page"])
    for entry in entries.iterator():
        local = entry.at.astimezone(clock.LONDON)
        who = (entry.user.name, entry.user.email)
        cells = (
            local.isoformat(timespec="seconds"),
            *who,
            logs.roles_in_words(entry.roles),
            logs.what(entry),
            logs.page_in_words(entry.page),
        )
        lines.writerow([harmless(cell) for cell in cells])
    return text.getvalue().encode()


class AuditView(GuardedView):
    """Every deed, and the state of the chain that holds them."""

    permission = Permission.SEE_ACCESS_LOG

    def get(self, request: SignedInRequest) -> HttpResponse:
        log_view(
            user=request.user, subject_kind="audit", subject_ref="", page="audit", at=clock.now()
        )
        events = AuditEvent.objects.order_by("-id")
        found = AuditFilter(request.GET, events, request=request)
        page: Page[AuditEvent] = Paginator(found.qs, listing.PER_PAGE).get_page(
            request.GET.get(listing.PAGE)
        )
        context = {
            "chain": logs.chain_state(ChainCheckRecord.objects.first()),
            "count": page.paginator.count,
            "rows": logs.audit_rows(page),
            "pages": listing.page_links(page, request.GET),
            "filter_form": found.form,
            "chips": filter_chips(found.form, request.GET),
            "clear": request.path,
            "kept": [],
        }
        return render(request, "dashboards/audit.html", context)


class AuditCheckView(GuardedView):
    """Walks the chain now, or has the worker do it when it is long."""

    permission = Permission.SEE_ACCESS_LOG

    def post(self, request: SignedInRequest) -> HttpResponse:
        if entries_sealed() > settings.AUDIT_CHECKED_AT_ONCE:
            check_audit_chain.delay()
            messages.success(request, "The check has begun. Its answer stands here in minutes.")
        else:
            check_chain(by=request.user, at=clock.now())
            messages.success(request, "The chain has been checked.")
        return redirect("audit")
