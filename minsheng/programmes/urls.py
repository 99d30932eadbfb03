from django.urls import path

from minsheng.programmes import views

app_name = "programmes"
urlpatterns = [path("", views.settings, name="settings")]
