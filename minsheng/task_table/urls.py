from django.urls import path

from minsheng.task_table import views
from minsheng.task_table.again import flat_views as flat
from minsheng.task_table.again import views as again

app_name = "task_table"
urlpatterns = [
    path("", views.batches, name="batches"),
    path("upload/", views.upload, name="upload"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/commit/", views.commit, name="commit"),
    path("<int:pk>/discard/", views.discard, name="discard"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/source/", views.source, name="source"),
    path("programmes/<int:pk>/list/", flat.listing, name="flat"),
    path("programmes/<int:pk>/list/export/", flat.export, name="flat_export"),
    path("programmes/<int:pk>/list/confirm/", flat.confirm, name="flat_confirm"),
    path("<int:pk>/update/", again.again, name="again"),
    path("<int:pk>/update/begin/", again.begin, name="again_begin"),
    path("<int:pk>/update/match/", again.match, name="again_match"),
    path("<int:pk>/update/decide/", again.decide, name="again_decide"),
    path("<int:pk>/update/commit/", again.commit, name="again_commit"),
]
