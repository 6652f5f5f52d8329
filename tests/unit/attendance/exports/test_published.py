"""The files in the department's shape have the department's headings, to the letter.

`data/year_to_date_2025_26.csv` is the first line of the file behind "Pupil attendance in schools",
year to date 2025/26, by authority (snapshot of 23 July 2026, attendance-data-dashboard), and
`data/by_school_2023_24.csv` that of "Pupil absence in schools in England" by school, three years
to 2023/24. Department for Education, Open Government Licence v3.0.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from attendance.exports.published import COLUMNS, published_percent, school_columns

DATA = Path(__file__).parent / "data"


def heading(name: str) -> list[str]:
    with (DATA / name).open() as file:
        return next(csv.reader(file))


def test_headings_are_those_of_the_published_files():
    assert list(COLUMNS) == heading("year_to_date_2025_26.csv")
    assert school_columns(2023) == heading("by_school_2023_24.csv")


def test_file_by_school_moves_on_with_the_year():
    columns = school_columns(2025)
    assert columns[6:9] == [
        f"persistent_absence_pct_{year}" for year in ("2025_26", "2024_25", "2023_24")
    ]
    assert columns[-2:] == [
        f"{kind}_absence_pct_2025_26" for kind in ("authorised", "unauthorised")
    ]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (171875, 3103625, "5.5379"),  # the published row of Redcar and Cleveland, primary
        (0, 100, "0.0"),
        (100, 100, "100.0"),
        (3433, 100_000, "3.433"),
        (1, 8, "12.5"),
        (12345, 10_000_000, "0.1235"),  # halves up: 0.12345
        (0, 0, "z"),
    ],
)
def test_percentages_have_the_decimals_of_the_published_files(part, whole, shown):
    assert published_percent(part, whole) == shown


@given(some.integers(1, 10**7), some.data())
def test_percentage_is_within_half_a_unit_of_its_last_decimal(whole, data):
    part = data.draw(some.integers(0, whole))
    shown = published_percent(part, whole, 5)
    assert abs(float(shown) - 100 * part / whole) <= 0.000005 + 1e-9
    assert 1 <= len(shown.partition(".")[2]) <= 5
