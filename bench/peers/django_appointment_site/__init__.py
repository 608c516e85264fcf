"""The smallest Django project around the package django-appointment; the peer's own Python imports it."""
