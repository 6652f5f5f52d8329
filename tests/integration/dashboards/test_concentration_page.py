"""P16: how few children hold 80% of the absence, and that the list behind it is as long."""

from __future__ import annotations

import pytest

from attendance.services.nightly import run_for_everyone
from schools.models import Enrolment
from tests.factories.classes import LATEST, queries_of
from tests.factories.crowds import crowd
from tests.factories.schools import PlaceFactory, SchoolFactory, make_terms

PAGE = "/explore/concentration/"
UNAUTHORISED = f"{PAGE}?absence=unauthorised"
#: Of 100 pupils 12 hold 80%: 12 x 20 of 300 sessions.
PLANTED = [20] * 12 + [5] * 12 + [0] * 76


class Planted:
    """Two schools with 100 pupils between them, in two wards."""

    def __init__(self) -> None:
        make_terms()
        self.ash = SchoolFactory(name="Ash School", folded_name="ash school")
        self.elm = SchoolFactory(name="Elm School", folded_name="elm school", phase="PS")
        self.north, self.south = PlaceFactory(name="North"), PlaceFactory(name="South")
        crowd(self.ash, PLANTED[:60], ward=self.north)
        crowd(self.elm, PLANTED[60:], ward=self.south)
        run_for_everyone(as_of=LATEST)


@pytest.fixture
def planted(db) -> Planted:
    return Planted()


def page(client, address=UNAUTHORISED):
    return client.get(address).context["page"]


def test_before_the_first_run_it_says_so(signed_in):
    assert "no figures yet" in signed_in("analyst").get(PAGE).content.decode()


def test_twelve_percent_of_the_planted_pupils_hold_eighty_percent(planted, signed_in):
    response = signed_in("analyst").get(UNAUTHORISED)
    shown = response.context["page"]

    assert shown.chart.title == "12% of pupils account for 80% of unauthorised absence"
    assert shown.chart.title in response.content.decode()
    assert shown.count == "100 pupils"
    assert shown.chart.rows[3] == ["12%", "12", "12%", "240", "80%"]


def test_the_list_that_it_opens_is_as_long_as_the_figure(planted, signed_in):
    client = signed_in("analyst")
    shown = page(client)

    assert shown.open_words == "Open the 12 pupils"
    assert shown.ties == ""
    assert client.get(shown.open_href).context["count"] == 12


def test_where_others_missed_as_many_the_list_is_longer_and_it_says_so(db, signed_in):
    make_terms()
    crowd(SchoolFactory(), [10] * 5 + [0] * 30)
    run_for_everyone(as_of=LATEST)
    client = signed_in("analyst")
    shown = page(client)

    assert shown.chart.rows[-1][1] == "4"
    assert shown.open_words == "Open the 5 pupils"
    assert shown.ties == (
        "4 pupils hold 80%. 1 more missed as many sessions as the last of them, 10 sessions, "
        "so the list has 5."
    )
    assert client.get(shown.open_href).context["count"] == 5


@pytest.mark.parametrize("query", ["", "?absence=authorised", "?absence=unauthorised"])
def test_list_follows_the_kind_of_absence(planted, signed_in, query):
    crowd(planted.ash, [30, 8, 8], code="I")
    run_for_everyone(as_of=LATEST)
    client = signed_in("analyst")
    shown = page(client, PAGE + query)

    said = int(shown.open_words.split()[2])
    assert client.get(shown.open_href).context["count"] == said


def test_each_kind_of_absence_has_its_line_and_its_curve(planted, signed_in):
    client = signed_in("analyst")
    shown = page(client)

    assert [(kind.name, kind.shown, kind.is_current) for kind in shown.kinds] == [
        ("All absence", "12% of pupils, 12 of 100", False),
        ("Authorised absence", "Nobody missed any", False),
        ("Unauthorised absence", "12% of pupils, 12 of 100", True),
        ("Illness", "Nobody missed any", False),
    ]
    assert page(client, shown.kinds[0].href).chart.title.endswith("80% of absence")
    assert page(client, shown.kinds[1].href).empty == "No session was missed in this way."


def test_the_same_by_school_and_ward_a_to_z(planted, signed_in):
    client = signed_in("analyst")
    shown = page(client)

    assert [(one.name, one.pupils, one.holders, one.percent) for one in shown.schools] == [
        ("Ash School", "60", "12", "20%"),
        ("Elm School", "40", "z", "Nobody missed any"),
    ]
    assert [(one.name, one.pupils) for one in shown.wards] == [("North", "60"), ("South", "40")]
    assert page(client, shown.schools[0].href).count == "60 pupils"
    assert page(client, shown.wards[1].href).count == "40 pupils"


def test_wards_of_few_pupils_stand_together_and_so_do_those_not_known(planted, signed_in):
    crowd(planted.ash, [5] * 29, ward=PlaceFactory(name="Small"))
    crowd(planted.ash, [5] * 31)
    run_for_everyone(as_of=LATEST)
    shown = page(signed_in("analyst"))

    assert [(one.name, one.pupils, one.percent) for one in shown.wards[2:]] == [
        ("1 ward with fewer than 30 pupils", "29", "Not one group"),
        ("Not known", "31", "Not one group"),
    ]


def test_under_thirty_pupils_there_is_no_curve(borough, signed_in):
    shown = page(signed_in("analyst"))

    assert shown.chart is None
    assert shown.empty == "Too few to draw a curve."
    assert shown.open_href == ""


def test_a_school_sees_its_own_pupils(planted, signed_in):
    shown = page(signed_in("school_lead", school=planted.ash))

    assert shown.count == "60 pupils"
    assert [one.name for one in shown.schools] == ["Ash School"]
    assert "Ash School" in shown.chart.subtitle


@pytest.mark.parametrize("role", ["early_help_worker", "panel_member", "administrator"])
def test_others_are_refused(planted, signed_in, role):
    assert signed_in(role).get(PAGE).status_code == 403


def test_protected_view_rounds_hides_and_opens_nothing(planted, signed_in):
    response = signed_in("analyst").get(f"{UNAUTHORISED}&protected=1")
    shown = response.context["page"]

    assert shown.chart.title == "10% of pupils account for 80% of unauthorised absence"
    assert (shown.open_href, shown.ties) == ("", "")
    assert {kind.href for kind in shown.kinds} == {""}
    assert [(one.href, one.holders) for one in shown.schools] == [("", "z"), ("", "z")]
    assert "for people outside the team" in response.content.decode()


def test_protected_view_needs_a_hundred_pupils(db, signed_in):
    make_terms()
    crowd(SchoolFactory(), PLANTED[1:])
    run_for_everyone(as_of=LATEST)

    assert page(signed_in("analyst")).chart is not None
    assert page(signed_in("analyst"), f"{UNAUTHORISED}&protected=1").chart is None


@pytest.mark.parametrize("named", [9, 10])
def test_protected_view_tells_nothing_of_a_choice_that_leaves_out_a_few(planted, signed_in, named):
    left_out = crowd(planted.ash, [0] * named)
    Enrolment.objects.filter(pk__in=[one.pk for one in left_out]).update(year_group="9")
    run_for_everyone(as_of=LATEST)
    shown = page(signed_in("analyst"), f"{UNAUTHORISED}&year_group=8&protected=1")

    assert (shown.chart is None) == (named < 10)
    assert (shown.count == "c pupils") == (named < 10)


def test_a_filter_narrows_it(planted, signed_in):
    shown = page(signed_in("analyst"), f"{UNAUTHORISED}&school={planted.ash.pk}")

    assert shown.count == "60 pupils"
    assert shown.chart.title == "20% of pupils account for 80% of unauthorised absence"


def test_more_schools_take_no_more_queries(planted, signed_in):
    client = signed_in("attendance_officer")
    few = queries_of(client, UNAUTHORISED)
    for _ in range(3):
        crowd(SchoolFactory(), [3] * 31, ward=PlaceFactory())
    run_for_everyone(as_of=LATEST)

    assert queries_of(client, UNAUTHORISED) == few
