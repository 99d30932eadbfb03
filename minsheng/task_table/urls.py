from django.urls import path

from minsheng.task_table import review_views, table_views, views
from minsheng.task_table.again import flat_views as flat
from minsheng.task_table.again import views as again

app_name = "task_table"
urlpatterns = [
    path("", views.batches, name="batches"),
    path("upload/", views.upload, name="upload"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/commit/", views.commit, name="commit"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/apart/", table_views.apart, name="apart"),
    path("<int:pk>/tables/", table_views.tables, name="tables"),
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
    path("<int:pk>/accept/", review_views.accept, name="accept"),
    path("<int:pk>/use-again/", review_views.use_again, name="use_again"),
    path("<int:pk>/default/", table_views.default, name="default"),
    path("<int:pk>/names/", table_views.unknown, name="unknown"),
    path("<int:pk>/columns/", table_views.columns, name="columns"),
    path("<int:pk>/rows/<int:row>/", review_views.row, name="row"),
    path("<int:pk>/rows/<int:row>/leave-out/", review_views.leave_out, name="leave_out"),
    path("<int:pk>/rows/<int:row>/take-in/", review_views.take_in, name="take_in"),
    path("<int:pk>/rows/<int:row>/ask-again/", review_views.ask_again, name="ask_again"),
    path("<int:pk>/rows/<int:row>/<slug:part>/", review_views.part, name="part"),
    path("<int:pk>/rows/<int:row>/<slug:part>/back/", review_views.take_back, name="take_back"),
]
