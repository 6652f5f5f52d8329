"""The code sets hang together."""

import pytest

from schools import choices


def test_every_phase_has_a_statistical_phase():
    assert set(choices.STATISTICAL_PHASE_OF) == {*choices.PHASE, ""}
    assert set(choices.STATISTICAL_PHASE_OF.values()) == set(choices.STATISTICAL_PHASE)


@pytest.mark.parametrize(
    ("phase", "statistical"),
    [("MP", "primary"), ("MS", "secondary"), ("AT", "secondary"), ("PR", "alternative")],
)
def test_phases_count_as_they_are_deemed(phase, statistical):
    assert choices.STATISTICAL_PHASE_OF[phase] == statistical


def test_every_ethnicity_has_a_group_and_every_extended_code_a_main_one():
    assert set(choices.ETHNIC_GROUP_OF) == set(choices.ETHNICITY)
    assert set(choices.ETHNICITY_EXTENDED.values()) <= set(choices.ETHNICITY)


@pytest.mark.parametrize(
    ("code", "group"),
    [("CHNE", "Asian"), ("WROR", "White"), ("REFU", "Unclassified"), ("", "Unclassified")],
)
def test_ethnic_group(code, group):
    assert choices.ethnic_group(code) == group


def test_year_groups_stand_in_order_of_age():
    ages = [choices.USUAL_AGE[code] for code in choices.YEAR_GROUP if code in choices.USUAL_AGE]
    assert ages == sorted(ages)
    assert choices.USUAL_AGE["R"] == 4
    assert choices.USUAL_AGE["11"] == 15
    assert choices.YEAR_GROUP_ORDER["R"] < choices.YEAR_GROUP_ORDER["1"]
    assert choices.YEAR_GROUP_ORDER["9"] < choices.YEAR_GROUP_ORDER["10"]
