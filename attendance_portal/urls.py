"""HTML routes: each app lists its own."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("attendance_portal.api_urls")),
    path("", include("accounts.urls")),
    path("", include("attendance.urls")),
    path("", include("dashboards.urls")),
]
