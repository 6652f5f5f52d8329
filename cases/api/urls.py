"""Routes of the API that belong to cases."""

from django.urls import path

from cases.api import views

app_name = "cases_api"

urlpatterns = [
    path("cases/", views.CasesView.as_view(), name="cases"),
    path("cases/<str:reference>/", views.CaseView.as_view(), name="case"),
    path("cases/<str:reference>/contacts/", views.ContactsView.as_view(), name="case-contacts"),
    path("cases/<str:reference>/actions/", views.ActionsView.as_view(), name="case-actions"),
    path(
        "cases/<str:reference>/actions/<int:action_id>/complete/",
        views.CompleteView.as_view(),
        name="case-action-complete",
    ),
]
