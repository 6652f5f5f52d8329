"""The byte reader against the plain one, on the same files: same rows, same lines, same misfits."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.imports import byte_table
from attendance.imports.byte_table import Layout, read_blocks
from attendance_portal.shared.errors import Invalid
from schools.imports.records import records

LAYOUT = Layout(columns=("upn", "note", "code"), dense=("upn", "code"), sparse=("note",))


def read(body: str, layout: Layout = LAYOUT):
    """Rows as (line, upn, note, code), and lines that do not fit, both in order of lines."""
    rows, misfits = [], []
    for chunk in read_blocks(io.BytesIO(body.encode()), layout, first_line=2):
        for row, line in enumerate(chunk.lines.tolist()):
            note = chunk.sparse["note"].texts.get(row, "")
            rows.append(
                (line, chunk.columns["upn"].text(row), note, chunk.columns["code"].text(row))
            )
        misfits += [misfit.line for misfit in chunk.misfits]
    return sorted(rows), sorted(misfits)


def read_plainly(body: str):
    """The same by the reader of small files."""
    lines = ["header\n", *io.StringIO(body, newline="\n")]
    rows, misfits = [], []
    for record in records(lines, start=1, delimiter=",", width=3):
        if record.problem:
            misfits.append(record.line)
        else:
            rows.append((record.line, *(cell.strip() for cell in record.cells)))
    return rows, misfits


@pytest.fixture(params=[7, 40, 100_000])
def _blocks(request, monkeypatch):
    monkeypatch.setattr(byte_table, "BLOCK_BYTES", request.param)
    monkeypatch.setattr(byte_table, "_MOST_BLOCKS", 1000)


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize(
    "body",
    [
        "A,,1\nB,x,2\n",
        "A,,1\nB,x,2",
        "A,,1\r\nB,x,2\r\n",
        "\n\nA,,1\n\n  \nB,,2\n",
        "A,,1\nB,2\nC,,,3\nD,,4\n",
        "A, b ,1\n A,b,1 \n",
        'A,"x,y",1\nB,"x ""y""",2\n',
        'A,"x\ny",1\nB,,2\n',
        'A,"x\r\ny",1\r\nB,,2\r\n',
        'A,"x,1\nB,,2\nC,,3\n',
        'A,x"y,1\nB,,2\n',
        "Zoë,é,1\n",
        "ABCDEFGHIJKLMNOP,,1\nABCDEFGHIJKLMNOPQ,,1\nABCDEFGHIJKLMNOPQR,,1\n",
        "ABCDEFGH,,1\nABCDEFGHI,,2\n",
        "ééééééééé,,1\n",
        "",
    ],
)
def test_rows_and_lines_are_those_of_the_plain_reader(body):
    assert read(body) == read_plainly(body)


@given(
    st.lists(
        st.text(alphabet='ab ,,,\n\n"é\r', max_size=24).map(lambda line: line + "\n"), max_size=12
    )
)
def test_any_text_is_read_as_the_plain_reader_reads_it(lines):
    body = "".join(lines).replace("\r\n", "\n").replace("\r", "")
    assert read(body) == read_plainly(body)


def test_value_of_more_than_64_kb_refuses_its_row_alone():
    rows, misfits = read(f"A,{'x' * 65_537},1\nB,{'x' * 65_536},2\n")
    assert [row[1] for row in rows] == ["B"]
    assert misfits == [2]


def test_line_without_end_raises_a_sentence(monkeypatch):
    monkeypatch.setattr(byte_table, "BLOCK_BYTES", 10)
    with pytest.raises(Invalid, match="Line 2 is far too long"):
        read("x" * 1000)


def test_other_delimiters_are_read():
    layout = Layout(LAYOUT.columns, LAYOUT.dense, LAYOUT.sparse, delimiter=";")
    assert read("A;x,y;1\n", layout)[0] == [(2, "A", "x,y", "1")]
