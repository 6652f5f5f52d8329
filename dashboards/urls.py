"""HTML routes of the pages across everything below."""

from django.urls import path

from dashboards.views import (
    answers,
    borough,
    components,
    drafts,
    exports,
    feeds,
    flags,
    logs,
    people,
    pupil_list,
    pupils,
    schools,
    search,
    worklist,
)
from dashboards.views import help as help_pages
from dashboards.views import saved_views as saved

urlpatterns = [
    path("", worklist.WorklistView.as_view(), name="worklist"),
    path("search/", search.SearchView.as_view(), name="search"),
    path("pupils/", pupil_list.PupilListView.as_view(), name="pupil_list"),
    path("pupils/<uuid:public_id>/", pupils.PupilView.as_view(), name="pupil"),
    path(
        "pupils/<uuid:public_id>/attendance/",
        pupils.PupilAttendanceView.as_view(),
        name="pupil_attendance",
    ),
    path(
        "pupils/<uuid:public_id>/timeline/",
        pupils.PupilTimelineView.as_view(),
        name="pupil_timeline",
    ),
    path("pupils/<uuid:public_id>/family/", pupils.PupilFamilyView.as_view(), name="pupil_family"),
    path("pupils/<uuid:public_id>/viewed/", pupils.PupilViewedView.as_view(), name="pupil_viewed"),
    path(
        "pupils/<uuid:public_id>/confirm/<int:enrolment_id>/",
        pupils.ConfirmEnrolmentView.as_view(),
        name="confirm_enrolment",
    ),
    path("flags/<int:flag_id>/why/", flags.WhyView.as_view(), name="flag_why"),
    path("flags/<int:flag_id>/answer/", answers.AnswerView.as_view(), name="flag_answer"),
    path("borough/", borough.BoroughView.as_view(), name="borough"),
    path("schools/", schools.SchoolListView.as_view(), name="school_list"),
    path("schools/<int:urn>/", schools.SchoolView.as_view(), name="school"),
    path("schools/<int:urn>/pupils/", schools.SchoolPupilsView.as_view(), name="school_pupils"),
    path("schools/<int:urn>/cohorts/", schools.SchoolCohortsView.as_view(), name="school_cohorts"),
    path(
        "schools/<int:urn>/registers/",
        schools.SchoolRegistersView.as_view(),
        name="school_registers",
    ),
    path("data/feeds/", feeds.FeedHealthView.as_view(), name="feed_health"),
    path("views/", saved.SavedViewsView.as_view(), name="saved_views"),
    path(
        "views/<int:view_id>/delete/",
        saved.SavedViewDeleteView.as_view(),
        name="saved_view_delete",
    ),
    path("drafts/", drafts.DraftView.as_view(), name="draft"),
    path("exports/", exports.ExportListView.as_view(), name="export_list"),
    path("exports/<int:export_id>/file/", exports.ExportFileView.as_view(), name="export_file"),
    path("people/", people.PeopleView.as_view(), name="people"),
    path("people/give/", people.GiveAccessView.as_view(), name="give_access"),
    path("people/<int:user_id>/", people.PersonView.as_view(), name="person"),
    path(
        "people/<int:user_id>/access/<int:membership_id>/end/",
        people.EndAccessView.as_view(),
        name="end_access",
    ),
    path("access-log/", logs.AccessLogView.as_view(), name="access_log"),
    path("access-log/file/", logs.AccessLogFileView.as_view(), name="access_log_file"),
    path("audit/", logs.AuditView.as_view(), name="audit"),
    path("audit/check/", logs.AuditCheckView.as_view(), name="audit_check"),
    path("help/", help_pages.HelpView.as_view(), name="help"),
    path("help/figures/", help_pages.FiguresView.as_view(), name="help_figures"),
    path("help/codes/", help_pages.CodesView.as_view(), name="help_codes"),
    path("help/pathway/", help_pages.PathwayView.as_view(), name="help_pathway"),
    path("help/rules/<slug:kind>/", help_pages.RuleView.as_view(), name="help_rule"),
    path("help/<slug:role>/", help_pages.GuideView.as_view(), name="help_role"),
    path("accessibility/", help_pages.AccessibilityView.as_view(), name="accessibility"),
    path("privacy/", help_pages.PrivacyView.as_view(), name="privacy"),
    path("components/", components.ComponentsView.as_view(), name="components"),
]
