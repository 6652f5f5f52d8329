"""A case on paper: choose who will read it, look at it, take it out as a PDF."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.services import log_paper
from attendance_portal.shared import clock, wording
from cases.models import Case
from dashboards.printing.case import PrintedCase, printed_case
from dashboards.read_models.cases.case_paper import READERS, PaperReader, gather
from dashboards.views.cases.common import CaseView, visible_case
from schools.permissions import SignedInRequest


class CasePrintView(CaseView):
    """The paper on the screen, as the chosen reader would get it."""

    def get(self, request: SignedInRequest, reference: str) -> HttpResponse:
        case, reader = self.case_of(request, reference), _reader(request)
        made = _made(request, case, reader)
        context = {
            "case": case,
            "paper": made.words,
            "reader": reader.value,
            "readers": [(one.value, label) for one, label in READERS.items()],
            "sheets": wording.counted(made.paper.pages, "page"),
            "pdf_href": f"{reverse('case_pdf', args=[case.reference])}"
            f"?{urlencode({'reader': reader.value})}",
            "back": reverse("case", args=[case.reference]),
        }
        return render(request, "dashboards/cases/case_print.html", context)


class CasePdfView(CaseView):
    """The file; taking it out is written down as such."""

    def get(self, request: SignedInRequest, reference: str) -> HttpResponse:
        case = visible_case(request, reference)
        made = _made(request, case, _reader(request))
        log_paper(
            user=request.user,
            subject_ref=str(case.pupil.public_id),
            page="case_pdf",
            at=clock.now(),
        )
        # The reference, and no name: names of files stand in lists for all to see.
        return HttpResponse(
            made.paper.pdf,
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="{case.reference}.pdf"'},
        )


def _made(request: SignedInRequest, case: Case, reader: PaperReader) -> PrintedCase:
    return printed_case(gather(case, request.user, on=clock.today()), reader, at=clock.now())


def _reader(request: SignedInRequest) -> PaperReader:
    """Who was chosen; the people on the case where nobody was."""
    asked = request.GET.get("reader", "")
    return PaperReader(asked) if asked in set(PaperReader) else PaperReader.PEOPLE
