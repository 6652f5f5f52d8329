"""One case with marked words in everything that only some may read: every page, call, paper,
search, mail and log is read as everybody, and the marked words are found nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.http import urlencode

from accounts.models import AuditEvent, User
from accounts.services.drafts import save_draft
from attendance_portal.shared import clock
from cases.choices import Agency
from cases.models import Action, Case, CaseWorker, Consent, SupportPlan
from cases.services.actions import add_action
from cases.services.consents import record_consent, withdraw_consent
from cases.services.contacts import log_contact
from cases.services.digest import send_digests
from cases.services.holds import place_hold
from cases.services.plans import save_part, start_plan
from cases.services.stages import ask_override
from cases.services.supervision import add_supervision_note
from cases.services.workers import add_worker, end_worker
from cases.states import EntryKind, Origin, Stage
from tests.factories.papers import read_paper
from tests.factories.pathway import TODAY, walk_to
from tests.factories.pupils import EnrolmentFactory, PupilGrantFactory
from tests.factories.routes import PAGES, ROUTES, Things, things
from tests.factories.schools import SchoolFactory, make_terms

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)
RESTRICTED = ("zqsaid", "zqchild", "zqfamily")
SUPERVISION = ("zqtalked", "zqagreed")
#: Read by everybody who sees the casework of the child, and by nobody else.
CASEWORK = ("zqoverride", "zqhold", "zqpurpose", "zqgiven", "zqview", "zqpromise", "zqopen")
LEAD = "Zqlead Okoro"
EVERY = (*RESTRICTED, *SUPERVISION, *CASEWORK)
PARTS = ("child", "family-view", "barriers", "goals", "steps", "actions", "school", "next-review")


@dataclass
class Scene:
    """The case and everybody around it."""

    things: Things
    case: Case
    plan: SupportPlan
    consent: Consent
    part: CaseWorker
    lead: User
    manager: User
    writer: User
    helper: User

    @property
    def who(self) -> dict[str, Any]:
        """The lead, now."""
        return {"by": self.lead, "on": TODAY, "at": AT}


@pytest.fixture
def scene(db, user_with) -> Scene:
    """A case at Listen and understand, with all that can be written on one."""
    make_terms()
    own = things()
    pupil = own.enrolment.pupil
    EnrolmentFactory(pupil=pupil, ends_on=date(2026, 2, 27))
    lead = user_with("attendance_officer")
    lead.name = LEAD
    lead.save()
    walk = walk_to(Stage.LISTEN, pupil=pupil, lead=lead)
    manager, case = walk.manager, walk.case
    writer, helper = user_with("attendance_officer"), user_with("early_help_worker")
    who: dict[str, Any] = {"by": lead, "on": TODAY, "at": AT}
    log_contact(
        pupils=[pupil], kind="visit", reached="both", said="zqsaid", child_words="zqchild",
        family_words="zqfamily", barrier="sleep", consequences_explained=True, is_restricted=True,
        happened_at=AT, follow_up_on=date(2026, 3, 5), **{**who, "by": writer},
    )  # fmt: skip
    log_contact(pupils=[pupil], kind="call", reached="child", said="zqopen", happened_at=AT, **who)
    add_supervision_note(
        case=case, text="zqtalked", agreed="zqagreed", with_user=lead, on_day=TODAY,
        **{**who, "by": manager},
    )  # fmt: skip
    ask_override(case=case, to_stage=Stage.FACILITATE, reason="zqoverride", **who)
    place_hold(pupil=pupil, kind="bereavement", reason="zqhold", review_on=date(2026, 3, 20), **who)
    consent = record_consent(
        pupil=pupil, agency="early_help", basis="consent", purpose="zqpurpose",
        given_by="zqgiven", **who,
    )  # fmt: skip
    part = add_worker(case=case, user=helper, agency="early_help", part="worker", **who)
    plan = start_plan(case=case, **who)
    plan = save_part(plan=plan, version=plan.version, changes={"child_view": "zqview"}, **who)
    add_action(
        text="zqpromise", due_on=date(2026, 3, 4), origin=Origin.PLAN, origin_label="Support plan",
        agency="early_help", owner=helper, plan=plan, on_family_copy=True,
        **{**who, "by": manager},
    )  # fmt: skip
    case.refresh_from_db()
    return Scene(own, case, plan, consent, part, lead, manager, writer, helper)


def addresses(scene: Scene) -> dict[str, str]:
    """Every page that can be read, of this case, and those with something asked of them."""
    found = {
        str(route.name): route.path(scene.things)
        for route in PAGES
        if route.view is not None and "get" in route.methods and route.name != "components"
    }
    child, reference = scene.case.pupil.public_id, scene.case.reference
    asked = {
        "case_timeline": [
            *({"kind": kind.value} for kind in (EntryKind.CONTACT, EntryKind.NOTE)),
            {"kind": EntryKind.CONTACT.value, "agency": Agency.ATTENDANCE.value, "stage": 3},
            {"agency": Agency.ATTENDANCE.value},
            {"stage": 3},
        ],
        "search": [{"q": words} for words in (*EVERY, reference, scene.case.pupil.surname)],
        "contact_log": [{"pupil": child}],
        "case_move": [{"to": 2}, {"to": 4}, {"to": 6}],
        "case_override": [{"to": 4}],
        "case_open": [{"pupil": child}],
        "case_list": [{"q": "zqsaid"}, {"mine": 1}],
        "pupil_list": [{"q": "zqsaid"}],
        "case_print": [{"reader": "family"}, {"reader": "agencies"}],
        "case_pdf": [{"reader": "family"}],
        "plan_family": [{"large": 1}],
    }
    asked["pupil_timeline"] = asked["case_timeline"]
    for name, queries in asked.items():
        for query in queries:
            address = f"{found[name]}?{urlencode(query)}"
            found[address] = address
    for part in PARTS:
        found[part] = found["plan_part"].replace("/child/", f"/{part}/")
    return found


def text_of(response: Any) -> str:
    """All that an answer says: of a page, a file or a paper."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.get("Content-Type", "").startswith("application/pdf"):
        return read_paper(body).text
    return unescape(body.decode(errors="replace")) + response.get("Location", "")


def told(client: Client, pages: dict[str, str], words: tuple[str, ...]) -> Iterator[str]:
    """Which of these words are read where. What somebody asks for themselves tells nothing."""
    for name, address in pages.items():
        response = client.get(address)
        assert response.status_code < 500, address
        text = text_of(response)
        for word in words:
            if word in text and word not in address:
                yield f"{name}: {word}"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def of_casework(pages: dict[str, str]) -> dict[str, str]:
    """Those whose address names the case, its plan or the child that is worked with."""
    begins = ("/cases/AT-", "/plans/", "/log/?", "/families/")
    pages = {name: address for name, address in pages.items() if name != "family_list"}
    return {name: at for name, at in pages.items() if at.startswith(begins)}


def test_restricted_and_supervision_words_are_read_by_their_few_alone(scene, user_with):
    pages = addresses(scene)
    school = scene.things.enrolment.school
    panel = user_with("panel_member")
    PupilGrantFactory(user=panel, pupil=scene.case.pupil)
    leaks = {}
    for name, user in {
        "another officer": user_with("attendance_officer"),
        "the school": user_with("school_lead", school=school),
        "early help": scene.helper,
        "a panel": panel,
    }.items():
        client = client_of(user)
        leaks[name] = list(told(client, pages, RESTRICTED + SUPERVISION))
        case_page = text_of(client.get(pages["case"]))
        assert "Restricted note" in case_page, name
    writer = client_of(scene.writer)
    leaks["its writer"] = list(told(writer, pages, SUPERVISION))

    assert leaks == {name: [] for name in leaks}
    for reader in (scene.writer, scene.lead, scene.manager):
        assert all(word in text_of(client_of(reader).get(pages["case"])) for word in RESTRICTED)
    for reader in (scene.lead, scene.manager):
        page = text_of(client_of(reader).get(pages["supervision_add"]))
        assert all(word in page for word in SUPERVISION)


def test_casework_is_read_by_nobody_who_does_not_work_with_the_child(scene, user_with):
    pages = addresses(scene)
    left = scene.case.pupil.enrolments.get(ends_on=date(2026, 2, 27)).school
    leaks = {}
    for name, user in {
        "an analyst": user_with("analyst"),
        "an administrator": user_with("administrator"),
        "another school": user_with("school_lead", school=SchoolFactory()),
        "the school before": user_with("school_lead", school=left),
        "another worker": user_with("early_help_worker"),
    }.items():
        client = client_of(user)
        names = () if name == "an administrator" else (LEAD,)  # who has a list of all people
        leaks[name] = list(told(client, pages, (*EVERY, *names)))
        for address in of_casework(pages).values():
            assert client.get(address).status_code in (403, 404), (name, address)

    assert leaks == {name: [] for name in leaks}
    few = {name: pages[name] for name in ("case", "plan", "case_people", "case_timeline")}
    seen = list(told(client_of(scene.helper), few, CASEWORK))
    assert {line.split(": ")[1] for line in seen} == set(CASEWORK)


def test_a_machine_of_the_school_reads_no_marked_word(scene, system_of):
    system = system_of("cases:read", "attendance:read", schools=[scene.things.enrolment.school])
    calls = [route for route in ROUTES if route.is_api and route.view and "get" in route.methods]
    answers = {route.template: system.get(route.path(scene.things)) for route in calls}
    text = json.dumps([text_of(answer) for answer in answers.values()])

    document = answers["api/v1/cases/<reference>/"].json()
    assert document["plan"]["child_view"] == "zqview"
    assert [row["said"] for row in document["contacts"]] == ["zqopen"]
    hidden = (*RESTRICTED, *SUPERVISION, "zqoverride", "zqhold", "zqpurpose", "zqgiven")
    assert [word for word in hidden if word in text] == []


def test_neither_log_mail_paper_nor_draft_repeats_what_is_guarded(scene, user_with):
    trail = json.dumps(list(AuditEvent.objects.values()), default=str)
    assert scene.case.reference in trail
    assert [word for word in EVERY if word in trail] == []

    send_digests(on=TODAY, at=AT)
    mails = " ".join(
        part
        for one in mail.outbox
        for part in (one.subject, one.body, *(str(other[0]) for other in one.alternatives))
    )
    assert mails
    assert [word for word in (*EVERY, scene.case.pupil.surname) if word in mails] == []

    pages = addresses(scene)
    for name in ("case_pdf", "case_print", "plan_family_pdf", "plan_family"):
        paper = text_of(client_of(scene.manager).get(pages[name]))
        assert [word for word in (*RESTRICTED, *SUPERVISION) if word in paper] == [], name

    log = pages[f"/log/?{urlencode({'pupil': scene.case.pupil.public_id})}"]
    save_draft(user=scene.writer, form=log, title="x", typed={"said": ["zqdraft"]}, at=clock.now())
    assert "zqdraft" in text_of(client_of(scene.writer).get(log))
    for reader in (scene.lead, scene.manager):
        assert "zqdraft" not in text_of(client_of(reader).get(log))
        assert "zqdraft" not in text_of(client_of(reader).get("/drafts/"))


@pytest.mark.parametrize("ends", ["part", "consent"])
def test_whoever_has_left_is_answered_404_in_the_same_minute(scene, ends):
    pages, client = addresses(scene), client_of(scene.helper)
    promise = Action.objects.get(text="zqpromise")
    about = {"case", "case_timeline", "plan", "case_people", "case_print", "visit_sheet", "pupil"}
    for name in about:
        assert client.get(pages[name]).status_code == 200, name

    if ends == "part":
        end_worker(worker=scene.part, **scene.who)
    else:
        withdraw_consent(consent=scene.consent, reason="Asked for.", **scene.who)

    child = scene.case.pupil
    named = f"/pupils/{child.public_id}/"
    shut = {n: at for n, at in pages.items() if at.startswith(named)} | of_casework(pages)
    answers = {name: client.get(at).status_code for name, at in shut.items()}
    assert {name for name, status in answers.items() if status not in (403, 404)} == set()
    assert {answers[name] for name in about} == {404}
    words = (child.surname, child.upn, str(child.public_id), scene.case.reference, LEAD)
    assert list(told(client, pages, words)) == []
    for deed in ("done", "drop", "reassign", "ask"):
        response = client.get(f"/actions/{promise.pk}/{deed}/")
        assert response.status_code == (200 if ends == "part" else 404)
        assert [word for word in words if word in text_of(response)] == []
