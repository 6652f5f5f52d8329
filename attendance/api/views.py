"""Writes of the API: marks, pupils, enrolments, and the receipts of what was sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from kombu.exceptions import OperationalError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.oauth import machine_of
from attendance.api import bodies
from attendance.api.documents import EnrolmentsBody, MarksBody, PupilsBody, ReceiptPage
from attendance.api.pagination import RejectPages
from attendance.api.serializers import (
    ProblemSerializer,
    ReceiptSerializer,
    error_row,
    receipt,
)
from attendance.imports.marks import receive_marks
from attendance.imports.rolls import receive_enrolments, receive_pupils
from attendance.models import RegisterBatch
from attendance.services.idempotency import Answer, answer_once
from attendance.tasks import recompute_waiting_schools
from attendance_portal.shared import clock
from attendance_portal.shared.wording import counted
from schools.models import School

PROBLEM = OpenApiResponse(ProblemSerializer, description="A problem document (RFC 9457).")
WRITE_ANSWERS = {200: ReceiptSerializer, 400: PROBLEM, 404: PROBLEM, 409: PROBLEM, 413: PROBLEM}
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Send again with the same key and body, and the first answer comes back.",
)


def _nudge() -> None:
    """Tell the worker now; if it cannot be told, its next round finds the durable mark."""
    with suppress(OperationalError):
        recompute_waiting_schools.delay()


def _school(user: User, urn: int) -> School:
    return get_object_or_404(School.objects.visible_to(user), pk=urn)


def _answer(batch: RegisterBatch) -> Answer:
    """The receipt with every refused row; 422 when all or nothing was asked and a row was wrong."""
    errors = [error_row(reject) for reject in batch.rejects.all()]
    if batch.state != RegisterBatch.State.REFUSED:
        return Answer(200, {**receipt(batch), "errors": errors})
    return Answer(
        422,
        {
            "type": "urn:attendance-portal:problem:rows_refused",
            "title": "Unprocessable Content",
            "status": 422,
            "detail": f"{counted(len(errors), 'row was', 'rows were')} refused, so nothing was "
            "kept. Correct this and send all again, or leave out atomic=true.",
            "code": "rows_refused",
            **receipt(batch),
            "errors": errors,
        },
    )


class WriteView(APIView):
    """A write: scoped to the client's school, idempotent under its key, then recomputed."""

    http_method_names = ("post", "put", "options")
    throttle_scope = "registers"

    def answer(self, request: Request, work: Callable[[], RegisterBatch]) -> Response:
        """Do the work once, and nudge the worker that recomputes the school."""
        key = request.headers.get("Idempotency-Key", "").strip()
        if key:
            answer = answer_once(
                user=machine_of(request),
                key=key,
                body_sha256=self._fingerprint(request),
                at=clock.now(),
                work=lambda: _answer(work()),
            )
        else:
            answer = _answer(work())
        transaction.on_commit(_nudge)
        kind = "application/json" if answer.status == 200 else "application/problem+json"
        return Response(answer.document, status=answer.status, content_type=kind)

    def _fingerprint(self, request: Request) -> str:
        told = f"{request.method} {request.get_full_path()} {request.content_type}\n".encode()
        return hashlib.sha256(told + bodies.body_of(request)).hexdigest()


class MarksView(WriteView):
    """Marks of one school."""

    required_scopes = ("registers:write",)
    parser_classes = (bodies.RawJson, bodies.RawCsv)

    @extend_schema(
        summary="Send marks",
        parameters=[KEY, OpenApiParameter("atomic", bool, description="All or nothing.")],
        request={"application/json": MarksBody, "text/csv": OpenApiTypes.STR},
        responses={**WRITE_ANSWERS, 422: PROBLEM},
    )
    def post(self, request: Request, urn: int) -> Response:
        """Keep the good rows, report the bad ones."""
        school = _school(machine_of(request), urn)
        source = self._source(request)
        atomic = request.query_params.get("atomic", "").lower() in {"true", "1"}

        def work() -> RegisterBatch:
            return receive_marks(
                source,
                school=school,
                route=RegisterBatch.Route.API,
                by=machine_of(request),
                on=clock.today(),
                at=clock.now(),
                atomic=atomic,
            )

        return self.answer(request, work)

    def _source(self, request: Request) -> bytes | list[dict[str, Any]]:
        body = bodies.body_of(request)
        if not bodies.is_csv(request):
            return bodies.rows_of_json(body, "marks")
        bodies.check_csv_rows(body)
        return body


class RollView(WriteView):
    """Pupils or enrolments of one school, by the bundle's columns."""

    required_scopes = ("pupils:write",)
    parser_classes = (bodies.RawJson,)
    rows_name: str
    receive: Any

    def put(self, request: Request, urn: int) -> Response:
        """Insert or change, matched as the bundle matches."""
        school = _school(machine_of(request), urn)
        rows = bodies.rows_of_json(bodies.body_of(request), self.rows_name)

        def work() -> RegisterBatch:
            return type(self).receive(
                rows, school=school, by=machine_of(request), on=clock.today(), at=clock.now()
            )

        return self.answer(request, work)


@extend_schema(parameters=[KEY], request=PupilsBody, responses=WRITE_ANSWERS, summary="Send pupils")
class PupilsView(RollView):
    """Pupils of one school."""

    rows_name = "pupils"
    receive = staticmethod(receive_pupils)


@extend_schema(
    parameters=[KEY], request=EnrolmentsBody, responses=WRITE_ANSWERS, summary="Send enrolments"
)
class EnrolmentsView(RollView):
    """Enrolments of one school."""

    rows_name = "enrolments"
    receive = staticmethod(receive_enrolments)


class BatchView(APIView):
    """The receipt of one batch, its refused rows paged."""

    any_scope = ("registers:write", "pupils:write", "attendance:read")
    throttle_scope = "reads"

    @extend_schema(summary="A receipt", responses={200: ReceiptPage, 404: PROBLEM})
    def get(self, request: Request, batch_id: int) -> Response:
        """Counts, state, and `results`: the refused rows."""
        batches = RegisterBatch.objects.visible_to(machine_of(request))
        batch = get_object_or_404(batches, pk=batch_id)
        pages = RejectPages()
        page: list[Any] = pages.paginate_queryset(batch.rejects.all(), request, view=self) or []
        listed = pages.get_paginated_response([error_row(reject) for reject in page])
        head = {
            **receipt(batch),
            "state": batch.state,
            "content": batch.content,
            "urn": batch.school_id,
            "created_at": batch.created_at,
            "applied_at": batch.applied_at,
            "warnings": batch.warnings,
        }
        return Response({**head, **listed.data})
