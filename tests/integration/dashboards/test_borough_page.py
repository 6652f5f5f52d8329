"""P14: the four figures, by phase and by school."""

import pytest

from schools.models import School
from tests.factories.classes import LATEST, child, queries_of
from tests.factories.schools import SchoolFactory

BOROUGH = "/borough/"


def page(client, query=""):
    return client.get(BOROUGH + query).context["page"]


def test_borough_before_the_first_run_says_so(signed_in):
    assert "no figures yet" in signed_in("analyst").get(BOROUGH).content.decode()


def test_borough_shows_four_figures_with_their_counts(borough, signed_in):
    figures = page(signed_in("analyst")).figures

    assert [(figure.name, figure.rate, figure.count) for figure in figures] == [
        ("Absence", "19.2%", "48 of 250 sessions"),
        ("Persistent absence", "40.0%", "2 of 5 enrolments"),
        ("Severe absence", "20.0%", "1 of 5 enrolments"),
        ("Unauthorised absence", "16.0%", "40 of 250 sessions"),
    ]


def test_borough_headline_says_the_same_as_the_figures(borough, signed_in):
    assert page(signed_in("analyst")).headline == (
        "19.2% of sessions were missed in 2025/26; 40.0% of enrolments missed 10% or more"
    )


def test_borough_figures_open_the_lists_that_make_them_up(borough, signed_in):
    client = signed_in("attendance_officer")
    _, persistent, severe, _ = page(client).figures

    assert client.get(persistent.href).context["count"] == 2
    assert client.get(severe.href).context["count"] == 1


def test_borough_adds_up_by_phase(borough, signed_in):
    phases = page(signed_in("analyst")).phases

    assert [(line.name, line.enrolments, line.rates[0].count) for line in phases] == [
        ("Primary", "1", "0 of 50"),
        ("Secondary", "4", "48 of 200"),
    ]


def test_borough_lists_schools_from_a_to_z(borough, signed_in):
    assert [line.name for line in page(signed_in("analyst")).schools] == [
        "Ash School",
        "Elm School",
    ]


@pytest.mark.parametrize(
    ("sort", "first"),
    [("-name", "Elm"), ("absence", "Elm"), ("-absence", "Ash"), ("enrolments", "Elm")],
)
def test_borough_sorts_schools_by_a_column(borough, signed_in, sort, first):
    assert page(signed_in("analyst"), f"?sort={sort}").schools[0].name == f"{first} School"


def test_borough_as_of_an_earlier_day_shows_that_day_and_says_so(borough, signed_in):
    response = signed_in("analyst").get(f"{BOROUGH}?as_of=2026-02-05")

    assert response.context["page"].figures[1].count == "1 of 5 enrolments"
    assert "Marks up to Thu 5 Feb 2026, as known today." in response.content.decode()
    assert response.context["page"].figures[1].href == ""


def test_borough_is_refused_to_a_school_with_the_reason(borough, signed_in):
    response = signed_in("school_lead", school=borough.ash).get(BOROUGH)

    assert response.status_code == 403
    assert "See the figures of the borough" in response.content.decode()


def test_borough_asks_the_same_with_few_schools_and_with_many(borough, signed_in):

    client = signed_in("analyst")
    few = queries_of(client, BOROUGH)
    for number in range(40):
        child(SchoolFactory(), f"Child{number}")

    borough.run(LATEST)

    assert queries_of(client, BOROUGH) == few


@pytest.mark.parametrize("as_of", ["0001-01-01", "1899-12-31"])
def test_borough_before_any_register_is_a_bad_request(borough, signed_in, as_of):
    assert signed_in("analyst").get(f"/borough/?as_of={as_of}").status_code == 400


def test_borough_says_whose_figures_they_are(borough, signed_in):
    assert page(signed_in("analyst")).whose == "The whole borough"
    school = School.objects.order_by("urn").first()
    assert page(signed_in("attendance_officer", school=school)).whose == "Your 1 school"
