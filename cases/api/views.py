"""Cases over REST: thin, as pages are. Scope, parse, call one service, answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.models import User
from accounts.oauth import machine_of
from accounts.services import log_view
from attendance.api import bodies
from attendance.api.pagination import FlagPages
from attendance.api.serializers import ProblemSerializer
from attendance.read_models.calendar import ExpectedDays
from attendance.services.idempotency import Answer, answer_once
from attendance_portal.shared import clock
from attendance_portal.shared.errors import ErrorDetail, Invalid
from cases.api.documents import (
    ActionBody,
    ActionRow,
    CaseDocument,
    CaseRow,
    ContactBody,
    ContactReceipt,
    OutcomeBody,
    action_row,
    case_document,
    case_row,
    contact_receipt,
)
from cases.filters import CaseFilter
from cases.models import Action, Barrier, Case, Contact, Goal, Hold, SupportPlan
from cases.permissions import check_can_work
from cases.read_models.people import colleagues_of
from cases.services.actions import add_action, complete_action
from cases.services.contacts import log_contact
from cases.states import Origin, Stage
from schools.models import School

MOST_CONTACTS = 50
PROBLEM = OpenApiResponse(ProblemSerializer, description="A problem document (RFC 9457).")
PROBLEMS = {400: PROBLEM, 403: PROBLEM, 404: PROBLEM, 409: PROBLEM, 413: PROBLEM}
STAGE = OpenApiParameter("stage", int, enum=[stage.value for stage in Stage], description="Stage.")
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Send again with the same key and body, and the first answer comes back.",
)


class CasePages(FlagPages):
    """Cases, oldest change first, so that a reader who stops can go on from there."""


@extend_schema_view(get=extend_schema(summary="Cases", parameters=[STAGE]))
class CasesView(ListAPIView[Case]):
    """The cases that this client may see."""

    required_scopes = ("cases:read",)
    throttle_scope = "reads"
    serializer_class = CaseRow
    pagination_class = CasePages
    filterset_class = CaseFilter
    queryset = Case.objects.none()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them. The reading is logged."""
        urn = request.query_params.get("school", "").strip()
        if urn and not self._schools().filter(pk=int(urn) if urn.isdecimal() else 0).exists():
            raise Http404
        found = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(found) or []
        answer = self.get_paginated_response([case_row(case) for case in page])
        log_view(
            user=machine_of(request),
            subject_kind="school",
            subject_ref=urn or "all",
            page="api:cases",
            at=clock.now(),
        )
        return answer

    def _schools(self) -> QuerySet[School]:
        return School.objects.visible_to(machine_of(self.request))

    def get_queryset(self) -> QuerySet[Case]:
        """In scope only."""
        cases = Case.objects.visible_to(machine_of(self.request))
        return cases.select_related("pupil", "lead")


class CaseView(APIView):
    """One case."""

    required_scopes = ("cases:read",)
    throttle_scope = "reads"

    @extend_schema(summary="A case", responses={200: CaseDocument, 404: PROBLEM})
    def get(self, request: Request, reference: str) -> Response:
        """The case, its plan, open actions and latest contacts. The reading is logged."""
        machine = machine_of(request)
        case = _case(machine, reference)
        log_view(
            user=machine,
            subject_ref=str(case.pupil.public_id),
            page="api:case",
            at=clock.now(),
        )
        return Response(_document(case, machine))


class WriteView(APIView):
    """Something is added to a case: once, however often it is sent with one key."""

    required_scopes = ("cases:write",)
    throttle_scope = "cases"
    http_method_names = ("post", "options")
    parser_classes = (bodies.RawJson,)

    def answer(self, request: Request, work: Callable[[], Answer]) -> Response:
        """Do the work, or give the answer kept under the call's key."""
        key = request.headers.get("Idempotency-Key", "").strip()
        if key:
            answer = answer_once(
                user=machine_of(request),
                key=key,
                body_sha256=self._fingerprint(request),
                at=clock.now(),
                work=work,
            )
        else:
            answer = work()
        return Response(answer.document, status=answer.status)

    def _fingerprint(self, request: Request) -> str:
        told = f"{request.method} {request.get_full_path()}\n".encode()
        return hashlib.sha256(told + bodies.body_of(request)).hexdigest()


class ContactsView(WriteView):
    """Contacts of a case."""

    @extend_schema(
        summary="Add a contact",
        parameters=[KEY],
        request=ContactBody,
        responses={201: ContactReceipt, **PROBLEMS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Write down a call, visit, message or meeting."""
        machine = machine_of(request)
        case = _case(machine, reference)
        sent = _read(ContactBody, request)

        def work() -> Answer:
            check_can_work(machine, case, clock.today())
            now = clock.now()
            [contact] = log_contact(
                pupils=[case.pupil],
                kind=sent.pop("kind"),
                reached=sent.pop("reached"),
                said=sent.pop("said", ""),
                happened_at=sent.pop("happened_at", None) or _this_moment(),
                **sent,
                by=machine,
                on=clock.today(),
                at=now,
            )
            return Answer(201, contact_receipt(contact))

        return self.answer(request, work)


class ActionsView(WriteView):
    """Actions of a case."""

    @extend_schema(
        summary="Add an action",
        parameters=[KEY],
        request=ActionBody,
        responses={201: ActionRow, **PROBLEMS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Write down what somebody will do, and by when."""
        machine = machine_of(request)
        case = _case(machine, reference)
        sent = _read(ActionBody, request)

        def work() -> Answer:
            owner, agency = _owner(case, machine, sent.get("owner_email", ""))
            action = add_action(
                text=sent["text"],
                due_on=sent.get("due_on") or _in_school_days(case, sent["in_school_days"]),
                origin=Origin.CASE,
                origin_label=f"Case {case.reference}",
                agency=agency,
                owner=owner,
                owner_name=sent.get("owner_name", ""),
                case=case,
                by=machine,
                on=clock.today(),
                at=clock.now(),
            )
            return Answer(201, action_row(action))

        return self.answer(request, work)


class CompleteView(WriteView):
    """One action of a case."""

    @extend_schema(
        summary="Mark an action done",
        parameters=[KEY],
        request=OutcomeBody,
        responses={200: ActionRow, **PROBLEMS},
    )
    def post(self, request: Request, reference: str, action_id: int) -> Response:
        """Say what happened, in a line. A system ends what its own agency promised."""
        machine = machine_of(request)
        case = _case(machine, reference)
        action = Action.objects.visible_to(machine).filter(case=case, pk=action_id).first()
        if action is None:
            raise Http404
        outcome = _read(OutcomeBody, request)["outcome"]

        def work() -> Answer:
            done = complete_action(
                action=action, outcome=outcome, by=machine, on=clock.today(), at=clock.now()
            )
            return Answer(200, action_row(done))

        return self.answer(request, work)


def _case(machine: User, reference: str) -> Case:
    """The case, if it is the client's to see. Raises Http404."""
    cases = Case.objects.visible_to(machine).select_related("pupil", "school", "lead", "cover")
    found: Case | None = cases.filter(reference=reference.upper().replace("\0", "")).first()
    if found is None:
        raise Http404
    return found


def _document(case: Case, machine: User) -> dict[str, Any]:
    """Every part of it by its own scope."""
    plan = SupportPlan.objects.visible_to(machine).filter(case=case).exclude(state="ended").first()
    goals = Goal.objects.visible_to(machine).filter(plan=plan) if plan is not None else []
    contacts = Contact.objects.visible_to(machine).filter(case=case, is_restricted=False)
    holds = Hold.objects.visible_to(machine).filter(pupil=case.pupil, ended_at__isnull=True)
    actions = Action.objects.visible_to(machine).open().filter(case=case)
    return case_document(
        case,
        hold=holds.first(),
        barriers=Barrier.objects.visible_to(machine).filter(case=case, eased_on__isnull=True),
        plan=plan,
        goals=goals,
        actions=actions.select_related("owner"),
        contacts=contacts[:MOST_CONTACTS],
    )


def _read(kind: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body by its shape. Raises Invalid, or DRF's error that names each field."""
    try:
        document = json.loads(bodies.body_of(request))
    except (ValueError, RecursionError):
        raise Invalid(
            "The body is not valid JSON. Check it with a JSON validator, and send it as UTF-8.",
            code="not_json",
        ) from None
    shape = kind(data=document)
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)


def _owner(case: Case, machine: User, email: str) -> tuple[User | None, str]:
    """Who will do it, and whom they speak for: somebody of the case, or nobody with a login."""
    if not email:
        return None, machine.agency
    people = {one.user_id: one for one in colleagues_of(case, machine, on=clock.today())}
    owner = User.objects.filter(pk__in=people, email=email.lower()).first()
    if owner is None:
        message = "Nobody with this address works on the case here. Send owner_name instead."
        detail = ErrorDetail(code="owner_unknown", message=message, pointer="/owner_email")
        raise Invalid(message, code="owner_unknown", errors=(detail,))
    return owner, people[owner.pk].agency


def _this_moment() -> datetime:
    """Now, on the portal's own day: a demonstration may stand still on one."""
    now = clock.now()
    return datetime.combine(clock.today(), now.astimezone(clock.LONDON).time(), clock.LONDON)


def _in_school_days(case: Case, number: int) -> date:
    return ExpectedDays().after(clock.today(), number, case.school.meeting_days)
