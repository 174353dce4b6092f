"""Which room answers which address."""

from __future__ import annotations

from django.urls import include, path

from amends.api import health
from amends.api.operations import api

urlpatterns = [
    path("v1/", api.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("staff/", include("amends.web.pages.staff")),
    path("", include("amends.web.urls")),
]

handler400 = "amends.api.faults.bad_request"
handler404 = "amends.config.lost.not_found"
handler500 = "amends.api.faults.server_error"
