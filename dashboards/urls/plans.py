"""Support plans and what makes school hard."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from cases.rules.plans import PARTS
from dashboards.views.cases import barriers, fresh_start, plan_parts, plans


class PlanPart(StringConverter):
    """A part of a plan by its name; any other word is another page's address."""

    regex = "|".join(PARTS)


register_converter(PlanPart, "PlanPart")

urlpatterns: list[URLPattern] = [
    path(
        "cases/<str:reference>/barriers/add/",
        barriers.AddBarrierView.as_view(),
        name="barrier_add",
    ),
    path(
        "cases/<str:reference>/barriers/<int:barrier_id>/ease/",
        barriers.EaseBarrierView.as_view(),
        name="barrier_ease",
    ),
    path("cases/<str:reference>/plan/", plans.PlanStartView.as_view(), name="plan_start"),
    path("plans/<int:plan_id>/", plans.PlanPageView.as_view(), name="plan"),
    path("plans/<int:plan_id>/agree/", plans.PlanAgreeView.as_view(), name="plan_agree"),
    path("plans/<int:plan_id>/review/", plans.PlanReviewView.as_view(), name="plan_review"),
    path("plans/<int:plan_id>/end/", plans.PlanEndView.as_view(), name="plan_end"),
    path(
        "plans/<int:plan_id>/fresh-start/",
        fresh_start.FreshStartView.as_view(),
        name="fresh_start",
    ),
    path(
        "plans/<int:plan_id>/versions/<int:number>/",
        plans.PlanVersionView.as_view(),
        name="plan_version",
    ),
    path(
        "plans/<int:plan_id>/<PlanPart:part>/",
        plan_parts.PlanPartView.as_view(),
        name="plan_part",
    ),
]
