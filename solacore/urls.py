"""Addresses: the API's own, and the pages people open."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

from solacore import pages
from solacore.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.welcome),
    path("health/metrics", pages.metrics),
    path("redoc", pages.redoc),
    path("admin/", admin.site.urls),
    path("", api.urls),
]
if settings.PLAYGROUND:
    urlpatterns.insert(0, path("play", pages.playground))
