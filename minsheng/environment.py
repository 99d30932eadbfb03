"""Reading the environment strictly: what is there must be well formed, what is needed must be there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured


class Environment:
    """Values of the process's environment; every refusal names the variable and what it takes.

    An empty value counts as not set. ``default=None`` marks a variable that must be set.
    """

    def __init__(self, values: dict[str, str] | None = None) -> None:
        self._env = environ.Env()
        if values is not None:
            self._env.ENVIRON = values

    def has(self, name: str) -> bool:
        return bool(self._env.ENVIRON.get(name, "").strip())

    def _raw(self, name: str) -> str | None:
        return self._env.ENVIRON[name].strip() if self.has(name) else None

    def text(self, name: str, *, default: str | None, at_least: int = 0) -> str:
        value = self._raw(name)
        if value is None:
            if default is None:
                raise ImproperlyConfigured(f"{name} is missing: it must be set here.")
            return default
        if len(value) < at_least:
            raise ImproperlyConfigured(f"{name} is too short: it takes at least {at_least} characters.")
        return value

    def texts(self, name: str, *, default: list[str] | None) -> list[str]:
        """Values separated by commas."""
        value = self._raw(name)
        if value is None:
            if default is None:
                raise ImproperlyConfigured(f"{name} is missing: it must be set here.")
            return default
        return [part.strip() for part in value.split(",") if part.strip()]

    def boolean(self, name: str, *, default: bool) -> bool:
        """``True`` or ``False``, to the letter: "off" or "0" may have been meant either way."""
        value = self._raw(name)
        if value is None:
            return default
        if value not in ("True", "False"):
            raise ImproperlyConfigured(f"{name} takes True or False, not {value!r}.")
        return value == "True"

    def integer(self, name: str, *, default: int) -> int:
        value = self._raw(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit()):
            raise ImproperlyConfigured(f"{name} takes a whole number, not {value!r}.")
        return int(value)

    def choice(self, name: str, choices: Sequence[str], *, default: str) -> str:
        value = self._raw(name)
        if value is None:
            return default
        if value not in choices:
            raise ImproperlyConfigured(f"{name} takes one of {', '.join(choices)}, not {value!r}.")
        return value

    def moment(self, name: str, *, zone: ZoneInfo) -> datetime | None:
        """A local time such as ``2023-10-20T09:00``, in ``zone`` where it names none."""
        value = self._raw(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} takes a time such as 2023-10-20T09:00, not {value!r}.") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """A database URL: ``postgres://…`` or ``sqlite:///…``, no other kind, and none in memory only."""
        url = self._raw(name) or default
        if not url.startswith(("postgres://", "postgresql://", "sqlite:///")):
            raise ImproperlyConfigured(f"{name} takes postgres://… or sqlite:///…")
        try:
            parsed: dict[str, Any] = self._env.db_url_config(url)
        except (ValueError, environ.ImproperlyConfigured) as error:
            raise ImproperlyConfigured(f"{name} cannot be read as a database URL.") from error
        if not parsed.get("NAME"):
            raise ImproperlyConfigured(f"{name} names no database.")
        if url.startswith("sqlite:") and ":memory:" in parsed["NAME"]:
            # What django-environ makes of a URL without a file.
            raise ImproperlyConfigured(f"{name} names no file: sqlite:////path/to/portal.sqlite3.")
        return parsed
