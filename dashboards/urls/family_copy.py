"""The family copy of a plan, as a page and on paper."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
