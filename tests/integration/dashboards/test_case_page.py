"""The page of a case: what it is about, what must be known first, and what can be done."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest

from accounts.models import AccessLogEntry
from attendance.models import Flag, SchoolWeek
from attendance_portal.shared import clock
from cases.choices import Outcome
from cases.models import Case
from cases.services.cases import open_case
from cases.services.closing import close_case, pause_case, reopen_case
from cases.services.holds import place_hold
from schools.models import Household
from tests.factories.cases import CaseFactory, PlanFactory
from tests.factories.classes import child, keep_register
from tests.factories.pupils import EnrolmentFactory, PupilGrantFactory
from tests.factories.schools import SchoolFactory, make_terms

pytestmark = pytest.mark.django_db


def text_of(client, case: Case) -> str:
    page = client.get(f"/cases/{case.reference}/").content.decode()
    return " ".join(unescape(page).split())


@pytest.fixture
def lead(signed_in):
    return signed_in("attendance_officer")


@pytest.fixture
def case(lead) -> Case:
    make_terms()
    return CaseFactory(lead=lead.user, next_review_on=date(2026, 3, 24))


def test_the_top_says_what_it_is_about(lead):
    case = CaseFactory(
        lead=lead.user,
        track="specific_issue",
        aim="Robin walks in with a friend",
        trusted_adult="Ms Hale in the library",
        next_review_on=date(2026, 3, 24),
        worker_direction="better",
        worker_direction_why="Smiles at the gate",
        worker_direction_on=date(2026, 3, 2),
    )
    text = text_of(lead, case)
    for said in (
        "“Robin walks in with a friend”",
        "Specific issue",
        str(lead.user),
        "Ms Hale in the library",
        "Due 24 Mar",
        "Direction: by the marks",
        "Not known",
        "Direction: as the worker sees it",
        "Better",
        "2 Mar 2026: Smiles at the gate",
        "Open since",
    ):
        assert said in text


def test_a_review_gone_by_is_overdue(lead):
    case = CaseFactory(lead=lead.user, next_review_on=date(2026, 3, 2))
    assert "Overdue" in text_of(lead, case)


def test_the_reading_is_logged_and_the_reference_may_be_typed_small(case, lead):
    assert lead.get(f"/cases/{case.reference.lower()}/").status_code == 200
    entry = AccessLogEntry.objects.get(page="case")
    assert (entry.user, entry.subject_ref) == (lead.user, str(case.pupil.public_id))


@pytest.mark.parametrize("reference", ["AT-99999999", "x", "AT-1%00"])
def test_a_reference_of_no_case_is_not_found(case, lead, reference):
    assert lead.get(f"/cases/{reference}/").status_code == 404


def test_others_do_not_find_it(case, signed_in):
    for role, facts in (
        ("school_lead", {"school": SchoolFactory()}),
        ("early_help_worker", {}),
        ("panel_member", {}),
    ):
        assert signed_in(role, **facts).get(f"/cases/{case.reference}/").status_code == 404
    assert signed_in("analyst").get(f"/cases/{case.reference}/").status_code == 403


def test_a_hold_is_the_first_thing_one_reads(case, lead, today):
    place_hold(
        pupil=case.pupil,
        kind="bereavement",
        reason="A grandparent died.",
        review_on=date(2026, 3, 17),
        by=lead.user,
        on=today,
        at=clock.now(),
    )
    text = text_of(lead, case)
    assert "Hold: bereavement. The case does not step up, and nothing is sent." in text
    assert "A review is due on 17 Mar 2026." in text
    assert text.index("Hold: bereavement") < text.index("What the family hopes for")
    assert "Change or end the hold" in text


def test_a_paused_case_says_until_when_and_offers_to_go_on(case, lead, today):
    pause_case(
        case=case, until_on=date(2026, 3, 20), reason="In hospital.", by=lead.user, on=today,
        at=clock.now(),
    )  # fmt: skip
    PlanFactory(
        case=case, state="agreed", child_view="Slowly.", agreed_on=date(2026, 1, 5),
        next_review_on=date(2026, 2, 2),
    )  # fmt: skip
    text = text_of(lead, case)
    assert "Paused until 20 Mar 2026: In hospital." in text
    assert "Review due" not in text
    assert "The pause is over" not in text
    assert "Take the case up again" in text
    Case.objects.update(paused_until=today)
    text = text_of(lead, case)
    assert "The pause is over: take the case up again." in text
    assert "Review due" in text


def test_a_child_who_changed_school_or_left_is_noticed(case, lead, today):
    case.pupil.enrolments.update(ends_on=date(2026, 3, 2))
    assert "The child is on no school's roll today." in text_of(lead, case)
    new = EnrolmentFactory(pupil=case.pupil, starts_on=today).school
    assert f"The child's main school is {new} now." in text_of(lead, case)


def test_a_child_who_lives_in_another_authority_is_noticed(case, lead):
    case.pupil.home_la = case.school.la_code
    case.pupil.save()
    assert "lives in another authority" not in text_of(lead, case)
    case.pupil.home_la = "808"
    case.pupil.save()
    assert "The child lives in another authority (number 808)." in text_of(lead, case)


def test_what_is_refused_stands_as_text_with_its_reason(case, lead, signed_in):
    assert f'href="/cases/{case.reference}/close/"' in text_of(lead, case)
    text = text_of(signed_in("school_lead", school=case.school), case)
    assert f'href="/cases/{case.reference}/close/"' not in text
    assert f"Close the case: {case.lead} leads this case. Ask them, or their manager." in text
    assert f'href="/cases/{case.reference}/edit/"' in text


def test_someone_who_only_reads_is_offered_nothing_to_do(case, signed_in):
    reader = signed_in("panel_member")
    PupilGrantFactory(user=reader.user, pupil=case.pupil)
    text = text_of(reader, case)
    assert "Close the case" not in text
    assert "Print the case" in text


def test_an_earlier_time_stays_with_what_helped(case, lead, today):
    facts = {"by": lead.user, "on": today, "at": clock.now()}
    close_case(case=case, outcome=Outcome.IMPROVED, what_helped="The bus pass", **facts)
    text = text_of(lead, case)
    assert "Closed on" in text
    assert "Reopen the case" in text
    assert "Edit the case" not in text
    reopen_case(case=case, reason="Missing school again", **facts)
    text = text_of(lead, case)
    assert "Better, with support that goes on. What helped: The bus pass" in text
    assert "Reopened on 3 Mar 2026: Missing school again" in text


def test_cover_is_named_to_its_last_day(case, lead, user_with, today):
    cover = user_with("attendance_officer")
    Case.objects.update(cover=cover, cover_until=today)
    assert f"{cover} until 3 Mar 2026" in text_of(lead, case)
    Case.objects.update(cover_until=date(2026, 3, 2))
    assert str(cover) not in text_of(lead, case).split("Parts of this case")[0]


def test_the_household_stands_together_as_far_as_one_may_see(case, lead, signed_in):
    household = Household.objects.create()
    sibling = EnrolmentFactory()
    for pupil in (case.pupil, sibling.pupil):
        pupil.household = household
        pupil.save()
    other = CaseFactory(enrolment=sibling)
    text = text_of(lead, case)
    assert "Also in this household" in text
    assert str(sibling.pupil) in text
    assert other.reference in text
    assert other.reference not in text_of(signed_in("school_lead", school=case.school), case)


def test_the_flags_that_a_case_rests_on_lead_to_their_why(borough, lead, today):
    flag = Flag.objects.get(enrolment=borough.ben, kind="persistent_absence")
    case = open_case(
        pupil=borough.ben.pupil,
        opened_from="flag",
        flags=[flag],
        track="complex",
        lead=lead.user,
        by=lead.user,
        on=today,
        at=clock.now(),
    )
    text = text_of(lead, case)
    assert "5 of 50 possible sessions missed, 10.0%." in text
    assert f'href="/flags/{flag.pk}/why/"' in text


# The direction by the marks: six school weeks beside the six before

PRESENT, ILL = "/" * 10, "I" * 10


def weeks_of(borough, *pages: str):
    """A child whose marks are these of twelve school weeks up to the figures' date, Friday 6
    February, and a school that met in each of them."""
    enrolment = child(borough.ash, "Fay")
    enrolment.weeks.all().delete()
    mondays = [date(2025, 11, 10 + 7 * n) for n in range(3)]
    mondays += [date(2025, 12, 1 + 7 * n) for n in range(3)]
    mondays += [date(2026, 1, 5 + 7 * n) for n in range(4)] + [date(2026, 2, 2)]
    mondays.insert(0, date(2025, 11, 3))
    for number, (monday, page) in enumerate(zip(mondays, pages, strict=True)):
        keep_register(enrolment, page, first=monday)
        SchoolWeek.objects.get_or_create(
            school=borough.ash, week_start=monday, defaults={"week_no": number}
        )
    return enrolment


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        (PRESENT, ILL, "Harder"),
        (ILL, PRESENT, "Better"),
        (PRESENT, PRESENT, "About the same"),
    ],
)
def test_the_direction_by_the_marks_says_its_figures(borough, lead, before, now, says):
    case = CaseFactory(enrolment=weeks_of(borough, *[before] * 6, *[now] * 6), lead=lead.user)
    text = text_of(lead, case)
    top = text.split("Direction: by the marks")[1].split("</div>")[0]
    assert says in top
    figure = {PRESENT: "0 of 60", ILL: "60 of 60"}
    assert f"{figure[now]} sessions missed in the last 6 school weeks" in top
    assert f"{figure[before]} in the 6 before" in top


def test_a_direction_is_not_known_once_the_marks_have_stopped(borough, lead):
    pages = [PRESENT] * 11 + ["//////    "]  # to Wednesday: two school days behind on Friday
    enrolment = weeks_of(borough, *pages)
    case = CaseFactory(enrolment=enrolment, lead=lead.user)
    assert "About the same" in text_of(lead, case)
    enrolment.weeks.filter(week_start=date(2026, 2, 2)).update(marks="////".ljust(14))
    assert "marks stop at 3 Feb" in text_of(lead, case)


def test_a_closed_case_asks_for_nothing_more(case, lead):
    PlanFactory(
        case=case, state="agreed", agreed_on=date(2026, 2, 3), next_review_on=date(2026, 3, 2)
    )
    assert "Review due" in text_of(lead, case)
    Case.objects.update(status="closed", closed_on=date(2026, 3, 3), next_review_on=None)
    case.refresh_from_db()

    text = text_of(lead, case)
    main = text.split("<main", 1)[1]
    assert "The six steps: closed at" in text
    assert "Closed here" in text
    assert 'aria-current="step"' not in text
    assert "Everyone's part ended when the case closed." in text
    for asked in (
        "Review due",
        "Next review",
        "Add or end",
        "practitioner is named",
        "Name a barrier",
    ):
        assert asked not in main
