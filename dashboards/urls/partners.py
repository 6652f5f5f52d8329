"""Partners: offers, referrals, consents, the people of a case, supervision."""

from django.urls import path

from dashboards.views.cases import consents, partners, people, report, supervision

urlpatterns = [
    path("cases/report/", report.CaseReportView.as_view(), name="case_report"),
    path("cases/<str:reference>/offers/add/", partners.OfferAddView.as_view(), name="offer_add"),
    path(
        "cases/<str:reference>/offers/<int:offer_id>/", partners.OfferView.as_view(), name="offer"
    ),
    path(
        "cases/<str:reference>/referrals/add/",
        partners.ReferralAddView.as_view(),
        name="referral_add",
    ),
    path(
        "cases/<str:reference>/referrals/<int:referral_id>/",
        partners.ReferralView.as_view(),
        name="referral",
    ),
    path("cases/<str:reference>/people/", people.CasePeopleView.as_view(), name="case_people"),
    path(
        "cases/<str:reference>/people/<int:worker_id>/end/",
        people.CasePersonEndView.as_view(),
        name="case_person_end",
    ),
    path(
        "cases/<str:reference>/consents/add/",
        consents.ConsentAddView.as_view(),
        name="consent_add",
    ),
    path(
        "cases/<str:reference>/consents/<int:consent_id>/withdraw/",
        consents.ConsentWithdrawView.as_view(),
        name="consent_withdraw",
    ),
    path(
        "cases/<str:reference>/supervision/add/",
        supervision.SupervisionAddView.as_view(),
        name="supervision_add",
    ),
]
