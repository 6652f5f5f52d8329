"""The family copy of a plan, and a case on paper."""

from django.urls import URLPattern, path

from dashboards.views.cases import family_copy

urlpatterns: list[URLPattern] = [
    path(
        "plans/<int:plan_id>/family/",
        family_copy.FamilyCopyView.as_view(),
        name="plan_family",
    ),
    path(
        "plans/<int:plan_id>/family.pdf",
        family_copy.FamilyCopyPdfView.as_view(),
        name="plan_family_pdf",
    ),
]
