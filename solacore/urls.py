"""Addresses: the API's own, and the pages people open."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

from accounts import pages as letter_pages
from learn import pages as learn_pages
from solacore import pages
from solacore.api import api
from solve import pages as solve_pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.welcome),
    path("health/metrics", pages.metrics),
    path("redoc", pages.redoc),
    path("safety", pages.safety),
    path("mail/verify", letter_pages.verify),
    path("mail/free-device", letter_pages.free_device),
    path("mail/check-in", solve_pages.check_in),
    path("mail/unsubscribe", learn_pages.unsubscribe),
    path("admin/", admin.site.urls),
    path("", api.urls),
]
if settings.PLAYGROUND:
    urlpatterns.insert(0, path("play", pages.playground))
