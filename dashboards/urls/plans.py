"""Support plans and what makes school hard."""

from django.urls import URLPattern, path

from dashboards.views.cases import barriers

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
]
