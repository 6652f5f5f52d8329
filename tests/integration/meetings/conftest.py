"""What the tests of meetings share."""

import pytest
from django.core import mail


@pytest.fixture
def keep(django_capture_on_commit_callbacks):
    """Do it and keep it: mails that wait for the transaction go out."""

    def kept(work, *args, **facts):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            return work(*args, **facts)

    return kept
