"""Every table and chart that is registered, taken out by every role: the page's own rows, protected
where they must be, and written down."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from django.http import QueryDict

from accounts.models import AccessLogEntry, ExportRecord
from accounts.roles import ROLES, Permission, Role
from attendance.codes import symbol_for
from attendance.services.nightly import run_for_everyone
from cases.models import Case, SupportPlan
from dashboards.exports.registry import CHARTS, TABLES, Source
from dashboards.read_models.meetings.pack import build_pack, content_of
from dashboards.views.take_out import NOT_FOR_ANYONE, NOTHING
from meetings.models import Meeting
from schools.models import Place, Pupil, School
from tests.factories.cases import ActionFactory, CaseFactory, PlanFactory, ReferralFactory
from tests.factories.classes import FIRST_MONDAY, LATEST, SmallBorough, child
from tests.factories.crawling import parsed, text_of, walk
from tests.factories.crowds import crowd
from tests.factories.kept import Kept
from tests.factories.meetings import (
    DiscussedPupilFactory,
    MeetingActionFactory,
    MeetingFactory,
    PackSnapshotFactory,
)
from tests.factories.schools import TrustFactory
from tests.factories.tsm import Table

pytestmark = pytest.mark.django_db

WARDS = ("E05012442", "E05012443")
HELD = datetime(2026, 1, 21, 10, 0, tzinfo=UTC)
MET = {"starts_at": HELD, "started_at": HELD, "ended_at": HELD}
A_URN = "900,"  # of invented schools; pages do not show it
FIGURE = re.compile(r"[\d,]+(?:\.\d+)?%?")
#: Columns that count marks, lines or schools, or were published, and tell of no child.
OF_NO_CHILD = {
    "Sessions missing", "URN", "Refused in the last batch", "Borough, published", "Borough",
    "North East", "England", "Similar schools, middle half", "Number on the map",
}  # fmt: skip
#: Charts that the explorer's protected view leaves out while a count of its slice is hidden.
LEFT_OUT_WITH_SMALL_COUNTS = {
    "explore-group-gaps", "explore-children-over-the-lines", "explore-spread",
}  # fmt: skip
#: What a page's query may ask, by name of the thing: the same is asked of the file.
QUERIES = {
    "pupil_list": ("", "?sort=-absence", "?cohort=severely_absent", "?as_of=2026-01-30"),
    "case_list": ("", "?sort=name"),
    "school_list": ("?sort=name", "?phase=SS", "?as_of=2026-01-30"),
    "borough_schools": ("", "?phase=SS", "?sort=-persistent", "?as_of=2026-01-30"),
    "borough_phases": ("",),
    "feed_health": ("", "?sort=-missing"),
    "benchmark_bases": ("", "?phase=SS&measure=absence"),
    "benchmark_last_year": ("", "?measure=absence"),
    "borough_reasons": ("", "?phase=SS"),
    "borough_days": ("", "?as_of=2026-01-30"),
    "school_reasons": ("", "?as_of=2026-01-30"),
    "school_pupils": ("",),
    "place_list": ("", "?place_by=school", "?absence=unauthorised&sort=-absence"),
    "concentration": ("", "?absence=unauthorised"),
    "explore": ("?by=year_group&across=sex", "?phase=SS&measure=severe"),
    "explore_at_risk": ("", "?sort=name"),
}


def with_a_case(borough: SmallBorough) -> SmallBorough:
    """The small borough with a case, more children of one school, a name that would run, registers
    with something to ask about, a trust, homes in two wards, and a meeting that was held."""
    case = CaseFactory(enrolment=borough.cal)
    ReferralFactory(case=case)
    PlanFactory(case=case, started_on=FIRST_MONDAY)
    for number in range(14):
        child(borough.ash, f"Other{number}", *["O" * 10] * (number % 3))
    child(borough.ash, "Owen", "NN////////", "X/////////")
    child(borough.ash, "Part", symbol_for("C2", FIRST_MONDAY) * 4 + "//////")
    Pupil.objects.filter(pk=borough.dee.pupil_id).update(forename="=1+2")
    Pupil.objects.filter(enrolments__school=borough.ash).update(ward_id=ward_of(0))
    Pupil.objects.filter(pk=borough.ada.pupil_id).update(ward_id=ward_of(1))
    School.objects.filter(pk=borough.ash.pk).update(ward=ward_of(0), trust=TrustFactory())
    run_for_everyone(as_of=LATEST)
    met_with(borough)
    return borough


def ward_of(number: int) -> int:
    return Place.objects.get(code=WARDS[number]).pk


def met_with(borough: SmallBorough) -> None:
    """A meeting with Ash about Cal, on a pack that was frozen, with one action about Cal."""
    table = Table(borough.ash)
    meeting = MeetingFactory(school=borough.ash, held=True, la_contact=table.officer, **MET)
    DiscussedPupilFactory(meeting=meeting, pupil=borough.cal.pupil)
    action = ActionFactory(
        case=None, pupil=borough.cal.pupil, school=borough.ash, origin="tsm", owner=table.lead
    )
    MeetingActionFactory(meeting=meeting, action=action, about="pupil")
    pack = build_pack(meeting, table.officer, as_of=LATEST, on=LATEST)
    PackSnapshotFactory(meeting=meeting, as_of=LATEST, content=content_of(pack))


def with_a_crowd(borough: SmallBorough) -> SmallBorough:
    """The same with as many children as a curve takes, in a ward of the map."""
    ward = Place.objects.get(code="E05012442")
    crowd(borough.ash, [20] * 12 + [5] * 12 + [0] * 61, ward=ward)
    run_for_everyone(as_of=LATEST)
    return borough


@pytest.fixture(scope="module")
def kept_whole(kept_borough, django_db_blocker) -> Kept[SmallBorough]:
    with django_db_blocker.unblock():
        return Kept(lambda: with_a_case(kept_borough.lay()))


@pytest.fixture(scope="module")
def kept_crowded(kept_whole, django_db_blocker) -> Kept[SmallBorough]:
    with django_db_blocker.unblock():
        return Kept(lambda: with_a_crowd(kept_whole.lay()))


@pytest.fixture
def whole(db, kept_whole) -> SmallBorough:
    locality_of_two_wards()
    return kept_whole.lay()


@pytest.fixture
def crowded(db, kept_crowded) -> SmallBorough:
    locality_of_two_wards()
    return kept_crowded.lay()


def locality_of_two_wards() -> None:
    """Places stand before any test, so that these are changed in each."""
    locality = Place.objects.create(code="L1", name="Coast", kind=Place.Kind.LOCALITY)
    Place.objects.filter(code__in=WARDS).update(part_of=locality)


def form(**changes: str) -> dict[str, str]:
    return {"form": "csv", "reader": "entitled", "reason": "Board paper", **changes}


def address(source: Source[Any], query: str, urn: int) -> str:
    kind = "table" if source.name in TABLES else "chart"
    asked = own_address(source, query, urn)
    return f"/exports/{kind}/{source.name}/?{asked.urlencode()}"


def page_address(source: Source[Any], query: str, urn: int) -> str:
    """The page itself, as the form leads back to it."""
    return source.address(own_address(source, query, urn))


def own_address(source: Source[Any], query: str, urn: int) -> QueryDict:
    """A query of the page with its parameters: a school, or Cal who is there."""
    asked = QueryDict(query.removeprefix("?"), mutable=True)
    if "urn" in source.args:
        asked["urn"] = str(urn)
    if "meeting_id" in source.args:
        asked["meeting_id"] = str(Meeting.objects.get(school=urn).pk)
    if "reference" in source.args:
        asked["reference"] = Case.objects.get(school=urn).reference
    if "plan_id" in source.args:
        asked["plan_id"] = str(SupportPlan.objects.get(case__school=urn).pk)
    if "uid" in source.args:
        asked["uid"] = School.objects.get(pk=urn).trust.uid
    if "place_code" in source.args:
        asked["place_code"] = "L1"
    if "public_id" in source.args:
        cal = Pupil.objects.get(enrolments__school=urn, forename="Cal")
        asked["public_id"] = str(cal.public_id)
    return asked


def body(response) -> bytes:
    assert response.status_code == 200, response.content.decode()[:500]
    assert response.streaming, text_of(parsed(response.content.decode()))[:800]
    return b"".join(response.streaming_content)


def table_of(content: bytes) -> list[list[str]]:
    """Headings and rows of a CSV, below what it says of itself."""
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    return lines[lines.index([]) + 1 :]


def rows_of_page(client, path: str) -> list[str]:
    """The text of every row of every table of every sheet of a list."""
    found, number = [], 1
    while True:
        sheet = f"{path}{'&' if '?' in path else '?'}page={number}" if number > 1 else path
        html = client.get(sheet).content.decode()
        found += [text_of(one) for one in walk(parsed(html)) if one.name == "tr"]
        number += 1
        if f"page={number}" not in html:
            return found


def as_shown(cell: str) -> str:
    """A figure of the file as pages print it: 1204 is 1,204."""
    return f"{int(cell):,}" if cell.isdecimal() else cell


@pytest.mark.parametrize("name", TABLES)
def test_file_holds_the_rows_of_the_page_and_no_others_for_every_role(name, whole, signed_in):
    source = TABLES[name]
    for role in Role:
        facts = {} if ROLES[role].whole_la_by_default else {"school": whole.ash}
        client = signed_in(role, **facts)
        if not {Permission.EXPORT, source.permission} <= ROLES[role].permissions:
            answer = client.post(address(source, "", whole.ash.pk), form())
            assert answer.status_code == 403
            continue
        for query in QUERIES.get(name, ("",)):
            answer = client.post(address(source, query, whole.ash.pk), form())
            _, *rows = table_of(body(answer))
            shown = rows_of_page(client, page_address(source, query, whole.ash.pk))
            assert rows
            assert [row for row in rows if not is_shown(row, shown)] == [], (role, query)
            assert_same_number(shown, rows, source)


def is_shown(row: list[str], shown: list[str]) -> bool:
    """Whether a row of the page has this name and all these figures."""
    told = row[0].removeprefix("'")
    figures = [as_shown(cell) for cell in row[1:] if FIGURE.fullmatch(cell)]
    figures = [figure for figure in figures if not figure.startswith(A_URN)]
    return any(told in text and all(one in text for one in figures) for text in shown)


def assert_same_number(shown: list[str], rows: list[list[str]], source: Source[Any]) -> None:
    """No row of the page is missing: each name of the file stands as often as on the page."""
    told = [row[0].removeprefix("'") for row in rows]
    if source.page in ("pupil_list", "case_list", "school_list"):
        of_names = [text for text in shown if any(text.startswith(name) for name in told)]
        assert len(of_names) == len(rows)


def test_what_anyone_may_read_has_no_small_number_and_the_rest_is_refused(crowded, signed_in):
    client = signed_in("team_manager")
    every: dict[str, Source[Any]] = TABLES | CHARTS
    for source in every.values():
        answer = client.post(address(source, "", crowded.ash.pk), form(reader="anyone"))
        if not source.protects:
            assert NOT_FOR_ANYONE in text_of(parsed(answer.content.decode()))
            continue
        if not answer.streaming and source.name in LEFT_OUT_WITH_SMALL_COUNTS:
            assert NOTHING in text_of(parsed(answer.content.decode()))
            continue
        content = body(answer)
        assert "_protected.csv" in answer["Content-Disposition"]
        assert "Protected: small numbers are hidden" in content.decode()
        assert small_numbers(table_of(content)) == []
    assert set(ExportRecord.objects.values_list("reader", flat=True)) == {"anyone"}


def small_numbers(table: list[list[str]]) -> list[tuple[str, list[str]]]:
    """Counts that are not to the nearest 5, and shares that are not whole."""
    headings, *rows = table
    return [
        (heading, row)
        for row in rows
        for heading, cell in zip(headings, row, strict=True)
        if heading not in OF_NO_CHILD
        and (
            (cell.isdecimal() and int(cell) % 5)
            or (cell.endswith("%") and "." in cell and "England" not in heading)
        )
    ]


def test_chart_is_taken_out_in_each_form(crowded, signed_in):
    client = signed_in("team_manager")
    begins = {"svg": b"<svg ", "png": b"\x89PNG", "csv": b"\xef\xbb\xbf", "xlsx": b"PK"}
    for source in CHARTS.values():
        for kind, first in begins.items():
            path = address(source, "", crowded.ash.pk)
            answer = client.post(path, form(form=kind))
            content = body(answer)
            assert content.startswith(first)
            assert f".{kind}" in answer["Content-Disposition"]
            record = ExportRecord.objects.latest("pk")
            assert record.kind == f"chart_{source.name}"
            assert record.sha256 == hashlib.sha256(content).hexdigest()


def test_taking_is_written_down_with_each_child_that_the_file_names(whole, signed_in):
    client = signed_in("team_manager")
    content = body(client.post("/exports/table/pupil_list/?severe=true", form(form="xlsx")))
    record = ExportRecord.objects.get()
    assert (record.kind, record.user, record.as_of) == ("table_pupil_list", client.user, LATEST)
    assert (record.reader, record.reason) == ("entitled", "Board paper")
    assert record.filters == {
        "severe": "true", "file": "xlsx", "words": ["Severe absence: Yes"],
    }  # fmt: skip
    assert record.sha256 == hashlib.sha256(content).hexdigest()
    assert (record.state, record.urns) == ("gone", None)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Table"]
    assert record.rows == sheet.max_row - 1
    entries = AccessLogEntry.objects.filter(action="export", page="table_pupil_list")
    children = entries.filter(subject_kind="pupil").values_list("subject_ref", flat=True)
    named = {row[0] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert len(set(children)) == len(children) == len(named) > 0
    assert str(whole.cal.pupil.public_id) in children
    (file,) = entries.exclude(subject_kind="pupil")
    assert (file.subject_ref, file.roles) == (str(record.pk), "team_manager")


def test_taking_figures_names_nobody_and_knows_whose_schools_they_are(borough, signed_in):
    client = signed_in("school_lead", school=borough.ash)
    body(client.post("/exports/table/school_list/", form()))
    assert ExportRecord.objects.get().urns == [borough.ash.pk]
    assert not AccessLogEntry.objects.filter(subject_kind="pupil").exists()


def test_name_that_would_run_is_harmless_in_the_file(whole, signed_in):
    content = body(signed_in("team_manager").post("/exports/table/pupil_list/", form()))
    assert any(row[0].startswith("'=1+2") for row in table_of(content)[1:])


def test_another_schools_page_is_not_taken_out(borough, signed_in):
    client = signed_in("school_lead", school=borough.ash)
    for path in ("/exports/table/school_pupils/", "/exports/chart/school-spread/"):
        assert client.post(f"{path}?urn={borough.elm.pk}", form()).status_code == 404
        assert client.post(path, form()).status_code == 404
        assert client.post(f"{path}?urn={'9' * 30}", form()).status_code == 404
    assert not ExportRecord.objects.exists()


@pytest.mark.parametrize("path", ["/exports/table/nothing/", "/exports/chart/nothing/"])
def test_name_that_nobody_registered_is_a_page_that_never_was(path, borough, signed_in):
    client = signed_in("team_manager")
    assert client.get(path).status_code == client.post(path, form()).status_code == 404


def test_page_that_one_may_not_open_is_not_taken_out(borough, signed_in):
    client = signed_in("school_lead", school=borough.ash)
    assert client.get("/exports/table/borough_schools/").status_code == 403
    assert client.get("/exports/chart/borough-spread/").status_code == 403


def test_form_begins_protected_where_it_can_and_asks_where_it_cannot(borough, signed_in):
    client = signed_in("team_manager")
    first = client.get("/exports/table/borough_schools/").context["form"]
    assert first["reader"].value() == "anyone"
    named = client.get("/exports/table/pupil_list/?year_group=8").context
    assert named["form"]["reader"].value() is None
    assert [value for value, _ in named["form"].fields["reader"].widget.choices] == ["entitled"]
    assert named["back"] == "/pupils/?year_group=8"
    school = client.get(f"/exports/table/school_pupils/?urn={borough.ash.pk}&file=xlsx").context
    assert school["form"]["form"].value() == "xlsx"
    assert school["back"] == f"/schools/{borough.ash.pk}/pupils/"


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ("reason", "Say what the file is for."),
        ("reader", "Choose who will read it."),
        ("form", "Choose the kind of file."),
    ],
)
def test_form_says_what_is_missing_and_gives_no_file(left_out, told, borough, signed_in):
    answer = signed_in("team_manager").post("/exports/table/school_list/", form(**{left_out: ""}))
    assert told in text_of(parsed(answer.content.decode()))
    assert not ExportRecord.objects.exists()


def test_nothing_to_take_is_said(borough, signed_in):
    client = signed_in("team_manager")
    path = f"/exports/table/school_pupils/?urn={borough.ash.pk}&as_of=2026-01-30"
    assert NOTHING in text_of(parsed(client.post(path, form()).content.decode()))
    assert not ExportRecord.objects.exists()


def test_pages_offer_their_tables_and_charts_to_those_who_may_take_them(borough, signed_in):
    client = signed_in("team_manager")
    pupils = client.get("/pupils/?severe=true&page=1").content.decode()
    assert 'href="/exports/table/pupil_list/?severe=true"' in pupils
    school = client.get(f"/schools/{borough.ash.pk}/").content.decode()
    assert f"/exports/chart/school-spread/?urn={borough.ash.pk}" in school
    assert f"/exports/chart/school-spread/?urn={borough.ash.pk}&amp;file=csv" in school
    assert f"/exports/table/school_pupils/?urn={borough.ash.pk}" in school
    worker = signed_in("panel_member", scope="nobody")
    assert "/exports/table/" not in worker.get("/pupils/").content.decode()


def test_a_childs_chart_is_in_the_childs_log_and_of_the_roll_that_is_named(borough, signed_in):
    client = signed_in("school_lead", school=borough.ash)
    cal = borough.cal
    path = f"/exports/chart/pupil-weeks-missed/?public_id={cal.pupil.public_id}"
    content = body(client.post(f"{path}&roll={cal.pk}", form(form="svg"))).decode()
    assert "Contains children" in content
    entries = AccessLogEntry.objects.filter(action="export", subject_kind="pupil")
    assert [entry.subject_ref for entry in entries] == [str(cal.pupil.public_id)]
    nothing = client.post(f"{path}&roll={borough.ada.pk}", form())
    assert NOTHING in text_of(parsed(nothing.content.decode()))
    other = f"/exports/chart/pupil-weeks-missed/?public_id={borough.eve.pupil.public_id}"
    assert client.post(other, form()).status_code == 404
    wrong = "/exports/chart/pupil-weeks-missed/?public_id=no"
    assert client.post(wrong, form()).status_code == 404
    page = client.get(f"/pupils/{cal.pupil.public_id}/attendance/").content.decode()
    assert f"{path}&amp;roll={cal.pk}" in page


def test_before_and_after_is_in_the_log_of_each_child_whom_it_names(whole, signed_in):
    client = signed_in("team_manager")
    meeting = Meeting.objects.get()
    path = f"/exports/chart/meeting-before-and-after/?meeting_id={meeting.pk}"
    for kind in ("svg", "csv"):
        body(client.post(path, form(form=kind)))
    entries = AccessLogEntry.objects.filter(action="export", subject_kind="pupil")
    assert [entry.subject_ref for entry in entries] == [str(whole.cal.pupil.public_id)] * 2


def test_a_packs_chart_stands_at_the_day_of_the_pack(whole, signed_in):
    """Figures come after a pack was frozen; what is drawn of it does not move."""
    run_for_everyone(as_of=date(2026, 2, 9))
    path = f"/exports/chart/pack-spread/?meeting_id={Meeting.objects.get().pk}"
    answer = signed_in("team_manager").post(path, form(form="svg"))
    assert body(answer)
    assert f"_{LATEST}.svg" in answer["Content-Disposition"]
    assert ExportRecord.objects.get().as_of == LATEST


@pytest.mark.parametrize(
    "path",
    [
        "/exports/table/meeting_actions/?meeting_id=",
        "/exports/chart/pack-spread/?meeting_id=",
        "/exports/table/trust_schools/?uid=",
        "/exports/chart/case-waits/?reference=",
        "/exports/chart/plan-weeks-missed/?plan_id=",
        "/exports/table/school_owed/?urn=",
    ],
)
def test_what_is_not_in_scope_is_a_file_that_never_was(path, whole, signed_in):
    """Each of these is of Ash, and is asked by the lead of Elm."""
    client = signed_in("school_lead", school=whole.elm)
    of_ash = {
        "meeting_id": Meeting.objects.get().pk,
        "uid": School.objects.get(pk=whole.ash.pk).trust.uid,
        "reference": Case.objects.get().reference,
        "plan_id": SupportPlan.objects.get().pk,
        "urn": whole.ash.pk,
    }
    asked = path.rpartition("?")[2].removesuffix("=")
    for value in (of_ash[asked], "", "9" * 30, "no\0"):
        assert client.post(f"{path}{quote(str(value))}", form()).status_code == 404, value
    assert not ExportRecord.objects.exists()
