from django.urls import path

from minsheng.handover import views

app_name = "handover"
urlpatterns = [
    path("periods/<int:pk>/hand-over/", views.programme, name="programme"),
    path("sub-items/<int:pk>/responsible/", views.sub_item, name="sub_item"),
]
