"""Contacts: logging one, ringing now, my families."""

from django.urls import URLPattern, path

from dashboards.views.cases import contacts, families

urlpatterns: list[URLPattern] = [
    path("log/", contacts.ContactLogView.as_view(), name="contact_log"),
    path("log/ringing/", contacts.RingingView.as_view(), name="contact_claim"),
    path("families/", families.FamilyListView.as_view(), name="family_list"),
    path(
        "families/<uuid:public_id>/sheet/",
        families.VisitSheetView.as_view(),
        name="visit_sheet",
    ),
]
