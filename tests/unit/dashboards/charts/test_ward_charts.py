"""F12: map, dots and table say the same; hidden wards are hatched; the others are ranked."""

from datetime import date

import pytest
from hypothesis import given, settings

from dashboards import charts
from dashboards.charts import samples_insight, ward_map
from dashboards.charts.shapes import Area, Dot, Line
from dashboards.ward_shapes import ward_shapes
from tests.factories import chart_facts, drawings
from tests.unit.dashboards.charts.test_every_chart import contrast

HEADING = charts.Heading("The borough", "2025/26", date(2026, 3, 2), measure="Unauthorised absence")
BROTTON, ESTON, LOFTUS, NEWCOMEN = "E05012438", "E05012441", "E05012447", "E05012449"


def ward(code, part, whole, pupils=100, name=""):
    shape = ward_shapes().get(code)
    name = name or (shape.name if shape else code)
    return charts.WardRow(code, name, pupils, charts.Share(part, whole), f"/places/{code}/")


def wards(*rows, protected=False, units_a_draw=1):
    borough = charts.Share(sum(r.share.part for r in rows), sum(r.share.whole for r in rows))
    facts = charts.WardFacts(HEADING, rows, borough, units_a_draw)
    return charts.wards_on_a_map(facts, protected=protected)


def column(chart, name):
    at = [column.name for column in chart.columns].index(name)
    return {row[0]: row[at] for row in chart.rows}


def test_planted_wards_print_22_times():
    chart = wards(ward(BROTTON, 44, 100), ward(LOFTUS, 2, 100), ward(ESTON, 20, 100))

    assert chart.title == "Unauthorised absence: 44.0% in Brotton, 2.0% in Loftus"
    assert column(chart, "Times the lowest (95% range)") == {
        "Brotton": "22 times (5.5 to 88)",
        "Eston": "10 times (2.4 to 42)",
        "Loftus": "Lowest",
    }
    assert column(chart, "95% range")["Brotton"] == "34.7% to 53.8%"
    assert "The share in Brotton is 22 times that in Loftus (95% range 5.5 to 88)." in chart.summary
    assert chart.links[0] == f"/places/{BROTTON}/"


def test_sessions_have_wider_ranges_than_enrolments():
    rows = (ward(BROTTON, 440, 1000), ward(LOFTUS, 20, 1000))
    chart = wards(*rows, units_a_draw=10)

    assert column(chart, "95% range")["Brotton"] == "34.7% to 53.8%"
    assert column(wards(*rows), "95% range")["Brotton"] == "41.0% to 47.1%"
    assert column(chart, "Times the lowest (95% range)")["Brotton"] == "22 times (5.5 to 88)"


def test_wards_whose_ranges_meet_are_about_the_same():
    chart = wards(ward(BROTTON, 12, 100), ward(LOFTUS, 8, 100))

    assert chart.title == "Unauthorised absence was about the same in 2 wards, near 10.0%"


def test_one_ward_alone():
    chart = wards(ward(BROTTON, 12, 100))

    assert chart.title == "Unauthorised absence in Brotton: 12.0%"
    assert chart.summary.startswith("Most in Brotton: 12.0% (95% range 7.0% to 19.8%).")


def test_wards_of_one_share_have_one_number():
    chart = wards(ward(BROTTON, 20, 100), ward(LOFTUS, 10, 50), ward(ESTON, 1, 100))

    assert column(chart, "Number on the map") == {"Brotton": "1", "Loftus": "1", "Eston": "3"}


def test_a_ward_outside_the_map_is_in_the_table_only():
    chart = wards(ward(BROTTON, 20, 100), ward("E05000000", 70, 100, name="Elsewhere"))

    assert column(chart, "Number on the map")["Elsewhere"] == "Not on the map"
    assert column(chart, "Share")["Elsewhere"] == "70.0%"
    assert "1 ward outside the map is in the table only." in chart.notes
    assert len(drawings.of_role(chart.wide, "ward", Dot)) == 1


def test_no_ward_of_the_map_is_nothing_to_draw():
    assert wards(ward("E05000000", 70, 100, name="Elsewhere")) is None
    assert wards(ward(BROTTON, 0, 0)) is None


def test_a_ward_where_nothing_was_possible_has_neither_blue_nor_number():
    chart = wards(ward(BROTTON, 20, 100), ward(LOFTUS, 0, 0, 0))

    assert column(chart, "Number on the map")["Loftus"] == "z"
    assert column(chart, "Times the lowest (95% range)")["Loftus"] == "z"
    assert len(drawings.of_role(chart.wide, "ward", Area)) == 1


@pytest.mark.parametrize(
    ("lowest", "name"),
    [
        (ward(LOFTUS, 2, 100, pupils=10), "Loftus"),
        (ward(LOFTUS, 2, 100, pupils=9), "Eston"),  # too few to set others to
        (ward(LOFTUS, 0, 100), "Eston"),  # nothing is no base of a ratio
    ],
)
def test_the_lowest_ward_is_of_ten_children_and_some_absence(lowest, name):
    chart = wards(ward(BROTTON, 44, 100), ward(ESTON, 20, 100), lowest)

    ratios = column(chart, "Times the lowest (95% range)")
    assert [ward for ward, words in ratios.items() if words == "Lowest"] == [name]
    assert any(note.startswith(f"The lowest is {name}:") for note in chart.notes)


def protected():
    return wards(
        ward(BROTTON, 300, 1000),
        ward(ESTON, 100, 1000),
        ward(LOFTUS, 60, 1000),
        ward(NEWCOMEN, 200, 700, pupils=9),
        protected=True,
    )


def test_a_hidden_ward_is_hatched_and_so_is_the_next_smallest():
    chart = protected()

    numbers = column(chart, "Number on the map")
    assert numbers == {"Brotton": "1", "Eston": "2", "Loftus": "Hatched", "Newcomen": "Hatched"}
    for svg in drawings.both(chart):
        assert len(drawings.of_role(svg, "hidden", Line)) == 2
        assert drawings.of_role(svg, "hatch", Line)
        assert len(drawings.of_role(svg, "number")) == 2
        assert len(drawings.of_role(svg, "ward", Dot)) == 2
    hidden = next(row for row in chart.rows if row[0] == "Loftus")
    assert hidden[2:] == ["c"] * 6
    assert "2 dots are not drawn, to protect children." in chart.notes


def test_protected_counts_are_to_the_nearest_five_and_their_ranges_go_with_them():
    chart = wards(
        ward(BROTTON, 302, 1001), ward(ESTON, 101, 1001), ward(LOFTUS, 52, 998), protected=True
    )
    again = wards(ward(BROTTON, 300, 1000), ward(ESTON, 100, 1000), ward(LOFTUS, 50, 1000))

    assert [row[3:6] for row in chart.rows] == [
        ["300", "1,000", "30%"], ["100", "1,000", "10%"], ["50", "1,000", "5%"],
    ]  # fmt: skip
    assert [row[7] for row in chart.rows] == [row[7] for row in again.rows]
    assert column(again, "95% range")["Brotton"] == "27.2% to 32.9%"
    assert column(chart, "95% range")["Brotton"] == "27% to 33%"


def test_every_ward_hidden():
    chart = wards(ward(BROTTON, 3, 40, 6), ward(LOFTUS, 2, 40, 6), protected=True)

    assert chart.title == "Unauthorised absence by ward"
    assert chart.summary == "Every ward is too small to show."


@settings(max_examples=15)
@given(chart_facts.wards())
def test_dots_stand_in_order_at_their_shares_and_the_map_has_their_numbers(facts):
    chart = charts.wards_on_a_map(facts)
    if chart is None:
        return
    mapped = [r for r in facts.rows if r.code in ward_shapes() and r.share.whole]
    wanted = sorted((100 * r.share.part / r.share.whole for r in mapped), reverse=True)
    for svg in drawings.both(chart):
        ticks = drawings.of_role(svg, "tick")
        grid = drawings.of_role(svg, "grid", Line)
        low, high = grid[0].points[0][0], grid[-1].points[0][0]
        top = float(ticks[-1].text.rstrip("%"))
        dots = drawings.of_role(svg, "ward", Dot)
        drawn = [(dot.x - low) / (high - low) * top for dot in dots]
        assert drawn == pytest.approx(wanted, abs=0.01)
        numbers = [text.text for text in drawings.of_role(svg, "number")]
        listed = [row[1] for row in chart.rows if row[1].isdigit()]
        assert sorted(numbers) == sorted(listed)
        assert len(drawings.of_role(svg, "interval", Line)) == len(dots)


@settings(max_examples=15)
@given(chart_facts.wards())
def test_darker_means_more(facts):
    chart = charts.wards_on_a_map(facts)
    if chart is None:
        return
    areas = drawings.of_role(chart.wide, "ward", Area)
    shapes = list(ward_shapes().values())
    shares = {r.code: r.share.part / r.share.whole for r in facts.rows if r.share.whole}
    painted = [shares[shape.code] for shape in shapes if shape.code in shares]
    blues = [ward_map.BLUES.index(area.fill) for area in areas]
    pairs = sorted(zip(painted, blues, strict=True))
    assert [blue for _, blue in pairs] == sorted(blues)


def test_a_number_has_contrast_on_its_blue():
    for place, fill in enumerate(ward_map.BLUES):
        assert contrast(ward_map.Paint("1", place).ink, fill) >= 4.5
    assert contrast(ward_map.Paint("", None).ink, ward_map.HIDDEN_FILL) >= 4.5


def test_the_blues_are_those_of_the_design():
    assert ward_map.BLUES == ("#D2E2F1", "#8EB8DC", "#5694CA", "#1D70B8", "#0F385C")


def test_every_ward_has_its_number_and_no_line_runs_through_another():
    chart = charts.wards_on_a_map(samples_insight.wards())
    for svg in drawings.both(chart):
        numbers = drawings.of_role(svg, "number")
        assert {text.text for text in numbers} == {str(n) for n in range(1, 25)}
        for leader in drawings.of_role(svg, "leader", Line):
            (ax, ay), (bx, by) = leader.points
            along = [(ax + (bx - ax) * n / 100, ay + (by - ay) * n / 100) for n in range(101)]
            crossed = [t.text for t in numbers if any(holds(t.box, point) for point in along)]
            assert len(crossed) == 1  # its own


def holds(box, point):
    return box.left <= point[0] <= box.right and box.top <= point[1] <= box.bottom


SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)]


@pytest.mark.parametrize(
    ("point", "inside"), [((5, 5), True), ((15, 5), False), ((-5, 5), False), ((5, 15), False)]
)
def test_inside_and_outside_of_an_outline(point, inside):
    assert ward_map.is_inside(point, SQUARE) == inside
