"""Reading files and JSON lists into tables of text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance_portal.shared.errors import Invalid
from attendance_portal.shared.rejects import Reason
from schools.imports import records
from schools.imports.tables import Table, read_table, sniff, table_from_records

REQUIRED = ("upn", "name")
KNOWN = ("upn", "name", "phone", "start_date")


def read(content: bytes | str) -> Table:
    raw = content.encode() if isinstance(content, str) else content
    return read_table(raw, file="pupils.csv", required=REQUIRED, known=KNOWN)


def rows(table: Table) -> list[list[str]]:
    return table.frame.to_numpy().tolist()


def test_plain_file_is_read_as_text_with_its_lines():
    table = read("upn,name\nA1,Null\nA2,007\n")

    assert rows(table) == [["A1", "Null"], ["A2", "007"]]
    assert [table.line_of(0), table.line_of(1)] == [2, 3]
    assert table.received == 2


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(ending):
    table = read(ending.join(["upn,name", "A1,Ann", "A2,Bo", ""]))

    assert rows(table) == [["A1", "Ann"], ["A2", "Bo"]]
    assert table.line_of(1) == 3


def test_byte_order_mark_is_no_part_of_the_first_column():
    assert rows(read(b"\xef\xbb\xbfupn,name\nA1,Zo\xc3\xab\n")) == [["A1", "Zoë"]]


def test_header_is_normalised():
    table = read(' UPN ,"Name", Start Date ,start-date-2\nA1,Ann,2026-01-01,\n')

    assert list(table.frame.columns) == ["upn", "name", "start_date"]


def test_unknown_columns_are_ignored_with_a_warning():
    table = read("shoe size,upn,name\n4,A1,Ann\n")

    assert rows(table) == [["A1", "Ann"]]
    assert "shoe_size" in table.warnings[0]


def test_header_only_is_no_rows():
    assert read("upn,name\n").received == 0


def test_blank_lines_are_skipped_and_counted():
    table = read("\n\nupn,name\n\nA1,Ann\n,\n   \nA2,Bo\n\n\n")

    assert [table.line_of(0), table.line_of(1)] == [5, 8]
    assert table.received == 2


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_separators_are_read_with_a_warning(mark, word):
    table = read(f"upn{mark}name\nA1{mark}Smith, Ann\n")

    assert rows(table) == [["A1", "Smith, Ann"]]
    assert word in table.warnings[0]


def test_excel_separator_hint_is_obeyed_and_counts_as_a_line():
    table = read("sep=;\nupn;name\nA1;Ann\n")

    assert rows(table) == [["A1", "Ann"]]
    assert table.line_of(0) == 3


def test_comma_file_with_semicolons_in_values_is_a_comma_file():
    table = read("upn,name;x,name\nA1,b;c,Ann\n")

    assert rows(table) == [["A1", "Ann"]]


def test_quoted_newlines_keep_physical_line_numbers():
    table = read('upn,name,phone\nA1,"Ann\nof ""Oz""",1\nA2,Bo,2\n')

    assert rows(table) == [["A1", 'Ann\nof "Oz"', "1"], ["A2", "Bo", "2"]]
    assert [table.line_of(0), table.line_of(1)] == [2, 4]


@pytest.mark.parametrize("bad", ["A9,Cy,1,2", "A9,Cy"])
def test_row_with_the_wrong_number_of_cells_is_refused_alone(bad):
    table = read(f"upn,name,phone\nA1,Ann,1\n{bad}\nA2,Bo,2\n")

    assert rows(table) == [["A1", "Ann", "1"], ["A2", "Bo", "2"]]
    [refused] = table.rejects
    assert (refused.line, refused.reason_code, refused.upn) == (3, Reason.BAD_VALUE, "A9")
    assert table.received == 3


@pytest.mark.parametrize(
    "rest",
    [
        "A2,Bo\nA3,Cy\n",  # never closed
        'A2,Bo\nA3,"Cy"\n',  # 'closed' by the start of another quoted value
        'A2,"Bo"\nA3,Cy\n',
    ],
)
def test_unbalanced_quotation_mark_costs_its_own_line_only(rest):
    table = read(f'upn,name\nA1,"Ann\n{rest}')

    assert rows(table) == [["A2", "Bo"], ["A3", "Cy"]]
    assert [refused.line for refused in table.rejects] == [2]
    assert "quotation mark" in table.rejects[0].message


def test_quotation_mark_inside_a_plain_value_is_kept():
    assert rows(read('upn,name\nA1,Ann "Nan" Lee\n')) == [["A1", 'Ann "Nan" Lee']]


@pytest.mark.parametrize("quote", ["", '"'])
def test_enormous_value_is_refused_and_the_longest_allowed_kept(quote):
    longest, longer = ("x" * (records.LONGEST_VALUE + extra) for extra in (0, 1))
    table = read(
        f"upn,name\nA1,{quote}{longest}{quote}\nA2,{quote}{longer}{quote}\n"
        f"A3,{quote}{longer * 3}{quote}\nA4,Di\n"
    )

    assert [row[0] for row in rows(table)] == ["A1", "A4"]
    assert [refused.line for refused in table.rejects] == [3, 4]
    assert "64 KB" in table.rejects[0].message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        ("upn,name\nA1,Zoë\n".encode("cp1252"), "CSV UTF-8"),
        ("upn,name\nA1,Zoë\n".encode("utf-16"), "UTF-16"),
        ("upn,name\nA1,Ann\n".encode("utf-16-le"), "NUL"),
        (b"upn,name\nA1,A\0nn\n", "on line 2"),
        (b"upn,name\nA1,Ann\nA2,\xc3", "not UTF-8"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "spreadsheet"),
        (b"%PDF-1.7", "PDF"),
        (b"\n <!DOCTYPE html><html>", "web page"),
        (b"upn\nA1\n", "no column 'name'"),
        (b"forename\nA1\n", "'upn' or 'name'"),
        (b"upn,name,Name\nA1,a,b\n", "more than once"),
        (b"upn,name," + b"x" * (records.LONGEST_VALUE + 1) + b"\nA1,a,b\n", "64 KB"),
    ],
)
def test_unusable_file_gets_a_sentence(content, says):
    with pytest.raises(Invalid, match=says):
        read(content)


def test_wrong_character_far_into_a_file_is_found_with_its_line(tmp_path: Path):
    path = tmp_path / "big.csv"
    path.write_bytes(b"upn,name\n" + b"A1,Ann\n" * 400_000 + b"A1,Zo\xeb\n")

    with pytest.raises(Invalid, match="line 400002"):
        sniff(path, file="big.csv", required=REQUIRED, known=KNOWN)


def test_character_cut_by_a_chunk_is_whole_again(monkeypatch):
    monkeypatch.setattr("schools.imports.tables._CHUNK", 1)

    assert rows(read("upn,name\nA1,Zoë\n")) == [["A1", "Zoë"]]


def test_sniff_tells_a_streaming_reader_where_the_header_is(tmp_path: Path):
    path = tmp_path / "marks.csv"
    path.write_bytes(b'\xef\xbb\xbf\r\nupn;name;other\r\nA1;"Ann";\r\n')

    shape = sniff(path, file="marks.csv", required=REQUIRED, known=KNOWN)

    assert (shape.delimiter, shape.columns) == (";", ("upn", "name", "other"))
    assert (shape.skip_bytes, shape.header_line, shape.has_quotes) == (5, 2, True)
    assert path.read_bytes()[shape.skip_bytes :].startswith(b"upn;")


def from_json(*items) -> Table:
    return table_from_records(items, file="pupils", required=REQUIRED, known=KNOWN)


def test_json_values_become_text_and_what_is_left_out_is_told():
    table = from_json({"upn": "A1", "name": " Ann ", "phone": None}, {"upn": 7, "name": True})

    assert rows(table) == [["A1", "Ann", ""], ["7", "1", ""]]
    assert table.given("phone").tolist() == [True, False]
    assert table.given("start_date").tolist() == [False, False]
    assert table.line_of(0) == 1


def test_json_without_a_required_column_is_a_matter_of_the_row():
    table = from_json({"upn": "A1"})

    assert rows(table) == [["A1", ""]]


@pytest.mark.parametrize(
    "item",
    [
        "A1",
        None,
        ["A1"],
        {"upn": "A1", "name": 1.5},
        {"upn": "A1", "name": {}},
        {"upn": "A1", "name": "a\0b"},
        {"upn": "A1", "name": "\ud800"},
        {"upn": "A1", "name": "x" * (records.LONGEST_VALUE + 1)},
    ],
)
def test_json_row_that_is_no_row_is_refused_alone(item):
    table = from_json({"upn": "A0", "name": "Zed"}, item)

    assert [refused.line for refused in table.rejects] == [2]
    assert len(table.frame) == 1


def test_json_names_nobody_knows_are_warned_of():
    assert "shoe" in from_json({"upn": "A1", "name": "Ann", "shoe": 1}).warnings[0]


@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_but_invalid(junk):
    for content in (junk, b"upn,name\n" + junk):
        try:
            table = read(content)
        except Invalid:
            continue
        assert table.received >= len(table.rejects)


@given(st.text(alphabet='ab",\n\r;', max_size=60))
def test_random_quoting_loses_no_line(text):
    table = read("upn,name\n" + text)

    told = {table.line_of(at) for at in range(len(table.frame))}
    assert len(told) + len({refused.line for refused in table.rejects}) == table.received


_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(_CELL, _CELL)))
def test_what_csv_writes_is_read_back(pairs):
    import csv
    import io

    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([("upn", "name"), *pairs])

    expected = [[a.strip(), b.strip()] for a, b in pairs if a.strip() or b.strip()]
    assert rows(read(stream.getvalue())) == expected
