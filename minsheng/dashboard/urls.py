from django.urls import path

from minsheng.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("overview/", views.newest_overview, name="overview"),
    path("overview/<int:pk>/", views.overview, name="overview"),
    path("overview/<int:pk>/export/", views.overview_export, name="overview_export"),
    path("sub-items/", views.newest_list, name="sub_items"),
    path("sub-items/programmes/<int:pk>/", views.sub_item_list, name="list"),
    path("sub-items/programmes/<int:pk>/export/", views.list_export, name="list_export"),
    path("sub-items/<int:pk>/", views.sub_item, name="sub_item"),
]
