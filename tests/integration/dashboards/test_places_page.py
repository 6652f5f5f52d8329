"""P18: wards and localities by home or by school; every count opens to a list as long."""

from __future__ import annotations

import pytest

from attendance.models import EnrolmentPeriod, PeriodKind
from attendance.services.nightly import run_for_everyone
from schools.models import Enrolment, Place
from tests.factories.classes import LATEST, queries_of
from tests.factories.crowds import crowd, enrolled
from tests.factories.schools import PlaceFactory, SchoolFactory, make_terms

PAGE = "/places/"
GRANGETOWN, HUTTON, LOFTUS = "E05012442", "E05012444", "E05012447"


class TwoWards:
    """Ash stands in Grangetown and Elm in Hutton. In Grangetown live 20 who missed 22 of 50 each
    without leave, in Hutton 20 of whom each missed 1; all go to Ash. Locality West holds both."""

    def __init__(self) -> None:
        make_terms()
        wards = Place.objects.in_bulk([GRANGETOWN, HUTTON, LOFTUS], field_name="code")
        self.grangetown, self.hutton, self.loftus = (
            wards[code] for code in (GRANGETOWN, HUTTON, LOFTUS)
        )
        self.west = PlaceFactory(code="L-WEST", name="West", kind=Place.Kind.LOCALITY)
        Place.objects.filter(code__in=[GRANGETOWN, HUTTON]).update(part_of=self.west)
        self.ash = SchoolFactory(name="Ash School", folded_name="ash school", ward=self.grangetown)
        self.elm = SchoolFactory(name="Elm School", folded_name="elm school", ward=self.hutton)
        crowd(self.ash, [22] * 20, ward=self.grangetown)
        crowd(self.ash, [1] * 20, ward=self.hutton)
        crowd(self.elm, [0] * 12, ward=self.loftus)
        crowd(self.elm, [2] * 11)
        self.run()

    def run(self) -> None:
        run_for_everyone(as_of=LATEST)


@pytest.fixture
def two(db) -> TwoWards:
    return TwoWards()


def page(client, address=PAGE):
    return client.get(address).context["page"]


def lists_of(client, lines):
    """(what it is, how many it says, how many its list holds) of every count with a list."""
    found = []
    for line in lines:
        if line.pupils_href:
            found.append((line.name, line.pupils, line.pupils_href))
        found += [
            (f"{line.name} {r.label}", r.count.split()[0], r.href) for r in line.rates if r.href
        ]
    return [
        (name, int(said.replace(",", "")), client.get(href).context["count"])
        for name, said, href in found
    ]


def test_before_the_first_run_it_says_so(signed_in):
    assert "no figures yet" in signed_in("analyst").get(PAGE).content.decode()


def test_planted_wards_print_22_times(two, signed_in):
    response = signed_in("analyst").get(PAGE)
    shown = response.context["page"]

    ratios = {line.name: (line.ratio, line.ratio_range) for line in shown.lines}
    assert ratios["Grangetown"][0] == "22 times"
    assert ratios["Hutton"] == ("Lowest", "")
    assert ratios["Loftus"] == ("None recorded", "")
    assert shown.lowest == "Hutton"
    assert "22 times" in response.content.decode()


def test_wards_stand_a_to_z_with_their_figures_and_tenths(two, signed_in):
    lines = page(signed_in("analyst")).lines

    assert [(line.name, line.pupils) for line in lines] == [
        ("Grangetown", "20"), ("Hutton", "20"), ("Loftus", "12"), ("Not known", "11"),
    ]  # fmt: skip
    assert [(rate.shown, rate.count) for rate in lines[0].rates] == [
        ("44.0%", "440 of 1,000"),
        ("100.0%", "20 of 20"),
        ("0.0%", "0 of 20"),
        ("44.0%", "440 of 1,000"),
    ]
    assert lines[0].idaci == "1"
    assert lines[3].pupils_href == ""


@pytest.mark.parametrize("query", ["", "?place_by=school", "?absence=unauthorised&year_group=8"])
def test_counts_equal_the_lists_that_they_open(two, signed_in, query):
    client = signed_in("analyst")
    shown = page(client, PAGE + query)
    found = lists_of(client, [*shown.lines, *shown.localities])

    assert found
    for name, said, held in found:
        assert said == held, name


def test_by_school_counts_where_the_school_stands(two, signed_in):
    lines = page(signed_in("analyst"), f"{PAGE}?place_by=school").lines

    assert [(line.name, line.pupils) for line in lines] == [("Grangetown", "40"), ("Hutton", "23")]


def test_map_and_table_say_the_same(two, signed_in):
    shown = page(signed_in("analyst"))

    assert shown.chart.title == "Absence: 44.0% in Grangetown, 0.0% in Loftus"
    drawn = {row[0]: row[5] for row in shown.chart.rows}
    assert drawn == {line.name: line.rates[0].shown for line in shown.lines[:3]}
    assert shown.chart.links[0].startswith(f"/places/{GRANGETOWN}/")


def test_localities_group_their_wards(two, signed_in):
    client = signed_in("analyst")
    (west,) = page(client).localities

    assert (west.name, west.pupils) == ("West", "40")
    here = client.get(west.href).context["page"]
    assert (here.name, here.kind, here.count) == ("West", "Locality of 2 wards", "40 pupils")
    assert [line.name for line in here.wards] == ["Grangetown", "Hutton"]


def test_wards_are_set_by_absence_and_deprivation(two, signed_in):
    shown = page(signed_in("analyst")).quadrants

    assert shown.sentence == (
        "1 ward lies above all together; 1 of them is in the more deprived half of England."
    )
    above, below = shown.rows
    assert (above.more_deprived, above.less_deprived) == ("Grangetown (1)", "No ward")
    assert below.less_deprived == "Hutton (1)"


@pytest.mark.parametrize(
    ("sort", "first"),
    [("name", "Grangetown"), ("-name", "Loftus"), ("-absence", "Grangetown"),
     ("absence", "Loftus"), ("pupils", "Loftus"), ("-idaci", "Hutton"), ("idaci", "Grangetown"),
     ("-unauthorised", "Grangetown"), ("-persistent", "Grangetown"), ("-severe", "Grangetown")],
)  # fmt: skip
def test_headings_sort(two, signed_in, sort, first):
    assert page(signed_in("analyst"), f"{PAGE}?sort={sort}").lines[0].name == first


def test_place_page_has_figures_schools_and_the_other_way(two, signed_in):
    client = signed_in("analyst")
    shown = page(client, f"/places/{GRANGETOWN}/")

    assert (shown.kind, shown.part_of, shown.count) == ("Ward", "West", "20 pupils")
    assert [(row.here.label, row.here.shown, row.everywhere.shown) for row in shown.figures] == [
        ("Absence", "44.0%", "15.3%"),
        ("Persistent", "100.0%", "31.7%"),
        ("Severe", "0.0%", "0.0%"),
        ("Unauthorised", "44.0%", "15.3%"),
    ]
    assert shown.ratio.startswith("22 times that of Hutton (95% range ")
    assert [(line.name, line.pupils) for line in shown.schools] == [("Ash School", "40")]
    assert shown.other_way.words == "40 pupils go to school here"
    assert page(client, shown.other_way.href).count == "40 pupils"
    assert "December 2022" in shown.boundaries
    assert client.get(shown.figures[1].here.href).context["count"] == 20
    assert all(said == held for _, said, held in lists_of(client, shown.schools))


@pytest.fixture
def better(two) -> TwoWards:
    """Hutton and Elm have 60 more who are all there; of 540 elsewhere a quarter is persistent."""
    made = crowd_of_periods(two.elm, 60, ward=two.hutton, one_in=0)
    made += crowd_of_periods(SchoolFactory(), 540, ward=two.loftus, one_in=4)
    EnrolmentPeriod.objects.bulk_create(made)
    return two


def crowd_of_periods(school, number, *, ward, one_in):
    """Figures of so many children, without their registers."""
    return [
        EnrolmentPeriod(
            enrolment=enrolment, school=school, academic_year=2025, kind=PeriodKind.YEAR, key=2025,
            possible=100, attended=80 if is_persistent else 100,
            authorised=20 if is_persistent else 0, unauthorised=0, illness=0,
            persistent=is_persistent, severe=False,
        )
        for place, enrolment in enumerate(enrolled(school, number, ward=ward))
        for is_persistent in [bool(one_in) and place % one_in == 0]
    ]  # fmt: skip


def test_wards_and_schools_better_than_expected_are_named(better, signed_in):
    client = signed_in("analyst")
    shown = page(client)

    assert [line.name for line in shown.better] == ["Hutton"]
    assert shown.better[0].said.startswith("0 of 80 pupils persistently absent; ")
    assert "Better than expected" in client.get(PAGE).content.decode()
    here = page(client, f"/places/{HUTTON}/")
    assert [line.name for line in here.better] == ["Hutton", "Elm School"]
    assert page(client, f"/places/{LOFTUS}/").better == []
    assert page(client, f"{PAGE}?protected=1").better == []


def test_place_where_nobody_lives_says_so(two, signed_in):
    shown = page(signed_in("analyst"), "/places/E05012437/")

    assert shown.empty == "No pupils of yours live here."
    assert page(signed_in("analyst"), "/places/E05012437/?place_by=school").empty == (
        "No pupils of yours go to school here."
    )


def test_the_lowest_ward_says_so_and_a_locality_has_no_ratio(two, signed_in):
    client = signed_in("analyst")

    assert page(client, f"/places/{HUTTON}/").ratio == "The lowest ward"
    assert page(client, f"/places/{LOFTUS}/").ratio == ""
    assert page(client, "/places/L-WEST/").ratio == ""


def test_ward_without_an_outline_says_so(two, signed_in):
    assert "no outline" in page(signed_in("analyst"), "/places/E05009853/").boundaries


def test_another_place_chosen_in_the_bar_leads_to_its_page(two, signed_in):
    client = signed_in("analyst")

    response = client.get(f"/places/{GRANGETOWN}/?place={HUTTON}&absence=unauthorised")
    assert response["Location"] == f"/places/{HUTTON}/?absence=unauthorised"
    assert client.get(f"/places/{GRANGETOWN}/?place=")["Location"] == f"/places/{GRANGETOWN}/?"


def test_place_that_never_was_is_not_found(two, signed_in):
    assert signed_in("analyst").get("/places/E0500/").status_code == 404


@pytest.mark.parametrize("role", ["school_lead", "early_help_worker", "administrator"])
def test_schools_and_others_are_refused(two, signed_in, role):
    assert signed_in(role).get(PAGE).status_code == 403
    assert signed_in(role).get(f"/places/{HUTTON}/").status_code == 403


def test_protected_view_leaves_tables_out_and_hides_small_wards(two, signed_in):
    crowd(two.ash, [30] * 4, ward=two.loftus, code="I")
    crowd(two.ash, [9] * 9, ward=Place.objects.get(code="E05012437"))
    two.run()
    shown = page(signed_in("analyst"), f"{PAGE}?protected=1")

    assert (shown.lines, shown.localities, shown.lowest) == ([], [], "")
    numbers = {row[0]: row[1] for row in shown.chart.rows}
    assert numbers["Belmont"] == "Hatched"
    assert list(numbers.values()).count("Hatched") == 2  # one alone would follow from the rest
    words = " ".join(f"{row.more_deprived} {row.less_deprived}" for row in shown.quadrants.rows)
    assert "Belmont" not in words
    assert shown.count == "75 pupils"


def test_protected_place_that_the_map_hides_has_no_figures(two, signed_in):
    crowd(two.ash, [9] * 9, ward=Place.objects.get(code="E05012437"))
    two.run()
    client = signed_in("analyst")
    shown = page(client, "/places/E05012437/?protected=1")

    assert {row.here.shown for row in shown.figures} == {"c"}
    assert shown.count == "c pupils"
    assert (shown.wards, shown.schools, shown.other_way, shown.ratio) == ([], [], None, "")
    rounded = page(client, f"/places/{GRANGETOWN}/?protected=1")
    assert rounded.figures[0].here.shown == "44%"
    assert {row.here.href for row in rounded.figures} == {""}


@pytest.mark.parametrize("address", [PAGE, f"/places/{GRANGETOWN}/"])
def test_protected_view_tells_nothing_of_a_choice_that_leaves_out_a_few(two, signed_in, address):
    left_out = crowd(two.ash, [0] * 9, ward=two.grangetown)
    Enrolment.objects.filter(pk__in=[one.pk for one in left_out]).update(year_group="9")
    two.run()
    client = signed_in("analyst")

    assert page(client, f"{address}?year_group=8&protected=1").count == "c pupils"
    assert page(client, f"{address}?protected=1").count != "c pupils"


def test_more_wards_take_no_more_queries(two, signed_in):
    client = signed_in("attendance_officer")
    addresses = (PAGE, "/places/L-WEST/")
    few = [queries_of(client, address) for address in addresses]
    for _ in range(3):
        ward = PlaceFactory(part_of=two.west)
        crowd(SchoolFactory(ward=ward), [3] * 12, ward=ward)
    two.run()

    assert [queries_of(client, address) for address in addresses] == few
