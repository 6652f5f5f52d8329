"""The report to the board as PDF and as DOCX: the same parts, the same words, the same pictures."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dashboards.charts import Chart
from dashboards.exports.pictures import drawing
from dashboards.exports.stamps import Stamp
from dashboards.printing import paper, picture
from dashboards.read_models.board import BoardReport
from dashboards.read_models.board.parts import ReportTable

FORMS: Final = {
    "docx": (
        "DOCX, to edit and add to",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "pdf": ("PDF, to read and print", "application/pdf"),
}
WORDS_MEAN, LIMITS, SOURCES = "What the words mean", "Limits of these figures", "Sources"
NUMBERS: Final = "The numbers of the charts"
_BLUE: Final = RGBColor(0x12, 0x43, 0x6D)
_GREY: Final = RGBColor(0x50, 0x5A, 0x5F)
_PICTURE_WIDTH: Final = Mm(150)
_FIRST_COLUMN, _OTHERS, _WORDS = 3, 2, 5  # widths of a table's columns, in parts


def board_file(report: BoardReport, stamp: Stamp, form: str) -> bytes:
    """The report in one of `FORMS`."""
    return _pdf(report, stamp) if form == "pdf" else _docx(report, stamp)


def foot_of(stamp: Stamp) -> str:
    """What every page of it says."""
    return f"{stamp.short_care}. {stamp.taken} {stamp.purpose}"


def _protected(stamp: Stamp, report: BoardReport) -> str:
    return f"{stamp.short_care}. {report.care}"


def _alt(chart: Chart) -> str:
    """What a picture says to those who cannot see it."""
    return f"{chart.title}. {chart.wide.description}"


# PDF


def _pdf(report: BoardReport, stamp: Stamp) -> bytes:
    pictures: dict[str, str] = {}
    sections = []
    for section in report.sections:
        charts = []
        for chart in section.charts:
            name = f"picture-{len(pictures)}"
            pictures[name] = drawing(chart)
            charts.append(
                {
                    "title": chart.title,
                    "subtitle": chart.subtitle,
                    "summary": chart.summary,
                    "notes": chart.notes,
                    "picture": name,
                    "alt": _alt(chart),
                }
            )
        sections.append(
            {
                "heading": section.heading,
                "paragraphs": list(section.paragraphs),
                "tables": [_table_data(one) for one in section.tables],
                "charts": charts,
            }
        )
    data = {
        "title": report.title,
        "standing": report.standing,
        "headline": report.headline,
        "protected": _protected(stamp, report),
        "foot": foot_of(stamp),
        "sections": sections,
        "numbers_heading": NUMBERS,
        "numbers": [_table_data(one) for one in numbers_of(report)],
        "definitions": report.definitions,
        "limits": report.limits,
        "sources": report.sources,
    }
    return paper("board", data, at=stamp.at, pictures=pictures).pdf


def numbers_of(report: BoardReport) -> list[ReportTable]:
    """The numbers of each chart, which its picture gives to nobody who cannot see it: an annex."""
    return [
        ReportTable(
            caption=chart.title,
            columns=tuple(column.name for column in chart.columns),
            rows=[tuple(row) for row in chart.rows],
        )
        for section in report.sections
        for chart in section.charts
    ]


def _table_data(table: ReportTable) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "columns": table.columns,
        "rows": table.rows,
        "is_numeric": table.is_numeric,
        "widths": _widths(table),
    }


def _widths(table: ReportTable) -> list[int]:
    rest = [_OTHERS] * (len(table.columns) - 1)
    if not table.is_numeric and rest:
        rest[-1] = _WORDS
    return [_FIRST_COLUMN, *rest]


# DOCX


def _docx(report: BoardReport, stamp: Stamp) -> bytes:
    document = Document()
    _set_up(document, report, stamp)
    document.add_heading(_clean(report.title), level=1)
    _paragraph(document, report.standing, colour=_GREY)
    _paragraph(document, report.headline, is_bold=True)
    _paragraph(document, _protected(stamp, report))
    for section in report.sections:
        document.add_heading(section.heading, level=2)
        for words in section.paragraphs:
            _paragraph(document, words)
        for table in section.tables:
            _add_table(document, table)
        for chart in section.charts:
            _add_chart(document, chart)
    document.add_heading(WORDS_MEAN, level=2)
    for name, words in report.definitions:
        line = document.add_paragraph()
        line.add_run(f"{name}: ").bold = True
        line.add_run(words)
    for heading, lines in ((LIMITS, report.limits), (SOURCES, report.sources)):
        document.add_heading(heading, level=2)
        for words in lines:
            document.add_paragraph(_clean(words), style="List Bullet")
    document.add_heading(NUMBERS, level=2)
    for table in numbers_of(report):
        _add_table(document, table)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _set_up(document: Any, report: BoardReport, stamp: Stamp) -> None:
    facts = document.core_properties
    facts.title, facts.author, facts.comments = report.title, stamp.who, stamp.care
    facts.language, facts.created = "en-GB", stamp.at.replace(tzinfo=None)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    _language(normal)
    for level, size in ((1, 20), (2, 15), (3, 12)):
        style = document.styles[f"Heading {level}"]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), _BLUE
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            style.element.rPr.rFonts.attrib.pop(qn(theme), None)
    (page,) = document.sections
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(20)
    foot = page.footer.paragraphs[0]
    run = foot.add_run(f"{_clean(foot_of(stamp))}  Page ")
    run.font.size = Pt(8)
    _page_number(foot)


def _language(style: Any) -> None:
    """What a screen reader speaks it in."""
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    style.element.get_or_add_rPr().append(language)


def _page_number(paragraph: Any) -> None:
    run = paragraph.add_run()
    run.font.size = Pt(8)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.text = text
        run._r.append(mark)


def _paragraph(
    document: Any, words: str, *, is_bold: bool = False, colour: RGBColor | None = None
) -> None:
    run = document.add_paragraph().add_run(_clean(words))
    run.bold = is_bold or None
    if colour is not None:
        run.font.color.rgb = colour


def _add_table(document: Any, table: ReportTable) -> None:
    document.add_heading(_clean(table.caption), level=3)
    made = document.add_table(rows=1, cols=len(table.columns), style="Light List Accent 1")
    _say(made, table.caption)
    _repeat(made.rows[0])
    for cell, name in zip(made.rows[0].cells, table.columns, strict=True):
        cell.text = name
    for row in table.rows:
        for place, (cell, words) in enumerate(zip(made.add_row().cells, row, strict=True)):
            cell.text = _clean(words)
            if place and table.is_numeric:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for row in made.rows:
        for cell in row.cells:
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(9)
    document.add_paragraph()


def _say(table: Any, words: str) -> None:
    """The table's alternative text."""
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), words)
    table._tbl.tblPr.append(caption)


def _repeat(row: Any) -> None:
    """The headings stand on every page that the table runs over."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _add_chart(document: Any, chart: Chart) -> None:
    document.add_heading(_clean(chart.title), level=3)
    _paragraph(document, chart.subtitle, colour=_GREY)
    shape = document.add_picture(BytesIO(picture(drawing(chart).encode())), width=_PICTURE_WIDTH)
    shape._inline.docPr.set("descr", _alt(chart))
    for words in (chart.summary, *chart.notes):
        _paragraph(document, words)


def _clean(words: str) -> str:
    """Without the signs that show nothing, of which some no document may hold."""
    return "".join(sign for sign in words if sign.isprintable())
