"""A real worker on Redis does what the schedule sends."""

import threading
from collections import defaultdict
from datetime import date, timedelta

import pytest
from celery.beat import Scheduler
from celery.contrib.testing.worker import start_worker
from celery.signals import task_postrun

from attendance.models import BatchSchool, EnrolmentPeriod, NightlyRun
from attendance.services.nightly import run_for_everyone
from attendance_portal.celery import app

PATIENCE = 60  # seconds until a test gives up
FRIDAY = date(2025, 9, 5)
PRESENT = "/\\" * 5


@pytest.fixture
def done():
    """Waits until a task has run: `done("attendance.tasks.nightly_run")`."""
    ran = defaultdict(threading.Event)

    def note(task, state, **_):
        assert state == "SUCCESS"
        ran[task.name].set()

    task_postrun.connect(note)
    yield lambda name: ran[name].wait(PATIENCE)
    task_postrun.disconnect(note)


@pytest.fixture
def worker(transactional_db):
    app.loader.import_default_modules()
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=PATIENCE):
        yield


@pytest.mark.django_db(transaction=True)
def test_schedule_makes_the_worker_recompute_what_waits(
    done, worker, make_school, make_enrolment, write_weeks, import_touching
):
    enrolment = make_enrolment(make_school())
    write_weeks(enrolment, PRESENT)
    run_for_everyone(as_of=FRIDAY)
    write_weeks(enrolment, "OO" * 5)
    import_touching(enrolment.school)
    beat = Scheduler(app=app)
    beat.setup_schedule()
    for entry in beat.schedule.values():
        if not hasattr(entry.schedule, "hour"):  # all but the night: as if a minute had passed
            entry.last_run_at -= timedelta(minutes=2)
    for _ in beat.schedule:
        beat.tick()
    assert done("attendance.tasks.recompute_waiting_schools")
    assert done("attendance.tasks.seal_audit_trail")
    assert EnrolmentPeriod.objects.get(kind=1).unauthorised == 10
    assert not BatchSchool.objects.filter(recomputed_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_night_task_runs_everyone_as_of_today(
    done, worker, today, make_school, make_enrolment, write_weeks
):
    write_weeks(make_enrolment(make_school()), PRESENT)
    app.tasks["attendance.tasks.nightly_run"].delay()
    assert done("attendance.tasks.nightly_run")
    run = NightlyRun.objects.get()
    assert (run.as_of, run.is_for_everyone, run.state) == (today, True, "finished")


def test_schedule_names_tasks_that_exist_and_the_night_is_at_four():
    app.loader.import_default_modules()
    schedule = app.conf.beat_schedule
    assert {entry["task"] for entry in schedule.values()} <= set(app.tasks)
    night = schedule["nightly-run"]["schedule"]
    assert (night.hour, night.minute) == ({4}, {0})
    assert app.conf.timezone == "Europe/London"
