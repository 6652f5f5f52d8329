"""A table as CSV and as a workbook: what runs, what is a number, what the stamp says."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as some

from dashboards.exports.csv_file import write_csv
from dashboards.exports.stamps import NAMES_CHILDREN, PROTECTED, SMALL_NUMBERS, Stamp
from dashboards.exports.tables import Cell, Column, Kind, Percent, Row, Table, value_of
from dashboards.exports.xlsx_file import ABOUT, TABLE, write_xlsx

COLUMNS = [
    Column("Name"),
    Column("Number", Kind.NUMBER),
    Column("Share", Kind.PERCENT),
    Column("Day", Kind.DATE),
]
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
DANGEROUS = ["=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x.example")']


def stamp(**facts) -> Stamp:
    return Stamp(
        **{
            "who": "Ann Officer",
            "at": datetime(2026, 3, 3, 10, 5, tzinfo=UTC),
            "reason": "Board & cabinet",
            "as_of": date(2026, 3, 2),
            "marks_to": date(2026, 2, 27),
            "names_children": False,
            "is_protected": False,
            **facts,
        }
    )


def table(*rows: list[Cell], **facts) -> Table:
    return Table(
        **{
            "title": "Pupils",
            "as_of": date(2026, 3, 2),
            "columns": COLUMNS,
            "rows": [Row(cells) for cells in rows],
            "about": ["Year group: Year 9"],
            "notes": ["A note"],
            **facts,
        }
    )


def csv_lines(made: Table, **facts) -> list[list[str]]:
    target = io.BytesIO()
    write_csv(made, made.rows, stamp(**facts), target)
    return list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"), newline="")))


def workbook(made: Table, **facts) -> openpyxl.Workbook:
    target = io.BytesIO()
    write_xlsx(made, made.rows, stamp(**facts), target)
    return openpyxl.load_workbook(target)


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ("1,204", Kind.NUMBER, 1204),
        ("-12", Kind.NUMBER, -12),
        ("\N{MINUS SIGN}1.5", Kind.NUMBER, Decimal("-1.5")),
        ("12.0", Kind.NUMBER, Decimal("12.0")),
        ("9.4%", Kind.PERCENT, Percent(Decimal("9.4"))),
        ("9.4%", Kind.NUMBER, Percent(Decimal("9.4"))),
        ("9.4%", Kind.TEXT, "9.4%"),
        ("12", Kind.TEXT, "12"),
        ("1,2", Kind.NUMBER, "1,2"),
        ("c", Kind.NUMBER, "c"),
        ("No data", Kind.PERCENT, "No data"),
        ("3% to 5%", Kind.NUMBER, "3% to 5%"),
        (7, Kind.NUMBER, 7),
        (date(2026, 3, 2), Kind.DATE, date(2026, 3, 2)),
        (None, Kind.NUMBER, ""),
    ],
)
def test_words_of_a_page_become_what_they_say(cell, kind, value):
    found = value_of(cell, kind)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("points", "share", "places"), [("12", 0.12, 0), ("4.95", 0.0495, 2)])
def test_percentage_keeps_the_decimals_of_the_page(points, share, places):
    percent = Percent(Decimal(points))
    assert percent.share == pytest.approx(share)
    assert percent.places == places


def test_csv_begins_with_what_the_file_is():
    lines = csv_lines(table(["Ada", 1, "9.4%", date(2026, 3, 2)]), names_children=True)
    assert lines[:8] == [
        ["Pupils"],
        ["Year group: Year 9"],
        [NAMES_CHILDREN],
        ["Figures as of 2 Mar 2026, marks to 27 Feb 2026."],
        ["Taken out by Ann Officer on 3 Mar 2026, 10:05am."],
        ["For people who may open these pupils' records. Reason: Board & cabinet"],
        ["A note"],
        [],
    ]
    assert lines[8:] == [["Name", "Number", "Share", "Day"], ["Ada", "1", "9.4%", "2026-03-02"]]


def test_stamp_says_how_to_keep_the_file():
    assert stamp(is_protected=True, names_children=True).care == PROTECTED
    assert stamp(names_children=True).care == NAMES_CHILDREN
    assert stamp().care == SMALL_NUMBERS
    assert stamp(is_protected=True).purpose.startswith("For anyone else.")
    assert stamp(marks_to=None).standing == "As of 2 Mar 2026."


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_runs_in_a_spreadsheet_and_a_negative_number_stays_one(text):
    made = table([text, "-5", -0, None], title=text, about=[text], notes=[text])
    lines = csv_lines(made, reason=text, who=text)
    assert all(not cell.startswith(STARTS_A_FORMULA) for cell in (lines[0][0], lines[1][0]))
    assert lines[-1][:2] == [f"'{text}", "-5"]
    sheet = workbook(made, reason=text, who=text)[TABLE]
    assert [cell.data_type for cell in sheet[2][:2]] == ["s", "n"]
    assert sheet["B2"].value == -5


@given(some.lists(some.text(max_size=60), min_size=1, max_size=5))
@tries(max_examples=60)
def test_whatever_is_typed_nothing_begins_a_formula(words):
    made = table(*[[word, word, word, word] for word in words])
    for cells in csv_lines(made, reason=words[0])[8:]:
        for cell in cells:
            assert not cell.startswith(STARTS_A_FORMULA) or value_of(cell, Kind.NUMBER) != cell
    for row in workbook(made, reason=words[0])[TABLE].iter_rows():
        assert all(cell.data_type != "f" for cell in row)


def test_workbook_holds_numbers_percentages_and_days_as_such():
    book = workbook(table(["Ada", "1,204", "9.4%", date(2026, 3, 2)], ["Ben", "c", "12%", "x"]))
    assert book.sheetnames == [ABOUT, TABLE]
    sheet = book[TABLE]
    name, number, share, day = sheet[2]
    assert (name.value, number.value, share.value) == ("Ada", 1204, pytest.approx(0.094))
    assert (number.number_format, share.number_format) == ("#,##0", "0.0%")
    assert (day.value.date(), day.is_date) == (date(2026, 3, 2), True)
    assert [cell.value for cell in sheet[3]] == ["Ben", "c", pytest.approx(0.12), "x"]
    assert sheet[3][2].number_format == "0%"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:D3")


def test_every_printed_page_of_a_workbook_is_marked():
    book = workbook(table(["Ada", 1, "9.4%", None]), names_children=True, reason="A & B" * 60)
    for sheet in book:
        assert "Contains children's personal data" in sheet.oddHeader.right.text
        assert sheet.oddFooter.left.text.startswith("Taken out by Ann Officer on 3 Mar 2026")
        assert "&" not in sheet.oddFooter.left.text.replace("&&", "")
    about = [row[0] for row in book[ABOUT].iter_rows(values_only=True)]
    assert about[:3] == ["Pupils", "Year group: Year 9", NAMES_CHILDREN]


def test_table_without_a_row_is_a_file_all_the_same():
    assert csv_lines(table())[-1] == ["Name", "Number", "Share", "Day"]
    assert workbook(table())[TABLE].max_row == 1


def test_rows_are_read_once_and_as_they_come():
    read = []

    def coming():
        for number in range(1000):
            read.append(number)
            yield Row([f"Child {number}", number, "1%", None])

    made = table(rows=coming())
    assert workbook(made)[TABLE].max_row == 1001
    assert read == list(range(1000))
