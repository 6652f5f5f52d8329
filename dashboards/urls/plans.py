"""Support plans and what makes school hard."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
