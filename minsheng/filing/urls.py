from django.urls import path

from minsheng.filing import asking, assign_views, contribution_views, keeping, views

app_name = "filing"
urlpatterns = [
    path("", views.due, name="due"),
    path("<int:sub_item>/<str:month>/", views.report, name="report"),
    path("<int:sub_item>/<str:month>/autosave/", keeping.autosave, name="autosave"),
    path("<int:sub_item>/<str:month>/check/", views.check, name="check"),
    path("<int:sub_item>/<str:month>/exception/", asking.ask, name="exception"),
    path("exceptions/<int:pk>/noted/", asking.noted, name="exception_noted"),
    path("exceptions/ended/<int:pk>/noted/", asking.end_noted, name="end_noted"),
    path("let-go/<int:pk>/noted/", asking.let_go_noted, name="let_go_noted"),
    path("kept/<int:pk>/noted/", asking.kept_noted, name="kept_noted"),
    path("<int:sub_item>/<str:month>/contribute/<int:unit>/", contribution_views.page, name="contribute"),
    path(
        "<int:sub_item>/<str:month>/contribute/<int:unit>/autosave/",
        contribution_views.autosave,
        name="contribute_autosave",
    ),
    path("<int:sub_item>/money/<int:line>/assign/", assign_views.assign, name="assign"),
]
