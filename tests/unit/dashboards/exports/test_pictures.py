"""A chart as a picture that stands by itself."""

from __future__ import annotations

import struct
from xml.etree import ElementTree

import pytest

from dashboards.charts import samples
from dashboards.exports.pictures import png_file, svg_file
from tests.unit.dashboards.exports.test_files import stamp

SVG = "{http://www.w3.org/2000/svg}"


def words_of(svg: bytes) -> str:
    tree = ElementTree.fromstring(svg)
    return " ".join(element.text or "" for element in tree.iter(f"{SVG}text"))


@pytest.mark.parametrize("chart", samples.charts(), ids=lambda chart: chart.key)
def test_every_chart_makes_a_drawing_with_its_words_and_the_stamp(chart):
    svg = svg_file(chart, stamp(reason="Board <b> &\x07 cabinet"))
    words = words_of(svg)
    assert "Taken out by Ann Officer on 3 Mar 2026, 10:05am." in words
    assert "Reason: Board <b> & cabinet" in words
    for text in (chart.title, chart.summary, *chart.notes, chart.source):
        assert " ".join(text.split()) in words
    tree = ElementTree.fromstring(svg)
    assert tree.find(f"{SVG}title").text == chart.title
    assert tree.find(f"{SVG}desc").text == chart.wide.description


def test_lines_stay_within_the_picture_and_below_one_another():
    chart = samples.charts()[0]
    tree = ElementTree.fromstring(svg_file(chart, stamp(reason="word " * 50)))
    last = tree.findall(f"{SVG}g/{SVG}g")[-1]
    heights = [float(line.get("y")) for line in last.iter(f"{SVG}text")]
    top = float(last.get("transform").split()[1].rstrip(")"))
    assert heights == sorted(set(heights))
    assert top + heights[-1] < float(tree.get("height"))


def test_png_is_the_drawing_at_two_dots_a_pixel():
    chart = samples.charts()[0]
    png = png_file(chart, stamp())
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    tree = ElementTree.fromstring(svg_file(chart, stamp()))
    size = (float(tree.get("width")), float(tree.get("height")))
    assert width / height == pytest.approx(size[0] / size[1], rel=0.01)
    assert width > 1.4 * size[0]
