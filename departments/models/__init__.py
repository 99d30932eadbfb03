"""Who: jurisdictions, units, people, and what they may."""

from departments.models.audit import AuditEvent
from departments.models.department import Department, DepartmentAlias, DepartmentGroup, GroupMember
from departments.models.grants import (
    DepartmentGroupGrant,
    DepartmentUserGrant,
    GrantRequest,
    JurisdictionGroupGrant,
    JurisdictionUserGrant,
)
from departments.models.jurisdiction import Jurisdiction
from departments.models.user import User

__all__ = [
    "AuditEvent",
    "Department",
    "DepartmentAlias",
    "DepartmentGroup",
    "DepartmentGroupGrant",
    "DepartmentUserGrant",
    "GrantRequest",
    "GroupMember",
    "Jurisdiction",
    "JurisdictionGroupGrant",
    "JurisdictionUserGrant",
    "User",
]
