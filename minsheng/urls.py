"""Every address of the portal. A page added here must enter the matrix (tests/minsheng/test_matrix.py)."""

from allauth.account import views as account
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from minsheng.language import set_language
from minsheng.progress import progress
from minsheng.todo.views import home

PAGES: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("", include("minsheng.dashboard.urls")),
    path("", include("minsheng.milestones.urls")),
    path("", include("minsheng.handover.urls")),  # one of its addresses stands among those of periods, before a month
    path("language/", set_language, name="set_language"),
    path("progress/<slug:name>/", progress, name="progress"),
    path("filing/", include("minsheng.filing.urls")),
    path("review/", include("minsheng.review.urls")),
    path("periods/<int:pk>/programme/", include("minsheng.programmes.urls")),
    path("periods/", include("minsheng.periods.urls")),
    path("tables/", include("minsheng.task_table.urls")),
    path("office/", include("minsheng.office.urls")),
    path("admin/", admin.site.urls),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/password/", account.password_change, name="account_change_password"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
]


def addresses(*, debug: bool) -> list[URLPattern | URLResolver]:
    """The pages, and for developers the one of components."""
    return [*PAGES, path("styleguide/", include("minsheng.styleguide.urls"))] if debug else PAGES


urlpatterns = addresses(debug=settings.DEBUG)
handler400 = "minsheng.views.bad_request"
handler500 = "minsheng.views.server_error"
