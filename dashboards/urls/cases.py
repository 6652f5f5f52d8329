"""Cases: the list, one case, its queues and what is done with a case as a whole."""

from django.urls import URLPattern, path

from dashboards.views.cases import (
    allocate,
    case,
    case_list,
    close,
    edit,
    holds,
    open_case,
    queues,
)

_CASE = "cases/<str:reference>/"

urlpatterns: list[URLPattern] = [
    path("cases/", case_list.CaseListView.as_view(), name="case_list"),
    path("cases/queues/", queues.QueuesView.as_view(), name="case_queues"),
    path("cases/open/", open_case.OpenCaseView.as_view(), name="case_open"),
    path(_CASE, case.CasePageView.as_view(), name="case"),
    path(f"{_CASE}edit/", edit.EditView.as_view(), name="case_edit"),
    path(f"{_CASE}allocate/", allocate.AllocateView.as_view(), name="case_allocate"),
    path(f"{_CASE}pause/", close.PauseView.as_view(), name="case_pause"),
    path(f"{_CASE}close/", close.CloseView.as_view(), name="case_close"),
    path(f"{_CASE}reopen/", close.ReopenView.as_view(), name="case_reopen"),
    path(f"{_CASE}transfer/", close.TransferView.as_view(), name="case_transfer"),
    path(f"{_CASE}hold/", holds.HoldView.as_view(), name="case_hold"),
    path(f"{_CASE}hold/end/", holds.EndHoldView.as_view(), name="case_hold_end"),
]
