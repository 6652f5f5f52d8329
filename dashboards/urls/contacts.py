"""Contacts: logging one, ringing now, my families."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
