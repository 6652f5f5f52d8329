"""Export files equal the rules row by row, on any date, and leave the stored figures alone."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import AccessLogEntry, ExportRecord
from attendance.models import EnrolmentCheck, EnrolmentPeriod, NightlyRun
from attendance.read_models import absence_rows, school_totals, year_counts
from attendance.rules.absence import absence_percent, is_persistent, is_severe
from attendance.rules.penalty_window import rolling_ten
from attendance.rules.periods import periods
from attendance.rules.returns import illness, unresolved_n
from attendance.rules.runs import unauthorised_run
from attendance.services.nightly import run_for_everyone
from schools.models import Enrolment, Place, Pupil
from tests.factories.boroughs import boroughs, facts_on, store

pytestmark = pytest.mark.django_db
PRESENT = "/\\" * 5
FRIDAY = date(2025, 9, 26)
KINDS = ("year", "term", "half_term", "week")


def lines_of(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def exported(kind: str, as_of: date, folder: Path) -> list[list[str]]:
    path = folder / f"{kind}.csv"
    call_command(f"export_{kind}", "--as-of", as_of.isoformat(), "--out", str(path))
    return lines_of(path)


def text(value: object) -> str:
    return "" if value is None else str(value)


def expected_period_lines(stored, facts, terms):
    lines = []
    for pk, one in facts.items():
        child = stored[pk]
        for row in periods(one.marks, terms):
            counts = row.counts
            lines.append(
                [child.upn, str(child.urn), str(child.start), str(row.academic_year),
                 row.kind.value, row.key, str(counts.possible), str(counts.attended),
                 str(counts.authorised), str(counts.unauthorised),
                 str(absence_percent(counts.absent, counts.possible)),
                 str(int(is_persistent(counts.absent, counts.possible))),
                 str(int(is_severe(counts.absent, counts.possible)))]
            )  # fmt: skip
    return sorted(lines, key=lambda line: (*line[:3], line[4], line[5], line[3]))


def expected_check_line(child, facts):
    rolling = rolling_ten(facts.marks, facts.calendar, facts.on)
    run = unauthorised_run(facts.marks)
    ill = illness(facts.marks, facts.on)
    owed = unresolved_n(facts.marks, facts.calendar, facts.on)
    figures = (
        rolling.now, rolling.maximum, rolling.first, run.now, run.maximum, run.first,
        ill.sessions, ill.days, ill.first, owed.overdue, owed.oldest,
    )  # fmt: skip
    return [child.upn, str(child.urn), str(child.start), *map(text, figures)]


@settings(
    max_examples=20,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), borough=boroughs())
def test_files_of_any_date_equal_the_rules(tmp_path, data, borough):
    as_of = borough.first + timedelta(days=data.draw(st.integers(0, 150)))
    with transaction.atomic():
        stored = store(borough)
        facts = facts_on(stored, as_of, 20)
        lines = exported("periods", as_of, tmp_path)[1:]
        assert lines == expected_period_lines(stored, facts, borough.terms)
        checks = exported("checks", as_of, tmp_path)[1:]
        said = [pk for pk, one in facts.items() if any(mark.code != "-" for mark in one.marks)]
        assert checks == sorted(expected_check_line(stored[pk], facts[pk]) for pk in said)
        assert not EnrolmentPeriod.objects.exists()
        run_for_everyone(as_of=as_of)
        stood = absence_rows(Enrolment.objects.all(), as_of=as_of, kinds=KINDS)
        assert [row.key for row in stood] == [line[5] for line in lines]
        NightlyRun.objects.all().delete()  # now the same rows come from the statements
        assert absence_rows(Enrolment.objects.all(), as_of=as_of, kinds=KINDS) == stood
        transaction.set_rollback(True)


@pytest.fixture
def two_children(make_school, make_enrolment, write_weeks):
    first, second = make_school(900001), make_school(900002)
    ada = make_enrolment(first, "A00000000001A", year_group="5")
    ben = make_enrolment(second, "A00000000002A", year_group="6")
    write_weeks(ada, PRESENT, PRESENT, "OO" * 5, PRESENT)
    write_weeks(ben, PRESENT, PRESENT, PRESENT, PRESENT)
    ward = Place.objects.create(code="E05001414", name="Coatham")
    Pupil.objects.filter(upn="A00000000001A").update(ward=ward, fsm_eligible=True, sex="F")
    return ada, ben


def test_file_of_a_past_date_equals_what_the_run_of_that_date_had(two_children, tmp_path):
    run_for_everyone(as_of=date(2025, 9, 19))
    then = EnrolmentCheck.objects.order_by("enrolment_id").values_list("rolling_now", "run_now")
    had = [list(map(str, row)) for row in then]
    run_for_everyone(as_of=FRIDAY)
    stands = list(EnrolmentPeriod.objects.values())
    lines = exported("checks", date(2025, 9, 19), tmp_path)[1:]
    assert [[line[3], line[6]] for line in lines] == had
    assert list(EnrolmentPeriod.objects.values()) == stands


COLUMNS = {
    "periods": "upn,urn,enrolment_start,academic_year,kind,key,possible,attended,authorised,"
    "unauthorised,absence_pct,persistent,severe",
    "checks": "upn,urn,enrolment_start,rolling_now,rolling_max,rolling_first,run_now,run_max,"
    "run_first,illness_sessions,illness_days,illness_first,n_overdue,n_oldest",
    "dashboard": "academic_year,dimension,value,enrolments,possible,attended,authorised,"
    "unauthorised,persistent,severe",
}


@pytest.mark.parametrize("kind", sorted(COLUMNS))
def test_columns_are_those_that_outsiders_rely_on(two_children, tmp_path, kind):
    assert ",".join(exported(kind, FRIDAY, tmp_path)[0]) == COLUMNS[kind]


def test_dashboard_sums_each_dimension_with_values_held_now(two_children, tmp_path):
    lines = {tuple(line[1:3]): line[3:] for line in exported("dashboard", FRIDAY, tmp_path)[1:]}
    ada, ben = ["1", "40", "30", "0", "10", "1", "0"], ["1", "40", "40", "0", "0", "0", "0"]
    assert lines["LA", "807"] == ["2", "80", "70", "0", "10", "1", "0"]
    assert lines["school", "900001"] == ada
    assert lines["year_group", "6"] == ben
    assert (lines["ward", "E05001414"], lines["ward", ""]) == (ada, ben)
    assert (lines["fsm", "1"], lines["fsm", ""]) == (ada, ben)
    assert lines["sex", "F"] == ada
    assert {dimension for dimension, _ in lines} == {
        "LA", "school", "year_group", "sex", "fsm", "sen", "ethnicity", "ward",
    }  # fmt: skip


def test_ward_code_that_a_spreadsheet_would_run_is_made_harmless(two_children, tmp_path):
    Place.objects.filter(pk__in=Pupil.objects.values("ward")).update(code="=1+2")
    values = {line[2] for line in exported("dashboard", FRIDAY, tmp_path) if line[1] == "ward"}
    assert values == {"", "'=1+2"}


@pytest.mark.parametrize("kind", sorted(COLUMNS))
def test_date_before_everything_gives_the_header_alone(two_children, tmp_path, kind):
    assert len(exported(kind, date(2020, 1, 1), tmp_path)) == 1
    assert ExportRecord.objects.get().rows == 0


def test_export_is_written_down_with_its_checksum_and_no_reader(two_children, tmp_path):
    import hashlib

    exported("periods", FRIDAY, tmp_path)
    record = ExportRecord.objects.get()
    content = (tmp_path / "periods.csv").read_bytes()
    assert (record.kind, record.as_of, record.user) == ("periods", FRIDAY, None)
    assert record.sha256 == hashlib.sha256(content).hexdigest()
    assert record.rows == content.count(b"\n") - 1
    assert not AccessLogEntry.objects.exists()


def test_file_that_cannot_be_written_is_a_sentence_and_leaves_no_draft(two_children, tmp_path):
    with pytest.raises(CommandError, match="Cannot write"):
        exported("periods", FRIDAY, tmp_path / "nowhere")
    (tmp_path / "periods.csv").mkdir()
    with pytest.raises(CommandError, match="Cannot write"):
        exported("periods", FRIDAY, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["periods.csv"]


def test_date_that_is_none_is_a_sentence(two_children, tmp_path):
    with pytest.raises(CommandError, match="2026-03-02"):
        call_command("export_checks", "--as-of", "yesterday", "--out", str(tmp_path / "a.csv"))


def test_totals_of_schools_are_the_same_stored_and_worked_out(two_children, user_with):
    officer = user_with("team_manager")
    run_for_everyone(as_of=FRIDAY)
    stored = school_totals(officer, as_of=FRIDAY)
    NightlyRun.objects.all().delete()
    assert school_totals(officer, as_of=FRIDAY) == stored
    assert [(row.urn, row.enrolments, row.persistent) for row in stored] == [
        (900001, 1, 1),
        (900002, 1, 0),
    ]
    assert {row.last_mark_on for row in stored} == {FRIDAY}


def test_totals_show_a_school_lead_their_school_only(two_children, user_with):
    lead = user_with("school_lead", school=two_children[0].school)
    run_for_everyone(as_of=FRIDAY)
    assert [row.urn for row in school_totals(lead, as_of=FRIDAY)] == [900001]
    assert [row.urn for row in school_totals(lead, as_of=date(2025, 9, 12))] == [900001]


def test_year_counts_are_of_the_year_asked(two_children):
    run_for_everyone(as_of=FRIDAY)
    ada, _ = two_children
    counts = year_counts(Enrolment.objects.all(), as_of=FRIDAY)[ada.pk]
    assert (counts.possible, counts.unauthorised, counts.persistent) == (40, 10, True)
    earlier = year_counts(Enrolment.objects.all(), as_of=date(2025, 9, 5))[ada.pk]
    assert (earlier.possible, earlier.unauthorised) == (10, 0)
    assert year_counts(Enrolment.objects.all(), as_of=date(2026, 8, 3)) == {}
