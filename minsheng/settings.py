"""The portal's settings: one file, read from the environment, strictly.

A value that is malformed, or missing where production needs it, stops the start and is named.
``PORTAL_ENV`` is ``development`` (the default: this machine only), ``demo`` or ``production``.
"""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from minsheng.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

PORTAL_ENV = env.choice("PORTAL_ENV", ("development", "demo", "production"), default="development")
IN_PRODUCTION = PORTAL_ENV == "production"
DEBUG = env.boolean("DEBUG", default=False)
if DEBUG and IN_PRODUCTION:
    raise ImproperlyConfigured("DEBUG must be off in production.")

# A fixed key is harmless on a machine that answers only itself; production names its own.
SECRET_KEY = env.text(
    "SECRET_KEY",
    default=None if IN_PRODUCTION else "not-secret-for-development-and-demo-only-0123456789-abcdefgh",
    at_least=50 if IN_PRODUCTION else 1,
)
ALLOWED_HOSTS = env.texts("ALLOWED_HOSTS", default=None if IN_PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
if IN_PRODUCTION and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the server's hosts in production, not *.")
CSRF_TRUSTED_ORIGINS = env.texts("CSRF_TRUSTED_ORIGINS", default=[])

# Files of the portal's own: the embedded database, uploaded tables.
VAR_DIR = Path(env.text("PORTAL_VAR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = VAR_DIR / "media"
STATIC_ROOT = Path(env.text("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]

# What a person reads at the top and the foot of each page.
PORTAL_NAME = env.text("PORTAL_NAME", default="")
PORTAL_OFFICE = env.text("PORTAL_OFFICE", default="")
PORTAL_CONTACT = env.text("PORTAL_CONTACT", default="")

TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "minsheng.formats"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# A frozen domain clock, for demos and training. See departments/clock.py.
PORTAL_NOW: datetime | None = env.moment("PORTAL_NOW", zone=ZoneInfo(TIME_ZONE))
if PORTAL_NOW and IN_PRODUCTION:
    raise ImproperlyConfigured("PORTAL_NOW freezes the clock for demos; production does not start with it.")

INSTALLED_APPS = [
    "minsheng.operator.apps.OperatorConfig",  # the admin, for the platform operator
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "import_export",
    "departments",
    "projects",
    "funding",
    "minsheng",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",  # first, so that no answer goes out without it
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # static files are compressed when they are collected
    "minsheng.compression.CompressionMiddleware",
    "minsheng.language.LanguageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "minsheng.sign_in.SignInMiddleware",
    "minsheng.accounts.OwnPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "minsheng.step_addresses.StepAddressMiddleware",  # after the sign-in: nobody learns of addresses without it
    "minsheng.busy.BusyMiddleware",
]

ROOT_URLCONF = "minsheng.urls"
WSGI_APPLICATION = "minsheng.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "minsheng.context.portal",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    """PostgreSQL by ``DATABASE_URL``, else SQLite in ``PORTAL_VAR`` set so that writers queue instead of failing."""
    database: dict[str, Any] = env.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    else:
        database.setdefault("CONN_MAX_AGE", 60)
        database["CONN_HEALTH_CHECKS"] = True
        # The portal's statements are wide and short: compiling one takes longer than running it, and the server
        # compiles whatever looks expensive. The URL's own options come after, and so win.
        options = database.setdefault("OPTIONS", {})
        options["options"] = f"-c jit=off {options.get('options', '')}".strip()
    return database


if IN_PRODUCTION and not env.has("DATABASE_URL"):
    raise ImproperlyConfigured("DATABASE_URL is missing: production names its database.")
DATABASES = {"default": _database()}

# Sign-in limits are counted in the cache, so all workers must share it.
CACHES = {
    # So many entries that none is thrown away before its time: what was typed waits here, too (minsheng/sign_in.py).
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # What long steps tell while their transaction is open (minsheng/progress.py): not in the database.
    "progress": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "progress",
        "TIMEOUT": 600,
    },
}

# Rights (design §4): object grants only. No anonymous user row.
AUTH_USER_MODEL = "departments.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False

# Sign-in: accounts are made by an administrator, nobody signs up.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "minsheng.accounts.PortalAccountAdapter"
ACCOUNT_FORMS = {
    "login": "minsheng.account_forms.LoginForm",
    "change_password": "minsheng.account_forms.ChangePasswordForm",
    "reauthenticate": "minsheng.account_forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
# A whole office may stand behind one address, and come at the same hour: the account is locked early, the address late,
# and sign-ins that succeed are not counted.
ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": "60/m/ip,5/5m/key"}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", default=1 if IN_PRODUCTION else 0)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "minsheng.accounts.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# No request leaves the machine, and no script or style stands in a page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "minsheng.views.csrf_failure"
if IN_PRODUCTION:
    # An intranet without certificates says so explicitly: HTTPS=False.
    HTTPS = env.boolean("HTTPS", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
    SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PORTAL_ENV != "development"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Without a collected manifest (development, tests) whitenoise serves from the source folders.
WHITENOISE_USE_FINDERS = PORTAL_ENV == "development"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# What an export of the platform operator's pages holds is never a formula.
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# An uploaded task table: refused above this, before it is unpacked.
TASK_TABLE_MAX_BYTES = env.integer("TASK_TABLE_MAX_BYTES", default=20 * 1024 * 1024)
TASK_TABLE_MAX_UNPACKED_BYTES = env.integer("TASK_TABLE_MAX_UNPACKED_BYTES", default=200 * 1024 * 1024)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"),
    },
}
