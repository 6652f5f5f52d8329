"""A form pressed twice is one record: the second press gets the answer of the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import SentForm, User
from accounts.services.drafts import forget_draft

KEPT_FOR = timedelta(days=1)
LONGEST_ADDRESS = 500  # characters of the page that a form leads to


@dataclass(frozen=True)
class Done:
    """What came of a form: the page to go to, and the sentence that page starts with."""

    address: str
    message: str = ""


def answer_once(
    *, user: User, token: UUID, digest: str, form: str, at: datetime, work: Callable[[], Done]
) -> Done:
    """Do the work of a form and keep its answer, or give the kept answer of the first press.

    The row is written in the same transaction as the work: what fails leaves neither, and two
    presses at once wait for each other on the unique key. The draft of the page `form` is done
    with. Raises what the work raises.
    """
    with transaction.atomic():
        SentForm.objects.filter(user=user, at__lt=at - KEPT_FOR).delete()
        kept, is_new = SentForm.objects.get_or_create(
            user=user, token=token, digest=digest, defaults={"at": at}
        )
        if not is_new:
            return Done(kept.address, kept.message)
        done = work()
        forget_draft(user=user, form=form)
        kept.address, kept.message = done.address, done.message
        kept.save(update_fields=["address", "message"])
        return done
