"""Routes of the API that belong to attendance."""

from django.urls import path

from attendance.api import read_views, views

app_name = "api"

urlpatterns = [
    path("schools/", read_views.SchoolsView.as_view(), name="schools"),
    path("schools/<int:urn>/marks/", views.MarksView.as_view(), name="marks"),
    path("schools/<int:urn>/pupils/", views.PupilsView.as_view(), name="pupils"),
    path("schools/<int:urn>/enrolments/", views.EnrolmentsView.as_view(), name="enrolments"),
    path(
        "schools/<int:urn>/absence/", read_views.SchoolAbsenceView.as_view(), name="school-absence"
    ),
    path("pupils/<str:upn>/absence/", read_views.PupilAbsenceView.as_view(), name="pupil-absence"),
    path("flags/", read_views.FlagsView.as_view(), name="flags"),
    path("batches/<int:batch_id>/", views.BatchView.as_view(), name="batch"),
]
