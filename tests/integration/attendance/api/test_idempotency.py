"""Keys are kept for thirty days, and then mean nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from attendance.models import IdempotencyKey
from attendance.services.idempotency import Answer, answer_once, forget_old_keys
from attendance_portal.shared.errors import Invalid
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def ask(user, answer: str, *, at=NOW) -> str:
    work = lambda: Answer(200, {"said": answer})  # noqa: E731
    return answer_once(user=user, key="k", body_sha256="b", at=at, work=work).document["said"]


def aged(days: int, seconds: int) -> None:
    IdempotencyKey.objects.update(created_at=NOW - timedelta(days=days, seconds=seconds))


def test_key_of_exactly_thirty_days_still_gives_the_first_answer():
    user = UserFactory()
    ask(user, "first")
    aged(30, 0)
    assert ask(user, "second") == "first"


def test_key_older_than_thirty_days_is_new_again():
    user = UserFactory()
    ask(user, "first")
    aged(30, 1)
    assert ask(user, "second") == "second"


@pytest.mark.parametrize(("seconds", "left"), [(0, 1), (1, 0)])
def test_forget_old_keys_drops_those_past_thirty_days(seconds, left):
    ask(UserFactory(), "first")
    aged(30, seconds)
    assert forget_old_keys(at=NOW) == 1 - left
    assert IdempotencyKey.objects.count() == left


def test_key_of_work_that_failed_is_not_kept():
    def work() -> Answer:
        raise Invalid("No.")

    with pytest.raises(Invalid):
        answer_once(user=UserFactory(), key="k", body_sha256="b", at=NOW, work=work)
    assert not IdempotencyKey.objects.exists()


def test_key_that_is_too_long_is_refused():
    with pytest.raises(Invalid):
        answer_once(
            user=UserFactory(), key="k" * 256, body_sha256="b", at=NOW, work=lambda: Answer(200, {})
        )
