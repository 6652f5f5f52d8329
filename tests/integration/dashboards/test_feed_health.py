"""P29: who is sending, what is missing, and how the runs went."""

from datetime import date

import pytest

from attendance.models import NightlyRun, RegisterWeek
from attendance.services.nightly import run_for_everyone
from tests.factories.classes import LATEST, child, queries_of
from tests.factories.schools import SchoolFactory

FEEDS = "/data/feeds/"
NEXT_TUESDAY = date(2026, 2, 10)


def page(client, query=""):
    return client.get(FEEDS + query).context["page"]


def lines_of(client, query=""):
    return {line.school: line for line in page(client, query).lines}


def test_feeds_before_the_first_run_say_so(signed_in):
    assert "nothing to compare with yet" in signed_in("analyst").get(FEEDS).content.decode()


def test_schools_with_every_mark_are_up_to_date(borough, signed_in):
    found = page(signed_in("analyst"))

    assert found.headline == "All 2 schools are up to date, with marks to Fri 6 Feb"
    assert [(line.school, line.tag.label, line.sessions_missing) for line in found.lines] == [
        ("Ash School", "Up to date", 0),
        ("Elm School", "Up to date", 0),
    ]


def test_school_that_sent_nothing_for_two_days_is_behind(borough, signed_in):
    run_for_everyone(as_of=NEXT_TUESDAY)

    line = lines_of(signed_in("analyst"))["Ash School"]

    assert (line.tag.label, line.note) == ("Behind", "2 school days behind")
    assert line.sessions_missing == 4 * 2 * 2  # four children, two days of two sessions


def test_school_that_never_sent_says_no_data(borough, signed_in):
    oak = SchoolFactory(name="Oak School", folded_name="oak school")
    RegisterWeek.objects.filter(enrolment=child(oak, "Fay")).delete()
    run_for_everyone(as_of=LATEST)

    line = lines_of(signed_in("analyst"))["Oak School"]

    assert (line.tag.label, line.marks_to, line.route) == (
        "Never sent", "No data", "Nothing sent yet",
    )  # fmt: skip


def test_sessions_with_a_dash_have_not_come(borough, signed_in):
    weeks = RegisterWeek.objects.filter(enrolment=borough.ada)
    weeks.filter(week_start=date(2026, 2, 2)).update(marks="--------/\\    ")
    run_for_everyone(as_of=LATEST)

    assert lines_of(signed_in("analyst"))["Ash School"].sessions_missing == 8


def test_pupils_with_no_marks_open_the_list_they_count(borough, signed_in):
    RegisterWeek.objects.filter(enrolment=borough.ada, week_start__gte=date(2026, 1, 26)).delete()
    run_for_everyone(as_of=LATEST)
    client = signed_in("attendance_officer")

    line = lines_of(client)["Ash School"]

    assert line.silent == 1
    assert client.get(line.silent_href).context["count"] == 1


def test_school_lead_sees_their_own_row_and_no_runs(borough, signed_in):
    found = page(signed_in("school_lead", school=borough.elm))

    assert [line.school for line in found.lines] == ["Elm School"]
    assert found.runs == []


def test_administrator_sees_schools_and_runs_but_no_pupils(borough, signed_in):
    found = page(signed_in("administrator"))

    assert [line.school for line in found.lines] == ["Ash School", "Elm School"]
    assert {line.silent for line in found.lines} == {None}
    assert [run.outcome for run in found.runs] == ["Finished", "Finished"]


@pytest.mark.parametrize("role", ["early_help_worker", "panel_member"])
def test_roles_without_registers_are_refused(borough, signed_in, role):
    assert signed_in(role).get(FEEDS).status_code == 403


def test_failed_run_is_listed_as_not_finished(borough, signed_in):
    NightlyRun.objects.filter(as_of=LATEST).update(state=NightlyRun.State.FAILED)

    assert "Did not finish" in [run.outcome for run in page(signed_in("analyst")).runs]


def test_lines_are_sorted_by_the_column_asked_for(borough, signed_in):
    RegisterWeek.objects.filter(enrolment=borough.ada, week_start__gte=date(2026, 1, 26)).delete()
    run_for_everyone(as_of=LATEST)
    client = signed_in("analyst")

    assert next(line.school for line in page(client, "?sort=missing").lines) == "Elm School"
    assert next(line.school for line in page(client, "?sort=-missing").lines) == "Ash School"
    assert next(line.school for line in page(client, "?sort=-name").lines) == "Elm School"


def test_queries_do_not_grow_with_schools(borough, signed_in):
    client = signed_in("analyst")
    before = queries_of(client, FEEDS)
    for number in range(10):
        child(SchoolFactory(name=f"School {number}", folded_name=f"school {number}"), "Kit")
    run_for_everyone(as_of=LATEST)

    assert queries_of(client, FEEDS) == before


def test_lines_say_how_far_marks_are_expected_and_lead_to_the_registers(borough, signed_in):
    run_for_everyone(as_of=NEXT_TUESDAY)
    client = signed_in("attendance_officer")

    found = page(client)

    assert {(line.marks_to, line.expected_to) for line in found.lines} == {
        ("Fri 6 Feb", "Tue 10 Feb")
    }
    assert found.grid.links == [line.href for line in found.lines]
    assert all(client.get(line.href).status_code == 200 for line in found.lines)


def test_child_whose_move_is_not_confirmed_is_counted_for_nobody_but_the_authority(
    borough, signed_in
):
    claimed = {"pupil": borough.ada.pupil, "awaiting_confirmation": True}
    newcomer = child(borough.elm, "Ada", starts_on=date(2026, 1, 5), **claimed)
    RegisterWeek.objects.filter(enrolment=newcomer).delete()
    run_for_everyone(as_of=LATEST)

    for role, facts, count in (
        ("school_lead", {"school": borough.elm}, 0),
        ("team_manager", {}, 1),
    ):
        client = signed_in(role, **facts)
        line = lines_of(client)["Elm School"]
        assert line.silent == count
        if line.silent_href:
            assert client.get(line.silent_href).context["count"] == count
