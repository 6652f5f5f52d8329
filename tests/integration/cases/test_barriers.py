"""Naming what makes school hard, once while it stands, and saying that it eased."""

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared.errors import Invalid, Refused
from cases.models import Barrier, TimelineEntry
from cases.services.barriers import LONGEST_NOTE, ease_barrier, name_barrier
from tests.factories.cases import DAY, MOMENT, BarrierFactory, CaseFactory
from tests.factories.schools import MembershipFactory, SchoolFactory
from tests.factories.users import UserFactory


@pytest.fixture
def case(db):
    return CaseFactory()


@pytest.fixture
def officer(db):
    return MembershipFactory().user


def name(case, by, **facts):
    facts = {"kind": "transport", "named_by": "child", **facts}
    return name_barrier(case=case, by=by, on=DAY, at=MOMENT, **facts)


def test_named_barrier_stands_on_the_case_with_its_line_and_audit(case, officer):
    barrier = name(case, officer, note="The bus is late.")

    assert (barrier.case, barrier.kind, barrier.named_by) == (case, "transport", "child")
    assert (barrier.note, barrier.named_on, barrier.by) == ("The bus is late.", DAY, officer)
    line = TimelineEntry.objects.get(case=case)
    assert line.title == "Barrier named: Transport and the journey (Community)"
    assert (line.kind, line.by_role, line.agency) == ("plan", "attendance_officer", "attendance")
    assert AuditEvent.objects.filter(verb="barrier.named").count() == 1


def test_naming_it_again_while_it_stands_is_the_same_barrier(case, officer):
    first = name(case, officer, note="The bus is late.")
    again = name(case, officer, note="The bus is full.", named_by="family")

    assert again.pk == first.pk
    assert Barrier.objects.get().note == "The bus is late.\nThe bus is full."
    assert TimelineEntry.objects.count() == 1


def test_the_same_note_is_not_added_twice(case, officer):
    for _ in range(2):
        name(case, officer, note="The bus is late.")

    assert Barrier.objects.get().note == "The bus is late."


def test_one_that_eased_may_be_named_again(case, officer):
    first = name(case, officer)
    ease_barrier(barrier=first, note="A new route.", by=officer, on=DAY, at=MOMENT)
    again = name(case, officer)

    assert again.pk != first.pk
    first.refresh_from_db()
    assert (first.eased_on, first.note) == (DAY, "A new route.")


def test_eased_twice_is_told_once(case, officer):
    barrier = BarrierFactory(case=case)
    for _ in range(2):
        ease_barrier(barrier=barrier, by=officer, on=DAY, at=MOMENT)

    assert TimelineEntry.objects.get().title == "Barrier eased: Transport and the journey"
    assert AuditEvent.objects.filter(verb="barrier.eased").count() == 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"kind": "weather"}, "kind"), ({"named_by": "neighbour"}, "named_by")],
)
def test_what_is_not_in_the_list_is_invalid(case, officer, facts, field):
    with pytest.raises(Invalid) as wrong:
        name(case, officer, **facts)
    assert [error.pointer for error in wrong.value.errors] == [field]


def test_note_fits_to_the_last_character(case, officer):
    assert name(case, officer, note="x" * LONGEST_NOTE).note
    with pytest.raises(Invalid, match="1,000 characters"):
        name(case, officer, kind="sleep", note="x" * (LONGEST_NOTE + 1))


def test_lead_of_another_school_is_refused(case):
    elsewhere = MembershipFactory(role="school_lead", scope="school", school=SchoolFactory()).user
    with pytest.raises(Refused, match="not one of yours"):
        name(case, elsewhere)


def test_lead_of_the_childs_school_may(case):
    lead = MembershipFactory(role="school_lead", scope="school", school=case.school).user
    assert name(case, lead).by == lead
    assert TimelineEntry.objects.get().agency == "school"


@pytest.mark.parametrize("role", ["analyst", "panel_member"])
def test_role_that_writes_no_plans_is_refused(case, role):
    with pytest.raises(Refused, match="Your role does not include this"):
        name(case, MembershipFactory(role=role).user)


def test_someone_without_a_role_is_refused(case):
    with pytest.raises(Refused, match="nobody has given you access"):
        name(case, UserFactory())


def test_closed_case_is_refused(officer):
    case = CaseFactory(status="closed", closed_on=DAY)
    with pytest.raises(Refused, match="Reopen it first"):
        name(case, officer)
    with pytest.raises(Refused, match="Reopen it first"):
        ease_barrier(barrier=BarrierFactory(case=case), by=officer, on=DAY, at=MOMENT)
