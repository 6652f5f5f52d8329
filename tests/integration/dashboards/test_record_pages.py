"""P3: the sub-pages of a record, by who reads them."""

from datetime import date

import pytest

from accounts.models import AccessLogEntry
from attendance.models import RegisterBatch
from tests.factories.classes import LATEST, child, keep_register, queries_of
from tests.factories.pupils import (
    EnrolmentFactory,
    ParentFactory,
    ResponsibilityFactory,
)
from tests.factories.records import address, corrected, moved, page_of, text_of
from tests.factories.registers import PRESENT_WEEK

PARTS = ("", "attendance/", "plan/", "timeline/", "family/", "viewed/")
PAGES = (
    "pupil", "pupil_attendance", "pupil_plan", "pupil_timeline", "pupil_family", "pupil_viewed",
)  # fmt: skip


# Every part: who may open it, what is written down.


@pytest.mark.parametrize("part", PARTS)
def test_part_of_another_schools_child_is_not_found(borough, signed_in, part):
    client = signed_in("school_lead", school=borough.elm)

    assert client.get(address(borough.ben, part)).status_code == 404


@pytest.mark.parametrize(("part", "name"), list(zip(PARTS, PAGES, strict=True)))
def test_each_part_is_a_reading_under_its_own_name(borough, signed_in, part, name):
    response = signed_in("attendance_officer").get(address(borough.ben, part))

    assert response.status_code == 200
    assert AccessLogEntry.objects.get().page == name
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("part", PARTS)
def test_part_keeps_the_day_asked_for_in_its_links(borough, signed_in, part):
    response = signed_in("attendance_officer").get(address(borough.ben, part) + "?as_of=2026-02-05")

    assert all(tab.href.endswith("?as_of=2026-02-05") for tab in response.context["tabs"])
    assert "Marks up to Thu 5 Feb 2026, as known today." in response.content.decode()


@pytest.mark.parametrize("part", PARTS)
def test_part_before_the_first_run_has_no_figures_and_no_error(signed_in, part):
    enrolment = EnrolmentFactory()

    assert signed_in("attendance_officer").get(address(enrolment, part)).status_code == 200


@pytest.mark.parametrize("part", PARTS)
def test_school_a_child_has_left_sees_nothing_of_the_next_on_any_part(borough, signed_in, part):
    new = moved(borough)
    corrected(new, date(2026, 2, 3), at="2026-02-05T10:00:00Z")
    parent = ResponsibilityFactory(
        pupil=borough.ben.pupil, parent=ParentFactory(name="Petra Sample", language="Polish")
    ).parent
    borough.run(LATEST)

    text = text_of(signed_in("school_lead", school=borough.ash), borough.ben, part)

    assert "Elm School" not in text
    assert parent.name not in text
    assert "batch" not in text.lower() or part != "timeline/"


@pytest.mark.parametrize("part", PARTS)
def test_part_asks_the_same_of_the_database_for_a_long_history(borough, signed_in, part):
    client = signed_in("attendance_officer")
    few = queries_of(client, address(borough.ben, part))
    keep_register(borough.ben, *["I" + PRESENT_WEEK[1:]] * 30, first=date(2024, 9, 2))
    for day in range(5, 25):
        corrected(borough.ben, date(2026, 1, day))
        ResponsibilityFactory(pupil=borough.ben.pupil)

    assert (
        queries_of(client, address(borough.ben, part)) <= few + 2
    )  # many corrections are counted, and their receipts found


# Summary.


def test_summary_shows_three_figures_with_their_counts(borough, signed_in):
    keep_register(borough.ben, *["II////////"] * 8, first=date(2025, 1, 6))
    borough.run(LATEST)

    page = page_of(signed_in("attendance_officer"), borough.ben)

    assert [(f.name, f.rate, f.count) for f in page.rolls[0].figures] == [
        ("2025/26 so far", "10.0%", "5 of 50 sessions"),
        ("Last 6 school weeks", "11.7%", "7 of 60 sessions, since 24 Feb 2025"),
        ("Same time last year", "20.0%", "10 of 50 sessions, to 7 Feb 2025"),
    ]


def test_summary_takes_last_year_from_the_school_before(borough, signed_in):
    before = EnrolmentFactory(
        pupil=borough.ben.pupil,
        school=borough.elm,
        starts_on=date(2023, 9, 4),
        ends_on=date(2025, 7, 22),
    )
    borough.ben.starts_on = date(2025, 9, 1)
    borough.ben.save()
    keep_register(before, *["I/////////"] * 5, first=date(2025, 1, 6))

    page = page_of(signed_in("attendance_officer"), borough.ben)

    assert page.rolls[0].figures[2].count == "5 of 50 sessions, to 7 Feb 2025 at Elm School"


def test_summary_without_marks_last_year_says_no_data(borough, signed_in):
    page = page_of(signed_in("attendance_officer"), borough.ben)

    assert page.rolls[0].figures[2].rate == "No data"


@pytest.mark.parametrize(("weeks", "rate"), [(1, "Too early to say"), (2, "10.0%")])
def test_summary_says_too_early_under_twenty_sessions(borough, signed_in, weeks, rate):
    new = child(borough.elm, "Nia", *[" " * 10] * (5 - weeks), *["I/////////"] * weeks)
    borough.run(LATEST)

    assert page_of(signed_in("attendance_officer"), new).rolls[0].figures[0].rate == rate


def test_summary_names_the_cohorts_with_their_reason(borough, signed_in):
    (card,) = page_of(signed_in("attendance_officer"), borough.ben).rolls[0].cohorts

    assert (card.key, card.reason) == (
        "just_over_the_line",
        "Missed this year: 5 of 50 sessions, 10.0%.",
    )


def test_summary_of_two_rolls_has_a_section_each_and_names_the_school_of_a_flag(borough, signed_in):
    borough.ben.status = "M"
    borough.ben.save()
    child(borough.elm, "Ben", pupil=borough.ben.pupil, status="S")
    borough.run(LATEST)

    response = signed_in("attendance_officer").get(address(borough.ben))

    page = response.context["page"]
    assert [roll.heading.school for roll in page.rolls] == ["Ash School", "Elm School"]
    assert page.rolls[1].figures[0].count == "0 of 50 sessions"
    assert "at Ash School. <a" in " ".join(response.content.decode().split())


def test_tags_of_open_flags_stand_under_the_name(borough, signed_in):
    top = signed_in("attendance_officer").get(address(borough.cal)).context["top"]

    assert top.kinds == ["severe_absence", "persistent_absence", "penalty_notice_threshold"]


# Attendance.


@pytest.mark.parametrize(
    ("asked", "measure", "sessions"),
    [
        ("", "All absence", "4 of 50 sessions"),
        ("authorised", "Authorised absence", "3 of 50 sessions"),
        ("unauthorised", "Unauthorised absence", "1 of 50 sessions"),
        ("illness", "Absence through illness", "2 of 50 sessions"),
    ],
)
def test_absence_narrows_figures_reasons_and_charts_and_the_heading_says_so(
    borough, signed_in, asked, measure, sessions
):
    pupil = child(borough.elm, "Kay", "IIMO//////")
    borough.run(LATEST)

    response = signed_in("attendance_officer").get(
        address(pupil, "attendance/"), {"absence": asked} if asked else {}
    )

    roll = response.context["page"].rolls[0]
    missed = int(sessions.split()[0])
    assert f"{measure} at Elm School" in response.content.decode()
    assert {row.sessions for row in roll.figures} == {sessions}
    assert sum(row.sessions for row in roll.reasons) == missed
    assert all(measure in chart.subtitle for chart in roll.charts)


def test_absence_of_no_such_kind_is_a_bad_request(borough, signed_in):
    response = signed_in("attendance_officer").get(
        address(borough.ben, "attendance/"), {"absence": "holidays"}
    )

    assert response.status_code == 400


def test_attendance_lists_the_spells_latest_first(borough, signed_in):
    page = page_of(signed_in("attendance_officer"), borough.ben, "attendance/")

    assert [(s.first, s.last, s.sessions, s.days, s.codes) for s in page.rolls[0].spells] == [
        ("Fri 6 Feb, AM", "Fri 6 Feb, PM", 2, 1, "I 2"),
        ("Mon 5 Jan, AM", "Tue 6 Jan, AM", 3, 2, "I 3"),
    ]


def test_attendance_lists_earlier_years(borough, signed_in):
    keep_register(borough.ben, *["II////////"] * 8, first=date(2025, 1, 6))
    borough.run(LATEST)

    page = page_of(signed_in("attendance_officer"), borough.ben, "attendance/")

    assert [(row.year, row.absence, row.sessions) for row in page.earlier] == [
        ("2024/25", "20.0%", "16 of 80 sessions")
    ]


def test_attendance_shows_twenty_corrections_and_how_many_more(borough, signed_in):
    batch = RegisterBatch.objects.create(route="api")
    for day in range(1, 23):
        corrected(borough.ben, date(2026, 1, day), batch=batch)

    response = signed_in("attendance_officer").get(address(borough.ben, "attendance/"))

    assert len(response.context["page"].corrections) == 20
    assert "and 2 earlier corrections" in response.content.decode()


def test_correction_leads_to_its_receipt_for_whoever_may_open_that(borough, signed_in):
    batch = RegisterBatch.objects.create(route="upload", school=borough.ash, state="applied")
    corrected(borough.ben, date(2026, 1, 12), batch=batch)
    href = f"/registers/batches/{batch.pk}/"

    officer = signed_in("attendance_officer")
    assert href in officer.get(address(borough.ben, "attendance/")).content.decode()
    assert officer.get(href).status_code == 200


def test_correction_of_a_batch_one_may_not_open_names_it_without_a_link(borough, signed_in):
    batch = RegisterBatch.objects.create(route="upload", school=borough.elm, state="applied")
    corrected(borough.ben, date(2026, 1, 12), batch=batch)

    page = signed_in("school_lead", school=borough.ash).get(address(borough.ben, "attendance/"))

    assert f"/registers/batches/{batch.pk}/" not in page.content.decode()
    assert page.context["page"].corrections[0].at_batch == batch.pk


def test_tags_under_the_name_are_todays_on_an_earlier_day(borough, signed_in):
    client = signed_in("attendance_officer")

    assert (
        "Open flags today:"
        in client.get(address(borough.cal) + "?as_of=2026-01-20").content.decode()
    )
    assert "Open flags today:" not in client.get(address(borough.cal)).content.decode()


# Timeline.


def entries(client, enrolment, query=""):
    return client.get(address(enrolment, "timeline/") + query).context["entries"]


def test_timeline_tells_everything_newest_first(borough, signed_in):
    batch = RegisterBatch.objects.create(route="api")
    for day in (5, 6):
        corrected(borough.ben, date(2026, 1, day), batch=batch)

    told = entries(signed_in("attendance_officer"), borough.ben)

    titles = [entry.title for entry in told]
    assert [entry.on for entry in told] == sorted((e.on for e in told), reverse=True)
    assert titles[:2] == [
        "Flag opened: Persistent absence",
        "Flag closed: At risk, 5% to under 10%",
    ]
    assert f"2 marks corrected by batch {batch.pk}" in titles
    assert "2 of 10 sessions missed" in titles
    assert "All 10 sessions attended" in titles
    assert titles[-1] == "On the roll of Ash School"
    (change,) = [entry for entry in told if entry.kind == "correction"]
    assert change.text == "2 N became I, of 5 Jan 2026 to 6 Jan 2026."


@pytest.mark.parametrize(
    ("kind", "number"), [("flag", 3), ("roll", 1), ("correction", 1), ("week", 5)]
)
def test_timeline_narrows_to_one_kind(borough, signed_in, kind, number):
    corrected(borough.ben)

    told = entries(signed_in("attendance_officer"), borough.ben, f"?kind={kind}")

    assert {entry.kind for entry in told} == {kind}
    assert len(told) == number


def test_timeline_of_no_such_kind_is_a_bad_request(borough, signed_in):
    response = signed_in("attendance_officer").get(address(borough.ben, "timeline/?kind=secret"))

    assert response.status_code == 400


def test_timeline_as_of_an_earlier_day_ends_on_it(borough, signed_in):
    told = entries(signed_in("attendance_officer"), borough.ben, "?as_of=2026-01-16")

    assert told[0].title == "All 10 sessions attended"
    assert max(entry.on for entry in told) == date(2026, 1, 16)


def test_timeline_turns_pages(borough, signed_in):
    keep_register(borough.ben, *[PRESENT_WEEK] * 30, first=date(2024, 9, 2))
    client = signed_in("attendance_officer")

    assert len(entries(client, borough.ben)) == 25
    assert entries(client, borough.ben, "?page=2")[-1].title == "On the roll of Ash School"


def test_stale_school_is_said_beside_the_figures(borough, signed_in):
    borough.run(date(2026, 2, 10))
    client = signed_in("attendance_officer")

    for part in ("", "attendance/"):
        text = text_of(client, borough.ben, part)
        assert "Marks to Fri 6 Feb, 2 school days behind" in text
