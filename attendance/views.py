"""P28, the register upload: choose a file, look at what it would do, save it, keep the receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.roles import Permission
from accounts.services import log_view
from attendance.imports import uploads
from attendance.models import RegisterBatch, Reject
from attendance.selectors import run_that_picked_up
from attendance.services import batches, undo
from attendance.services.nightly import recompute_waiting
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from schools.models import Pupil, School
from schools.permissions import GuardedView, SignedInRequest

LARGEST_FILE_MEGABYTES = 30
BATCHES_SHOWN = 10
REFUSED_SHOWN = 500
TEMPLATE_COLUMNS = ("upn", "date", "session", "code", "minutes_late", "comment")


class UploadForm(forms.Form):
    """The school, where there is a choice, and the file."""

    school = forms.ModelChoiceField(
        label="School", queryset=School.objects.none(), empty_label="Choose a school"
    )
    file = forms.FileField(
        label="Register file",
        help_text=(
            "A CSV file with the columns upn, date, session and code; urn, minutes_late and "
            f"comment may be there too. At most {LARGEST_FILE_MEGABYTES} MB."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": "Choose a file.",
            "empty": "This file is empty. Export the register again and choose the new file.",
        },
    )

    def __init__(self, *args: object, schools: list[School], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.only_school = schools[0] if len(schools) == 1 else None
        if self.only_school:
            del self.fields["school"]
            return
        choice = self.fields["school"]
        choice.queryset = School.objects.filter(  # type: ignore[attr-defined]
            pk__in=[school.pk for school in schools]
        ).alphabetical()
        choice.error_messages["required"] = "Choose the school this register is of."

    def clean_file(self) -> UploadedFile:
        """Too large a file is refused before it is read."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(
                f"The file is larger than {LARGEST_FILE_MEGABYTES} MB. Send it in parts."
            )
        return file

    def chosen_school(self) -> School:
        """The school chosen, or the only one there is."""
        return self.only_school or self.cleaned_data["school"]


class UndoForm(forms.Form):
    """Why an upload is taken back."""

    reason = forms.CharField(
        label="Why is this upload undone?",
        help_text="For example: the file was of the wrong week.",
        max_length=undo.LONGEST_REASON,
        error_messages={"required": "Say why this upload is undone."},
    )


class Who(NamedTuple):
    """What to call a child, and the record, if this person may open it."""

    name: str
    public_id: UUID | None


class UploadView(GuardedView):
    """Choose a file. Nothing is stored in the register yet."""

    permission = Permission.UPLOAD_REGISTERS

    def get(self, request: SignedInRequest) -> HttpResponse:
        return self._page(request, UploadForm(schools=_schools(request)))

    def post(self, request: SignedInRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES, schools=_schools(request))
        if not form.is_valid():
            return self._page(request, form)
        file = form.cleaned_data["file"]
        try:
            batch = uploads.start_review(
                school=form.chosen_school(),
                content=file.read(),
                file_name=file.name,
                by=request.user,
                on=clock.today(),
                at=clock.now(),
            )
        except (Invalid, Conflict) as problem:
            form.add_error("file", problem.message)
            return self._page(request, form)
        return redirect("register_review", batch_id=batch.pk)

    def _page(self, request: SignedInRequest, form: UploadForm) -> HttpResponse:
        context = {
            "form": form,
            "has_schools": bool(form.only_school) or form.fields["school"].queryset.exists(),  # type: ignore[attr-defined]
            "only_school": form.only_school,
            "batches": _batches(request)
            .filter(route=RegisterBatch.Route.UPLOAD)
            .select_related("school")[:BATCHES_SHOWN],
        }
        return render(request, "attendance/upload.html", context)


class TemplateFileView(GuardedView):
    """An empty register file with every column, to fill in by hand."""

    permission = Permission.UPLOAD_REGISTERS

    def get(self, request: SignedInRequest) -> HttpResponse:
        response = HttpResponse(
            batches.csv_line(TEMPLATE_COLUMNS), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = 'attachment; filename="register-template.csv"'
        return response


class ReviewView(GuardedView):
    """What the file would do. Only Save writes, once, however often it is pressed."""

    permission = Permission.UPLOAD_REGISTERS

    def get(self, request: SignedInRequest, batch_id: int) -> HttpResponse:
        batch = _batch(request, batch_id)
        if batch.state != RegisterBatch.State.REVIEW:
            return redirect("register_batch", batch_id=batch.pk)
        is_new = uploads.look_again_if_old(batch=batch, on=clock.today(), at=clock.now())
        return self._page(request, _batch(request, batch_id), was_checked_again=is_new)

    def post(self, request: SignedInRequest, batch_id: int) -> HttpResponse:
        batch = _batch(request, batch_id)
        try:
            batch = uploads.confirm(batch=batch, by=request.user, on=clock.today(), at=clock.now())
        except (Invalid, Conflict) as problem:
            return self._page(request, _batch(request, batch_id), problem=problem.message)
        if batch.state != RegisterBatch.State.APPLIED:
            return redirect("register_review", batch_id=batch.pk)
        messages.success(request, _recomputed())
        return redirect("register_batch", batch_id=batch.pk)

    def _page(
        self,
        request: SignedInRequest,
        batch: RegisterBatch,
        *,
        problem: str = "",
        was_checked_again: bool = False,
    ) -> HttpResponse:
        review = uploads.review_of(batch)
        named = [*(row.pupil for row in review.changes), *(row.pupil for row in review.flags)]
        who = _who(request, [*review.not_sent, *named])
        context = {
            "batch": batch,
            "review": review,
            "rejects": _refused(request, batch),
            "changes": [(who[row.pupil.pk], row) for row in review.changes],
            "flags": [(who[row.pupil.pk], row) for row in review.flags],
            "not_sent": [who[pupil.pk] for pupil in review.not_sent],
            "problem": problem,
            "was_checked_again": was_checked_again,
        }
        return render(request, "attendance/review.html", context)


def _recomputed(done: str = "saved") -> str:
    """Bring the figures up to the register; while another run is long at it, say they follow."""
    try:
        run = recompute_waiting()
    except Conflict:
        run = None
    if run is None:
        return f"The register is {done}. The figures follow with the next run."
    return f"The register is {done} and the figures are up to date."


class BatchView(GuardedView):
    """The receipt."""

    permission = Permission.UPLOAD_REGISTERS

    def get(self, request: SignedInRequest, batch_id: int) -> HttpResponse:
        batch = _batch(request, batch_id)
        if batch.state == RegisterBatch.State.REVIEW:
            return redirect("register_review", batch_id=batch.pk)
        review = uploads.review_of(batch)
        who = _who(request, [row.pupil for row in review.changes])
        context = {
            "batch": batch,
            "undone_by": undo.undone_by(batch),
            "undo_refusal": _why_not(undo.check_can_undo, request.user, batch),
            "facts": _receipt(batch),
            "rejects": _refused(request, batch),
            "changes": [(who[row.pupil.pk], row) for row in review.changes],
        }
        return render(request, "attendance/batch.html", context)


def _receipt(batch: RegisterBatch) -> list[tuple[str, object]]:
    rows = [
        ("Batch", batch.pk),
        ("State", batch.get_state_display()),
        ("School", batch.school),
        ("File", batch.file_name),
        ("Sent by", batch.by),
        ("Sent", wording.moment(batch.created_at)),
        ("Saved", wording.moment(batch.applied_at) if batch.applied_at else ""),
        ("Reason", batch.reason),
        ("Figures", _picked_up(batch) if batch.applied_at else ""),
    ]
    return [(key, value) for key, value in rows if value]


def _picked_up(batch: RegisterBatch) -> str:
    """Which run brought the figures up to this batch."""
    stamps = list(batch.touched.values_list("recomputed_at", flat=True))
    if not stamps:
        return "Nothing changed, so no run was needed"
    times = [at for at in stamps if at is not None]
    if len(times) < len(stamps):
        return "Waiting for the next run"
    run = run_that_picked_up(max(times))
    if run is None or run.finished_at is None:
        return "Up to date with this batch"
    return f"Up to date with this batch: run {run.pk}, {wording.moment(run.finished_at)}"


def _why_not(check: Callable[..., None], *facts: object) -> str:
    """The reason a check refuses, empty if it does not."""
    try:
        check(*facts)
    except (Refused, Conflict) as problem:
        return problem.message
    return ""


class UndoView(GuardedView):
    """Take a whole upload back, with a reason; a page of its own, as it changes the register."""

    permission = Permission.UPLOAD_REGISTERS

    def get(self, request: SignedInRequest, batch_id: int) -> HttpResponse:
        return self._page(request, _batch(request, batch_id), UndoForm())

    def post(self, request: SignedInRequest, batch_id: int) -> HttpResponse:
        batch = _batch(request, batch_id)
        form = UndoForm(request.POST)
        if not form.is_valid():
            return self._page(request, batch, form)
        try:
            done = undo.undo_upload(
                batch=batch, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
            )
        except (Invalid, Conflict) as problem:
            form.add_error(None, problem.message)
            return self._page(request, batch, form)
        messages.success(request, f"Batch {batch.pk} is undone. {_recomputed('restored')}")
        return redirect("register_batch", batch_id=done.pk)

    def _page(self, request: SignedInRequest, batch: RegisterBatch, form: UndoForm) -> HttpResponse:
        context = {
            "batch": batch,
            "form": form,
            "refusal": _why_not(undo.check_can_undo, request.user, batch),
        }
        return render(request, "attendance/undo.html", context)


class RefusedRowsView(GuardedView):
    """The refused rows as a file, to correct and send again."""

    permission = Permission.UPLOAD_REGISTERS

    def get(self, request: SignedInRequest, batch_id: int) -> StreamingHttpResponse:
        batch = _batch(request, batch_id)
        log_view(
            user=request.user,
            subject_kind="batch",
            subject_ref=str(batch.pk),
            page="register_refused",
            at=clock.now(),
        )
        lines = batches.rejects_csv(batch.rejects.all())
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        name = f"refused-rows-of-batch-{batch.pk}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _who(request: SignedInRequest, pupils: Sequence[Pupil]) -> dict[int, Who]:
    """What to call each child: a school whose claim is not confirmed knows the UPN only."""
    keys = {pupil.pk for pupil in pupils}
    known = Pupil.objects.visible_to(request.user).filter(pk__in=keys)
    visible = set(known.values_list("pk", flat=True))
    return {
        pupil.pk: Who(str(pupil), pupil.public_id)
        if pupil.pk in visible
        else Who(f"UPN {pupil.upn}", None)
        for pupil in pupils
    }


def _refused(request: SignedInRequest, batch: RegisterBatch) -> list[tuple[str, Reject]]:
    """The first refused rows, each with the child's name where this person may know it."""
    rows = list(batch.rejects.all()[:REFUSED_SHOWN])
    known = Pupil.objects.visible_to(request.user).filter(upn__in={row.upn for row in rows})
    names = {pupil.upn: str(pupil) for pupil in known}
    return [(names.get(row.upn, ""), row) for row in rows]


def _schools(request: SignedInRequest) -> list[School]:
    return list(School.objects.visible_to(request.user).alphabetical())


def _batches(request: SignedInRequest) -> QuerySet[RegisterBatch]:
    return RegisterBatch.objects.visible_to(request.user)


def _batch(request: SignedInRequest, batch_id: int) -> RegisterBatch:
    return get_object_or_404(_batches(request).select_related("school", "by"), pk=batch_id)
