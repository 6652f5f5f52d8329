"""Routes of the comparison with published figures."""

from django.urls import path

from dashboards.views import benchmark

urlpatterns = [
    path("explore/benchmark/", benchmark.BenchmarkView.as_view(), name="benchmark"),
]
