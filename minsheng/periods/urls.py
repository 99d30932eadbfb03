from django.urls import path

from minsheng.periods import changes, requests, views

app_name = "periods"
urlpatterns = [
    path("", views.newest, name="newest"),
    path("requests/<int:pk>/", requests.answer, name="request"),
    path("<int:pk>/", views.periods, name="periods"),
    path("<int:pk>/units/", views.units, name="units"),
    path("<int:pk>/settings/", changes.settings, name="settings"),
    path("<int:pk>/calendar/", changes.calendar, name="calendar"),
    path("<int:pk>/calendar/<int:day>/forget/", changes.forget_day, name="forget_day"),
    path("<int:pk>/<str:month>/", views.unfiled, name="unfiled"),
    path("<int:pk>/<str:month>/export/", views.export, name="export"),
    path("<int:pk>/<str:month>/due/", changes.due, name="due"),
    path("<int:pk>/<str:month>/exceptions/", changes.exceptions, name="exceptions"),
    path("<int:pk>/<str:month>/exceptions/<int:exception>/end/", changes.end_exception, name="end_exception"),
]
