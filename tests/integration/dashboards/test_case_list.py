"""The list of cases: whose they are, what narrows them, in which order, and what it costs."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest

from attendance.models import Flag
from cases.models import Case
from dashboards.read_models.cases.case_list import empty_list
from schools.models import Place
from tests.factories.cases import CaseFactory, ContactFactory, PlanFactory
from tests.factories.classes import queries_of
from tests.factories.pupils import EnrolmentFactory, PupilFactory, PupilGrantFactory
from tests.factories.schools import PatchFactory, PlaceFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def text_of(client, query: str = "") -> str:
    return " ".join(unescape(client.get(f"/cases/{query}").content.decode()).split())


def references(client, query: str = "") -> list[str]:
    """The references of the list, in its order."""
    page = client.get(f"/cases/{query}")
    return [row.reference for row in page.context["rows"]]


@pytest.fixture
def officer(signed_in):
    return signed_in("attendance_officer")


def named(name: str, **facts) -> Case:
    pupil = PupilFactory(surname=name, folded_name=f"{name.lower()}, robin")
    return CaseFactory(enrolment=EnrolmentFactory(pupil=pupil), **facts)


def test_a_line_says_where_a_case_stands(officer):
    case = named(
        "Ash",
        stage=3,
        stage_since=date(2026, 2, 10),
        next_review_on=date(2026, 3, 2),
        lead=officer.user,
    )
    row = officer.get("/cases/").context["rows"][0]
    assert (row.reference, row.stage, row.weeks) == (
        case.reference,
        "3 of 6, Listen and understand",
        3,
    )
    assert (row.lead, row.review.tag.label) == (str(officer.user), "Overdue")
    assert row.direction == "Not known"
    text = text_of(officer)
    assert "1 case" in text
    assert f'href="/cases/{case.reference}/"' in text


def test_a_hold_and_a_pause_are_seen_in_the_list(officer):
    case = CaseFactory(status="paused", paused_until=date(2026, 4, 1))
    case.pupil.holds.create(
        kind="safety", reason="So", from_on=date(2026, 3, 2), review_on=date(2026, 3, 20)
    )
    text = text_of(officer)
    assert "Hold stands" in text
    assert "Paused until 1 Apr" in text


def test_closed_cases_are_a_state_to_ask_for(officer, today):
    live = CaseFactory()
    closed = CaseFactory(status="closed", closed_on=today, next_review_on=None)
    assert references(officer) == [live.reference]
    assert references(officer, "?status=closed") == [closed.reference]


@pytest.mark.parametrize(
    ("query", "facts"),
    [
        ("?stage=4", {"stage": 4}),
        ("?track=complex", {"track": "complex"}),
        ("?overdue=true", {"next_review_on": date(2026, 3, 2)}),
        ("?waiting=true", {"lead": None}),
        ("?team=early_help", {"team": "early_help"}),
        ("?status=paused", {"status": "paused", "paused_until": date(2026, 4, 1)}),
    ],
)
def test_each_filter_alone_narrows_the_list(officer, query, facts):
    CaseFactory()
    found = CaseFactory(**facts)
    assert references(officer, query) == [found.reference]


def test_school_and_lead_narrow_the_list(officer):
    CaseFactory()
    found = CaseFactory()
    assert references(officer, f"?school={found.school_id}") == [found.reference]
    assert references(officer, f"?lead={found.lead_id}") == [found.reference]


def test_mine_is_what_i_lead_or_cover_today(officer, today):
    CaseFactory()
    led = CaseFactory(lead=officer.user, next_review_on=date(2026, 3, 10))
    covered = CaseFactory(cover=officer.user, cover_until=today, next_review_on=date(2026, 3, 11))
    CaseFactory(cover=officer.user, cover_until=date(2026, 3, 2))
    assert references(officer, "?mine=true") == [led.reference, covered.reference]


def test_cases_without_the_childs_own_words_are_found(officer):
    unheard, in_a_plan, in_a_contact = CaseFactory(), CaseFactory(), CaseFactory()
    PlanFactory(case=unheard, child_view="")
    ContactFactory(case=unheard, child_words="")
    PlanFactory(case=in_a_plan, child_view="I like drama")
    ContactFactory(case=in_a_contact, child_words="The bus is loud")
    assert references(officer, "?no_child_view=true") == [unheard.reference]


def test_the_locality_is_that_of_the_childs_home(officer):
    north = PlaceFactory(kind=Place.Kind.LOCALITY)
    found = CaseFactory()
    found.pupil.ward = PlaceFactory(part_of=north)
    found.pupil.save()
    CaseFactory()
    assert references(officer, f"?locality={north.code}") == [found.reference]


def test_a_filter_that_is_on_can_be_taken_off(officer):
    CaseFactory(stage=4)
    text = text_of(officer, "?stage=4&sort=name")
    assert "Stage: 4 of 6, Facilitate support" in text
    assert 'href="?sort=name"' in text


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["B", "A", "C"]),  # by the next review
        ("name", ["A", "B", "C"]),
        ("-name", ["C", "B", "A"]),
        ("stage", ["C", "A", "B"]),
        ("-weeks", ["A", "C", "B"]),
        ("weeks", ["B", "C", "A"]),
        ("nonsense", ["B", "A", "C"]),
    ],
)
def test_the_order_is_the_one_asked_for(officer, sort, expected):
    for name, review, stage, since in (
        ("A", 12, 3, date(2026, 1, 5)),
        ("B", 11, 4, date(2026, 3, 2)),
        ("C", 13, 2, date(2026, 2, 2)),
    ):
        named(name, next_review_on=date(2026, 3, review), stage=stage, stage_since=since)
    rows = officer.get(f"/cases/?sort={sort}").context["rows"]
    assert [row.pupil.split()[-1] for row in rows] == expected


def test_26_cases_are_two_pages(officer):
    enrolment = EnrolmentFactory()
    for _ in range(26):
        CaseFactory(enrolment=EnrolmentFactory(school=enrolment.school))
    assert len(references(officer)) == 25
    assert len(references(officer, "?page=2")) == 1
    assert "26 cases" in text_of(officer)


def test_a_school_sees_its_own_and_early_help_the_children_given(signed_in):
    own, other = CaseFactory(), CaseFactory()
    assert references(signed_in("school_lead", school=own.school)) == [own.reference]
    worker = signed_in("early_help_worker")
    assert references(worker) == []
    PupilGrantFactory(user=worker.user, pupil=other.pupil)
    assert references(worker) == [other.reference]


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_roles_without_casework_are_refused(signed_in, role):
    assert signed_in(role).get("/cases/").status_code == 403


def test_choices_name_only_what_one_may_see(signed_in):
    own, other = CaseFactory(), CaseFactory()
    text = text_of(signed_in("school_lead", school=own.school))
    assert str(own.lead) in text
    assert str(other.lead) not in text
    assert other.school.name not in text


def flags_that_may_need_one(user, today) -> int:
    said = empty_list(user, on=today, today_href="/").next
    return int(said.removeprefix("Flags that may need one: ").rstrip("."))


def test_no_case_on_the_patch_leads_to_the_flags_that_may_need_one(borough, signed_in, today):
    officer = signed_in("attendance_officer", patch=PatchFactory(schools=[borough.ash]))
    text = text_of(officer)
    before = flags_that_may_need_one(officer.user, today)
    assert "No open cases on your patch." in text
    assert f"Flags that may need one: {before}." in text
    assert before > 0
    answered = Flag.objects.open().filter(enrolment=borough.cal).count()
    CaseFactory(enrolment=borough.cal)
    assert flags_that_may_need_one(officer.user, today) == before - answered


def test_no_case_says_whose_none_it_is(signed_in):
    assert "No open cases at your schools." in text_of(
        signed_in("school_lead", school=SchoolFactory())
    )
    assert "The cases that you work on stand here." in text_of(signed_in("early_help_worker"))
    CaseFactory()
    assert "No case that you can see matches" in text_of(
        signed_in("attendance_officer"), "?stage=6"
    )


def test_the_list_can_be_saved_as_a_view(officer):
    CaseFactory()
    facts = {"name": "Overdue", "path": "/cases/", "query": "overdue=true"}
    officer.post("/views/", facts)
    assert "/cases/?overdue=true" in officer.get("/views/").content.decode()


def test_more_cases_at_more_schools_ask_no_more(officer):
    CaseFactory()
    few = queries_of(officer, "/cases/")
    for _ in range(12):
        CaseFactory()
    assert queries_of(officer, "/cases/") == few
    assert few <= 20


def test_the_panel_asks_nobody_for_a_moment(officer):
    assert "changed_since" not in officer.get("/cases/").context["filter_form"].fields
