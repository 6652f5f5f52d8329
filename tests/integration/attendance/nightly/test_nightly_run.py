"""The run: what it writes and refuses, how flags open and close, one at a time, killed or not."""

import signal
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from attendance.models import BatchSchool, EnrolmentCheck, EnrolmentPeriod, Flag, NightlyRun
from attendance.selectors import figures_date, latest_run
from attendance.services import nightly, run_lock
from attendance.services.nightly import recompute_schools, recompute_waiting, run_for_everyone
from attendance_portal.shared.errors import Conflict, Invalid

MONDAY = date(2025, 9, 1)
FRIDAY = date(2025, 9, 26)
PRESENT = "/\\" * 5
ABSENT = "OO" * 5


@pytest.fixture
def one_child(make_school, make_enrolment, write_weeks):
    """Three weeks present and one of unauthorised absence: 10 of 40 sessions."""
    enrolment = make_enrolment(make_school())
    write_weeks(enrolment, PRESENT, PRESENT, PRESENT, ABSENT)
    return enrolment


@pytest.mark.django_db
class TestRun:
    def test_second_run_of_the_same_day_writes_nothing(self, one_child):
        first = run_for_everyone(as_of=FRIDAY)
        second = run_for_everyone(as_of=FRIDAY)
        assert first.counts["rows_written"] > 0
        assert second.counts["rows_written"] == 0
        assert second.counts["left_different"] == 0

    def test_run_leaves_its_row_with_counts_and_times(self, one_child):
        run = run_for_everyone(as_of=FRIDAY)
        assert run.state == NightlyRun.State.FINISHED
        assert run.finished_at >= run.started_at
        assert run.counts["enrolment_check"] == {"inserted": 1, "updated": 0, "deleted": 0}
        assert run.counts["flags"]["opened"] == {
            "penalty_notice_threshold": 1,
            "persistent_absence": 1,
        }
        assert figures_date() == FRIDAY

    def test_row_changed_by_hand_is_put_right_and_reported(self, one_child):
        run_for_everyone(as_of=FRIDAY)
        EnrolmentCheck.objects.update(rolling_max=99)
        EnrolmentPeriod.objects.filter(kind=1).delete()
        run = run_for_everyone(as_of=FRIDAY)
        assert run.counts["left_different"] == 2
        assert EnrolmentCheck.objects.get().rolling_max == 10

    def test_full_run_drops_the_summaries_and_keeps_flags(self, one_child):
        run_for_everyone(as_of=FRIDAY)
        before = list(Flag.objects.values())
        run = run_for_everyone(as_of=FRIDAY, full=True)
        assert run.counts["enrolment_check"]["inserted"] == 1
        assert list(Flag.objects.values()) == before

    def test_date_before_the_figures_date_is_refused(self, one_child):
        run_for_everyone(as_of=FRIDAY)
        with pytest.raises(Invalid, match="already stand at 2025-09-26"):
            run_for_everyone(as_of=FRIDAY - timedelta(days=1))
        with pytest.raises(CommandError, match="already stand at 2025-09-26"):
            call_command("nightly", "--as-of", "2025-09-25")

    def test_steps_are_told(self, one_child):
        said = []
        run_for_everyone(as_of=FRIDAY, progress=said.append)
        assert said[0] == "Choosing enrolments"
        assert said[-1] == "Opening and closing flags"

    def test_run_that_never_ended_is_marked_failed_by_the_next(self, one_child):
        dead = NightlyRun.objects.create(
            as_of=FRIDAY, is_for_everyone=True, started_at="2025-09-26T03:00:00Z"
        )
        run = run_for_everyone(as_of=FRIDAY)
        dead.refresh_from_db()
        assert dead.state == NightlyRun.State.FAILED
        assert "interrupted" in dead.message
        assert latest_run() == run

    def test_run_that_fails_says_why_and_keeps_the_old_figures(self, one_child, monkeypatch):
        run_for_everyone(as_of=FRIDAY)

        def broken(*_, **__):
            raise RuntimeError("disk full")

        monkeypatch.setattr(nightly, "merge_flags", broken)
        with pytest.raises(RuntimeError):
            run_for_everyone(as_of=FRIDAY + timedelta(days=1))
        failed = NightlyRun.objects.first()
        assert (failed.state, failed.message) == (NightlyRun.State.FAILED, "disk full")
        assert figures_date() == FRIDAY

    def test_year_to_date_flags_wait_for_enough_sessions(self, one_child, settings):
        settings.MINIMUM_POSSIBLE_SESSIONS = 41
        run_for_everyone(as_of=FRIDAY)
        assert list(Flag.objects.values_list("kind", flat=True)) == ["penalty_notice_threshold"]

    def test_enrolment_that_awaited_confirmation_is_settled(self, one_child):
        one_child.awaiting_confirmation = True
        one_child.save()
        run_for_everyone(as_of=FRIDAY)
        one_child.refresh_from_db()
        assert not one_child.awaiting_confirmation


@pytest.mark.django_db
class TestFlags:
    def test_flag_keeps_the_day_it_was_met_though_nights_were_missed(self, one_child):
        run_for_everyone(as_of=FRIDAY + timedelta(days=40))
        flag = Flag.objects.get(kind="penalty_notice_threshold")
        assert (flag.met_on, flag.opened_on) == (FRIDAY, FRIDAY + timedelta(days=40))

    def test_flag_of_a_leaver_closes_as_left(self, one_child):
        run_for_everyone(as_of=FRIDAY)
        one_child.ends_on = FRIDAY
        one_child.save()
        run_for_everyone(as_of=FRIDAY)
        assert not Flag.objects.exclude(closed_on=None).exists()
        run_for_everyone(as_of=FRIDAY + timedelta(days=1))
        closed = Flag.objects.values_list("close_reason", "closed_on")
        assert set(closed) == {("left", FRIDAY + timedelta(days=1))}

    def test_yearly_flag_closes_on_1_august_and_the_others_stand(self, one_child):
        run_for_everyone(as_of=date(2026, 7, 31))
        run_for_everyone(as_of=date(2026, 8, 1))
        reasons = dict(Flag.objects.values_list("kind", "close_reason"))
        assert reasons == {"persistent_absence": "year_ended", "penalty_notice_threshold": ""}

    def test_child_who_gets_worse_moves_from_at_risk_to_persistent(self, one_child, write_weeks):
        write_weeks(one_child, PRESENT, PRESENT, PRESENT, "II" + PRESENT[2:])
        run_for_everyone(as_of=FRIDAY)
        assert Flag.objects.get().kind == "at_risk"
        write_weeks(one_child, PRESENT, PRESENT, PRESENT, ABSENT.replace("O", "I"))
        run_for_everyone(as_of=FRIDAY)
        kinds = Flag.objects.values_list("kind", "close_reason").order_by("id")
        assert list(kinds) == [("at_risk", "no_longer_met"), ("persistent_absence", "")]

    def test_condition_that_comes_back_opens_a_new_flag(self, one_child, write_weeks):
        for page in (ABSENT, PRESENT, ABSENT):
            write_weeks(one_child, PRESENT, PRESENT, PRESENT, page)
            run_for_everyone(as_of=FRIDAY)
        assert Flag.objects.filter(kind="persistent_absence").count() == 2
        assert Flag.objects.filter(kind="persistent_absence", closed_on=None).count() == 1


@pytest.mark.django_db
class TestOneSchool:
    def test_import_before_the_first_run_recomputes_nothing_and_waits(
        self, one_child, import_touching
    ):
        import_touching(one_child.school)
        assert recompute_waiting() is None
        assert recompute_schools([one_child.school_id]) is None
        run_for_everyone(as_of=FRIDAY)
        assert not BatchSchool.objects.filter(recomputed_at=None).exists()

    def test_only_the_schools_that_wait_are_recomputed_as_of_the_figures_date(
        self, one_child, import_touching, make_school, make_enrolment, write_weeks
    ):
        other = make_enrolment(make_school(900002), "A00000000002A")
        write_weeks(other, PRESENT)
        run_for_everyone(as_of=FRIDAY)
        write_weeks(one_child, ABSENT)
        write_weeks(other, ABSENT)
        import_touching(one_child.school)
        run = recompute_waiting()
        assert (run.school_urns, run.as_of) == ([one_child.school_id], FRIDAY)
        assert EnrolmentPeriod.objects.get(enrolment=one_child, kind=1).unauthorised == 20
        assert EnrolmentPeriod.objects.get(enrolment=other, kind=1).unauthorised == 0
        assert recompute_waiting() is None

    def test_command_for_a_school_before_the_first_run_says_what_to_do(self, one_child):
        with pytest.raises(CommandError, match="no figures' date yet"):
            call_command("nightly", "--school", str(one_child.school_id))

    def test_command_for_an_unknown_school_names_it(self, one_child):
        with pytest.raises(CommandError, match="900099"):
            call_command("nightly", "--school", "900099")

    def test_command_for_a_school_takes_no_date(self, one_child):
        with pytest.raises(CommandError, match="figures' date stands"):
            call_command("nightly", "--school", "900001", "--as-of", "2025-09-26")

    def test_command_says_what_was_written(self, one_child, capsys):
        call_command("nightly", "--as-of", "2025-09-26")
        out, err = capsys.readouterr()
        assert "Figures stand at 2025-09-26" in out
        assert "Summing sessions" in err
        call_command("nightly", "--school", "900001")
        assert ": 0 rows written" in capsys.readouterr().out


@pytest.fixture
def elsewhere(transactional_db):
    """A second session of the database."""
    other = connection.copy()
    yield other
    other.close()


@pytest.mark.django_db(transaction=True)
class TestOneAtATime:
    def test_run_for_everyone_is_refused_while_another_goes_on(self, elsewhere, one_child):
        with elsewhere.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(807, 2)")
            with pytest.raises(Conflict, match="already going on"):
                run_for_everyone(as_of=FRIDAY)
            cursor.execute("SELECT pg_advisory_unlock(807, 2)")
        assert run_for_everyone(as_of=FRIDAY).state == NightlyRun.State.FINISHED

    def test_run_of_a_school_waits_for_the_lock_only_so_long(
        self, elsewhere, one_child, monkeypatch
    ):
        run_for_everyone(as_of=FRIDAY)
        monkeypatch.setattr(run_lock, "LONGEST_WAIT", "50ms")
        with elsewhere.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(807, 1)")
            with pytest.raises(Conflict, match="did not end in time"):
                recompute_schools([one_child.school_id])
        elsewhere.close()
        assert recompute_schools([one_child.school_id]) is not None

    def test_step_shows_while_the_run_goes_on(self, elsewhere, one_child):
        seen = []

        def look(step):
            with elsewhere.cursor() as cursor:
                cursor.execute("SELECT step FROM attendance_nightlyrun ORDER BY id DESC LIMIT 1")
                seen.append(cursor.fetchone()[0])

        run = run_for_everyone(as_of=FRIDAY, progress=look)
        assert "Summing sessions" in seen
        assert run.step == ""

    def test_killed_run_leaves_nothing_and_the_next_one_puts_it_right(
        self, elsewhere, one_child, environment
    ):
        with elsewhere.cursor() as cursor:
            cursor.execute("BEGIN; LOCK TABLE enrolment_period IN ACCESS EXCLUSIVE MODE")
            process = subprocess.Popen(
                [sys.executable, "manage.py", "nightly", "--as-of", "2025-09-26"],
                cwd=settings.BASE_DIR, env=environment, text=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            )  # fmt: skip
            with process.stderr as lines:
                assert any("Merging enrolment period" in line for line in lines)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)
            cursor.execute("ROLLBACK")
        assert NightlyRun.objects.get().state == NightlyRun.State.RUNNING
        assert figures_date() is None
        assert not EnrolmentPeriod.objects.exists()
        with elsewhere.cursor() as cursor:  # the dead session's lock comes free by itself
            cursor.execute("SET lock_timeout = '30s'")
            cursor.execute("SELECT pg_advisory_lock(807, 2), pg_advisory_lock(807, 1)")
            cursor.execute("SELECT pg_advisory_unlock_all()")
        run = run_for_everyone(as_of=FRIDAY)
        assert run.state == NightlyRun.State.FINISHED
        assert list(NightlyRun.objects.values_list("state", flat=True)) == ["finished", "failed"]
        assert EnrolmentPeriod.objects.get(kind=1).unauthorised == 10


def test_closed_days_do_not_end_a_childs_silence(make_school, make_enrolment, write_weeks):
    """A system sends # through the holidays; five silent school days lie before them."""
    school = make_school()
    silent = make_enrolment(school, upn="A00000000002A")
    present, closed = "/\\" * 5, "#" * 10
    write_weeks(make_enrolment(school), present, present, closed)
    write_weeks(silent, present, "", closed)
    flags = Flag.objects.filter(enrolment=silent, kind="no_recent_marks")
    for as_of in (date(2025, 9, 12), date(2025, 9, 15), date(2025, 9, 19)):
        run_for_everyone(as_of=as_of)
        flag = flags.get()
        assert (flag.closed_on, flag.met_on) == (None, date(2025, 9, 12))
        assert flag.evidence["last_mark_on"] == "2025-09-05"


@pytest.mark.parametrize(("days", "runs"), [(366, True), (367, False)])
def test_date_more_than_a_year_ahead_is_a_slip_and_refused(db, days, runs):
    as_of = (date(2026, 3, 3) + timedelta(days=days)).isoformat()
    if runs:
        call_command("nightly", f"--as-of={as_of}")
    else:
        with pytest.raises(CommandError, match="more than a year ahead"):
            call_command("nightly", f"--as-of={as_of}")
    assert NightlyRun.objects.exists() is runs
