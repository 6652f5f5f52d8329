"""Cases: the list, one case, its queues and what is done with a case as a whole."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
