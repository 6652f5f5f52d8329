"""Routes of the pages that say where absence lies."""

from django.urls import path

from dashboards.views.insight import concentration, place_entries, places

urlpatterns = [
    path("explore/concentration/", concentration.ConcentrationView.as_view(), name="concentration"),
    path("places/", places.PlacesView.as_view(), name="place_list"),
    path(
        "places/entries/<int:entry_id>/end/",
        place_entries.EntryEndView.as_view(),
        name="place_entry_end",
    ),
    path(
        "places/<str:place_code>/add/<slug:entry_kind>/",
        place_entries.EntryAddView.as_view(),
        name="place_entry_add",
    ),
    path("places/<str:place_code>/", places.PlaceView.as_view(), name="place"),
]
