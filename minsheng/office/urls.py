from django.urls import path

from minsheng.office.views import audit, grants, groups, people, sources, units

app_name = "office"
urlpatterns = [
    path("", units.listing, name="units"),
    path("units/add/", units.add, name="unit_add"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/place/", units.place, name="unit_place"),
    path("units/<int:pk>/close/", units.close, name="unit_close"),
    path("units/<int:pk>/reopen/", units.reopen, name="unit_reopen"),
    path("units/<int:pk>/aliases/", units.add_alias, name="unit_alias"),
    path("units/<int:pk>/rights/", grants.give_on_unit, name="unit_right"),
    path("aliases/<int:pk>/remove/", units.remove_alias, name="alias_remove"),
    path("groups/", groups.listing, name="groups"),
    path("groups/add/", groups.add, name="group_add"),
    path("groups/<int:pk>/", groups.group, name="group"),
    path("groups/<int:pk>/aliases/", groups.add_alias, name="group_alias"),
    path("sources/", sources.listing, name="sources"),
    path("sources/add/", sources.add, name="source_add"),
    path("sources/<int:pk>/", sources.source, name="source"),
    path("sources/<int:pk>/place/", sources.place, name="source_place"),
    path("people/", people.listing, name="people"),
    path("people/add/", people.add, name="person_add"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/password/", people.reset_password, name="person_password"),
    path("people/<int:pk>/active/", people.set_active, name="person_active"),
    path("people/<int:pk>/rights/unit/", grants.give_unit, name="person_unit_right"),
    path("people/<int:pk>/rights/area/", grants.give_area, name="person_area_right"),
    path("people/<int:pk>/rights/take/", grants.take, name="person_right_take"),
    path("requests/", grants.requests, name="requests"),
    path("requests/<int:pk>/", grants.decide, name="request"),
    path("audit/", audit.trail, name="audit"),
    path("audit/export/", audit.export, name="audit_export"),
]
