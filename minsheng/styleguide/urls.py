"""The page for developers; only routed when DEBUG is on (minsheng/urls.py)."""

from django.urls import path

from minsheng.styleguide import views

app_name = "styleguide"
urlpatterns = [path("", views.components, name="components")]
