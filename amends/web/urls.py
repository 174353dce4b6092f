"""Addresses of the pages. What belongs to one person lies below `/at/<seat>/`."""

from django.urls import include, path

from . import addresses, assets
from .pages import (
    acts,
    case,
    case_files,
    deciding,
    desk,
    files,
    home,
    leaflets,
    notices,
    opening,
    operating,
    orders,
    selling,
    way_in,
)

__all__ = ["addresses"]

app_name = "web"
AT_A_SEAT = [
    *way_in.urlpatterns,
    *orders.urlpatterns,
    *opening.urlpatterns,
    *deciding.urlpatterns,  # before the general acts: the same addresses, for what staff decide
    *acts.urlpatterns,
    *case.urlpatterns,
    *case_files.urlpatterns,
    *leaflets.urlpatterns,
    *files.urlpatterns,
    *selling.urlpatterns,
    *desk.urlpatterns,
    *operating.urlpatterns,
    *notices.urlpatterns,
]
urlpatterns = [
    *home.urlpatterns,
    path("static/<slug:mark>/<str:name>", assets.serve, name="asset"),
    *notices.letter_patterns,
    path("at/<seat:seat>/", include(AT_A_SEAT)),
]
