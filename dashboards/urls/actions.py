"""Actions: mine, and what becomes of them."""

from django.urls import URLPattern, path

from dashboards.views.cases import actions

urlpatterns: list[URLPattern] = [
    path("actions/", actions.ActionListView.as_view(), name="action_list"),
    path("actions/<int:action_id>/done/", actions.ActionDoneView.as_view(), name="action_done"),
    path("actions/<int:action_id>/drop/", actions.ActionDropView.as_view(), name="action_drop"),
    path(
        "actions/<int:action_id>/reassign/",
        actions.ActionReassignView.as_view(),
        name="action_reassign",
    ),
    path("actions/<int:action_id>/ask/", actions.ActionAskView.as_view(), name="action_ask"),
    path(
        "cases/<str:reference>/actions/add/",
        actions.CaseActionAddView.as_view(),
        name="case_action_add",
    ),
]
