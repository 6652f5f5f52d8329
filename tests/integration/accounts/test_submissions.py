"""A form pressed twice is one record, also when both presses come at the same moment."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import AuditEvent, Draft, SentForm
from accounts.services import record_audit
from accounts.services.drafts import save_draft
from accounts.services.submissions import Done, answer_once
from tests.factories.users import UserFactory

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
FORM = "/flags/1/answer/"


def press(user, work, *, token, digest="typed", at=NOW):
    return answer_once(user=user, token=token, digest=digest, form=FORM, at=at, work=work)


def recording(user, *, before=lambda: None):
    """Work that leaves one audit entry and says so."""

    def work() -> Done:
        before()
        record_audit(by=user, verb="answered", object_kind="flag", at=NOW)
        return Done("/flags/1/why/", f"Entry {AuditEvent.objects.count()}")

    return work


@pytest.mark.django_db
def test_second_press_gets_the_first_answer_and_does_nothing():
    user, token = UserFactory(), uuid.uuid4()

    answers = [press(user, recording(user), token=token) for _ in range(2)]

    assert answers == [Done("/flags/1/why/", "Entry 1")] * 2
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("changed", ["token", "digest", "user"])
def test_another_form_other_words_or_another_person_is_another_record(changed):
    first = {"user": UserFactory(), "token": uuid.uuid4(), "digest": "typed"}
    other = {"user": UserFactory(), "token": uuid.uuid4(), "digest": "typed again"}

    for facts in (first, {**first, changed: other[changed]}):
        press(facts["user"], recording(facts["user"]), token=facts["token"], digest=facts["digest"])

    assert AuditEvent.objects.count() == 2


@pytest.mark.django_db
def test_form_whose_work_failed_may_be_sent_again():
    user, token = UserFactory(), uuid.uuid4()

    def fails() -> Done:
        recording(user)()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        press(user, fails, token=token)
    assert not SentForm.objects.exists()
    assert not AuditEvent.objects.exists()
    assert press(user, recording(user), token=token).message == "Entry 1"


@pytest.mark.django_db
def test_saved_form_forgets_its_draft_and_no_other():
    user = UserFactory()
    for form in (FORM, "/flags/2/answer/"):
        save_draft(user=user, form=form, title="Answer", typed={"note": ["half"]}, at=NOW)

    press(user, recording(user), token=uuid.uuid4())

    assert [draft.form for draft in Draft.objects.all()] == ["/flags/2/answer/"]


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "left"), [(24, 2), (25, 1)])
def test_answers_are_kept_for_a_day(hours, left):
    user = UserFactory()
    press(user, recording(user), token=uuid.uuid4(), at=NOW - timedelta(hours=hours))

    press(user, recording(user), token=uuid.uuid4())

    assert SentForm.objects.count() == left


@pytest.mark.django_db(transaction=True)
def test_presses_at_the_same_moment_make_one_record():
    user, token = UserFactory(), uuid.uuid4()
    both_are_here = threading.Barrier(4, timeout=20)

    def presses(_):
        both_are_here.wait()
        try:
            return press(user, recording(user), token=token)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(presses, range(4)))

    assert AuditEvent.objects.count() == 1
    assert answers == [Done("/flags/1/why/", "Entry 1")] * 4


@pytest.mark.django_db(transaction=True)
def test_press_that_waits_for_one_that_fails_does_the_work_itself():
    user, token = UserFactory(), uuid.uuid4()
    first_works, second_is_on_its_way = threading.Event(), threading.Event()

    def fails() -> Done:
        first_works.set()
        second_is_on_its_way.wait(20)
        raise RuntimeError

    def first():
        try:
            with pytest.raises(RuntimeError):
                press(user, fails, token=token)
        finally:
            connection.close()

    def second():
        first_works.wait(20)
        second_is_on_its_way.set()
        try:
            return press(user, recording(user), token=token)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        _, answer = pool.submit(first), pool.submit(second)
        assert answer.result(30).message == "Entry 1"

    assert AuditEvent.objects.count() == 1
