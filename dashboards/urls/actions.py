"""Actions: mine, and what becomes of them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
