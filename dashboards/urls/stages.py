"""Stages: moving a case, overrides, and what schools do for every child."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
