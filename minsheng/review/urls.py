from django.urls import path

from minsheng.review import views

app_name = "review"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("<int:pk>/", views.report, name="report"),
]
