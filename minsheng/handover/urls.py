from django.urls import path

from minsheng.handover import views

app_name = "handover"
urlpatterns = [
    path("hand-over/<int:pk>/", views.programme, name="programme"),
    path("sub-items/<int:pk>/responsible/", views.sub_item, name="sub_item"),
]
