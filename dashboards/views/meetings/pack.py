"""P21: the pack of a meeting, frozen or as it would be; freezing it; the paper."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse

from accounts.roles import Permission
from accounts.services import log_views
from attendance.selectors import figures_date
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Refused
from dashboards import listing
from dashboards.read_models.meetings.pack import build_pack, content_of
from dashboards.read_models.meetings.pack_content import Pack
from dashboards.read_models.meetings.pack_opened import Opened, frozen_words, opened
from dashboards.read_models.meetings.pack_page import age_in_words
from dashboards.read_models.meetings.pack_reading import (
    INITIALS,
    NAMES,
    Naming,
    ReadablePack,
    pupils_of,
)
from dashboards.views.cases.forms import refusal_of
from dashboards.views.meetings.common import MeetingView
from dashboards.views.meetings.forms import MeetingFormView
from meetings.models import STALE_SCHOOL_DAYS, Meeting, PackSnapshot
from meetings.permissions import check_ahead, check_can_run
from meetings.services.pack import freeze_pack
from schools.permissions import SignedInRequest, permissions_of

VERSION: Final = "version"
OLD_FORM: Final = (
    "This version was frozen in an older form, which is no longer read. Freeze the pack again."
)


def naming_of(request: SignedInRequest) -> Naming:
    """Whether names are hidden, as the address says."""
    return Naming(is_initials=request.GET.get(NAMES) == INITIALS)


def open_pack(request: SignedInRequest, meeting: Meeting) -> Opened | None:
    """The version asked for, the latest, or what it would be now; None before the first marks.

    Raises Http404 for a version that there is not, and ValueError for one in an older form.
    Nothing is logged: see `log_pack`.
    """
    snapshot = snapshot_of(request, meeting)
    if snapshot is not None:
        return opened(snapshot, request.user, naming_of(request))
    built = pack_now(request, meeting)
    return Opened(ReadablePack(built), None, naming_of(request)) if built else None


def pack_now(request: SignedInRequest, meeting: Meeting) -> Pack | None:
    """The pack as it would be frozen today, at the figures' date; None before the first marks."""
    as_of = figures_date()
    if as_of is None:
        return None
    return build_pack(meeting, request.user, as_of=as_of, on=clock.today())


def log_pack(request: SignedInRequest, pack: Pack, *, page: str) -> None:
    """Write down that this person read of every child in the pack."""
    log_views(
        user=request.user,
        subject_refs=[one.public_id for one in pupils_of(pack)],
        page=page,
        at=clock.now(),
    )


def snapshot_of(request: SignedInRequest, meeting: Meeting) -> PackSnapshot | None:
    rows = PackSnapshot.objects.visible_to(request.user).filter(meeting=meeting)
    asked = request.GET.get(VERSION, "")
    if not asked:
        latest: PackSnapshot | None = rows.select_related("frozen_by").order_by("version").last()
        return latest
    is_number = asked.isascii() and asked.isdigit() and len(asked) < len("10000")
    chosen = rows.filter(version=int(asked)) if is_number else rows.none()
    found: PackSnapshot | None = chosen.select_related("frozen_by").first()
    if found is None:
        raise Http404
    return found


class PackView(MeetingView):
    """The same numbers in front of everyone who has the school."""

    route = "meeting_pack"
    template = "dashboards/meetings/pack.html"

    def get(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        context: dict[str, Any] = {"title": "Pack", **_doors(request, meeting)}
        try:
            found = open_pack(request, meeting)
        except ValueError:
            return self.show(request, meeting, {**context, "old_form": OLD_FORM})
        if found is not None:
            log_pack(request, found.pack, page=self.route)
            context |= _shown(request, meeting, found)
        return self.show(request, meeting, context)


def _doors(request: SignedInRequest, meeting: Meeting) -> dict[str, Any]:
    """Who may freeze may do it here, or reads why not now."""
    if Permission.RUN_MEETINGS not in permissions_of(request.user):
        return {"freeze_href": "", "refusal": ""}
    refusal = refusal_of(_check_can_freeze, request, meeting)
    href = "" if refusal else reverse("meeting_freeze", args=[meeting.pk])
    return {"freeze_href": href, "refusal": refusal}


def _check_can_freeze(request: SignedInRequest, meeting: Meeting) -> None:
    check_can_run(request.user, meeting)
    check_ahead(meeting)
    if figures_date() is None:
        raise Refused("There are no figures yet. The pack comes with the first nightly run.")


def _shown(request: SignedInRequest, meeting: Meeting, found: Opened) -> dict[str, Any]:
    snapshot = found.snapshot
    versions = PackSnapshot.objects.visible_to(request.user).filter(meeting=meeting)
    numbers = list(versions.order_by("version").values_list("version", flat=True))
    shown = snapshot.version if snapshot else None
    is_initials = found.naming.is_initials
    return {
        "page": found.page(),
        "is_initials": is_initials,
        "frozen": frozen_words(snapshot) if snapshot else "",
        "stale_reason": snapshot.stale_reason if snapshot else "",
        "age": age_in_words(found.pack.as_of, on=clock.today()),
        "versions": [
            (f"Version {number}", listing.address(request.GET, **{VERSION: str(number)}))
            for number in numbers
            if number != shown
        ],
        "names_href": listing.address(request.GET, **{NAMES: None if is_initials else INITIALS}),
        "pdf_href": pdf_href(meeting, snapshot, found.naming) if snapshot else "",
    }


def pdf_href(meeting: Meeting, snapshot: PackSnapshot, naming: Naming) -> str:
    """The paper of this version, with names or initials."""
    asked = {VERSION: str(snapshot.version)}
    if naming.is_initials:
        asked[NAMES] = INITIALS
    return f"{reverse('meeting_pack_pdf', args=[meeting.pk])}?{urlencode(asked)}"


class FreezeForm(forms.Form):
    """Why a pack is frozen on stale marks; nothing where they are fresh."""

    stale_reason = forms.CharField(
        label="Why do you freeze it all the same?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why the pack is frozen on marks that are behind."},
    )

    def __init__(self, *args: Any, is_stale: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_stale:
            del self.fields["stale_reason"]


class FreezeView(MeetingFormView):
    """Keep the pack as it stands; each freeze is a version."""

    route = "meeting_pack"
    permission = Permission.RUN_MEETINGS
    template = "dashboards/meetings/freeze.html"
    title = "Freeze the pack"
    button = "Freeze"
    keeps_draft = False

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """What the service asks."""
        _check_can_freeze(request, meeting)

    def thing_of(self, request: SignedInRequest, meeting: Meeting, **names: Any) -> Pack | None:
        """The pack that would be kept; None before the first marks."""
        return pack_now(request, meeting)

    def form(
        self,
        request: SignedInRequest,
        meeting: Meeting,
        thing: Pack | None,
        *data: Any,
        **options: Any,
    ) -> FreezeForm:
        """The reason, where the marks are stale."""
        return FreezeForm(*data, is_stale=thing is not None and _is_stale(thing), **options)

    def context(
        self, request: SignedInRequest, meeting: Meeting, thing: Pack | None
    ) -> dict[str, Any]:
        """How far the marks go."""
        return {"as_of": thing.as_of, "behind": _behind(thing)} if thing else {}

    def back(self, request: SignedInRequest, meeting: Meeting) -> str:
        """The pack, at its latest version."""
        return reverse("meeting_pack", args=[meeting.pk])

    def save(
        self, request: SignedInRequest, meeting: Meeting, thing: Pack | None, form: forms.Form
    ) -> str:
        """Freeze it."""
        _check_can_freeze(request, meeting)
        assert thing is not None  # noqa: S101 - the check has seen that there are figures
        snapshot = freeze_pack(
            meeting=meeting,
            content=content_of(thing),
            as_of=thing.as_of,
            school_days_behind=thing.school_days_behind,
            stale_reason=form.cleaned_data.get("stale_reason", ""),
            by=request.user,
            at=clock.moment(),
        )
        return f"The pack is frozen as version {snapshot.version}."


def _is_stale(pack: Pack) -> bool:
    return pack.school_days_behind >= STALE_SCHOOL_DAYS


def _behind(pack: Pack) -> str:
    last: date | None = pack.last_mark_on
    if not _is_stale(pack) or last is None:
        return ""
    days = wording.counted(pack.school_days_behind, "school day")
    return f"Marks stop at {wording.day_of_week(last)}, {days} behind."
