"""P13: the list of schools and the pages of one school."""

from datetime import date

import pytest

from attendance.models import RegisterWeek
from attendance.services.nightly import run_for_everyone
from schools.models import Membership, Pupil, School
from tests.factories.classes import FIRST_MONDAY, LATEST, child, queries_of
from tests.factories.schools import SchoolFactory, TrustFactory

LIST = "/schools/"
PAGES = ("", "pupils/", "cohorts/", "registers/")


def address(school, page=""):
    return f"/schools/{school.pk}/{page}"


def shown(client, school, page=""):
    return client.get(address(school, page)).context


@pytest.fixture
def officer(borough, signed_in):
    return signed_in("attendance_officer")


def test_list_shows_schools_from_a_to_z_with_their_year(officer):
    lines = officer.get(LIST).context["lines"]

    assert [(line.name, line.on_roll, line.absence.rate, line.absence.count) for line in lines] == [
        ("Ash School", 4, "24.0%", "48 of 200"),
        ("Elm School", 1, "0.0%", "0 of 50"),
    ]
    assert [(line.persistent.count, line.severe.count) for line in lines] == [
        ("2 of 4", "1 of 4"),
        ("0 of 1", "0 of 1"),
    ]


@pytest.mark.parametrize("cell", ["persistent", "severe"])
def test_list_figures_open_the_lists_that_make_them_up(officer, cell):
    for line in officer.get(LIST).context["lines"]:
        shown_cell = getattr(line, cell)
        count = officer.get(shown_cell.href).context["count"]
        assert shown_cell.count.startswith(f"{count} of ")


def test_list_on_roll_opens_a_list_of_that_length(officer):
    for line in officer.get(LIST).context["lines"]:
        assert officer.get(line.on_roll_href).context["count"] == line.on_roll


def test_list_narrows_by_name_and_phase(officer):
    def names(query):
        return [line.name for line in officer.get(LIST + query).context["lines"]]

    assert names("?q=elm") == ["Elm School"]
    assert names("?phase=PS") == ["Elm School"]
    assert names("?sort=-absence") == ["Ash School", "Elm School"]
    assert names("?sort=absence") == ["Elm School", "Ash School"]
    assert names("?phase=nonsense") == []


def test_list_names_the_officer_whose_patch_holds_a_school(borough, user_with, signed_in):
    patch = borough_patch("Coast", borough.elm)
    who = user_with("attendance_officer", patch=patch)
    who.name = "Sam Officer"
    who.save()

    lines = signed_in("team_manager").get(LIST).context["lines"]

    assert {line.name: line.contact for line in lines} == {
        "Ash School": "Nobody named yet",
        "Elm School": "Sam Officer",
    }


def borough_patch(name, *schools):
    from schools.models import Patch

    patch = Patch.objects.create(name=name)
    patch.schools.set(schools)
    return patch


def test_contact_whose_access_has_ended_is_not_named(borough, user_with, signed_in):
    who = user_with("attendance_officer", patch=borough_patch("Coast", borough.elm))
    Membership.objects.filter(user=who).update(until_on=date(2026, 3, 2))

    lines = signed_in("team_manager").get(LIST).context["lines"]

    assert {line.contact for line in lines} == {"Nobody named yet"}


def test_lead_of_one_school_is_led_to_its_page(borough, signed_in):
    response = signed_in("school_lead", school=borough.ash).get(LIST)

    assert response.headers["Location"] == address(borough.ash)


@pytest.mark.parametrize("page", PAGES)
def test_another_school_is_a_page_that_never_was(borough, signed_in, page):
    client = signed_in("school_lead", school=borough.ash)

    assert client.get(address(borough.ash, page)).status_code == 200
    assert client.get(address(borough.elm, page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["early_help_worker", "panel_member", "administrator"])
def test_roles_without_schools_are_refused(borough, signed_in, role, page):
    assert signed_in(role).get(address(borough.ash, page)).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_pages_before_the_first_run_say_so(signed_in, page):
    school = SchoolFactory()

    response = signed_in("analyst").get(address(school, page))

    assert "There are no figures yet" in response.content.decode()


def test_overview_says_the_same_as_the_figures(borough, officer):
    page = shown(officer, borough.ash)["page"]

    assert page.headline == (
        "24.0% of sessions were missed in 2025/26 so far; 2 enrolments missed 10% or more"
    )
    assert [(figure.name, figure.cell.rate, figure.cell.count) for figure in page.figures] == [
        ("Absence", "24.0%", "48 of 200 sessions"),
        ("Persistent", "50.0%", "2 of 4 enrolments"),
        ("Severe", "25.0%", "1 of 4 enrolments"),
        ("Unauthorised", "20.0%", "40 of 200 sessions"),
    ]


def test_overview_charts_add_up_to_the_figures(borough, officer):
    charts = {chart.key: chart for chart in shown(officer, borough.ash)["page"].charts}

    assert len(charts) == 3
    weeks = next(chart for key, chart in charts.items() if "week" in key)
    missed, possible = ([int(row[place]) for row in weeks.rows] for place in (2, 3))
    assert (sum(missed), sum(possible)) == (48, 200)


@pytest.mark.parametrize(("others", "is_drawn"), [(9, False), (10, True)])
def test_borough_is_drawn_beside_a_school_when_enough_schools_stand_behind_it(
    borough, signed_in, others, is_drawn
):
    for number in range(others - 1):  # Elm is one of them
        child(SchoolFactory(name=f"School {number}", folded_name=f"school {number}"), "Kit")
    run_for_everyone(as_of=LATEST)

    charts = shown(signed_in("school_lead", school=borough.ash), borough.ash)["page"].charts

    weeks = next(chart for chart in charts if "week" in chart.key)
    assert any("Borough" in column.name for column in weeks.columns) == is_drawn


def test_overview_of_another_date_stands_there_and_so_do_its_lists(borough, officer):
    response = officer.get(address(borough.ash) + "?as_of=2026-01-09")
    page = response.context["page"]

    assert "as known today" in response.content.decode()
    assert page.figures[0].cell.count == "16 of 40 sessions"
    assert officer.get(page.figures[1].cell.href).context["count"] == 3


def test_school_without_marks_says_what_to_do(borough, signed_in):
    oak = SchoolFactory(name="Oak School", folded_name="oak school")
    client = signed_in("school_lead", school=oak)

    body = client.get(address(oak)).content.decode()

    assert "No marks yet this academic year." in body
    assert "Upload a register" in body


def test_stopped_registers_are_said_before_the_figures(borough, officer):
    run_for_everyone(as_of=date(2026, 2, 11))  # three school days later

    head = shown(officer, borough.ash)["head"]

    assert head.tag.label == "Stopped"
    assert head.warning.startswith("Marks stop at Fri 6 Feb 2026, 3 school days behind.")


def test_registers_two_days_behind_are_a_grey_line(borough, officer):
    run_for_everyone(as_of=date(2026, 2, 10))

    head = shown(officer, borough.ash)["head"]

    assert (head.tag.label, head.warning) == ("Behind", "")
    assert head.note == "Marks to Fri 6 Feb, 2 school days behind"


def test_cohorts_open_lists_of_their_length(borough, officer):
    lines = shown(officer, borough.ash, "pupils/")["cohorts"]

    assert {line.label: line.count for line in lines}["Severely absent"] == 1
    for line in lines:
        if line.href:
            assert officer.get(line.href).context["count"] == line.count


@pytest.mark.parametrize("measure", ["persistent", "severe", "absence", "nonsense"])
def test_groups_are_compared_by_the_measure_asked_for(borough, officer, measure):
    context = officer.get(address(borough.ash, "cohorts/") + f"?measure={measure}").context

    chosen = [item.text for item in context["measures"] if item.is_current]
    expected = {"severe": "Severe absence", "absence": "All absence"}
    assert chosen == [expected.get(measure, "Persistent absence")]
    assert context["chart"] is not None


def test_registers_page_lists_reasons_owed(borough, officer):
    fay = child(borough.ash, "Fay", "NN////////")
    run_for_everyone(as_of=LATEST)

    owed = shown(officer, borough.ash, "registers/")["page"].owed

    assert [(line.pupil, line.sessions, line.oldest) for line in owed] == [
        (str(fay.pupil), 2, "Mon 5 Jan 2026")
    ]


def test_registers_page_lists_part_time_timetables(borough, officer):
    from attendance.codes import symbol_for

    c2 = symbol_for("C2", FIRST_MONDAY)
    gus = child(borough.ash, "Gus", f"/{c2}/{c2}/\\/\\/\\")
    run_for_everyone(as_of=LATEST)

    lines = shown(officer, borough.ash, "registers/")["page"].part_time

    assert [(line.pupil, line.sessions, line.first, line.latest) for line in lines] == [
        (str(gus.pupil), 2, "Mon 5 Jan 2026", "Tue 6 Jan 2026")
    ]


def test_registers_page_asks_about_x_of_a_child_of_compulsory_age(borough, officer):
    hal = child(borough.ash, "Hal", "/X////////")
    run_for_everyone(as_of=LATEST)

    queries = shown(officer, borough.ash, "registers/")["page"].queries

    assert [(query.source, [line.pupil for line in query.lines]) for query in queries] == [
        ("REG-14", [str(hal.pupil)])
    ]


def test_marks_outside_an_enrolment_are_not_asked_about(borough, officer):
    kit = child(borough.ash, "Kit", "/X////////", starts_on=date(2026, 1, 12))
    run_for_everyone(as_of=LATEST)

    page = shown(officer, borough.ash, "registers/")["page"]

    assert RegisterWeek.objects.filter(enrolment=kit).exists()
    assert page.queries == []


@pytest.mark.parametrize("page", PAGES)
def test_queries_do_not_grow_with_pupils(borough, officer, page):
    before = queries_of(officer, address(borough.ash, page))
    for number in range(12):
        child(borough.ash, f"Child{number}", "NXOOOOOOOO")
    run_for_everyone(as_of=LATEST)

    assert queries_of(officer, address(borough.ash, page)) <= before + 1


def test_list_queries_do_not_grow_with_schools(borough, officer):
    before = queries_of(officer, LIST)
    for number in range(10):
        child(SchoolFactory(name=f"School {number}", folded_name=f"school {number}"), "Kit")
    run_for_everyone(as_of=LATEST)

    assert queries_of(officer, LIST) == before


def test_identity_strip_leads_to_the_trust_where_there_is_one(borough, officer):
    trust = TrustFactory(name="Saltway Trust")
    School.objects.update(trust=None)
    School.objects.filter(pk=borough.ash.pk).update(trust=trust)

    page = officer.get(f"/schools/{borough.ash.pk}/").content.decode()

    assert f'href="/trusts/{trust.uid}/">Saltway Trust</a>' in page
    assert officer.get(f"/trusts/{trust.uid}/").status_code == 200
    assert "/trusts/" not in officer.get(f"/schools/{borough.elm.pk}/").content.decode()


def test_a_group_at_a_school_begins_its_headline_with_a_capital(borough, officer):
    Pupil.objects.update(fsm_eligible=True)
    page = officer.get(f"/schools/{borough.ash.pk}/?fsm=true").context["page"]

    assert page.headline.startswith("Free school meals: ")
