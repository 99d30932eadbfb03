"""Every address of the portal. A page added here must enter the matrix (tests/minsheng/test_matrix.py)."""

from allauth.account import views as account
from django.contrib import admin
from django.urls import include, path

from minsheng.home import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("minsheng.dashboard.urls")),
    path("filing/", include("minsheng.filing.urls")),
    path("review/", include("minsheng.review.urls")),
    path("tables/", include("minsheng.task_table.urls")),
    path("office/", include("minsheng.office.urls")),
    path("admin/", admin.site.urls),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/password/", account.password_change, name="account_change_password"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
]
