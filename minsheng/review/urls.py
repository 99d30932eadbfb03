from django.urls import path

from minsheng.review import steps, views

app_name = "review"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("approve/", steps.bulk, name="bulk"),
    path("<int:pk>/", views.report, name="report"),
    path("<int:pk>/versions/", views.versions, name="versions"),
    path("<int:pk>/take-over/", steps.take_over, name="take_over"),
    path("<int:pk>/reopen/", steps.reopen, name="reopen"),
    path("<int:pk>/recheck/", steps.recheck, name="recheck"),
    path("<int:pk>/run-out/", steps.run_out, name="run_out"),
]
