"""The flags that a review announces are those the run then opens and closes; old reviews go."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.imports.uploads import (
    confirm,
    forget_old_reviews,
    look_again_if_old,
    review_of,
    start_review,
)
from attendance.models import Flag, RegisterBatch, UploadedFile
from attendance.services.nightly import recompute_waiting

ON = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
DAYS = [date(2026, 1, 5) + timedelta(days=week * 7 + day) for week in range(5) for day in range(5)]


def reviewed(borough, by, rows):
    lines = "".join(
        f"{getattr(borough, who).pupil.upn},{day},{session},{code}\n"
        for who, day, session, code in rows
    )
    return start_review(
        school=borough.ash, content=f"upn,date,session,code\n{lines}".encode(),
        file_name="w.csv", by=by, on=ON, at=AT,
    )  # fmt: skip


def said(batch):
    found = review_of(batch)
    return {(row.pupil.forename, row.kind, row.opens) for row in found.flags}


def open_flags():
    rows = Flag.objects.open().values_list("enrolment__pupil__forename", "kind")
    return set(rows)


def test_file_that_would_flag_a_child_says_so_and_opens_nothing(borough, user_with):
    before = open_flags()
    rows = [("ada", day, half, "O") for day in DAYS[:5] for half in ("AM", "PM")]

    batch = reviewed(borough, user_with("team_manager"), rows)

    assert said(batch) == {
        ("Ada", "persistent_absence", True),
        ("Ada", "penalty_notice_threshold", True),
    }
    assert review_of(batch).flags_count == 2
    assert open_flags() == before


def test_file_that_changes_no_flag_says_none(borough, user_with):
    batch = reviewed(borough, user_with("team_manager"), [("ada", DAYS[0], "AM", "I")])

    assert said(batch) == set()


marks = st.lists(
    st.tuples(
        st.sampled_from(("ada", "ben", "cal", "dee")),
        st.sampled_from(DAYS),
        st.sampled_from(("AM", "PM")),
        st.sampled_from(("/", "I", "O", "N", "Y1")),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:3],
)


@settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(marks)
def test_flags_announced_are_those_the_run_opens_and_closes(borough, user_with, rows):
    manager = user_with("team_manager")
    before = open_flags()
    batch = reviewed(borough, manager, rows)
    announced = said(batch)

    confirm(batch=batch, by=manager, on=ON, at=AT)
    recompute_waiting()

    after = open_flags()
    opened = {(*flag, True) for flag in after - before}
    closed = {(*flag, False) for flag in before - after}
    assert announced == opened | closed


@pytest.mark.parametrize(("minutes", "is_checked"), [(0, False), (1, True)])
def test_review_of_more_than_a_day_is_checked_again(borough, user_with, minutes, is_checked):
    batch = reviewed(borough, user_with("team_manager"), [("ada", DAYS[0], "AM", "I")])
    later = AT + timedelta(days=1, minutes=minutes)

    assert look_again_if_old(batch=batch, on=ON, at=later) is is_checked
    assert (UploadedFile.objects.get().reviewed_at == later) is is_checked


@pytest.mark.parametrize(("minutes", "is_kept"), [(0, True), (1, False)])
def test_bytes_of_a_review_nobody_saved_go_after_a_week(borough, user_with, minutes, is_kept):
    batch = reviewed(borough, user_with("team_manager"), [("ada", DAYS[0], "AM", "I")])

    gone = forget_old_reviews(at=AT + timedelta(days=7, minutes=minutes))

    batch.refresh_from_db()
    assert gone == (0 if is_kept else 1)
    assert UploadedFile.objects.exists() is is_kept
    expected = RegisterBatch.State.REVIEW if is_kept else RegisterBatch.State.ABANDONED
    assert batch.state == expected
