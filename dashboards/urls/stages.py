"""Stages: moving a case, overrides, and what schools do for every child."""

from django.urls import URLPattern, path

from dashboards.views.cases import facts, move, override, school_steps

urlpatterns: list[URLPattern] = [
    path("cases/<str:reference>/move/", move.MoveView.as_view(), name="case_move"),
    path(
        "cases/<str:reference>/override/",
        override.AskOverrideView.as_view(),
        name="case_override",
    ),
    path(
        "cases/<str:reference>/override/<int:override_id>/",
        override.DecideOverrideView.as_view(),
        name="override_decide",
    ),
    path(
        "cases/<str:reference>/record/<slug:fact>/",
        facts.RecordFactView.as_view(),
        name="case_fact",
    ),
    path("schools/<int:urn>/steps/", school_steps.SchoolStepsView.as_view(), name="school_steps"),
]
