"""The timeline with casework: in order, narrowed, and restricted lines without their words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cases.models import StageChange, TimelineEntry
from dashboards.read_models.cases.timeline import entries, timeline_block
from tests.factories.cases import CaseFactory, TimelineFactory
from tests.factories.classes import queries_of
from tests.factories.pupils import EnrolmentFactory, PupilGrantFactory
from tests.factories.schools import SchoolFactory
from tests.factories.users import UserFactory

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = "Nobody else may read these words."


@pytest.fixture
def case(borough):
    """A case of Cal at Ash, opened yesterday."""
    return CaseFactory(enrolment=borough.cal, reference="AT-10001")


def at(hours: float) -> datetime:
    return MORNING + timedelta(hours=hours)


def record_page(client, case, query=""):
    return client.get(f"/pupils/{case.pupil.public_id}/timeline/{query}")


def case_page(client, case, query=""):
    return client.get(f"/cases/{case.reference}/timeline/{query}")


def titles(response) -> list[str]:
    return [entry.title for entry in response.context["entries"]]


def casework_titles(response) -> list[str]:
    return [entry.title for entry in response.context["entries"] if hasattr(entry, "pk")]


@pytest.mark.parametrize("opened", [record_page, case_page])
def test_casework_stands_newest_first_above_the_older_lines_of_the_register(
    case, signed_in, opened
):
    TimelineFactory(case=case, title="The first", at=at(0))
    TimelineFactory(case=case, title="The second", at=at(30))

    told = titles(opened(signed_in("attendance_officer"), case))

    assert told[:3] == ["The second", "The first", "All 10 sessions attended"]


def test_line_of_today_is_told_although_the_figures_are_older(case, signed_in, today):
    TimelineFactory(case=case, title="Just now", at=datetime(2026, 3, 3, 8, tzinfo=UTC))

    assert titles(record_page(signed_in("attendance_officer"), case))[0] == "Just now"


def test_as_of_an_earlier_day_ends_on_it(case, signed_in):
    TimelineFactory(case=case, title="On the day", at=datetime(2026, 1, 20, 23, 59, tzinfo=UTC))
    TimelineFactory(case=case, title="The day after", at=datetime(2026, 1, 21, 0, 0, tzinfo=UTC))

    told = casework_titles(record_page(signed_in("attendance_officer"), case, "?as_of=2026-01-20"))

    assert told == ["On the day"]


def test_line_says_role_and_the_agency_that_the_role_does_not_say(case, signed_in):
    TimelineFactory(case=case, title="Ours", at=at(2))
    TimelineFactory(case=case, title="Theirs", agency="health", at=at(1))
    TimelineFactory(case=case, title="Nobody's role", by_role="", agency="family", at=at(0))

    told = case_page(signed_in("attendance_officer"), case).context["entries"]

    assert [(line.title, line.who) for line in told[:3]] == [
        ("Ours", "Attendance officer"),
        ("Theirs", "Attendance officer, Health, 0 to 19"),
        ("Nobody's role", "The child and family"),
    ]
    assert told[0].when == "Mon 2 Mar 2026, 11:00am"


# Restricted.


@pytest.fixture
def restricted(case) -> TimelineEntry:
    return TimelineFactory(
        case=case, title="Call", text=SECRET, is_restricted=True, by=UserFactory(), at=at(5)
    )


@pytest.mark.parametrize("opened", [record_page, case_page])
def test_restricted_line_says_its_role_and_day_and_nothing_else(
    case, restricted, signed_in, opened
):
    response = opened(signed_in("school_lead", school=case.school), case)

    assert casework_titles(response) == ["Restricted note, Attendance officer, 2 Mar 2026"]
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("who", ["writer", "lead", "manager"])
def test_restricted_line_is_read_by_those_entitled(case, restricted, user_with, client, who):
    reader = {"writer": restricted.by, "lead": case.lead}.get(who)
    role = "team_manager" if who == "manager" else "attendance_officer"
    client.force_login(user_with(role, user=reader))

    assert SECRET in case_page(client, case).content.decode()


def test_restricted_line_answers_to_no_kind(case, restricted, signed_in):
    client = signed_in("school_lead", school=case.school)

    assert titles(case_page(client, case, "?kind=contact")) == []


def test_redacted_lines_stand_in_for_words_that_the_reader_could_read(case, restricted, user_with):
    TimelineFactory(case=case, title="Open to all", at=at(6))
    manager = user_with("team_manager")

    whole = entries(case.pupil, manager)
    redacted = entries(case.pupil, manager, redacted=True)

    assert [line.text for line in whole] == ["", SECRET]
    assert [(line.title, line.text) for line in redacted] == [
        ("Open to all", ""),
        ("Restricted note, Attendance officer, 2 Mar 2026", ""),
    ]
    assert [line.is_restricted for line in redacted] == [False, True]


# Who sees it.


def test_analyst_sees_the_registers_lines_and_none_of_casework(case, signed_in):
    TimelineFactory(case=case, title="Ours alone")
    client = signed_in("analyst")

    assert casework_titles(record_page(client, case)) == []
    assert case_page(client, case).status_code == 403


def test_school_that_a_child_has_left_sees_no_casework(case, borough, signed_in):
    TimelineFactory(case=case, title="Of the new school")
    borough.cal.ends_on = datetime(2026, 2, 20, tzinfo=UTC).date()
    borough.cal.save()
    EnrolmentFactory(pupil=case.pupil, school=borough.elm, starts_on=datetime(2026, 2, 23).date())
    client = signed_in("school_lead", school=borough.ash)

    assert casework_titles(record_page(client, case)) == []
    assert case_page(client, case).status_code == 404


def test_case_of_another_school_or_family_is_a_page_that_never_was(case, client, user_with):
    strangers = [user_with("school_lead", school=SchoolFactory()), user_with("early_help_worker")]
    for stranger in strangers:
        client.force_login(stranger)
        assert case_page(client, case).status_code == 404


def test_early_help_worker_of_the_child_reads_it(case, signed_in):
    TimelineFactory(case=case, title="Visit")
    client = signed_in("early_help_worker")
    PupilGrantFactory(user=client.user, pupil=case.pupil)

    assert casework_titles(case_page(client, case)) == ["Visit"]


# Narrowed.


def test_timeline_narrows_by_agency_and_by_kind(case, signed_in):
    TimelineFactory(case=case, title="Officer's call", at=at(3))
    TimelineFactory(case=case, title="School's call", agency="school", at=at(2))
    TimelineFactory(case=case, title="School's plan", kind="plan", agency="school", at=at(1))
    client = signed_in("attendance_officer")

    assert titles(case_page(client, case, "?agency=school")) == ["School's call", "School's plan"]
    assert titles(case_page(client, case, "?kind=contact&agency=school")) == ["School's call"]
    page = case_page(client, case, "?kind=plan")
    assert titles(page) == ["School's plan"]
    assert [chip.label for chip in page.context["chips"]] == ["Shown: Plan"]


def test_timeline_narrows_to_the_stretch_at_a_stage(case, signed_in):
    steps = {"by_role": "attendance_officer", "reason": "Agreed", "on": case.opened_on}
    StageChange.objects.create(case=case, to_stage=2, at=at(0), **steps)
    StageChange.objects.create(case=case, from_stage=2, to_stage=3, at=at(10), **steps)
    for hours, title in ((0, "From the first"), (9.9, "Up to the step"), (10, "The step")):
        TimelineFactory(case=case, title=title, at=at(hours))
    TimelineFactory(case=case, title="Before", at=at(-1))
    client = signed_in("attendance_officer")

    assert titles(case_page(client, case, "?stage=2")) == ["Up to the step", "From the first"]
    assert titles(case_page(client, case, "?stage=3")) == ["The step"]
    assert titles(case_page(client, case, "?stage=4")) == []


def test_register_lines_stand_under_the_stage_of_their_day(case, signed_in):
    steps = {"by_role": "attendance_officer", "reason": "Agreed", "on": case.opened_on}
    first = datetime(2026, 1, 28, 9, tzinfo=UTC)
    StageChange.objects.create(case=case, to_stage=2, at=first, **steps)
    StageChange.objects.create(
        case=case, from_stage=2, to_stage=3, at=first + timedelta(days=5), **steps
    )

    page = case_page(signed_in("attendance_officer"), case, "?stage=2&kind=week")

    assert [entry.when for entry in page.context["entries"]] == ["Week of 26 Jan 2026"]


def test_stage_asked_of_a_child_whose_casework_one_does_not_see_leaves_no_line(case, signed_in):
    assert titles(record_page(signed_in("analyst"), case, "?stage=2")) == []


@pytest.mark.parametrize("query", ["?kind=secret", "?agency=nobody", "?stage=7", "?stage=x"])
def test_what_stands_in_no_list_is_a_bad_request(case, signed_in, query):
    assert case_page(signed_in("attendance_officer"), case, query).status_code == 400


def test_filters_offer_what_occurs_and_what_was_asked_for(case, signed_in):
    TimelineFactory(case=case, kind="hold", agency="school")
    form = case_page(signed_in("attendance_officer"), case, "?kind=legal").context["form"]

    kinds = [key for key, _ in form.fields["kind"].choices]
    assert kinds == ["", "hold", "flag", "roll", "correction", "week", "legal"]
    assert [key for key, _ in form.fields["agency"].choices] == ["", "school"]


# Many lines.


def test_five_hundred_lines_ask_no_more_than_five(case, signed_in):
    TimelineFactory.create_batch(5, case=case)
    client = signed_in("attendance_officer")
    pages = [f"/cases/{case.reference}/timeline/", f"/pupils/{case.pupil.public_id}/timeline/"]
    few = [queries_of(client, page) for page in pages]
    TimelineFactory.create_batch(495, case=case)

    assert [queries_of(client, page) for page in pages] == few
    assert len(case_page(client, case).context["entries"]) == 25


def test_block_of_the_case_page_has_the_latest_ten_and_leads_to_the_rest(case, user_with):
    for number in range(11):
        TimelineFactory(case=case, title=f"Line {number}", at=at(number))

    block = timeline_block(case, user_with("attendance_officer"), on=case.opened_on)

    assert [line.title for line in block.entries] == [f"Line {n}" for n in range(10, 0, -1)]
    assert (block.more, block.href) == (1, "/cases/AT-10001/timeline/")
