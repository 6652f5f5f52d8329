"""Routes of the pages that say where absence lies."""

from django.urls import path

from dashboards.views.insight import concentration, places

urlpatterns = [
    path("explore/concentration/", concentration.ConcentrationView.as_view(), name="concentration"),
    path("places/", places.PlacesView.as_view(), name="place_list"),
    path("places/<str:place_code>/", places.PlaceView.as_view(), name="place"),
]
