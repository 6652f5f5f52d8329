"""Reads of the API: schools, absence and flags, on the same read models as the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.oauth import machine_of
from accounts.services import log_view
from attendance.api.pagination import EnrolmentPages, FlagPages, SchoolPages
from attendance.api.serializers import AbsenceRowSerializer, FlagSerializer, SchoolSerializer
from attendance.filters import AbsenceFilter, FlagFilter, SchoolFilter
from attendance.models import Flag
from attendance.read_models import absence_rows
from attendance.selectors import check_as_of, figures_date
from attendance_portal.shared import clock
from attendance_portal.shared.errors import ErrorDetail, Invalid
from schools.models import Enrolment, Pupil, School

KINDS = ("year", "term", "half_term", "week")
AS_OF = OpenApiParameter("as_of", date, description="The figures' date unless given.")
KIND = OpenApiParameter("kind", str, enum=KINDS)


def _invalid(name: str, message: str) -> Invalid:
    detail = ErrorDetail(code="bad_value", message=message, pointer=f"/{name}")
    return Invalid(message, errors=(detail,))


def _log(request: Request, subject_kind: str, subject_ref: str, page: str) -> None:
    log_view(
        user=machine_of(request),
        subject_kind=subject_kind,
        subject_ref=subject_ref,
        page=page,
        at=clock.now(),
    )


def _as_of(request: Request) -> date | None:
    """The date asked for, or the figures' date. Raises Invalid: no date, the future, long ago."""
    text = request.query_params.get("as_of", "").strip()
    if not text:
        return figures_date()
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        raise _invalid("as_of", "This is not a date. Write dates as 2026-03-02.") from None
    try:
        check_as_of(asked, today=clock.today())
    except Invalid as problem:
        raise _invalid("as_of", problem.message) from None
    return asked


def _kinds(request: Request) -> tuple[str, ...]:
    kind = request.query_params.get("kind", "").strip()
    if kind and kind not in KINDS:
        raise _invalid("kind", f"The kind is one of {', '.join(KINDS)}.")
    return (kind,) if kind else KINDS


class SchoolsView(ListAPIView[School]):
    """The schools this client was given."""

    required_scopes = ("attendance:read",)
    throttle_scope = "reads"
    serializer_class = SchoolSerializer
    pagination_class = SchoolPages
    filterset_class = SchoolFilter
    queryset = School.objects.none()

    def get_queryset(self) -> QuerySet[School]:
        """In scope only."""
        return School.objects.visible_to(machine_of(self.request)).select_related("trust", "ward")


class AbsenceView(ListAPIView[Enrolment]):
    """Absence rows of enrolments; a page is all rows of so many enrolments."""

    required_scopes = ("attendance:read",)
    throttle_scope = "reads"
    serializer_class = AbsenceRowSerializer
    pagination_class = EnrolmentPages
    filter_backends = ()
    queryset = Enrolment.objects.none()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Rows with the columns of `export_periods`."""
        as_of, kinds = _as_of(request), _kinds(request)
        enrolments = self._filtered(as_of)
        page = self.paginate_queryset(enrolments) or []
        chosen = Enrolment.objects.filter(pk__in=[each.pk for each in page])
        rows = absence_rows(chosen, as_of=as_of, kinds=kinds) if as_of else []
        answer = self.get_paginated_response(AbsenceRowSerializer(rows, many=True).data)
        answer.data["as_of"] = as_of.isoformat() if as_of else None
        return answer

    def _filtered(self, as_of: date | None) -> QuerySet[Enrolment]:
        """By the same filters as the pages' list."""
        rows = self.get_queryset()
        asked = AbsenceFilter(
            self.request.query_params,
            queryset=rows,
            request=self.request,
            on=as_of,
        )
        if not asked.is_valid():
            raise ValidationError(asked.errors)
        return asked.qs


class SchoolAbsenceView(AbsenceView):
    """Absence of one school's enrolments."""

    def get_queryset(self) -> QuerySet[Enrolment]:
        """Enrolments of this school that are in scope."""
        school = get_object_or_404(
            School.objects.visible_to(machine_of(self.request)), pk=self.kwargs["urn"]
        )
        return Enrolment.objects.visible_to(machine_of(self.request)).filter(school=school)

    @extend_schema(summary="Absence of a school", parameters=[AS_OF, KIND])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One row per enrolment, kind and key. The reading is logged."""
        answer = self.list(request, *args, **kwargs)
        _log(request, "school", str(self.kwargs["urn"]), "api:school-absence")
        return answer


class PupilAbsenceView(AbsenceView):
    """Absence of one child, at every school in scope. Each reading is logged."""

    def get_queryset(self) -> QuerySet[Enrolment]:
        """The child's enrolments in scope; 404 where there is none."""
        upn = self.kwargs["upn"].upper()
        if "\0" in upn:  # the database takes no such text
            raise Http404
        rows = Enrolment.objects.visible_to(machine_of(self.request)).filter(
            pupil__in=Pupil.objects.filter(Q(upn=upn) | Q(former_upns__upn=upn))
        )
        found = rows.select_related("pupil").first()
        if found is None:
            raise Http404
        _log(self.request, "pupil", str(found.pupil.public_id), "api:pupil-absence")
        return rows

    @extend_schema(summary="Absence of a pupil", parameters=[AS_OF, KIND])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One row per enrolment, kind and key."""
        return self.list(request, *args, **kwargs)


class FlagsView(ListAPIView[Flag]):
    """Flags of the enrolments in scope, oldest change first."""

    required_scopes = ("attendance:read",)
    throttle_scope = "reads"
    serializer_class = FlagSerializer
    pagination_class = FlagPages
    filterset_class = FlagFilter
    queryset = Flag.objects.none()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Flags, and the date that the figures stand at. The reading is logged."""
        urn = request.query_params.get("school", "").strip()
        if urn and not self._schools().filter(pk=int(urn) if urn.isdecimal() else 0).exists():
            raise Http404
        answer = super().list(request, *args, **kwargs)
        stands_at = figures_date()
        answer.data["as_of"] = stands_at.isoformat() if stands_at else None
        _log(request, "school", urn or "all", "api:flags")
        return answer

    def _schools(self) -> QuerySet[School]:
        return School.objects.visible_to(machine_of(self.request))

    def get_queryset(self) -> QuerySet[Flag]:
        """In scope only."""
        return Flag.objects.visible_to(machine_of(self.request)).select_related("enrolment__pupil")
