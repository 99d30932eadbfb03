"""What the supervision office types of a programme's settings."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from minsheng.filing.fields import DayInput
from minsheng.periods.forms import ReasonField
from projects.models.light import LightPreset
from projects.rules.lights import PRESETS, numbers_of
from projects.services.programmes import Settings

SALT: Final = "minsheng.programmes"
HUNDRED: Final = Decimal(100)


class SettingsForm(forms.Form):
    """Each preset has its own two numbers, of which those of the chosen one count; ``seen`` are those changed.

    Shares of the schedule are typed in percent and kept as parts of one.
    """

    title = forms.CharField(label=_("Title of the table"), max_length=200, required=False)
    starts_on = forms.DateField(
        label=_("Starts on"),
        widget=DayInput,
        help_text=_("From here the schedule of a sub-item without a start of its own runs."),
    )
    light_preset = forms.ChoiceField(label=_("Light rule"), choices=LightPreset.choices)
    reason = ReasonField(help_text=_("Needed to save; kept with the settings."), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for preset, rule in PRESETS.items():
            for light in ("green", "yellow"):
                self.fields[f"{preset}-{light}"] = forms.DecimalField(
                    label=_up_to(light, by_points=bool(rule.points)),
                    min_value=0,
                    max_value=100,
                    max_digits=5,
                    decimal_places=2,
                    required=False,
                    widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
                )

    def clean(self) -> dict[str, Any]:
        """The numbers of the chosen rule are needed; empty, they are the preset's own."""
        data = super().clean() or self.cleaned_data
        preset = data.get("light_preset")
        if preset:
            for light, own in zip(("green", "yellow"), _shown(preset, numbers_of(PRESETS[preset])), strict=True):
                if data.get(f"{preset}-{light}") is None and f"{preset}-{light}" not in self.errors:
                    data[f"{preset}-{light}"] = own
        return data

    def settings(self) -> Settings:
        """What the valid form asks for."""
        data = self.cleaned_data
        preset = LightPreset(data["light_preset"])
        green, yellow = (data[f"{preset}-{light}"] for light in ("green", "yellow"))
        parts = Decimal(1) if PRESETS[preset].points else HUNDRED
        return Settings(data["title"].strip(), data["starts_on"], preset.value, (green / parts, yellow / parts))

    def clean_seen(self) -> Settings | None:
        """The settings the person changed; nothing where the page is not ours."""
        try:
            kept = signing.loads(self.cleaned_data["seen"], salt=SALT)
        except signing.BadSignature:
            return None
        green, yellow = map(Decimal, kept["numbers"])
        return Settings(kept["title"], date.fromisoformat(kept["starts_on"]), kept["light_preset"], (green, yellow))

    def see(self, settings: Settings) -> None:
        """The page is drawn again, with ``settings`` as what the person has before him."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": _signed(settings)}

    @property
    def presets(self) -> list[dict[str, Any]]:
        """Each rule with its words, its two fields and the unit they are in."""
        chosen = self["light_preset"].value()
        return [
            {
                "value": preset.value,
                "label": preset.label,
                "chosen": preset.value == chosen,
                "fields": [self[f"{preset}-{light}"] for light in ("green", "yellow")],
                "by_points": bool(rule.points),
                "own": [f"{number.normalize():f}" for number in _shown(preset, numbers_of(rule))],
            }
            for preset, rule in PRESETS.items()
        ]


def settings_form(settings: Settings, typed: Any = None) -> SettingsForm:
    """As it was typed, or as it begins: the chosen rule with the numbers in force, the others with their own."""
    initial: dict[str, Any] = {
        "title": settings.title,
        "starts_on": settings.starts_on,
        "light_preset": settings.light_preset,
    }
    for preset, rule in PRESETS.items():
        numbers = settings.numbers if preset == settings.light_preset else numbers_of(rule)
        for light, number in zip(("green", "yellow"), _shown(preset, numbers), strict=True):
            initial[f"{preset}-{light}"] = f"{number.normalize():f}"
    return SettingsForm(typed, initial=initial | {"seen": _signed(settings)})


def _signed(settings: Settings) -> str:
    kept = {
        "title": settings.title,
        "starts_on": settings.starts_on.isoformat(),
        "light_preset": settings.light_preset,
        "numbers": [str(number) for number in settings.numbers],
    }
    return signing.dumps(kept, salt=SALT)


def _shown(preset: str, numbers: tuple[Decimal, Decimal]) -> tuple[Decimal, Decimal]:
    """As a person types them: shares in percent."""
    green, yellow = numbers
    return (green, yellow) if PRESETS[LightPreset(preset)].points else (green * HUNDRED, yellow * HUNDRED)


def _up_to(light: str, *, by_points: bool) -> Any:
    if by_points:
        return _("Green: behind by at most") if light == "green" else _("Yellow: behind by at most")
    return _("Green: done of the schedule, at least") if light == "green" else _("Yellow: at least")
