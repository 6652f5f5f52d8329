"""The database counts as the code table says: every symbol, every column, and after a rebuild."""

from datetime import date
from importlib import import_module

import pytest
from django.db import connection, models
from django.db.migrations.state import ProjectState
from django.db.utils import DataError, IntegrityError

from attendance import codes
from attendance.models import Code, Mark, RegisterWeek
from attendance.services.code_table import load_code_table
from schools.models import Enrolment, Pupil, School

pytestmark = pytest.mark.django_db
MONDAY = date(2025, 9, 1)


@pytest.fixture
def enrolment():
    school = School.objects.create(urn=900001, name="Cairn", folded_name="cairn", la_code="807")
    pupil = Pupil.objects.create(
        upn="A123456789012", surname="A", forename="B", folded_name="a b", date_of_birth=MONDAY
    )
    return Enrolment.objects.create(pupil=pupil, school=school, starts_on=MONDAY)


def week_of(enrolment, marks, week_start=MONDAY):
    return RegisterWeek.objects.create(
        enrolment=enrolment, school_id=enrolment.school_id, week_start=week_start, marks=marks
    )


@pytest.mark.parametrize("symbol", sorted(codes.CODE_OF_SYMBOL))
@pytest.mark.parametrize("slot", [0, 13])
def test_columns_for_each_symbol_agree_with_the_code_table(enrolment, symbol, slot):
    marks = " " * slot + symbol + " " * (13 - slot)
    row = week_of(enrolment, marks)
    row.refresh_from_db()
    code = codes.by_symbol(symbol)
    assert row.possible == int(code.is_possible)
    assert row.attended == int(code.is_attended)
    assert row.unauthorised == int(code.is_unauthorised)
    assert row.illness == int(code.code == codes.ILLNESS)
    assert row.unexplained == int(code.code == codes.UNEXPLAINED)
    assert row.session_slots == (2 ** (13 - slot) if code.makes_a_session else 0)


def test_columns_after_rebuild_are_the_same(enrolment):
    week_of(enrolment, "/\\IONU#-Z  L1c")
    before = RegisterWeek.objects.values().get()
    rebuild = import_module("attendance.migrations._counts").rebuild_counts()
    state = ProjectState.from_apps(apps=import_module("django.apps").apps)
    after_state = state.clone()
    rebuild.state_forwards("attendance", after_state)
    with connection.schema_editor() as editor:
        rebuild.database_forwards("attendance", editor, state, after_state)
    assert RegisterWeek.objects.values().get() == before
    fields = after_state.models["attendance", "registerweek"].fields
    generated = [name for name, field in fields.items() if field.generated]
    assert sorted(generated) == sorted(
        field.name for field in RegisterWeek._meta.local_fields if field.generated
    )


def test_week_with_thirteen_slots_is_refused(enrolment):
    with pytest.raises(IntegrityError):
        week_of(enrolment, " " * 13)


def test_week_that_starts_on_tuesday_is_refused(enrolment):
    with pytest.raises(IntegrityError):
        week_of(enrolment, " " * 14, date(2025, 9, 2))


def test_symbol_that_the_table_lacks_cannot_be_stored(enrolment):
    with pytest.raises(DataError):
        week_of(enrolment, "?" + " " * 13)


def test_keys_take_four_bytes():
    for model, name in ((RegisterWeek, "enrolment"), (RegisterWeek, "school")):
        assert model._meta.get_field(name).db_type(connection) == "integer"
    assert isinstance(Enrolment._meta.pk, models.AutoField)


def test_mark_view_shows_each_mark_once_and_no_blank(enrolment):
    week_of(enrolment, "/ I \\        -")
    rows = Mark.objects.order_by("date", "session").values_list("date", "session", "symbol")
    assert list(rows) == [
        (date(2025, 9, 1), 0, "/"),
        (date(2025, 9, 2), 0, "I"),
        (date(2025, 9, 3), 0, "\\"),
        (date(2025, 9, 7), 1, "-"),
    ]


def test_code_table_is_there_after_migrate_and_loading_again_writes_nothing():
    assert Code.objects.count() == len(codes.all_codes())
    assert load_code_table() == 0


def test_code_table_that_was_changed_by_hand_is_put_right():
    Code.objects.filter(code="I").update(is_possible=False)
    Code.objects.filter(code="N").delete()
    wrong = 2 * len([row for row in codes.all_codes() if row.code in "IN"]) // 2
    assert load_code_table() == wrong
    assert Code.objects.get(code="I", valid_to=None).is_possible


def test_since_19_august_2024_every_unauthorised_code_counts_to_the_threshold():
    # The statement of the rolling ten sums the stored count of unauthorised sessions.
    for row in codes.all_codes():
        if row.valid_from >= date(2024, 8, 19):
            assert row.counts_for_penalty_notice == row.is_unauthorised
