"""The pack of a meeting, frozen and on paper, and the meeting while it goes on."""

from typing import Final

from django.urls import URLPattern, path

from dashboards.views.meetings import live, live_steps, pack, pack_pdf

_MEETING: Final = "meetings/<int:meeting_id>/"

urlpatterns: list[URLPattern] = [
    path(f"{_MEETING}pack/", pack.PackView.as_view(), name="meeting_pack"),
    path(f"{_MEETING}pack/freeze/", pack.FreezeView.as_view(), name="meeting_freeze"),
    path(f"{_MEETING}pack.pdf", pack_pdf.PackPdfView.as_view(), name="meeting_pack_pdf"),
    path(f"{_MEETING}live/", live.LiveView.as_view(), name="meeting_live"),
    path(f"{_MEETING}live/agreed/", live.AgreedView.as_view(), name="meeting_agreed"),
    path(f"{_MEETING}live/start/", live_steps.StartView.as_view(), name="meeting_start"),
    path(f"{_MEETING}live/people/", live_steps.HereView.as_view(), name="meeting_here"),
    path(f"{_MEETING}live/decision/", live_steps.DecideView.as_view(), name="meeting_decide"),
    path(f"{_MEETING}live/referral/", live_steps.ReferView.as_view(), name="meeting_refer"),
    path(f"{_MEETING}live/end/", live_steps.EndView.as_view(), name="meeting_end"),
]
