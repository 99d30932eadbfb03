"""Where django-guardian keeps the grants: real foreign keys, so that no grant outlives its object."""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from departments.models.department import Department
from departments.models.jurisdiction import Jurisdiction


class DepartmentUserGrant(UserObjectPermissionBase):
    content_object = models.ForeignKey(Department, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class DepartmentGroupGrant(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Department, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False


class JurisdictionUserGrant(UserObjectPermissionBase):
    content_object = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class JurisdictionGroupGrant(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
