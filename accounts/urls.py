"""Sign-in, sign-out and a new password. There is no sign-up."""

from allauth.account import views
from django.urls import path, re_path

urlpatterns = [
    path("sign-in/", views.login, name="account_login"),
    path("sign-out/", views.logout, name="account_logout"),
    path("new-password/", views.password_reset, name="account_reset_password"),
    path("new-password/sent/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^new-password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "new-password/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
