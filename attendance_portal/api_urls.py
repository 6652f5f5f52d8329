"""REST routes: the token here, each app lists its own. An address that never was is a problem
document too."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from accounts.api import TokenView
from attendance_portal import api_schema  # noqa: F401 - registers how tokens are described
from attendance_portal.api_errors import not_found

urlpatterns = [
    path("oauth/token/", TokenView.as_view(), name="api_token"),
    path("v1/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("v1/", include("attendance.api.urls")),
    path("v1/", include("cases.api.urls")),
    re_path(r"", not_found),
]
