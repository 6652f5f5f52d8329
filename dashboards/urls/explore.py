"""Routes of the cohort explorer."""

from django.urls import path

from dashboards.views.explore import at_risk, cohort

urlpatterns = [
    path("explore/", cohort.ExploreView.as_view(), name="explore"),
    path("explore/at-risk/", at_risk.AtRiskView.as_view(), name="explore_at_risk"),
]
