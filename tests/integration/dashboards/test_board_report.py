"""The report to the board: what it says, for whom, and that page, DOCX and PDF say the same."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import date
from typing import Any

import pytest
from docx import Document

from accounts.models import AccessLogEntry, ExportRecord
from attendance.services.nightly import run_for_everyone
from dashboards.exports.board_files import LIMITS, NUMBERS, SOURCES, WORDS_MEAN
from dashboards.read_models.board import BoardReport, terms_until
from tests.factories.cases import CaseFactory
from tests.factories.classes import LATEST, SmallBorough, child
from tests.factories.crawling import parsed, text_of
from tests.factories.papers import read_paper
from tests.factories.schools import SchoolFactory, TrustFactory

pytestmark = pytest.mark.django_db

PAGE = "/reports/board/"
COUNT = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})*(?![\d%.,]|\.\d)")


@pytest.fixture
def whole(borough) -> SmallBorough:
    """Enough children at two schools that something may be shown, and a school too small to."""
    for number in range(30):
        child(borough.ash, f"Other{number}", *["O" * 10] * (number % 3))
        child(borough.elm, f"Young{number}", *["I" * 10] * (number % 2))
    tiny = SchoolFactory(name="Tiny School", folded_name="tiny school", phase="SP")
    child(tiny, "Tim", *["O" * 10] * 5)
    CaseFactory(enrolment=borough.cal)
    run_for_everyone(as_of=LATEST)
    return borough


def report_of(client, query: str = "") -> BoardReport:
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return answer.context["report"]


def taken(client, form: str, reason: str = "Board of 12 March", query: str = "") -> Any:
    return client.post(f"{PAGE}{query}", {"form": form, "reason": reason})


def squeezed(text: str) -> str:
    """Without spaces, which a PDF breaks lines at."""
    return re.sub(r"\s+", "", text)


def words_of_docx(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join([*(line.text for line in document.paragraphs), *cells])


def test_page_docx_and_pdf_say_the_same(whole, signed_in):
    client = signed_in("team_manager")
    page = text_of(parsed(client.get(PAGE).content.decode()))
    report = report_of(client)
    docx = squeezed(words_of_docx(taken(client, "docx").content))
    paper = read_paper(taken(client, "pdf").content)
    pdf = squeezed(paper.text)
    assert [section.key for section in report.sections] == [
        "figures", "change", "charts", "phases", "groups", "movement", "cohorts", "cases",
        "meetings",
    ]  # fmt: skip
    said = [report.title, report.headline, report.standing, *report.limits, *report.sources]
    for section in report.sections:
        said += [section.heading, *section.paragraphs]
        for table in section.tables:
            said += [table.caption, *table.columns]
            said += ["".join(row) for row in table.rows]
        for chart in section.charts:
            said += [chart.title, chart.summary, *chart.notes]
            said += ["".join(row) for row in chart.rows]
    page = squeezed(page)
    for words in said:
        assert squeezed(words) in page, words
        assert squeezed(words) in docx, words
        assert squeezed(words) in pdf, words
    for heading in (WORDS_MEAN, LIMITS, SOURCES):
        assert squeezed(heading) in page
    for heading in (WORDS_MEAN, LIMITS, SOURCES, NUMBERS):
        assert squeezed(heading) in docx
        assert squeezed(heading) in pdf
    assert (paper.is_tagged, paper.language, paper.title) == (True, "en-GB", report.title)
    assert "ReasonBoardof12March" in pdf.replace(":", "")


def test_no_small_number_and_no_decimal_of_ours_stands_in_it(whole, signed_in):
    report = report_of(signed_in("team_manager"))
    for section in report.sections:
        for table in section.tables:
            for row in table.rows:
                for cell, name in zip(row[1:], table.columns[1:], strict=True):
                    if name in ("England", "North East", "Who is in it", "Change"):
                        continue
                    assert "." not in cell, row
                    for count in COUNT.findall(cell):
                        assert int(count.replace(",", "")) % 5 == 0, row
    (cases,) = [section for section in report.sections if section.key == "cases"]
    assert cases.paragraphs[0].startswith("Open cases: c, as they stand on 3 Mar 2026.")
    assert {row[1] for row in cases.tables[1].rows} <= {"c", "0"}


def test_phase_of_a_hidden_school_is_hidden_and_never_alone(whole, signed_in):
    report = report_of(signed_in("team_manager"))
    (phases,) = [section for section in report.sections if section.key == "phases"]
    rows = {name: (count, share) for name, count, share, *_ in phases.tables[0].rows}
    assert rows["Special"] == ("c", "c")
    assert sum(cells == ("c", "c") for cells in rows.values()) >= 2


def test_docx_has_headings_pictures_with_words_and_tables_with_heads(whole, signed_in):
    client = signed_in("team_manager")
    report = report_of(client)
    content = taken(client, "docx", reason="Board & \x07 cabinet").content
    document = Document(io.BytesIO(content))
    assert document.core_properties.title == report.title
    assert document.core_properties.language == "en-GB"
    headings = [line.text for line in document.paragraphs if line.style.name == "Heading 2"]
    assert headings == [
        *(section.heading for section in report.sections), WORDS_MEAN, LIMITS, SOURCES, NUMBERS,
    ]  # fmt: skip
    charts = [chart for section in report.sections for chart in section.charts]
    told = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert len(told) == len(charts) >= 3
    assert all(
        alt.startswith(chart.title) and chart.wide.description in alt
        for alt, chart in zip(told, charts, strict=True)
    )
    heads = [table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in document.tables]
    assert all(heads)
    foot = document.sections[0].footer.paragraphs[0].text
    assert foot.startswith("Protected: small numbers are hidden. Taken out by")
    assert "Reason: Board &  cabinet" in foot


def test_taking_is_written_down_and_names_nobody(whole, signed_in):
    client = signed_in("team_manager")
    answer = taken(client, "pdf")
    record = ExportRecord.objects.get()
    assert (record.kind, record.as_of, record.reader) == ("report_board", LATEST, "anyone")
    assert (record.reason, record.filters) == ("Board of 12 March", {"file": "pdf"})
    assert record.sha256 == hashlib.sha256(answer.content).hexdigest()
    assert "attendance_board_report_2026-02-06_protected.pdf" in answer["Content-Disposition"]
    assert AccessLogEntry.objects.filter(page="report_board").count() == 1
    assert not AccessLogEntry.objects.filter(subject_kind="pupil").exists()


def test_report_is_of_the_term_and_day_asked_for(whole, signed_in):
    client = signed_in("team_manager")
    assert report_of(client).title == "Attendance: report to the board, Spring term 2025/26"
    earlier = report_of(client, "?term=2025-2&as_of=2026-01-16")
    assert earlier.as_of == date(2026, 1, 16)
    autumn = report_of(client, "?term=2025-1")
    assert "Autumn term" in autumn.title
    (change,) = [one for one in autumn.sections if one.key == "change"]
    assert change.tables == ()
    wrong = client.get(f"{PAGE}?term=2025-2&as_of=2025-10-01")
    assert wrong.context["report"] is None
    assert "Choose a day from" in wrong.content.decode()
    assert client.get(f"{PAGE}?term=never").context["report"] is None


def test_terms_are_those_that_had_begun(whole):
    keys = [term.key for term in terms_until(LATEST)]
    assert keys[:2] == ["2025-2", "2025-1"]


@pytest.mark.parametrize("left_out", ["form", "reason"])
def test_report_needs_a_form_and_a_reason(left_out, whole, signed_in):
    facts = {"form": "pdf", "reason": "Board", left_out: ""}
    answer = signed_in("team_manager").post(PAGE, facts)
    assert answer.context["form"].errors.keys() == {left_out}
    assert not ExportRecord.objects.exists()


def test_analyst_reads_no_casework_and_no_meetings_in_it(whole, signed_in):
    keys = {section.key for section in report_of(signed_in("analyst")).sections}
    assert keys & {"cases", "meetings"} == set()


@pytest.mark.parametrize("role", ["school_lead", "early_help_worker", "administrator"])
def test_report_is_for_the_authority(role, whole, signed_in):
    client = signed_in(role, **({"school": whole.ash} if role != "administrator" else {}))
    assert client.get(PAGE).status_code == client.post(PAGE, {}).status_code == 403


def test_without_figures_the_page_says_so(db, signed_in):
    client = signed_in("team_manager")
    assert "There are no figures yet" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"form": "pdf", "reason": "Board"}).status_code == 200
    assert not ExportRecord.objects.exists()


@pytest.mark.parametrize("role", ["team_manager", "analyst", "attendance_officer"])
def test_borough_offers_the_report_to_whoever_may_take_it_out(whole, signed_in, role):
    client = signed_in(role)
    assert offers(client.get("/borough/"))
    assert client.get(PAGE).status_code == 200


def test_a_trust_offers_no_report_of_the_whole_authority(whole, signed_in):
    """Neither to its lead, who would be refused, nor to a manager, whose report is of more."""
    trust = TrustFactory()
    whole.ash.trust = trust
    whole.ash.save()
    for client in (signed_in("school_lead", trust=trust), signed_in("team_manager")):
        assert not offers(client.get(f"/trusts/{trust.uid}/"))


def offers(answer) -> bool:
    assert answer.status_code == 200
    return f'href="{PAGE}"' in answer.content.decode()
