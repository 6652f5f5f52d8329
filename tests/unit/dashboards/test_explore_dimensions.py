"""Groups of a slice: in a fixed order, each with the filter that names it and no other."""

from types import SimpleNamespace

import pytest

from dashboards.charts.facts import Share
from dashboards.read_models.explore.dimensions import (
    ALWAYS,
    by_group,
    label_of,
    narrowed,
    plus,
    share_of,
)
from dashboards.read_models.slices import Sums

KNOWN = {each.key: each for each in ALWAYS}


def of(number):
    return Sums(enrolments=number, possible=10 * number, authorised=number)


def test_groups_stand_in_their_own_order_and_those_not_known_last():
    found = by_group(KNOWN["year_group"], {"10": of(1), "": of(2), "2": of(3), "odd": of(4)})

    assert list(found) == ["2", "10", ""]
    assert found[""] == plus(of(2), of(4))


@pytest.mark.parametrize(
    ("key", "value", "group"),
    [
        ("key_stage", "11", "KS4"),
        ("key_stage", "X", ""),
        ("language", "ENB", "english"),
        ("language", "POL", "other"),
        ("language", "REF", ""),
        ("ethnicity", "WCOR", "WBRI"),
        ("ethnicity", "APKN", "APKN"),
        ("fsm", "true", "true"),
        ("fsm", "", ""),
    ],
)
def test_a_stored_value_is_of_the_group_that_its_filter_finds(key, value, group):
    assert list(by_group(KNOWN[key], {value: of(1)})) == [group]


@pytest.mark.parametrize(
    ("address", "key", "group", "changes"),
    [
        ({}, "year_group", "9", {"year_group": "9"}),
        ({}, "year_group", "", None),
        ({"year_group": "KS3"}, "year_group", "9", {"year_group": "9"}),
        ({"year_group": "9"}, "key_stage", "KS3", {}),
        ({"sen": "any"}, "sen", "K", {"sen": "K"}),
        ({"sen": "K"}, "sen", "K", {}),
        ({"sex": "F"}, "sex", "F", {}),
    ],
)
def test_a_group_narrows_the_filters_and_never_widens_them(address, key, group, changes):
    assert narrowed(SimpleNamespace(address=address), KNOWN[key], group) == changes


def test_labels_and_shares():
    sums = Sums(enrolments=4, possible=40, authorised=3, unauthorised=1, persistent=2, severe=1)

    assert label_of(KNOWN["sen"], "K") == "SEN support"
    assert label_of(KNOWN["sen"], "") == "Not known"
    assert share_of(sums, "persistent", "absent") == Share(2, 4)
    assert share_of(sums, "severe", "absent") == Share(1, 4)
    assert share_of(sums, "absence", "absent") == Share(4, 40)
    assert share_of(sums, "absence", "unauthorised") == Share(1, 40)
