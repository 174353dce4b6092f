"""Django's settings, each from the environment.

Nothing here opens a connection: without DATABASE_URL the commands that need no database still work, and the first
that does is told what to set.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from amends.config.environment import Environment, databases, mail_server

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
        "AMENDS_ADDRESS",
        "AMENDS_HTTPS",
        "AMENDS_PROXIES",
        "AMENDS_SMTP",
        "AMENDS_MAIL_FROM",
        "AMENDS_FILES",
        "AMENDS_FILES_S3",
        "AMENDS_CLAMD",
        "AMENDS_TRANSLATOR",
        "AMENDS_UPLOAD_BYTES",
        "AMENDS_UPLOAD_SECONDS",
        "AMENDS_HYPOTHESIS",
        "AMENDS_KEEP_MESSAGES_DAYS",
        "AMENDS_LOG_LEVEL",
        "AMENDS_MESSAGES_LOG",
        "AMENDS_BODY_SECONDS",
        "AMENDS_SEND_SECONDS",
        "AMENDS_BODY_BYTES",
        "AMENDS_THREADS",
    }
)

DEBUG = _env.flag("AMENDS_DEBUG", default=False)

# Signs sessions and links. A process without one makes its own, which is right for a first look and wrong for two
# processes: then each refuses what the other signed.
SECRET_KEY = _env.text("AMENDS_SECRET_KEY", "") or secrets.token_urlsafe(48)
ALLOWED_HOSTS = _env.names("AMENDS_ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "amends.ledger",
    "amends.orders",
    "amends.words",
    "amends.delivery",
    "amends.web",  # before allauth, whose pages it writes anew
    "allauth",
    "amends.web.staff_apps.Accounts",
    "allauth.mfa",
]
# The API has neither sessions nor cookies: what pages need stands aside for it.
MIDDLEWARE: list[str] = [
    "amends.api.middleware.one_face",
    "amends.web.middleware.Compression",
    "amends.web.middleware.Sessions",
    "amends.web.middleware.Csrf",
    "amends.web.middleware.StaffOnly",
]
SESSION_COOKIE_NAME = "amends"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # a link in a letter must find the session
CSRF_COOKIE_NAME = "amends_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "amends.web.pages.home.forged"

# Where people find this service, like https://disputes.example; without it the address they asked at is used.
AMENDS_ADDRESS = _env.text("AMENDS_ADDRESS", "").rstrip("/")
# So many proxies in front are ours: what the last of them says of the client and of TLS is believed, nobody else's.
_proxies = _env.number("AMENDS_PROXIES", 0, least=0, most=9)
if _proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Cookies are marked for TLS where a request came by it; with this, always.
AMENDS_HTTPS = _env.flag("AMENDS_HTTPS", default=AMENDS_ADDRESS.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = AMENDS_HTTPS

# The staff: accounts are made by `amends staff add`, never on a page.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/staff/"
ACCOUNT_ADAPTER = "amends.web.staff.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever operates this gives the account, and hands its first link over
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False  # gone with the browser
ALLAUTH_TRUSTED_PROXY_COUNT = _proxies
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "amends.web.tokens.ByMail"  # noqa: S105 - a class
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is written to who has no account
ACCOUNT_RATE_LIMITS = {"reset_password": "20/h/ip,3/h/key"}
MFA_ADAPTER = "amends.web.factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Amends"
MFA_TOTP_TOLERANCE = 1  # a phone may be half a minute off, and so may whoever types
# Attempts to sign in and codes that are used up are counted for all processes together. Nothing else is kept there.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sign_in_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
ROOT_URLCONF = "amends.config.urls"
WSGI_APPLICATION = "amends.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

# Anybody may look at the orders of the marketplace "demo". Set by `amends up --demo` for what it starts.
AMENDS_DEMO = _env.flag("AMENDS_DEMO", default=False)

# Within how many seconds and bytes a request must be here, and how many requests a process decides at once.
AMENDS_BODY_SECONDS = _env.number("AMENDS_BODY_SECONDS", 10, least=1, most=600)
AMENDS_BODY_BYTES = _env.number("AMENDS_BODY_BYTES", 2**20, least=1024, most=2**26)
AMENDS_THREADS = _env.number("AMENDS_THREADS", 8, least=1, most=256)
# Within how many seconds a reader takes each piece of a file; who takes nothing for so long is left.
AMENDS_SEND_SECONDS = _env.number("AMENDS_SEND_SECONDS", 60, least=1, most=3600)
DATA_UPLOAD_MAX_MEMORY_SIZE = AMENDS_BODY_BYTES
FILE_UPLOAD_HANDLERS = ["amends.web.uploading.ToDisk"]

# Where evidence lies: a folder, and beside it perhaps a bucket (s3://bucket/prefix?endpoint_url=…) for what is kept.
AMENDS_FILES = _env.text("AMENDS_FILES", "")
AMENDS_FILES_S3 = _env.text("AMENDS_FILES_S3", "")
# ClamAV: the path of clamd's socket, or host:port. Without it files are examined, but not scanned.
AMENDS_CLAMD = _env.text("AMENDS_CLAMD", "")
# A LibreTranslate server (http://host:port), for readers who ask what a message says. Without it nobody is asked.
AMENDS_TRANSLATOR = _env.text("AMENDS_TRANSLATOR", "")
# How large an upload may be, whatever a policy says, and how many seconds it has beside those its size earns.
AMENDS_UPLOAD_BYTES = _env.number("AMENDS_UPLOAD_BYTES", 200 * 2**20, least=1024, most=2**40)
AMENDS_UPLOAD_SECONDS = _env.number("AMENDS_UPLOAD_SECONDS", 60, least=1, most=3600)

# Letters: the server that takes them (smtp://name:password@host:587, smtps:// for TLS from the first byte), and whom
# they come from. Without it people are told on the pages only.
AMENDS_MAIL_FROM = _env.text("AMENDS_MAIL_FROM", "")
_smtp = mail_server(_env.text("AMENDS_SMTP", ""), sender=AMENDS_MAIL_FROM)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _smtp.host, _smtp.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _smtp.user, _smtp.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _smtp.starttls, _smtp.tls

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("zh-hans", "简体中文"), ("pt", "Português"), ("ar", "العربية")]
LOCALE_PATHS = [str(Path(__file__).parents[1] / "words" / "locale")]
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
