"""A form with one of each kind of field, filled in wrongly where asked."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ExampleForm(forms.Form):
    percent = forms.DecimalField(label=_("Progress (%)"), min_value=0, max_value=100)
    month = forms.ChoiceField(label=_("Month"), choices=[("9", "2023-09"), ("10", "2023-10")])
    progress = forms.CharField(label=_("Progress this month"), widget=forms.Textarea)
    kind = forms.ChoiceField(
        label=_("Light"),
        choices=[("green", pgettext_lazy("light", "Green")), ("red", pgettext_lazy("light", "Red"))],
        widget=forms.RadioSelect,
    )
    nil = forms.BooleanField(label=_("Nil report"), required=False)
