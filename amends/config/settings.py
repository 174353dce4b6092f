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
        "AMENDS_DEMO",
        "AMENDS_FILES",
        "AMENDS_FILES_S3",
        "AMENDS_CLAMD",
        "AMENDS_UPLOAD_BYTES",
        "AMENDS_UPLOAD_SECONDS",
        "AMENDS_HYPOTHESIS",
        "AMENDS_KEEP_MESSAGES_DAYS",
        "AMENDS_LOG_LEVEL",
        "AMENDS_MESSAGES_LOG",
        "AMENDS_BODY_SECONDS",
        "AMENDS_BODY_BYTES",
        "AMENDS_THREADS",
    }
)

DEBUG = _env.flag("AMENDS_DEBUG", default=False)

# Signs sessions and links. A process without one makes its own, which is right for a first look and wrong for two
# processes: then each refuses what the other signed.
SECRET_KEY = _env.text("AMENDS_SECRET_KEY", "") or secrets.token_urlsafe(48)
ALLOWED_HOSTS = _env.names("AMENDS_ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))

INSTALLED_APPS = ["amends.ledger", "amends.orders", "amends.web"]
# The API has neither sessions nor cookies; what pages need is added with the pages.
MIDDLEWARE: list[str] = ["amends.api.middleware.one_face"]
ROOT_URLCONF = "amends.config.urls"
WSGI_APPLICATION = "amends.config.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

# Anybody may look at the orders of the marketplace "demo". Set by `amends up --demo` for what it starts.
AMENDS_DEMO = _env.flag("AMENDS_DEMO", default=False)

# Within how many seconds and bytes a request must be here, and how many requests a process decides at once.
AMENDS_BODY_SECONDS = _env.number("AMENDS_BODY_SECONDS", 10, least=1, most=600)
AMENDS_BODY_BYTES = _env.number("AMENDS_BODY_BYTES", 2**20, least=1024, most=2**26)
AMENDS_THREADS = _env.number("AMENDS_THREADS", 8, least=1, most=256)
DATA_UPLOAD_MAX_MEMORY_SIZE = AMENDS_BODY_BYTES

# Where evidence lies: a folder, and beside it perhaps a bucket (s3://bucket/prefix?endpoint_url=…) for what is kept.
AMENDS_FILES = _env.text("AMENDS_FILES", "")
AMENDS_FILES_S3 = _env.text("AMENDS_FILES_S3", "")
# ClamAV: the path of clamd's socket, or host:port. Without it files are examined, but not scanned.
AMENDS_CLAMD = _env.text("AMENDS_CLAMD", "")
# How large an upload may be, whatever a policy says, and how many seconds it has beside those its size earns.
AMENDS_UPLOAD_BYTES = _env.number("AMENDS_UPLOAD_BYTES", 200 * 2**20, least=1024, most=2**40)
AMENDS_UPLOAD_SECONDS = _env.number("AMENDS_UPLOAD_SECONDS", 60, least=1, most=3600)

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Delivered messages are thrown away after so many days; the events they told of stay for ever.
KEEP_MESSAGES_DAYS = _env.number("AMENDS_KEEP_MESSAGES_DAYS", 90, least=1, most=36_500)

DATABASES = databases(_env)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": _env.text("AMENDS_LOG_LEVEL", "INFO")},
}
# The log receiver's lines, one a message, in a file of their own: in the terminal they would bury everything else.
_messages = _env.text("AMENDS_MESSAGES_LOG", "")
if _messages:
    LOGGING["handlers"]["messages"] = {
        "class": "logging.handlers.RotatingFileHandler",
        "filename": _messages,
        "maxBytes": 20_000_000,
        "backupCount": 3,
        "delay": True,
        "encoding": "utf-8",
    }
    LOGGING["loggers"] = {"amends.outgoing": {"handlers": ["messages"], "level": "INFO", "propagate": False}}
