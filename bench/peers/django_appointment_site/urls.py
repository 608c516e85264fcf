"""Addresses of the site: the package's own, at the root."""

from django.urls import include, path

urlpatterns = [path("", include("appointment.urls"))]
