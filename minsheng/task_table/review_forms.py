"""Forms of the review that speak of many rows: columns, and why a row is left out."""

from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from minsheng.task_table.parsers import sources

MEANS: Final[dict[str, Promise]] = {
    "serial": gettext_lazy("Serial"),
    "category": gettext_lazy("Category"),
    "project": gettext_lazy("Project"),
    "project_content": pgettext_lazy("column", "Project with its content"),
    "content": gettext_lazy("Content and scale"),
    "target": pgettext_lazy("column", "Figures to be reached"),
    "goal": pgettext_lazy("column", "Goal in words"),
    "unit_of_measure": gettext_lazy("Unit of measure"),
    "deadline": gettext_lazy("Deadline"),
    "start": pgettext_lazy("column", "Start"),
    "plan": pgettext_lazy("column", "Plan of a quarter or month"),
    "progress": pgettext_lazy("column", "Progress"),
    "funding": gettext_lazy("Funding"),
    "amount": pgettext_lazy("column", "Amount"),
    "amount_total": gettext_lazy("total investment"),
    "amount_year_plan": gettext_lazy("planned this year"),
    "amount_sum": gettext_lazy("stated sum"),
    f"amount:{sources.CENTRAL}": pgettext_lazy("column", "Amount: central"),
    f"amount:{sources.PROVINCE}": pgettext_lazy("column", "Amount: province"),
    f"amount:{sources.CITY}": pgettext_lazy("column", "Amount: city"),
    f"amount:{sources.DISTRICT}": pgettext_lazy("column", "Amount: district"),
    f"amount:{sources.HIGHER}": pgettext_lazy("column", "Amount: higher level"),
    f"amount:{sources.BOND}": pgettext_lazy("column", "Amount: special bond"),
    f"amount:{sources.ENTERPRISE}": pgettext_lazy("column", "Amount: enterprise"),
    f"amount:{sources.UNSPECIFIED}": pgettext_lazy("column", "Amount: public money"),
    f"amount:{sources.MIXED}": pgettext_lazy("column", "Amount: several levels"),
    f"amount:{sources.OTHER}": pgettext_lazy("column", "Amount: other sources"),
    "lead_units": gettext_lazy("Lead units"),
    "assisting_units": gettext_lazy("Assisting units"),
    "implementing_units": pgettext_lazy("column", "Implementing units"),
    "leader": gettext_lazy("Leader in charge"),
    "contact": gettext_lazy("Contact"),
    "place": pgettext_lazy("column", "Place"),
    "remarks": gettext_lazy("Remarks"),
    "extra": pgettext_lazy("column", "Another column: kept and shown as it is"),
}


class LeaveOutForm(forms.Form):
    """Why a row does not become a sub-item."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It stays on record; the row can be taken in again."),
    )
