"""Every address of the portal, walked from the URL conf, and an example of what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import ExportRecord, SavedView
from accounts.roles import ROLES, Role
from attendance.models import Flag, RegisterBatch
from attendance_portal.shared import clock
from cases.models import (
    Action,
    Barrier,
    Case,
    CaseWorker,
    Consent,
    PlanVersion,
    StageOverride,
    SupportPlan,
)
from cases.read_models.plan_content import plan_content
from meetings.models import Meeting
from schools.models import Enrolment, Membership, School, Trust
from tests.factories.cases import (
    ActionFactory,
    BarrierFactory,
    CaseFactory,
    CaseWorkerFactory,
    ConsentFactory,
    OfferFactory,
    PlanFactory,
    ReferralFactory,
)
from tests.factories.meetings import (
    AgendaItemFactory,
    AgendaTemplateItemFactory,
    MeetingActionFactory,
    MeetingFactory,
    PackSnapshotFactory,
)
from tests.factories.places import PlaceEntryFactory
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import MembershipFactory, make_terms
from tests.factories.users import UserFactory

#: Pages that explain our words and duties: open to visitors, and nothing is sent to them.
PUBLIC_HELP = {
    "help", "help_figures", "help_codes", "help_pathway", "accessibility", "privacy",
}  # fmt: skip
#: Pages for visitors: how one gets in, and nothing about anybody.
PUBLIC_PAGES = {
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "meeting_confirm",
    "meeting_calendar",
    *PUBLIC_HELP,
}
#: Addresses of the API that need no token: how one gets a token, what the API is, and the answer
#: to an address that never was.
OPEN_API = {"api_token", "api_schema", None}

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Things:
    """One of each thing that an address can name, all of one school."""

    enrolment: Enrolment
    flag: Flag
    batch: RegisterBatch


def trust_of(things: Things) -> Trust:
    """A trust that runs the school."""
    trust, _ = Trust.objects.get_or_create(uid="TR0001", defaults={"name": "Harbour Trust"})
    School.objects.filter(pk=things.enrolment.school_id).update(trust=trust)
    return trust


#: What stands in an address, by the parameter's name. A new name needs an example here.
PARAMETERS: dict[str, Callable[[Things], Any]] = {
    "urn": lambda things: things.enrolment.school_id,
    "uid": lambda things: trust_of(things).uid,
    "upn": lambda things: things.enrolment.pupil.upn,
    "public_id": lambda things: things.enrolment.pupil.public_id,
    "enrolment_id": lambda things: things.enrolment.pk,
    "flag_id": lambda things: things.flag.pk,
    "batch_id": lambda things: things.batch.pk,
    "view_id": lambda things: saved_view().pk,
    "export_id": lambda things: export_of(things).pk,
    "user_id": lambda things: staff_of(things).user_id,
    "membership_id": lambda things: staff_of(things).pk,
    "kind": lambda things: things.flag.kind,
    "role": lambda things: "attendance_officer",
    "reference": lambda things: case_of(things).reference,
    "action_id": lambda things: action_of(things).pk,
    "barrier_id": lambda things: barrier_of(things).pk,
    "part": lambda things: "child",
    "number": lambda things: version_of(things).number,
    "plan_id": lambda things: plan_of(things).pk,
    "offer_id": lambda things: OfferFactory(case=case_of(things)).pk,
    "referral_id": lambda things: ReferralFactory(case=case_of(things)).pk,
    "worker_id": lambda things: worker_of(things).pk,
    "consent_id": lambda things: consent_of(things).pk,
    "override_id": lambda things: override_of(things).pk,
    "fact": lambda things: "contract_offered",
    "meeting_id": lambda things: meeting_of(things).pk,
    "row_id": lambda things: (
        MeetingActionFactory(meeting=meeting_of(things), acceptance="asked").pk
    ),
    "item_id": lambda things: AgendaTemplateItemFactory().pk,
    "cohort": lambda things: "many_short_absences",
    "token": lambda things: meeting_of(things).confirm_token,
    "table": lambda things: "feed_health",
    "chart": lambda things: "feed-grid",
    "entry_kind": lambda things: "decision",
    "entry_id": lambda things: PlaceEntryFactory().pk,
    "place_code": lambda things: "E05012442",  # a ward of the map, there after every migrate
}


def case_of(things: Things) -> Case:
    """The case of that child."""
    pupil = things.enrolment.pupil
    return Case.objects.filter(pupil=pupil).first() or CaseFactory(enrolment=things.enrolment)


def meeting_of(things: Things) -> Meeting:
    """This term's meeting with that school: booked, with an agenda."""
    school = things.enrolment.school
    found = Meeting.objects.filter(school=school).first()
    if found is None:
        found = MeetingFactory(school=school)
        AgendaItemFactory(meeting=found)
        PackSnapshotFactory(meeting=found)
    return found


def barrier_of(things: Things) -> Barrier:
    """What makes school hard for that child."""
    case = case_of(things)
    return case.barriers.first() or BarrierFactory(case=case)


def plan_of(things: Things) -> SupportPlan:
    """The support plan of that child."""
    case = case_of(things)
    return case.plans.first() or PlanFactory(case=case)


def worker_of(things: Things) -> CaseWorker:
    """Somebody's part in that child's case."""
    case = case_of(things)
    return case.workers.first() or CaseWorkerFactory(case=case)


def consent_of(things: Things) -> Consent:
    """Why early help may be told about that child."""
    pupil = case_of(things).pupil
    return pupil.consents.first() or ConsentFactory(pupil=pupil)


def action_of(things: Things) -> Action:
    """An open action of that child's case."""
    case = case_of(things)
    return Action.objects.open().filter(case=case).first() or ActionFactory(case=case)


def override_of(things: Things) -> StageOverride:
    """With the manager: the child's case would go on to Facilitate support."""
    case = case_of(things)
    facts = {"to_stage": 4, "missing": [{"key": "barrier", "text": "no barrier is named"}]}
    return case.overrides.first() or StageOverride.objects.create(
        case=case, reason="For routes", asked_by=UserFactory(), asked_at=clock.now(), **facts
    )


def version_of(things: Things) -> PlanVersion:
    """A plan of that child as it was agreed once."""
    plan = plan_of(things)
    if version := plan.versions.first():
        return version
    content = plan_content(plan)
    return PlanVersion.objects.create(
        plan=plan, number=1, at=clock.now(), by=UserFactory(), why="Agreed", content=content
    )


def export_of(things: Things) -> ExportRecord:
    """A file of that school's figures, protected, so that others of the school may open it too."""
    return ExportRecord.objects.create(
        user=UserFactory(),
        at=clock.now(),
        kind="dashboard",
        as_of=date(2026, 3, 2),
        urns=[things.enrolment.school_id],
        state="made",
        reader=ExportRecord.Reader.ANYONE,
    )


def staff_of(things: Things) -> Membership:
    """Someone whose role at that school can be looked at and ended."""
    facts = {"school": things.enrolment.school, "role": "school_lead", "reason": "Looked at"}
    return Membership.objects.filter(**facts).first() or MembershipFactory(scope="school", **facts)


def saved_view() -> SavedView:
    """Somebody else's."""
    return SavedView.objects.create(
        user=UserFactory(), name="Year 9", path="/pupils/", saved_at=clock.now()
    )


@dataclass(frozen=True)
class Route:
    """One address pattern and its view."""

    name: str | None
    template: str
    parameters: tuple[str, ...]
    callback: Callable[..., Any]

    @property
    def is_api(self) -> bool:
        return self.template.startswith("api/")

    @property
    def view(self) -> Any:
        return getattr(self.callback, "view_class", None) or getattr(self.callback, "cls", None)

    @property
    def methods(self) -> list[str]:
        allowed = self.view.http_method_names
        return [m for m in METHODS if m in allowed and hasattr(self.view, m)]

    def path(self, things: Things) -> str:
        path = self.template
        for name in self.parameters:
            assert name in PARAMETERS, f"PARAMETERS needs an example of '{name}' ({path})."
            path = path.replace(f"<{name}>", str(PARAMETERS[name](things)))
        return f"/{path}"


def walk(patterns: list[Any], prefix: str = "") -> Iterator[Route]:
    """Every address below these patterns, with `<name>` for each parameter."""
    for entry in patterns:
        template = prefix + _template(entry)
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, template)
        else:
            names = tuple(entry.pattern.converters)
            yield Route(entry.name, template, names, entry.callback)


def _template(entry: URLPattern | URLResolver) -> str:
    text = str(entry.pattern)
    for name, converter in entry.pattern.converters.items():
        for kind in _spellings(converter):
            text = text.replace(f"<{kind}{name}>", f"<{name}>")
    return text


def _spellings(converter: object) -> tuple[str, ...]:
    return ("", "int:", "str:", "slug:", "uuid:", "path:", f"{type(converter).__name__}:")


ROUTES = list(walk(get_resolver().url_patterns))
PAGES = [r for r in ROUTES if not r.is_api and r.name not in PUBLIC_PAGES]


def things(**school: Any) -> Things:
    """One school with a child, a flag and an upload."""
    enrolment = EnrolmentFactory(**school)
    flag = Flag.objects.create(
        enrolment=enrolment,
        school=enrolment.school,
        kind="persistent_absence",
        opened_on=date(2026, 3, 2),
        met_on=date(2026, 2, 24),
        evidence={"absent": 24, "possible": 120, "on": "2026-03-02"},
        rule_version="1",
        updated_at=clock.now(),
    )
    batch = RegisterBatch.objects.create(
        route="upload", school=enrolment.school, by=UserFactory(), state="applied"
    )
    return Things(enrolment, flag, batch)


def things_with_terms() -> Things:
    """The same in a year that has terms."""
    make_terms()
    return things()


def may_open(route: Route, role: str) -> bool:
    permission = route.view.permission
    return permission is None or permission in ROLES[Role(role)].permissions
