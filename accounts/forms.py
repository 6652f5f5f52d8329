"""What a form page asks of every form: once is enough, and nothing typed is lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Draft
from accounts.services.drafts import as_initial, draft_of
from accounts.services.submissions import Done, answer_once
from attendance_portal.shared import clock

__all__ = ["Done", "as_initial", "draft_here", "once", "token_of"]

TOKEN: Final = "form_token"  # noqa: S105 - a field's name
CSRF: Final = "csrfmiddlewaretoken"


def once(request: HttpRequest, work: Callable[[], Done], *, form: str = "") -> HttpResponse:
    """Do the work of the form that was sent, once however often it was pressed; go where it leads.

    The form carries `{% form_token %}`; one without it, sent by hand, is done as often as it is
    sent. Its draft goes with it: that of `form`, where the path alone does not say which form it
    is (`/log/?pupil=...`). Raises what the work raises.
    """
    assert request.user.is_authenticated  # noqa: S101 - the guard has seen to it
    done = answer_once(
        user=request.user,
        token=token_of(request) or uuid4(),
        digest=_digest(request),
        form=form or request.path,
        at=clock.now(),
        work=work,
    )
    if done.message:
        messages.success(request, done.message)
    return redirect(done.address)


def token_of(request: HttpRequest) -> UUID | None:
    """The form's own token; None when it has none of ours."""
    try:
        return UUID(request.POST.get(TOKEN, ""))
    except ValueError:
        return None


def draft_here(request: HttpRequest, *, form: str = "") -> Draft | None:
    """What this person typed on this page and did not save; `as_initial` puts it into a form.

    `form`: the form's address, where it is more than the path.
    """
    assert request.user.is_authenticated  # noqa: S101 - the guard has seen to it
    return draft_of(user=request.user, form=form or request.path)


def _digest(request: HttpRequest) -> str:
    typed = [(name, values) for name, values in request.POST.lists() if name != CSRF]
    files = [
        (name, file.name, file.size)
        for name in request.FILES
        for file in request.FILES.getlist(name)
    ]
    facts = json.dumps([request.path, sorted(typed), sorted(files)], default=str)
    return hashlib.sha256(facts.encode()).hexdigest()
