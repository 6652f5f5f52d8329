"""The family copy of a plan, and a case on paper."""

from django.urls import URLPattern, path

from dashboards.views.cases import case_paper, family_copy

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
    path(
        "cases/<str:reference>/print/",
        case_paper.CasePrintView.as_view(),
        name="case_print",
    ),
    path(
        "cases/<str:reference>/case.pdf",
        case_paper.CasePdfView.as_view(),
        name="case_pdf",
    ),
]
