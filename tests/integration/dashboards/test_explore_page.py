"""P15: every figure opens its list, groups add up, and the protected view tells of nobody."""

import re
from datetime import date

import pytest

from attendance.services.nightly import run_for_everyone
from dashboards.read_models.slices.protection import TOO_SMALL
from schools.choices import YEAR_GROUP
from tests.factories.classes import LATEST, UNAUTHORISED_WEEK, child, keep_register
from tests.factories.registers import PRESENT_WEEK

PAGE = "/explore/"


@pytest.fixture
def officer(borough, signed_in):
    return signed_in("attendance_officer")


@pytest.fixture
def crowd(borough):
    """Sixty more at Ash: twenty in Year 9, eleven of them over the line; forty in Year 10."""
    for number in range(60):
        in_year_9 = number < 20
        missed = [UNAUTHORISED_WEEK] if number < 11 or number >= 48 else []
        facts = {"year_group": "9" if in_year_9 else "10", "sex": "F" if number % 2 else "M"}
        child(borough.ash, f"Many{number}", *missed, fsm_eligible=number % 4 == 0, **facts)
    run_for_everyone(as_of=LATEST)
    return borough


def page_of(client, query=""):
    return client.get(PAGE + query).context["page"]


def length_of(client, href):
    return client.get(href).context["count"]


def first_number(text):
    return int(re.search(r"[\d,]+", text)[0].replace(",", ""))


def test_sentence_names_the_slice_and_everyone_else(officer):
    assert page_of(officer).sentence == "5 pupils. 40.0% persistently absent"
    assert page_of(officer, "?year_group=4").sentence == (
        "1 pupil: Year 4. 0.0% persistently absent; everyone else 50.0%"
    )


@pytest.mark.parametrize("query", ["", "?absence=illness", "?phase=PS", "?period=half_term_3",
                                   "?as_of=2026-01-09", "?absence=unauthorised"])  # fmt: skip
def test_each_figure_opens_the_list_of_that_length(officer, query):
    for figure in page_of(officer, query).figures:
        if figure.href:
            assert length_of(officer, figure.href) == first_number(figure.opens)
        else:
            assert first_number(figure.opens.removeprefix("missed by ")) == 0


def test_figures_are_absence_its_kinds_and_the_two_lines(officer):
    shown = [(one.name, one.rate, one.count) for one in page_of(officer).figures]

    assert shown == [
        ("Absence", "19.2%", "48 of 250 sessions"),
        ("Authorised absence", "3.2%", "8 of 250 sessions"),
        ("Unauthorised absence", "16.0%", "40 of 250 sessions"),
        ("Persistent absence", "40.0%", "2 of 5 enrolments"),
        ("Severe absence", "20.0%", "1 of 5 enrolments"),
    ]
    assert page_of(officer, "?absence=illness").figures[3].count == "8 of 250 sessions"


def test_last_year_without_marks_has_no_figures(officer):
    assert "no figures" in page_of(officer).figures[0].last_year


def test_last_year_stands_beside_each_figure(borough, officer):
    borough.cal.starts_on = date(2024, 9, 1)
    borough.cal.year_group = "9"
    borough.cal.save()
    keep_register(borough.cal, UNAUTHORISED_WEEK, PRESENT_WEEK, first=date(2025, 1, 6))
    run_for_everyone(as_of=LATEST)

    whole, chosen = page_of(officer), page_of(officer, "?year_group=9")
    assert whole.figures[0].last_year.startswith("Same time last year: 50.0%, 10 of 20 sessions")
    assert chosen.figures[3].last_year.startswith("Same time last year: 100.0%, 1 of 1")


@pytest.mark.parametrize("measure", ["persistent", "severe", "absence"])
@pytest.mark.parametrize(("by", "across"), [("year_group", "sex"), ("school", "fsm"),
                                            ("key_stage", "language")])  # fmt: skip
def test_each_cell_of_the_table_opens_its_list(crowd, officer, by, across, measure):
    table = page_of(officer, f"?by={by}&across={across}&measure={measure}").cross

    cells = [cell for row in table.rows for cell in row.cells]
    assert table.rows[-1].cells[-1].count
    assert any(cell.href for cell in cells)
    for cell in (one for one in cells if one.href):
        assert length_of(officer, cell.href) == first_number(cell.count)


def test_an_intersection_is_the_list_of_all_its_filters(crowd, officer):
    query = "?year_group=KS4&sex=F&fsm=false"
    page = page_of(officer, query)

    assert page.sentence.startswith("20 pupils: Key stage 4, girls, no free school meals.")
    assert length_of(officer, page.pupils_href) == 20
    assert page.cross.corner == "Year group"


def test_groups_are_beside_everyone_else_in_order(crowd, officer):
    rows = page_of(officer, "?by=year_group").groups.rows
    order = [f"Year group: {label}" for label in YEAR_GROUP.values()]

    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=order.index)
    assert {int(row[2]) + int(row[6]) for row in rows} == {65}


def test_schools_stand_in_the_table_from_a_to_z_and_in_no_chart(officer):
    page = page_of(officer, "?by=school")

    assert page.groups is None
    assert [row.label for row in page.cross.rows] == ["Ash School", "Elm School", "All"]


def test_reasons_and_days_are_of_the_slice(officer):
    everyone, chosen = page_of(officer).reasons, page_of(officer, "?year_group=4").reasons

    assert (everyone.possible, chosen.possible) == ("250", "50")
    assert {line.code: line.sessions for line in everyone.codes} == {"I": "8", "O": "40"}
    assert sum(int(day.sessions) for day in everyone.days) == 48
    assert chosen.codes == ()
    assert page_of(officer, "?period=term_2").reasons.possible == "250"


def test_nobody_says_which_filter_to_take_off(officer):
    answer = officer.get(PAGE + "?year_group=13&phase=PS")

    assert answer.context["page"].is_empty
    assert answer.context["most"].label == "Year group: Year 13"
    assert "Remove Year group: Year 13" in answer.content.decode()


def test_nobody_in_the_period_needs_no_filter(officer):
    answer = officer.get(PAGE + "?period=term_3")

    assert answer.context["most"] is None
    assert "No pupil here had a session" in answer.content.decode()


def test_a_wrong_filter_and_no_run_say_so(db, signed_in):
    client = signed_in("attendance_officer")

    assert "has not finished once" in client.get(PAGE).content.decode()


def test_a_filter_that_is_wrong_counts_nothing(officer):
    assert "not filled in right" in officer.get(PAGE + "?year_group=99").content.decode()


def test_a_school_compares_its_own_children(borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)
    answer = client.get(PAGE)

    assert answer.context["title"] == "Compare"
    assert answer.context["page"].count == "1 pupil"
    assert "Compare" in [item.text for item in answer.context["navigation"]]
    assert "Ash School" not in answer.content.decode()


def test_analysts_explore(borough, signed_in):
    answer = signed_in("analyst").get(PAGE)

    assert answer.context["title"] == "Explore"
    assert "Explore" in [item.text for item in answer.context["navigation"]]


def test_who_sees_no_school_does_not_explore(borough, signed_in):
    assert signed_in("early_help_worker").get(PAGE).status_code == 403


def test_a_slice_is_saved_as_a_cohort(officer):
    body = officer.get(PAGE + "?year_group=4").content.decode()

    assert "Save as a cohort" in body
    assert officer.get("/views/?path=/explore/&query=year_group%3D9").context["list"] == "Cohorts"


def test_a_protected_slice_under_the_smallest_group_tells_nothing(officer):
    page = page_of(officer, "?year_group=4&protected=1")

    assert (page.is_hidden, page.sentence, page.figures, page.charts) == (True, TOO_SMALL, [], [])


def test_a_protected_slice_whose_rest_is_too_small_tells_nothing(crowd, officer):
    rest = page_of(officer, "?phase=SS&protected=1")  # leaves out Eve alone

    assert rest.is_hidden


def test_a_protected_view_rounds_and_opens_no_list(crowd, officer):
    page = page_of(officer, "?year_group=10&protected=1")
    body = officer.get(PAGE + "?year_group=10&protected=1").content.decode()

    assert page.count == "About 40 pupils"
    assert [one.rate for one in page.figures[:3]] == ["6%", "0%", "6%"]
    assert page.figures[3].count == "about 10 of 40 enrolments"
    assert all(not one.href for one in page.figures)
    assert "/pupils/?" not in body
    assert (page.cross, page.reasons, page.pupils_href) == (None, None, "")


def test_a_protected_choice_of_children_is_not_divided_further(crowd, officer):
    choice = page_of(officer, "?year_group=10&protected=1")

    assert (choice.groups, [chart.key for chart in choice.charts]) == (None, ["absence-by-week"])


def test_a_protected_choice_stands_on_the_borough_as_on_the_explorer(crowd, officer):
    answer = officer.get("/borough/?year_group=10&protected=1")
    page = answer.context["page"]

    assert "a choice of children is not divided by school" in answer.content.decode()

    assert [figure.count for figure in page.figures] == [
        "",
        "10 of 40 enrolments",
        "0 of 40 enrolments",
        "",
    ]
    assert page.schools == []
    assert (page.charts.over_the_lines, page.charts.spread) == (None, None)
    assert {figure.last_year for figure in page.figures} == {
        "Same time last year: left out to protect children"
    }


def test_dividing_keeps_the_filters_and_filtering_keeps_the_division(officer):
    context = officer.get(PAGE + "?year_group=9&by=fsm&across=sex").context

    assert ("year_group", "9") in context["divide_kept"]
    assert ("by", "fsm") in context["kept"]


def test_what_the_address_does_not_know_is_divided_as_usual(officer):
    context = officer.get(PAGE + "?by=nonsense&across=nonsense&measure=nonsense").context

    assert dict(context["kept"]) == {"measure": "persistent", "by": "year_group", "across": "sex"}
    assert page_of(officer, "?across=none").cross is None


def test_each_movement_opens_its_list(crowd, officer):
    block = page_of(officer, "?phase=SS").movement
    cells = [cell for line in block.lines for cell in line.cells]

    assert [line.label for line in block.lines] == ["Persistent absence", "Severe absence"]
    assert any(cell.href for cell in cells)
    for cell in cells:
        if cell.href:
            assert length_of(officer, cell.href) == int(cell.count)
        else:
            assert cell.count == "0"


def test_movement_is_left_out_for_people_outside(crowd, officer):
    assert page_of(officer, "?year_group=10&protected=1").movement is None


def test_movement_of_a_list_asks_since_any_day(officer):
    def found(query):
        return length_of(officer, f"/pupils/?movement=new_persistent{query}")

    assert found("&since=2026-02-05") == 1  # Ben, on the last day
    assert found("&since=2026-02-06") == 0
    assert found("&since=2025-09-01") == found("") == 2
