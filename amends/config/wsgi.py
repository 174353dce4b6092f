"""Django behind the front; other WSGI servers can serve it too, without the deadline the front sets for bodies."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.settings")

application = get_wsgi_application()
