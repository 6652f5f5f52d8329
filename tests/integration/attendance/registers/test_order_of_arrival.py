"""The register does not depend on how marks were cut into files, chunks and orders."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.imports import byte_table
from attendance.imports.marks import receive_marks
from attendance.models import MarkChange, RegisterWeek
from tests.factories.pupils import EnrolmentFactory

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
MONDAY = date(2026, 2, 16)
HEADER = "upn,urn,date,session,code\n"

Mark = tuple[int, int, str, str]  # pupil, day, session, code
MARKS = st.dictionaries(
    st.tuples(st.integers(0, 2), st.sampled_from([0, 1, 2, 3, 4, 7, 8]), st.sampled_from("AP")),
    st.sampled_from(["/", "\\", "I", "O", "C1", "N"]),
    min_size=1,
    max_size=25,
)
# Every example is rolled back, so the pupils may serve them all.
SETTINGS = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def pupils(db):
    return [EnrolmentFactory() for _ in range(3)]


def send(pupils, marks, *, block: int):
    rows = "".join(
        f"{pupils[child].pupil.upn},{pupils[child].school_id},{MONDAY + timedelta(days=day)},"
        f"{session}M,{code}\n"
        for (child, day, session), code in marks
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(byte_table, "BLOCK_BYTES", block)
        return receive_marks(
            (HEADER + rows).encode(),
            school=None,
            route="bundle",
            by=None,
            on=date(2026, 3, 3),
            at=AT,
        )


def register():
    rows = RegisterWeek.objects.order_by("enrolment_id", "week_start")
    return list(rows.values_list("enrolment_id", "week_start", "marks", "possible"))


@SETTINGS
@given(data=st.data(), marks=MARKS)
def test_any_split_into_files_in_any_order_gives_the_same_register(data, marks, pupils):
    with transaction.atomic():
        send(pupils, list(marks.items()), block=100_000)
        whole = register()
        transaction.set_rollback(True)
    order = data.draw(st.permutations(list(marks.items())))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), max_size=3)))
    with transaction.atomic():
        for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
            send(pupils, order[start:end], block=data.draw(st.sampled_from([60, 130, 100_000])))
        assert register() == whole
        assert not MarkChange.objects.exists()
        transaction.set_rollback(True)


@SETTINGS
@given(before=MARKS, after=MARKS)
def test_the_last_word_stands_and_every_other_one_is_in_the_history(before, after, pupils):
    with transaction.atomic():
        send(pupils, list(before.items()), block=100_000)
        batch = send(pupils, list(after.items()), block=130)
        differ = {key for key in before.keys() & after.keys() if before[key] != after[key]}
        assert batch.changed == MarkChange.objects.filter(batch=batch).count() == len(differ)
        assert batch.inserted == len(after.keys() - before.keys())
        stands = register()
        send(pupils, list({**before, **after}.items()), block=60)
        assert register() == stands
        transaction.set_rollback(True)
