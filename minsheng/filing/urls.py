from django.urls import path

from minsheng.filing import asking, views

app_name = "filing"
urlpatterns = [
    path("", views.due, name="due"),
    path("<int:sub_item>/<str:month>/", views.report, name="report"),
    path("<int:sub_item>/<str:month>/autosave/", views.autosave, name="autosave"),
    path("<int:sub_item>/<str:month>/check/", views.check, name="check"),
    path("<int:sub_item>/<str:month>/exception/", asking.ask, name="exception"),
    path("exceptions/<int:pk>/noted/", asking.noted, name="exception_noted"),
]
