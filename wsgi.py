"""The application that gunicorn and the flask command load."""

from consular import create_app

app = create_app()
