"""Routes of the cohort explorer."""

from django.urls import path

from dashboards.views.explore import cohort

urlpatterns = [
    path("explore/", cohort.ExploreView.as_view(), name="explore"),
]
