"""The pack on paper: made by the worker while the page says how far it is."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse

from accounts.services import log_papers
from attendance_portal.shared import clock
from dashboards.parts import Progress
from dashboards.patience import is_coming
from dashboards.printing import Paper
from dashboards.printing.pack import PackPaper, keep_paper, kept_paper, pack_paper
from dashboards.read_models.meetings.pack_opened import opened
from dashboards.read_models.meetings.pack_reading import pupils_of
from dashboards.tasks import make_pack_paper
from dashboards.views.meetings.common import MeetingView
from dashboards.views.meetings.pack import OLD_FORM, naming_of, pdf_href, snapshot_of
from meetings.models import Meeting, PackSnapshot
from schools.permissions import SignedInRequest

TITLE: Final = "The pack as a PDF"
NOTHING_FROZEN: Final = "Nothing is frozen yet. Freeze the pack first: a paper is of one version."
#: How long the worker is given, in seconds, before the file is made for whoever asks again.
PATIENCE: Final = 20
_HALF_WAY: Final = 50  # percent: a file is made in one go


class PackPdfView(MeetingView):
    """The file once it is made; until then a page that says so and looks again."""

    route = "meeting_pack_pdf"
    template = "dashboards/meetings/pack_making.html"

    def get(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        snapshot = snapshot_of(request, meeting)
        if snapshot is None:
            return self._nothing(request, meeting, NOTHING_FROZEN)
        try:
            asked = pack_paper(snapshot, request.user, is_initials=naming_of(request).is_initials)
        except ValueError:
            return self._nothing(request, meeting, OLD_FORM)
        made = kept_paper(asked) or _made_now(request, asked, snapshot)
        if made is None or "HX-Request" in request.headers:
            return self._progress(request, meeting, snapshot, is_made=made is not None)
        _log(request, snapshot)
        name = f"pack_{meeting.school_id}_{snapshot.as_of.isoformat()}_{snapshot.version}.pdf"
        return HttpResponse(
            made.pdf,
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )

    def _nothing(self, request: SignedInRequest, meeting: Meeting, why: str) -> HttpResponse:
        context = {"title": TITLE, "progress": Progress(why, 0, is_done=True), "pdf_href": ""}
        return self.show(request, meeting, context)

    def _progress(
        self, request: SignedInRequest, meeting: Meeting, snapshot: PackSnapshot, *, is_made: bool
    ) -> HttpResponse:
        text = "The pack is ready." if is_made else "The pack is being made. It is not ready yet."
        context = {
            "title": TITLE,
            "progress": Progress(text, 100 if is_made else _HALF_WAY, is_made),
            "pdf_href": pdf_href(meeting, snapshot, naming_of(request)),
        }
        return self.show(request, meeting, context)


def _made_now(request: SignedInRequest, asked: PackPaper, snapshot: PackSnapshot) -> Paper | None:
    """Tell the worker the first time. Where it does not come, or cannot be told, make it here."""
    facts = (snapshot.pk, request.user.pk, asked.is_initials)

    def tell() -> None:
        make_pack_paper.apply_async(facts, retry=False)

    if is_coming(asked.key, tell, patience=PATIENCE):
        return None
    return keep_paper(asked, at=clock.now())


def _log(request: SignedInRequest, snapshot: PackSnapshot) -> None:
    """Every child on the paper was taken out, by name or by initials."""
    pack = opened(snapshot, request.user, naming_of(request)).pack
    log_papers(
        user=request.user,
        subject_refs=list(dict.fromkeys(one.public_id for one in pupils_of(pack))),
        page="meeting_pack_pdf",
        at=clock.now(),
    )
