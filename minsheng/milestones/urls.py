from django.urls import path

from minsheng.milestones import views

app_name = "milestones"
urlpatterns = [path("sub-items/<int:pk>/milestones/", views.edit, name="edit")]
