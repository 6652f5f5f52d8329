"""Partners: offers, referrals, consents, the people of a case, supervision."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
