"""Funding sources, for the platform operator."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from departments.admin import ReferenceAdmin
from funding.models import FundingSource


@admin.register(FundingSource)
class FundingSourceAdmin(ReferenceAdmin):
    list_display = (
        "name",
        "code",
        "position",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []
