"""HTML routes of the pages across everything below."""

from django.urls import path

from dashboards.views import answers, borough, components, flags, pupil_list, pupils, search, worklist

urlpatterns = [
    path("", worklist.WorklistView.as_view(), name="worklist"),
    path("search/", search.SearchView.as_view(), name="search"),
    path("pupils/", pupil_list.PupilListView.as_view(), name="pupil_list"),
    path("pupils/<uuid:public_id>/", pupils.PupilView.as_view(), name="pupil"),
    path(
        "pupils/<uuid:public_id>/confirm/<int:enrolment_id>/",
        pupils.ConfirmEnrolmentView.as_view(),
        name="confirm_enrolment",
    ),
    path("flags/<int:flag_id>/why/", flags.WhyView.as_view(), name="flag_why"),
    path("flags/<int:flag_id>/answer/", answers.AnswerView.as_view(), name="flag_answer"),
    path("borough/", borough.BoroughView.as_view(), name="borough"),
    path("components/", components.ComponentsView.as_view(), name="components"),
]
