"""Django's settings, each from the environment.

Nothing here opens a connection: without DATABASE_URL the commands that need no database still work, and the first
that does is told what to set.
"""

from __future__ import annotations

import os
import secrets
from typing import Any

from amends.config.environment import Environment, databases

_env = Environment(os.environ)
_env.refuse_unknown(
    {
        "AMENDS_DEBUG",
        "AMENDS_SECRET_KEY",
        "AMENDS_ALLOWED_HOSTS",
        "AMENDS_DATABASE_CONNECTIONS",
        "AMENDS_DATABASE_PREPARE",
        "AMENDS_CACHE",
        "AMENDS_DATA",
        "AMENDS_HYPOTHESIS",
        "AMENDS_LOG_LEVEL",
    }
)

DEBUG = _env.flag("AMENDS_DEBUG", default=False)

# Signs sessions and links. A process without one makes its own, which is right for a first look and wrong for two
# processes: then each refuses what the other signed.
SECRET_KEY = _env.text("AMENDS_SECRET_KEY", "") or secrets.token_urlsafe(48)
ALLOWED_HOSTS = _env.names("AMENDS_ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))

INSTALLED_APPS = ["amends.ledger", "amends.orders"]
MIDDLEWARE: list[str] = []

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


DATABASES = databases(_env)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": _env.text("AMENDS_LOG_LEVEL", "INFO")},
}
