"""The table of ratios as text and as a page."""

from datetime import date

import pytest

from dashboards.management.bench.report import Setting, figure, missed, page, rows, text_table
from dashboards.management.bench.targets import TARGETS, Measured

SETTING = Setting(
    on=date(2026, 3, 3),
    data="22,000 pupils, 3 years",
    postgres="18.1",
    python="3.12.1",
    cores=2,
    memory_gib=24,
)
DUCKDB = next(target for target in TARGETS if target.key == "duckdb")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (0.0, "0"),
        (0.0346, "0.0346"),
        (0.75, "0.75"),
        (9.876, "9.88"),
        (1234.0, "1,234"),
    ],
)
def test_figure_has_three_significant_digits_and_whole_numbers_plain(value, shown):
    assert figure(value) == shown


def test_rows_with_nothing_measured_are_all_there_and_say_so():
    table = rows({})
    assert len(table) == len(TARGETS)
    assert {row[4] for row in table} == {"not measured"}


def test_row_with_a_figure_has_what_measured_demand_stretch_verdict_and_parts():
    table = rows({"duckdb": Measured(0.75, "3.00 s against 4.00 s")})
    assert (DUCKDB.what, "0.75", "<= 1", "<= 0.5", "met", "3.00 s against 4.00 s") in table


def test_text_table_columns_stand_in_line():
    lines = text_table({"duckdb": Measured(2.0, "slow")}).splitlines()
    place = lines[0].index("measured")
    assert all(line[place - 1] == " " and line[place] != " " for line in lines)


def test_missed_names_only_what_was_measured_and_falls_short():
    results = {"duckdb": Measured(1.01), "pandas": Measured(0.8), "memory": Measured(None)}
    assert missed(results) == [DUCKDB.what]


def test_page_escapes_bars_and_ends_with_the_numbers():
    written = page({"duckdb": Measured(0.5, "a|b")}, ["COPY took 1 s"], SETTING)
    assert "a\\|b" in written
    assert "2 cores, 24 GiB" in written
    assert written.endswith("- COPY took 1 s\n")
