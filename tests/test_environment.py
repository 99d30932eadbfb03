"""The settings are read strictly: what is malformed or missing stops the start and is named."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "k" * 49 + "ey",
    "ALLOWED_HOSTS": "portal.example.org",
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1/portal",
}
MALFORMED = [
    ("PORTAL_ENV", "staging", {}),
    ("DEBUG", "yes", {}),
    ("DEBUG", "true", {}),
    ("DEBUG", "1", {}),
    ("DEBUG", "True", PRODUCTION),
    ("SECRET_KEY", "too-short", PRODUCTION),
    ("PORTAL_NOW", "tomorrow", {}),
    ("PORTAL_NOW", "2023-13-01T09:00", {}),
    ("PORTAL_NOW", "2023-10-20T09:00", PRODUCTION),
    ("DATABASE_URL", "mysql://portal@127.0.0.1/portal", {}),
    ("DATABASE_URL", "postgres://127.0.0.1:port/portal", {}),
    ("DATABASE_URL", "postgres://127.0.0.1", {}),
    ("DATABASE_URL", "sqlite:///", PRODUCTION),
    ("DATABASE_URL", "sqlite:///?timeout=20", PRODUCTION),
    ("TRUSTED_PROXY_COUNT", "-1", {}),
    ("TRUSTED_PROXY_COUNT", "one", PRODUCTION),
    ("HTTPS", "off", PRODUCTION),
    ("TASK_TABLE_MAX_BYTES", "20M", {}),
    ("TASK_TABLE_MAX_UNPACKED_BYTES", "1e9", {}),
    ("LOG_LEVEL", "verbose", {}),
]
# Any text will do for these.
FREE = {
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "PORTAL_CONTACT",
    "PORTAL_NAME",
    "PORTAL_OFFICE",
    "PORTAL_VAR",
    "STATIC_ROOT",
}


def read_variables() -> set[str]:
    """The variables that the settings ask for."""
    tree = ast.parse((ROOT / "minsheng" / "settings.py").read_text(encoding="utf-8"))
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
    }


@pytest.fixture
def start(tmp_path):
    """Start Django in a process of its own, with these variables and no others of the portal's."""

    def run(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        known = read_variables() | {"DJANGO_SETTINGS_MODULE"}
        inherited = {name: value for name, value in os.environ.items() if name not in known}
        own = {"PORTAL_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "minsheng.settings"}
        return subprocess.run(
            [sys.executable, "-c", "import django; django.setup()"],
            cwd=ROOT,
            env={**inherited, **own, **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize("variables", [{}, {"PORTAL_ENV": "demo", "PORTAL_NOW": "2023-10-20T09:00"}, PRODUCTION])
def test_a_sound_environment_starts(start, variables):
    assert start(variables).stderr == ""


@pytest.mark.parametrize(("name", "value", "others"), MALFORMED)
def test_a_malformed_value_stops_the_start_and_is_named(start, name, value, others):
    result = start({**others, name: value})
    assert result.returncode != 0
    last_line = result.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last_line
    assert name in last_line


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"PORTAL_ENV"}))
@pytest.mark.parametrize("given", ["", "  ", None])
def test_production_names_what_is_missing(start, name, given):
    variables = {**PRODUCTION, name: given} if given is not None else {**PRODUCTION}
    if given is None:
        del variables[name]
    last_line = start(variables).stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last_line
    assert f"{name} is missing" in last_line


def test_every_variable_is_in_these_tests():
    assert read_variables() == {name for name, _value, _others in MALFORMED} | FREE


def test_the_commands_clear_every_variable():
    """Or `make demo` could write into the database that the caller's shell names."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {name for name in read_variables() if f"-u {name} " not in makefile} == set()
