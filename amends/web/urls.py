"""Addresses of the pages."""

from django.urls import path

from . import pages

app_name = "web"
urlpatterns = [
    path("", pages.home, name="home"),
    path("style.css", pages.style, name="style"),
    path("orders/<path:key>", pages.order, name="order"),
]
