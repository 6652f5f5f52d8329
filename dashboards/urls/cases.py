"""Cases: the list, one case, its queues and what is done with a case as a whole."""

from django.urls import URLPattern, path

from dashboards.views.cases import case, case_list

urlpatterns: list[URLPattern] = [
    path("cases/", case_list.CaseListView.as_view(), name="case_list"),
    path("cases/<str:reference>/", case.CasePageView.as_view(), name="case"),
]
