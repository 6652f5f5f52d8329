"""P14: the four figures beside last year and England, charts, by phase and by school."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from attendance.exports.dashboard import export_dashboard
from attendance.services.nightly import run_for_everyone
from schools.models import Patch, Place, School, Term
from tests.factories.classes import LATEST, SmallBorough, child, keep_register, queries_of
from tests.factories.registers import PRESENT_WEEK
from tests.factories.schools import SchoolFactory, TrustFactory, make_terms

BOROUGH = "/borough/"
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def two_years(db) -> SmallBorough:
    """The small borough with five weeks of the spring before: Ada 2 of 50, Cal 30 of 50 then."""
    made = SmallBorough()
    for enrolment in (made.ada, made.ben, made.cal, made.dee, made.eve):
        enrolment.starts_on = date(2024, 9, 2)
        enrolment.save()
    weeks = [PRESENT_WEEK] * 5
    keep_register(made.ada, "II////////", *weeks[1:], first=date(2025, 1, 6))
    keep_register(made.cal, *["O" * 10] * 3, *weeks[3:], first=date(2025, 1, 6))
    for enrolment in (made.ben, made.dee, made.eve):
        keep_register(enrolment, *weeks, first=date(2025, 1, 6))
    made.run()
    return made


def page(client, query=""):
    return client.get(BOROUGH + query).context["page"]


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


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


def test_borough_sets_each_figure_beside_the_same_time_last_year(two_years, signed_in):
    assert [figure.last_year for figure in page(signed_in("analyst")).figures] == [
        "Same time last year: 12.8%, 32 of 250 sessions, to 7 Feb 2025",
        "Same time last year: 20.0%, 1 of 5 enrolments, to 7 Feb 2025",
        "Same time last year: 20.0%, 1 of 5 enrolments, to 7 Feb 2025",
        "Same time last year: 12.0%, 30 of 250 sessions, to 7 Feb 2025",
    ]


def test_borough_without_figures_of_last_year_says_so(borough, signed_in):
    assert {figure.last_year for figure in page(signed_in("analyst")).figures} == {
        "Same time last year: no figures"
    }
    Term.objects.filter(academic_year=2024).delete()
    assert page(signed_in("analyst")).figures[0].last_year == "Same time last year: no figures"


def test_borough_sets_each_figure_beside_england_with_year_day_and_series(borough, signed_in):
    assert [figure.england for figure in page(signed_in("analyst")).figures] == [
        "England: 6.6%, 2025/26 to date, published 5 Feb 2026 (provisional, daily data)",
        "England: 18.6%, 2025/26 to date, published 5 Feb 2026 (provisional, daily data)",
        "England: 2.4%, 2024/25 (accredited, six half-terms)",
        "England: 2.1%, 2025/26 to date, published 5 Feb 2026 (provisional, daily data)",
    ]


def test_borough_draws_week_half_term_and_spread(two_years, signed_in):
    response = signed_in("analyst").get(BOROUGH)
    charts = response.context["page"].charts
    content = text_of(response)

    for chart in (charts.by_week, charts.over_the_lines, charts.spread):
        assert chart.title in content
        assert chart.summary in content
    assert [row[0] for row in charts.over_the_lines.rows] == ["Spring 1 so far"]
    assert charts.over_the_lines.rows[0][1:5] == ["1", "1", "2", "5"]
    assert [row[1] for row in charts.spread.rows][:3] == ["2", "1", "1"]


def test_borough_headline_says_the_same_as_the_figures(borough, signed_in):
    assert page(signed_in("analyst")).headline == (
        "19.2% of sessions were missed in 2025/26; 40.0% of enrolments missed 10% or more"
    )


def list_lengths(client, page):
    """(what it says, how many it says, how many its list holds) of every count with a list."""
    figures = [(f.name, f.count, f.href) for f in page.figures if "enrolments" in f.count]
    lines = [*page.phases, *page.schools]
    rates = [(f"{line.name} {r.label}", r.count, r.href) for line in lines for r in line.rates]
    return [
        (name, int(count.split()[0].replace(",", "")), client.get(href).context["count"])
        for name, count, href in (*figures, *rates)
        if href
    ]


@pytest.mark.parametrize("query", ["", "?phase=SS", "?phase=PS"])
@pytest.mark.parametrize("role", ["attendance_officer", "team_manager", "analyst"])
def test_borough_counts_equal_the_lists_that_they_open(borough, signed_in, role, query):
    child(borough.elm, "Fay", "O" * 10, year_group="4")
    borough.run(LATEST)
    client = signed_in(role)
    found = list_lengths(client, page(client, query))

    assert found
    for name, said, held in found:
        assert said == held, name


def test_borough_narrows_to_a_phase_and_says_so(borough, signed_in):
    response = signed_in("analyst").get(f"{BOROUGH}?phase=PS")
    shown = response.context["page"]

    assert shown.whose == "Primary schools (1 school)"
    assert [line.name for line in shown.schools] == ["Elm School"]
    assert shown.figures[0].count == "0 of 50 sessions"
    assert shown.figures[1].england.startswith("England: 14.7%")
    assert '<option value="PS" selected>' in response.content.decode()


def test_borough_draws_the_whole_borough_beside_a_phase(borough, signed_in):
    chart = page(signed_in("analyst"), "?phase=PS").charts.by_week
    assert "Borough" in [column.name for column in chart.columns]
    whole = page(signed_in("analyst")).charts.by_week
    assert "Borough" not in [column.name for column in whole.columns]


def test_borough_of_a_phase_that_there_is_not_says_so_at_the_filter(borough, signed_in):
    response = signed_in("analyst").get(f"{BOROUGH}?phase=XX")

    assert response.context["page"] is None
    assert response.context["filter_form"].errors["phase"]


def test_borough_of_a_phase_that_no_school_has_has_no_line(borough, signed_in):
    assert page(signed_in("analyst"), "?phase=SP").schools == []


@pytest.mark.parametrize(
    "query",
    [
        "year_group=4", "sex=F", "period=half_term_3", "absence=unauthorised", "absence=illness",
        "year_group=4&as_of=2026-01-09", "band=10",
    ],
)  # fmt: skip
def test_borough_of_a_choice_of_children_opens_the_lists_that_make_it_up(borough, signed_in, query):
    client = signed_in("analyst")
    shown = page(client, f"?{query}")

    figures = {figure.name: figure for figure in shown.figures}
    counts = {name: figure.count.split(" of ") for name, figure in figures.items()}
    lists = {name: client.get(figure.href).context["count"] for name, figure in figures.items()}
    assert lists["Persistent absence"] == int(counts["Persistent absence"][0])
    assert lists["Severe absence"] == int(counts["Severe absence"][0])
    assert lists["Absence"] == int(counts["Severe absence"][1].split()[0])
    for line in shown.schools:
        assert client.get(line.enrolments_href).context["count"] == int(line.enrolments)


def test_borough_of_a_choice_names_it_and_has_nothing_of_england_beside_it(borough, signed_in):
    shown = page(signed_in("analyst"), "?year_group=4")

    assert shown.whose == "Year 4 (1 school)"
    assert {figure.england for figure in shown.figures} == {
        "England: none published for this choice of children"
    }


def test_borough_protected_shows_nothing_of_a_small_choice(borough, signed_in):
    response = signed_in("analyst").get(f"{BOROUGH}?protected=1&year_group=4")

    assert response.context["page"] is None
    assert "fewer than ten pupils" in response.content.decode()


def test_borough_leads_to_its_trusts_and_localities(borough, signed_in):
    borough.ash.trust = TrustFactory(name="Harbour Trust")
    borough.ash.ward = Place.objects.create(
        code="W1",
        name="Quay",
        part_of=Place.objects.create(code="L1", name="Coast", kind=Place.Kind.LOCALITY),
    )
    borough.ash.save()
    client = signed_in("analyst")
    shown = page(client)
    (trust,), (locality,) = shown.trusts, shown.localities

    assert (trust.name, trust.enrolments, locality.name) == ("Harbour Trust", "4", "Coast")
    assert [line.name for line in client.get(trust.href).context["page"].schools] == ["Ash School"]
    assert [line.name for line in client.get(locality.href).context["page"].schools] == [
        "Ash School"
    ]


def test_a_trust_is_shown_to_its_own_lead_and_never_was_for_another(borough, signed_in):
    trust, other = TrustFactory(), TrustFactory()
    borough.ash.trust = trust
    borough.ash.save()
    client = signed_in("school_lead", trust=trust)

    assert (
        client.get(f"/trusts/{trust.uid}/").context["page"].figures[1].count == "2 of 4 enrolments"
    )
    assert client.get(f"/trusts/{other.uid}/").status_code == 404


def test_borough_adds_up_by_phase(borough, signed_in):
    phases = page(signed_in("analyst")).phases

    assert [(line.name, line.enrolments, line.rates[0].count) for line in phases] == [
        ("Primary", "1", "0 of 50"),
        ("Secondary", "4", "48 of 200"),
    ]
    assert [line.href for line in phases] == ["/borough/?phase=PS", "/borough/?phase=SS"]


def test_borough_lists_schools_from_a_to_z_with_their_total(borough, signed_in):
    shown = page(signed_in("analyst"))
    assert [line.name for line in shown.schools] == ["Ash School", "Elm School"]
    total = shown.total
    assert (total.name, total.enrolments, total.marks_to) == ("All schools", "5", LATEST)
    assert [rate.count for rate in total.rates] == [
        "48 of 250", "2 of 5", "1 of 5", "40 of 250",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sort", "first"),
    [("-name", "Elm"), ("absence", "Elm"), ("-absence", "Ash"), ("enrolments", "Elm")],
)
def test_borough_sorts_schools_by_a_column(borough, signed_in, sort, first):
    assert page(signed_in("analyst"), f"?sort={sort}").schools[0].name == f"{first} School"


def exported(tmp_path, as_of):
    path = tmp_path / "dashboard.csv"
    export_dashboard(as_of=as_of, path=path, by=None, at=NOON)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["academic_year"] == "2025"]


@pytest.mark.parametrize("day", ["2026-01-16", "2026-01-23", "2026-02-05", "2026-02-06"])
def test_borough_as_of_a_day_equals_the_export_of_the_day(two_years, signed_in, tmp_path, day):
    shown = page(signed_in("team_manager"), f"?as_of={day}")
    rows = exported(tmp_path, date.fromisoformat(day))
    (la,) = [row for row in rows if row["dimension"] == "LA"]

    absent = int(la["authorised"]) + int(la["unauthorised"])
    assert [figure.count for figure in shown.figures] == [
        f"{absent} of {la['possible']} sessions",
        f"{la['persistent']} of {la['enrolments']} enrolments",
        f"{la['severe']} of {la['enrolments']} enrolments",
        f"{la['unauthorised']} of {la['possible']} sessions",
    ]
    schools = {row["value"]: row for row in rows if row["dimension"] == "school"}
    for line, school in zip(shown.schools, (two_years.ash, two_years.elm), strict=True):
        row = schools[str(school.urn)]
        assert line.enrolments == row["enrolments"]
        assert line.rates[1].count == f"{row['persistent']} of {row['enrolments']}"
    points = shown.charts.over_the_lines.rows[-1]
    assert points[3] == la["persistent"]
    assert sum(int(row[1]) for row in shown.charts.spread.rows) == int(la["enrolments"])


def test_borough_as_of_an_earlier_day_shows_that_day_and_says_so(borough, signed_in):
    response = signed_in("analyst").get(f"{BOROUGH}?as_of=2026-02-05")

    assert response.context["page"].figures[1].count == "1 of 5 enrolments"
    assert "Marks up to Thu 5 Feb 2026, as known today." in response.content.decode()
    href = response.context["page"].figures[1].href
    assert signed_in("analyst").get(href).context["count"] == 1


def test_borough_before_20_sessions_shows_last_years_final_figures(two_years, signed_in):
    response = signed_in("analyst").get(f"{BOROUGH}?as_of=2026-01-15")  # nine school days
    shown = response.context["page"]

    said = (
        "Schools have held 18 sessions of 2025/26 so far: too early to say. "
        "These are the final figures of 2024/25."
    )
    assert shown.early == said
    assert said in text_of(response)
    assert shown.period == "2024/25, the whole year"
    assert shown.figures[0].count == "32 of 250 sessions"
    assert page(signed_in("analyst"), "?as_of=2026-01-16").early == ""  # the tenth school day


def test_borough_before_20_sessions_without_last_year_shows_the_little_there_is(borough, signed_in):
    shown = page(signed_in("analyst"), "?as_of=2026-01-07")
    assert shown.early == (
        "Schools have held 6 sessions of 2025/26 so far: "
        "too early to say much, and 2024/25 has no figures."
    )
    assert shown.figures[0].count == "12 of 30 sessions"


def test_borough_says_which_schools_are_behind_and_leads_to_the_feeds(borough, signed_in):
    shown = page(signed_in("analyst"))
    assert (shown.feeds, shown.feeds_href) == (
        "All 2 schools are up to date.", reverse("feed_health"),
    )  # fmt: skip
    child(School.objects.get(name="Elm School"), "Gil")
    run_for_everyone(as_of=date(2026, 2, 10))
    keep_register(child(borough.ash, "Hal"), PRESENT_WEEK, first=date(2026, 2, 9))
    run_for_everyone(as_of=date(2026, 2, 10))
    assert page(signed_in("analyst")).feeds == "1 of 2 schools has no marks after Fri 6 Feb."
    assert page(signed_in("analyst"), "?phase=SS").feeds == "The school is up to date."


@pytest.fixture
def bigger(db):
    """Two schools of 40: at Oak 12 are persistently absent, at Yew 3; and a school of six."""
    make_terms()
    for name, size, absent in (("Oak", 40, 12), ("Yew", 40, 3), ("Fir", 6, 2)):
        school = SchoolFactory(name=f"{name} School", folded_name=f"{name.lower()} school")
        for number in range(size):
            pages = ["I" * 10] if number < absent else []
            child(school, f"{name}{number}", *pages)
    run_for_everyone(as_of=LATEST)


def test_borough_protected_hides_small_numbers_and_links_no_list(bigger, signed_in):
    response = signed_in("team_manager").get(f"{BOROUGH}?protected=1")
    shown = response.context["page"]

    assert [(line.name, line.enrolments, line.rates[1].shown) for line in shown.schools] == [
        ("Fir School", "c", "c"),
        ("Oak School", "c", "c"),  # hidden too: what is left of the total would give Fir away
        ("Yew School", "40", "c"),
        ("All schools", "85", "18%"),
    ]
    assert [figure.count for figure in shown.figures][1:3] == [
        "15 of 85 enrolments", "0 of 85 enrolments",
    ]  # fmt: skip
    assert "/pupils/?" not in text_of(response)
    assert "view for people outside the team" in text_of(response)
    assert shown.phases == []


def test_borough_offers_the_protected_view_and_the_way_back(borough, signed_in):
    client = signed_in("analyst")
    assert "?phase=PS&amp;protected=1" in client.get(f"{BOROUGH}?phase=PS").content.decode()
    assert 'href="?phase=PS"' in client.get(f"{BOROUGH}?phase=PS&protected=1").content.decode()


@pytest.mark.parametrize("role", ["school_lead", "early_help_worker", "panel_member"])
def test_borough_is_refused_to_a_school_with_the_reason(borough, signed_in, role):
    response = signed_in(role, school=borough.ash).get(BOROUGH)

    assert response.status_code == 403
    assert "See the figures of the borough" in response.content.decode()


@pytest.mark.parametrize("query", ["", "?as_of=2026-02-04", "?phase=SS", "?protected=1"])
def test_borough_asks_the_same_with_few_schools_and_with_many(borough, signed_in, query):
    client = signed_in("analyst")
    few = queries_of(client, BOROUGH + query)
    for number in range(40):
        child(SchoolFactory(), f"Child{number}")

    borough.run(LATEST)

    assert queries_of(client, BOROUGH + query) == few


@pytest.mark.parametrize("as_of", ["0001-01-01", "1899-12-31"])
def test_borough_before_any_register_is_a_bad_request(borough, signed_in, as_of):
    assert signed_in("analyst").get(f"/borough/?as_of={as_of}").status_code == 400


def test_borough_says_whose_figures_they_are(borough, signed_in):
    assert page(signed_in("analyst")).whose == "The whole borough"
    patch = Patch.objects.create(name="East")
    patch.schools.set([borough.ash, borough.elm])
    client = signed_in("attendance_officer", patch=patch)
    assert page(client).whose == "Your 2 schools"
    assert "in your 2 schools" in page(client).charts.by_week.title
    assert page(client, "?phase=PS").whose == "Your 1 school (primary schools)"


def test_borough_of_a_patch_shows_no_other_school(borough, signed_in):
    shown = page(signed_in("attendance_officer", school=borough.elm))
    assert shown.whose == "Your 1 school"
    assert [line.name for line in shown.schools] == ["Elm School"]
    assert shown.figures[0].count == "0 of 50 sessions"
    weeks = [row[2:4] for row in shown.charts.by_week.rows]
    assert [week for week in weeks if week[1] != "0"] == [["0", "10"]] * 5
